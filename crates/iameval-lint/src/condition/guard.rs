//! Keys that do not guard what they are meant to guard.

use super::{KeyTest, tests};
use crate::codes;
use crate::subject::Subject;
use iameval::{Diagnostic, Effect, Statement};

/// Headers that the caller writes (*AWS global condition context keys*).
const WRITTEN_BY_THE_CALLER: [&str; 2] = ["aws:Referer", "aws:UserAgent"];
/// Addresses in a VPC say nothing without the VPC: every VPC may use the same ones.
const ADDRESS: &str = "aws:VpcSourceIp";
const NETWORKS: [&str; 3] = ["aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce"];

pub(super) fn lint(subject: &Subject<'_>, test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    let effect = subject.statement.effect();
    if !test.lets_through(effect) {
        return;
    }
    if WRITTEN_BY_THE_CALLER.iter().any(|key| test.is(key)) {
        let message = format!("`{}` protects nothing: the caller sets this header", test.key());
        let help = "use a key whose value the caller cannot choose, such as `aws:PrincipalOrgID` or `aws:SourceVpce`";
        report(Diagnostic::new(codes::UNTRUSTWORTHY_KEY, test.of.key_span(), message).with_help(help));
    }
    if test.is(ADDRESS) && !is_paired(subject, effect) {
        let message =
            format!("`{}` without `aws:SourceVpc` matches this address in any VPC, including VPCs of others", {
                test.key()
            });
        let help = match effect {
            Effect::Allow => "add `aws:SourceVpc` to the condition",
            Effect::Deny => "add a Deny for requests from other VPCs, with `aws:SourceVpc`",
        };
        report(Diagnostic::new(codes::UNPAIRED_KEY, test.of.key_span(), message).with_help(help));
    }
}

/// All of a condition must hold, so in a Deny the other key may stand in a statement of its own.
fn is_paired(subject: &Subject<'_>, effect: Effect) -> bool {
    let names = |statement: &Statement| tests(statement).any(|other| NETWORKS.iter().any(|key| other.is(key)));
    match effect {
        Effect::Allow => names(subject.statement),
        Effect::Deny => *subject.once.names_network.get_or_init(|| subject.document.statements().iter().any(names)),
    }
}
