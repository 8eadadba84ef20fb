//! Keys that say the same of every request a policy is asked about.

use super::KeyTest;
use crate::codes;
use crate::subject::Subject;
use iameval::{Diagnostic, Operator, PolicyKind};

/// A resource policy is about one resource, whose owner is known.
const OF_THE_RESOURCE: [&str; 4] =
    ["aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths", "s3:ResourceAccount"];

pub(super) fn lint(subject: &Subject<'_>, test: &KeyTest<'_>, report: &mut impl FnMut(Diagnostic)) {
    let about_itself = matches!(subject.kind, PolicyKind::Resource | PolicyKind::RoleTrust);
    let is_owner = OF_THE_RESOURCE.iter().any(|key| test.is(key)) && test.operator().base != Operator::Null;
    // A variable compares the owner with the caller.
    if about_itself && is_owner && test.every_value(|value| !value.contains("${")) {
        let message =
            format!("`{}` is the same for every request: a resource policy applies to one resource", test.key());
        let help = "remove it, or use it in an identity policy, where it limits access by resource owner";
        report(Diagnostic::new(codes::IRRELEVANT_KEY, test.of.key_span(), message).with_help(help));
    }
}
