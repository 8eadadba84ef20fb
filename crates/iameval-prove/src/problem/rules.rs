//! Classes of resources as rules of single services tell them apart.

use super::Problem;
use super::target::literal_action;
use crate::actions::ActionSet;
use crate::atom::Subject;
use crate::builder::{Builder, Written};
use crate::class::{Class, compositions, merged, request};
use crate::formula::Node;
use crate::search::Outcome;
use crate::side::Part;
use crate::template::Template;
use crate::theory::Value;
use foldhash::{HashMap, HashMapExt, HashSet};
use iameval::open::RuleTraits;
use iameval::{Action, ConditionOperator, ContextKey, Effect, Operator, Principal};
use std::collections::BTreeSet;
use std::rc::Rc;

/// The keys that rules of services look at.
pub(super) const RULE_KEYS: [&str; 3] = ["aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:ViaAWSService"];

/// That a key is as rules of services look for it: in the request, or true.
pub(super) fn rule_key_is_there(key: &ContextKey, builder: &mut Builder<'_>) -> Node {
    if *key == ContextKey::new("aws:ViaAWSService") {
        let operator = ConditionOperator { base: Operator::Bool, quantifier: None, if_exists: false };
        return builder.condition(Written { operator, key, effect: Effect::Allow, version: None }, &["true"]);
    }
    let id = builder.atoms.key(key);
    let absent = builder.absent(id);
    builder.formulas.not(absent)
}

/// The parts of a class, those that are composed alike as one.
fn merged_within(class: &Class, parts: Vec<Class>, builder: &mut Builder<'_>) -> Vec<Class> {
    let is_one = parts.iter().all(|part| parts.first().is_some_and(|first| first.compositions == part.compositions));
    match parts.first() {
        Some(first) if is_one => {
            vec![Class { when: class.when, is_any_account: class.is_any_account, ..first.clone() }]
        }
        _ => {
            let merged = merged(parts, false, builder);
            merged.into_iter().map(|part| Class { is_any_account: class.is_any_account, ..part }).collect()
        }
    }
}

impl Problem<'_> {
    /// The actions that rules of services treat alike.
    pub(super) fn alike_by_rules(&self, within: &ActionSet) -> Vec<ActionSet> {
        let traits = |number: usize| -> Vec<RuleTraits> {
            let action = literal_action(&self.table.lowercase(number));
            self.sides.iter().map(|side| side.policies.set().rule_traits(&action)).collect()
        };
        let with_rules: HashSet<&str> =
            self.sides.iter().flat_map(|side| side.policies.set().services_with_rules()).collect();
        let mut alike: HashMap<Vec<RuleTraits>, ActionSet> = HashMap::new();
        let mut others = ActionSet::none(self.table.len());
        for (service, actions) in self.table.services() {
            for number in actions.filter(|number| within.has(*number)) {
                if with_rules.contains(service) {
                    let same = alike.entry(traits(number)).or_insert_with(|| ActionSet::none(self.table.len()));
                    same.insert(number);
                } else {
                    others.insert(number);
                }
            }
        }
        if let Some(first) = others.iter().next() {
            let same = alike.remove(&traits(first)).unwrap_or_else(|| ActionSet::none(self.table.len()));
            alike.insert(traits(first), same.with(&others));
        }
        alike.into_values().collect()
    }

    /// The classes of resources for an action.
    pub(super) fn classes(&mut self, action: &Action) -> Rc<[Class]> {
        if !self.has_rules {
            return self.classes.clone();
        }
        let traits: Vec<RuleTraits> = self.sides.iter().map(|side| side.policies.set().rule_traits(action)).collect();
        if let Some(known) = self.rule_classes.get(&traits) {
            return known.clone();
        }
        let classes: Rc<[Class]> = self.split_by_rules(action).into();
        self.rule_classes.insert(traits, classes.clone());
        classes
    }

    /// The classes of owners, split by what rules of services look at.
    fn split_by_rules(&mut self, action: &Action) -> Vec<Class> {
        let principal = self.scope.principal.clone().unwrap_or_else(Principal::unnamed);
        let mut patterns: Vec<String> = Vec::new();
        for side in &self.sides {
            patterns.extend(side.policies.set().rule_patterns(&principal, action));
        }
        patterns.sort();
        patterns.dedup();
        let mut tests = Vec::new();
        for pattern in &patterns {
            let template = Template::of_arn(Operator::ArnLike.parts(pattern, None));
            let glob = template.and_then(|template| template.glob());
            tests.push(self.builder.fits(Subject::Resource, glob.into_iter().collect()));
        }
        let mut all = Vec::new();
        for class in self.classes.clone().iter() {
            let mut parts: Vec<Class> = Vec::new();
            for (when, resource) in self.kinds_of_resources(class.when, &tests) {
                let sample = request(self.scope, action.clone(), &resource);
                parts.extend(self.split_by_keys(&Class { when, sample, ..class.clone() }));
            }
            all.extend(merged_within(class, parts, &mut self.builder));
        }
        all
    }

    /// The ways in which tests of a resource can come out together, each with a resource.
    fn kinds_of_resources(&mut self, when: Node, tests: &[Node]) -> Vec<(Node, String)> {
        // Each with the tests that it passes, of which one can tell the next.
        let mut kinds: Vec<(Node, Vec<Node>)> = vec![(when, Vec::new())];
        for test in tests {
            let not = self.builder.formulas.not(*test);
            let mut finer = Vec::with_capacity(kinds.len());
            for (kind, passed) in kinds {
                if passed.iter().any(|own| self.is_nothing(&[*own, *test]) || self.is_nothing(&[*own, not])) {
                    finer.push((kind, passed));
                    continue;
                }
                for side in [*test, not] {
                    let both = self.builder.formulas.all([kind, side]);
                    if !self.is_nothing(&[both]) {
                        let further = (side == *test).then_some(*test);
                        finer.push((both, passed.iter().copied().chain(further).collect()));
                    }
                }
            }
            kinds = finer;
        }
        let mut found = Vec::new();
        for (kind, _) in kinds {
            let resource = match self.search(&[(kind, None)]) {
                Outcome::Found(model) => match model.get(&Subject::Resource) {
                    Some(Value::Text(text)) => text.clone(),
                    _ => "*".to_owned(),
                },
                Outcome::Nothing(_) | Outcome::Unknown(_) => continue,
            };
            found.push((kind, resource));
        }
        found
    }

    fn is_nothing(&mut self, nodes: &[Node]) -> bool {
        let parts: Vec<Part> = nodes.iter().map(|node| (*node, None)).collect();
        matches!(self.search(&parts), Outcome::Nothing(_))
    }

    /// A class for each way in which keys are that rules look at.
    fn split_by_keys(&mut self, class: &Class) -> Vec<Class> {
        let mut classes = vec![class.clone()];
        let bare = class.sample.leaving_open(RULE_KEYS.map(ContextKey::new).iter());
        let mut keys: BTreeSet<ContextKey> = BTreeSet::new();
        for composition in compositions(&self.sides, &bare, class.standing).iter() {
            keys.extend(composition.keys.iter().cloned());
        }
        for key in keys {
            let is_there = rule_key_is_there(&key, &mut self.builder);
            let is_not = self.builder.formulas.not(is_there);
            let mut finer = Vec::new();
            for class in classes {
                for (when, sample) in [
                    (is_there, class.sample.with_context_key(key.as_str(), "true")),
                    (is_not, class.sample.without([&key])),
                ] {
                    let when = self.builder.formulas.all([class.when, when]);
                    finer.push(Class { when, sample, ..class.clone() });
                }
            }
            classes = finer;
        }
        for class in &mut classes {
            class.compositions = compositions(&self.sides, &class.sample, class.standing);
        }
        classes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::ActionTable;
    use iameval::PolicySet;
    use iameval_data::Catalogue;

    #[test]
    fn actions_of_services_without_rules_are_alike() {
        let table = ActionTable::new(Catalogue::embedded());
        let set = PolicySet::builder().build();
        let with_rules = set.services_with_rules();
        let mut traits = HashSet::default();
        for (_, actions) in table.services().filter(|(service, _)| !with_rules.contains(service)) {
            traits.extend(actions.map(|number| set.rule_traits(&literal_action(&table.lowercase(number)))));
        }
        assert_eq!(traits.len(), 1);
    }
}
