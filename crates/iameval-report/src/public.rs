//! Whether resources are public, as text and as JSON (`{"schema": "iameval/public/1", …}`).

use crate::json::{list, placed, text};
use crate::layout::Lines;
use crate::style::Style;
use crate::text::described;
use crate::undecided::{undecided_in_words, undecided_to_json};
use iameval::json::{Node, Value};
use iameval::native::request_to_json;
use iameval::{PrincipalClass, Request};
use iameval_ask::words::listed;
use iameval_ask::{LetIn, PublicResource, PublicVerdict};

/// The verdicts as lines of text, each ended.
pub fn public_to_text(resources: &[PublicResource], style: Style) -> String {
    let symbols = resources.iter().find_map(|resource| match &resource.verdict {
        PublicVerdict::Public(let_in) => let_in.policies.set().symbols(),
        _ => None,
    });
    let mut lines = Lines::new(style).naming(symbols);
    for resource in resources {
        let name = if resource.name == resource.arn { String::new() } else { format!("  {}", resource.arn) };
        match &resource.verdict {
            PublicVerdict::NotPublic => lines.line(&format!("not public: {}{name}", resource.name)),
            PublicVerdict::Public(let_in) => {
                lines.line(&format!("public: {}{name}", resource.name));
                let_in_to_text(let_in, &mut lines);
            }
            PublicVerdict::Unknown(undecided) => {
                lines.line(&format!("unknown: {}{name}", resource.name));
                for reason in undecided {
                    lines.named("because", &undecided_in_words(reason), "");
                }
            }
        }
        if resource.names_nobody {
            lines.named("note", "no statement of its policy has a `Principal`, so it lets in nobody", "");
        }
    }
    lines.into_text()
}

fn let_in_to_text(let_in: &LetIn, lines: &mut Lines) {
    let request = &let_in.found.request;
    lines.named("lets in", &stranger_in_words(request), "");
    lines.named("for", &format!("{} on {}", request.action(), request.resource()), "");
    if let Some(statement) = let_in.statement() {
        let (statement, place) = described(&statement);
        lines.named("by", &statement, &place);
    }
    let context: Vec<String> =
        let_in.given().map(|(key, value)| format!("{key}={}", value.texts().collect::<Vec<_>>().join(","))).collect();
    if !context.is_empty() {
        lines.named("with", &listed(&context, ", ", 6), "");
    }
}

/// Who a stranger is, in words.
pub fn stranger_in_words(request: &Request) -> String {
    match request.principal().class() {
        Some(PrincipalClass::Anonymous) => "anyone, without signing in".into(),
        Some(PrincipalClass::User) => "users of any AWS account, whose own policies allow it".into(),
        Some(PrincipalClass::Root) => "the root user of any AWS account".into(),
        Some(PrincipalClass::FederatedUser) => "federated users of any AWS account, whose own policies allow it".into(),
        Some(PrincipalClass::Service) => "AWS services, for a resource of any AWS account".into(),
        Some(PrincipalClass::RoleSession | PrincipalClass::Role) => {
            "roles of any AWS account, whose own policies allow it".into()
        }
        _ => format!("anyone who signs in with {}", request.principal()),
    }
}

/// The verdicts as JSON.
pub fn public_to_json(resources: &[PublicResource]) -> Node<'_> {
    Node::object([
        ("schema", Node::string("iameval/public/1")),
        ("resources", Node::array(resources.iter().map(resource_to_json))),
    ])
}

fn resource_to_json(resource: &PublicResource) -> Node<'_> {
    const NULL: Value<'static> = Value::Null;
    let (let_in, undecided) = match &resource.verdict {
        PublicVerdict::Public(let_in) => (let_in_to_json(let_in), list(std::iter::empty())),
        PublicVerdict::NotPublic => (Node::new(NULL), list(std::iter::empty())),
        PublicVerdict::Unknown(undecided) => (Node::new(NULL), list(undecided.iter().map(undecided_to_json))),
    };
    Node::object([
        ("name", text(&resource.name)),
        ("arn", text(&resource.arn)),
        ("verdict", Node::string(resource.verdict.id())),
        ("names_nobody", Node::new(Value::Bool(resource.names_nobody))),
        ("lets_in", let_in),
        ("undecided", undecided),
    ])
}

fn let_in_to_json(let_in: &LetIn) -> Node<'_> {
    let documents = let_in.policies.documents().iter().map(|document| &**document);
    let request = request_to_json(&let_in.found.request, let_in.policies.set(), documents);
    let statement = let_in.statement().and_then(|own| Some(placed(&own, own.statement?.effect())));
    Node::object([
        ("who", text(stranger_in_words(&let_in.found.request))),
        ("request", request.unwrap_or_else(|_| Node::new(Value::Null))),
        ("statement", statement.unwrap_or_else(|| Node::new(Value::Null))),
    ])
}
