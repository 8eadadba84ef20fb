//! The columns of a matrix as people write them: axes of alternatives, which multiply.

use crate::given::{Given, GivenError, in_order};
use iameval::{Context, Mfa};
use iameval_world::{World, overlay};
use std::collections::BTreeSet;

/// The column of a table that says nothing of the request: it is asked as it is.
pub const AS_IT_IS: &str = "decision";

/// Alternatives of which each request has one.
#[derive(Debug, Clone)]
pub enum Axis {
    /// Contexts and states of multi-factor authentication, each as the header of a table says it.
    Givens(Vec<(String, Given)>),
    /// Names of principals.
    Principals(Vec<String>),
}

/// A column of a matrix.
#[derive(Debug, Clone)]
pub struct MatrixColumn {
    /// Who asks, where columns say so.
    pub principal: Option<String>,
    /// What the column gives, as the header of a table says it; [`AS_IT_IS`] where that is nothing.
    pub name: String,
    /// The same, read.
    pub given: Given,
}

const PRINCIPALS: &str = "principals=";
const MFA: &str = "mfa=";

impl Axis {
    /// The states of multi-factor authentication.
    pub fn mfa(states: impl IntoIterator<Item = Mfa>) -> Self {
        let given = |mfa: Mfa| (format!("{MFA}{mfa}"), Given { context: Context::new(), mfa: Some(mfa) });
        Self::Givens(states.into_iter().map(given).collect())
    }

    /// One column that says nothing.
    pub fn nothing() -> Self {
        Self::Givens(vec![(AS_IT_IS.into(), Given::default())])
    }

    /// Reads alternatives with commas between them. Each is written like the column of a table: `mfa=STATE`, `KEY=VALUE`, the
    /// name of a context, several of these joined by `&`, or [`AS_IT_IS`]. `mfa=all` stands for the three states, and what
    /// follows `mfa=STATE` or `KEY=VALUE` without a key of its own is another value of the same.
    ///
    /// `principals=NAME,NAME` and `principals=all` are an axis of their own.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn read(text: &str, world: &World) -> Result<Self, GivenError> {
        if text.trim().is_empty() {
            let help = format!("such as `mfa=all`, `aws:RequestedRegion=eu-west-1,us-east-1` or `{PRINCIPALS}all`");
            return wrong("the axis is empty".into(), Some(help));
        }
        let parts = |list: &str| -> Result<Vec<String>, GivenError> {
            let parts: Vec<String> = list.split(',').map(|part| part.trim().to_owned()).collect();
            if parts.iter().any(String::is_empty) {
                return wrong(format!("`{text}` has nothing beside a `,`"), Some("remove the comma".into()));
            }
            Ok(parts)
        };
        if let Some(names) = text.trim().strip_prefix(PRINCIPALS) {
            if names == "all" && world.principal(names).is_none() {
                return match world.principals().len() {
                    0 => wrong(
                        "there is no world whose principals could be the columns".into(),
                        Some("give a world, or name them by ARN".into()),
                    ),
                    _ => Ok(Self::Principals(world.principals().keys().cloned().collect())),
                };
            }
            return parts(names).map(Self::Principals);
        }
        let mut givens: Vec<(String, Given)> = Vec::new();
        let mut key: Option<String> = None;
        for part in parts(text)? {
            let is_state = |text: &str| text == "all" || text.parse::<Mfa>().is_ok();
            let whole = match &key {
                _ if part.contains('=') => part,
                Some(key) if key != "mfa" || is_state(&part) => format!("{key}={part}"),
                _ => part,
            };
            key = whole.split_once('=').filter(|_| !whole.contains('&')).map(|(key, _)| key.to_owned());
            match &*whole {
                "mfa=all" => {
                    let Self::Givens(states) = Self::mfa([Mfa::TRUE, Mfa::False, Mfa::Absent]) else { continue };
                    givens.extend(states);
                }
                AS_IT_IS if !world.contexts().contains_key(AS_IT_IS) => givens.push((whole, Given::default())),
                _ => {
                    let given = Given::read(&whole, world.contexts()).map_err(|wrong| helped(wrong, &whole))?;
                    givens.push((whole, given));
                }
            }
        }
        Ok(Self::Givens(givens))
    }
}

impl MatrixColumn {
    /// The columns that axes come to: every combination, the last axis varying fastest.
    ///
    /// # Errors
    /// When two axes say the same, or a column would be there twice.
    pub fn of_axes(axes: &[Axis]) -> Result<Vec<Self>, GivenError> {
        let mut columns = vec![Self { principal: None, name: AS_IT_IS.into(), given: Given::default() }];
        for axis in axes {
            let mut more = Vec::new();
            for column in &columns {
                match axis {
                    Axis::Principals(_) if column.principal.is_some() => {
                        return wrong("two axes say who asks".into(), Some("put all the names into one".into()));
                    }
                    Axis::Principals(names) => {
                        more.extend(names.iter().map(|name| Self { principal: Some(name.clone()), ..column.clone() }));
                    }
                    Axis::Givens(givens) => {
                        for (name, given) in givens {
                            let both = column.given.and(given).map_err(|what| GivenError {
                                message: format!("`{}` and `{name}` are on two axes, and both say {what}", column.name),
                                help: Some("put alternatives on one axis, with commas between them".into()),
                            })?;
                            let name = match (&*column.name, &**name) {
                                (AS_IT_IS, name) => name.to_owned(),
                                (name, AS_IT_IS) => name.to_owned(),
                                (one, other) => format!("{one}&{other}"),
                            };
                            more.push(Self { principal: column.principal.clone(), name, given: both });
                        }
                    }
                }
                if more.len() > MOST_COLUMNS {
                    return wrong(
                        format!("the axes make more than {MOST_COLUMNS} columns"),
                        Some("leave one out".into()),
                    );
                }
            }
            columns = more;
        }
        let mut met = BTreeSet::new();
        match columns.iter().find(|column| !met.insert((&column.principal, in_order(&column.name)))) {
            Some(twice) => wrong(format!("the column `{}` is there twice", twice.label()), None),
            None => Ok(columns),
        }
    }

    /// What it is called: who asks, and what it gives.
    pub fn label(&self) -> String {
        match (&self.principal, &*self.name) {
            (None, name) => name.to_owned(),
            (Some(principal), AS_IT_IS) => principal.clone(),
            (Some(principal), name) => format!("{principal}&{name}"),
        }
    }

    /// Whether it says the state of multi-factor authentication.
    pub(super) fn says_mfa(&self) -> bool {
        self.given.mfa.is_some() || self.given.mfa_key().is_some()
    }
}

/// As many columns are never looked at.
const MOST_COLUMNS: usize = 2_000;

impl Given {
    /// What is given, and beneath it what all requests have.
    pub(super) fn over(&self, context: &Context, mfa: Option<Mfa>) -> Self {
        let mut below = context.clone();
        overlay(&mut below, &self.context);
        Self { context: below, mfa: self.mfa.or(mfa.filter(|_| self.mfa_key().is_none())) }
    }
}

/// Help that is about columns, where something else was probably meant.
fn helped(error: GivenError, text: &str) -> GivenError {
    match text.split_once('=') {
        Some(("principal", names)) => GivenError { help: Some(format!("write `{PRINCIPALS}{names}`")), ..error },
        Some(("mfa", _)) if text.contains("=all&") => {
            GivenError { help: Some("repeat the flag: two axes multiply".into()), ..error }
        }
        _ => error,
    }
}

fn wrong<T>(message: String, help: Option<String>) -> Result<T, GivenError> {
    Err(GivenError { message, help })
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval_world::{Example, World};

    fn world() -> World {
        let example = Example::find("force-mfa").unwrap();
        World::load(example, &[example.world().into()]).unwrap()
    }

    fn names(axes: &[&str]) -> Result<Vec<String>, String> {
        let world = world();
        let axes: Result<Vec<Axis>, GivenError> = axes.iter().map(|axis| Axis::read(axis, &world)).collect();
        let columns = axes.and_then(|axes| MatrixColumn::of_axes(&axes)).map_err(|wrong| wrong.message)?;
        Ok(columns.iter().map(MatrixColumn::label).collect())
    }

    #[test]
    fn alternatives_and_axes() {
        for (axes, columns) in [
            (&["mfa=all"][..], &["mfa=true", "mfa=false", "mfa=absent"][..]),
            (&["mfa=true@60,false"], &["mfa=true@60", "mfa=false"]),
            (&["aws:SourceIp=10.0.0.1, absent"], &["aws:SourceIp=10.0.0.1", "aws:SourceIp=absent"]),
            (&["decision,mfa=true&s3:prefix=a"], &["decision", "mfa=true&s3:prefix=a"]),
            (
                &["mfa=true,false", "decision,s3:prefix=a"],
                &["mfa=true", "mfa=true&s3:prefix=a", "mfa=false", "mfa=false&s3:prefix=a"],
            ),
            (&["principals=john.doe,anonymous", "mfa=true"], &["john.doe&mfa=true", "anonymous&mfa=true"]),
        ] {
            assert_eq!(names(axes).unwrap(), columns, "{axes:?}");
        }
        assert!(names(&["principals=all"]).unwrap().contains(&"john.doe".to_owned()));
    }

    #[test]
    fn mistakes() {
        for (axes, message) in [
            (&[""][..], "the axis is empty"),
            (&["mfa=true,"], "`mfa=true,` has nothing beside a `,`"),
            (&["mfa=true,office"], "no context `office` is defined"),
            (&["mfa=true,true"], "the column `mfa=true` is there twice"),
            (&["mfa=true", "mfa=false"], "`mfa=true` and `mfa=false` are on two axes"),
            (&["principals=all", "principals=all"], "two axes say who asks"),
            (&["principal=john.doe"], "`principal` is not a context key"),
        ] {
            let found = names(axes).unwrap_err();
            assert!(found.contains(message), "{found}");
        }
    }
}
