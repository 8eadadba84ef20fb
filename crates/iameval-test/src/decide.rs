//! What answers the requests of tests.

use crate::assertion::{self, FailedAssertion, UNLISTED};
use crate::claim_assertion;
use crate::expectation::Expectation;
use crate::matrix;
use crate::pose::Pose;
use crate::request::TestRequest;
use crate::test_claim::TestClaim;
use iameval::Decision;
use iameval_ask::Answer;
use iameval_data::Catalogue;

/// What answers the requests of tests: a [`World`](crate::World), [`Policies`](crate::Policies), or a plain
/// [`PolicySet`](crate::PolicySet).
pub trait Decide: Pose {
    /// The decision about a request.
    ///
    /// # Errors
    /// Why it cannot be asked: no one is called so, or the answer depends on a resource that is not named.
    fn decision(&self, request: &TestRequest) -> Result<Decision, String> {
        Ok(self.pose(request)?.decide())
    }

    /// The answer to a request, with the statements that decided and everything else that there is to say.
    ///
    /// # Errors
    /// Why it cannot be asked.
    fn answer(&self, request: &TestRequest) -> Result<Answer, String> {
        Ok(self.pose(request)?.answer(Catalogue::embedded()))
    }

    /// Asks, and compares the answer with what is wanted; `by` is a statement that must be among those that decided: its
    /// `Sid`, `policy#Sid`, or `policy[2]` for the second of a policy. [`assert_allowed!`](crate::assert_allowed) and
    /// [`assert_denied!`](crate::assert_denied) come down to this.
    ///
    /// An action that AWS is not known to have, or that is never evaluated on the resource that the request names, is taken
    /// for a slip, unless the request says otherwise ([`TestRequest::unlisted`]).
    ///
    /// # Panics
    /// When the answer is another, with everything that explains it; when the request cannot be asked; and in a world with
    /// `strict_context` when the answer depends on a context key that was not given.
    #[track_caller]
    fn check(&self, request: &TestRequest, wanted: Expectation, by: Option<&str>) {
        if let Err(text) = self.compare(request, wanted, by, UNLISTED) {
            panic!("{text}");
        }
    }

    /// The same without a panic; `unlisted` is what those who ask call [`TestRequest::unlisted`].
    ///
    /// # Errors
    /// What [`Decide::check`] panics with.
    fn compare(
        &self,
        request: &TestRequest,
        wanted: Expectation,
        by: Option<&str>,
        unlisted: &str,
    ) -> Result<(), String> {
        assertion::checked(self, request, wanted, by, unlisted).map_err(|FailedAssertion { text, .. }| text)
    }

    /// Proves a claim: that every request of a scope is decided as wanted; `by` is a statement that must be among those that
    /// close it. [`assert_never_allowed!`](crate::assert_never_allowed) and
    /// [`assert_always_allowed!`](crate::assert_always_allowed) come down to this.
    ///
    /// # Panics
    /// When a request is decided otherwise, with that request and everything that explains it; when that could not be decided,
    /// and when the claim cannot be made.
    #[track_caller]
    fn check_claim(&self, claim: &TestClaim, wanted: Expectation, by: Option<&str>) {
        if let Err(text) = claim_assertion::proved(self, claim, wanted, by) {
            panic!("{text}");
        }
    }

    /// Asks for each cell of a table, the same as in a test file, and compares the answers with the cells. `principal` asks
    /// where the table has no column that says who does. [`assert_matrix!`](crate::assert_matrix) comes down to this.
    ///
    /// # Panics
    /// When answers are others, with the whole table, `got/expected` in the wrong cells; and where [`Decide::check`] does.
    #[track_caller]
    fn check_matrix(&self, principal: Option<&str>, table: &str) {
        if let Err(text) = matrix::checked(self, principal, table) {
            panic!("{text}");
        }
    }
}

impl<T: Pose + ?Sized> Decide for T {}
