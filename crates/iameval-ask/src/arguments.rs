//! Why a question cannot be asked, in terms of the arguments of a function or a tool.

use crate::codes::{EMPTY_SCOPE, NOTHING_TO_DECIDE_BY};
use crate::problem::{QuestionProblem, Remark};
use crate::question::{About, Tagged};
use crate::words::{listed, quoted};
use iameval::Problem;
use iameval::codes::INVALID_FIELD;
use iameval_prove::ClaimError;
use iameval_world::{Finding, ResourceNeeded, Source, Unbound};

/// What the arguments are called that the parts of a question come from.
#[derive(Debug, Clone, Copy)]
pub struct ArgumentNames {
    /// Who asks.
    pub principal: &'static str,
    /// The action, or the actions.
    pub action: &'static str,
    /// The resource, or the resources.
    pub resource: &'static str,
    /// The actions that a claim leaves out.
    pub except_action: &'static str,
    /// The resources that a claim leaves out.
    pub except_resource: &'static str,
    /// The VPC endpoint.
    pub endpoint: &'static str,
    /// The context.
    pub context: &'static str,
    /// The policies of the caller beside those of the world.
    pub policies: &'static str,
    /// All arguments together.
    pub all: &'static str,
}

impl ArgumentNames {
    /// The argument that a part of a question comes from.
    fn of(&self, part: About) -> &'static str {
        match part {
            About::Principal => self.principal,
            About::Action(_) => self.action,
            About::Resource(_) => self.resource,
            About::ExceptAction(_) => self.except_action,
            About::ExceptResource(_) => self.except_resource,
            About::Endpoint => self.endpoint,
            About::Context => self.context,
            About::Columns | About::Question => self.all,
        }
    }

    /// What is wrong with a question.
    pub fn refused(&self, problems: Vec<Tagged<QuestionProblem>>) -> Vec<Finding> {
        problems.into_iter().flat_map(|problem| self.findings(problem)).collect()
    }

    fn findings(&self, Tagged { about, text, what }: Tagged<QuestionProblem>) -> Vec<Finding> {
        let found = |problem| vec![Finding::about_all(&Source::new(self.of(about), &*text), problem)];
        let name_it = |needed: &ResourceNeeded| {
            let forms = quoted(&needed.forms, 3);
            format!("name it in `{}`: an ARN such as {forms}, `self` for the caller, or `*`", self.resource)
        };
        match what.into_problem(name_it) {
            Ok(problem) => found(problem),
            Err(QuestionProblem::Policies(findings)) => findings,
            Err(QuestionProblem::PrincipalNeeded(names)) => {
                let message = "the world has several principals and no default principal";
                let help = format!("name the caller in `{}`: {}", self.principal, listed(&names, ", ", 12));
                let problem = Problem::new(iameval_world::codes::UNKNOWN_NAME, message).with_help(help);
                vec![Finding::about_all(&Source::new(self.principal, ""), problem)]
            }
            Err(QuestionProblem::DoesNotBind { kind, principal }) => {
                let (message, help) = match Unbound::find(kind, &principal, "another kind") {
                    Some(Unbound { message, help }) => (message, Some(help)),
                    None => (format!("the policies do not apply to `{principal}`"), None),
                };
                found(Problem::new(INVALID_FIELD, message).with_any_help(help))
            }
            Err(QuestionProblem::NothingToDecideBy { .. }) => {
                let policies = self.policies;
                let help = format!("give `{policies}`, or name a principal or resource of the world that has some");
                found(Problem::new(NOTHING_TO_DECIDE_BY, "there are no policies to evaluate").with_help(help))
            }
            Err(_) => found(Problem::new(INVALID_FIELD, "the question cannot be asked")),
        }
    }

    /// Why there is nothing to prove.
    pub fn not_claimed(&self, error: &ClaimError) -> Finding {
        let problem = Problem::new(EMPTY_SCOPE, error.to_string());
        let help = "leave out fewer actions or resources, or say less of context keys";
        Finding::about_all(&Source::new(self.all, ""), problem.with_help(help))
    }

    /// What is odd about a question, each once. What was found out for it is not among that.
    pub fn odd(&self, remarks: &[Tagged<Remark>]) -> Vec<Finding> {
        let mut odd: Vec<Finding> = Vec::new();
        for Tagged { about, text, what } in remarks {
            let Some(problem) = what.problem() else {
                continue;
            };
            let finding = Finding::about_all(&Source::new(self.of(*about), &**text), problem.clone());
            if !odd.contains(&finding) {
                odd.push(finding);
            }
        }
        odd
    }
}
