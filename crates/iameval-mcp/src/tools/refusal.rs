//! Why a question cannot be asked, in terms of arguments.

use crate::answer::{Refused, STYLE};
use iameval_ask::{ArgumentNames, QuestionProblem, Remark, Tagged};
use iameval_report::render_finding;

/// What the tools call their arguments.
pub(super) const NAMES: ArgumentNames = ArgumentNames {
    principal: "principal",
    action: "actions",
    resource: "resources",
    except_action: "except_actions",
    except_resource: "except_resources",
    endpoint: "endpoint",
    context: "context",
    policies: "policies",
    all: "arguments",
};

/// What is wrong with a question.
pub(super) fn refused(problems: Vec<Tagged<QuestionProblem>>) -> Refused {
    NAMES.refused(problems)
}

/// What is odd about a question, as lines to stand before its answer.
pub(super) fn remarks(remarks: &[Tagged<Remark>]) -> String {
    let odd = NAMES.odd(remarks);
    odd.iter().map(|finding| render_finding(finding, STYLE) + "\n\n").collect()
}
