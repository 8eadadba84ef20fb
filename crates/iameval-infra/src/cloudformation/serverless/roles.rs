//! The roles of functions: the one that they share, and those of their own.

use super::merge;
use super::resolve::Resolver;
use super::service::{Function, RolesPerFunction, Service};
use super::statements::{Added, allow, needs_by_plugin, statement};
use super::template::Made;
use super::texts::{LONGEST_NAME, beginning, is_text, joined, substituted};
use crate::cloudformation::tree::{Place, Tree, is_given, items};
use iameval::json::{Member, Node, Value};
use iameval::text::Span;

/// The id of the role that functions share.
pub(super) const SHARED: &str = "IamRoleLambdaExecution";

impl Service {
    /// The role of a function.
    pub(super) fn role_of(&self, function: &Function) -> Tree {
        let place = function.place();
        if let Some(role) = function.given("role").or_else(|| self.existing_role()) {
            let is_id = is_text(role) && !beginning(role).is_some_and(|text| text.starts_with("arn:"));
            return match role.as_str().filter(|_| is_id) {
                Some(id) => Place(role.span).attribute(id, "Arn"),
                None => role.clone(),
            };
        }
        if self.has_own_role(function) {
            return place.attribute(&own_id(function), "Arn");
        }
        place.attribute(SHARED, "Arn")
    }

    /// Whether every function has a role of its own.
    fn is_per_function(&self) -> bool {
        self.provider(&["iam", "role", "mode"]).and_then(Node::as_str) == Some("perFunction")
    }

    /// Whether a role is made for a function alone.
    fn has_own_role(&self, function: &Function) -> bool {
        if function.given("role").is_some() || self.existing_role().is_some() {
            return false;
        }
        let written = function.node.get("iamRoleStatements").is_some_and(|node| node.value != Value::Null);
        match &self.roles {
            RolesPerFunction::Never => false,
            RolesPerFunction::ByPlugin(_) => written,
            RolesPerFunction::ByFramework => {
                let role = function.node.get("iam").and_then(|iam| iam.get("role"));
                let has = |name: &str| role.and_then(|role| role.get(name)).is_some();
                written || has("statements") || has("managedPolicies") || self.is_per_function()
            }
        }
    }

    /// Makes the roles.
    pub(super) fn roles(&self, resolver: &mut Resolver<'_>, made: &mut Made) {
        if self.existing_role().is_none() {
            let shared: Vec<&Function> = self.functions.iter().filter(|function| self.shares(function)).collect();
            let has_role = |function: &Function| function.node.get("role").is_some();
            if !self.functions.iter().all(has_role) && !self.is_per_function() {
                self.shared_role(&shared, made);
            }
        }
        for function in &self.functions {
            if self.has_own_role(function) {
                self.own_role(function, made);
            } else if let Some(statements) = function.given("iamRoleStatements") {
                let message = format!("`iamRoleStatements` of function `{}` are not taken", function.key);
                let help = "the plugin `serverless-iam-roles-per-function` takes them where a function has no `role`";
                resolver.warn(statements.span, message, help);
            }
        }
    }

    /// Whether what a function needs is added to the role that functions share. Beside the plugin that is done for all.
    fn shares(&self, function: &Function) -> bool {
        !matches!(self.roles, RolesPerFunction::ByFramework) || !self.has_own_role(function)
    }

    fn shared_role(&self, functions: &[&Function], made: &mut Made) {
        let place = Place(self.provider_span);
        let Added { statements: needed, services } = self.needs(functions);
        let mut statements = self.logs(place);
        let written = self.statements();
        statements.extend(written.map(items).unwrap_or_default().iter().cloned());
        statements.extend(needed);
        let mut managed = self.managed_policies();
        if self.provider(&["vpc"]).is_some() || self.functions.iter().any(Function::has_vpc) {
            managed.push(vpc_policy(place));
        }
        let default = || self.named(place, &[place.reference("AWS::Region"), place.text("lambdaRole")]);
        let name = self.provider(&["iam", "role", "name"]).cloned().unwrap_or_else(default);
        let boundary = self.boundary_by_plugin().or_else(|| self.boundary());
        let path = self.path(place);
        let written = written.map(|written| written.span);
        let role = Role { name, written, statements, managed, services, boundary, path };
        let tags = self.provider(&["iam", "role", "tags"]).map(tags);
        made.add(SHARED.to_owned(), (self.provider_span, place), "AWS::IAM::Role", self.role(place, role, tags));
    }

    fn own_role(&self, function: &Function, made: &mut Made) {
        let own = function.node.get("iam").and_then(|iam| iam.get("role"));
        let of_own = |name: &str| own.and_then(|own| own.get(name)).filter(|node| is_given(node));
        let written = function.given("iamRoleStatements").or_else(|| of_own("statements"));
        let place = Place(function.key_span);
        let mut statements = vec![own_logs(place, function)];
        let mut managed = Vec::new();
        let mut services = Vec::new();
        let mut boundary = function.given("iamPermissionsBoundary").or_else(|| of_own("permissionsBoundary")).cloned();
        let inherits = if let RolesPerFunction::ByPlugin(settings) = &self.roles {
            statements.extend(needs_by_plugin(function));
            services = self.needs(&self.functions.iter().collect::<Vec<_>>()).services;
            boundary = boundary.or_else(|| self.boundary_by_plugin());
            let default = settings.get("defaultInherit").is_some_and(is_given);
            function.node.get("iamRoleStatementsInherit").map_or(default, is_given)
        } else {
            let Added { statements: needed, services: needed_by } = self.needs(&[function]);
            statements.extend(needed);
            services.extend(needed_by);
            if self.is_per_function() {
                managed.extend(self.managed_policies());
            }
            let written = function.node.get("iam").and_then(|iam| iam.get("inheritStatements"));
            let written = written.or_else(|| function.node.get("iamRoleStatementsInherit"));
            written.map_or(self.is_per_function(), is_given)
        };
        if inherits {
            statements.extend(self.statements().map(items).unwrap_or_default().iter().cloned());
        }
        statements.extend(written.map(items).unwrap_or_default().iter().cloned());
        managed.extend(of_own("managedPolicies").map(|written| items(written).to_vec()).unwrap_or_default());
        if self.provider(&["vpc"]).is_some() || function.has_vpc() {
            managed.push(vpc_policy(place));
        }
        let name = function.given("iamRoleStatementsName").or_else(|| of_own("name")).cloned();
        let name = name.unwrap_or_else(|| self.own_name(place, function));
        let path = of_own("path").cloned().unwrap_or_else(|| self.path(place));
        let boundary = boundary.or_else(|| self.boundary());
        let written = written.map(|written| written.span);
        let role = Role { name, written, statements, managed, services, boundary, path };
        let of_all = self.provider(&["iam", "role", "tags"]);
        let all_tags = merged_tags(of_all, of_own("tags"));
        let properties = self.role(place, role, all_tags.as_ref().map(tags));
        made.add(own_id(function), (function.key_span, place), "AWS::IAM::Role", properties);
    }

    fn role(&self, place: Place, role: Role, tags: Option<Tree>) -> Vec<(&'static str, Option<Tree>)> {
        let services = ["lambda.amazonaws.com"].into_iter().chain(role.services).map(|name| place.text(name));
        let trust = place.map([
            ("Effect", place.text("Allow")),
            ("Principal", place.map([("Service", place.list(services.collect()))])),
            ("Action", place.texts(["sts:AssumeRole"])),
        ]);
        let policy = place.map([
            ("PolicyName", self.named(place, &[place.text("lambda")])),
            ("PolicyDocument", document(role.written.map_or(place, Place), role.statements)),
        ]);
        vec![
            ("AssumeRolePolicyDocument", Some(document(place, vec![trust]))),
            ("Policies", Some(place.list(vec![policy]))),
            ("Path", Some(role.path)),
            ("RoleName", Some(role.name)),
            ("ManagedPolicyArns", (!role.managed.is_empty()).then(|| place.list(role.managed))),
            ("PermissionsBoundary", role.boundary),
            ("Tags", tags),
        ]
    }

    /// The statements that are written for all functions.
    fn statements(&self) -> Option<&Tree> {
        self.provider(&["iam", "role", "statements"]).or_else(|| self.provider(&["iamRoleStatements"]))
    }

    fn managed_policies(&self) -> Vec<Tree> {
        let written =
            self.provider(&["iam", "role", "managedPolicies"]).or_else(|| self.provider(&["iamManagedPolicies"]));
        written.map(|written| items(written).to_vec()).unwrap_or_default()
    }

    fn boundary(&self) -> Option<Tree> {
        let names = ["permissionsBoundary", "permissionBoundary"];
        let of_role = names.iter().find_map(|name| self.provider(&["iam", "role", name]));
        of_role.or_else(|| self.provider(&["rolePermissionsBoundary"])).cloned()
    }

    /// The boundary that the plugin puts on all roles, as soon as it makes one.
    fn boundary_by_plugin(&self) -> Option<Tree> {
        let RolesPerFunction::ByPlugin(settings) = &self.roles else { return None };
        let given = settings.get("iamGlobalPermissionsBoundary").filter(|node| is_given(node));
        given.filter(|_| self.functions.iter().any(|function| self.has_own_role(function))).cloned()
    }

    fn path(&self, place: Place) -> Tree {
        self.provider(&["iam", "role", "path"]).cloned().unwrap_or_else(|| place.text("/"))
    }

    /// The default name of a role of one function.
    fn own_name(&self, place: Place, function: &Function) -> Tree {
        let region = self.region.clone().unwrap_or_default();
        let length = |text: &Tree| text.as_str().map_or(0, str::len);
        let short = length(&self.name) + length(&self.stage) + function.key.len() + region.len() + "---".len();
        let mut rest = vec![place.text(function.key.clone()), place.reference("AWS::Region")];
        if short + "-lambdaRole".len() <= LONGEST_NAME {
            rest.push(place.text("lambdaRole"));
        }
        self.named(place, &rest)
    }

    /// What functions need to write their logs.
    fn logs(&self, place: Place) -> Vec<Tree> {
        const BEFORE: &str = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/";
        let prefix = self.named(place, &[]);
        let is_off = |function: &&Function| function.given("disableLogs").is_some();
        let is_canonical = |function: &&Function| {
            let (name, prefix) = (function.name.as_str(), prefix.as_str());
            let starts = name.zip(prefix).is_some_and(|(name, prefix)| name.starts_with(prefix));
            starts || function.node.get("name").is_none()
        };
        let (canonical, others): (Vec<&Function>, Vec<&Function>) = self.functions.iter().partition(is_canonical);
        let (mut groups, mut streams) = (Vec::new(), Vec::new());
        for function in others.into_iter().filter(|function| !is_off(function)) {
            groups.push(substituted(place, BEFORE, &function.name, ":*"));
            streams.push(substituted(place, BEFORE, &function.name, ":*:*"));
        }
        let (silent, loud): (Vec<&Function>, Vec<&Function>) = canonical.into_iter().partition(is_off);
        if !loud.is_empty() {
            groups.push(substituted(place, BEFORE, &prefix, "*:*"));
            streams.push(substituted(place, BEFORE, &prefix, "*:*:*"));
        }
        let mut statements = Vec::new();
        if !groups.is_empty() {
            let making = ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"];
            statements.push(allow(place, making, groups));
            statements.push(allow(place, ["logs:PutLogEvents"], streams));
        }
        if !silent.is_empty() && !loud.is_empty() {
            let groups = silent.iter().map(|function| substituted(place, BEFORE, &function.name, ":*")).collect();
            statements.push(statement(place, "Deny", place.text("logs:PutLogEvents"), place.list(groups)));
        }
        statements
    }
}

/// What a role is made of.
struct Role {
    name: Tree,
    /// Where its statements stand, apart from those that are added.
    written: Option<Span>,
    statements: Vec<Tree>,
    managed: Vec<Tree>,
    services: Vec<&'static str>,
    boundary: Option<Tree>,
    path: Tree,
}

fn own_id(function: &Function) -> String {
    format!("{}{SHARED}", function.id)
}

/// A document of statements.
pub(super) fn document(place: Place, statements: Vec<Tree>) -> Tree {
    place.map([("Version", place.text("2012-10-17")), ("Statement", place.list(statements))])
}

/// What a function with a role of its own needs to write its logs.
fn own_logs(place: Place, function: &Function) -> Tree {
    let before = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/";
    let group = substituted(place, before, &function.name, ":*:*");
    allow(place, ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutLogEvents"], vec![group])
}

fn vpc_policy(place: Place) -> Tree {
    let name = "iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole";
    joined(place, ":", [place.text("arn"), place.reference("AWS::Partition"), place.text(name)])
}

/// Tags as CloudFormation has them.
fn tags(tags: &Tree) -> Tree {
    let all = tags.members().unwrap_or_default().iter().map(|tag| {
        let place = Place(tag.value.span);
        place.map([("Key", place.text(tag.key.clone())), ("Value", tag.value.clone())])
    });
    Place(tags.span).list(all.collect())
}

fn merged_tags(of_all: Option<&Tree>, own: Option<&Tree>) -> Option<Tree> {
    let (Some(of_all), Some(own)) = (of_all, own) else { return of_all.or(own).cloned() };
    let mut all: Vec<Member<'static>> = of_all.members().unwrap_or_default().to_vec();
    for member in own.members().unwrap_or_default() {
        merge::add(&mut all, member.clone());
    }
    Some(Place(own.span).object(all))
}
