//! What is worth knowing first of what a principal can do.

use super::PrivilegesPart;
use crate::access_group::{AccessGroup, cause};
use iameval::StatementId;
use iameval_data::{AccessLevel, ActionInfo, Catalogue};
use iameval_lint::escalation_ways;
use iameval_prove::{ClaimError, Counterexample, Prover, Scope};
use iameval_world::WorldPrincipal;
use std::collections::{BTreeMap, HashMap};

/// Something that a principal can do and that is worth knowing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Privilege {
    /// What kind of privilege it is.
    pub kind: PrivilegeKind,
    /// The actions; of a privilege escalation all of them are needed together.
    pub actions: Vec<String>,
    /// The part whose policies allow it.
    pub part: usize,
    /// The statement that gives the last of the actions.
    pub by: Option<StatementId>,
}

/// Kinds of privileges, the most serious first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum PrivilegeKind {
    /// A way to the permissions of others.
    Escalation,
    /// Changes of IAM or of the organization.
    IamWrite,
    /// Changes of the policies of resources.
    PermissionsManagement,
    /// Reads of what people store.
    DataRead,
    /// Deletions.
    Delete,
}

impl PrivilegeKind {
    /// A stable code, such as `data_read`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Escalation => "privilege_escalation",
            Self::IamWrite => "iam_write",
            Self::PermissionsManagement => "permissions_management",
            Self::DataRead => "data_read",
            Self::Delete => "delete",
        }
    }
}

/// Services in which a change is a change of who can do what.
const OF_IAM: [&str; 5] = ["iam", "identitystore", "organizations", "sso", "sso-directory"];

/// Actions that return what people store, not what describes it, sorted.
const DATA_READS: [&str; 34] = [
    "appconfig:GetConfiguration",
    "athena:GetQueryResults",
    "cassandra:Select",
    "codecommit:GetFile",
    "codecommit:GitPull",
    "cognito-idp:ListUsers",
    "docdb-elastic:CopyClusterSnapshot",
    "dynamodb:BatchGetItem",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ebs:GetSnapshotBlock",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "es:ESHttpGet",
    "kinesis:GetRecords",
    "kms:Decrypt",
    "lambda:GetFunction",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetQueryResults",
    "rds-data:ExecuteStatement",
    "redshift-data:GetStatementResult",
    "redshift:GetClusterCredentials",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
];

/// What names of actions begin with that delete something.
const DELETING: [&str; 5] = ["BatchDelete", "Delete", "Destroy", "Purge", "Terminate"];

/// What is worth knowing, the most serious kind first.
pub(super) fn find(
    prover: &Prover<'_>,
    principal: &WorldPrincipal,
    parts: &[PrivilegesPart],
    catalogue: &Catalogue,
) -> Result<Vec<Privilege>, ClaimError> {
    let mut found = escalations(prover, principal, parts)?;
    for (number, part) in parts.iter().enumerate() {
        for group in &part.groups {
            let mut of_kinds: BTreeMap<PrivilegeKind, Vec<String>> = BTreeMap::new();
            let infos = catalogue.actions_named(group.actions.iter().map(String::as_str));
            for (action, info) in group.actions.iter().zip(infos) {
                if let Some(kind) = info.and_then(|info| kind_of(action, info)) {
                    of_kinds.entry(kind).or_default().push(action.clone());
                }
            }
            let kinds = of_kinds.into_iter();
            found.extend(kinds.map(|(kind, actions)| Privilege { kind, actions, part: number, by: group.by }));
        }
    }
    found.sort_by_key(|privilege| (privilege.kind, privilege.part));
    Ok(found)
}

/// A few of these actions, those that are worth knowing first.
pub(crate) fn foremost<'n>(actions: impl Iterator<Item = &'n str> + Clone, catalogue: &Catalogue) -> Vec<String> {
    /// So many at most.
    const FEW: usize = 6;
    let infos = catalogue.actions_named(actions.clone());
    let kind =
        |(action, info): (&'n str, Option<ActionInfo<'_>>)| (info.and_then(|info| kind_of(action, info)), action);
    let mut ranked: Vec<(Option<PrivilegeKind>, &str)> = actions.zip(infos).map(kind).collect();
    ranked.sort_by_key(|(kind, _)| kind.map_or((true, None), |kind| (false, Some(kind))));
    ranked.into_iter().take(FEW).map(|(_, action)| action.to_owned()).collect()
}

fn kind_of(action: &str, info: ActionInfo<'_>) -> Option<PrivilegeKind> {
    let (service, level) = (info.service().prefix(), info.access_level());
    let is_change = matches!(level, AccessLevel::Write | AccessLevel::PermissionsManagement);
    if is_change && OF_IAM.contains(&service) {
        return Some(PrivilegeKind::IamWrite);
    }
    if level == AccessLevel::PermissionsManagement {
        return Some(PrivilegeKind::PermissionsManagement);
    }
    if DATA_READS.binary_search(&action).is_ok() {
        return Some(PrivilegeKind::DataRead);
    }
    let deletes = || DELETING.iter().any(|verb| info.name().starts_with(verb));
    (level == AccessLevel::Write && deletes()).then_some(PrivilegeKind::Delete)
}

/// The ways to further permissions of which every step can be done.
fn escalations(
    prover: &Prover<'_>,
    principal: &WorldPrincipal,
    parts: &[PrivilegesPart],
) -> Result<Vec<Privilege>, ClaimError> {
    // On a resource that is asked for, the others do not count.
    let Some(part) = parts.first().filter(|part| part.resource.is_none()) else { return Ok(Vec::new()) };
    let who = principal.principal();
    let Some(account) = who.account() else { return Ok(Vec::new()) };
    let own = who.id().unwrap_or_default();
    let partition = own.split(':').nth(1).filter(|partition| partition.starts_with("aws")).unwrap_or("aws");
    let can = |action: &str| {
        let has = |group: &AccessGroup| group.actions.binary_search_by(|own| (**own).cmp(action)).is_ok();
        part.groups.iter().any(has)
    };
    let mut known: HashMap<(&str, &str), Option<Counterexample>> = HashMap::new();
    let mut found: Vec<Privilege> = Vec::new();
    for steps in escalation_ways() {
        if !steps.iter().all(|(action, _)| can(action)) {
            continue;
        }
        let mut last = None;
        for (action, template) in steps {
            let allowed = if let Some(allowed) = known.get(&(*action, *template)) {
                allowed.clone()
            } else {
                let resource = template.replace("{partition}", partition).replace("{account}", account.as_str());
                let allowed = step(prover, part, action, &resource.replace("{self}", own))?;
                known.insert((action, template), allowed.clone());
                allowed
            };
            last = allowed;
            if last.is_none() {
                break;
            }
        }
        let Some(last) = last else { continue };
        let mut actions: Vec<String> = steps.iter().map(|(action, _)| (*action).to_owned()).collect();
        actions.dedup();
        let by = cause(&part.policies, None, &last.request);
        // On one's own user as well as on any is one way.
        if !found.iter().any(|known| known.actions == actions) {
            found.push(Privilege { kind: PrivilegeKind::Escalation, actions, part: 0, by });
        }
    }
    Ok(found)
}

/// A request that does one step, where one is allowed.
fn step(
    prover: &Prover<'_>,
    part: &PrivilegesPart,
    action: &str,
    resource: &str,
) -> Result<Option<Counterexample>, ClaimError> {
    let resource = if resource == "*" { "${*}" } else { resource };
    let scope = Scope {
        actions: vec![action.to_owned()],
        resources: vec![resource.to_owned()],
        except_resources: Vec::new(),
        ..part.scope.clone()
    };
    match prover.what_can(part.policies.policies(), &scope) {
        Ok(found) => Ok(found.groups.into_iter().next().map(|group| group.request)),
        Err(ClaimError::EmptyScope(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_reads_are_sorted_and_in_the_catalogue() {
        assert!(DATA_READS.is_sorted());
        for action in DATA_READS {
            let known = Catalogue::embedded().action(action).map(|info| info.to_string());
            assert_eq!(known.as_deref(), Some(action));
        }
    }
}
