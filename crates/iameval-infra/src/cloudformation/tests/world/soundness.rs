//! What is certain before a deployment stays so, whatever the deployment settles.

use super::types::assembly;
use crate::CloudFormation;
use iameval::symbol::{SymbolKind, Symbols};
use iameval::{Action, Context, Decision};
use iameval_world::{Ask, Disk, World};
use std::path::PathBuf;

const ACTIONS: [&str; 12] = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:ListBucket",
    "sqs:SendMessage",
    "sns:Publish",
    "lambda:InvokeFunction",
    "kms:Decrypt",
    "iam:PassRole",
    "sts:AssumeRole",
    "dynamodb:GetItem",
    "ecr:BatchGetImage",
    "secretsmanager:GetSecretValue",
];

/// What a symbol may stand for, in one of several deployments.
fn settled(symbols: &Symbols, symbol: iameval::symbol::Symbol, number: usize, deployment: usize) -> String {
    let name = symbols.name(symbol);
    if name.contains("Condition ") {
        return (number + deployment).is_multiple_of(2).to_string();
    }
    match symbols.kind(symbol) {
        SymbolKind::Account => ["123456789012", "210987654321"][deployment % 2].to_owned(),
        SymbolKind::Region => ["eu-west-1", "us-east-1"][deployment % 2].to_owned(),
        SymbolKind::Path => "path/".to_owned(),
        SymbolKind::Name | SymbolKind::Text => format!("made-{number}"),
        SymbolKind::Input => ["*", "given", "made-1", "arn:aws:s3:::made-2"][(number + deployment) % 4].to_owned(),
    }
}

/// The names of what an action can be about.
fn on(world: &World, action: &Action) -> Vec<String> {
    if matches!(action.service(), "iam" | "sts") {
        return world.principals().keys().cloned().collect();
    }
    let of_service = world.resources().iter().filter(|(_, known)| known.arn.service() == action.service());
    let is_object = action.service() == "s3" && !action.as_str().contains("Bucket");
    of_service.map(|(name, _)| if is_object { format!("{name}/x") } else { name.clone() }).collect()
}

fn decide(world: &World, principal: &str, action: &Action, resource: &str) -> Option<Decision> {
    let who = world.principal(principal)?;
    let role = || world.principal(resource)?.principal().principal_arn().map(str::to_owned);
    let arn = world.resource_arn(resource).or_else(role)?;
    let situation = world.situation(&Ask::new(&who, action, &arn)).unwrap();
    Some(situation.policies.set().decide(&situation.request(action.clone(), &Context::new()).build()))
}

#[test]
fn what_is_certain_stays_so() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cloudformation");
    let templates = [
        "templates/webapp.yaml",
        "templates/cdk-bootstrap.yml",
        "types/permissions.yaml",
        "types/iam.yaml",
        "types/organization.yaml",
    ];
    let (mut certain, mut undetermined) = (0, 0);
    for path in templates.iter().map(|name| folder.join(name)).chain([assembly()]) {
        let before = World::from_sources(&Disk::default(), &[&CloudFormation::new(&path)]).unwrap();
        let symbols = super::symbols(&before);
        for deployment in 0..4 {
            let mut source = CloudFormation::new(&path);
            for (number, symbol) in symbols.iter().enumerate() {
                let name = symbols.name(symbol);
                match symbols.kind(symbol) {
                    // These are what templates themselves do not say.
                    _ if name.ends_with(".Policy") => {}
                    SymbolKind::Account => source = source.account(settled(&symbols, symbol, number, deployment)),
                    SymbolKind::Region => source = source.region(settled(&symbols, symbol, number, deployment)),
                    _ => source = source.value(name, settled(&symbols, symbol, number, deployment)),
                }
            }
            let after = World::from_sources(&Disk::default(), &[&source]);
            let after = after.unwrap_or_else(|wrong| panic!("{}: {wrong:?}", path.display()));
            for action in ACTIONS.map(|action| action.parse::<Action>().unwrap()) {
                for principal in before.principals().keys() {
                    for resource in on(&before, &action) {
                        let expected = decide(&before, principal, &action, &resource).unwrap();
                        if expected == Decision::Undetermined {
                            undetermined += 1;
                            continue;
                        }
                        certain += 1;
                        if let Some(is) = decide(&after, principal, &action, &resource) {
                            assert_eq!(is, expected, "{}: {principal} {action} {resource}", path.display());
                        }
                    }
                }
            }
        }
    }
    assert!(certain > 9 * undetermined, "{certain} certain, {undetermined} undetermined");
}
