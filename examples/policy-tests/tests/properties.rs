//! What holds for every request, asked at the edges of what the policies say.

use iameval_test::strategies::requests_near;
use iameval_test::{Decide, Decision, Mfa, World, world};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(|| world("world.yaml"));

fn deletes(action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    ["delete", "terminate"].iter().any(|verb| action.contains(verb))
}

/// Two thousand requests, after those that failed once, which `properties.proptest-regressions` keeps.
fn config() -> ProptestConfig {
    let kept = FileFailurePersistence::WithSource("proptest-regressions");
    ProptestConfig { cases: 2_000, failure_persistence: Some(Box::new(kept)), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_request_without_mfa_deletes_anything(
        request in requests_near(&*WORLD),
        mfa in prop_oneof![Just(Mfa::False), Just(Mfa::Absent)],
    ) {
        let request = request.mfa(mfa);
        let allowed = WORLD.decision(&request) == Ok(Decision::Allowed);
        prop_assert!(!allowed || !deletes(request.action()), "{request}");
    }

    #[test]
    fn nobody_touches_another_account(request in requests_near(&*WORLD)) {
        let Ok(answer) = WORLD.answer(&request) else { return Ok(()) };
        let allowed = answer.simulation.decision == Decision::Allowed;
        prop_assert!(!allowed || answer.request.is_same_account(), "{request}");
    }
}
