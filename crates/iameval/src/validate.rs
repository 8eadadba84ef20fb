//! What AWS refuses when a policy is created, and what each kind of policy forbids (section 2).
//!
//! None of it changes a decision, except what [`refused_for_kind`] finds: such a document is no policy of its kind.

mod action;
mod condition;
mod limits;
mod principal;
mod resource;

use crate::codes;
use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::document::{
    Effect, PatternElement, PolicyDocument, PolicyKind, PrincipalElement, PrincipalForm, PrincipalType, Statement,
    Version,
};
use crate::text::{Span, Spanned};
use foldhash::fast::FixedState;
use std::collections::HashMap;

impl PolicyDocument {
    /// Everything that AWS refuses when a policy of this kind is created, and what the kind itself forbids; in source
    /// order.
    pub fn check(&self, kind: PolicyKind) -> Vec<Diagnostic> {
        check(self, kind)
    }
}

fn check(document: &PolicyDocument, kind: PolicyKind) -> Vec<Diagnostic> {
    let mut findings = refused_for_kind(document, kind);
    let mut report = |diagnostic| findings.push(diagnostic);
    document_elements(document, kind, &mut report);
    let limits_resources = kind == PolicyKind::ResourceControl && !is_rcp_full_access(document);
    for statement in document.statements() {
        statement_elements(statement, kind, &mut report);
        if limits_resources {
            resource_control(statement, &mut report);
        }
        principal::check(statement, kind, &mut report);
        action::check(statement, kind, &mut report);
        resource::check(statement, kind, &mut report);
        condition::check(statement, &mut report);
    }
    findings.sort_by_key(Diagnostic::span);
    findings
}

/// The opening brace of an element, to underline where something is missing in it.
fn beginning(span: Span) -> Span {
    Span { start: span.start, end: span.end.min(span.start + 1) }
}

/// What makes the document no policy of this kind at all.
pub(crate) fn refused_for_kind(document: &PolicyDocument, kind: PolicyKind) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for statement in document.statements() {
        if let Some(principal) = statement.principal()
            && kind.forbids_principal()
        {
            let name = if principal.is_negated() { "NotPrincipal" } else { "Principal" };
            let message = format!("`{name}` does not belong in {}", kind.with_article());
            let help = match kind {
                PolicyKind::ServiceControl => "a service control policy applies to everyone in its accounts",
                PolicyKind::Session | PolicyKind::ScopeDown => "the principal is the session",
                _ => "the principal is the one that the policy is attached to",
            };
            let diagnostic = Diagnostic::new(codes::FORBIDDEN_ELEMENT, principal.name_span(), message);
            findings.push(diagnostic.with_help(help));
        }
        if statement.resource().is_none() && kind.requires_resource() {
            let message = "the statement has no `Resource` or `NotResource`";
            let diagnostic = Diagnostic::new(codes::MISSING_ELEMENT, beginning(statement.span()), message)
                .blaming(statement.span())
                .refused(17, "Policy statement must contain resources.");
            findings.push(diagnostic.with_help("name the resources that the statement applies to, or `\"*\"`"));
        }
    }
    findings
}

fn document_elements(document: &PolicyDocument, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    if document.statements().is_empty() {
        let message = "the policy has no statements, so it allows nothing";
        report(Diagnostic::new(codes::EMPTY_STATEMENT_LIST, document.statements.span(), message));
    }
    if kind == PolicyKind::Identity && document.version() != Some(Version::V2012) {
        let span = document.version.as_ref().map_or_else(|| document.statements.span(), |version| version.span);
        let message = match &document.version {
            Some(_) => "the policy has version 2008-10-17, in which policy variables are plain text",
            None => {
                "the policy has no `Version`, so its version is 2008-10-17, in which policy variables are plain text"
            }
        };
        let help = "write `\"Version\": \"2012-10-17\"`";
        let finding = Diagnostic::new(codes::OLD_VERSION, span, message).with_help(help);
        report(finding.with_fix(document.version_fix()));
    }
    if let Some(id) = &document.id
        && kind.is_of_principal()
    {
        let message = format!("`Id` does not belong in {}", kind.with_article());
        report(Diagnostic::new(codes::ID_IN_IDENTITY_POLICY, id.span, message));
    }
    duplicate_sids(document, kind, report);
    limits::check(document, kind, report);
}

impl PolicyDocument {
    /// What makes the document one of version 2012-10-17 without changing what it says. `None` where it is one already,
    /// and where something in it looks like a variable, which would then become one (R-VAR-02).
    pub fn version_fix(&self) -> Option<Fix> {
        const NEWER: &str = "\"2012-10-17\"";
        if self.has_variable_syntax() || self.version() == Some(Version::V2012) {
            return None;
        }
        Some(if let Some(version) = &self.version {
            Fix { span: version.span, replacement: NEWER.into() }
        } else {
            let inside = self.span().start + 1;
            Fix { span: Span { start: inside, end: inside }, replacement: format!("\"Version\": {NEWER},") }
        })
    }
}

/// V-07. Other services than IAM and Organizations take them, and AWS's checker advises against them.
fn duplicate_sids(document: &PolicyDocument, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    let mut first: HashMap<&str, &Spanned<Box<str>>, FixedState> = HashMap::default();
    let sids = document.statements().iter().filter_map(|statement| statement.sid.as_ref());
    for sid in sids.filter(|sid| !sid.value.is_empty()) {
        if let Some(other) = first.insert(&sid.value, sid) {
            let message = format!("two statements have the Sid `{}`", sid.value);
            let finding =
                Diagnostic::new(codes::DUPLICATE_SID, sid.span, message).with_label(other.span, "the other one");
            report(if is_of_iam(kind) { finding } else { finding.with_severity(Severity::Warning).without_refusal() });
        }
    }
}

fn statement_elements(statement: &Statement, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    if let Some(sid) = &statement.sid
        && is_of_iam(kind)
        && !sid.value.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        let message = format!("the Sid `{}` may contain only ASCII letters and digits", sid.value);
        let finding = Diagnostic::new(codes::INVALID_SID, sid.span, message);
        // The words are those of IAM; what Organizations answers is not on record.
        let is_of_organizations = matches!(kind, PolicyKind::ServiceControl | PolicyKind::ResourceControl);
        report(if is_of_organizations { finding.without_refusal() } else { finding });
    }
}

/// Whether IAM or Organizations keep policies of this kind, and not the service of a resource.
fn is_of_iam(kind: PolicyKind) -> bool {
    !matches!(kind, PolicyKind::Resource | PolicyKind::Endpoint)
}

/// Whether the document says the same as `RCPFullAWSAccess`, which AWS attaches by itself: the one resource control policy
/// that allows.
fn is_rcp_full_access(document: &PolicyDocument) -> bool {
    let is_all = |element: &PatternElement| !element.is_negated() && element.patterns().eq(["*"]);
    let everybody = |element: &PrincipalElement| {
        !element.is_negated()
            && match element.form() {
                PrincipalForm::Everyone => true,
                PrincipalForm::Map(lists) => {
                    lists.iter().all(|list| list.kind() == PrincipalType::Aws && list.values().eq(["*"]))
                }
            }
    };
    match document.statements() {
        [one] => {
            one.effect() == Effect::Allow
                && is_all(one.action())
                && one.resource().is_some_and(is_all)
                && one.principal().is_some_and(everybody)
                && one.condition().is_empty()
        }
        _ => false,
    }
}

/// R-ORG-06
fn resource_control(statement: &Statement, report: &mut impl FnMut(Diagnostic)) {
    let mut limit = |span, message: &str| {
        report(Diagnostic::new(codes::RESOURCE_CONTROL_LIMITS, span, message));
    };
    if statement.effect() == Effect::Allow {
        limit(statement.effect.span, "a resource control policy supports only `Deny`");
    }
    if statement.action.is_negated() {
        limit(statement.action.name_span(), "a resource control policy does not support `NotAction`");
    }
    for action in &statement.action.patterns.items {
        if matches!(&*action.value, "*" | "*:*") {
            limit(action.span, "a resource control policy does not support `*` as an action: name the service");
        }
    }
}
