//! What policies of an organization are attached to: its root, units and accounts that the same source or plan has.

use super::source::load;
use super::{Planned, creates, symbols};
use iameval_world::World;

const POLICIES: &str = r#"
resource "aws_organizations_organizational_unit" "prod" {
  name      = "prod"
  parent_id = ROOT
}
resource "aws_organizations_account" "app" {
  name      = "app"
  parent_id = aws_organizations_organizational_unit.prod.id
}
resource "aws_organizations_policy" "unit" {
  name    = "unit"
  content = jsonencode({ Statement = [{ Effect = "Deny", Action = "s3:DeleteBucket", Resource = "*" }] })
}
resource "aws_organizations_policy" "root" {
  name    = "root"
  content = jsonencode({ Statement = [{ Effect = "Deny", Action = "s3:CreateBucket", Resource = "*" }] })
}
resource "aws_organizations_policy_attachment" "unit" {
  policy_id = aws_organizations_policy.unit.id
  target_id = aws_organizations_organizational_unit.prod.id
}
resource "aws_organizations_policy_attachment" "root" {
  policy_id = aws_organizations_policy.root.id
  target_id = ROOT
}
resource "aws_iam_user" "u" {
  name = "u"
}
"#;

/// The levels of policies of each account, in lines.
fn accounts(world: &World) -> Vec<String> {
    let symbols = symbols(world);
    let levels = |levels: &[iameval_world::WorldLevel]| -> Vec<String> {
        let of = |level: &iameval_world::WorldLevel| {
            let names: Vec<&str> = level.policies.iter().map(|attached| &*attached.policy.name).collect();
            format!("{} {}", level.name, names.join("+"))
        };
        levels.iter().map(of).collect()
    };
    let all = world.member_accounts().iter();
    all.map(|(id, account)| {
        let management = if account.management == Some(true) { " management" } else { "" };
        symbols.display(&format!("{id}{management}: {}", levels(&account.scps).join(", "))).into_owned()
    })
    .collect()
}

#[test]
fn policies_are_on_the_root_and_on_units() {
    let unit = "root tf:aws_organizations_policy.root+aws:FullAWSAccess, tf:aws_organizations_organizational_unit.prod tf:aws_organizations_policy.unit+aws:FullAWSAccess";
    let data = "data \"aws_organizations_organization\" \"o\" {}";
    let own = "resource \"aws_organizations_organization\" \"o\" {}";
    let root = "root tf:aws_organizations_policy.root+aws:FullAWSAccess";
    for (organization, reference, app, expected) in [
        // The account of the world says that it is in the unit.
        (
            data,
            "data.aws_organizations_organization.o.roots[0].id",
            "111111111111",
            vec![format!("111111111111: {unit}")],
        ),
        // It says nothing, so it may be in the unit.
        (
            data,
            "data.aws_organizations_organization.o.roots[0].id",
            "222222222222",
            vec![
                format!("222222222222: {unit}"),
                format!(
                    "${{unknown:aws_organizations_organizational_unit.prod.id}}: {root}, account tf:aws_organizations_policy.unit+aws:FullAWSAccess"
                ),
            ],
        ),
        // It creates the organization.
        (
            own,
            "aws_organizations_organization.o.roots[0].id",
            "222222222222",
            vec![format!("111111111111 management: {root}"), format!("222222222222: {unit}")],
        ),
    ] {
        let main = format!("{organization}\n{}", POLICIES.replace("ROOT", reference));
        let world =
            load(&[("main.tf", &main)], |source| source.value("aws_organizations_account.app.id", app)).unwrap();
        assert_eq!(accounts(&world), expected, "{organization} {app}");
    }
}

/// A plan tells that a target refers to the root.
#[test]
fn plans_know_the_root() {
    const ROOT: &str = r#"{"references": ["aws_organizations_organization.o.roots[0].id", "aws_organizations_organization.o.roots[0]", "aws_organizations_organization.o.roots", "aws_organizations_organization.o"]}"#;
    let attachment: &'static str = Box::leak(
        format!(r#"{{"policy_id": {{"references": ["aws_organizations_policy.p.id", "aws_organizations_policy.p"]}}, "target_id": {ROOT}}}"#)
            .into_boxed_str(),
    );
    let resources: [Planned; 3] = [
        creates("aws_organizations_organization.o", "{}").unknown(r#"{"id": true, "roots": true}"#).written("{}"),
        creates(
            "aws_organizations_policy.p",
            r#"{"name": "p", "content": "{\"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}"}"#,
        )
        .unknown(r#"{"id": true}"#)
        .written("{}"),
        creates("aws_organizations_policy_attachment.a", "{}")
            .unknown(r#"{"policy_id": true, "target_id": true}"#)
            .written(attachment),
    ];
    assert_eq!(
        accounts(&super::world(&resources)),
        ["111111111111 management: root tf:aws_organizations_policy.p+aws:FullAWSAccess"]
    );
}
