//! `Policies` of functions and state machines: documents, names and ARNs of managed policies, policy templates.

use super::policy_templates;
use super::role::Role;
use super::tree::{Place, Tree, branches, is_function, is_no_value, items, only};
use super::{Expansion, invalid};
use iameval::suggest;
use iameval::text::Span;
use iameval_data::ManagedPolicy;

/// What an entry of `Policies` is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Managed,
    Document,
    Template,
    Unknown,
}

impl Expansion<'_> {
    /// Adds every policy of a list to a role, which is called so.
    pub(super) fn policies(&mut self, role: &mut Role, id: &str, policies: &Tree) {
        for (index, entry) in items(policies).iter().enumerate() {
            let Some(kind) = self.kind(entry) else { continue };
            match kind {
                Kind::Managed => {
                    let arn = self.managed_policy(entry);
                    role.attach(arn);
                }
                Kind::Document | Kind::Template => {
                    if let Some(policy) = self.inline_policy(entry, &format!("{id}Policy{index}")) {
                        role.inline.push(policy);
                    }
                }
                Kind::Unknown => self.tell_of_entry(entry),
            }
        }
    }

    fn kind(&mut self, entry: &Tree) -> Option<Kind> {
        if let Some([_, then, otherwise]) = branches(entry) {
            let (one, other) = (self.kind(then)?, self.kind(otherwise)?);
            if one == other || is_no_value(otherwise) {
                return Some(one);
            }
            if is_no_value(then) {
                return Some(other);
            }
            let message = "`Fn::If` chooses between policies of different kinds, which SAM refuses";
            self.errors.push(invalid(entry.span, message).with_help("use one `Fn::If` for each kind of policy"));
            return None;
        }
        Some(match only(entry) {
            _ if entry.as_str().is_some() || is_function(entry) => Kind::Managed,
            _ if entry.get("Statement").is_some() => Kind::Document,
            Some(member) if policy_templates::find(&member.key).is_some() => Kind::Template,
            _ => Kind::Unknown,
        })
    }

    /// The ARN of a managed policy that is written as an ARN, as the name of one of AWS, or as a function.
    fn managed_policy(&mut self, entry: &Tree) -> Tree {
        let place = Place(entry.span);
        if let Some([condition, then, otherwise]) = branches(entry) {
            let (then, otherwise) = (self.managed_policy(then), self.managed_policy(otherwise));
            return place.conditional(condition.clone(), then, otherwise);
        }
        let Some(name) = entry.as_str() else { return entry.clone() };
        if name.contains(':') {
            return entry.clone();
        }
        let Some(policy) = ManagedPolicy::find(name) else {
            let message = format!("`{name}` is not the name of an AWS managed policy that is known");
            let help = ManagedPolicy::suggest(name).map(|near| format!("did you mean `{near}`?"));
            self.warn(entry.span, message, help.unwrap_or_else(|| "what it allows is not known".into()));
            return entry.clone();
        };
        place.text(policy.arn().replacen("arn:aws:", &format!("arn:{}:", self.partition()), 1))
    }

    fn inline_policy(&mut self, entry: &Tree, name: &str) -> Option<Tree> {
        let place = Place(entry.span);
        if let Some([condition, then, otherwise]) = branches(entry) {
            let mut side = |side: &Tree| {
                if is_no_value(side) { Some(side.clone()) } else { Some(named(name, self.document(side)?)) }
            };
            let (then, otherwise) = (side(then)?, side(otherwise)?);
            return Some(place.conditional(condition.clone(), then, otherwise));
        }
        Some(named(name, self.document(entry)?))
    }

    fn document(&mut self, entry: &Tree) -> Option<Tree> {
        if let Some([condition, then, otherwise]) = branches(entry) {
            let mut side = |side: &Tree| if is_no_value(side) { Some(side.clone()) } else { self.document(side) };
            let (then, otherwise) = (side(then)?, side(otherwise)?);
            return Some(Place(entry.span).conditional(condition.clone(), then, otherwise));
        }
        let Some(member) = only(entry) else { return Some(entry.clone()) };
        let Some(template) = policy_templates::find(&member.key) else { return Some(entry.clone()) };
        let name = &member.key;
        let Some(values) = member.value.members() else {
            let help = if template.parameters.is_empty() {
                "write `{}` after it".to_owned()
            } else {
                format!("it takes an object with {}", listed(&template.parameters))
            };
            let message = format!("policy template `{name}` has no object of parameters");
            self.errors.push(invalid(member.value.span, message).with_help(help));
            return None;
        };
        let is_missing = |parameter: &&str| !values.iter().any(|value| value.key == **parameter);
        let missing: Vec<&str> = template.parameters.iter().copied().filter(is_missing).collect();
        if let Some(first) = missing.first() {
            let message = format!("policy template `{name}` lacks parameter {}", listed(&missing));
            let unknown = values.iter().find(|value| !template.parameters.contains(&&*value.key));
            let slip = unknown.filter(|unknown| suggest::nearest(&unknown.key, [*first]).is_some());
            let help = match slip {
                Some(slip) => format!("it is written `{first}`, not `{}`", slip.key),
                None => format!("it takes {}", listed(&template.parameters)),
            };
            self.errors.push(invalid(member.key_span, message).with_help(help));
            return None;
        }
        template.document(Place(entry.span), values)
    }

    fn tell_of_entry(&mut self, entry: &Tree) {
        let (span, message, help) = match only(entry) {
            Some(member) => {
                let near = suggest::did_you_mean(&member.key, policy_templates::names());
                let help = near.unwrap_or_else(|| "see the list of SAM policy templates".into());
                (member.key_span, format!("SAM has no policy template `{}`", member.key), help)
            }
            None if entry.get("Effect").is_some() => {
                let help = "put it into a document: `Statement: [{Effect: …}]`";
                (entry.span, "a statement stands where SAM takes a policy".to_owned(), help.to_owned())
            }
            None => {
                let help = "a policy is a name, an ARN, a document with `Statement`, or one policy template";
                (entry.span, "SAM takes no such policy".to_owned(), help.to_owned())
            }
        };
        let beginning = if message.contains("template") { span } else { first_of(entry, span) };
        self.errors.push(invalid(beginning, message).with_help(help));
    }
}

fn first_of(entry: &Tree, span: Span) -> Span {
    if entry.members().is_some() { entry.beginning() } else { span }
}

fn named(name: &str, document: Tree) -> Tree {
    let place = Place(document.span);
    place.map([("PolicyName", place.text(name.to_owned())), ("PolicyDocument", document)])
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
