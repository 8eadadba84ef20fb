//! Cases that ask who can: one question to every principal of the world.

use crate::check::{Case, Check, WantedPrincipals};
use crate::file::TestFile;
use crate::refusal::name_it;
use crate::run::{Failure, Status};
use iameval::Decision;
use iameval_ask::words::listed;
use iameval_ask::{Asker, Question, QuestionProblem};
use iameval_world::Finding;

impl TestFile<'_> {
    /// How such a check ends. There is no decision about everybody: it stands for whether the right ones can.
    ///
    /// # Errors
    /// A policy that is not valid for the way it is attached.
    pub(crate) fn ask_everybody(
        &self,
        check: &Check,
        case: &Case,
        wanted: &WantedPrincipals,
    ) -> Result<Status, Vec<Finding>> {
        let asker = Asker::new(&self.world, self.catalogue);
        let question = Question {
            actions: vec![check.action.to_string()],
            resources: Some(check.resource.clone()).filter(|text| !text.is_empty()).into_iter().collect(),
            endpoint: case.via.clone(),
            context: (*check.context).clone(),
            mfa: check.mfa.into_iter().collect(),
            ..Question::default()
        };
        let who_can = asker.who_can(&question, &mut |_, _| {}).map_err(|refused| {
            let findings = refused.problems.into_iter().flat_map(|problem| match problem.what.into_problem(name_it) {
                Ok(problem) => vec![Finding::new(&self.source, problem.at(case.span))],
                Err(QuestionProblem::Policies(findings)) => findings,
                // The rest is about one principal who asks.
                Err(_) => Vec::new(),
            });
            findings.collect::<Vec<_>>()
        })?;
        Ok(match wanted.names.compare(&who_can, false).pop() {
            None => Status::Passed(Decision::Allowed),
            Some(unexpected) => {
                let failure = Failure::Principals { too_many: unexpected.too_many, missing: unexpected.missing };
                Status::Failed(Decision::ImplicitDeny, failure)
            }
        })
    }
}

impl WantedPrincipals {
    /// `ann, bob and nobody else`
    pub(crate) fn in_words(&self) -> String {
        const MANY: usize = 20;
        match self.written.as_slice() {
            [one] if one == "none" => "nobody".into(),
            several => format!("{} and nobody else", listed(several, ", ", MANY)),
        }
    }
}
