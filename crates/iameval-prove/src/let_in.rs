//! Whether policies of resources let strangers in, and which of their statements do.

use crate::claim::{Policies, Scope};
use crate::problem::{MOST_OF_QUESTION, Problem, Read, Wish};
use crate::prover::{ClaimError, Example, MOST_GROUPS, Prover, are_certain, counterexample, depends_on};
use crate::several::shapes_of;
use crate::shapes::Shapes;
use crate::side::Wanted;
use crate::stranger::{Stranger, strangers, strangers_of_unnamed_account, with_own_policies};
use crate::symbolic::Reading;
use crate::verdict::{Counterexample, LetIn, Public, Undecided};
use iameval::{Effect, Layer, Request, StatementId};
use std::collections::BTreeSet;

/// How far statements are looked for that let somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// So many are found at most.
    pub statements: usize,
    /// So many steps are taken at most, counted as for [`Prover::statements_within`].
    pub steps: u64,
}

/// The statements that let somebody in, as they are found.
struct LetInSoFar {
    by: Vec<Counterexample>,
    undecided: BTreeSet<Undecided>,
    /// How many steps may still be taken.
    steps: u64,
}

impl Prover<'_> {
    /// Whether the resource policies let in a caller without any tie to their accounts: an anonymous one; a user, role,
    /// federated user or the root user of an account and organization that no policy names; a service that calls for a
    /// resource of such an account; or someone whom an OIDC provider signed in that many tenants share.
    ///
    /// ```
    /// use iameval::{CompiledPolicy, PolicyDocument, PolicyId, PolicyKind, PolicySet};
    /// use iameval_data::Catalogue;
    /// use iameval_prove::{Policies, Prover, Scope};
    /// use std::sync::Arc;
    ///
    /// let text = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
    ///     "Resource": "arn:aws:s3:::site/*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}}}"#;
    /// let policy = CompiledPolicy::parse(PolicyId::new("site"), PolicyKind::Resource, text)?;
    /// let set = PolicySet::builder().add(Arc::new(policy)).build();
    /// let policies = Policies::new(set, [Arc::new(text.parse::<PolicyDocument>()?)]).unwrap();
    /// let public = Prover::new(Catalogue::embedded()).public(&policies, &Scope::default())?;
    /// assert_eq!(public.counterexample.unwrap().request.action().as_str(), "s3:GetObject");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When no request is in the scope.
    pub fn public(&self, policies: &Policies, scope: &Scope) -> Result<Public, ClaimError> {
        let LetIn { by, undecided } = self.let_in(policies, scope, Most { statements: 1, steps: MOST_OF_QUESTION })?;
        let counterexample = by.into_iter().next();
        let undecided = if counterexample.is_some() { Vec::new() } else { undecided };
        let deciding = counterexample
            .as_ref()
            .map(|found: &Counterexample| with_own_policies(policies, Some(found.request.principal())));
        Ok(Public { counterexample, policies: deciding, undecided })
    }

    /// The statements that let such callers in, each with a request of the first kind of caller that it lets in. What ends it
    /// early is not known.
    ///
    /// # Errors
    /// When no request is in the scope.
    pub fn let_in(&self, policies: &Policies, scope: &Scope, most: Most) -> Result<LetIn, ClaimError> {
        let mut found = LetInSoFar { by: Vec::new(), undecided: BTreeSet::new(), steps: most.steps };
        let certain = strangers(policies, scope).into_iter().map(|stranger| (stranger, Reading::LEAST));
        let has_symbols = policies.set().symbols().is_some();
        let possible = if has_symbols { strangers_of_unnamed_account(policies, scope) } else { Vec::new() };
        let possible = possible.into_iter().map(|stranger| (stranger, Reading::MOST));
        let (mut can_ask, mut empty) = (false, None);
        for (stranger, reading) in certain.chain(possible) {
            // Not every stranger can make every request.
            match self.lets_in(policies, &stranger, reading, most, &mut found) {
                Err(ClaimError::EmptyScope(why)) => empty = Some(why),
                asked => {
                    asked?;
                    can_ask = true;
                }
            }
        }
        match empty {
            Some(why) if !can_ask => Err(ClaimError::EmptyScope(why)),
            _ => Ok(LetIn { by: found.by, undecided: found.undecided.into_iter().collect() }),
        }
    }

    /// Adds the statements that let a stranger in; with the widest reading, what it depends on whether further ones do.
    fn lets_in(
        &self,
        policies: &Policies,
        stranger: &Stranger,
        reading: Reading,
        most: Most,
        so_far: &mut LetInSoFar,
    ) -> Result<(), ClaimError> {
        if so_far.by.len() >= most.statements {
            return Ok(());
        }
        let scope = &stranger.scope;
        let own = with_own_policies(policies, scope.principal.as_ref());
        let shapes = Shapes::all(&self.keys, std::iter::once(&own), &scope.keys, scope.any_text);
        so_far.undecided.extend(shapes_of(shapes.left_open.clone()));
        for shapes in shapes.iter() {
            self.lets_in_with(shapes, [policies, &own], stranger, reading, most, so_far)?;
        }
        Ok(())
    }

    fn lets_in_with(
        &self,
        shapes: &Shapes<'_>,
        [policies, own]: [&Policies; 2],
        stranger: &Stranger,
        reading: Reading,
        most: Most,
        so_far: &mut LetInSoFar,
    ) -> Result<(), ClaimError> {
        let LetInSoFar { by, undecided, steps } = so_far;
        let scope = &stranger.scope;
        let sides = [Read { policies: own, reading }];
        let mut problem = Problem::new(self.catalogue, &self.table, shapes, scope, &sides);
        problem.limit(*steps);
        let open_forms = problem.open_forms(scope);
        if !open_forms.is_empty() {
            undecided.extend(open_forms);
            return Ok(());
        }
        while by.len() < most.statements {
            let known = by.iter().filter_map(|found| same_statement(policies, own, found.statement?));
            let wishes = [known.fold(Wish::new(0, Wanted::Allowed), Wish::leaving_out)];
            let mut survey = self.survey(&mut problem, scope, &wishes)?;
            if reading == Reading::MOST && survey.has_found() {
                undecided.extend(depends_on(&problem, &wishes, &survey.requests().take(MOST_GROUPS)));
                break;
            }
            if own.set().symbols().is_some() {
                survey.keep(|request| are_certain(&problem, &wishes, request));
            }
            let Some(Example { request, is_realistic }) = survey.certain_example(&mut problem, &wishes) else {
                undecided.extend(survey.undecided);
                break;
            };
            let first = Example { request: stranger.with_its_arn(request), is_realistic };
            let found = counterexample(own, &first, Wanted::Allowed)?;
            let statement = letting_in(policies, own, &found.request, by);
            by.push(Counterexample { statement, ..found });
            if statement.is_none() {
                break;
            }
        }
        *steps = problem.left();
        Ok(())
    }
}

/// The statement of the resource's policy that lets a request in, other than those that were found, as one of `policies`;
/// `with_identity` are those with a further identity policy.
fn letting_in(
    policies: &Policies,
    with_identity: &Policies,
    request: &Request,
    found: &[Counterexample],
) -> Option<StatementId> {
    let simulation = with_identity.set().simulate(request);
    let allowing =
        simulation.matched.iter().filter(|matched| matched.layer == Layer::Resource && matched.effect == Effect::Allow);
    let own = allowing.filter_map(|matched| same_statement(with_identity, policies, matched.id));
    own.into_iter().find(|own| !found.iter().any(|found| found.statement == Some(*own)))
}

/// A statement of a resource policy as one of `to`, which differ from `from` in identity policies only: resource policies come
/// before those, so their positions are the same.
fn same_statement(from: &Policies, to: &Policies, statement: StatementId) -> Option<StatementId> {
    let origin = from.set().origin(statement)?;
    to.set().statement(origin.policy_index, origin.statement_index)
}
