//! `AWS::Serverless::Api`, `HttpApi` and `WebSocketApi`: their policies, and what may invoke functions through them.

use super::resource_policy::{self, ResourcePolicy};
use super::role;
use super::tree::{Place, Tree, is_given, referred};
use super::{Expansion, Origin, Resource, globals, implicit, invalid};
use iameval::json::{Member, Node};

/// What events add to an API.
#[derive(Debug, Default)]
pub(super) struct Api {
    pub(super) policy: ResourcePolicy,
    /// The function that all goes to which goes to no other route.
    pub(super) default_of: Option<String>,
}

impl<'t> Expansion<'t> {
    pub(super) fn api(&mut self, id: &str) -> &mut Api {
        self.apis.entry(id.to_owned()).or_default()
    }

    /// The paths of a REST API, each with its methods: those of its definition, or of its events.
    fn paths(&self, id: &str) -> Vec<(String, Vec<String>)> {
        let body = self.given.get(id).and_then(|api| api.get("Properties")?.get("DefinitionBody"));
        if let Some(body) = body {
            return resource_policy::paths_of(body);
        }
        let mut all: Vec<(String, Vec<String>)> = Vec::new();
        for (path, method) in self.routes(id) {
            let method = method.to_lowercase();
            match all.iter_mut().find(|(known, _)| *known == path) {
                Some((_, methods)) if methods.contains(&method) => {}
                Some((_, methods)) => methods.push(method),
                None => all.push((path, vec![method])),
            }
        }
        all
    }

    /// The paths and methods of the events of a REST API, in the order of the template.
    fn routes(&self, id: &str) -> Vec<(String, String)> {
        let of_api = |event: &Tree| -> Option<(String, String)> {
            let properties = event.get("Properties")?;
            let api =
                properties.get("RestApiId").map_or(Some(implicit::REST_API), |api| referred(api).or(api.as_str()));
            let is_this = event.get("Type").and_then(Node::as_str) == Some("Api") && api == Some(id);
            let text = |name: &str| properties.get(name).and_then(Node::as_str).map(str::to_owned);
            is_this.then(|| Some((text("Path")?, text("Method")?)))?
        };
        let mut functions: Vec<&Tree> = self.given.values().copied().collect();
        functions.retain(|node| matches!(globals::kind_of(node), Some("Function" | "StateMachine")));
        functions.sort_by_key(|node| node.span.start);
        let events = functions.into_iter().filter_map(|node| node.get("Properties")?.get("Events")?.members());
        events.flatten().filter_map(|event| of_api(&event.value)).collect()
    }

    /// The methods of a path of a REST API.
    pub(super) fn methods_of(&self, id: &str, path: &str) -> Vec<String> {
        self.paths(id).into_iter().find(|(known, _)| known == path).map(|(_, methods)| methods).unwrap_or_default()
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
            for (path, mut methods) in self.paths(api.id) {
                if has_cors && !methods.iter().any(|method| method == "options") {
                    methods.push("options".to_owned());
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
