//! Which requests AWS could make, as far as that is certain.

mod called_via;
mod clocks;
mod spelling;

use crate::atom::{KeyId, Subject};
use crate::builder::{Builder, Written};
use crate::claim::Scope;
use crate::formula::{Formulas, Literal, Node};
use crate::glob::{Glob, Piece, Reach};
use crate::theory::{Chosen, Model, Theory, Value};
use crate::verdict::Undecided;
use iameval::{ConditionOperator, ContextKey, Effect, Operator, PrincipalClass, Request};
use iameval_data::ActionInfo;
use std::collections::BTreeMap;

pub(crate) use spelling::letters;

/// What a path in an organization looks like.
pub(crate) const ORGANIZATION_PATH: &str = "o-*/r-*/*";

/// How close to usual requests a request is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Realism {
    /// AWS could make it.
    Possible,
    /// Its resource is in an everyday region, in whatever account.
    Usual,
    /// The same, in the account that the resources are said to be in, or in the caller's own.
    Own,
}

/// The resource has one of the forms that the action takes. Where it takes none, and some actions that list do not say so,
/// any text will do.
pub(crate) fn resource(action: ActionInfo<'_>, scope: &Scope, realism: Realism, builder: &mut Builder<'_>) -> Node {
    let mut globs: Vec<Glob> = action.arns().map(|form| glob_of(form, scope, realism)).collect();
    let is_required = action.resource_types().any(|taken| taken.required);
    if globs.is_empty() && realism == Realism::Possible {
        return Formulas::TRUE;
    }
    if globs.is_empty() || (!is_required && realism == Realism::Possible) {
        globs.push(Glob::literal("*"));
    }
    builder.fits(Subject::Resource, globs)
}

/// The texts of a form of ARN, in which each part in braces has at least one character.
fn glob_of(form: &str, scope: &Scope, realism: Realism) -> Glob {
    let mut pieces: Vec<Piece> = Vec::new();
    // A star in a form stands for any text, as in a policy.
    let literal = |pieces: &mut Vec<Piece>, text: &str| {
        for (number, text) in text.split('*').enumerate() {
            if number > 0 {
                pieces.push(Piece::Star(Reach::Free));
            }
            match pieces.last_mut() {
                Some(Piece::Literal(before)) => *before = format!("{before}{text}").into(),
                _ if text.is_empty() => {}
                _ => pieces.push(Piece::Literal(text.into())),
            }
        }
    };
    let account = scope.resource_account.or_else(|| scope.principal.as_ref()?.account());
    let partition = scope.principal.as_ref().and_then(iameval::Principal::id).and_then(|id| id.split(':').nth(1));
    let mut rest = form;
    let mut colons = 0;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, tail) = after.split_once('}').unwrap_or((after, ""));
        colons += before.matches(':').count();
        literal(&mut pieces, before);
        match (name, realism) {
            ("Partition", Realism::Usual | Realism::Own) => literal(&mut pieces, partition.unwrap_or("aws")),
            ("Region", Realism::Usual | Realism::Own) => literal(&mut pieces, "us-east-1"),
            ("Account", _) => match account.filter(|_| realism == Realism::Own) {
                Some(account) => literal(&mut pieces, account.as_str()),
                None => pieces.extend(vec![Piece::Unit(Reach::Digit); 12]),
            },
            _ => {
                let reach = match (colons < 5, realism, tail.is_empty()) {
                    (true, ..) => Reach::Confined,
                    (false, Realism::Usual | Realism::Own, false) => Reach::Segment,
                    (false, ..) => Reach::Free,
                };
                pieces.extend([Piece::Unit(reach), Piece::Star(reach)]);
            }
        }
        rest = tail;
    }
    literal(&mut pieces, rest);
    Glob { pieces: pieces.into(), ignores_case: false }
}

/// What is certain of context keys, as far as policies test them.
pub(crate) fn keys(scope: &Scope, builder: &mut Builder<'_>) -> Node {
    let mut parts = Vec::new();
    for always in ["aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport"] {
        if let Some(absent) = absent(always, builder) {
            parts.push(builder.formulas.not(absent));
        }
    }
    parts.extend(mfa(scope, builder));
    // What comes through an endpoint has its keys, and no address (R-CTX-08).
    let endpoint = ["aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp"];
    let endpoint: Vec<KeyId> = endpoint.iter().filter_map(|key| tested(key, builder)).collect();
    parts.push(together(&endpoint, builder));
    if let (Some(no_address), Some(first)) = (absent("aws:SourceIp", builder), endpoint.first()) {
        let not_through = builder.absent(*first);
        parts.push(builder.formulas.any([no_address, not_through]));
    }
    // What follows looks at all tests there are, so that it comes last.
    parts.extend(called_via::parts(builder));
    parts.extend(clocks::parts(builder));
    parts.extend(spelling::parts(builder));
    builder.formulas.all(parts)
}

/// That all of these keys are there, or none.
fn together(keys: &[KeyId], builder: &mut Builder<'_>) -> Node {
    let absent: Vec<Node> = keys.iter().map(|key| builder.absent(*key)).collect();
    let none = builder.formulas.all(absent.iter().copied());
    let present: Vec<Node> = absent.into_iter().map(|absent| builder.formulas.not(absent)).collect();
    let all = builder.formulas.all(present);
    builder.formulas.any([none, all])
}

/// The age is there exactly where MFA was used; both are absent with long-term credentials and where a provider signed the
/// caller in, and the state is there for other sessions of roles (R-CTX-07).
fn mfa(scope: &Scope, builder: &mut Builder<'_>) -> Vec<Node> {
    const PRESENT: &str = "aws:MultiFactorAuthPresent";
    let mut parts = Vec::new();
    let (state, age) = (absent(PRESENT, builder), absent("aws:MultiFactorAuthAge", builder));
    let key = ContextKey::new(PRESENT);
    if let Some(age_absent) = age {
        let operator = ConditionOperator { base: Operator::Bool, quantifier: None, if_exists: false };
        let written = Written { operator, key: &key, effect: Effect::Allow, version: None };
        let is_used = if state.is_some() { builder.condition(written, &["true"]) } else { Formulas::TRUE };
        let not_used = builder.formulas.not(is_used);
        let age_there = builder.formulas.not(age_absent);
        if state.is_some() {
            let with = builder.formulas.all([is_used, age_there]);
            let without = builder.formulas.all([not_used, age_absent]);
            parts.push(builder.formulas.any([with, without]));
        }
    }
    let Some(principal) = &scope.principal else { return parts };
    let through_provider = principal.provider().is_some();
    let class = principal.class();
    if through_provider || principal.has_long_term_credentials() == Some(true) {
        parts.extend([state, age].into_iter().flatten());
    } else if matches!(class, Some(PrincipalClass::Role | PrincipalClass::RoleSession))
        && let Some(state) = state
    {
        parts.push(builder.formulas.not(state));
    }
    parts
}

/// A key, where some test looks at it.
fn tested(key: &str, builder: &Builder<'_>) -> Option<KeyId> {
    builder.atoms.known_key(&ContextKey::new(key))
}

/// That a key is absent, where some test looks at it.
fn absent(key: &str, builder: &mut Builder<'_>) -> Option<Node> {
    tested(key, builder).map(|id| builder.absent(id))
}

/// Makes keys agree that say the same in two ways, where every test comes out as before.
pub(crate) fn mend(theory: &Theory<'_>, asserted: &BTreeMap<Subject, Vec<Literal>>, model: &mut Model) {
    let atoms = theory.atoms;
    for (subject, value) in clocks::mended(atoms, model).into_iter().chain(called_via::mended(atoms, model)) {
        let mended = Model::from([(subject, Value::Key(value))]);
        let value_of = |subject: &Subject| mended.get(subject).or_else(|| model.get(subject));
        let of_key = |subject: &Subject| match (subject, value_of(subject)) {
            (Subject::Key(key), Some(Value::Key(value))) => Some((*key, value.clone())),
            _ => None,
        };
        let chosen: Chosen = model.keys().filter_map(of_key).collect();
        let is_met = |subject: &Subject, literal: &Literal| {
            value_of(subject).is_some_and(|value| theory.is_met(*literal, value, Some(&chosen)))
        };
        if asserted.iter().all(|(subject, literals)| literals.iter().all(|literal| is_met(subject, literal))) {
            model.extend(mended);
        }
    }
}

/// Why AWS could not make a request, where keys that say the same in two ways do not agree.
pub(crate) fn disagreement(request: &Request) -> Option<Undecided> {
    let texts =
        |key: &str| request.context().value(&ContextKey::new(key)).map(|value| value.texts().collect::<Vec<_>>());
    let text = |key: &str| texts(key)?.first().copied();
    if !clocks::agree(text("aws:CurrentTime"), text("aws:EpochTime")) {
        return Some(Undecided::Clocks);
    }
    let all = texts("aws:CalledVia");
    let agree = called_via::agree(all.as_deref(), text("aws:CalledViaFirst"), text("aws:CalledViaLast"));
    (!agree).then(|| Undecided::Variable(ContextKey::new("aws:CalledVia")))
}
