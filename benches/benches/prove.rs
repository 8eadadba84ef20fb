//! What does a proof cost, which speaks of all requests where a decision speaks of one? The README's claim should be proved in
//! a few milliseconds, everything that an administrator can do be told in 20 ms, the statements of a policy be judged in 30 ms,
//! and two worlds of 10,000 principals be compared in a second.
//!
//! Policies and worlds are loaded beforehand. `claim` is that of the README, `decide` a request of it, for the ratio. `change`
//! compares AWS's managed policies with themselves without their last statement; its throughput is pairs. `what can` of the
//! starting scenario has the privileges worth knowing with it. `statements` judges 50 statements of a synthetic policy.
//! `subtract` looks for a resource that fits `*` and none of 24 patterns such as `*aq*`. `worlds` compares two worlds in which
//! one of 20 groups of 500 users gets another policy: those with the same policies are compared once; `claims` proves three
//! claims about one of the users.

// For its allocator, which is that of the program.
use iameval_benches as _;

use criterion::{Criterion, Throughput};
use iameval::{Mfa, PolicyDocument, PolicyKind, PolicySet, Request};
use iameval_ask::{Asker, ClaimQuestion, ClaimVerdict, Differ, Question};
use iameval_data::{Catalogue, ManagedPolicy};
use iameval_prove::{Beside, Claim, Expectation, Policies, Prover, Scope, Verdict};
use iameval_tests::workload::Workload;
use iameval_world::{Example, Files, Finding, Source, World};
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

/// What John may do without MFA.
const EXCEPT: [&str; 7] = [
    "iam:ChangePassword",
    "iam:CreateVirtualMFADevice",
    "iam:DeleteVirtualMFADevice",
    "iam:EnableMFADevice",
    "iam:ListMFADevices",
    "iam:ListUsers",
    "iam:ListVirtualMFADevices",
];

/// Each so many of AWS's managed policies is compared.
const STEP: usize = 8;

const GROUPS: usize = 20;
const USERS: usize = 10_000;

fn policies(texts: &[String]) -> Policies {
    let documents =
        texts.iter().map(|text| Arc::new(text.parse::<PolicyDocument>().unwrap_or_else(|_| panic!("{text}"))));
    let builder = texts.iter().enumerate().fold(PolicySet::builder(), |builder, (number, text)| {
        builder.identity(&format!("policy-{number}"), text).unwrap_or_else(|error| panic!("{error}"))
    });
    let set = builder.build().without_service_rules();
    Policies::new(set, documents).unwrap_or_else(|| panic!("as many documents as policies"))
}

fn of_starting_scenario(criterion: &mut Criterion, prover: &Prover<'_>) {
    let example = Example::find("force-mfa").unwrap_or_else(|| panic!("no example"));
    let world = World::load(example, &[example.world().into()]).unwrap_or_else(|found| panic!("{found:?}"));
    let asker = Asker::new(&world, Catalogue::embedded());
    let mut group = criterion.benchmark_group("prove/force-mfa");
    let workload = Workload::force_mfa();
    let set = workload.policy_set();
    let requests: Vec<Request> = workload.requests();
    let request = requests.first().unwrap_or_else(|| panic!("no request"));
    group.bench_function("decide", |bencher| bencher.iter(|| set.decide(black_box(request))));
    let question = ClaimQuestion {
        actions: vec!["*".into()],
        except_actions: EXCEPT.map(Into::into).into(),
        mfa: vec![Mfa::False, Mfa::Absent],
        ..ClaimQuestion::new(Expectation::Deny)
    };
    let prove = |question: &ClaimQuestion| asker.prove(prover, question).unwrap_or_else(|_| panic!("no proof"));
    assert!(matches!(prove(&question).verdict, ClaimVerdict::Holds(_)));
    group.bench_function("claim", |bencher| bencher.iter(|| prove(black_box(&question))));
    let everything = Question::default();
    group.bench_function("what can", |bencher| {
        bencher.iter(|| asker.what_can(black_box(&everything)).unwrap_or_else(|_| panic!("no answer")));
    });
    group.finish();
}

fn of_managed_policies(criterion: &mut Criterion, prover: &Prover<'_>) {
    let mut group = criterion.benchmark_group("prove/managed");
    let attachable = ManagedPolicy::all().filter(|managed| managed.kind() != PolicyKind::ResourceControl);
    let pair = |managed: ManagedPolicy| {
        let old = managed.document();
        let mut new: serde_json::Value = serde_json::from_str(&old).ok()?;
        let statements = new.get_mut("Statement")?.as_array_mut().filter(|statements| statements.len() > 1)?;
        statements.pop();
        Some((policies(&[old]), policies(&[new.to_string()])))
    };
    let pairs: Vec<(Policies, Policies)> = attachable.step_by(STEP).filter_map(pair).collect();
    group.throughput(Throughput::Elements(pairs.len() as u64));
    let scope = Scope::default();
    group.bench_function("change", |bencher| {
        bencher.iter(|| {
            for (old, new) in black_box(&pairs) {
                let change = prover.new_access(old, new, &scope).unwrap_or_else(|error| panic!("{error}"));
                black_box(change);
            }
        });
    });
    group.finish();
    let mut group = criterion.benchmark_group("prove/what can");
    for name in ["AmazonEC2FullAccess", "AdministratorAccess"] {
        let managed = ManagedPolicy::find(name).unwrap_or_else(|| panic!("no {name}"));
        let policies = policies(&[managed.document()]);
        group.bench_function(name, |bencher| {
            bencher.iter(|| prover.what_can(black_box(&policies), &scope).unwrap_or_else(|error| panic!("{error}")));
        });
    }
    group.finish();
}

fn of_synthetic_policies(criterion: &mut Criterion, prover: &Prover<'_>) {
    let mut group = criterion.benchmark_group("prove/synthetic");
    let managed = ManagedPolicy::find("AWSBackupServiceRolePolicyForBackup").unwrap_or_else(|| panic!("no policy"));
    let mut document: serde_json::Value =
        serde_json::from_str(&managed.document()).unwrap_or_else(|error| panic!("{error}"));
    if let Some(statements) = document.get_mut("Statement").and_then(serde_json::Value::as_array_mut) {
        statements.truncate(50);
        assert_eq!(statements.len(), 50);
    }
    let statements = policies(&[document.to_string()]);
    let scope = Scope::default();
    group.bench_function("50 statements", |bencher| {
        bencher.iter(|| {
            let found = prover.statements(black_box(&statements), &scope, Beside::ItsOwn);
            found.unwrap_or_else(|error| panic!("{error}"))
        });
    });
    let all = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let scope = Scope {
        actions: vec!["s3:GetObject".into()],
        except_resources: ('a'..='x').map(|letter| format!("*{letter}q*")).collect(),
        ..Scope::default()
    };
    let claim = Claim { policies: policies(&[all.into()]), scope, expect: Expectation::Deny };
    group.bench_function("subtract", |bencher| {
        bencher.iter(|| {
            let verdict = prover.prove(black_box(&claim)).unwrap_or_else(|error| panic!("{error}"));
            assert!(matches!(verdict, Verdict::Refuted(_)));
        });
    });
    group.finish();
}

/// A world with many users in groups.
struct Groups {
    world: String,
}

impl Groups {
    fn new(policy_of_first: &str) -> Self {
        let names: Vec<&str> = ManagedPolicy::all()
            .filter(|managed| managed.kind() == PolicyKind::Identity && managed.name().ends_with("ReadOnlyAccess"))
            .map(ManagedPolicy::name)
            .take(GROUPS)
            .collect();
        assert_eq!(names.len(), GROUPS);
        let mut world = String::from("version: 1\naccount: \"111122223333\"\ngroups:\n");
        for (number, name) in names.iter().enumerate() {
            let name = if number == 0 { policy_of_first } else { name };
            let _ = writeln!(world, "  group-{number}: [\"aws:{name}\"]");
        }
        world.push_str("principals:\n");
        for user in 0..USERS {
            let _ = writeln!(world, "  user-{user}: {{ user: user-{user}, groups: [group-{}] }}", user % GROUPS);
        }
        Self { world }
    }
}

impl Files for Groups {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        Ok(Source::new(path.display().to_string(), self.world.as_str()))
    }
}

fn of_worlds(criterion: &mut Criterion, prover: &Prover<'_>) {
    let mut group = criterion.benchmark_group("prove/10,000 principals");
    let load = |policy: &str| {
        let world = World::load(&Groups::new(policy), &["world.yaml".into()]);
        world.unwrap_or_else(|found| panic!("{found:?}"))
    };
    let [old, new] = ["IAMReadOnlyAccess", "IAMFullAccess"].map(load);
    let differ = Differ::new(Catalogue::embedded());
    group.sample_size(10);
    group.bench_function("worlds", |bencher| {
        bencher.iter(|| {
            let diff = differ.worlds(black_box(&old), &new).unwrap_or_else(|error| panic!("{error:?}"));
            assert!(diff.has_gained() && diff.principals == USERS);
        });
    });
    let asker = Asker::new(&old, Catalogue::embedded());
    let claim = ClaimQuestion::new(Expectation::Deny);
    let reads = ["*:Get*", "*:List*", "*:Describe*"].map(Into::into);
    let claims = [
        ClaimQuestion { actions: vec!["iam:Create*".into()], ..claim.clone() },
        ClaimQuestion { actions: vec!["s3:*Object".into()], mfa: vec![Mfa::Absent], ..claim.clone() },
        ClaimQuestion { except_actions: reads.into(), ..claim },
    ];
    let claims = claims.map(|claim| ClaimQuestion { principal: Some("user-77".into()), ..claim });
    group.bench_function("claims", |bencher| {
        bencher.iter(|| {
            for claim in black_box(&claims) {
                black_box(asker.prove(prover, claim)).unwrap_or_else(|_| panic!("no proof"));
            }
        });
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let prover = Prover::new(Catalogue::embedded());
    of_starting_scenario(&mut criterion, &prover);
    of_managed_policies(&mut criterion, &prover);
    of_synthetic_policies(&mut criterion, &prover);
    of_worlds(&mut criterion, &prover);
    criterion.final_summary();
}
