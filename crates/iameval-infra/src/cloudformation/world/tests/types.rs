//! The table of types.

use crate::cloudformation::types::{Holder, POLICY_PLACES};

#[test]
fn every_arn_of_the_table_is_one() {
    for place in POLICY_PLACES {
        let arn = match place.holder {
            Holder::Itself(arn) => arn,
            Holder::Named(named) => named.arn,
            _ => continue,
        };
        assert!(arn == "{name}" || arn.parse::<iameval::Arn>().is_ok(), "{place:?}");
    }
}
