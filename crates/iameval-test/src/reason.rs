//! Which statement a test wants to have decided, as `because` says it.

use crate::node::Checked;
use iameval::json::fields::{fields, invalid, text};
use iameval::json::{Node, Value};
use iameval::suggest::did_you_mean;
use iameval::text::Span;
use iameval::{DecidedBy, Decision, Diagnostic, Layer, PolicySet, Simulation};
use iameval_world::{World, codes};
use std::fmt;

/// Which statement decided; every part that is given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reason {
    /// Its layer, or with `missing_allow` the layer that lacks one.
    pub layer: Option<Layer>,
    /// The name of its policy.
    pub policy: Option<String>,
    /// Which statement.
    pub statement: Option<NamedStatement>,
    /// That no statement of the layer, or of any, allows.
    pub missing_allow: bool,
}

/// How a statement is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedStatement {
    /// By its Sid.
    Sid(String),
    /// By its position in the policy, from 1.
    Number(usize),
}

impl Reason {
    /// Reads `policy#Sid`, `policy[2]` or `Sid`.
    pub fn parse(text: &str) -> Self {
        let named = |policy: &str, statement| Self {
            policy: (!policy.is_empty()).then(|| policy.to_owned()),
            statement: Some(statement),
            ..Self::default()
        };
        if let Some((policy, sid)) = text.rsplit_once('#') {
            return named(policy, NamedStatement::Sid(sid.into()));
        }
        let number = text.strip_suffix(']').and_then(|text| text.rsplit_once('['));
        if let Some((policy, number)) = number
            && let Ok(number) = number.parse()
        {
            return named(policy, NamedStatement::Number(number));
        }
        named("", NamedStatement::Sid(text.into()))
    }

    pub(crate) fn read(node: &Node<'_>) -> Checked<Self> {
        if node.members().is_none() {
            return Ok(Self::parse(text(node, "`because`")?));
        }
        let [layer, policy, sid, missing] = fields(node, "`because`", ["layer", "policy", "sid", "missing"])?;
        let layer = layer.map(read_layer).transpose()?;
        let policy = policy.map(|node| text(node, "`policy`").map(str::to_owned)).transpose()?;
        let statement = sid.map(|node| text(node, "`sid`").map(|sid| NamedStatement::Sid(sid.into()))).transpose()?;
        let missing_allow = match missing {
            None => false,
            Some(Node { value: Value::String(word), .. }) if word == "allow" => true,
            Some(node) => {
                return Err(invalid(node.span, "`missing` means that no statement allows: it can only be `allow`")
                    .with_help("write `missing: allow`"));
            }
        };
        let reason = Self { layer, policy, statement, missing_allow };
        if reason == Self::default() {
            return Err(invalid(node.span, "`because` is empty"));
        }
        if missing_allow && (reason.policy.is_some() || reason.statement.is_some()) {
            return Err(invalid(node.span, "if no statement allows, no statement decided")
                .with_help("remove `policy` and `sid`, or `missing`"));
        }
        Ok(reason)
    }

    /// Finds what it names in the world.
    pub(crate) fn check(&self, world: &World, span: Span) -> Checked<()> {
        let unknown = |message: String, help: Option<String>| {
            Err(Diagnostic::new(codes::UNKNOWN_NAME, span, message).with_any_help(help))
        };
        let policies = || world.policies().iter().map(|known| &known.policy);
        if let Some(name) = &self.policy
            && !policies().any(|policy| policy.name == *name)
        {
            let help = near(name, &policies().map(|policy| policy.name.as_str()).collect::<Vec<_>>());
            return unknown(format!("no policy in the world is named `{name}`"), help);
        }
        let named = || policies().filter(|policy| self.policy.as_ref().is_none_or(|name| policy.name == *name));
        let statements = || named().flat_map(|policy| policy.document().statements());
        match &self.statement {
            Some(NamedStatement::Sid(sid)) if !statements().any(|statement| statement.sid() == Some(sid)) => {
                let place = self.policy.as_ref().map_or("the world".into(), |name| format!("the policy `{name}`"));
                let help = match policies().find(|policy| policy.name == *sid) {
                    Some(policy) => {
                        Some(format!("name one of its statements: `{}#Sid` or `{}[1]`", policy.name, policy.name))
                    }
                    None => near(sid, &statements().filter_map(iameval::Statement::sid).collect::<Vec<_>>()),
                };
                unknown(format!("no statement of {place} has the Sid `{sid}`"), help)
            }
            Some(NamedStatement::Number(number))
                if !named().any(|policy| (1..=policy.document().statements().len()).contains(number)) =>
            {
                let name = self.policy.as_deref().unwrap_or("the policy");
                let count = named().map(|policy| policy.document().statements().len()).max().unwrap_or(0);
                unknown(format!("`{name}` has no statement {number}"), Some(format!("it has {count}, counted from 1")))
            }
            _ => Ok(()),
        }
    }

    /// Whether it says a layer and nothing more, as someone may who means that the layer does not allow.
    pub(crate) fn is_layer_alone(&self) -> bool {
        self.layer.is_some() && self.policy.is_none() && self.statement.is_none() && !self.missing_allow
    }

    /// Whether it is what a decision rests on.
    pub fn fits(&self, simulation: &Simulation, policies: &PolicySet) -> bool {
        if self.missing_allow {
            let is_missing = match simulation.decided_by {
                DecidedBy::Layer(found) => self.layer.is_none_or(|layer| layer == found),
                // Neither the principal's policies nor the resource's allow it, and one of them would do.
                DecidedBy::None => self.layer.is_none_or(|layer| matches!(layer, Layer::Identity | Layer::Resource)),
                DecidedBy::Service => false,
            };
            return simulation.decision == Decision::ImplicitDeny && is_missing;
        }
        simulation.deciding().any(|matched| {
            let Some(origin) = policies.origin(matched.id) else { return false };
            self.layer.is_none_or(|layer| layer == matched.layer)
                && self.policy.as_ref().is_none_or(|policy| origin.policy.as_str() == policy)
                && self.statement.as_ref().is_none_or(|statement| match statement {
                    NamedStatement::Sid(sid) => origin.sid == Some(sid),
                    NamedStatement::Number(number) => origin.statement_index + 1 == *number,
                })
        })
    }
}

/// The nearest of some names, or all of them where they are few.
fn near(name: &str, known: &[&str]) -> Option<String> {
    let all = || (1..=12).contains(&known.len()).then(|| format!("there are {}", known.join(", ")));
    did_you_mean(name, known.iter().copied()).or_else(all)
}

fn read_layer(node: &Node<'_>) -> Checked<Layer> {
    let word = text(node, "`layer`")?;
    Layer::ALL.into_iter().find(|layer| layer.as_str() == word).ok_or_else(|| {
        let names = Layer::ALL.map(Layer::as_str);
        let all = || format!("the layers are {}", names.join(", "));
        invalid(node.span, format!("`{word}` is not a layer")).with_help(did_you_mean(word, names).unwrap_or_else(all))
    })
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layer = self.layer.map(Layer::as_str);
        if self.missing_allow {
            return match layer {
                Some(name) => write!(f, "no Allow in layer {name}"),
                None => f.write_str("no Allow"),
            };
        }
        let policy = self.policy.as_deref().unwrap_or_default();
        match &self.statement {
            Some(NamedStatement::Sid(sid)) if policy.is_empty() => f.write_str(sid)?,
            Some(NamedStatement::Sid(sid)) => write!(f, "{policy}#{sid}")?,
            Some(NamedStatement::Number(number)) => write!(f, "{policy}[{number}]")?,
            None => f.write_str(policy)?,
        }
        match layer {
            Some(name) if self.policy.is_none() && self.statement.is_none() => {
                write!(f, "a statement in layer {name}")
            }
            Some(name) => write!(f, " in layer {name}"),
            None => Ok(()),
        }
    }
}
