//! Who asks.

use super::{Caller, Choices};
use iameval_test::strategies::draw::{FEDERATED, PROVIDER, ROLE, SESSION, USER};

/// Who asks; `None` is the unnamed user.
pub(super) fn draw(choices: &mut Choices<'_>) -> Option<Caller> {
    let plain = |id| Some(Caller { id, ..Caller::default() });
    let management_account = choices.pick(&[None, None, None, None, Some(false), Some(true)]);
    let delegated_administrator = choices.pick(&[None, None, None, Some(false), Some(true)]);
    let mut caller = match choices.below(32) {
        0..=4 | 26..=31 => plain(USER),
        5..=6 => plain(SESSION),
        7 => Some(Caller { id: SESSION, role: Some(ROLE), ..Caller::default() }),
        8..=9 => plain(ROLE),
        10 => plain(FEDERATED),
        11 => Some(Caller { id: FEDERATED, user: Some(USER), ..Caller::default() }),
        12 => plain("arn:aws:iam::111122223333:root"),
        13 => Some(Caller { id: "arn:aws:iam::111122223333:root", assumed_root: true, ..Caller::default() }),
        14 => plain("arn:aws:iam::444455556666:user/u"),
        15 => plain("arn:aws:iam::444455556666:root"),
        16 => plain("ec2.amazonaws.com"),
        17 => plain(PROVIDER),
        18 => plain("arn:aws:iam::111122223333:saml-provider/corp"),
        19 => plain("anonymous"),
        20 => plain("arn:aws:iam::111122223333:role/aws-service-role/ops.amazonaws.com/AWSServiceRoleForOps"),
        21 => plain("arn:aws:sts::444455556666:assumed-role/deploy/s1"),
        22 => plain("arn:aws:sts::444455556666:federated-user/u"),
        23 => Some(Caller { id: "arn:aws:iam::444455556666:root", assumed_root: true, ..Caller::default() }),
        24 => plain("arn:aws-us-gov:iam::111122223333:user/ops/u"),
        _ => None,
    }?;
    if caller.id == SESSION && choices.chance(20) {
        caller.provider = Some(PROVIDER);
    }
    if caller.id == USER {
        caller.long_term_credentials = choices.pick(&[None, None, Some(true), Some(false)]);
        caller.canonical_user_id = choices.pick(&[None, Some("c0ffee")]);
    }
    if choices.chance(3) {
        return Some(Caller { id: "deadbeef", class: Some("canonical_user"), ..Caller::default() });
    }
    Some(Caller { management_account, delegated_administrator, ..caller })
}
