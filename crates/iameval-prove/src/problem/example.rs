//! Requests to show: those that AWS could make, of actions that people know.

use super::{Answer, Asked, Problem, Wish};
use crate::realistic::{self, Realism};
use iameval::Request;

/// So many actions at most are tried as examples.
const MOST_TRIED: usize = 6;

/// Services that most readers know, those first that tell most.
const WELL_KNOWN: [&str; 12] =
    ["iam", "s3", "ec2", "lambda", "kms", "dynamodb", "sts", "secretsmanager", "rds", "sqs", "sns", "cloudformation"];

/// How early an action is taken as an example.
fn rank(service: &str, name: &str) -> (usize, usize) {
    let known = WELL_KNOWN.iter().position(|own| *own == service).unwrap_or(WELL_KNOWN.len());
    let verbs = [
        "createuser",
        "getobject",
        "putobject",
        "runinstances",
        "invokefunction",
        "decrypt",
        "create",
        "put",
        "delete",
    ];
    let verb = verbs.iter().position(|verb| name.starts_with(verb)).unwrap_or(verbs.len());
    (known, verb)
}

impl Problem<'_> {
    /// A request that AWS could make of one of these actions, rather one that people know, that comes out as wished; with
    /// whether it is one that AWS could make.
    pub(crate) fn find_realistic(&mut self, actions: &[usize], wishes: &[Wish]) -> Option<Request> {
        let ranks = actions.iter().enumerate().map(|(at, action)| (self.rank_of(*action), at, *action));
        let mut ranked: Vec<_> = ranks.collect();
        if ranked.len() > MOST_TRIED {
            ranked.select_nth_unstable(MOST_TRIED);
            ranked.truncate(MOST_TRIED);
        }
        ranked.sort_unstable();
        for realism in [Realism::Own, Realism::Usual, Realism::Possible] {
            for (.., action) in &ranked {
                if self.left_for_examples == 0 {
                    return None;
                }
                let before = self.left;
                let found = self.find(&Asked::Realistic(*action, realism), wishes);
                self.left_for_examples = self.left_for_examples.saturating_sub(before - self.left);
                if let Answer::Found(request) = found
                    && realistic::disagreement(&request).is_none()
                {
                    return Some(*request);
                }
            }
        }
        None
    }

    /// How early one of these actions is taken as an example.
    pub(crate) fn rank(&self, actions: &[usize]) -> Option<(usize, usize)> {
        actions.iter().map(|action| self.rank_of(*action)).min()
    }

    fn rank_of(&self, action: usize) -> (usize, usize) {
        rank(self.table.service_of(action), self.table.name(action))
    }
}
