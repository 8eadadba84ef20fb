//! Accounts that are not known, beside accounts with policies of their own.

use super::*;
use crate::{
    AccountParts, LevelParts, LoadedPolicy, OrganizationParts, Place, PolicyRef, PrincipalParts, ResourceParts,
    WorldBuilder,
};
use iameval::symbol::SymbolKind;
use iameval::{AccountId, Principal};

const BOUND: &str = "111122223333";
const OTHER: &str = "444455556666";
const ACTIONS: [&str; 5] = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetObjectAcl"];

fn loaded(world: &mut WorldBuilder, name: &str, statements: &str) -> PolicyRef {
    let source = Source::new(name, format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#));
    world.policy(LoadedPolicy::from_source(name, &source).unwrap())
}

/// An organization of the world's own account and one more, whose policies differ. Everyone is allowed everything, but for
/// the policies of the organization.
fn world(own: Option<&str>, at_root: bool, management: bool) -> World {
    let from = Place::in_file("list.csv");
    let mut world = WorldBuilder::new();
    let own: AccountId = match own {
        Some(own) => own.parse().unwrap(),
        None => world.symbols().define("Account", SymbolKind::Account).unwrap().as_char().to_string().parse().unwrap(),
    };
    world.set_account(own);
    let everything = loaded(&mut world, "all", r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let deny = |world: &mut WorldBuilder, name: &str, action: &str, principal: &str| {
        let text = format!(r#"{{"Effect": "Deny", {principal} "Action": "{action}", "Resource": "*"}}"#);
        loaded(world, name, &text)
    };
    let anyone = r#""Principal": "*","#;
    let scp_of_root = deny(&mut world, "root-scp", "s3:GetObject", "");
    let perimeter = deny(&mut world, "root-rcp", "s3:PutObject", anyone);
    let list_only =
        loaded(&mut world, "list-only", r#"{"Effect": "Allow", "Action": ["s3:L*", "s3:P*"], "Resource": "*"}"#);
    let own_rcp = deny(&mut world, "own-rcp", "s3:ListBucket", anyone);
    let mut organization = OrganizationParts::new();
    if at_root {
        organization.scps = vec![LevelParts::new(vec![everything, scp_of_root]).named("root")];
        organization.rcps = vec![LevelParts::new(vec![perimeter]).named("root")];
    }
    let mut bound = AccountParts::new();
    let at_account = LevelParts::new(vec![list_only]).named("account");
    bound.scps = Some(organization.scps.iter().cloned().chain([at_account]).collect());
    let at_account = LevelParts::new(vec![own_rcp]).named("account");
    bound.rcps = Some(organization.rcps.iter().cloned().chain([at_account]).collect());
    bound.management = management.then_some(true);
    world.organization(organization, &from).unwrap();
    world.member_account(BOUND.parse().unwrap(), bound, &from).unwrap();
    for (name, account) in [("own", own.as_str()), ("bound", BOUND), ("other", OTHER)] {
        let mut user = PrincipalParts::new(format!("arn:aws:iam::{account}:user/{name}").parse::<Principal>().unwrap());
        user.policies.push(everything);
        world.principal(name, user, &from).unwrap();
        let mut bucket = ResourceParts::new(format!("arn:aws:s3:::{name}").parse().unwrap());
        bucket.account = Some(account.parse().unwrap());
        bucket.policy =
            Some(loaded(&mut world, name, r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#));
        world.resource(name, bucket, &from).unwrap();
    }
    world.build().unwrap()
}

fn decide(world: &World, who: &str, action: &str, on: &str) -> Decision {
    let (who, action) = (world.principal(who).unwrap(), action.parse().unwrap());
    let arn = format!("arn:aws:s3:::{on}/x");
    let situation = world.situation(&Ask::new(&who, &action, &arn)).unwrap();
    situation.policies.set().decide(&situation.request(action, &Context::new()).build())
}

/// Where it makes a difference which account it is, the answer is undetermined, and nowhere else.
#[test]
fn what_depends_on_an_unknown_account_is_undetermined() {
    let (mut certain, mut open) = (0, 0);
    for [at_root, management] in [[true, false], [false, false], [true, true], [false, true]] {
        let before = world(None, at_root, management);
        let after = [BOUND, OTHER, "777788889999"].map(|own| world(Some(own), at_root, management));
        for who in ["own", "bound", "other"] {
            for on in ["own", "bound", "other"] {
                for action in ACTIONS {
                    let expected: Vec<Decision> = after.iter().map(|world| decide(world, who, action, on)).collect();
                    let is = decide(&before, who, action, on);
                    let case = format!("{who} {action} {on}, at root {at_root}, management {management}: {expected:?}");
                    if expected.iter().all(|decision| *decision == expected[0]) {
                        assert_eq!(is, expected[0], "{case}");
                        certain += 1;
                    } else {
                        assert_eq!(is, Decision::Undetermined, "{case}");
                        open += 1;
                    }
                }
            }
        }
    }
    assert!(certain > 10 && open > 10, "{certain} certain, {open} open");
}
