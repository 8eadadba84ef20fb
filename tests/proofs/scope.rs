//! Whether a request lies in a scope, told without the prover's help.

use iameval::literal::compare_numbers;
use iameval::{
    Action, ActionPattern, CompiledCondition, ConditionOperator, Context, ContextKey, ContextValue, DateTime, Decision,
    Effect, Operator, Request,
};
use iameval_data::{Catalogue, ContextKeyInfo, KeyType, is_single_oidc_key};
use iameval_prove::{Expectation, KeyState, Policies, Scope, ValueRange};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// The keys that follow from a principal, or are absent where nothing follows (R-CTX-04).
const OF_PRINCIPAL: [&str; 4] =
    ["aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalType", "aws:PrincipalIsAWSService"];

/// Whether a decision breaks a claim.
pub(crate) fn breaks(expect: Expectation, decision: Decision) -> bool {
    match expect {
        Expectation::Deny => decision.is_allowed(),
        Expectation::Allow => !decision.is_allowed(),
        Expectation::ExplicitDeny => decision != Decision::ExplicitDeny,
        Expectation::ImplicitDeny => decision != Decision::ImplicitDeny,
    }
}

/// Tells whether requests lie in a scope.
pub(crate) struct Judge<'s> {
    scope: &'s Scope,
    /// Keys that some policy tests with a set operator.
    tested_as_lists: BTreeSet<ContextKey>,
    /// Keys that some policy compares as one value, or puts into a pattern.
    compared_singly: BTreeSet<ContextKey>,
}

impl<'s> Judge<'s> {
    pub(crate) fn new(scope: &'s Scope, policies: &[&Policies]) -> Self {
        let documents = policies.iter().flat_map(|policies| policies.documents());
        let (mut tested_as_lists, mut compared_singly) = (BTreeSet::new(), BTreeSet::new());
        for used in documents.flat_map(|document| document.key_uses()) {
            let key = ContextKey::new(&used.key);
            match used.operator {
                Some(operator) if operator.quantifier.is_some() => _ = tested_as_lists.insert(key),
                Some(operator) if operator.base == Operator::Null => {}
                _ => _ = compared_singly.insert(key),
            }
        }
        Self { scope, tested_as_lists, compared_singly }
    }

    /// Whether the key holds a list where it is there; of one that may hold either, whether that one does.
    pub(crate) fn is_list(&self, key: &ContextKey, of_either: bool) -> bool {
        let said = self.scope.keys.iter().find(|own| own.key == *key).and_then(|own| own.is_list);
        let info = Catalogue::embedded().context_key(key.as_str());
        let declared = || match info {
            _ if key.is_multivalued() => Some(true),
            _ if is_single_oidc_key(key.as_str()) => Some(false),
            info => info.filter(|info| !info.is_compared_as_one()).map(ContextKeyInfo::is_multivalued),
        };
        let is_tested = self.tested_as_lists.contains(key);
        said.or_else(declared).unwrap_or(is_tested && (of_either || !self.compared_singly.contains(key)))
    }

    /// Whether the scope speaks of an action on a resource.
    pub(crate) fn names(&self, action: &Action, resource: &str) -> bool {
        let scope = self.scope;
        let fits = |texts: &[String]| texts.iter().any(|text| ActionPattern::new(text).matches(action));
        let named = |texts: &[String]| texts.iter().any(|text| is_resource(text, resource));
        (scope.actions.is_empty() || fits(&scope.actions))
            && !fits(&scope.except_actions)
            && (scope.resources.is_empty() || named(&scope.resources))
            && !named(&scope.except_resources)
    }

    /// An error that names what does not fit.
    pub(crate) fn check(&self, request: &Request) -> Result<(), String> {
        let scope = self.scope;
        if !self.names(request.action(), request.resource()) {
            return Err(format!("{} on {:?}", request.action(), request.resource()));
        }
        if let Some(principal) = &scope.principal
            && request.principal() != principal
        {
            return Err(format!("the principal {:?}", request.principal()));
        }
        if let Some(account) = scope.resource_account
            && request.resource_account() != Some(account)
        {
            return Err(format!("the owner {:?}", request.resource_account()));
        }
        for (key, value) in request.context().iter() {
            if let Some(value) = value {
                self.check_shape(key, value)?;
            }
        }
        for own in &scope.keys {
            let value = request.context().value(&own.key);
            if !own.alternatives.iter().any(|state| is_state(state, value)) {
                return Err(format!("{}: {value:?}", own.key));
            }
        }
        if scope.derives_context { self.check_derived(request) } else { Ok(()) }
    }

    /// Whether the scope leaves a key no value that follows from the principal.
    pub(crate) fn contradicts_principal(&self, key: &ContextKey) -> bool {
        let Some(principal) = self.scope.principal.clone().filter(|_| self.scope.derives_context) else { return false };
        let action = "any:any".parse().expect("an action");
        let fresh = Request::builder(action).principal(principal).build();
        let follows = fresh.context().value(key);
        let said = self.scope.keys.iter().find(|own| own.key == *key);
        said.is_some_and(|own| !own.alternatives.iter().any(|state| is_state(state, follows)))
    }

    fn check_shape(&self, key: &ContextKey, value: &ContextValue) -> Result<(), String> {
        if value.is_list() != self.is_list(key, value.is_list()) {
            return Err(format!("the shape of {key}: {value:?}"));
        }
        let ranges = self.scope.keys.iter().filter(|own| own.key == *key).flat_map(|own| &own.alternatives);
        let named: Vec<&String> =
            ranges.filter_map(KeyState::range).flat_map(|range| &range.any_of).flatten().collect();
        let key_type = Catalogue::embedded().context_key(key.as_str()).map(ContextKeyInfo::key_type);
        let is_typed =
            |text: &str| named.iter().any(|named| *named == text) || key_type.is_none_or(|of| is_of(of, text));
        match value.texts().find(|text| !self.scope.any_text && !is_typed(text)) {
            Some(text) => Err(format!("the type of {key}: {text:?}")),
            None => Ok(()),
        }
    }

    fn check_derived(&self, request: &Request) -> Result<(), String> {
        let mut fresh = Request::builder(request.action().clone()).resource(request.resource());
        if let Some(principal) = &self.scope.principal {
            fresh = fresh.principal(principal.clone());
        }
        if let Some(account) = self.scope.resource_account {
            fresh = fresh.resource_account(account);
        }
        let fresh = fresh.build();
        let given = fresh.context().iter().map(|(key, _)| key.clone());
        let mut keys: BTreeSet<ContextKey> = given.collect();
        keys.extend(OF_PRINCIPAL.map(ContextKey::new));
        keys.insert(ContextKey::new("aws:ResourceAccount"));
        if self.scope.principal.is_none() {
            keys.retain(|key| *key == ContextKey::new("aws:ResourceAccount"));
        }
        keys.retain(|key| !self.scope.keys.iter().any(|own| own.key == *key));
        for key in &keys {
            let (own, follows) = (request.context().value(key), fresh.context().value(key));
            if own != follows {
                return Err(format!("{key}: {own:?}, and {follows:?} follows"));
            }
        }
        Ok(())
    }
}

/// A glob over the whole text; `${*}` is the resource `*` alone.
fn is_resource(glob: &str, text: &str) -> bool {
    if glob == "${*}" { text == "*" } else { fits(&units(glob, false), &text.encode_utf16().collect::<Vec<_>>()) }
}

#[derive(Clone, Copy)]
enum Unit {
    Is(u16),
    Any,
    Run,
}

/// The units of a pattern, in which `${*}`, `${?}` and `${$}` may stand for themselves.
fn units(glob: &str, knows_escapes: bool) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut rest = glob;
    while let Some(first) = rest.chars().next() {
        let escaped = ["${*}", "${?}", "${$}"].into_iter().find(|escape| knows_escapes && rest.starts_with(escape));
        let (unit, length): (&str, usize) =
            escaped.map_or((&rest[..first.len_utf8()], first.len_utf8()), |own| (&own[2..3], 4));
        units.extend(unit.encode_utf16().map(|code| match unit {
            "*" if escaped.is_none() => Unit::Run,
            "?" if escaped.is_none() => Unit::Any,
            _ => Unit::Is(code),
        }));
        rest = &rest[length..];
    }
    units
}

fn fits(glob: &[Unit], text: &[u16]) -> bool {
    match (glob.split_first(), text.split_first()) {
        (None, first) => first.is_none(),
        (Some((Unit::Run, rest)), first) => fits(rest, text) || first.is_some_and(|(_, behind)| fits(glob, behind)),
        (Some((Unit::Any, rest)), Some((_, behind))) => fits(rest, behind),
        (Some((Unit::Is(unit), rest)), Some((own, behind))) => unit == own && fits(rest, behind),
        (Some(_), None) => false,
    }
}

fn is_like(glob: &str, text: &str) -> bool {
    fits(&units(glob, true), &text.encode_utf16().collect::<Vec<_>>())
}

fn is_state(state: &KeyState, value: Option<&ContextValue>) -> bool {
    match (state, value) {
        (KeyState::Absent, value) => value.is_none(),
        (KeyState::Is(own), value) => value == Some(own),
        (KeyState::Present(_), None) => false,
        (KeyState::Present(range), Some(value)) => {
            let is_there = !range.not_empty || value.texts().next().is_some();
            is_there && value.texts().all(|text| is_in(range, text))
        }
    }
}

fn is_in(range: &ValueRange, text: &str) -> bool {
    let is = |texts: &[String]| texts.iter().any(|own| own == text);
    let like = |texts: &[String]| texts.iter().any(|own| is_like(own, text));
    // R-COND-23: an address of version 4 in the form of version 6 is one of version 4.
    let address = text.parse::<IpAddr>().ok().map(|address| address.to_canonical());
    let within =
        |networks: &[String]| address.is_some_and(|address| networks.iter().any(|own| is_within(own, address)));
    let date = text.parse::<DateTime>().ok();
    let bound = |bound: &Option<String>, wanted: Ordering| {
        let bound = bound.as_ref().map(|text| text.parse::<DateTime>().expect("a date"));
        bound.is_none_or(|bound| {
            date.is_some_and(|date| matches!(date.cmp(&bound), order if order == wanted || order == Ordering::Equal))
        })
    };
    let number = |bound: &Option<String>, wanted: Ordering| {
        bound.as_ref().is_none_or(|bound| {
            compare_numbers(text, bound).is_some_and(|order| order == wanted || order == Ordering::Equal)
        })
    };
    range.any_of.as_deref().is_none_or(is)
        && !is(&range.none_of)
        && range.like.as_deref().is_none_or(like)
        && !like(&range.not_like)
        && range.cidr.as_deref().is_none_or(within)
        && (range.not_cidr.is_empty() || (address.is_some() && !within(&range.not_cidr)))
        && bound(&range.date_from, Ordering::Greater)
        && bound(&range.date_to, Ordering::Less)
        && number(&range.number_from, Ordering::Greater)
        && number(&range.number_to, Ordering::Less)
}

fn is_within(network: &str, address: IpAddr) -> bool {
    let (first, prefix) = network.split_once('/').map_or((network, None), |(first, prefix)| (first, Some(prefix)));
    let bits = prefix.map(|prefix| prefix.parse::<u32>().expect("a prefix"));
    let same = |one: u128, other: u128, width: u32| {
        let hosts = width - bits.unwrap_or(width);
        one.checked_shr(hosts).unwrap_or(0) == other.checked_shr(hosts).unwrap_or(0)
    };
    match (first.parse::<IpAddr>().expect("an address"), address) {
        (IpAddr::V4(one), IpAddr::V4(other)) => same(one.to_bits().into(), other.to_bits().into(), 32),
        (IpAddr::V6(one), IpAddr::V6(other)) => same(one.to_bits(), other.to_bits(), 128),
        _ => false,
    }
}

/// Whether a text is read as a value of the type.
fn is_of(key_type: KeyType, text: &str) -> bool {
    let holds = |base: Operator, values: &[&str]| {
        let operator = ConditionOperator { base, quantifier: None, if_exists: false };
        let mut context = Context::new();
        context.insert("value", text);
        CompiledCondition::of_values(operator, "value", values, Effect::Allow, None).is_satisfied(&context)
    };
    match key_type {
        KeyType::String | KeyType::Binary => true,
        KeyType::Bool => ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word)),
        KeyType::Arn => holds(Operator::ArnLike, &["*"]),
        KeyType::IpAddress => holds(Operator::IpAddress, &["0.0.0.0/0", "::/0"]),
        KeyType::Numeric => {
            holds(Operator::NumericLessThanEquals, &["0"]) || holds(Operator::NumericGreaterThan, &["0"])
        }
        KeyType::Date => text.parse::<DateTime>().is_ok(),
    }
}

/// What a state of a key says of its value.
trait Ranged {
    fn range(&self) -> Option<&ValueRange>;
}

impl Ranged for KeyState {
    fn range(&self) -> Option<&ValueRange> {
        match self {
            KeyState::Absent | KeyState::Is(_) => None,
            KeyState::Present(range) => Some(range),
        }
    }
}
