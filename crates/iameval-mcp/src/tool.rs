//! The tools.

use crate::answer::{Answer, Refused};
use crate::arguments::Arguments;
use crate::tools::{actions, check, denial, diff, prove, run_tests, simulate};
use crate::workspace::Workspace;

/// What clients see of the tools.
const DESCRIBED: &str = include_str!("../tools.json");

/// A tool.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    arguments: &'static [&'static str],
    answer: fn(&Arguments<'_>, &dyn Workspace) -> Result<Answer, Refused>,
}

/// All of them, in the order of names.
pub(crate) const TOOLS: [Tool; 8] = [
    Tool { name: "check_policy", arguments: check::ARGUMENTS, answer: check::answer },
    Tool { name: "diff", arguments: diff::ARGUMENTS, answer: diff::answer },
    Tool { name: "expand_actions", arguments: actions::EXPAND, answer: actions::expand },
    Tool { name: "explain_denial", arguments: denial::ARGUMENTS, answer: denial::answer },
    Tool { name: "find_action", arguments: actions::FIND, answer: actions::find },
    Tool { name: "prove", arguments: prove::ARGUMENTS, answer: prove::answer },
    Tool { name: "run_tests", arguments: run_tests::ARGUMENTS, answer: run_tests::answer },
    Tool { name: "simulate", arguments: simulate::ARGUMENTS, answer: simulate::answer },
];

impl Tool {
    /// Answers from the text of the arguments.
    pub(crate) fn call(&self, arguments: &str, workspace: &dyn Workspace) -> Answer {
        let read = Arguments::read(arguments, self.arguments);
        let answered = read.and_then(|arguments| (self.answer)(&arguments, workspace));
        answered.unwrap_or_else(|findings| Answer::refused(&findings))
    }
}

/// The result of `tools/list`.
pub(crate) fn listed() -> String {
    // One line, as every message is: no string of the file goes over several.
    DESCRIBED.lines().map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    #[test]
    fn what_is_described_is_what_is_there() {
        let described: Value = serde_json::from_str(&listed()).unwrap();
        let described = described["tools"].as_array().unwrap();
        let names: Vec<&str> = described.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
        assert_eq!(names, TOOLS.each_ref().map(|tool| tool.name));
        for (described, tool) in described.iter().zip(&TOOLS) {
            let schema = &described["inputSchema"];
            let properties: BTreeSet<&str> =
                schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(properties, tool.arguments.iter().copied().collect(), "{}", tool.name);
            assert_eq!(schema["additionalProperties"], false, "{}", tool.name);
            assert_eq!(described["annotations"]["readOnlyHint"], true, "{}", tool.name);
        }
    }
}
