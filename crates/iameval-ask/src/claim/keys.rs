//! What a claim says of context keys: the question, and beneath it the defaults of the world and what follows from the
//! principal and the resource.

use super::ClaimQuestion;
use crate::given::is_mfa_key;
use iameval::{Context, ContextKey, ContextValue, Mfa};
use iameval_prove::{KeyScope, KeyState, ValueRange};
use iameval_world::Defaults;

/// What a question says of context keys with the defaults of a world beneath. Several alternatives where no single one can
/// say it: with and without MFA the two keys depend on each other.
pub(super) fn said(question: &ClaimQuestion, defaults: &Defaults) -> Vec<Vec<KeyScope>> {
    let says_mfa = question.keys.iter().any(|scope| is_mfa_key(&scope.key));
    let states: Vec<Mfa> = match question.mfa.as_slice() {
        [] => defaults.mfa.or(question.beneath.mfa).filter(|_| !says_mfa).into_iter().collect(),
        states => states.to_vec(),
    };
    let alternatives = mfa_scopes(&states).into_iter().map(|mfa| {
        let mut keys = question.keys.clone();
        keys.extend(mfa);
        add(&mut keys, &defaults.context);
        add(&mut keys, &question.beneath.context);
        keys
    });
    alternatives.collect()
}

/// Adds what a context says of keys that nothing is said of.
pub(crate) fn add(keys: &mut Vec<KeyScope>, context: &Context) {
    let new: Vec<KeyScope> = context
        .iter()
        .filter(|(key, _)| !keys.iter().any(|own| own.key == **key))
        .map(|(key, value)| fixed(key.clone(), value.cloned()))
        .collect();
    keys.extend(new);
}

/// That a key has this value, or is absent.
fn fixed(key: ContextKey, value: Option<ContextValue>) -> KeyScope {
    let is_list = value.as_ref().map(ContextValue::is_list);
    KeyScope { key, is_list, alternatives: vec![value.map_or(KeyState::Absent, KeyState::Is)] }
}

/// The states of multi-factor authentication as what is said of its two keys: those with MFA apart from those without.
fn mfa_scopes(states: &[Mfa]) -> Vec<Vec<KeyScope>> {
    let scope = |name: &str, alternatives| KeyScope { key: ContextKey::new(name), is_list: None, alternatives };
    let present = |alternatives| scope("aws:MultiFactorAuthPresent", alternatives);
    let age = |alternatives| scope("aws:MultiFactorAuthAge", alternatives);
    let ages: Vec<u64> = states
        .iter()
        .filter_map(|state| match state {
            Mfa::True { age_seconds } => Some(*age_seconds),
            Mfa::False | Mfa::Absent => None,
        })
        .collect();
    let without: Vec<KeyState> = states
        .iter()
        .filter_map(|state| match state {
            Mfa::True { .. } => None,
            Mfa::False => Some(KeyState::Is(false.into())),
            Mfa::Absent => Some(KeyState::Absent),
        })
        .collect();
    let mut scopes = Vec::new();
    if !ages.is_empty() {
        let is_any = states.contains(&Mfa::TRUE);
        let texts = (!is_any).then(|| ages.iter().map(u64::to_string).collect());
        let range = ValueRange { any_of: texts, ..ValueRange::default() };
        scopes.push(vec![present(vec![KeyState::Is(true.into())]), age(vec![KeyState::Present(Box::new(range))])]);
    }
    if !without.is_empty() {
        scopes.push(vec![present(without), age(vec![KeyState::Absent])]);
    }
    if scopes.is_empty() { vec![Vec::new()] } else { scopes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(states: &[Mfa]) -> Vec<Vec<usize>> {
        let scopes = mfa_scopes(states);
        scopes.iter().map(|keys| keys.iter().map(|key| key.alternatives.len()).collect()).collect()
    }

    #[test]
    fn states_with_mfa_stand_apart() {
        assert_eq!(words(&[]), [Vec::<usize>::new()]);
        assert_eq!(words(&[Mfa::False, Mfa::Absent]), [vec![2, 1]]);
        assert_eq!(words(&[Mfa::TRUE, Mfa::Absent]), [vec![1, 1], vec![1, 1]]);
    }

    #[test]
    fn what_is_said_wins() {
        let mut defaults = Defaults { mfa: Some(Mfa::TRUE), ..Defaults::default() };
        defaults.context.insert("aws:SourceIp", "203.0.113.7");
        let mut question = ClaimQuestion::new(iameval_prove::Expectation::Deny);
        let keys = |question: &ClaimQuestion| {
            let said = said(question, &defaults);
            said[0].iter().map(|scope| scope.key.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(keys(&question), "aws:MultiFactorAuthPresent aws:MultiFactorAuthAge aws:SourceIp");
        for name in ["aws:multifactorauthpresent", "aws:sourceip"] {
            let key = ContextKey::new(name);
            question.keys.push(KeyScope { key, is_list: None, alternatives: vec![KeyState::Absent] });
        }
        assert_eq!(keys(&question), "aws:multifactorauthpresent aws:sourceip");
    }
}
