//! Parameters: what a template declares, and which values they take.

use iameval::json::{Member, Node, Value};
use iameval::suggest;
use iameval::symbol::SymbolKind;

/// The type of a parameter that stands for a variable of the Serverless Framework.
pub(super) const VARIABLE: &str = "Serverless::Variable";
/// The same, where its value may be something else than a text.
pub(super) const VARIABLE_VALUE: &str = "Serverless::Value";

/// A parameter that a template declares.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter<'t> {
    member: &'t Member<'static>,
}

impl<'t> Parameter<'t> {
    pub(super) fn new(member: &'t Member<'static>) -> Self {
        Self { member }
    }

    fn get(self, name: &str) -> Option<&'t Node<'static>> {
        self.member.value.get(name)
    }

    fn kind(self) -> &'t str {
        self.get("Type").and_then(Node::as_str).unwrap_or("String")
    }

    /// Whether it stands for a variable of the Serverless Framework.
    pub(super) fn is_variable(self) -> bool {
        [VARIABLE, VARIABLE_VALUE].contains(&self.kind())
    }

    /// Whether its value is a list, or may be.
    pub(super) fn is_list(self) -> bool {
        let kind = self.kind();
        if kind == VARIABLE_VALUE {
            return true;
        }
        kind == "CommaDelimitedList" || kind.contains("List<") || kind.ends_with("<CommaDelimitedList>")
    }

    /// Whether its value is only the name of a parameter of Systems Manager, and what that holds is meant.
    pub(super) fn is_looked_up(self) -> bool {
        self.kind().starts_with("AWS::SSM::Parameter::Value<")
    }

    /// Whether its value must never be shown.
    pub(super) fn is_secret(self) -> bool {
        let secret = self.get("NoEcho").map(|node| &node.value);
        match secret {
            Some(Value::Bool(value)) => *value,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    /// Its default as text.
    pub(super) fn default(self) -> Option<String> {
        self.get("Default").and_then(scalar)
    }

    /// The values it takes, where they are listed.
    pub(super) fn allowed(self) -> Option<Vec<String>> {
        match &self.get("AllowedValues")?.value {
            Value::Array(items) => Some(items.iter().filter_map(scalar).collect()),
            _ => None,
        }
    }

    /// What is certain of its value while it has none.
    pub(super) fn certain(self) -> SymbolKind {
        let is_name = |text: &String| {
            !text.is_empty() && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "+=,.@_-".contains(letter))
        };
        if self.get("AllowedPattern").and_then(Node::as_str).is_some_and(is_twelve_digits) {
            return SymbolKind::Account;
        }
        let are_names = self.allowed().is_some_and(|allowed| !allowed.is_empty() && allowed.iter().all(is_name));
        let is_id = self.kind() == "Number" || (self.kind().starts_with("AWS::EC2::") && self.kind().ends_with("::Id"));
        if self.is_looked_up() || !(are_names || is_id) { SymbolKind::Input } else { SymbolKind::Name }
    }

    /// What is wrong with a value: a message without the value itself, and what to do.
    pub(super) fn refuses(self, value: &str) -> Option<(String, String)> {
        let id = &self.member.key;
        let items: Vec<&str> = if self.is_list() { value.split(',').map(str::trim).collect() } else { vec![value] };
        if let Some(allowed) = self.allowed()
            && let Some(wrong) = items.iter().find(|item| !allowed.iter().any(|allowed| allowed == *item))
        {
            let near = suggest::did_you_mean(wrong, allowed.iter().map(String::as_str));
            let list = || format!("it takes {}", in_words(&allowed));
            return Some((self.not_taken(wrong, "is not one of its allowed values"), near.unwrap_or_else(list)));
        }
        if self.kind() == "Number" && value.trim().parse::<f64>().is_err() {
            let help = format!("`{id}` is of type `Number`");
            return Some((self.not_taken(value, "is not a number"), help));
        }
        self.length(value).or_else(|| self.amount(value))
    }

    fn length(self, value: &str) -> Option<(String, String)> {
        let length = value.chars().count();
        let bound = |name: &str| self.get(name).and_then(scalar).and_then(|text| text.parse::<usize>().ok());
        if let Some(least) = bound("MinLength").filter(|least| length < *least) {
            let help = format!("`MinLength` is {least}");
            return Some((self.not_taken(value, "is too short"), help));
        }
        let most = bound("MaxLength").filter(|most| length > *most)?;
        Some((self.not_taken(value, "is too long"), format!("`MaxLength` is {most}")))
    }

    fn amount(self, value: &str) -> Option<(String, String)> {
        let value_of = |text: &str| text.trim().parse::<f64>().ok();
        let amount = value_of(value).filter(|_| self.kind() == "Number")?;
        let bound = |name: &str| self.get(name).and_then(scalar).as_deref().and_then(value_of);
        if let Some(least) = bound("MinValue").filter(|least| amount < *least) {
            return Some((self.not_taken(value, "is too small"), format!("`MinValue` is {least}")));
        }
        let most = bound("MaxValue").filter(|most| amount > *most)?;
        Some((self.not_taken(value, "is too large"), format!("`MaxValue` is {most}")))
    }

    fn not_taken(self, value: &str, why: &str) -> String {
        let id = &self.member.key;
        if self.is_secret() {
            format!("the value of parameter `{id}` {why}")
        } else {
            format!("`{value}` {why}: parameter `{id}`")
        }
    }
}

/// Whether a pattern is one of the ways to ask for the id of an account.
fn is_twelve_digits(pattern: &str) -> bool {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    matches!(pattern.strip_suffix('$').unwrap_or(pattern), r"\d{12}" | "[0-9]{12}")
}

/// A scalar as text, as it is written.
pub(crate) fn scalar(node: &Node<'_>) -> Option<String> {
    match &node.value {
        Value::String(text) | Value::Number(text) => Some(text.clone().into_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn in_words(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
    if names.len() > shown.len() { format!("{} and others", shown.join(", ")) } else { shown.join(", ") }
}
