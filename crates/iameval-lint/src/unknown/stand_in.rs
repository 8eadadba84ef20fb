//! Texts in the place of symbols: of several kinds each, so that what is found with all of them depends on none.

use iameval::json::{Member, Node, Value};
use iameval::symbol::{Symbol, SymbolKind, Symbols};

/// A way to read what is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As little as can be, or as wide.
    Least,
    /// A plain name.
    Plain,
    /// Another one, of a form that some services give names.
    Other,
}

impl Reading {
    pub(super) const ALL: [Self; 3] = [Self::Least, Self::Plain, Self::Other];
}

/// What a text is for.
#[derive(Debug, Clone, Copy)]
enum Role<'t> {
    Action,
    Resource,
    /// A principal of the type of that name.
    Principal(&'t str),
    /// A value under the operator of that name.
    Value(&'t str),
    Other,
}

/// The document with texts in the place of its symbols.
pub(super) fn read_as<'a>(reading: Reading, tree: &Node<'a>, symbols: &Symbols) -> Node<'a> {
    let mut tree = tree.clone();
    Reader { reading, symbols }.node(&mut tree, &[]);
    tree
}

struct Reader<'s> {
    reading: Reading,
    symbols: &'s Symbols,
}

impl Reader<'_> {
    /// Reads a part of a document below members of those names.
    fn node(&self, node: &mut Node<'_>, path: &[&str]) {
        match &mut node.value {
            Value::String(text) => {
                if let Some(read) = self.text(text, role(path)) {
                    *text = read.into();
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.node(item, path)),
            Value::Object(members) => {
                for Member { key, value, .. } in members {
                    if let Some(read) = self.text(key, Role::Other) {
                        *key = read.into();
                    }
                    let below: Vec<&str> = path.iter().copied().chain([&**key]).collect();
                    self.node(value, &below);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A text as it is read; `None` where nothing in it is unknown.
    fn text(&self, text: &str, role: Role<'_>) -> Option<String> {
        let first = self.symbols.within(text).next()?;
        if text.len() == first.as_char().len_utf8() {
            return Some(self.whole(first, role));
        }
        let read = text.chars().map(|character| match self.symbols.of_char(character) {
            Some(symbol) => self.part(symbol),
            None => character.to_string(),
        });
        Some(read.collect())
    }

    /// What a symbol may stand for as a part of a text.
    fn part(&self, symbol: Symbol) -> String {
        let number = number(symbol);
        match (self.symbols.kind(symbol), self.reading) {
            (SymbolKind::Account, Reading::Other) => format!("4444{number:08}"),
            (SymbolKind::Account, _) => format!("1111{number:08}"),
            (SymbolKind::Region, Reading::Other) => "us-west-2".into(),
            (SymbolKind::Region, _) => "eu-central-1".into(),
            (SymbolKind::Input, Reading::Least) => "*".into(),
            (SymbolKind::Path, Reading::Least) => String::new(),
            (SymbolKind::Path, _) => format!("team{number}/"),
            (_, Reading::Other) => format!("1234abcd-12ab-34cd-56ef-{number:012}"),
            _ => format!("name{number}"),
        }
    }

    /// What a symbol may stand for that is all of a text.
    fn whole(&self, symbol: Symbol, role: Role<'_>) -> String {
        let (kind, number) = (self.symbols.kind(symbol), number(symbol));
        let is_open = matches!(kind, SymbolKind::Input | SymbolKind::Text);
        if kind == SymbolKind::Input && self.reading == Reading::Least && !matches!(role, Role::Value(_)) {
            return "*".into();
        }
        match role {
            Role::Action if is_open => self.either("s3:GetObject", "ec2:Describe*"),
            Role::Resource if is_open => match self.reading {
                Reading::Other => format!("arn:aws:iam::444455556666:role/name{number}"),
                _ => format!("arn:aws:s3:::name{number}/*"),
            },
            Role::Principal("AWS") if is_open => match self.reading {
                Reading::Other => "444455556666".into(),
                _ => format!("arn:aws:iam::111122223333:role/name{number}"),
            },
            Role::Principal("Service") => self.either("lambda.amazonaws.com", "ec2.amazonaws.com"),
            Role::Principal("Federated") => self.either(
                "arn:aws:iam::111122223333:saml-provider/name",
                "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
            ),
            Role::Principal("CanonicalUser") => format!("{number:064x}"),
            Role::Value(operator) if is_open => self.value(operator).unwrap_or_else(|| self.part(symbol)),
            _ => self.part(symbol),
        }
    }

    /// A value that fits an operator, where it takes values of one form.
    fn value(&self, operator: &str) -> Option<String> {
        let operator = operator.to_ascii_lowercase();
        let is_of = |name: &str| operator.contains(name);
        Some(if is_of("ipaddress") {
            self.either("192.0.2.0/24", "198.51.100.7")
        } else if is_of("numeric") {
            self.either("1", "3600")
        } else if is_of("date") {
            self.either("2030-01-01T00:00:00Z", "2020-01-01T00:00:00Z")
        } else if is_of("bool") || is_of("null") {
            self.either("true", "false")
        } else if is_of("arn") {
            self.either("arn:aws:iam::111122223333:role/name", "arn:aws:s3:::name")
        } else if is_of("binary") {
            self.either("bmFtZQ==", "b3RoZXI=")
        } else {
            return None;
        })
    }

    fn either(&self, one: &str, other: &str) -> String {
        if self.reading == Reading::Other { other } else { one }.to_owned()
    }
}

/// A number of its own for each symbol.
fn number(symbol: Symbol) -> u32 {
    u32::from(symbol.as_char()) & 0xFFFF
}

fn role<'t>(path: &[&'t str]) -> Role<'t> {
    match path {
        [.., "Action" | "NotAction"] => Role::Action,
        [.., "Resource" | "NotResource"] => Role::Resource,
        [.., "Principal" | "NotPrincipal", kind] => Role::Principal(kind),
        [.., "Condition", operator, _] => Role::Value(operator),
        _ => Role::Other,
    }
}
