//! The policies of templates as they are written, for those who look for mistakes in them.

use crate::document::choices::{Part, assuming};
use crate::document::{Draft, Reader, computed};
use crate::find;
use crate::index::{Index, Item, outside_arn};
use crate::permission::{PERMISSIONS, plain, qualifiers};
use crate::stack::{Language, Stack};
use crate::value::{Value, ValueKind};
use crate::world::policy_name;
use iameval::symbol::Symbols;
use iameval::text::Span;
use iameval::{Fix, Parsed, PolicyDocument, PolicyKind};
use iameval_world::{Finding, Origin, Source};
use std::sync::Arc;

/// A policy of a template as it is written there.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TemplatePolicy {
    /// What it is called in a world of the template, such as `cfn:Deploy/trust`.
    pub name: String,
    /// Its kind, as where it stands tells.
    pub kind: PolicyKind,
    /// The resource that it stands in.
    pub origin: Origin,
    /// The template.
    pub source: Arc<Source>,
    /// Where it stands.
    pub span: Span,
    /// The document, or what makes it no policy. Texts in it may hold symbols; where something depends on a condition,
    /// every alternative is there.
    pub parsed: Parsed<PolicyDocument>,
    computed: Vec<Span>,
    language: Language,
}

impl TemplatePolicy {
    /// Whether fixes can be made where it stands: a plan or a state is made of its source anew.
    pub fn is_in_source(&self) -> bool {
        self.language == Language::CloudFormation
    }

    /// Whether the document stands in the template, and not only what a transform makes it of, such as the name of a SAM
    /// policy template.
    pub fn is_written(&self) -> bool {
        !self.computed.iter().any(|computed| computed.contains(self.span))
    }

    /// Whether a part of the template stands there exactly as the document has it, so that it can be changed in place: no
    /// function, and no escape or indentation of a text, touches it.
    pub fn is_written_at(&self, place: Span) -> bool {
        let touches = |computed: &Span| computed.start < place.end && place.start < computed.end;
        self.span.contains(place) && !self.computed.iter().any(touches)
    }

    /// Whether a fix can be made in place. What is put in, as JSON has it, goes after a brace of JSON only.
    pub fn takes(&self, fix: &Fix) -> bool {
        let before = || self.source.text.get(..fix.span.start as usize)?.chars().next_back();
        self.is_in_source() && self.is_written_at(fix.span) && (fix.span.start < fix.span.end || before() == Some('{'))
    }
}

/// The policies of templates that are read together.
#[derive(Debug)]
#[non_exhaustive]
pub struct TemplatePolicies {
    /// The policies in the order of the templates. Those of which nothing is known are not among them.
    pub policies: Vec<TemplatePolicy>,
    /// What is not known in their texts: symbols stand for it.
    pub symbols: Symbols,
    /// What the templates leave to the deployment, and policies that are left out, such as those of another grammar.
    pub warnings: Vec<Finding>,
    /// The files that others bring in as parts of themselves.
    pub included: Vec<Arc<Source>>,
}

/// The policies of stacks.
pub(crate) fn policies(stacks: &[Stack], mut warnings: Vec<Finding>, symbols: Symbols) -> TemplatePolicies {
    let index = Index::new(stacks, stacks.len() > 1);
    warnings.extend(index.items.iter().filter_map(find::left_out));
    let policies = of_index(&index, &symbols);
    TemplatePolicies { policies, symbols, warnings, included: Vec::new() }
}

fn of_index(index: &Index<'_>, symbols: &Symbols) -> Vec<TemplatePolicy> {
    let mut all = Vec::new();
    for item in &index.items {
        for found in find::policies(item.resource, symbols) {
            let reader = Reader { kind: found.kind, symbols };
            let name = policy_name(item, &found);
            let policy =
                of_value(item, name, reader, found.value, &Part { value: found.value, way: found.way.clone() });
            all.extend(policy);
        }
        all.extend(of_permission(item, symbols));
    }
    all
}

fn of_value(
    item: &Item<'_>,
    name: String,
    reader: Reader<'_>,
    value: &Value,
    part: &Part<'_>,
) -> Option<TemplatePolicy> {
    let template = &item.source().text;
    let draft = reader.read(value, &part.way);
    if draft.as_ref().is_ok_and(|draft| !draft.is_written()) {
        return None;
    }
    let parsed = match draft.and_then(Draft::into_written) {
        Ok(document) => Parsed { value: Some(with_characters(value, template, document)), diagnostics: Vec::new() },
        Err(wrong) => {
            let diagnostics = wrong.into_iter().map(|diagnostic| diagnostic.naming(reader.symbols)).collect();
            Parsed { value: None, diagnostics }
        }
    };
    Some(TemplatePolicy {
        name,
        kind: reader.kind,
        origin: item.origin(),
        source: item.source().clone(),
        span: value.span,
        parsed,
        computed: computed(value, template),
        language: item.stack.language,
    })
}

/// The statement that a resource is.
fn of_permission(item: &Item<'_>, symbols: &Symbols) -> Option<TemplatePolicy> {
    let permission = PERMISSIONS.iter().find(|known| known.resource_type == item.resource.kind)?;
    let named = item.text(permission.of.by).map_or_else(|| "default".to_owned(), plain);
    let arn = outside_arn(&permission.of, item.location(), &named).unwrap_or_else(|| "*".to_owned());
    let qualifier = item.resource.properties.get("Qualifier").filter(|_| arn != "*");
    let arns = match qualifier.map(|value| qualifiers(&Part::new(value, assuming(item.resource.only_if)))) {
        Some(qualifiers) => {
            let of = |(qualifier, _): (Option<String>, _)| match qualifier {
                Some(qualifier) => format!("{arn}:{qualifier}"),
                None => arn.clone(),
            };
            let mut arns: Vec<String> = qualifiers.into_iter().map(of).collect();
            arns.dedup();
            arns
        }
        None => vec![arn],
    };
    let document = permission.document(item.resource, &arns, symbols);
    let reader = Reader { kind: PolicyKind::Resource, symbols };
    let policy =
        of_value(item, item.name.clone(), reader, &document, &Part::new(&document, assuming(item.resource.only_if)))?;
    let (span, computed) = match item.resource.properties.get("Statement") {
        Some(statement) => (statement.span, computed(statement, &item.source().text)),
        None => (item.resource.span, vec![item.resource.span]),
    };
    Some(TemplatePolicy { span, computed, ..policy })
}

/// The document with the characters of its texts that IAM does not accept.
fn with_characters(value: &Value, template: &str, document: PolicyDocument) -> PolicyDocument {
    match &value.kind {
        ValueKind::Text(text) => text.runs.iter().fold(document, |document, (_, run)| {
            let within = |span: Span| Span { start: run.start + span.start, end: run.start + span.end };
            document.with_characters(template.get(run.range()).unwrap_or_default(), within)
        }),
        ValueKind::List(items) => {
            items.iter().fold(document, |document, item| with_characters(item, template, document))
        }
        ValueKind::Map(entries) => {
            entries.iter().fold(document, |document, entry| with_characters(&entry.value, template, document))
        }
        ValueKind::OneOf { choices, .. } => {
            choices.iter().flatten().fold(document, |document, choice| with_characters(choice, template, document))
        }
        _ => document,
    }
}
