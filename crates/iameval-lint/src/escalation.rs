//! Ways from some permissions to all of them, found by asking the policy.

use crate::action::{covers, is_full_access};
use crate::circumstance::without_circumstances;
use crate::codes;
use crate::probe::Probe;
use crate::subject::a_few;
use iameval::text::Span;
use iameval::{
    Action, ActionPattern, Decision, Diagnostic, Effect, Mfa, PatternElement, PolicyDocument, PolicyKind, Statement,
};

/// Whoever may do all of these can obtain any permission that someone in the account has.
struct Way {
    /// Each with a resource that is not the caller's own, which only a pattern for all of its type covers; or with the
    /// caller's own user, where that is enough.
    steps: &'static [(&'static str, &'static str)],
}

const USER: &str = "arn:{partition}:iam::{account}:user/another";
const GROUP: &str = "arn:{partition}:iam::{account}:group/another";
const ROLE: &str = "arn:{partition}:iam::{account}:role/another";
const POLICY: &str = "arn:{partition}:iam::{account}:policy/another";
const SELF: &str = "{self}";
const FUNCTION: &str = "arn:{partition}:lambda:us-east-1:{account}:function:another";
const MAPPING: &str =
    "arn:{partition}:lambda:us-east-1:{account}:event-source-mapping:00000000-0000-0000-0000-000000000000";
const INSTANCE: &str = "arn:{partition}:ec2:us-east-1:{account}:instance/i-0123456789abcdef0";
const STACK: &str =
    "arn:{partition}:cloudformation:us-east-1:{account}:stack/another/00000000-0000-0000-0000-000000000000";
const DEV_ENDPOINT: &str = "arn:{partition}:glue:us-east-1:{account}:devEndpoint/another";
const NOTEBOOK: &str = "arn:{partition}:sagemaker:us-east-1:{account}:notebook-instance/another";
const PASS_ROLE: (&str, &str) = ("iam:PassRole", ROLE);

const fn way(steps: &'static [(&'static str, &'static str)]) -> Way {
    Way { steps }
}

/// *AWS IAM Privilege Escalation – Methods and Mitigation* by Rhino Security Labs has the classic list; *IAM Vulnerable* by
/// Bishop Fox adds to it.
const WAYS: [Way; 47] = [
    way(&[("iam:CreatePolicyVersion", POLICY)]),
    way(&[("iam:SetDefaultPolicyVersion", POLICY)]),
    way(&[("iam:AttachUserPolicy", USER)]),
    way(&[("iam:AttachUserPolicy", SELF)]),
    way(&[("iam:AttachGroupPolicy", GROUP)]),
    way(&[("iam:AttachRolePolicy", ROLE)]),
    way(&[("iam:PutUserPolicy", USER)]),
    way(&[("iam:PutUserPolicy", SELF)]),
    way(&[("iam:PutGroupPolicy", GROUP)]),
    way(&[("iam:PutRolePolicy", ROLE)]),
    way(&[("iam:AddUserToGroup", GROUP)]),
    way(&[("iam:UpdateAssumeRolePolicy", ROLE)]),
    way(&[("iam:CreateAccessKey", USER)]),
    way(&[("iam:CreateLoginProfile", USER)]),
    way(&[("iam:UpdateLoginProfile", USER)]),
    way(&[("iam:CreateServiceSpecificCredential", USER)]),
    way(&[("iam:ResetServiceSpecificCredential", USER)]),
    way(&[("iam:DeleteUserPermissionsBoundary", USER)]),
    way(&[("iam:DeleteUserPermissionsBoundary", SELF)]),
    way(&[("iam:PutUserPermissionsBoundary", USER)]),
    way(&[("iam:PutUserPermissionsBoundary", SELF)]),
    way(&[("iam:DeleteRolePermissionsBoundary", ROLE)]),
    way(&[("iam:PutRolePermissionsBoundary", ROLE)]),
    way(&[("sts:AssumeRole", ROLE)]),
    // What runs with a role already.
    way(&[("lambda:UpdateFunctionCode", FUNCTION)]),
    way(&[("lambda:UpdateFunctionConfiguration", FUNCTION)]),
    way(&[("glue:UpdateDevEndpoint", DEV_ENDPOINT)]),
    way(&[("cloudformation:UpdateStack", STACK)]),
    way(&[("cloudformation:CreateChangeSet", STACK), ("cloudformation:ExecuteChangeSet", STACK)]),
    way(&[
        ("ssm:SendCommand", "arn:{partition}:ssm:us-east-1::document/AWS-RunShellScript"),
        ("ssm:SendCommand", INSTANCE),
    ]),
    way(&[("ssm:StartSession", INSTANCE)]),
    way(&[("ec2-instance-connect:SendSSHPublicKey", INSTANCE)]),
    way(&[("ec2-instance-connect:SendSerialConsoleSSHPublicKey", INSTANCE)]),
    way(&[("sagemaker:CreatePresignedNotebookInstanceUrl", NOTEBOOK)]),
    // What can be started with another role.
    way(&[PASS_ROLE, ("lambda:CreateFunction", FUNCTION), ("lambda:InvokeFunction", FUNCTION)]),
    way(&[PASS_ROLE, ("lambda:CreateFunction", FUNCTION), ("lambda:CreateEventSourceMapping", MAPPING)]),
    way(&[PASS_ROLE, ("lambda:CreateFunction", FUNCTION), ("lambda:AddPermission", FUNCTION)]),
    way(&[PASS_ROLE, ("ec2:RunInstances", "arn:{partition}:ec2:us-east-1:{account}:instance/*")]),
    way(&[PASS_ROLE, ("cloudformation:CreateStack", STACK)]),
    way(&[
        PASS_ROLE,
        ("glue:CreateJob", "arn:{partition}:glue:us-east-1:{account}:job/another"),
        ("glue:StartJobRun", "arn:{partition}:glue:us-east-1:{account}:job/another"),
    ]),
    way(&[PASS_ROLE, ("glue:CreateDevEndpoint", DEV_ENDPOINT)]),
    way(&[
        PASS_ROLE,
        ("ecs:RegisterTaskDefinition", "arn:{partition}:ecs:us-east-1:{account}:task-definition/another:1"),
        ("ecs:RunTask", "arn:{partition}:ecs:us-east-1:{account}:task-definition/another:1"),
    ]),
    way(&[
        PASS_ROLE,
        ("sagemaker:CreateNotebookInstance", NOTEBOOK),
        ("sagemaker:CreatePresignedNotebookInstanceUrl", NOTEBOOK),
    ]),
    way(&[
        PASS_ROLE,
        ("sagemaker:CreateProcessingJob", "arn:{partition}:sagemaker:us-east-1:{account}:processing-job/another"),
    ]),
    way(&[
        PASS_ROLE,
        ("sagemaker:CreateTrainingJob", "arn:{partition}:sagemaker:us-east-1:{account}:training-job/another"),
    ]),
    way(&[
        PASS_ROLE,
        ("codebuild:CreateProject", "arn:{partition}:codebuild:us-east-1:{account}:project/another"),
        ("codebuild:StartBuild", "arn:{partition}:codebuild:us-east-1:{account}:project/another"),
    ]),
    way(&[
        PASS_ROLE,
        ("datapipeline:CreatePipeline", "*"),
        ("datapipeline:PutPipelineDefinition", "arn:{partition}:datapipeline:us-east-1:{account}:pipeline/another"),
    ]),
];

/// Every known way to further permissions: what one must be able to do, each with a resource, in which `{partition}`,
/// `{account}` and `{self}`, the caller's own ARN, stand for themselves.
pub fn escalation_ways() -> impl Iterator<Item = &'static [(&'static str, &'static str)]> {
    WAYS.iter().map(|way| way.steps)
}

/// To pass any role is not yet a way, but nearly one.
const PASSING: Way = way(&[PASS_ROLE]);

/// A service-linked role of whichever service, so that only a pattern for those of all services covers it.
const CREATING_SERVICE_ROLES: Way = way(&[(
    "iam:CreateServiceLinkedRole",
    "arn:{partition}:iam::{account}:role/aws-service-role/another.amazonaws.com/AWSServiceRoleForAnother",
)]);

pub(crate) fn lint(document: &PolicyDocument, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    if kind != PolicyKind::Identity || document.statements().iter().any(is_full_access) {
        return;
    }
    let granted = Granted::of(document);
    let ways: Vec<&Way> = WAYS.iter().filter(|way| granted.may_hold(way)).collect();
    if ways.is_empty() && !granted.may_hold(&PASSING) && !granted.may_hold(&CREATING_SERVICE_ROLES) {
        return;
    }
    let Some(loose) = without_circumstances(document) else { return };
    let probes = Probe::all(&loose);
    let place = |probe: &Probe, (action, resource): &(&str, &str)| {
        let statement = probe.statement(action, resource, Mfa::TRUE)?;
        Some((statement, pattern_for(document, statement, action)?))
    };
    // Where the last step is allowed, which makes the others a way, if one and the same caller may do them all.
    let open = |steps: &[(&str, &str)]| {
        let allowed = |probe: &&Probe| {
            steps.iter().all(|(action, resource)| probe.decide(action, resource, Mfa::TRUE) == Decision::Allowed)
        };
        probes.iter().find(allowed).and_then(|probe| place(probe, steps.last()?))
    };
    if let Some((_, span)) = open(PASSING.steps) {
        let message = "`iam:PassRole` on any role: every role in the account can be passed to a service";
        let help = "name the roles in `Resource`, or the service in a condition on `iam:PassedToService`";
        report(Diagnostic::new(codes::PASS_ANY_ROLE, span, message).with_help(help));
    }
    if let Some((_, span)) = open(CREATING_SERVICE_ROLES.steps) {
        let message =
            "`iam:CreateServiceLinkedRole` for any service: the service-linked role of every service can be created";
        let help = "name the roles in `Resource`, as in `arn:aws:iam::*:role/aws-service-role/SERVICE.amazonaws.com/*`, or \
                    the service in a condition on `iam:AWSServiceName`";
        report(Diagnostic::new(codes::CREATE_ANY_SERVICE_ROLE, span, message).with_help(help));
    }
    let mut found: Vec<(usize, Span, String)> = Vec::new();
    for way in ways {
        let Some((statement, span)) = open(way.steps) else { continue };
        let mut names: Vec<&str> = way.steps.iter().map(|(action, _)| *action).collect();
        // One action may be asked on several resources.
        names.dedup();
        found.push((statement, span, names.join(" + ")));
    }
    // On one's own user as well as on any is one way.
    found.dedup();
    for statement in 0..document.statements().len() {
        let here: Vec<&(usize, Span, String)> = found.iter().filter(|(place, ..)| *place == statement).collect();
        let Some((_, first, _)) = here.first() else { continue };
        let names = a_few(here.iter().map(|(.., name)| name), 6);
        let message = format!("this allows privilege escalation through {names}");
        let mut finding = Diagnostic::new(codes::PRIVILEGE_ESCALATION, *first, message).with_help(
            "limit the resources, require a permissions boundary (`iam:PermissionsBoundary`), or remove the actions",
        );
        let mut marked = vec![*first];
        for (_, span, _) in here {
            if !marked.contains(span) {
                marked.push(*span);
                finding = finding.with_label(*span, "and this");
            }
        }
        report(finding);
    }
}

/// The actions that some Allow of a document is about, whatever the resource. Most policies are passed over by that alone.
struct Granted<'d>(Vec<(&'d PatternElement, Vec<ActionPattern>)>);

impl<'d> Granted<'d> {
    fn of(document: &'d PolicyDocument) -> Self {
        let allows = document.statements().iter().filter(|statement| statement.effect() == Effect::Allow);
        let with_patterns = |statement: &'d Statement| {
            (statement.action(), statement.action().patterns().map(ActionPattern::new).collect())
        };
        Self(allows.map(with_patterns).collect())
    }

    fn may_hold(&self, way: &Way) -> bool {
        way.steps.iter().all(|(action, _)| {
            let Ok(action) = action.parse() else { return false };
            let covers = |patterns: &[ActionPattern]| patterns.iter().any(|pattern| pattern.matches(&action));
            self.0.iter().any(|(element, patterns)| covers(patterns) != element.is_negated())
        })
    }
}

/// The place of the pattern that covers the action; for `NotAction` that of the element's name.
fn pattern_for(document: &PolicyDocument, statement: usize, action: &str) -> Option<Span> {
    let element = document.statements().get(statement)?.action();
    if element.is_negated() {
        return Some(element.name_span());
    }
    let action: Action = action.parse().ok()?;
    element.patterns().zip(element.spans()).find(|(pattern, _)| covers(pattern, &action)).map(|(_, span)| span)
}
