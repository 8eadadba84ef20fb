//! A loader of worlds outside the crate that makes them: lists such as a spreadsheet holds.

use iameval::text::Span;
use iameval::{Context, Decision, Layer};
use iameval_world::{
    AccountParts, Ask, EndpointParts, Example, Files, Finding, LevelParts, LoadedPolicy, OrganizationParts, Place,
    PolicyRef, PrincipalParts, ResourceParts, Source, World, WorldBuilder, WorldFiles, WorldSource,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A list: `KIND,NAME,…` a line, each with columns of its own.
struct List(PathBuf);

impl WorldSource for List {
    fn add_to(&self, files: &dyn Files, world: &mut WorldBuilder) -> Result<(), Vec<Finding>> {
        let source = files.read(&self.0).map_err(|finding| vec![finding])?;
        world.file(&source.name);
        let mut organization = OrganizationParts::new();
        let mut at = 0;
        for line in source.text.lines() {
            let from = Place::new(&source, Span::new(at, at + line.len()));
            at += line.len() + 1;
            let columns: Vec<&str> = line.split(',').collect();
            line_of(&columns, &from, world, &mut organization)?;
        }
        Ok(world.organization(organization, &Place::new(&source, Span::START))?)
    }
}

/// Adds what one line says.
fn line_of(
    columns: &[&str],
    from: &Place,
    world: &mut WorldBuilder,
    organization: &mut OrganizationParts,
) -> Result<(), Vec<Finding>> {
    let policies = |names: &str, world: &WorldBuilder| -> Result<Vec<PolicyRef>, Vec<Finding>> {
        let find = |name: &str| {
            world.named_policy(name).ok_or_else(|| from.finding(format!("no policy `{name}` is in the list")))
        };
        names.split_whitespace().map(find).collect()
    };
    match *columns {
        ["policy", name, effect, principal, action] => {
            let principal = if principal.is_empty() { "" } else { r#""Principal": "*", "# };
            let text = format!(
                r#"{{"Statement": {{"Effect": "{effect}", {principal}"Action": "{action}", "Resource": "*"}}}}"#
            );
            let policy = world.policy(LoadedPolicy::from_source(name, &Source::new(name, text))?);
            world.name_policy(name, policy, from)?;
        }
        ["user", name, arn, attached, boundary] => {
            let principal = arn.parse().map_err(|error| from.finding(format!("{error}")));
            let mut parts = PrincipalParts::new(principal.map_err(|found: Vec<Finding>| found)?);
            parts.policies = policies(attached, world)?;
            parts.boundary = policies(boundary, world)?.pop();
            world.principal(name, parts, from)?;
        }
        ["bucket", name, account, policy] => {
            let mut parts = ResourceParts::new(format!("arn:aws:s3:::{name}").parse().unwrap());
            parts.account = account.parse().ok();
            parts.policy = policies(policy, world)?.pop();
            world.resource(name, parts, from)?;
        }
        ["account", id, management] => {
            let mut parts = AccountParts::new();
            parts.management = Some(management == "management");
            world.member_account(id.parse().unwrap(), parts, from)?;
        }
        ["scp", level, attached] => {
            organization.scps.push(LevelParts::new(policies(attached, world)?).named(level));
        }
        ["endpoint", name, attached, vpce] => {
            let mut parts = EndpointParts::new();
            parts.policies = policies(attached, world)?;
            parts.context.insert("aws:SourceVpce", vpce);
            world.endpoint(name, parts, from)?;
        }
        ["context", name, key, value] => {
            let mut context = Context::new();
            context.insert(key, value);
            world.context(name, context, from)?;
        }
        _ => return Err(from.finding("a line must begin with what it lists")),
    }
    Ok(())
}

/// One file, and those of an example.
struct OneMore(&'static str);

impl Files for OneMore {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        if path == Path::new("list.csv") { Ok(Source::new("list.csv", self.0)) } else { example().read(path) }
    }
}

fn example() -> &'static Example {
    Example::find("force-mfa").unwrap()
}

const LIST: &str = "\
policy,all,Allow,,*
policy,s3,Allow,,s3:*
policy,open,Allow,any,*
policy,no-deletion,Deny,any,s3:Delete*
scp,root,all
scp,ou-prod,s3
account,111122223333,member
account,444455556666,management
user,jane,arn:aws:iam::111122223333:user/jane,all,
user,narrow,arn:aws:iam::111122223333:user/narrow,all,s3
user,boss,arn:aws:iam::444455556666:user/boss,all,
bucket,reports,111122223333,no-deletion
bucket,theirs,444455556666,
endpoint,door,open,vpce-1
context,office,aws:SourceIp,192.0.2.1
";

fn decide(world: &World, who: &str, action: &str, resource: &str, via: Option<&str>) -> Decision {
    let principal = world.principal(who).unwrap();
    let action = action.parse().unwrap();
    let resource = world.resource_arn(resource).unwrap_or_else(|| resource.to_owned());
    let via = via.map(|name| &world.endpoints()[name]);
    let situation = world.situation(&Ask::new(&principal, &action, &resource).via(via)).unwrap();
    situation.policies.set().decide(&situation.request(action, &Context::new()).build())
}

#[test]
fn a_loader_of_another_crate_fills_every_part_of_a_world() {
    let world = World::from_sources(&OneMore(LIST), &[&List("list.csv".into())]).unwrap();
    for (who, action, resource, via, expected) in [
        ("jane", "s3:GetObject", "reports/x", None, Decision::Allowed),
        ("jane", "s3:DeleteObject", "reports/x", None, Decision::ExplicitDeny),
        ("jane", "ec2:RunInstances", "*", None, Decision::ImplicitDeny),
        ("boss", "ec2:RunInstances", "*", None, Decision::Allowed),
        ("narrow", "s3:GetObject", "reports/x", None, Decision::Allowed),
        ("narrow", "iam:CreateUser", "*", None, Decision::ImplicitDeny),
        // Nothing of the other account's allows it.
        ("jane", "s3:GetObject", "theirs/x", None, Decision::ImplicitDeny),
        ("jane", "s3:GetObject", "reports/x", Some("door"), Decision::Allowed),
    ] {
        assert_eq!(decide(&world, who, action, resource, via), expected, "{who} {action} {resource} {via:?}");
    }
    let jane = world.principal("jane").unwrap();
    let action = "s3:GetObject".parse().unwrap();
    let ask = Ask::new(&jane, &action, "arn:aws:s3:::reports/x").via(world.endpoints().get("door"));
    let situation = world.situation(&ask).unwrap();
    let levels: Vec<&str> = situation.policies.set().levels(Layer::ServiceControl).collect();
    assert_eq!(levels, ["root", "ou-prod"]);
    assert!(situation.context.iter().any(|(key, _)| key.as_str() == "aws:SourceVpce"));
    assert_eq!((world.contexts().len(), world.files()), (1, &["list.csv".to_owned()][..]));
}

#[test]
fn what_is_wrong_is_told_at_its_line() {
    for (line, expected) in [
        ("user,jane,arn:aws:iam::111122223333:user/j,nothing,", "no policy `nothing` is in the list"),
        ("user,jane,arn:aws:iam::111122223333:user/j,,", "the principal `jane` is defined twice"),
        ("bucket,self,111122223333,", "a resource cannot be called `self`"),
        ("group,g", "a line must begin with what it lists"),
    ] {
        let text: &'static str = format!("{LIST}{line}\n").leak();
        let found = World::from_sources(&OneMore(text), &[&List("list.csv".into())]).unwrap_err();
        assert_eq!((found[0].diagnostic.message(), found[0].source.name.as_str()), (expected, "list.csv"));
        assert_eq!(text.get(found[0].diagnostic.span().range()), Some(line));
    }
}

#[test]
fn world_files_stand_beside_it() {
    let sources: [&dyn WorldSource; 2] = [&List("list.csv".into()), &WorldFiles::new([example().world()])];
    let world = World::from_sources(&OneMore(LIST), &sources).unwrap();
    assert!(world.principal("jane").is_some() && world.principal("john.doe").is_some());
}
