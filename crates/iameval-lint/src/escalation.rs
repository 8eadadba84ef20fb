//! Ways from some permissions to all of them, found by asking the policy.

use crate::action::{covers, is_full_access};
use crate::probe::Probe;
use crate::subject::a_few;
use iameval::text::Span;
use iameval::{Action, Code, Decision, Diagnostic, Mfa, PolicyDocument, PolicyKind};

/// Whoever may do all of these can give himself any permission that somebody in the account has.
struct Way {
    /// Each with a resource that is not the caller's own, which only a pattern for all of its type covers.
    steps: &'static [(&'static str, &'static str)],
}

const USER: &str = "arn:aws:iam::{account}:user/another";
const GROUP: &str = "arn:aws:iam::{account}:group/another";
const ROLE: &str = "arn:aws:iam::{account}:role/another";
const POLICY: &str = "arn:aws:iam::{account}:policy/another";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:{account}:function:another";
const PASS_ROLE: (&str, &str) = ("iam:PassRole", ROLE);

const fn way(steps: &'static [(&'static str, &'static str)]) -> Way {
    Way { steps }
}

/// *AWS IAM Privilege Escalation – Methods and Mitigation* by Rhino Security Labs has the classic list.
const WAYS: [Way; 27] = [
    way(&[("iam:CreatePolicyVersion", POLICY)]),
    way(&[("iam:SetDefaultPolicyVersion", POLICY)]),
    way(&[("iam:AttachUserPolicy", USER)]),
    way(&[("iam:AttachGroupPolicy", GROUP)]),
    way(&[("iam:AttachRolePolicy", ROLE)]),
    way(&[("iam:PutUserPolicy", USER)]),
    way(&[("iam:PutGroupPolicy", GROUP)]),
    way(&[("iam:PutRolePolicy", ROLE)]),
    way(&[("iam:AddUserToGroup", GROUP)]),
    way(&[("iam:UpdateAssumeRolePolicy", ROLE)]),
    way(&[("iam:CreateAccessKey", USER)]),
    way(&[("iam:CreateLoginProfile", USER)]),
    way(&[("iam:UpdateLoginProfile", USER)]),
    way(&[("iam:DeleteUserPermissionsBoundary", USER)]),
    way(&[("iam:PutUserPermissionsBoundary", USER)]),
    way(&[("iam:DeleteRolePermissionsBoundary", ROLE)]),
    way(&[("iam:PutRolePermissionsBoundary", ROLE)]),
    way(&[("lambda:UpdateFunctionCode", FUNCTION)]),
    way(&[PASS_ROLE, ("lambda:CreateFunction", FUNCTION), ("lambda:InvokeFunction", FUNCTION)]),
    way(&[PASS_ROLE, ("ec2:RunInstances", "arn:aws:ec2:us-east-1:{account}:instance/*")]),
    way(&[PASS_ROLE, ("cloudformation:CreateStack", "arn:aws:cloudformation:us-east-1:{account}:stack/another/*")]),
    way(&[
        PASS_ROLE,
        ("glue:CreateJob", "arn:aws:glue:us-east-1:{account}:job/another"),
        ("glue:StartJobRun", "arn:aws:glue:us-east-1:{account}:job/another"),
    ]),
    way(&[PASS_ROLE, ("glue:CreateDevEndpoint", "arn:aws:glue:us-east-1:{account}:devEndpoint/another")]),
    way(&[
        PASS_ROLE,
        ("ecs:RegisterTaskDefinition", "arn:aws:ecs:us-east-1:{account}:task-definition/another:1"),
        ("ecs:RunTask", "arn:aws:ecs:us-east-1:{account}:task-definition/another:1"),
    ]),
    way(&[
        PASS_ROLE,
        ("sagemaker:CreateNotebookInstance", "arn:aws:sagemaker:us-east-1:{account}:notebook-instance/another"),
        (
            "sagemaker:CreatePresignedNotebookInstanceUrl",
            "arn:aws:sagemaker:us-east-1:{account}:notebook-instance/another",
        ),
    ]),
    way(&[
        PASS_ROLE,
        ("codebuild:CreateProject", "arn:aws:codebuild:us-east-1:{account}:project/another"),
        ("codebuild:StartBuild", "arn:aws:codebuild:us-east-1:{account}:project/another"),
    ]),
    way(&[
        PASS_ROLE,
        ("datapipeline:CreatePipeline", "*"),
        ("datapipeline:PutPipelineDefinition", "arn:aws:datapipeline:us-east-1:{account}:pipeline/another"),
    ]),
];

pub(crate) fn lint(document: &PolicyDocument, kind: PolicyKind, report: &mut impl FnMut(Diagnostic)) {
    if kind != PolicyKind::Identity || document.statements().iter().any(is_full_access) {
        return;
    }
    let Some(probe) = Probe::new(document) else { return };
    let allowed = |(action, resource): &(&str, &str)| probe.decide(action, resource, Mfa::TRUE) == Decision::Allowed;
    let place = |(action, resource): &(&str, &str)| {
        let statement = probe.statement(action, resource, Mfa::TRUE)?;
        Some((statement, pattern_for(document, statement, action)?))
    };
    if allowed(&PASS_ROLE)
        && let Some((_, span)) = place(&PASS_ROLE)
    {
        let message = "`iam:PassRole` on any role: its holder can hand every role of the account to a service";
        let help = "name the roles in `Resource`, or the service in a condition on `iam:PassedToService`";
        report(Diagnostic::new(Code::PassAnyRole, span, message).with_help(help));
    }
    let mut open: Vec<(usize, Span, String)> = Vec::new();
    for way in WAYS.iter().filter(|way| way.steps.iter().all(allowed)) {
        // The last step is the one that makes the others a way.
        let Some((statement, span)) = way.steps.last().and_then(place) else { continue };
        let names: Vec<&str> = way.steps.iter().map(|(action, _)| *action).collect();
        open.push((statement, span, names.join(" + ")));
    }
    for statement in 0..document.statements().len() {
        let here: Vec<&(usize, Span, String)> = open.iter().filter(|(place, ..)| *place == statement).collect();
        let Some((_, first, _)) = here.first() else { continue };
        let names = a_few(here.iter().map(|(.., name)| name), 6);
        let message = format!("whoever holds this can come by further permissions, through {names}");
        let mut finding = Diagnostic::new(Code::PrivilegeEscalation, *first, message)
            .with_help("limit the resources, require a boundary (`iam:PermissionsBoundary`), or leave the actions out");
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

/// The place of the pattern that covers the action; for `NotAction` that of the element's name.
fn pattern_for(document: &PolicyDocument, statement: usize, action: &str) -> Option<Span> {
    let element = document.statements().get(statement)?.action();
    if element.is_negated() {
        return Some(element.name_span());
    }
    let action: Action = action.parse().ok()?;
    element.patterns().zip(element.spans()).find(|(pattern, _)| covers(pattern, &action)).map(|(_, span)| span)
}
