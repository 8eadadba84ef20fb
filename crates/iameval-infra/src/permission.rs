//! Resources that are one statement of another one's policy, such as `AWS::Lambda::Permission`.

use crate::document::choices::{Part, needed_by, split};
use crate::stack::Resource;
use crate::types::Named;
use crate::value::{Entry, Text, Value, ValueKind};
use iameval::symbol::{OnlyIf, Symbols};
use iameval::text::Span;

/// A type of resources each of which is a statement.
#[derive(Debug)]
pub(crate) struct Permission {
    pub(crate) resource_type: &'static str,
    pub(crate) of: Named,
    actions: Actions,
    /// Properties that are conditions: the property, the operator and the key.
    conditions: &'static [(&'static str, &'static str, &'static str)],
}

#[derive(Debug, Clone, Copy)]
enum Actions {
    In(&'static str),
    /// The property, and what it is by default.
    Or(&'static str, &'static str),
}

/// The types.
pub(crate) static PERMISSIONS: &[Permission] = &[
    Permission {
        resource_type: "AWS::Lambda::Permission",
        of: Named {
            by: &["FunctionName"],
            types: &["AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version"],
            arn: "arn:{partition}:lambda:{region}:{account}:function:{name}",
        },
        actions: Actions::In("Action"),
        conditions: &[
            ("SourceArn", "ArnLike", "aws:SourceArn"),
            ("SourceAccount", "StringEquals", "aws:SourceAccount"),
            ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
            ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
            ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
            ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
        ],
    },
    Permission {
        resource_type: "AWS::Lambda::LayerVersionPermission",
        of: Named {
            by: &["LayerVersionArn"],
            types: &["AWS::Lambda::LayerVersion"],
            arn: "arn:{partition}:lambda:{region}:{account}:layer:{name}",
        },
        actions: Actions::In("Action"),
        conditions: &[("OrganizationId", "StringEquals", "aws:PrincipalOrgID")],
    },
    Permission {
        resource_type: "AWS::Events::EventBusPolicy",
        of: Named {
            by: &["EventBusName"],
            types: &["AWS::Events::EventBus"],
            arn: "arn:{partition}:events:{region}:{account}:event-bus/{name}",
        },
        actions: Actions::Or("Action", "events:PutEvents"),
        conditions: &[],
    },
    Permission {
        resource_type: "AWS::Signer::ProfilePermission",
        of: Named {
            by: &["ProfileName"],
            types: &["AWS::Signer::SigningProfile"],
            arn: "arn:{partition}:signer:{region}:{account}:/signing-profiles/{name}",
        },
        actions: Actions::In("Action"),
        conditions: &[],
    },
    Permission {
        resource_type: "AWS::ACMPCA::Permission",
        of: Named {
            by: &["CertificateAuthorityArn"],
            types: &["AWS::ACMPCA::CertificateAuthority"],
            arn: "arn:{partition}:acm-pca:{region}:{account}:certificate-authority/{name}",
        },
        actions: Actions::In("Actions"),
        conditions: &[("SourceAccount", "StringEquals", "aws:SourceAccount")],
    },
];

/// Whether resources of a type are statements.
pub(crate) fn is_one(resource_type: &str) -> bool {
    PERMISSIONS.iter().any(|known| known.resource_type == resource_type)
}

impl Permission {
    /// The document of the statement for the resources of those ARNs.
    pub(crate) fn document(&self, resource: &Resource, arns: &[String], symbols: &Symbols) -> Value {
        let made = Made { span: resource.span, symbols };
        if let ValueKind::Unknown(_) = resource.properties.kind {
            return resource.properties.clone();
        }
        if let Some(statement) = resource.properties.get("Statement") {
            return made.document(statement.clone());
        }
        let (name, default) = match self.actions {
            Actions::In(name) => (name, None),
            Actions::Or(name, default) => (name, Some(default)),
        };
        let action = resource.properties.get(name).cloned().or_else(|| default.map(|text| made.text(text)));
        let principal = resource.properties.get("Principal").map(|value| made.principal(value));
        let mut conditions: Vec<Entry> = Vec::new();
        for (name, operator, key) in self.conditions {
            let Some(value) = resource.properties.get(name) else { continue };
            let test = entry(key, value.clone());
            match conditions.iter_mut().find(|known| known.key.text == *operator) {
                Some(Entry { value: Value { kind: ValueKind::Map(tests), .. }, .. }) => tests.push(test),
                _ => conditions.push(entry(operator, made.map(vec![test]))),
            }
        }
        conditions.extend(made.condition_of_bus(resource));
        let mut entries = vec![entry("Sid", made.text(&resource.id)), entry("Effect", made.text("Allow"))];
        entries.extend(principal.map(|value| entry("Principal", value)));
        entries.extend(action.map(|value| entry("Action", value)));
        let arns: Vec<Value> = arns.iter().map(|arn| made.text(arn)).collect();
        let of = match <[Value; 1]>::try_from(arns) {
            Ok([arn]) => arn,
            Err(arns) => Value { span: made.span, kind: ValueKind::List(arns) },
        };
        entries.push(entry("Resource", of));
        if !conditions.is_empty() {
            entries.push(entry("Condition", made.map(conditions)));
        }
        made.document(made.map(entries))
    }
}

/// Values that stand where the resource does.
struct Made<'s> {
    span: Span,
    symbols: &'s Symbols,
}

impl Made<'_> {
    fn text(&self, text: &str) -> Value {
        let text = Text { text: text.to_owned(), runs: Vec::new() };
        Value { span: self.span, kind: ValueKind::Text(text) }
    }

    fn map(&self, entries: Vec<Entry>) -> Value {
        Value { span: self.span, kind: ValueKind::Map(entries) }
    }

    fn document(&self, statement: Value) -> Value {
        self.map(vec![entry("Version", self.text("2012-10-17")), entry("Statement", statement)])
    }

    /// A principal as a permission names it: a service, an account, an ARN or everyone.
    fn principal(&self, value: &Value) -> Value {
        let of_type = |names: &[&str]| {
            let entries = names.iter().map(|name| entry(name, value.clone()));
            Value { span: value.span, ..self.map(entries.collect()) }
        };
        match &value.kind {
            ValueKind::OneOf { on, choices } => {
                let choices = choices.iter().map(|choice| choice.as_ref().map(|value| self.principal(value))).collect();
                Value { span: value.span, kind: ValueKind::OneOf { on: *on, choices } }
            }
            ValueKind::Text(text) if text.text == "*" => value.clone(),
            ValueKind::Text(text) if text.text.starts_with("arn:") || is_account(&text.text) => of_type(&["AWS"]),
            ValueKind::Text(text) if text.text.contains(".amazonaws.") => of_type(&["Service"]),
            ValueKind::Text(text) if self.symbols.within(&text.text).next().is_none() => of_type(&["Service"]),
            ValueKind::Number(_) => of_type(&["AWS"]),
            _ => of_type(&["AWS", "Service"]),
        }
    }

    /// The `Condition` of an event bus policy: one test, in properties of its own.
    fn condition_of_bus(&self, resource: &Resource) -> Option<Entry> {
        let condition = resource.properties.get("Condition")?;
        let text = |name: &str| condition.get(name)?.as_text();
        let value = entry(text("Key")?, condition.get("Value")?.clone());
        Some(entry(text("Type")?, self.map(vec![value])))
    }
}

fn entry(key: &str, value: Value) -> Entry {
    Entry { key: Text { text: key.to_owned(), runs: Vec::new() }, key_span: value.span, value }
}

/// The name of a function, which may have its account before it.
pub(crate) fn plain(text: String) -> String {
    match text.rsplit_once(":function:") {
        Some((_, name)) if !text.starts_with("arn:") => name.to_owned(),
        _ => text,
    }
}

/// The qualifiers that a value may be, each with what decides that; `None` for none.
pub(crate) fn qualifiers(part: &Part<'_>) -> Vec<(Option<String>, Vec<OnlyIf>)> {
    match &part.value.kind {
        ValueKind::OneOf { on, choices } => split(*on, choices, &part.way)
            .flat_map(|(way, choice)| match choice {
                Some(value) => qualifiers(&Part { value, way }),
                None => vec![(None, needed_by(&way))],
            })
            .collect(),
        _ => vec![(part.text().filter(|text| !text.is_empty()), part.needs())],
    }
}

fn is_account(text: &str) -> bool {
    text.parse::<iameval::AccountId>().is_ok()
}
