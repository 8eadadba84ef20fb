//! Policy documents as texts.

use super::{Choices, Theme};
use iameval::{PolicyDocument, PolicyKind};
use std::fmt;

/// A policy document as text, statement by statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// `Version`, when it is written.
    pub version: Option<&'static str>,
    /// `Id`, when it is written.
    pub id: Option<&'static str>,
    /// The statements, each a JSON object.
    pub statements: Vec<String>,
}

impl Document {
    /// A document of that kind, about what the theme is about.
    pub fn draw(choices: &mut Choices<'_>, theme: &Theme, kind: PolicyKind) -> Self {
        let version =
            choices.pick(&[Some("2012-10-17"), Some("2012-10-17"), Some("2012-10-17"), Some("2008-10-17"), None]);
        let id = choices.chance(5).then_some("Policy😀");
        let most = if choices.chance(10) { 8 } else { 3 };
        let mut statements = choices.several(1, most, |choices| theme.statement(choices, kind));
        let limits = matches!(
            kind,
            PolicyKind::PermissionsBoundary
                | PolicyKind::Session
                | PolicyKind::ScopeDown
                | PolicyKind::ServiceControl
                | PolicyKind::Endpoint
        );
        // What limits must allow in most cases, or nothing is ever allowed.
        if choices.chance(if limits { 85 } else { 20 }) {
            let principal = if kind == PolicyKind::Endpoint { r#""Principal":"*","# } else { "" };
            statements.insert(0, format!(r#"{{"Effect":"Allow",{principal}"Action":"*","Resource":"*"}}"#));
        }
        if choices.chance(2) {
            statements.clear();
        }
        Self { version, id, statements }
    }

    /// The document.
    ///
    /// # Panics
    /// When it is refused, which is the generator's mistake.
    pub fn parse(&self) -> PolicyDocument {
        let text = self.to_string();
        let parsed = PolicyDocument::parse(&text);
        parsed.value.unwrap_or_else(|| panic!("{text}: {:?}", parsed.diagnostics))
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        if let Some(version) = self.version {
            write!(f, r#""Version":"{version}","#)?;
        }
        if let Some(id) = self.id {
            write!(f, r#""Id":"{id}","#)?;
        }
        match &*self.statements {
            // A single statement stands alone in every other length.
            [statement] if statement.len() % 2 == 0 => write!(f, r#""Statement":{statement}}}"#),
            statements => write!(f, r#""Statement":[{}]}}"#, statements.join(",")),
        }
    }
}
