//! What tables ask, however they are written.

use super::{folder, outcomes, table};

/// The table in a file with other fields comes to that.
#[track_caller]
fn comes_to(fields: &str, text: &str, expected: &str) {
    assert_eq!(outcomes(&folder(table(fields, text)), "x.iamtest.yaml"), expected, "{text}");
}

#[test]
fn headers_in_any_order_and_comments() {
    let expected = "passed allow x [s3:GetObject bucket/k decision]\npassed explicit x [s3:GetObject arn:aws:s3:::vault/k decision]\n";
    for text in [
        "action resource decision\ns3:GetObject bucket/k allow\ns3:GetObject arn:aws:s3:::vault/k explicit",
        "resource action decision\nbucket/k s3:GetObject allow\narn:aws:s3:::vault/k s3:GetObject deny",
        "# who\n\n  action\tresource\t\tdecision # head\n# row\ns3:GetObject  bucket/k  allow\n  s3:GetObject  arn:aws:s3:::vault/k  explicit  # row",
        "| action | resource | decision |\n|:---|---|--:|\n| s3:GetObject | bucket/k | allow |\n| s3:GetObject | arn:aws:s3:::vault/k | explicit | # why",
        "action | resource | decision\n--- | --- | ---\ns3:GetObject | bucket/k | allow\ns3:GetObject|arn:aws:s3:::vault/k|explicit",
    ] {
        comes_to("", text, expected);
    }
}

#[test]
fn a_column_of_principals() {
    let text = "
use: world.yaml
principals: { eve: { user: eve } }
tests:
  - name: x
    table: |
      principal                                action        resource  decision
      alice                                    s3:GetObject  *         allow
      eve                                      s3:GetObject  *         implicit
      arn:aws:iam::123456789012:user/alina     s3:GetObject  *         allow
      anonymous                                s3:GetObject  *         deny
";
    assert_eq!(
        outcomes(&folder(text), ""),
        "\
passed allow x [alice s3:GetObject * decision]
passed implicit x [eve s3:GetObject * decision]
passed allow x [arn:aws:iam::123456789012:user/alina s3:GetObject * decision]
passed implicit x [anonymous s3:GetObject * decision]
"
    );
}

/// A world in which context and MFA count.
const OFFICE: &str = r#"
account: "123456789012"
policies:
  office:
    Version: "2012-10-17"
    Statement:
      - Effect: Allow
        Action: "s3:*"
        Resource: "*"
        Condition:
          Bool: { "aws:MultiFactorAuthPresent": "true" }
          IpAddress: { "aws:SourceIp": "203.0.113.0/24" }
principals: { a: { user: a, policies: [office] } }
contexts:
  office: { aws:SourceIp: 203.0.113.7 }
  home: { aws:SourceIp: 198.51.100.1 }
  nowhere: { aws:SourceIp: absent }
  decision: { aws:SourceIp: 203.0.113.8, aws:MultiFactorAuthPresent: true }
defaults: { resource: "*", mfa: true }
"#;

#[test]
fn contexts_are_columns() {
    let text = format!(
        "{OFFICE}
tests:
  - name: x
    table: |
      action        office  home      nowhere   aws:SourceIp=203.0.113.9  AWS:sourceip=absent  office&mfa=false  home&mfa=true
      s3:GetObject  allow   implicit  implicit  allow                     implicit             implicit          .
      s3:PutObject  .       .         .         .                         .                    .                 implicit
  - name: y
    context: office
    table: |
      | action       | mfa=true@5 | mfa=absent | mfa=false & s3:prefix=a |
      | s3:GetObject | allow      | implicit   | implicit                |
  - name: z
    mfa: [true, false]
    table: |
      action        office
      s3:GetObject  allow
  - name: named decision
    table: |
      action        decision
      s3:GetObject  allow
"
    );
    assert_eq!(
        outcomes(&folder(text), ""),
        "\
passed allow x [s3:GetObject office]
passed implicit x [s3:GetObject home]
passed implicit x [s3:GetObject nowhere]
passed allow x [s3:GetObject aws:SourceIp=203.0.113.9]
passed implicit x [s3:GetObject AWS:sourceip=absent]
passed implicit x [s3:GetObject office&mfa=false]
passed implicit x [s3:PutObject home&mfa=true]
passed allow y [s3:GetObject mfa=true@5]
passed implicit y [s3:GetObject mfa=absent]
passed implicit y [s3:GetObject mfa=false & s3:prefix=a]
passed allow z [s3:GetObject mfa=true office]
failed implicit z [s3:GetObject mfa=false office]
passed allow named decision [s3:GetObject decision]
"
    );
}

#[test]
fn what_multiplies_beside_a_table() {
    let text = "
use: world.yaml
tests:
  - name: x
    principals: all
    actions: [s3:GetObject, s3:GetObjectAcl]
    table: |
      resource  decision
      bucket/k  allow
      bucket/l  .
";
    assert_eq!(
        outcomes(&folder(text), ""),
        "\
passed allow x [alice s3:GetObject bucket/k decision]
passed allow x [alice s3:GetObjectAcl bucket/k decision]
passed allow x [alina s3:GetObject bucket/k decision]
passed allow x [alina s3:GetObjectAcl bucket/k decision]
"
    );
}

#[test]
fn cells_that_were_pasted_back_want_what_was_got() {
    comes_to(
        "",
        "action resource decision\ns3:GetObject bucket/k allow/deny\ns3:PutObject bucket/k implicit/allow\ns3:GetObject arn:aws:s3:::vault/k implicit/allow",
        "\
passed allow x [s3:GetObject bucket/k decision]
passed implicit x [s3:PutObject bucket/k decision]
failed explicit x [s3:GetObject arn:aws:s3:::vault/k decision]
",
    );
}
