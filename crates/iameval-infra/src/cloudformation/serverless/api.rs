//! The APIs of a service: REST, HTTP and web sockets, with the permissions of functions and authorizers.

use super::events::{Says, own_arn, permit};
use super::service::{Function, Service};
use super::template::Made;
use super::texts::{beginning, is_text, joined, last_part, normalized};
use crate::cloudformation::tree::{Place, Tree, is_given};
use iameval::json::Node;

const SERVICE: &str = "apigateway.amazonaws.com";
const REST: &str = "ApiGatewayRestApi";
const HTTP: &str = "HttpApi";
const WEB_SOCKETS: &str = "WebsocketsApi";

impl Service {
    pub(super) fn apis(&self, made: &mut Made) {
        self.rest_api(made);
        self.http_api(made);
        self.web_sockets(made);
    }

    fn rest_api(&self, made: &mut Made) {
        let Some(first) = self.functions.iter().find_map(|function| function.events("http").next()) else { return };
        let id = self.provider(&["apiGateway", "restApiId"]).cloned();
        if id.is_none() {
            self.own_rest_api(Place(first.span), made);
        }
        let id = id.unwrap_or_else(|| Place(first.span).reference(REST));
        let arn = |place: Place| own_arn(place, "execute-api", [id.clone(), place.text("/*/*")]);
        for function in &self.functions {
            for event in function.events("http") {
                let place = Place(event.span);
                let integration = event.get("integration").and_then(Node::as_str).unwrap_or_default();
                if ["http", "http-proxy", "http_proxy", "mock"].contains(&&*integration.to_ascii_lowercase()) {
                    continue;
                }
                let own = format!("{}LambdaPermissionApiGateway", function.id);
                permit(made, function, place, own, SERVICE, Says::of(arn(place)));
                if let Some(authorizer) = event.get("authorizer").filter(|node| is_given(node)) {
                    self.rest_authorizer(function, authorizer, arn(place), made);
                }
            }
        }
    }

    fn own_rest_api(&self, place: Place, made: &mut Made) {
        let is_first = self.provider(&["apiGateway", "shouldStartNameWithService"]).is_some();
        let name = self.provider(&["apiName"]).cloned().unwrap_or_else(|| self.name_of_api(place, is_first, None));
        let policy = self.provider(&["apiGateway", "resourcePolicy"]);
        let document = policy.map(|statements| {
            let place = Place(statements.span);
            place.map([("Version", place.text("2012-10-17")), ("Statement", statements.clone())])
        });
        let properties = vec![("Name", Some(name)), ("Policy", document)];
        made.add(REST.to_owned(), (place.0, place), "AWS::ApiGateway::RestApi", properties);
    }

    /// The name of an API: those of the stage and of the service.
    fn name_of_api(&self, place: Place, service_first: bool, after: Option<&'static str>) -> Tree {
        let (one, other) = (self.stage.clone(), self.name.clone());
        let both = if service_first { [other, one] } else { [one, other] };
        joined(place, "-", both.into_iter().chain(after.map(|after| place.text(after))))
    }

    /// The permission of the function that decides whether a REST API may be called.
    fn rest_authorizer(&self, caller: &Function, authorizer: &Tree, source: Tree, made: &mut Made) {
        let place = Place(authorizer.span);
        let property = |name: &str| authorizer.get(name).filter(|node| is_given(node));
        let kind = property("type").and_then(Node::as_str).unwrap_or_default().to_ascii_uppercase();
        let is_iam = authorizer.as_str().is_some_and(|text| text.eq_ignore_ascii_case("aws_iam")) || kind == "AWS_IAM";
        let is_elsewhere = property("authorizerId").is_some() || property("managedExternally").is_some();
        if is_iam || is_elsewhere || kind == "COGNITO_USER_POOLS" {
            return;
        }
        let text = Some(authorizer).filter(|node| is_text(node));
        let arn =
            property("arn").or_else(|| text.filter(|text| beginning(text).is_some_and(|text| text.contains(':'))));
        if arn.and_then(beginning).is_some_and(|text| text.contains(":cognito-idp:")) {
            return;
        }
        let name = property("name").or_else(|| text.filter(|_| arn.is_none())).and_then(Node::as_str);
        let own = name.filter(|_| arn.is_none()).and_then(|name| self.function_called(name));
        let label = name.map_or_else(|| arn.map(of_arn).unwrap_or_default(), str::to_owned);
        let id = format!("{}LambdaPermissionApiGateway", normalized(&label));
        if made.has(&id) {
            return;
        }
        if let Some(function) = own {
            permit(made, function, place, id, SERVICE, Says::of(source));
        } else if let Some(arn) = arn {
            permit_arn(made, caller, place, id, arn.clone(), source);
        }
    }

    fn http_api(&self, made: &mut Made) {
        let routes =
            self.functions.iter().flat_map(|function| function.events("httpApi").map(move |event| (function, event)));
        let routes: Vec<(&Function, &Tree)> = routes.collect();
        let Some((_, first)) = routes.first() else { return };
        let place = Place(first.span);
        let id = self.provider(&["httpApi", "id"]).cloned();
        if id.is_none() {
            let is_first = self.provider(&["httpApi", "shouldStartNameWithService"]).is_some();
            let name = self.provider(&["httpApi", "name"]).cloned();
            let name = name.unwrap_or_else(|| self.name_of_api(place, is_first, None));
            made.add(HTTP.to_owned(), (place.0, place), "AWS::ApiGatewayV2::Api", vec![("Name", Some(name))]);
        }
        let id = id.unwrap_or_else(|| place.reference(HTTP));
        let arn = |place: Place| own_arn(place, "execute-api", [id.clone(), place.text("/*")]);
        for (function, event) in &routes {
            let place = Place(event.span);
            let own = format!("{}LambdaPermissionHttpApi", function.id);
            permit(made, function, place, own, SERVICE, Says::of(arn(place)));
        }
        let authorizers = self.provider(&["httpApi", "authorizers"]).and_then(Node::members).unwrap_or_default();
        for member in authorizers {
            let authorizer = &member.value;
            let place = Place(authorizer.span);
            let is_request = authorizer.get("type").and_then(Node::as_str) == Some("request");
            if !is_request || authorizer.get("managedExternally").is_some_and(is_given) {
                continue;
            }
            let label = authorizer.get("name").and_then(Node::as_str).unwrap_or(&member.key);
            let id = format!("{}LambdaAuthorizerPermissionHttpApi", normalized(label));
            let own = authorizer.get("functionName").and_then(Node::as_str).and_then(|name| self.function_called(name));
            match (own, authorizer.get("functionArn"), routes.first()) {
                (Some(function), None, _) => permit(made, function, place, id, SERVICE, Says::of(arn(place))),
                (_, Some(given), Some((caller, _))) => permit_arn(made, caller, place, id, given.clone(), arn(place)),
                _ => {}
            }
        }
    }

    fn web_sockets(&self, made: &mut Made) {
        for function in &self.functions {
            for event in function.events("websocket") {
                let place = Place(event.span);
                let is_own = self.provider(&["apiGateway", "websocketApiId"]).is_none();
                if is_own && !made.has(WEB_SOCKETS) {
                    let name = self.provider(&["websocketsApiName"]).cloned();
                    let name = name.unwrap_or_else(|| self.name_of_api(place, false, Some("websockets")));
                    made.add(
                        WEB_SOCKETS.to_owned(),
                        (place.0, place),
                        "AWS::ApiGatewayV2::Api",
                        vec![("Name", Some(name))],
                    );
                }
                permit(made, function, place, permission_of_socket(&function.key), SERVICE, Says::default());
                if let Some(authorizer) = event.get("authorizer").filter(|node| is_given(node)) {
                    self.socket_authorizer(function, authorizer, made);
                }
            }
        }
    }

    fn socket_authorizer(&self, caller: &Function, authorizer: &Tree, made: &mut Made) {
        let place = Place(authorizer.span);
        let name = authorizer.get("name").or(Some(authorizer)).and_then(Node::as_str);
        let arn = authorizer.get("arn").or_else(|| Some(authorizer).filter(|node| is_text(node)));
        let is_arn = |arn: &&Tree| !is_text(arn) || beginning(arn).is_some_and(|text| text.contains(':'));
        match (arn.filter(is_arn), name.and_then(|name| self.function_called(name))) {
            (Some(arn), _) => {
                let label = name.filter(|name| !name.contains(':')).map_or_else(|| of_arn(arn), str::to_owned);
                let properties = vec![
                    ("FunctionName", Some(arn.clone())),
                    ("Action", Some(place.text("lambda:InvokeFunction"))),
                    ("Principal", Some(place.text(SERVICE))),
                ];
                let id = permission_of_socket(&label);
                made.add(id, (caller.key_span, place), "AWS::Lambda::Permission", properties);
            }
            (None, Some(function)) => {
                permit(made, function, place, permission_of_socket(&function.key), SERVICE, Says::default());
            }
            (None, None) => {}
        }
    }
}

fn permission_of_socket(name: &str) -> String {
    format!("{}LambdaPermissionWebsockets", normalized(name))
}

/// What an authorizer is called by the ARN of its function.
fn of_arn(arn: &Tree) -> String {
    let name = last_part(arn, ':');
    name.rsplit('-').next().unwrap_or_default().to_owned()
}

/// Allows API Gateway to invoke a function by its ARN.
fn permit_arn(made: &mut Made, caller: &Function, place: Place, id: String, arn: Tree, source: Tree) {
    let properties = vec![
        ("FunctionName", Some(arn)),
        ("Action", Some(place.text("lambda:InvokeFunction"))),
        ("Principal", Some(place.text(SERVICE))),
        ("SourceArn", Some(source)),
    ];
    made.add(id, (caller.key_span, place), "AWS::Lambda::Permission", properties);
}
