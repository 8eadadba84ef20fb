//! Attachments that are resources of their own become properties of what they attach to, as CloudFormation has them.

use super::document::perhaps;
use super::drafted::{Drafted, Root};
use super::naming::Naming;
use super::resources::{at, entry, properties};
use crate::document::choices::Part;
use crate::index::{Index, Meant};
use crate::stack::{Resource, Stack};
use crate::types::{GROUP, PERMISSION_SET, ROLE, USER};
use crate::value::{Value, ValueKind};
use iameval::symbol::{OnlyIf, Symbol, SymbolKind, Symbols};
use iameval::{Problem, Severity};
use iameval_world::{Finding, codes};
use std::collections::HashMap;
use std::sync::Arc;

/// A type of resources that attach something.
struct Attachment {
    kind: &'static str,
    /// The argument that names what it is attached to, and the type of that.
    to: (&'static str, &'static str),
    /// The argument that says what is attached.
    what: &'static str,
    /// The property that has it afterwards.
    property: &'static str,
    how: How,
}

/// How a property takes what is attached.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// It is one more in a list.
    Add,
    /// It takes the place of what was there.
    Set,
}

const fn adds(
    kind: &'static str,
    to: (&'static str, &'static str),
    what: &'static str,
    property: &'static str,
) -> Attachment {
    Attachment { kind, to, what, property, how: How::Add }
}

const fn sets(
    kind: &'static str,
    to: (&'static str, &'static str),
    what: &'static str,
    property: &'static str,
) -> Attachment {
    Attachment { kind, to, what, property, how: How::Set }
}

const ARNS: &str = "ManagedPolicyArns";
const ORGANIZATION_POLICY: &str = "AWS::Organizations::Policy";

static ATTACHMENTS: &[Attachment] = &[
    adds("aws_iam_role_policy_attachment", ("role", ROLE), "policy_arn", ARNS),
    adds("aws_iam_user_policy_attachment", ("user", USER), "policy_arn", ARNS),
    adds("aws_iam_group_policy_attachment", ("group", GROUP), "policy_arn", ARNS),
    adds("aws_iam_policy_attachment", ("roles", ROLE), "policy_arn", ARNS),
    adds("aws_iam_policy_attachment", ("users", USER), "policy_arn", ARNS),
    adds("aws_iam_policy_attachment", ("groups", GROUP), "policy_arn", ARNS),
    adds("aws_iam_role_policy_attachments_exclusive", ("role_name", ROLE), "policy_arns", ARNS),
    adds("aws_iam_user_policy_attachments_exclusive", ("user_name", USER), "policy_arns", ARNS),
    adds("aws_iam_group_policy_attachments_exclusive", ("group_name", GROUP), "policy_arns", ARNS),
    adds("aws_iam_user_group_membership", ("user", USER), "groups", "Groups"),
    adds("aws_organizations_policy_attachment", ("policy_id", ORGANIZATION_POLICY), "target_id", "TargetIds"),
    adds(
        "aws_ssoadmin_managed_policy_attachment",
        ("permission_set_arn", PERMISSION_SET),
        "managed_policy_arn",
        "ManagedPolicies",
    ),
    adds(
        "aws_ssoadmin_customer_managed_policy_attachment",
        ("permission_set_arn", PERMISSION_SET),
        "customer_managed_policy_reference",
        "CustomerManagedPolicyReferences",
    ),
    sets(
        "aws_ssoadmin_permission_set_inline_policy",
        ("permission_set_arn", PERMISSION_SET),
        "inline_policy",
        "InlinePolicy",
    ),
    sets(
        "aws_ssoadmin_permissions_boundary_attachment",
        ("permission_set_arn", PERMISSION_SET),
        "permissions_boundary",
        "PermissionsBoundary",
    ),
    sets("aws_kms_key_policy", ("key_id", "AWS::KMS::Key"), "policy", "KeyPolicy"),
    sets("aws_vpc_endpoint_policy", ("vpc_endpoint_id", "AWS::EC2::VPCEndpoint"), "policy", "PolicyDocument"),
];

/// Whether an argument is a policy that becomes a property of another resource.
#[cfg(test)]
pub(super) fn folds(kind: &str, what: &str) -> bool {
    let is_policy = |attachment: &Attachment| {
        attachment.how == How::Set && attachment.what == what && attachment.property != "PermissionsBoundary"
    };
    ATTACHMENTS.iter().any(|attachment| attachment.kind == kind && is_policy(attachment))
}

/// Something to attach.
struct Fold {
    to: usize,
    property: &'static str,
    how: How,
    value: Value,
    only_if: Vec<OnlyIf>,
}

/// Attaches everything of one root module, and takes out what no longer is.
pub(super) fn gather(stack: &mut Stack, root: &mut Root, naming: &mut Naming<'_>) {
    let stacks = std::slice::from_mut(stack);
    let index = Index::new(stacks, false);
    let (folds, warnings) = find(&index, naming.symbols);
    let gone = gone(&index, root, naming.symbols);
    drop(index);
    root.warnings.extend(warnings);
    let Some(stack) = stacks.first_mut() else { return };
    for (number, gone) in gone {
        if let Some(resource) = stack.resources.get_mut(number) {
            take_out(resource, &gone);
        }
    }
    for fold in folds {
        if let Some(resource) = stack.resources.get_mut(fold.to) {
            attach(resource, fold);
        }
    }
    only_these(stacks, naming);
}

/// What is attached to which resource.
fn find(index: &Index<'_>, symbols: &Symbols) -> (Vec<Fold>, Vec<Finding>) {
    let (mut folds, mut warnings) = (Vec::new(), Vec::new());
    for item in &index.items {
        for attachment in ATTACHMENTS.iter().filter(|attachment| attachment.kind == item.resource.kind) {
            let Some(value) = item.resource.properties.get(attachment.what) else { continue };
            for part in item.properties().at(&[attachment.to.0, "*"]) {
                let Some(text) = part.text() else { continue };
                let mut only_if = part.needs();
                only_if.extend(item.resource.exists_only_if());
                let holders = match index.meant(&text, &[attachment.to.1], symbols) {
                    Meant::This(holder) => vec![(holder, None)],
                    Meant::Perhaps(perhaps) => {
                        perhaps.into_iter().map(|(holder, symbol)| (holder, Some(symbol))).collect()
                    }
                    Meant::Outside => Vec::new(),
                };
                if holders.is_empty() {
                    let text = symbols.display(&text);
                    let message =
                        format!("`{}` is attached to `{text}`, which nothing that was read defines", item.address);
                    let help = "nothing that the world has is affected by that";
                    let problem = Problem::new(codes::UNKNOWN_NAME, message).with_severity(Severity::Warning);
                    warnings.push(Finding::new(item.source(), problem.with_help(help).at(part.value.span)));
                }
                for (to, symbol) in holders {
                    let Some(holder) = index.get(to) else { continue };
                    let mut only_if = only_if.clone();
                    only_if.extend(symbol.map(OnlyIf::from));
                    let of_holder = holder.resource.exists_only_if();
                    only_if.retain(|only_if| of_holder != Some(*only_if));
                    let is_same = Arc::ptr_eq(holder.source(), item.source());
                    let value = if is_same {
                        value.clone()
                    } else {
                        value.clone().placed(at(holder.resource, value.span, false))
                    };
                    let Attachment { property, how, .. } = *attachment;
                    folds.push(Fold { to, property, how, value, only_if });
                }
            }
        }
    }
    (folds, warnings)
}

fn attach(resource: &mut Resource, fold: Fold) {
    let Fold { property, how, value, only_if, .. } = fold;
    let on_conditions =
        |value: Value| only_if.iter().fold(value, |value, only_if| Value::only_if(*only_if, &value, None));
    let Some(entries) = properties(resource) else { return };
    let known = entries.iter().position(|entry| entry.key.text == property);
    let known = known.map(|at| entries.remove(at).value);
    let value = match how {
        How::Add => {
            let mut items = match known {
                Some(Value { kind: ValueKind::List(items), .. }) => items,
                Some(other) => vec![other],
                None => Vec::new(),
            };
            let new = match value.kind {
                ValueKind::List(items) => items,
                _ => vec![value],
            };
            for item in new {
                let is_there = |known: &Value| known.as_text().is_some() && known.as_text() == item.as_text();
                if !items.iter().any(is_there) {
                    items.push(on_conditions(item));
                }
            }
            let span = items.first().map_or(resource.span, |item| item.span);
            Value { span, kind: ValueKind::List(items) }
        }
        How::Set => only_if.iter().fold(value, |value, only_if| Value::only_if(*only_if, &value, known.as_ref())),
    };
    if let Some(entries) = properties(resource) {
        entries.push(entry(property, value));
    }
}

/// A part of a resource that is no longer so, for certain or perhaps.
#[derive(Debug, Clone)]
enum Gone {
    /// The policy itself: another resource is the policy of what holds it.
    Policy { property: &'static str, only_if: Option<Symbol> },
    /// An item of a list: one with that name or text.
    Item { property: &'static str, named: String },
}

/// What values that were read from AWS say, and is said by resources of their own, or by none any more.
fn gone(index: &Index<'_>, root: &Root, symbols: &Symbols) -> Vec<(usize, Gone)> {
    let mut all = Vec::new();
    let by_id: HashMap<(&str, &str), usize> =
        (0..).zip(&index.items).map(|(number, item)| ((&*item.resource.id, &*item.resource.kind), number)).collect();
    let drafted: HashMap<&str, &Drafted> = root.resources.iter().map(|drafted| (&*drafted.address, drafted)).collect();
    let is_computed = |number: usize, argument: &str| {
        let item = index.get(number);
        let drafted = item.and_then(|item| drafted.get(&*item.resource.id));
        drafted.is_some_and(|drafted| drafted.computed.contains(&argument))
    };
    for known in root.resources.iter().map(|drafted| (drafted, false)).chain(root.deleted.iter().map(|d| (d, true))) {
        let (drafted, is_deleted) = known;
        let text = |name: &str| {
            let value = drafted.argument(name)?;
            Part::new(value, Vec::new()).text()
        };
        for separate in SEPARATE.iter().filter(|separate| separate.kind == drafted.kind) {
            let Some(holder) = text(separate.by) else { continue };
            for (number, only_if) in separate.held_by(index, &by_id, &holder, symbols) {
                let Some(item) = index.get(number).filter(|item| item.resource.id != drafted.address) else { continue };
                let has_it = item.resource.properties.get(separate.property).is_some();
                if has_it && is_computed(number, separate.argument) {
                    all.push((number, Gone::Policy { property: separate.property, only_if }));
                }
            }
        }
        for (kind, by, what, holder, property) in ITEMS {
            if *kind != drafted.kind || (*property != "Policies" && !is_deleted) {
                continue;
            }
            let (Some(to), Some(named)) = (text(by), text(what)) else { continue };
            if let Meant::This(number) = index.meant(&to, &[holder], symbols) {
                let argument = if *property == "Policies" { "inline_policy" } else { "managed_policy_arns" };
                if is_computed(number, argument) {
                    all.push((number, Gone::Item { property, named }));
                }
            }
        }
    }
    all
}

/// A type of resources that are the policy of others, which have it as an argument, too.
struct Separate {
    kind: &'static str,
    by: &'static str,
    /// What has the policy in the index.
    holder: &'static str,
    property: &'static str,
    argument: &'static str,
    /// For policies that are resources of their own in the index: the type of what holds them.
    of: Option<&'static str>,
}

const fn extra(
    kind: &'static str,
    by: &'static str,
    holder: &'static str,
    property: &'static str,
    of: &'static str,
) -> Separate {
    Separate { kind, by, holder, property, argument: "policy", of: Some(of) }
}

const fn own(
    kind: &'static str,
    by: &'static str,
    holder: &'static str,
    property: &'static str,
    argument: &'static str,
) -> Separate {
    Separate { kind, by, holder, property, argument, of: None }
}

static SEPARATE: &[Separate] = &[
    extra("aws_s3_bucket_policy", "bucket", "AWS::S3::BucketPolicy", "PolicyDocument", "AWS::S3::Bucket"),
    extra("aws_sqs_queue_policy", "queue_url", "AWS::SQS::QueuePolicy", "PolicyDocument", "AWS::SQS::Queue"),
    extra("aws_sns_topic_policy", "arn", "AWS::SNS::TopicPolicy", "PolicyDocument", "AWS::SNS::Topic"),
    extra(
        "aws_secretsmanager_secret_policy",
        "secret_arn",
        "AWS::SecretsManager::ResourcePolicy",
        "ResourcePolicy",
        "AWS::SecretsManager::Secret",
    ),
    own("aws_kms_key_policy", "key_id", "AWS::KMS::Key", "KeyPolicy", "policy"),
    own("aws_vpc_endpoint_policy", "vpc_endpoint_id", "AWS::EC2::VPCEndpoint", "PolicyDocument", "policy"),
    own("aws_api_gateway_rest_api_policy", "rest_api_id", "AWS::ApiGateway::RestApi", "Policy", "policy"),
    own("aws_s3control_access_point_policy", "access_point_arn", "AWS::S3::AccessPoint", "Policy", "policy"),
    own(
        "aws_opensearch_domain_policy",
        "domain_name",
        "AWS::OpenSearchService::Domain",
        "AccessPolicies",
        "access_policies",
    ),
    own(
        "aws_elasticsearch_domain_policy",
        "domain_name",
        "AWS::Elasticsearch::Domain",
        "AccessPolicies",
        "access_policies",
    ),
];

/// Inline policies and attachments that roles list, too: type, the argument that names the role, the one that is listed,
/// and the type and property that lists it.
static ITEMS: &[(&str, &str, &str, &str, &str)] = &[
    ("aws_iam_role_policy", "role", "name", ROLE, "Policies"),
    ("aws_iam_role_policy_attachment", "role", "policy_arn", ROLE, ARNS),
];

impl Separate {
    /// The resources that have the policy of what a text names: surely, or depending on a symbol. A policy that stands in
    /// a resource may be one of its own in the index, with the same address.
    fn held_by(
        &self,
        index: &Index<'_>,
        by_id: &HashMap<(&str, &str), usize>,
        text: &str,
        symbols: &Symbols,
    ) -> Vec<(usize, Option<Symbol>)> {
        let kind = self.of.unwrap_or(self.holder);
        let holders = match index.meant(text, &[kind], symbols) {
            Meant::This(number) => vec![(number, None)],
            Meant::Perhaps(perhaps) => perhaps.into_iter().map(|(number, symbol)| (number, Some(symbol))).collect(),
            Meant::Outside => Vec::new(),
        };
        let with_policy = holders.into_iter().filter_map(|(number, symbol)| {
            let id = &*index.get(number)?.resource.id;
            Some((if self.of.is_some() { *by_id.get(&(id, self.holder))? } else { number }, symbol))
        });
        with_policy.collect()
    }
}

fn take_out(resource: &mut Resource, gone: &Gone) {
    let Some(entries) = properties(resource) else { return };
    match gone {
        Gone::Policy { property, only_if: None } => entries.retain(|entry| entry.key.text != *property),
        Gone::Policy { property, only_if: Some(symbol) } => {
            for entry in entries.iter_mut().filter(|entry| entry.key.text == *property) {
                entry.value = perhaps(*symbol, &entry.value);
            }
        }
        Gone::Item { property, named } => {
            for entry in entries.iter_mut().filter(|entry| entry.key.text == *property) {
                if let ValueKind::List(items) = &mut entry.value.kind {
                    items.retain(|item| {
                        let name = item.get("PolicyName").unwrap_or(item);
                        name.as_text() != Some(named)
                    });
                }
            }
        }
    }
}

/// A type of resources that take away what they do not list.
struct Exclusive {
    kind: &'static str,
    to: (&'static str, &'static str),
    lists: &'static str,
    property: &'static str,
    /// The type of single policies beside the property.
    single: Option<(&'static str, &'static str)>,
}

static EXCLUSIVE: &[Exclusive] = &[
    Exclusive {
        kind: "aws_iam_role_policy_attachments_exclusive",
        to: ("role_name", ROLE),
        lists: "policy_arns",
        property: ARNS,
        single: None,
    },
    Exclusive {
        kind: "aws_iam_user_policy_attachments_exclusive",
        to: ("user_name", USER),
        lists: "policy_arns",
        property: ARNS,
        single: None,
    },
    Exclusive {
        kind: "aws_iam_group_policy_attachments_exclusive",
        to: ("group_name", GROUP),
        lists: "policy_arns",
        property: ARNS,
        single: None,
    },
    Exclusive {
        kind: "aws_iam_role_policies_exclusive",
        to: ("role_name", ROLE),
        lists: "policy_names",
        property: "Policies",
        single: Some(("AWS::IAM::RolePolicy", "RoleName")),
    },
    Exclusive {
        kind: "aws_iam_user_policies_exclusive",
        to: ("user_name", USER),
        lists: "policy_names",
        property: "Policies",
        single: Some(("AWS::IAM::UserPolicy", "UserName")),
    },
    Exclusive {
        kind: "aws_iam_group_policies_exclusive",
        to: ("group_name", GROUP),
        lists: "policy_names",
        property: "Policies",
        single: Some(("AWS::IAM::GroupPolicy", "GroupName")),
    },
];

/// What an exclusive list does not name may be taken away: which of the two comes last, Terraform does not say.
fn only_these(stacks: &mut [Stack], naming: &mut Naming<'_>) {
    let is_exclusive = |resource: &Resource| EXCLUSIVE.iter().any(|known| known.kind == resource.kind);
    if !stacks.iter().flat_map(|stack| &stack.resources).any(is_exclusive) {
        return;
    }
    let mut single: Vec<(usize, Symbol)> = Vec::new();
    let mut listed: Vec<(usize, &'static str, Vec<String>, Symbol)> = Vec::new();
    {
        let index = Index::new(stacks, false);
        for item in &index.items {
            let Some(exclusive) = EXCLUSIVE.iter().find(|known| known.kind == item.resource.kind) else { continue };
            let Some(to) = item.text(&[exclusive.to.0]) else { continue };
            let names: Vec<String> =
                item.properties().at(&[exclusive.lists, "*"]).iter().filter_map(Part::text).collect();
            let what = "whether what the list leaves out is taken away";
            let address = format!("{} takes others away", item.resource.id);
            let symbol = naming.described(&address, SymbolKind::Input, what, "one way to attach policies");
            let holders = match index.meant(&to, &[exclusive.to.1], naming.symbols) {
                Meant::This(number) => vec![number],
                Meant::Perhaps(all) => all.into_iter().map(|(number, _)| number).collect(),
                Meant::Outside => Vec::new(),
            };
            for holder in holders {
                listed.push((holder, exclusive.property, names.clone(), symbol));
                let Some((kind, by)) = exclusive.single else { continue };
                for number in index.of_type(kind) {
                    let Some(policy) = index.get(*number) else { continue };
                    let is_listed = policy.text(&["PolicyName"]).is_some_and(|name| names.contains(&name));
                    let of = policy.text(&[by]).map(|text| index.meant(&text, &[exclusive.to.1], naming.symbols));
                    let may_be_of = match of {
                        Some(Meant::This(number)) => number == holder,
                        Some(Meant::Perhaps(all)) => all.iter().any(|(number, _)| *number == holder),
                        Some(Meant::Outside) | None => false,
                    };
                    if may_be_of && !is_listed {
                        single.push((*number, symbol));
                    }
                }
            }
        }
    }
    let Some(stack) = stacks.first_mut() else { return };
    for (number, symbol) in single {
        if let Some(resource) = stack.resources.get_mut(number) {
            resource.only_if = resource.only_if.or(Some(symbol));
        }
    }
    for (number, property, names, symbol) in listed {
        let entries = stack.resources.get_mut(number).and_then(properties);
        for entry in entries.into_iter().flatten().filter(|entry| entry.key.text == property) {
            let ValueKind::List(items) = &mut entry.value.kind else { continue };
            for item in items {
                let name = item.get("PolicyName").unwrap_or(item).as_text();
                if !name.is_some_and(|name| names.iter().any(|listed| listed == name)) {
                    *item = perhaps(symbol, item);
                }
            }
        }
    }
}
