//! Claims that are put together and can be proved, also with policies that are changed.

use super::ClaimVerdict;
use super::region::Region;
use super::tally::Tally;
use crate::added::Assembled;
use iameval::{CompiledPolicy, PolicyDocument, PolicyKind, Principal};
use iameval_data::Catalogue;
use iameval_prove::{Assumed, Claim, ClaimError, Policies, Prover, Verdict};
use iameval_world::LoadedPolicy;
use std::sync::{Arc, OnceLock};

/// A claim that can be proved, also with other policies in place of some of its own.
#[derive(Debug, Clone)]
pub struct ReadyClaim<'c> {
    pieces: Vec<Arc<Piece>>,
    catalogue: &'c Catalogue,
}

/// A claim about resources that have their policies in common.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) claim: Claim,
    pub(super) region: Arc<Region>,
    pub(super) assembled: Assembled,
    /// What came of it, once somebody has asked.
    verdict: OnceLock<Result<Verdict, ClaimError>>,
}

/// A policy that takes the place of another.
#[derive(Debug, Clone)]
pub struct OtherPolicy {
    /// The policy, of the same kind.
    pub compiled: Arc<CompiledPolicy>,
    /// What it was compiled from.
    pub document: Arc<PolicyDocument>,
}

impl<'c> ReadyClaim<'c> {
    pub(super) fn new(pieces: Vec<Piece>, catalogue: &'c Catalogue) -> Self {
        Self { pieces: pieces.into_iter().map(Arc::new).collect(), catalogue }
    }

    /// Who asks; `None` where the claim is about nothing.
    pub fn principal(&self) -> Option<&Principal> {
        self.pieces.first().map(|piece| &piece.region.situation.principal)
    }

    /// The policies that decide, and as what they are attached; some more than once.
    pub fn policies(&self) -> impl Iterator<Item = (PolicyKind, &Arc<LoadedPolicy>)> {
        self.pieces.iter().flat_map(|piece| piece.policies())
    }

    /// The claim with another policy in place of each that `instead` gives one for, which must be of the same kind. What nothing
    /// is changed for is not proved again. The other policies must not read context keys that none of the claim's policies
    /// reads: which resources have their policies in common is not worked out anew.
    #[must_use]
    pub fn with(&self, instead: &dyn Fn(PolicyKind, &Arc<LoadedPolicy>) -> Option<OtherPolicy>) -> Self {
        let pieces = self.pieces.iter().map(|piece| piece.with(instead).map_or_else(|| piece.clone(), Arc::new));
        Self { pieces: pieces.collect(), catalogue: self.catalogue }
    }

    /// What comes of it. The same prover must be given every time.
    ///
    /// # Errors
    /// When the scope is empty, or the prover has a defect.
    pub fn verdict(&self, prover: &Prover<'_>) -> Result<ClaimVerdict, ClaimError> {
        self.prove(prover).map(|(verdict, _)| verdict)
    }

    pub(super) fn prove(&self, prover: &Prover<'_>) -> Result<(ClaimVerdict, Assumed), ClaimError> {
        let mut tally = Tally::default();
        for piece in &self.pieces {
            let verdict = piece.verdict.get_or_init(|| prover.prove(&piece.claim));
            tally.add(piece, verdict.clone())?;
        }
        tally.verdict(self.catalogue)
    }
}

impl Piece {
    pub(super) fn new(claim: Claim, region: Arc<Region>, assembled: Assembled) -> Self {
        Self { claim, region, assembled, verdict: OnceLock::new() }
    }

    /// Whether a policy counts whose document is not known.
    pub(super) fn has_unknown_policies(&self) -> bool {
        self.assembled.attachments.iter().any(|attachment| attachment.policy.is_unknown())
    }

    /// The policies that decide, and as what they are attached.
    pub(super) fn policies(&self) -> impl Iterator<Item = (PolicyKind, &Arc<LoadedPolicy>)> {
        let kinds = self.assembled.policies.policies().map(|compiled| compiled.kind());
        kinds.zip(self.assembled.attachments.iter().map(|attachment| &attachment.policy))
    }

    /// The same with other policies; `None` where none of them is changed.
    fn with(&self, instead: &dyn Fn(PolicyKind, &Arc<LoadedPolicy>) -> Option<OtherPolicy>) -> Option<Self> {
        let others: Vec<Option<OtherPolicy>> = self.policies().map(|(kind, policy)| instead(kind, policy)).collect();
        if others.iter().all(Option::is_none) {
            return None;
        }
        let other = |index: usize| others.get(index)?.as_ref();
        let policies = self.assembled.policies.with_instead(|index| Some(other(index)?.compiled.clone()));
        let own = self.claim.policies.documents().iter().enumerate();
        let documents = own.map(|(index, own)| other(index).map_or(own, |other| &other.document).clone());
        let claim = Claim { policies: Policies::new(policies.clone(), documents)?, ..self.claim.clone() };
        let assembled = Assembled { policies, attachments: self.assembled.attachments.clone() };
        Some(Self::new(claim, self.region.clone(), assembled))
    }
}
