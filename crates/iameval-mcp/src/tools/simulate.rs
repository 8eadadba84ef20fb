//! `simulate`

use super::given::{self, AskedWorld};
use super::refusal::{refused, remarks};
use crate::answer::{Answer, Refused, STYLE, about};
use crate::arguments::Arguments;
use crate::workspace::Workspace;
use iameval::Problem;
use iameval_ask::{Answer as Decided, Question};
use iameval_data::{expand_pattern, is_action_pattern};
use iameval_report::{Depth, answer_to_text, answers_to_json, answers_to_table};

pub(crate) const ARGUMENTS: &[&str] = &[
    "actions",
    "boundary",
    "context",
    "endpoint",
    "mfa",
    "policies",
    "principal",
    "resource_account",
    "resource_policy",
    "resources",
    "session_policies",
];

/// How many requests a call may come to, and how many of them are explained in the text.
const MOST: usize = 500;
const EXPLAINED: usize = 10;

pub(crate) fn answer(arguments: &Arguments<'_>, workspace: &dyn Workspace) -> Result<Answer, Refused> {
    let question = Question { actions: arguments.some_texts("actions")?, ..given::question(arguments)? };
    bounded(&question, workspace)?;
    let world = AskedWorld::read(arguments, workspace)?;
    let asker = world.asker(workspace);
    let posed = asker.pose(&question).map_err(|wrong| refused(wrong.problems))?;
    let catalogue = workspace.catalogue();
    let answers: Vec<Decided> = posed.requests.into_iter().map(|posed| posed.answer(catalogue)).collect();
    let mut text = remarks(&posed.remarks);
    if answers.len() > 1 {
        text += &answers_to_table(&answers, STYLE);
        text.push('\n');
    }
    if answers.len() <= EXPLAINED {
        let explained = answers.iter().map(|answer| answer_to_text(answer, Depth::Explained, STYLE));
        text += &explained.collect::<Vec<_>>().join("\n");
    }
    Ok(Answer::new(text, &answers_to_json(&answers)).naming(&world.world))
}

/// Refuses what would come to more answers than anybody reads.
fn bounded(question: &Question, workspace: &dyn Workspace) -> Result<(), Refused> {
    let is_pattern = |text: &&String| is_action_pattern(text);
    let patterns = question.actions.iter().filter(is_pattern);
    let covered = patterns.map(|text| expand_pattern(text, workspace.catalogue()).map_or(0, |covered| covered.len()));
    let actions = question.actions.len() + covered.sum::<usize>();
    let requests = actions * question.resources.len().max(1) * question.mfa.len().max(1);
    if requests <= MOST {
        return Ok(());
    }
    let message = format!("these are {requests} requests, more than {MOST}");
    let problem = Problem::new(iameval::codes::OVER_LIMIT, message);
    Err(about("actions", problem.with_help("name fewer actions or resources, or `prove` what holds for all of them")))
}
