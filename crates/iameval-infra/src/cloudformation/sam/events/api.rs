//! Events of APIs: a request to a path invokes the function.

use super::super::function::Target;
use super::super::implicit::{HTTP_API, REST_API};
use super::super::tree::{Tree, referred};
use super::super::{Expansion, ids, invalid};
use super::{Event, Says};
use iameval::json::Node;

/// What SAM calls any method.
const ANY: &str = "x-amazon-apigateway-any-method";

impl<'t> Expansion<'t> {
    pub(super) fn rest_event(&mut self, event: Event<'_>, target: &Target) {
        let place = event.place();
        let Some((api, stage)) = self.note_path(event) else { return };
        let (Some(path), Some(method)) = (text(event, "Path"), text(event, "Method")) else { return };
        let method = if method.eq_ignore_ascii_case("any") { "*".to_owned() } else { method.to_uppercase() };
        let values = vec![place.member("__ApiId__", api), place.member("__Stage__", place.text("*"))];
        let resource =
            format!("${{__ApiId__}}/${{__Stage__}}/{method}{}", without_parameters(without_slash(path), true));
        let arn = self.arn(place, "execute-api", &resource, values);
        let id = ids::with_suffix(&format!("{}Permission", event.id(target)), &stage);
        let says = Says { source_arn: Some(arn), ..Says::default() };
        self.permit(event, target, "apigateway.amazonaws.com", says, id);
    }

    /// Notes the resource policy of a path of a REST API. What refers to the API, and what its stage is called in ids.
    pub(super) fn note_path(&mut self, event: Event<'_>) -> Option<(Tree, String)> {
        let place = event.place();
        let path = self.required(event, "Path")?.as_str()?;
        self.required(event, "Method")?;
        let api = event.get("RestApiId").cloned().unwrap_or_else(|| place.reference(REST_API));
        let id = referred(&api).or(api.as_str()).map(str::to_owned);
        let Some((id, resource)) = id.and_then(|id| self.given.get(&*id).map(|resource| (id, *resource))) else {
            let message = format!("the API of event `{}` is not in the template", event.member.key);
            self.errors.push(invalid(api.span, message).with_help("refer to an API of the template with `!Ref`"));
            return None;
        };
        let stage = resource.get("Properties").and_then(|properties| properties.get("StageName"));
        let stage = stage.and_then(Node::as_str).unwrap_or("Stage").to_owned();
        if let Some(policy) = event.given("Auth").and_then(|auth| auth.get("ResourcePolicy"))
            && takes_resource_policy(event, resource)
        {
            let methods = self.methods_of(&id, path).to_vec();
            self.api(&id).policy.add(policy, path, &methods, &place.text(stage.clone()));
            self.api(&id).policy.add_statements(policy);
        }
        Some((api, stage))
    }

    pub(super) fn http_event(&mut self, event: Event<'_>, target: &Target) {
        let place = event.place();
        let (path, method) = match (text(event, "Path"), text(event, "Method")) {
            (None, None) => ("$default", ANY),
            (Some(path), Some(method)) => (path, method),
            (path, _) => {
                let missing = if path.is_some() { "Method" } else { "Path" };
                self.required(event, missing);
                return;
            }
        };
        let api = event.get("ApiId").cloned().unwrap_or_else(|| place.reference(HTTP_API));
        let id = referred(&api).or(api.as_str()).map(str::to_owned);
        let Some((id, resource)) = id.and_then(|id| self.given.get(&*id).map(|resource| (id, *resource))) else {
            let message = format!("the API of event `{}` is not in the template", event.member.key);
            self.errors.push(invalid(api.span, message).with_help("refer to an API of the template with `!Ref`"));
            return;
        };
        let is_any = method.eq_ignore_ascii_case("any") || method.eq_ignore_ascii_case(ANY);
        let mut route = without_slash(path);
        if route == "$default" {
            route = "";
        } else if self.is_default(&id, target) {
            return;
        }
        let is_external =
            resource.get("Properties").is_some_and(|properties| properties.get("DefinitionUri").is_some());
        if path == "$default" && is_any && !is_external {
            self.api(&id).default_of = Some(target.called.clone());
        }
        let mut arn = "${__ApiId__}/${__Stage__}".to_owned();
        let route = without_parameters(route, false);
        if method.eq_ignore_ascii_case("any") && route == "/$default" {
            arn.push_str(&route);
        } else {
            let method = if is_any { "*".to_owned() } else { method.to_uppercase() };
            arn.extend(["/", &*method, &*route]);
        }
        let values = vec![place.member("__ApiId__", api), place.member("__Stage__", place.text("*"))];
        let arn = format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{arn}");
        let says = Says { source_arn: Some(place.sub(arn, values)), ..Says::default() };
        self.permit_event(event, target, "apigateway.amazonaws.com", says);
    }

    /// Whether all that goes to no other route goes to the function, which may be invoked for any route then.
    fn is_default(&self, id: &str, target: &Target) -> bool {
        if target.alias.is_some() {
            return false;
        }
        if self.apis.get(id).and_then(|api| api.default_of.as_deref()) == Some(&*target.called) {
            return true;
        }
        let at = |node: &'t Tree, keys: [&str; 4]| keys.iter().try_fold(node, |node, key| node.get(key));
        let body = self.given.get(id).and_then(|api| api.get("Properties")?.get("DefinitionBody"));
        let uri = body.and_then(|body| at(body, ["paths", "$default", ANY, "x-amazon-apigateway-integration"]));
        let uri = uri.and_then(|integration| integration.get("uri")?.get("Fn::Sub")).and_then(Node::as_str);
        uri.is_some_and(|uri| uri.contains(&format!("${{{}.Arn}}", target.called)))
    }
}

/// Whether SAM writes what events say into the definition of the API.
fn takes_resource_policy(event: Event<'_>, api: &Tree) -> bool {
    let properties = api.get("Properties");
    let has = |name: &str| properties.is_some_and(|properties| properties.get(name).is_some());
    let overrides = event.get("Auth").and_then(|auth| auth.get("OverrideApiAuth"));
    let is_managed = !has("DefinitionBody") && !has("DefinitionUri");
    is_managed || has("MergeDefinitions") || (has("DefinitionBody") && overrides.is_some())
}

fn text<'e>(event: Event<'e>, property: &str) -> Option<&'e str> {
    event.given(property).and_then(Node::as_str)
}

/// A path without a slash at its end.
fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').filter(|rest| !rest.is_empty()).unwrap_or(path)
}

/// A path with a star for each parameter.
pub(in super::super) fn without_parameters(path: &str, with_greedy: bool) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        let plain = name.strip_suffix('+').filter(|plain| with_greedy || *plain == "proxy").unwrap_or(name);
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        if !plain.is_empty() && plain.chars().all(is_name) {
            out.push('*');
        } else {
            out.extend(["{", name, "}"]);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
