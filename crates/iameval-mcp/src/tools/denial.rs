//! `explain_denial`

use super::given::{self, AskedWorld};
use super::refusal::{refused, remarks};
use crate::answer::{Answer, Refused, STYLE, about};
use crate::arguments::Arguments;
use crate::workspace::Workspace;
use iameval::Problem;
use iameval_ask::{DeniedCall, Question};
use iameval_report::{Depth, Suggest, denial_to_text, denials_to_json};
use std::fmt::Write;

pub(crate) const ARGUMENTS: &[&str] = &[
    "action",
    "boundary",
    "context",
    "endpoint",
    "message",
    "mfa",
    "policies",
    "principal",
    "resource_account",
    "resource_policy",
    "resources",
    "session_policies",
];

/// How many calls of one input are explained.
const MOST: usize = 50;

pub(crate) fn answer(arguments: &Arguments<'_>, workspace: &dyn Workspace) -> Result<Answer, Refused> {
    let message = arguments.required("message")?;
    let actions: Vec<String> = arguments.text("action")?.map(str::to_owned).into_iter().collect();
    let given = Question { actions, ..given::question(arguments)? };
    let read = DeniedCall::read_all(message, workspace.catalogue()).map_err(|error| {
        about("message", Problem::new(iameval_ask::codes::NO_DENIAL, error.message).with_help(error.help))
    })?;
    if read.len() > MOST {
        let problem = format!("it has {} refused calls, more than {MOST}", read.len());
        return Err(about("message", Problem::new(iameval::codes::OVER_LIMIT, problem)));
    }
    let world = AskedWorld::read(arguments, workspace)?;
    let asker = world.asker(workspace);
    let (mut explained, mut unread, mut text) = (Vec::new(), Vec::new(), String::new());
    for call in read {
        let call = match call {
            Ok(call) => call,
            Err(error) => {
                unread.push(error);
                continue;
            }
        };
        if call.action.is_none() && given.actions.is_empty() {
            let problem = Problem::new(iameval_ask::codes::DENIAL_INCOMPLETE, "the message does not name the action");
            return Err(about("message", problem.with_help("name it in `action`; `find_action` knows it by the call")));
        }
        let denial = call.explain(&given, &asker).map_err(|wrong| refused(wrong.problems))?;
        text.push_str(&remarks(&denial.remarks));
        text.push_str(&denial_to_text(&denial, Suggest::Exceptions, Depth::Explained, STYLE));
        explained.push(denial);
    }
    for error in &unread {
        let _ = writeln!(text, "not read: {error}");
    }
    Ok(Answer::new(text, &denials_to_json(&explained, &unread)).naming(&world.world))
}
