//! The transform of SAM, `AWS::Serverless-2016-10-31`: from a template to a template.
//!
//! What it makes is what policies and principals depend on, as SAM makes it: roles, policies, permissions, and the resources
//! that these name, under the ids that SAM gives them. What has no part in that is left out: stages, deployments, event
//! source mappings. Functions such as `Ref` are not evaluated here, only where SAM itself must know a value. Everything
//! made stands at the place of what it is made from.

mod api;
mod connector;
mod connector_profiles;
mod deployment;
mod events;
mod function;
mod globals;
mod graphql;
mod ids;
mod implicit;
mod others;
mod policies;
mod policy_templates;
mod references;
mod resource_policy;
mod role;
mod state_machine;
#[cfg(test)]
mod tests;

use super::tree::{self, Place, Tree};
use crate::codes;
use iameval::json::{Member, Node, Value};
use iameval::text::Span;
use iameval::{Diagnostic, suggest};
use std::collections::{BTreeMap, HashMap};

/// So much all that is made may come to: values, and texts by their length.
const MAX_SIZE: usize = 1_000_000;

/// What is known before functions are evaluated.
pub(super) struct Setting<'k> {
    /// The values of parameters.
    pub(super) known: &'k dyn Fn(&str) -> Option<String>,
    /// Where the stack is deployed, as far as that is known.
    pub(super) region: Option<&'k str>,
}

/// A template without SAM resources.
#[derive(Debug)]
pub(super) struct Transformed {
    pub(super) tree: Tree,
    /// What is hidden.
    pub(super) warnings: Vec<Diagnostic>,
}

/// Whether a template asks for the transform.
pub(super) fn is_asked_for(tree: &Tree) -> bool {
    super::template::transforms(tree).iter().any(|(name, _)| name.starts_with("AWS::Serverless-"))
}

/// The same template with its SAM resources expanded.
pub(super) fn transform(tree: &Tree, setting: &Setting<'_>) -> Result<Transformed, Vec<Diagnostic>> {
    let nothing = Place(tree.span).object(Vec::new());
    let globals = tree.get("Globals").unwrap_or(&nothing);
    let mut resources = last_of_each(tree.get("Resources").and_then(Node::members).unwrap_or_default());
    let mut conditions = implicit::add(&mut resources);
    let mut size = 0;
    for member in &mut resources {
        let Some(kind) = globals::kind_of(&member.value) else { continue };
        if let Some(properties) = globals::merged(globals, kind, &member.value) {
            size += tree::size(&properties);
            if size > MAX_SIZE {
                return Err(vec![too_large(member.key_span)]);
            }
            put(&mut member.value, "Properties", properties);
        }
    }
    let embedded = connector::embedded(&resources);
    let given: HashMap<&str, &Tree> = resources.iter().map(|member| (&*member.key, &member.value)).collect();
    let mut expansion = Expansion {
        setting,
        given,
        position: 0,
        size: 0,
        made: Vec::new(),
        own: HashMap::new(),
        conditions: Vec::new(),
        references: BTreeMap::new(),
        routes: api::routes(&resources),
        apis: BTreeMap::new(),
        deployments: Vec::new(),
        destinations: HashMap::new(),
        errors: Vec::new(),
        warnings: Vec::new(),
    };
    expansion.all(&resources);
    expansion.connectors(&resources, &embedded);
    conditions.append(&mut expansion.conditions);
    let Expansion { mut made, references, mut errors, warnings, .. } = expansion;
    errors.extend(globals::refused(globals).into_iter().map(|(section, member)| {
        let error = invalid(member.key_span, format!("SAM takes no `{}` in `Globals` of `{section}`", member.key));
        error.with_help("write it at each resource")
    }));
    if !errors.is_empty() {
        return Err(errors);
    }
    made.sort_by_key(|(position, _)| *position);
    let made = made.into_iter().map(|(_, member)| member).collect();
    let tree = references::rewritten(&with_sections(tree, made, conditions), &references);
    Ok(Transformed { tree, warnings })
}

/// Of several members of one name, the last.
fn last_of_each(members: &[Member<'static>]) -> Vec<Member<'static>> {
    let last: HashMap<&str, usize> = members.iter().enumerate().map(|(at, member)| (&*member.key, at)).collect();
    let is_last = |(at, member): &(usize, &Member<'static>)| last.get(&*member.key) == Some(at);
    members.iter().enumerate().filter(is_last).map(|(_, member)| member.clone()).collect()
}

/// Gives an object a member.
fn put(node: &mut Tree, key: &'static str, value: Tree) {
    let Value::Object(members) = &mut node.value else { return };
    match members.iter_mut().find(|member| member.key == key) {
        Some(member) => member.value = value,
        None => members.push(Member { key: key.into(), key_span: value.span, value }),
    }
}

fn with_sections(tree: &Tree, resources: Vec<Member<'static>>, conditions: Vec<Member<'static>>) -> Tree {
    let mut tree = tree.clone();
    if let Value::Object(members) = &mut tree.value {
        members.retain(|member| member.key != "Globals" && member.key != "Resources");
    }
    if !conditions.is_empty() {
        let known = tree.get("Conditions").and_then(Node::members).unwrap_or_default();
        let all = known.iter().cloned().chain(conditions).collect();
        put(&mut tree, "Conditions", Place(Span::START).object(all));
    }
    put(&mut tree, "Resources", Place(Span::START).object(resources));
    tree
}

/// A resource as the template has it, its globals merged in.
#[derive(Debug, Clone, Copy)]
struct Resource<'t> {
    id: &'t str,
    id_span: Span,
    node: &'t Tree,
}

impl<'t> Resource<'t> {
    fn new(member: &'t Member<'static>) -> Self {
        Self { id: &member.key, id_span: member.key_span, node: &member.value }
    }

    fn place(self) -> Place {
        Place(self.node.span)
    }

    fn properties(self) -> Option<&'t Tree> {
        self.node.get("Properties")
    }

    fn get(self, property: &str) -> Option<&'t Tree> {
        self.properties()?.get(property)
    }

    /// The same, where it is neither nothing, nor false, nor empty.
    fn given(self, property: &str) -> Option<&'t Tree> {
        self.get(property).filter(|node| tree::is_given(node))
    }

    fn cloned(self, property: &str) -> Option<Tree> {
        self.get(property).cloned()
    }

    fn origin(self) -> Origin<'t> {
        Origin { id_span: self.id_span, span: self.node.span, condition: self.node.get("Condition") }
    }

    /// Its properties but for some.
    fn but(self, properties: &[&str]) -> Vec<Member<'static>> {
        let all = self.properties().and_then(Node::members).unwrap_or_default();
        all.iter().filter(|member| !properties.contains(&&*member.key)).cloned().collect()
    }
}

/// What a resource is made from.
#[derive(Debug, Clone, Copy)]
struct Origin<'t> {
    id_span: Span,
    span: Span,
    condition: Option<&'t Tree>,
}

/// Properties by name, where they are there.
type Properties = Vec<(&'static str, Option<Tree>)>;

/// A template that is being expanded.
struct Expansion<'t> {
    setting: &'t Setting<'t>,
    /// The resources of the template by id.
    given: HashMap<&'t str, &'t Tree>,
    /// Where in the template the resource stands that is being expanded.
    position: usize,
    /// How much is made.
    size: usize,
    made: Vec<(usize, Member<'static>)>,
    /// Where in that a resource is, by id, once all but connectors are made.
    own: HashMap<String, usize>,
    conditions: Vec<Member<'static>>,
    /// What `Hello.Alias` and the like refer to.
    references: BTreeMap<String, String>,
    /// The paths of REST APIs.
    routes: HashMap<String, api::Routes>,
    /// What events add to APIs.
    apis: BTreeMap<String, api::Api>,
    deployments: Vec<deployment::Deployment>,
    /// Where the results of functions go, by the place where that is said.
    destinations: HashMap<u32, Tree>,
    errors: Vec<Diagnostic>,
    warnings: Vec<Diagnostic>,
}

impl<'t> Expansion<'t> {
    /// Expands every resource but connectors. Functions come before the APIs that their events are of.
    fn all(&mut self, resources: &'t [Member<'static>]) {
        let of_kind = |kind: Option<&str>| match kind {
            Some("Function") => 0,
            Some("WebFunction") => 1,
            Some("StateMachine") => 2,
            Some("Api" | "HttpApi" | "WebSocketApi") => 3,
            _ => 4,
        };
        let mut ordered: Vec<_> = resources.iter().enumerate().collect();
        ordered.sort_by_key(|(_, member)| of_kind(globals::kind_of(&member.value)));
        for (position, member) in ordered {
            self.position = position;
            if self.is_too_large(member.key_span) {
                return;
            }
            let resource = Resource::new(member);
            match globals::kind_of(&member.value) {
                Some("Function") => self.function(resource),
                Some("StateMachine") => self.state_machine(resource),
                Some("Api") => self.rest_api(resource),
                Some("HttpApi") => self.http_api(resource),
                Some("WebSocketApi") => self.web_socket_api(resource),
                Some("GraphQLApi") => self.graphql_api(resource),
                Some("Connector") => {}
                Some(kind) => self.other(kind, resource),
                None => self.made.push((position, without_connectors(member))),
            }
        }
        self.position = resources.len();
        self.deployment_role();
    }

    /// Whether so much is made that no more is, which is told once.
    fn is_too_large(&mut self, span: Span) -> bool {
        let is_too_large = self.size > MAX_SIZE;
        if is_too_large && !self.errors.iter().any(|told| told.code() == iameval::codes::OVER_LIMIT) {
            self.errors.push(too_large(span));
        }
        is_too_large
    }

    /// Adds what the resource itself becomes.
    fn become_one(&mut self, resource: Resource<'_>, kind: &'static str, properties: Vec<Member<'static>>) {
        let place = resource.place();
        let kept = ["DependsOn", "Condition", "Metadata", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy"];
        let all = resource.node.members().unwrap_or_default();
        let kept = all.iter().filter(|member| kept.contains(&&*member.key)).cloned();
        let mut members = vec![place.member("Type", place.text(kind))];
        members.extend(kept);
        members.push(place.member("Properties", place.object(properties)));
        let member =
            Member { key: resource.id.to_owned().into(), key_span: resource.id_span, value: place.object(members) };
        self.size += tree::size(&member.value);
        self.made.push((self.position, member));
    }

    /// Adds a resource that the template does not have.
    fn add(&mut self, origin: Origin<'_>, id: String, kind: &'static str, properties: Properties) {
        if self.given.contains_key(&*id) {
            let message = format!("SAM makes `{id}` from this, and the template has a resource of that id");
            let help = "rename the resource";
            self.errors.push(invalid(origin.id_span, message).with_help(help));
            return;
        }
        let place = Place(origin.span);
        let properties =
            properties.into_iter().filter_map(|(name, value)| value.map(|value| place.member(name, value)));
        let properties = place.object(properties.collect());
        let mut members = vec![place.member("Type", place.text(kind))];
        members.extend(origin.condition.map(|condition| place.member("Condition", condition.clone())));
        members.push(place.member("Properties", properties));
        let member = Member { key: id.into(), key_span: origin.id_span, value: place.object(members) };
        self.size += tree::size(&member.value);
        self.made.push((self.position, member));
    }

    /// Adds a condition.
    fn condition(&mut self, place: Place, name: String, condition: Tree) {
        if !self.conditions.iter().any(|known| *known.key == *name) {
            self.conditions.push(place.member(name, condition));
        }
    }

    /// A value, or that of the parameter that it refers to where it is known.
    fn settled(&self, node: &Tree) -> Tree {
        match tree::referred(node).and_then(|name| (self.setting.known)(name)) {
            Some(value) => Place(node.span).text(value),
            None => node.clone(),
        }
    }

    /// The partition of the region.
    fn partition(&self) -> &'static str {
        let starts = [
            ("cn-", "aws-cn"),
            ("us-iso-", "aws-iso"),
            ("us-isob", "aws-iso-b"),
            ("us-gov", "aws-us-gov"),
            ("eu-isoe", "aws-iso-e"),
            ("us-isof", "aws-iso-f"),
            ("eusc-", "aws-eusc"),
        ];
        let region = self.setting.region.unwrap_or_default();
        starts.into_iter().find(|(start, _)| region.starts_with(start)).map_or("aws", |(_, partition)| partition)
    }

    /// The ARN of an AWS managed policy by its path and name.
    fn managed(&self, place: Place, name: &str) -> Tree {
        place.text(format!("arn:{}:iam::aws:policy/{name}", self.partition()))
    }

    fn warn(&mut self, span: Span, message: String, help: impl Into<String>) {
        self.warnings.push(Diagnostic::new(codes::LEFT_OPEN, span, message).with_help(help.into()));
    }
}

fn without_connectors(member: &Member<'static>) -> Member<'static> {
    let mut member = member.clone();
    if let Value::Object(members) = &mut member.value.value {
        members.retain(|member| member.key != "Connectors");
    }
    member
}

fn too_large(span: Span) -> Diagnostic {
    let message = "what SAM makes of the template is too large";
    Diagnostic::new(iameval::codes::OVER_LIMIT, span, message)
        .with_help("split the template, or write less in `Globals`")
}

fn invalid(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(codes::INVALID_TEMPLATE, span, message.into())
}

/// A help line: which word is meant, or which there are.
fn one_of(text: &str, words: &[&str]) -> String {
    suggest::did_you_mean(text, words.iter().copied()).unwrap_or_else(|| format!("one of {}", words.join(", ")))
}
