//! Questions about resource policies and statements, as data: `fixtures/claims`.

use iameval_data::Catalogue;
use iameval_prove::native::{ClaimReader, Line, NativeQuestion};
use iameval_prove::{Beside, Prover};
use iameval_tests::root;
use serde_json::Value;

fn cases(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(root().join("fixtures/claims").join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn claim(case: &Value) -> Box<iameval_prove::native::NativeClaim> {
    match ClaimReader::new().read(&case["claim"].to_string()) {
        Ok(Line::Claim(claim)) => claim,
        other => panic!("{}: {other:?}", case["about"]),
    }
}

#[test]
fn public_access() {
    let prover = Prover::new(Catalogue::embedded());
    for case in cases("public.jsonl") {
        let claim = claim(&case);
        let public = prover.public(&claim.ready(&claim.policies), &claim.scope).unwrap();
        let verdict = match (&public.counterexample, public.undecided.is_empty()) {
            (Some(_), _) => "public",
            (None, true) => "not_public",
            (None, false) => "unknown",
        };
        assert_eq!(case["verdict"], verdict, "{}: {public:?}", case["about"]);
        assert!(public.counterexample.is_none_or(|found| found.statement.is_some()), "{}", case["about"]);
    }
}

#[test]
fn statements_that_do_nothing() {
    let prover = Prover::new(Catalogue::embedded());
    for case in cases("statements.jsonl") {
        let claim = claim(&case);
        let NativeQuestion::Statements { complete } = claim.question else { panic!("{}", case["about"]) };
        let beside = if complete { Beside::All } else { Beside::ItsOwn };
        let policies = claim.ready(&claim.policies);
        let findings = prover.statements(&policies, &claim.scope, beside).unwrap();
        let places = |ids: &[iameval::StatementId]| -> Value {
            ids.iter().map(|id| policies.set().origin(*id).unwrap().statement_index).collect::<Vec<_>>().into()
        };
        assert!(findings.undecided.is_empty(), "{}: {findings:?}", case["about"]);
        assert_eq!(case["redundant"], places(&findings.redundant), "{}", case["about"]);
        assert_eq!(case["shadowed"], places(&findings.shadowed), "{}", case["about"]);
        assert_eq!(case["never_matches"], places(&findings.never_matches), "{}", case["about"]);
    }
}
