//! Native claims line by line, with the policies that lines define.

use crate::native::{NamedPolicies, PolicySets};
use iameval::native::{RequestError, RequestErrorCode, RequestPolicies};
use iameval_data::Catalogue;
use iameval_prove::native::{
    CatalogueFacts, ClaimReader, Line, NativeClaim, NativeQuestion, write_error, write_new_access, write_public,
    write_statements, write_verdict, write_what_can,
};
use iameval_prove::{Beside, Claim, ClaimError, Prover, Verdict};
use std::num::NonZeroUsize;

/// Answers native claims, and remembers the policies that lines define.
#[derive(Debug)]
pub struct ClaimLines<'c> {
    prover: Prover<'c>,
    facts: CatalogueFacts,
    reader: ClaimReader,
    known: PolicySets,
}

/// What came of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineOutcome {
    /// It defines policies; there is nothing to write.
    Defined,
    /// The claim holds, or a question has its answer.
    Holds,
    /// The claim is refuted; there is new access, or public access.
    Refuted,
    /// It is not known, or the line cannot be used.
    NotAnswered,
}

type Result<T, E = Box<RequestError>> = std::result::Result<T, E>;

impl<'c> ClaimLines<'c> {
    /// No line so far; the latest so many policy sets and compiled policies are kept.
    pub fn keeping(keep: NonZeroUsize, catalogue: &'c Catalogue) -> Self {
        Self {
            prover: Prover::new(catalogue),
            facts: CatalogueFacts::of(catalogue),
            reader: ClaimReader::new().with_service_rules(catalogue.service_rules().clone()).keeping(keep.get()),
            known: PolicySets::keeping(keep),
        }
    }

    /// Writes what comes of a line as one JSON object, without a line break.
    ///
    /// # Errors
    /// When the prover found a request that evaluation decides otherwise, which is a defect of the prover.
    pub fn answer(&mut self, line: &str, out: &mut String) -> std::result::Result<LineOutcome, ClaimError> {
        let (id, answered) = match self.reader.read(line) {
            Ok(Line::Define(definition)) => {
                let name = definition.name.clone();
                self.known.define(&name, NamedPolicies::from(definition));
                return Ok(LineOutcome::Defined);
            }
            Ok(Line::Claim(claim)) => (claim.id.clone(), self.claim(&claim, out)?),
            Err(error) => (error.id.clone(), Err(error)),
        };
        Ok(answered.unwrap_or_else(|error| {
            write_error(out, id.as_deref(), &error);
            LineOutcome::NotAnswered
        }))
    }

    fn claim(&self, claim: &NativeClaim, out: &mut String) -> std::result::Result<Result<LineOutcome>, ClaimError> {
        let id = claim.id.as_deref();
        let own = match self.policies(claim) {
            Ok(policies) => claim.ready(&policies),
            Err(error) => return Ok(Err(error)),
        };
        let (scope, facts) = (&claim.scope, &self.facts);
        let written = match &claim.question {
            NativeQuestion::Holds(expect) => {
                let asked = Claim { policies: own, scope: scope.clone(), expect: *expect };
                self.prover.prove(&asked).map(|verdict| {
                    let outcome = match &verdict {
                        Verdict::Holds(_) => LineOutcome::Holds,
                        Verdict::Refuted(_) => LineOutcome::Refuted,
                        Verdict::Unknown(_) => LineOutcome::NotAnswered,
                    };
                    write_verdict(out, id, &asked.policies, &verdict, facts).map(|()| outcome)
                })
            }
            NativeQuestion::WhatCan => self.prover.what_can(&own, scope).map(|answer| {
                write_what_can(out, id, &own, &answer, facts);
                Ok(if answer.undecided.is_empty() { LineOutcome::Holds } else { LineOutcome::NotAnswered })
            }),
            NativeQuestion::NewAccess { old, new } => {
                let [old, new] = [claim.ready(old), claim.ready(new)];
                self.prover.new_access(&old, &new, scope).map(|answer| {
                    let outcome = match (answer.gained.is_empty(), answer.gained.undecided.is_empty()) {
                        (false, _) => LineOutcome::Refuted,
                        (true, true) => LineOutcome::Holds,
                        (true, false) => LineOutcome::NotAnswered,
                    };
                    write_new_access(out, id, [&old, &new], &answer, facts).map(|()| outcome)
                })
            }
            NativeQuestion::Public => self.prover.public(&own, scope).map(|answer| {
                let outcome = match (&answer.counterexample, answer.undecided.is_empty()) {
                    (Some(_), _) => LineOutcome::Refuted,
                    (None, true) => LineOutcome::Holds,
                    (None, false) => LineOutcome::NotAnswered,
                };
                write_public(out, id, &own, &answer, facts).map(|()| outcome)
            }),
            NativeQuestion::Statements { complete } => {
                let beside = if *complete { Beside::All } else { Beside::ItsOwn };
                self.prover.statements(&own, scope, beside).map(|answer| {
                    write_statements(out, id, &own, &answer, facts);
                    Ok(if answer.undecided.is_empty() { LineOutcome::Holds } else { LineOutcome::NotAnswered })
                })
            }
        };
        match written {
            Ok(Ok(outcome)) => Ok(Ok(outcome)),
            Ok(Err(unwritable)) => {
                Ok(Err(RequestError::new(RequestErrorCode::InvalidRequest, unwritable.to_string()).into()))
            }
            Err(ClaimError::EmptyScope(empty)) => {
                let message = format!("no request is in the scope: {empty}");
                Ok(Err(wrong(RequestErrorCode::EmptyScope, message, "scope")))
            }
            Err(defect) => Err(defect),
        }
    }

    /// The policies of a claim: its own, those of the set that it names, or both.
    fn policies(&self, claim: &NativeClaim) -> Result<RequestPolicies> {
        let Some(name) = &claim.policy_set else { return Ok(claim.policies.clone()) };
        self.known.beside(&name.value, &claim.policies)
    }
}

fn wrong(code: RequestErrorCode, message: impl Into<String>, path: &str) -> Box<RequestError> {
    let mut error = RequestError::new(code, message);
    error.path = Some(path.into());
    error.into()
}
