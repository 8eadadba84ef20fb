//! Single users, groups, roles and policies of a dump.

use super::stream::RawValue;
use crate::codes;
use crate::finding::Finding;
use crate::model::policy::LoadedPolicy;
use crate::percent::decode;
use crate::source::Source;
use iameval::json::fields::{boolean, invalid, text};
use iameval::json::{Node, Value};
use iameval::text::{LineIndex, Position, Span};
use iameval::{Diagnostic, Principal, PrincipalClass};
use std::cell::OnceCell;
use std::sync::Arc;

/// A user; policies and groups are named only.
pub(super) struct User {
    pub(super) name: String,
    pub(super) principal: Principal,
    pub(super) place: Position,
    pub(super) unique_id: Option<String>,
    pub(super) policies: AttachedPolicies,
    pub(super) groups: Vec<Reference>,
    pub(super) boundary: Option<Reference>,
    pub(super) tags: Vec<(String, String)>,
}

pub(super) struct Group {
    pub(super) name: String,
    pub(super) place: Position,
    pub(super) policies: AttachedPolicies,
}

pub(super) struct Role {
    pub(super) name: String,
    pub(super) principal: Principal,
    pub(super) place: Position,
    pub(super) unique_id: Option<String>,
    pub(super) trust: Arc<LoadedPolicy>,
    pub(super) policies: AttachedPolicies,
    pub(super) boundary: Option<Reference>,
    pub(super) tags: Vec<(String, String)>,
}

pub(super) struct Policy {
    pub(super) arn: String,
    pub(super) place: Position,
    pub(super) document: Arc<LoadedPolicy>,
}

pub(super) struct AttachedPolicies {
    pub(super) inline: Vec<Arc<LoadedPolicy>>,
    pub(super) managed: Vec<Reference>,
}

/// A name or an ARN, and where it stands.
pub(super) struct Reference {
    pub(super) text: Box<str>,
    pub(super) place: Position,
}

/// Where an item of the dump stands.
pub(super) struct ItemPlace<'p> {
    file: &'p str,
    /// Such as `Policies[3]`.
    path: String,
    part: RawValue<'p>,
    lines: OnceCell<LineIndex>,
}

type Result<T> = std::result::Result<T, Vec<Finding>>;

impl<'p> ItemPlace<'p> {
    pub(super) fn new(file: &'p str, path: String, part: RawValue<'p>) -> Self {
        Self { file, path, part, lines: OnceCell::new() }
    }

    /// A finding in the item.
    pub(super) fn error(&self, diagnostic: Diagnostic) -> Vec<Finding> {
        vec![Finding::new(&Source::part(self.file, self.part.text, self.part.start), diagnostic)]
    }

    fn invalid(&self, span: Span, message: impl Into<String>) -> Vec<Finding> {
        self.error(invalid(span, message))
    }

    /// Where the span begins in the dump.
    fn position(&self, span: Span) -> Position {
        let lines = self.lines.get_or_init(|| LineIndex::new(self.part.text));
        let within = lines.position(self.part.text, span.start);
        let start = self.part.start;
        let column = if within.line == 1 { within.column + start.column - 1 } else { within.column };
        Position { line: within.line + start.line - 1, column }
    }

    /// The member of that name; `null` counts as absent.
    fn get<'n, 'a>(&self, node: &'n Node<'a>, name: &str) -> Result<Option<&'n Node<'a>>> {
        let Some(members) = node.members() else {
            return Err(self.invalid(node.span, format!("`{}` must be an object, found {}", self.path, node.kind())));
        };
        let mut found = members.iter().filter(|member| member.key == name);
        let first = found.next();
        if let Some(second) = found.next() {
            return Err(self.invalid(second.key_span, format!("`{name}` is given twice")));
        }
        Ok(first.map(|member| &member.value).filter(|node| node.value != Value::Null))
    }

    fn optional_text<'n>(&self, node: &'n Node<'_>, name: &str) -> Result<Option<&'n str>> {
        let found = self.get(node, name)?;
        found.map(|node| text(node, &format!("`{name}`"))).transpose().map_err(|error| self.error(error))
    }

    fn required<'n, 'a>(&self, node: &'n Node<'a>, name: &str) -> Result<&'n Node<'a>> {
        self.get(node, name)?.ok_or_else(|| self.invalid(node.beginning(), format!("`{}` has no `{name}`", self.path)))
    }

    fn text<'n>(&self, node: &'n Node<'_>, name: &str) -> Result<&'n str> {
        text(self.required(node, name)?, &format!("`{name}`")).map_err(|error| self.error(error))
    }

    fn reference(&self, node: &Node<'_>, name: &str) -> Result<Reference> {
        let text = text(node, &format!("`{name}`")).map_err(|error| self.error(error))?;
        Ok(Reference { text: text.into(), place: self.position(node.span) })
    }

    /// The items of a list; none when it is absent. AWS's own example has one object where a list should be.
    fn list<'n, 'a>(&self, node: &'n Node<'a>, name: &str) -> Result<&'n [Node<'a>]> {
        match self.get(node, name)? {
            None => Ok(&[]),
            Some(Node { value: Value::Array(items), .. }) => Ok(items),
            Some(node @ Node { value: Value::Object(_), .. }) => Ok(std::slice::from_ref(node)),
            Some(node) => Err(self.invalid(node.span, format!("`{name}` must be a list, found {}", node.kind()))),
        }
    }

    /// The policy in a document that is an object or an encoded string; `path` is that of the node in the item.
    fn document(&self, node: &Node<'_>, name: &str, path: &str) -> Result<LoadedPolicy> {
        let source = match &node.value {
            Value::Object(_) => {
                let text = self.part.text.get(node.span.range()).unwrap_or_default();
                Source::part(self.file, text, self.position(node.span))
            }
            Value::String(text) => {
                let path = format!("{}.{path}", self.path);
                match decode(text) {
                    Ok(decoded) => Source::new(format!("{}, {path}", self.file), decoded),
                    Err(problem) => {
                        let error = invalid(node.span, format!("`{path}` is not percent-encoded correctly: {problem}"));
                        return Err(self.error(error));
                    }
                }
            }
            _ => {
                let message = format!(
                    "`{}.{path}` must be a policy document or a string that encodes one, found {}",
                    self.path,
                    node.kind()
                );
                return Err(self.error(Diagnostic::new(iameval::codes::WRONG_TYPE, node.span, message)));
            }
        };
        LoadedPolicy::from_source_sparingly(name, &source)
    }

    /// Inline policies in the member `name`, and attached ones.
    fn policies(&self, node: &Node<'_>, owner: &str, name: &str) -> Result<AttachedPolicies> {
        let mut findings = Vec::new();
        let mut inline = Vec::new();
        for (index, policy) in self.list(node, name)?.iter().enumerate() {
            let own_name = self.text(policy, "PolicyName")?;
            let document = self.required(policy, "PolicyDocument")?;
            let path = format!("{name}[{index}].PolicyDocument");
            match self.document(document, &format!("{owner}:{own_name}"), &path) {
                Ok(policy) => inline.push(Arc::new(policy)),
                Err(more) => findings.extend(more),
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let attached = self.list(node, "AttachedManagedPolicies")?.iter();
        let managed = attached.map(|policy| self.reference(self.required(policy, "PolicyArn")?, "PolicyArn"));
        Ok(AttachedPolicies { inline, managed: managed.collect::<Result<_>>()? })
    }

    fn boundary(&self, node: &Node<'_>) -> Result<Option<Reference>> {
        let Some(boundary) = self.get(node, "PermissionsBoundary")? else { return Ok(None) };
        let arn = self.required(boundary, "PermissionsBoundaryArn")?;
        self.reference(arn, "PermissionsBoundaryArn").map(Some)
    }

    fn tags(&self, node: &Node<'_>) -> Result<Vec<(String, String)>> {
        let tag = |tag: &Node<'_>| {
            let value = self.required(tag, "Value")?;
            // The value may be empty.
            let Some(value) = value.as_str() else {
                return Err(self.invalid(value.span, format!("`Value` must be a string, found {}", value.kind())));
            };
            Ok((self.text(tag, "Key")?.to_owned(), value.to_owned()))
        };
        self.list(node, "Tags")?.iter().map(tag).collect()
    }

    fn principal(&self, node: &Node<'_>, class: PrincipalClass) -> Result<Principal> {
        let span = self.required(node, "Arn")?.span;
        let arn = self.text(node, "Arn")?;
        Principal::of_class(class, arn)
            .map_err(|problem| self.error(Diagnostic::new(codes::INVALID_CALLER, span, problem.to_string())))
    }
}

pub(super) fn user(place: &ItemPlace<'_>, node: &Node<'_>) -> Result<User> {
    let name = place.text(node, "UserName")?;
    let groups = place.list(node, "GroupList")?.iter();
    Ok(User {
        name: name.to_owned(),
        principal: place.principal(node, PrincipalClass::User)?,
        place: place.part.start,
        unique_id: place.optional_text(node, "UserId")?.map(Into::into),
        policies: place.policies(node, name, "UserPolicyList")?,
        groups: groups.map(|group| place.reference(group, "GroupList")).collect::<Result<_>>()?,
        boundary: place.boundary(node)?,
        tags: place.tags(node)?,
    })
}

pub(super) fn group(place: &ItemPlace<'_>, node: &Node<'_>) -> Result<Group> {
    let name = place.text(node, "GroupName")?;
    let policies = place.policies(node, name, "GroupPolicyList")?;
    Ok(Group { name: name.to_owned(), place: place.part.start, policies })
}

pub(super) fn role(place: &ItemPlace<'_>, node: &Node<'_>) -> Result<Role> {
    let name = place.text(node, "RoleName")?;
    let trust = place.required(node, "AssumeRolePolicyDocument")?;
    let trust = place.document(trust, &format!("{name}:trust"), "AssumeRolePolicyDocument").map(Arc::new);
    let policies = place.policies(node, name, "RolePolicyList");
    // Both may have something wrong.
    let (trust, policies) = match (trust, policies) {
        (Ok(trust), Ok(policies)) => (trust, policies),
        (trust, policies) => {
            let findings = [trust.err(), policies.err()];
            return Err(findings.into_iter().flatten().flatten().collect());
        }
    };
    Ok(Role {
        name: name.to_owned(),
        principal: place.principal(node, PrincipalClass::Role)?,
        place: place.part.start,
        unique_id: place.optional_text(node, "RoleId")?.map(Into::into),
        trust,
        policies,
        boundary: place.boundary(node)?,
        tags: place.tags(node)?,
    })
}

pub(super) fn policy(place: &ItemPlace<'_>, node: &Node<'_>) -> Result<Policy> {
    let arn = place.text(node, "Arn")?;
    let own_name = arn.rsplit('/').next().unwrap_or(arn);
    let of_aws = arn.contains(":iam::aws:");
    let name = if of_aws { format!("aws:{own_name}") } else { own_name.to_owned() };
    let (index, document) = default_version(place, node, arn)?;
    let document = place.document(document, &name, &format!("PolicyVersionList[{index}].Document"))?.with_arn(arn);
    let document = if of_aws { document.owned_by_aws() } else { document };
    Ok(Policy { arn: arn.to_owned(), place: place.part.start, document: Arc::new(document) })
}

/// The document of the default version, and which of the list it is.
fn default_version<'n, 'a>(place: &ItemPlace<'_>, node: &'n Node<'a>, arn: &str) -> Result<(usize, &'n Node<'a>)> {
    let default_id = place.optional_text(node, "DefaultVersionId")?;
    let mut default: Option<(usize, &Node<'_>)> = None;
    let mut by_id = None;
    for (index, version) in place.list(node, "PolicyVersionList")?.iter().enumerate() {
        let flag = place.get(version, "IsDefaultVersion")?;
        let flag = flag.map(|flag| boolean(flag, "`IsDefaultVersion`")).transpose();
        let id = place.optional_text(version, "VersionId")?;
        if default_id.is_some() && id == default_id {
            by_id = Some((index, version));
        }
        if flag.map_err(|error| place.error(error))? == Some(true) {
            if let Some((_, first)) = default {
                let error = invalid(version.beginning(), format!("the policy `{arn}` has two default versions"))
                    .blaming(version.span)
                    .with_label(first.beginning(), "the first one");
                return Err(place.error(error));
            }
            default = Some((index, version));
        }
    }
    if let (Some((first, _)), Some((second, version))) = (default, by_id)
        && first != second
    {
        let message = format!("the `DefaultVersionId` of the policy `{arn}` differs from its default version");
        return Err(place.invalid(version.beginning(), message));
    }
    let Some((index, version)) = default.or(by_id) else {
        let error = invalid(node.beginning(), format!("the policy `{arn}` has no default version"));
        let help = "one item of `PolicyVersionList` must have `IsDefaultVersion`, or the `VersionId` that \
                    `DefaultVersionId` names";
        return Err(place.error(error.with_help(help)));
    };
    Ok((index, place.required(version, "Document")?))
}
