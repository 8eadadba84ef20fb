//! The arguments of a tool.

use crate::answer::{Refused, about, in_arguments};
use iameval::json::fields::{boolean, invalid, text};
use iameval::json::{self, Node, Value};
use iameval::suggest::did_you_mean;
use iameval::{Diagnostic, PolicyKind};
use iameval_world::{LoadedPolicy, Source, find_managed};
use std::str::FromStr;
use std::sync::Arc;

/// How many items a list may have.
const MOST_ITEMS: usize = 1000;

/// The arguments of a tool, and the text that they were read from.
#[derive(Debug)]
pub(crate) struct Arguments<'t> {
    text: &'t str,
    tree: Node<'t>,
}

impl<'t> Arguments<'t> {
    /// Reads arguments, of which there may be those of these names.
    pub(crate) fn read(text: &'t str, names: &[&str]) -> Result<Self, Refused> {
        let tree = json::parse(text).map_err(|error| in_arguments(text, error))?;
        let arguments = Self { text, tree };
        let Some(members) = arguments.tree.members() else {
            let message = format!("the arguments must be an object, found {}", arguments.tree.kind());
            return Err(arguments.wrong(invalid(arguments.tree.span, message)));
        };
        for (at, member) in members.iter().enumerate() {
            if members.iter().take(at).any(|before| before.key == member.key) {
                return Err(arguments.wrong(invalid(member.key_span, format!("`{}` is given twice", member.key))));
            }
            if !names.contains(&&*member.key) {
                let error = invalid(member.key_span, format!("there is no argument `{}`", member.key));
                let all = || format!("there are {}", names.join(", "));
                let help = did_you_mean(&member.key, names.iter().copied()).unwrap_or_else(all);
                return Err(arguments.wrong(error.with_help(help)));
            }
        }
        Ok(arguments)
    }

    /// The argument of that name; `null` is as good as none.
    pub(crate) fn get(&self, name: &str) -> Option<&Node<'t>> {
        self.tree.get(name).filter(|node| node.value != Value::Null)
    }

    /// A diagnostic in these arguments.
    pub(crate) fn wrong(&self, diagnostic: Diagnostic) -> Refused {
        in_arguments(self.text, diagnostic)
    }

    fn missing(name: &str) -> Refused {
        let problem = iameval::Problem::new(iameval::codes::INVALID_FIELD, format!("the argument `{name}` is missing"));
        about("arguments", problem)
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Refused> {
        let found = self.get(name).map(|node| text(node, &format!("`{name}`")));
        found.transpose().map_err(|error| self.wrong(error))
    }

    /// A text that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refused> {
        self.text(name)?.ok_or_else(|| Self::missing(name))
    }

    /// A text of a form.
    pub(crate) fn parsed<T: FromStr<Err: ToString>>(&self, name: &str) -> Result<Option<T>, Refused> {
        let Some(node) = self.get(name) else { return Ok(None) };
        let read = self.text(name)?.unwrap_or_default().parse::<T>();
        read.map(Some).map_err(|error| self.wrong(invalid(node.span, error.to_string())))
    }

    /// Texts: one, or a list of them.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, Refused> {
        let items = self.items(name)?.iter();
        let texts = items.map(|item| text(item, &format!("an item of `{name}`")).map(str::to_owned));
        texts.collect::<Result<_, _>>().map_err(|error| self.wrong(error))
    }

    /// Texts of which there is one at least.
    pub(crate) fn some_texts(&self, name: &str) -> Result<Vec<String>, Refused> {
        let texts = self.texts(name)?;
        if texts.is_empty() { Err(Self::missing(name)) } else { Ok(texts) }
    }

    /// Whether something is so; it is not where nothing is said.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Refused> {
        let said = self.get(name).map(|node| boolean(node, &format!("`{name}`"))).transpose();
        said.map(Option::unwrap_or_default).map_err(|error| self.wrong(error))
    }

    /// A policy that must be there.
    pub(crate) fn policy(&self, name: &str) -> Result<Arc<LoadedPolicy>, Refused> {
        let node = self.get(name).ok_or_else(|| Self::missing(name))?;
        self.loaded(node, name)
    }

    /// Policies: one, or a list of them.
    pub(crate) fn policies(&self, name: &str) -> Result<Vec<Arc<LoadedPolicy>>, Refused> {
        match self.items(name)? {
            [one] => Ok(vec![self.loaded(one, name)?]),
            several => {
                let numbered = (1..).zip(several);
                numbered.map(|(number, node)| self.loaded(node, &format!("{name} {number}"))).collect()
            }
        }
    }

    /// The text of a policy, and what it is called.
    pub(crate) fn policy_source(&self, name: &str) -> Result<Arc<Source>, Refused> {
        let node = self.get(name).ok_or_else(|| Self::missing(name))?;
        self.source(node, name)
    }

    /// The kind of policies.
    pub(crate) fn kind(&self) -> Result<Option<PolicyKind>, Refused> {
        self.parsed("type")
    }

    /// A policy as an object, as its text, or as `aws:NAME`.
    fn loaded(&self, node: &Node<'_>, name: &str) -> Result<Arc<LoadedPolicy>, Refused> {
        let managed = node.as_str().and_then(find_managed).transpose();
        let policy = match managed.map_err(|problem| about(name, problem))? {
            Some(managed) => LoadedPolicy::managed(managed),
            None => LoadedPolicy::from_source(name, &self.source(node, name)?),
        };
        policy.map(Arc::new)
    }

    fn source(&self, node: &Node<'_>, name: &str) -> Result<Arc<Source>, Refused> {
        let text = match &node.value {
            Value::String(text) => text,
            // As it is written, so that places in it are those of the message.
            Value::Object(_) => self.text.get(node.span.range()).unwrap_or_default(),
            _ => {
                let message = format!("`{name}` must be a policy, found {}", node.kind());
                let help = "a policy is an object, the same as a string, or `aws:NAME`";
                return Err(self.wrong(invalid(node.span, message).with_help(help)));
            }
        };
        Ok(Source::new(name, text))
    }

    fn items(&self, name: &str) -> Result<&[Node<'t>], Refused> {
        let Some(node) = self.get(name) else { return Ok(&[]) };
        match &node.value {
            Value::Array(items) if items.len() > MOST_ITEMS => {
                let message = format!("`{name}` has {} items, more than {MOST_ITEMS}", items.len());
                Err(self.wrong(Diagnostic::new(iameval::codes::OVER_LIMIT, node.span, message)))
            }
            Value::Array(items) => Ok(items),
            _ => Ok(std::slice::from_ref(node)),
        }
    }
}
