//! A tree to a claim.

use super::scope::read_scope;
use super::{NativeClaim, NativeQuestion};
use crate::claim::Expectation;
use iameval::json::Node;
use iameval::json::fields::{boolean, fields, invalid, parsed, text};
use iameval::native::{
    EvaluationOptions, RequestError, RequestPolicies, RequestReader, read_id, read_policy_set_name, read_principal,
    read_rule_selection,
};
use iameval::suggest::did_you_mean;
use iameval::{Diagnostic, EvaluationMode, RuleSelection};

type Result<T, E = Box<RequestError>> = std::result::Result<T, E>;

/// What stands in the scope of a claim.
const IN_SCOPE: [&str; 7] = ["action", "not_action", "actions", "resource", "not_resource", "resources", "context"];

pub(super) fn read(tree: &Node<'_>, source: &str, reader: &mut RequestReader) -> Result<NativeClaim> {
    not_here(tree, "a claim", &IN_SCOPE, "put it into `scope`")?;
    not_here(tree, "a claim", &["request"], "a claim has a `scope` instead, which says which requests it is about")?;
    let names = [
        "id",
        "policies",
        "old",
        "new",
        "policy_set",
        "principal",
        "resource_account",
        "scope",
        "expect",
        "ask",
        "complete",
        "derive_context",
        "any_text",
        "realistic",
        "service_rules",
        "options",
    ];
    let [
        id,
        policies,
        old,
        new,
        policy_set,
        principal,
        resource_account,
        scope,
        expect,
        ask,
        complete,
        derive,
        any_text,
        realistic,
        service_rules,
        options,
    ] = fields(tree, "a claim", names)?;
    let asked = asked(tree, expect, ask)?;
    only_of(asked, [policies, old, new, complete])?;
    let mut scope = read_scope(scope, resource_account)?;
    scope.principal = principal.map(read_principal).transpose()?;
    if let (Asked::Public, Some(node)) = (asked, principal) {
        let error = invalid(node.span, "the question `public` has no `principal`");
        return Err(error
            .with_help("remove it: the question is about callers without any tie to the accounts of the policy")
            .into());
    }
    let (options, derives) = read_options([service_rules, derive], options)?;
    scope.derives_context = derives;
    scope.any_text = flag(any_text, "`any_text`")?;
    scope.realistic = flag(realistic, "`realistic`")?;
    let mut policies_of = |node: Option<&Node<'_>>| {
        node.map_or_else(|| Ok(RequestPolicies::default()), |node| reader.read_policies(node, source))
    };
    let question = match asked {
        Asked::Holds(expect) => NativeQuestion::Holds(expect),
        Asked::WhatCan => NativeQuestion::WhatCan,
        Asked::Public => NativeQuestion::Public,
        Asked::Statements => NativeQuestion::Statements { complete: flag(complete, "`complete`")? },
        Asked::NewAccess => {
            let (Some(old), Some(new)) = (old, new) else {
                return Err(invalid(tree.span, "the question `new_access` needs both `old` and `new` policies").into());
            };
            NativeQuestion::NewAccess { old: policies_of(Some(old))?, new: policies_of(Some(new))? }
        }
    };
    Ok(NativeClaim {
        id: id.map(read_id).transpose()?.flatten(),
        question,
        scope,
        policies: policies_of(policies)?,
        policy_set: policy_set.map(read_policy_set_name).transpose()?,
        options,
    })
}

/// Refuses fields that stand elsewhere.
pub(super) fn not_here(node: &Node<'_>, what: &str, names: &[&str], help: &str) -> Result<(), Diagnostic> {
    let mut members = node.members().unwrap_or_default().iter();
    match members.find(|member| names.contains(&&*member.key)) {
        Some(member) => {
            Err(invalid(member.key_span, format!("`{}` is not a field of {what}", member.key)).with_help(help))
        }
        None => Ok(()),
    }
}

/// Which question it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Holds(Expectation),
    WhatCan,
    NewAccess,
    Public,
    Statements,
}

const EXPECTATIONS: [(&str, Expectation); 4] = [
    ("deny", Expectation::Deny),
    ("allow", Expectation::Allow),
    ("explicit", Expectation::ExplicitDeny),
    ("implicit", Expectation::ImplicitDeny),
];

/// The decisions, for those who write one.
const DECISIONS: [(&str, &str); 5] = [
    ("allowed", "allow"),
    ("denied", "deny"),
    ("explicit_deny", "explicit"),
    ("explicitDeny", "explicit"),
    ("implicit_deny", "implicit"),
];

const QUESTIONS: [(&str, Asked); 4] = [
    ("what_can", Asked::WhatCan),
    ("new_access", Asked::NewAccess),
    ("public", Asked::Public),
    ("statements", Asked::Statements),
];

fn asked(tree: &Node<'_>, expect: Option<&Node<'_>>, ask: Option<&Node<'_>>) -> Result<Asked, Diagnostic> {
    match (expect, ask) {
        (Some(node), None) => word(node, "`expect`", EXPECTATIONS).map(Asked::Holds),
        (None, Some(node)) => word(node, "`ask`", QUESTIONS),
        (Some(_), Some(node)) => {
            let error = invalid(node.span, "a claim has either `expect` or `ask`, found both");
            Err(error.with_help("write two claims, one on each line"))
        }
        (None, None) => {
            let error = invalid(tree.span, "the claim has neither `expect` nor `ask`");
            Err(error.with_help(format!("`expect` is {}; `ask` is {}", list(&EXPECTATIONS), list(&QUESTIONS))))
        }
    }
}

fn word<T: Copy, const N: usize>(node: &Node<'_>, what: &str, words: [(&str, T); N]) -> Result<T, Diagnostic> {
    let written = text(node, what)?;
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == written) {
        return Ok(*value);
    }
    let decision = DECISIONS.iter().find(|(word, _)| *word == written).map(|(_, word)| *word);
    let meant = decision.filter(|meant| words.iter().any(|(word, _)| word == meant));
    let help = match meant {
        Some(meant) => Some(format!("did you mean `{meant}`?")),
        None => did_you_mean(written, words.iter().map(|(word, _)| *word)),
    };
    Err(invalid(node.span, format!("{what} must be {}, found `{written}`", list(&words))).with_any_help(help))
}

/// The words: `a`, `b` or `c`.
fn list<T, const N: usize>(words: &[(&str, T); N]) -> String {
    let quoted: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        words => words.concat(),
    }
}

/// Refuses fields of another question.
fn only_of(asked: Asked, fields: [Option<&Node<'_>>; 4]) -> Result<(), Diagnostic> {
    let [policies, old, new, complete] = fields;
    if let (Asked::NewAccess, Some(node)) = (asked, policies) {
        let error = invalid(node.span, "the question `new_access` has `old` and `new` in place of `policies`");
        return Err(error.with_help("put policies that both have into each of them"));
    }
    let of_others = [
        (old, "old", "new_access", Asked::NewAccess),
        (new, "new", "new_access", Asked::NewAccess),
        (complete, "complete", "statements", Asked::Statements),
    ];
    for (node, name, question, owner) in of_others {
        if let Some(node) = node.filter(|_| asked != owner) {
            return Err(invalid(node.span, format!("`{name}` is for the question `{question}` only")));
        }
    }
    Ok(())
}

/// What stands in `options` or beside it: which rules count, and whether keys are derived.
fn read_options(top: [Option<&Node<'_>>; 2], node: Option<&Node<'_>>) -> Result<(EvaluationOptions, bool), Diagnostic> {
    let names = ["service_rules", "derive_context", "mode"];
    let [service_rules, derive, mode] = match node {
        Some(node) => fields(node, "the options", names)?,
        None => [None; 3],
    };
    if let Some(node) = mode
        && parsed::<EvaluationMode>(node, "`mode`")? != EvaluationMode::Live
    {
        let error = invalid(node.span, "a claim is about live services: `mode` cannot be `simulator`");
        return Err(error.with_help("remove it; `simulate` and `batch` decide single requests as the simulator does"));
    }
    let once = |top: Option<_>, own: Option<_>, name: &str| match (top, own) {
        (Some(_), Some(node)) => {
            let node: &Node<'_> = node;
            let error = invalid(node.span, format!("`{name}` is given twice, here and beside `options`"));
            Err(error.with_help("remove one of the two"))
        }
        (top, own) => Ok(top.or(own)),
    };
    let [top_rules, top_derive] = top;
    let service_rules = match once(top_rules, service_rules, "service_rules")? {
        Some(node) => read_rule_selection(node)?,
        None => RuleSelection::None,
    };
    let derives = flag(once(top_derive, derive, "derive_context")?, "`derive_context`")?;
    Ok((EvaluationOptions { service_rules, ..EvaluationOptions::default() }, derives))
}

fn flag(node: Option<&Node<'_>>, what: &str) -> Result<bool, Diagnostic> {
    node.map_or(Ok(false), |node| boolean(node, what))
}
