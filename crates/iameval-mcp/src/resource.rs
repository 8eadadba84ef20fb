//! Resources: the world, the codes of messages, and the page about what IAM's rules are here.

use crate::answer::{STYLE, findings_to_text};
use crate::message::Fault;
use crate::workspace::Workspace;
use iameval::json::Node;
use iameval_report::{Names, Writing, code_table, explanation, explanation_to_text, screened_json, world_to_json};

const WORLD: &str = "iameval://world";
const CODES: &str = "iameval://codes";
const SEMANTICS: &str = "iameval://semantics";
/// What the URI of one code begins with.
const CODE: &str = "iameval://codes/";

/// The page of rules: a copy of `docs/semantics.md`, which a test compares.
const RULES: &str = include_str!("../semantics.md");

/// URI, name, description and type of each.
const LISTED: [[&str; 4]; 3] = [
    [WORLD, "world", "Who and what exists: principals, resources, accounts and their policies", "application/json"],
    [CODES, "codes", "The codes of all messages, with severity and title", "text/plain"],
    [SEMANTICS, "semantics", "The rules of IAM that decide, each with where it comes from", "text/markdown"],
];

/// The result of `resources/list`.
pub(crate) fn listed() -> String {
    let resources = LISTED.map(|[uri, name, description, kind]| described("uri", uri, name, description, kind));
    Node::object([("resources", Node::array(resources))]).to_string()
}

/// The result of `resources/templates/list`.
pub(crate) fn templates() -> String {
    let uri = "iameval://codes/{code}";
    let code =
        described("uriTemplate", uri, "code", "What a code such as IE0203 means, and what to do", "text/markdown");
    Node::object([("resourceTemplates", Node::array([code]))]).to_string()
}

fn described<'a>(member: &'a str, uri: &'a str, name: &'a str, description: &'a str, kind: &'a str) -> Node<'a> {
    Node::object([
        (member, Node::string(uri)),
        ("name", Node::string(name)),
        ("description", Node::string(description)),
        ("mimeType", Node::string(kind)),
    ])
}

/// The result of `resources/read`; `None` where there is no such resource.
pub(crate) fn read(uri: &str, workspace: &dyn Workspace) -> Option<Result<String, Fault>> {
    let (kind, text) = match uri {
        WORLD => match world(workspace) {
            Ok(text) => ("application/json", text),
            Err(fault) => return Some(Err(fault)),
        },
        CODES => {
            let pages: Vec<_> = workspace.codes().iter().map(explanation).collect();
            ("text/plain", code_table(&pages, STYLE))
        }
        SEMANTICS => ("text/markdown", RULES.to_owned()),
        _ => {
            let code = workspace.codes().find(uri.strip_prefix(CODE)?)?;
            ("text/markdown", explanation_to_text(&explanation(code), STYLE))
        }
    };
    let contents =
        Node::object([("uri", Node::string(uri)), ("mimeType", Node::string(kind)), ("text", Node::string(text))]);
    Some(Ok(screened_json(&Node::object([("contents", Node::array([contents]))]).to_string()).into_owned()))
}

fn world(workspace: &dyn Workspace) -> Result<String, Fault> {
    match workspace.world() {
        Ok(Some(world)) => {
            let names = Names::of(world.symbols());
            Ok(names.shown(&format!("{:#}\n", world_to_json(&world)), Writing::Json).into_owned())
        }
        Ok(None) => Err(Fault::request("there is no world; start the server with `-w FILE`")),
        Err(findings) => Err(Fault::request(findings_to_text(&findings))),
    }
}
