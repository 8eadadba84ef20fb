//! Messages in, answers out.

use crate::message::{self, Fault, Message};
use crate::resource;
use crate::tool::{self, TOOLS};
use crate::workspace::Workspace;
use iameval::json::{Node, Value};
use std::io::{self, BufRead, Read, Write};

/// The versions of the protocol that are spoken, the newest first. Of what is served here they say the same.
const VERSIONS: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
/// How long a message may be, in bytes.
pub const LONGEST: usize = 8 << 20;
/// What a model reads of the server as a whole.
const INSTRUCTIONS: &str = "Decides AWS IAM questions offline and exactly. Before you propose a policy: `check_policy` for \
    mistakes, `simulate` for single requests, `prove` for what holds of all requests, `diff` for what a change grants. A policy \
    that you propose must not grant more than what is needed: write the needs as a policy and `diff` it with the proposal; \
    nothing may be gained.";

/// An MCP server over a workspace.
///
/// ```
/// # use iameval_data::Catalogue;
/// # use iameval_mcp::{Server, Workspace};
/// # use iameval_report::Codes;
/// # use iameval_test::TestFile;
/// # use iameval_world::{Finding, World};
/// # use std::sync::Arc;
/// /// Neither a world nor tests.
/// struct Nothing(Codes);
///
/// impl Workspace for Nothing {
///     fn catalogue(&self) -> &Catalogue { Catalogue::embedded() }
///     fn codes(&self) -> &Codes { &self.0 }
///     fn world(&self) -> Result<Option<Arc<World>>, Vec<Finding>> { Ok(None) }
///     fn tests(&self) -> Result<(Vec<TestFile<'_>>, Vec<Finding>), Vec<Finding>> { Ok((Vec::new(), Vec::new())) }
/// }
///
/// let workspace = Nothing(Codes::of(&[iameval::codes::ALL]));
/// let server = Server::new(&workspace, "1.0");
/// let answer = server.answer(
///     br#"{"jsonrpc": "2.0", "id": 1, "method": "tools/call",
///          "params": {"name": "find_action", "arguments": {"text": "aws s3api list-objects-v2"}}}"#,
/// );
/// assert!(answer.unwrap().contains("s3:ListBucket"));
/// ```
pub struct Server<'w> {
    workspace: &'w dyn Workspace,
    version: &'w str,
}

impl<'w> Server<'w> {
    /// A server of that version of the program.
    pub fn new(workspace: &'w dyn Workspace, version: &'w str) -> Self {
        Self { workspace, version }
    }

    /// Reads messages, one a line, and writes the answers, until the input ends.
    ///
    /// # Errors
    /// When reading or writing fails.
    pub fn run(&self, mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let most = u64::try_from(LONGEST).unwrap_or(u64::MAX).saturating_add(1);
            if input.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            let answer = if line.len() > LONGEST && line.last() != Some(&b'\n') {
                input.skip_until(b'\n')?;
                Some(message::fault(None, &Fault::request(format!("the message is longer than {LONGEST} bytes"))))
            } else {
                self.answer(&line)
            };
            if let Some(answer) = answer {
                writeln!(output, "{answer}")?;
                output.flush()?;
            }
        }
    }

    /// Answers a message; `None` where it wants no answer.
    pub fn answer(&self, line: &[u8]) -> Option<String> {
        let line = match std::str::from_utf8(line.trim_ascii()) {
            Ok("") => return None,
            Ok(line) => line,
            Err(_) => return Some(message::fault(None, &Fault::parse("the message is not UTF-8".into()))),
        };
        let (id, answered) = match message::read(line) {
            Ok(None) => return None,
            Ok(Some(message)) => (Some(message.id?), self.result(&message, line)),
            Err((id, fault)) => (id, Err(fault)),
        };
        Some(match (id, answered) {
            (Some(id), Ok(result)) => message::result(id, &result),
            (id, Err(fault)) => message::fault(id, &fault),
            (None, Ok(_)) => return None,
        })
    }

    fn result(&self, message: &Message<'_>, line: &str) -> Result<String, Fault> {
        let parameter = |name: &str| message.parameters.as_ref().and_then(|parameters| parameters.get(name));
        let text = |name: &str| {
            let found = parameter(name).and_then(Node::as_str);
            found.ok_or_else(|| Fault::parameters(format!("`{name}` must be a string")))
        };
        match message.method.as_str() {
            "initialize" => Ok(self.introduction(parameter("protocolVersion").and_then(Node::as_str))),
            "ping" => Ok("{}".into()),
            "tools/list" => Ok(tool::listed()),
            "tools/call" => {
                let name = text("name")?;
                let known = || TOOLS.iter().map(|tool| tool.name).collect::<Vec<_>>().join(", ");
                let tool = TOOLS
                    .iter()
                    .find(|tool| tool.name == name)
                    .ok_or_else(|| Fault::parameters(format!("there is no tool `{name}`; there are {}", known())))?;
                let arguments = parameter("arguments").and_then(|node| line.get(node.span.range())).unwrap_or("{}");
                Ok(tool.call(arguments, self.workspace).into_result())
            }
            "resources/list" => Ok(resource::listed()),
            "resources/templates/list" => Ok(resource::templates()),
            "resources/read" => {
                let uri = text("uri")?;
                resource::read(uri, self.workspace).unwrap_or_else(|| Err(Fault::resource(uri)))
            }
            other => Err(Fault::method(other)),
        }
    }

    fn introduction(&self, wanted: Option<&str>) -> String {
        let [newest, ..] = VERSIONS;
        let version = VERSIONS.into_iter().find(|known| Some(*known) == wanted).unwrap_or(newest);
        let capability = || Node::object([("listChanged", Node::new(Value::Bool(false)))]);
        let capabilities = Node::object([("tools", capability()), ("resources", capability())]);
        let server = Node::object([("name", Node::string("iameval")), ("version", Node::string(self.version))]);
        let introduction = [
            ("protocolVersion", Node::string(version)),
            ("capabilities", capabilities),
            ("serverInfo", server),
            ("instructions", Node::string(INSTRUCTIONS)),
        ];
        Node::object(introduction).to_string()
    }
}
