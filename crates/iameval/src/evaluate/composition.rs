//! How a request is composed whichever statements apply, and how strongly a statement names its caller.

use super::service::reads;
use super::{Evaluation, Layers, ServiceRule};
use crate::document::Effect;
use crate::layer::Layer;
use crate::layers::Strength;
use crate::name::Action;
use crate::open::{BindingGroup, Composition, RuleTraits};
use crate::policy_set::{PolicySet, StatementId};
use crate::principal::Principal;
use crate::request::Request;
use crate::service_rules::ServiceRules;
use crate::symbol::{Reader, Symbol};

impl PolicySet {
    /// What the request comes to whichever statements apply: which groups of policies bind it, and what follows from what
    /// they say. Of the context only the keys matter that the answer names, of the resource only what the rules of
    /// services and its account tell.
    ///
    /// ```
    /// use iameval::layers::Strength;
    /// use iameval::{Decision, Layer, PolicySet, Request};
    ///
    /// let allow = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    /// let policies = PolicySet::builder().identity("s3", allow)?.boundary("limit", allow)?.build();
    /// let list = Request::builder("s3:ListAllMyBuckets".parse().unwrap()).build();
    ///
    /// let composition = policies.composition(&list);
    /// let decided = composition.decide(|group| (group.layer == Layer::Identity).then_some(Strength::Direct));
    /// assert_eq!(decided, Decision::ImplicitDeny); // The boundary must allow it too.
    /// # Ok::<(), iameval::PolicyError>(())
    /// ```
    pub fn composition(&self, request: &Request) -> Composition {
        Evaluation::new(self, request).composition()
    }

    /// The same for policies with [symbols](crate::symbol): one for each way in which the accounts of the caller and of the
    /// resource's owner can be the same or not.
    pub fn possible_compositions(&self, request: &Request) -> Vec<Composition> {
        let evaluation = Evaluation::new(self, request);
        let Some(symbols) = &self.symbols else { return vec![evaluation.composition()] };
        let (standings, _) = evaluation.standings(symbols);
        standings.into_iter().map(|same_account| evaluation.in_standing(same_account).composition()).collect()
    }

    /// The [symbols](crate::symbol) because of which nothing can be said of a request: those in parts of the caller and the
    /// resource that tell which rules there are.
    pub fn open_forms(&self, request: &Request) -> Vec<Symbol> {
        let Some(symbols) = &self.symbols else { return Vec::new() };
        Evaluation::new(self, request).open_forms(symbols).into_iter().collect()
    }

    /// How strongly the principal element of a statement names the caller; the strongest where it has none and needs none.
    /// Of the context only `aws:userid` matters.
    pub fn principal_strength(&self, statement: StatementId, request: &Request) -> Option<Strength> {
        let evaluation = Evaluation::new(self, request);
        let group = self.group_of(statement)?;
        let (member, compiled) = self.find(statement)?;
        compiled.principal(|| evaluation.caller(group, member, &request.context))
    }

    /// The same where [symbols](crate::symbol) may stand in the element or the request: what is certain, and what may be.
    pub fn principal_strengths(&self, statement: StatementId, request: &Request) -> [Option<Strength>; 2] {
        let Some(symbols) = &self.symbols else { return [self.principal_strength(statement, request); 2] };
        let evaluation = Evaluation::new(self, request);
        let found = self.group_of(statement).zip(self.find(statement));
        let Some((group, (member, compiled))) = found else { return [None; 2] };
        let caller = evaluation.caller(group, member, &request.context);
        let fit = compiled.principal_fit(&caller, &Reader::new(symbols));
        [fit.least, fit.most]
    }

    /// The statement at these positions: of its policy in [`PolicySet::policies`], and in the policy.
    pub fn statement(&self, policy: usize, statement: usize) -> Option<StatementId> {
        let id = StatementId { policy: u32::try_from(policy).ok()?, statement: u32::try_from(statement).ok()? };
        self.origin(id).map(|_| id)
    }

    /// What the rules of services make of an action besides what they make of its resource. They treat actions with equal
    /// traits alike.
    pub fn rule_traits(&self, action: &Action) -> RuleTraits {
        let Some(rules) = self.rules.get() else { return RuleTraits::default() };
        let of_resources = rules.on_resources(action);
        let service = action.service();
        let matters = matches!(service, "iam" | "kms") || !of_resources.is_empty();
        RuleTraits {
            rules: self.rules.counting(rules.of(action, None)),
            service: matters.then(|| service.into()),
            reads: matches!(service, "iam" | "kms") && reads(action),
            of_resources: of_resources.into_iter().map(|(rule, forms)| (rule, forms.join(" ").into())).collect(),
        }
    }

    /// Patterns for ARNs, compared part by part as the operators for ARNs do (R-ARN-05). Of two resources of one owner that
    /// fit the same of them, the rules of services say the same, in requests of that principal and action.
    pub fn rule_patterns(&self, principal: &Principal, action: &Action) -> Vec<String> {
        let Some(rules) = self.rules.get() else { return Vec::new() };
        let service = action.service();
        let mut patterns: Vec<String> = Vec::new();
        patterns.extend(principal.partition().map(|own| format!("arn:{own}:*:*:*:*")));
        patterns.push("arn:*:*:*:*:*".into());
        if self.has_layer(Layer::ResourceControl) || service == "kms" {
            patterns.push("arn:*:kms:*:*:alias/aws/*".into());
        }
        if service == "kms" {
            patterns.push("arn:*:kms:*:*:key/*".into());
        }
        let of_resources = rules.on_resources(action);
        if service == "iam" || !of_resources.is_empty() || !rules.of(action, None).is_empty() {
            patterns.extend(["arn:*:iam:*:*:role/*", "arn:*:iam:*:*:role/aws-service-role/*"].map(Into::into));
            patterns.extend(["arn:*:organizations:*:*:*", "arn:*:account:*:*:account/o-*"].map(Into::into));
        }
        if service == "iam" {
            patterns.extend(["arn:*:iam:*:*:role/aws-reserved/*", "arn:*:iam:*:aws:policy/*"].map(Into::into));
        }
        for (_, forms) in of_resources {
            patterns.extend(forms.iter().map(|form| format!("arn:*:{service}:*:*:{form}*")));
        }
        patterns
    }

    /// Services of which some action has traits of its own, in lower case: those of all others have the same.
    pub fn services_with_rules(&self) -> Vec<&str> {
        let rules = self.rules.get().into_iter().flat_map(ServiceRules::with_rules);
        rules.chain(["iam", "kms"]).collect()
    }

    /// Services whose rules are about actions that nobody knows yet, in lower case.
    pub fn services_with_rules_for_all(&self) -> Vec<&str> {
        let mut services = vec!["iam", "kms"];
        services.extend(self.rules.get().into_iter().flat_map(ServiceRules::with_rules_for_all));
        services.sort_unstable();
        services.dedup();
        services
    }
}

impl Evaluation<'_> {
    fn composition(&self) -> Composition {
        let binding = self.groups().map(|group| {
            let first = group.first as usize;
            BindingGroup {
                layer: group.layer,
                policies: first..first + group.members.len(),
                denies_count: !self.ignores(group.layer, Effect::Deny),
                allows_count: !self.ignores(group.layer, Effect::Allow),
            }
        });
        let decided = |rule: ServiceRule| rule.verdict(Layers::default()).decision;
        Composition {
            before: self.rule_before_policies().map(decided),
            after: self.rule_after_denies().map(decided),
            facts: self.facts(),
            groups: binding.collect(),
            keys: self.keys_of_rule().into_iter().collect(),
        }
    }
}
