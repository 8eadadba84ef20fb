//! Actions that policies may name and that no service asks about any more.

/// A service whose actions have no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithoutEffect {
    /// The prefix of its actions.
    pub prefix: &'static str,
    /// Its name.
    pub title: &'static str,
    /// What to write instead, as a help line.
    pub instead: &'static str,
}

/// `InvokeMcp`, `CallReadOnlyTool` and `CallReadWriteTool` of the first (*Troubleshooting AWS MCP Server identity and
/// access*, Agent Toolkit for AWS User Guide; R-CTX-03).
const SERVICES: [WithoutEffect; 1] = [WithoutEffect {
    prefix: "aws-mcp",
    title: "AWS MCP Server",
    instead: "what a caller may do through an MCP server of AWS is decided by the actions that it calls on the caller's \
              behalf; to tell such calls apart, test the condition key `aws:ViaAWSMCPService`, or `aws:CalledViaAWSMCP` \
              for one server",
}];

/// What is known of a service whose actions have no effect, by their prefix in any letter case.
///
/// ```
/// assert!(iameval_data::without_effect("aws-mcp").is_some());
/// assert!(iameval_data::without_effect("ecs-mcp").is_none());
/// ```
pub fn without_effect(prefix: &str) -> Option<&'static WithoutEffect> {
    SERVICES.iter().find(|service| service.prefix.eq_ignore_ascii_case(prefix))
}

impl WithoutEffect {
    /// What there is to say of an entry of a policy, or of an action that is asked about.
    pub fn message(&self, text: &str) -> String {
        format!("`{text}` has no effect: {} no longer checks any action of its own", self.title)
    }
}
