//! Tables, lists and listings.

use super::*;
use iameval_report::Style;

const PLAIN: Style = Style { colour: false, width: 120 };

/// The requests of `fixtures/force-mfa/policies.iamtest.yaml`, but for those without MFA keys.
const FORCE_MFA: &[&str] = &[
    "john.doe iam:ChangePassword arn:aws:iam::123456789012:user/john.doe mfa=true",
    "john.doe iam:ChangePassword arn:aws:iam::123456789012:user/john.doe mfa=false",
    "john.doe iam:GetAccountPasswordPolicy * mfa=true",
    "john.doe iam:GetAccountPasswordPolicy * mfa=false",
    "john.doe iam:EnableMFADevice arn:aws:iam::123456789012:user/john.doe mfa=true",
    "john.doe iam:EnableMFADevice arn:aws:iam::123456789012:user/john.doe mfa=false",
    "john.doe ec2:DescribeInstances * mfa=true",
    "john.doe ec2:DescribeInstances * mfa=false",
    "john.doe iam:CreateUser arn:aws:iam::123456789012:user/john.doe mfa=true",
    "john.doe iam:CreateUser arn:aws:iam::123456789012:user/john.doe mfa=false",
];

#[test]
fn print_them() {
    let coverage = coverage(&force_mfa(), FORCE_MFA);
    println!("{}", coverage_to_text(&coverage, PLAIN));
    println!("{}", coverage_to_text(&coverage, Style { width: 60, ..PLAIN }));
    println!("{}", coverage_to_listing(&coverage, PLAIN));
    println!("{}", coverage_to_lcov(&coverage));
}
