//! `AWS::Serverless::Api`, `HttpApi` and `WebSocketApi`: their policies, and what may invoke functions through them.

use super::resource_policy::{self, ResourcePolicy};
use super::role;
use super::tree::{self, Place, Tree, is_given, referred};
use super::{Expansion, Origin, Resource, globals, implicit, invalid};
use iameval::json::{Member, Node};
use std::collections::{HashMap, HashSet};

/// What events add to an API.
#[derive(Debug, Default)]
pub(super) struct Api {
    pub(super) policy: ResourcePolicy,
    /// The function that all goes to which goes to no other route.
    pub(super) default_of: Option<String>,
}

/// The paths of a REST API, each with its methods.
#[derive(Debug, Default)]
pub(super) struct Routes {
    paths: Vec<(String, Vec<String>)>,
    /// Where each path is.
    places: HashMap<String, usize>,
}

impl Routes {
    fn add(&mut self, path: &str, methods: impl IntoIterator<Item = String>) {
        let last = self.paths.len();
        let place = *self.places.entry(path.to_owned()).or_insert(last);
        if place == last {
            self.paths.push((path.to_owned(), Vec::new()));
        }
        let Some((_, known)) = self.paths.get_mut(place) else { return };
        for method in methods {
            if !known.contains(&method) {
                known.push(method);
            }
        }
    }

    fn methods(&self, path: &str) -> Option<&[String]> {
        self.paths.get(*self.places.get(path)?).map(|(_, methods)| &**methods)
    }
}

/// The paths of the REST APIs, by id: those of their definitions, or of the events of functions and state machines.
pub(super) fn routes(resources: &[Member<'static>]) -> HashMap<String, Routes> {
    let mut all: HashMap<String, Routes> = HashMap::new();
    let mut defined = HashSet::new();
    for member in resources {
        let body = member.value.get("Properties").and_then(|properties| properties.get("DefinitionBody"));
        if let (Some("Api"), Some(body)) = (globals::kind_of(&member.value), body) {
            defined.insert(&*member.key);
            let routes = all.entry(member.key.clone().into_owned()).or_default();
            for (path, methods) in resource_policy::paths_of(body) {
                routes.add(&path, methods);
            }
        }
    }
    for member in resources {
        if !matches!(globals::kind_of(&member.value), Some("Function" | "StateMachine")) {
            continue;
        }
        let events = member.value.get("Properties").and_then(|properties| properties.get("Events")?.members());
        for event in events.unwrap_or_default() {
            if let Some((api, path, method)) = route(&event.value).filter(|(api, ..)| !defined.contains(api)) {
                all.entry(api.to_owned()).or_default().add(path, [method.to_lowercase()]);
            }
        }
    }
    all
}

/// The API, the path and the method of an event.
fn route(event: &Tree) -> Option<(&str, &str, &str)> {
    let properties = event.get("Properties").filter(|_| event.get("Type").and_then(Node::as_str) == Some("Api"))?;
    let text = |name: &str| properties.get(name).and_then(Node::as_str);
    let api = match properties.get("RestApiId") {
        Some(api) => referred(api).or(api.as_str())?,
        None => implicit::REST_API,
    };
    Some((api, text("Path")?, text("Method")?))
}

impl<'t> Expansion<'t> {
    pub(super) fn api(&mut self, id: &str) -> &mut Api {
        self.apis.entry(id.to_owned()).or_default()
    }

    /// The methods of a path of a REST API.
    pub(super) fn methods_of(&self, id: &str, path: &str) -> &[String] {
        self.routes.get(id).and_then(|routes| routes.methods(path)).unwrap_or_default()
    }

    pub(super) fn rest_api(&mut self, api: Resource<'t>) {
        let mut policy = ResourcePolicy::default();
        if let Some(own) = api.get("DefinitionBody").and_then(|body| body.get("x-amazon-apigateway-policy")) {
            policy.add_policy(own);
        }
        if let Some(of_events) = self.apis.remove(api.id).and_then(|noted| noted.policy.document()) {
            policy.add_policy(&of_events);
        }
        if let Some(given) = api.get("Auth").and_then(|auth| auth.get("ResourcePolicy")).filter(|given| is_given(given))
        {
            let place = Place(given.span);
            let stage = api.cloned("StageName").unwrap_or_else(|| place.text(""));
            let has_cors = api.given("Cors").is_some();
            let paths = self.routes.get(api.id).map(|routes| routes.paths.clone()).unwrap_or_default();
            for (path, mut methods) in paths {
                if has_cors && !methods.iter().any(|method| method == "options") {
                    methods.push("options".to_owned());
                }
                self.size += 2 * tree::size(given);
                if self.is_too_large(given.beginning()) {
                    return;
                }
                policy.add(given, &path, &methods, &stage);
            }
            policy.add_statements(given);
        }
        let place = api.place();
        let mut properties = api.but(&[]);
        properties.retain(|member| ["Name", "Policy"].contains(&&*member.key));
        if !properties.iter().any(|member| member.key == "Policy") {
            properties.extend(
                policy
                    .document()
                    .map(|document| Member { key_span: document.span, ..place.member("Policy", document) }),
            );
        }
        properties.extend(api.given("Tags").map(|tags| place.member("Tags", role::tags(place, None, Some(tags)))));
        self.authorizers(api, |authorizer| !is_true(authorizer, "DisableFunctionDefaultPermissions"), false);
        self.become_one(api, "AWS::ApiGateway::RestApi", properties);
    }

    pub(super) fn http_api(&mut self, api: Resource<'t>) {
        self.authorizers(api, |authorizer| is_true(authorizer, "EnableFunctionDefaultPermissions"), true);
        self.become_v2(api);
    }

    fn become_v2(&mut self, api: Resource<'t>) {
        let mut properties = api.but(&[]);
        properties.retain(|member| ["Name", "Tags"].contains(&&*member.key));
        self.become_one(api, "AWS::ApiGatewayV2::Api", properties);
    }

    /// The permissions of authorizers that are functions.
    fn authorizers(&mut self, api: Resource<'_>, is_permitted: impl Fn(&Tree) -> bool, is_v2: bool) {
        let authorizers = api.get("Auth").and_then(|auth| auth.get("Authorizers")).and_then(Node::members);
        for authorizer in authorizers.unwrap_or_default() {
            let Some(function) = authorizer.value.get("FunctionArn").filter(|function| is_given(function)) else {
                continue;
            };
            if is_permitted(&authorizer.value) {
                let origin = Origin { id_span: authorizer.key_span, span: authorizer.value.span, ..api.origin() };
                let id = format!("{}{}AuthorizerPermission", api.id, authorizer.key);
                self.permit_authorizer(api, origin, id, function, is_v2);
            }
        }
    }

    fn permit_authorizer(&mut self, api: Resource<'_>, origin: Origin<'_>, id: String, function: &Tree, is_v2: bool) {
        let place = Place(origin.span);
        let partition = if is_v2 { "${AWS::Partition}" } else { self.partition() };
        let arn =
            format!("arn:{partition}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/authorizers/*");
        let arn = place.sub(arn, vec![place.member("__ApiId__", place.reference(api.id.to_owned()))]);
        self.permit_gateway(origin, id, function.clone(), arn);
    }

    fn permit_gateway(&mut self, origin: Origin<'_>, id: String, function: Tree, source: Tree) {
        let place = Place(origin.span);
        let properties = vec![
            ("Action", Some(place.text("lambda:InvokeFunction"))),
            ("FunctionName", Some(function)),
            ("Principal", Some(place.text("apigateway.amazonaws.com"))),
            ("SourceArn", Some(source)),
        ];
        self.add(origin, id, "AWS::Lambda::Permission", properties);
    }

    pub(super) fn web_socket_api(&mut self, api: Resource<'t>) {
        for route in api.get("Routes").and_then(Node::members).unwrap_or_default() {
            self.web_socket_route(api, route);
        }
        if let Some(auth) = api.given("Auth")
            && auth.get("AuthType").and_then(Node::as_str) == Some("CUSTOM")
            && auth.get("InvokeRole").is_none_or(|role| !is_given(role))
            && let Some(function) = auth.get("AuthArn")
        {
            let origin = Origin { span: auth.span, ..api.origin() };
            self.permit_authorizer(api, origin, format!("{}AuthorizerPermission", api.id), function, true);
        }
        self.become_v2(api);
    }

    fn web_socket_route(&mut self, api: Resource<'_>, route: &Member<'static>) {
        let key = &*route.key;
        let Some(function) = route.value.get("FunctionArn") else {
            let error = invalid(route.key_span, format!("route `{key}` has no `FunctionArn`"));
            self.errors.push(error.with_help("give the ARN of the function that the route invokes"));
            return;
        };
        let origin = Origin { id_span: route.key_span, span: route.value.span, ..api.origin() };
        let place = Place(origin.span);
        let name = key.trim_start_matches('$').to_lowercase();
        let mut letters = name.chars();
        let name: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        let start =
            format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{}.ApiId}}/", api.id);
        let source = match api.get("StageName") {
            Some(stage) if stage.as_str().is_none() => place
                .sub(format!("{start}${{__StageName__}}/{key}"), vec![place.member("__StageName__", stage.clone())]),
            stage => {
                let stage = stage.and_then(Node::as_str).unwrap_or("default");
                place.sub(format!("{start}{stage}/{key}"), Vec::new())
            }
        };
        self.permit_gateway(origin, format!("{}{name}Permission", api.id), function.clone(), source);
    }
}

fn is_true(node: &Tree, property: &str) -> bool {
    node.get(property).is_some_and(is_given)
}
