//! Policies of which each must allow: two boundaries, which only the library can be handed, and scope-down policies.

use iameval::{
    CompiledPolicy, Context, DecidedBy, Decision, Layer, PolicyDocument, PolicyId, PolicyKind, PolicySet, Request,
};
use std::sync::Arc;

const EVERYTHING: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
const GET: &str = r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}"#;
const PUT: &str = r#"{"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}"#;
const NO_GET: &str = r#"{"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}"#;
const GET_BY_REGION: &str = r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*",
    "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}"#;
const NOTHING: &str = "";

/// The kinds of policies of which each must allow, with their layers.
const NARROWING: [(PolicyKind, Layer); 2] =
    [(PolicyKind::PermissionsBoundary, Layer::PermissionsBoundary), (PolicyKind::ScopeDown, Layer::ScopeDown)];

/// Policies with their documents, in the order of the set.
struct Policies {
    set: PolicySet,
    documents: Vec<PolicyDocument>,
}

impl Policies {
    /// What everything is allowed to, narrowed by policies of a kind, each given by its statements.
    fn of(kind: PolicyKind, narrowing: &[&str]) -> Self {
        Self::granted(PolicyKind::Identity, EVERYTHING, kind, narrowing)
    }

    fn granted(grants: PolicyKind, grant: &str, kind: PolicyKind, narrowing: &[&str]) -> Self {
        let mut builder = PolicySet::builder();
        let mut documents = Vec::new();
        let all = std::iter::once((grants, grant)).chain(narrowing.iter().map(|statements| (kind, *statements)));
        for (number, (kind, statements)) in all.enumerate() {
            let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
            let document = PolicyDocument::parse(&text).value.expect("a policy");
            let name = PolicyId::new(&format!("policy {number}"));
            builder = builder.add(Arc::new(CompiledPolicy::new(name, kind, &document).expect("of its kind")));
            documents.push(document);
        }
        Self { set: builder.build(), documents }
    }

    /// The decision in every way of asking for it.
    fn decide(&self, request: &Request) -> (Decision, DecidedBy) {
        let simulation = self.set.simulate(request);
        let explanation = self.set.explain(request);
        let decisions = [
            self.set.decide(request),
            self.set.indexed().decide(request),
            self.set.indexed().simulate(request).decision,
            explanation.decision,
        ];
        assert_eq!(decisions, [simulation.decision; 4]);
        assert_eq!(explanation.simulation, simulation);
        (simulation.decision, simulation.decided_by)
    }
}

fn get() -> Request {
    asked("arn:aws:sts::111122223333:assumed-role/app/run-1", None)
}

fn asked(caller: &str, region: Option<&str>) -> Request {
    let mut context = Context::new();
    if let Some(region) = region {
        context.insert("aws:RequestedRegion", region);
    }
    let builder = Request::builder("s3:GetObject".parse().unwrap()).principal(caller.parse().unwrap());
    builder.resource("arn:aws:s3:::b/k").context(context).build()
}

#[test]
fn each_must_allow() {
    for (kind, layer) in NARROWING {
        let denied = (Decision::ImplicitDeny, DecidedBy::Layer(layer));
        let allowed = (Decision::Allowed, DecidedBy::Layer(Layer::Identity));
        for (narrowing, expected) in [
            ([GET, EVERYTHING].as_slice(), allowed),
            (&[EVERYTHING, GET], allowed),
            (&[GET, PUT], denied),
            (&[PUT, GET], denied),
            (&[PUT, PUT], denied),
            (&[GET, NOTHING], denied),
            (&[NOTHING, GET], denied),
            (&[GET, PUT, GET], denied),
            (&[GET, EVERYTHING, GET], allowed),
        ] {
            assert_eq!(Policies::of(kind, narrowing).decide(&get()), expected, "{kind:?}: {narrowing:?}");
        }
    }
}

#[test]
fn each_may_deny() {
    for (kind, layer) in NARROWING {
        let denied = (Decision::ExplicitDeny, DecidedBy::Layer(layer));
        for narrowing in [[EVERYTHING, NO_GET], [NO_GET, EVERYTHING], [PUT, NO_GET]] {
            assert_eq!(Policies::of(kind, &narrowing).decide(&get()), denied, "{kind:?}: {narrowing:?}");
        }
    }
}

#[test]
fn the_layer_says_that_it_does_not_allow() {
    for (kind, layer) in NARROWING {
        for (narrowing, expected) in [
            ([GET, EVERYTHING], Decision::Allowed),
            ([GET, PUT], Decision::ImplicitDeny),
            ([PUT, GET], Decision::ImplicitDeny),
        ] {
            let simulation = Policies::of(kind, &narrowing).set.simulate(&get());
            let verdict = simulation.layers.iter().find(|verdict| verdict.layer == layer).unwrap();
            assert_eq!(verdict.decision, Some(expected), "{kind:?}: {narrowing:?}");
        }
    }
}

#[test]
fn each_limits_what_a_resource_grants_to_the_role() {
    let role = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "*", "Resource": "*"}"#;
    for (kind, layer) in NARROWING {
        let decide = |narrowing| Policies::granted(PolicyKind::Resource, role, kind, narrowing).decide(&get());
        assert_eq!(decide(&[GET, EVERYTHING]), (Decision::Allowed, DecidedBy::Layer(Layer::Resource)), "{kind:?}");
        for narrowing in [&[GET, PUT], &[PUT, GET]] {
            assert_eq!(decide(narrowing), (Decision::ImplicitDeny, DecidedBy::Layer(layer)), "{kind:?}");
        }
    }
}

#[test]
fn only_those_that_lack_an_allow_nearly_allow() {
    for (kind, _) in NARROWING {
        for (narrowing, lacking) in [([GET, GET_BY_REGION], "policy 2"), ([GET_BY_REGION, GET], "policy 1")] {
            let policies = Policies::of(kind, &narrowing);
            let request = asked("arn:aws:iam::111122223333:user/ana", Some("us-east-1"));
            let analysis = policies.set.analyse(&request, |index| policies.documents.get(index));
            let names = analysis.near_misses.iter().map(|miss| {
                assert_eq!(miss.decision_then, Some(Decision::Allowed), "{kind:?}: {narrowing:?}");
                policies.set.origin(miss.id).unwrap().policy.as_str()
            });
            assert_eq!(names.collect::<Vec<_>>(), [lacking], "{kind:?}: {narrowing:?}");
            let flips: Vec<Decision> = analysis.flips.iter().map(|flip| flip.decision).collect();
            assert_eq!(flips, [Decision::Allowed], "{kind:?}: {narrowing:?}");
        }
        // Another policy does not allow either, so the change alone would not do.
        let policies = Policies::of(kind, &[PUT, GET_BY_REGION]);
        let request = asked("arn:aws:iam::111122223333:user/ana", Some("us-east-1"));
        let analysis = policies.set.analyse(&request, |index| policies.documents.get(index));
        assert!(analysis.near_misses.iter().all(|miss| miss.decision_then != Some(Decision::Allowed)), "{kind:?}");
        assert_eq!(analysis.flips, [], "{kind:?}");
    }
}

#[test]
fn a_key_that_one_of_them_reads_is_undecided_while_the_others_allow() {
    for (kind, _) in NARROWING {
        let undecided = |narrowing: &[&str]| {
            let keys = Policies::of(kind, narrowing).set.undecided_context_keys(&get());
            keys.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(undecided(&[GET, GET_BY_REGION]), ["aws:RequestedRegion"], "{kind:?}");
        assert_eq!(undecided(&[GET_BY_REGION, GET]), ["aws:RequestedRegion"], "{kind:?}");
        // One that certainly does not allow settles it.
        assert_eq!(undecided(&[PUT, GET_BY_REGION]), [""; 0], "{kind:?}");
        assert_eq!(undecided(&[GET_BY_REGION, PUT]), [""; 0], "{kind:?}");
    }
}

#[test]
fn levels_of_scope_down_policies_have_numbers() {
    let policies = Policies::of(PolicyKind::ScopeDown, &[GET, EVERYTHING, PUT]);
    assert_eq!(policies.set.levels(Layer::ScopeDown).collect::<Vec<_>>(), ["0", "1", "2"]);
    let simulation = policies.set.simulate(&get());
    let levels = simulation.matched.iter().filter_map(|matched| policies.set.origin(matched.id)?.level);
    assert_eq!(levels.collect::<Vec<_>>(), ["0", "1"]);
}

#[test]
fn a_layer_that_is_said_to_be_there_allows_nothing() {
    let identity = |builder: iameval::PolicySetBuilder| {
        let text = format!(r#"{{"Statement": [{EVERYTHING}]}}"#);
        let document = PolicyDocument::parse(&text).value.expect("a policy");
        let policy = CompiledPolicy::new(PolicyId::new("all"), PolicyKind::Identity, &document).expect("of its kind");
        builder.add(Arc::new(policy)).build()
    };
    for (_, layer) in NARROWING {
        let decision = identity(PolicySet::builder().present(layer)).simulate(&get());
        assert_eq!((decision.decision, decision.decided_by), (Decision::ImplicitDeny, DecidedBy::Layer(layer)));
    }
}
