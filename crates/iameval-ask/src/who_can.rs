//! Who can do something: one question, asked of every principal of a world.

mod chain;
mod cohort;
mod expected;
mod inquiry;
pub(crate) mod named;
pub(crate) mod outsider;

use crate::asker::{Asker, ChosenResource, NamedAction};
use crate::problem::{QuestionProblem, Remark};
use crate::question::{About, Question, Refused, Tagged};
use cohort::Population;
use iameval::{ContextKey, DecidedBy, Layer, Mfa, PolicyDocument, Request};
use iameval_data::Catalogue;
use iameval_world::{Finding, WorldEndpoint, WorldPrincipal};
use inquiry::Inquiry;
use std::collections::HashMap;

pub use chain::Chain;
pub use expected::{ExpectedPrincipals, Unexpected};
pub use inquiry::{Details, always_has_mfa_key};
pub use named::Named;
pub use outsider::{Outsider, OutsiderKind};

/// Whether somebody can do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Yes, whatever is not known.
    Can,
    /// It depends on context keys that are not given, or on the resource where none is named.
    CanIf,
    /// It depends on policies that the world does not know.
    Undetermined,
    /// No, whatever is not known.
    Cannot,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Verdict; 4] = [Verdict::Can, Verdict::CanIf, Verdict::Undetermined, Verdict::Cannot];

    /// A stable code, such as `can_if`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Can => "can",
            Self::CanIf => "can_if",
            Self::Undetermined => "undetermined",
            Self::Cannot => "cannot",
        }
    }

    /// Whether it must be reckoned with: everything but a certain no.
    pub fn may(self) -> bool {
        self != Self::Cannot
    }
}

/// What there is to say of one principal and one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Access {
    /// Whether they can.
    pub verdict: Verdict,
    /// What stands in the way of those who cannot.
    pub stopped_by: Option<DecidedBy>,
    /// Whether a Deny stands in the way, whatever is not known.
    pub is_denied: bool,
}

/// What an action is asked on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AskedOn {
    /// On this resource.
    This(ChosenResource),
    /// On the ARN of the caller.
    Caller,
    /// On what follows from the action for each principal: their own user, their device, the ARN that the service asks
    /// with; for those for whom nothing follows, on any resource.
    Follows,
    /// On some resource: who can do it on some resources only can do it if the resource is one of those.
    Any,
    /// The same of resources whose own policies must allow it as well, such as KMS keys and roles that are assumed. Nobody can
    /// for certain as long as none is named.
    AnyThatConsents,
}

/// One action, on one resource, in one state of multi-factor authentication, asked of everybody.
#[derive(Debug)]
#[non_exhaustive]
pub struct AccessQuestion {
    /// The action.
    pub action: NamedAction,
    /// On what.
    pub asked_on: AskedOn,
    /// The state of multi-factor authentication, where it is given as such.
    pub mfa: Option<Mfa>,
    /// What there is to say of each principal, in the order of [`WhoCan::principals`].
    pub access: Vec<Access>,
    /// Those outside the world whom a policy of the resource lets in.
    pub outsiders: Vec<Outsider>,
    /// Resources of the world with policies of their own that the action can be asked on, where none is named: what those
    /// policies say is left out.
    pub guarded: Vec<String>,
}

impl AccessQuestion {
    /// How many principals have a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.access.iter().filter(|access| access.verdict == verdict).count()
    }
}

/// Who can, of all principals of a world.
#[derive(Debug)]
pub struct WhoCan<'a> {
    inquiry: Inquiry<'a>,
    population: Population<'a>,
    /// The questions, in the order of actions, resources and states.
    pub questions: Vec<AccessQuestion>,
    /// Layers of which the world cannot know the policies, and that could stop somebody who otherwise can.
    pub unknown_layers: Vec<Layer>,
    /// What is worth knowing about the question.
    pub remarks: Vec<Tagged<Remark>>,
}

impl<'a> WhoCan<'a> {
    /// The principals of the world with their names, in the order of names.
    pub fn principals(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a WorldPrincipal)> {
        self.population.members.iter().map(|member| (member.name, member.principal))
    }

    /// The reasons for what is said of a principal: the statements that apply or may, and the keys that tell.
    pub fn details(&self, question: &AccessQuestion, principal: usize) -> Option<Details> {
        let member = self.population.members.get(principal)?;
        self.inquiry.details(member.principal, question).ok()
    }

    /// Who gets at what a question asks by assuming roles of the world that can: for each principal that cannot do it as
    /// themselves the shortest chain of roles.
    pub fn through_roles(&self, question: &AccessQuestion) -> Vec<Option<Chain>> {
        chain::find(&self.inquiry, &self.population, &question.access, question.mfa)
    }
}

/// Whom the trust policies of roles let assume them, as they name them. Many roles have the same text, which is read once.
#[derive(Debug, Default)]
pub struct Trusted {
    known: HashMap<String, Vec<String>>,
}

impl Trusted {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those whom a role trusts.
    pub fn by(&mut self, role: &WorldPrincipal) -> &[String] {
        let Some(trust) = role.trust() else { return &[] };
        let read = || named::named_in(trust.policy.document()).into_iter().map(|named| named.to_string()).collect();
        self.known.entry(trust.policy.source.text.clone()).or_insert_with(read)
    }
}

impl Asker<'_> {
    /// Asks every principal of the world. `progress` is told how many questions are answered, and of how many.
    ///
    /// # Errors
    /// Everything that is wrong with the first part of the question that has something wrong. A question that names a
    /// principal has.
    pub fn who_can(&self, question: &Question, progress: &mut dyn FnMut(usize, usize)) -> Result<WhoCan<'_>, Refused> {
        let mut remarks = Vec::new();
        match self.ask_everybody(question, progress, &mut remarks) {
            Ok(who_can) => Ok(WhoCan { remarks, ..who_can }),
            Err(problems) => Err(Refused { problems, remarks }),
        }
    }

    fn ask_everybody(
        &self,
        question: &Question,
        progress: &mut dyn FnMut(usize, usize),
        remarks: &mut Vec<Tagged<Remark>>,
    ) -> Result<WhoCan<'_>, Vec<Tagged<QuestionProblem>>> {
        let endpoint = self.endpoint(question.endpoint.as_deref())?;
        let (context, states) = self.given_to(question);
        let actions = self.all_actions(&question.actions, remarks)?;
        let inquiry = Inquiry::new(self, context, endpoint, question.resource_account);
        let population = Population::new(&inquiry);
        let named = self.named_for_everybody(question, &actions, remarks)?;
        let mut asked = Vec::new();
        for (_, action) in &actions {
            let on: Vec<AskedOn> = match named.as_slice() {
                [] => vec![inquiry.follows(&action.action)],
                named => named.to_vec(),
            };
            for (on, mfa) in on.into_iter().flat_map(|on| states.iter().map(move |mfa| (on.clone(), *mfa))) {
                asked.push((action, on, mfa));
            }
        }
        let (mut questions, total) = (Vec::new(), asked.len());
        let mut unknown_layers = Vec::new();
        for (action, asked_on, mfa) in asked {
            let (mut access, unknown) =
                cohort::access(&inquiry, &population, action, &asked_on, mfa).map_err(wrong_policies)?;
            unknown_layers.extend(unknown);
            let outsiders = outsider::find(&inquiry, action, &asked_on, mfa).map_err(wrong_policies)?;
            let guarded = inquiry.guarded(&action.action, &asked_on);
            for (member, access) in population.members.iter().zip(&mut access) {
                let question = (action, &asked_on, mfa);
                *access =
                    inquiry.beside_guarded(*access, member.principal, question, &guarded).map_err(wrong_policies)?;
            }
            questions.push(AccessQuestion { action: action.clone(), asked_on, mfa, access, outsiders, guarded });
            progress(questions.len(), total);
        }
        let documents = self.world().policies().iter().map(|known| known.policy.document());
        let read = || documents.flat_map(PolicyDocument::key_uses).map(|used| ContextKey::new(&used.key)).collect();
        remarks.extend(self.odd_context(&question.context, read));
        unknown_layers.sort_unstable();
        unknown_layers.dedup();
        Ok(WhoCan { inquiry, population, questions, unknown_layers, remarks: Vec::new() })
    }

    pub(crate) fn endpoint(&self, name: Option<&str>) -> Result<Option<&WorldEndpoint>, Vec<Tagged<QuestionProblem>>> {
        let find = |name: &str| {
            let found = self.world().named_endpoint(name);
            found.map_err(|problem| vec![Tagged::new(About::Endpoint, name, problem.into())])
        };
        name.map(find).transpose()
    }

    /// The resources that the question names.
    fn named_for_everybody(
        &self,
        question: &Question,
        actions: &[(usize, NamedAction)],
        remarks: &mut Vec<Tagged<Remark>>,
    ) -> Result<Vec<AskedOn>, Vec<Tagged<QuestionProblem>>> {
        let default = self.world().defaults().resource.as_ref().filter(|_| question.resources.is_empty());
        let mut named = Vec::new();
        for (index, text) in question.resources.iter().chain(default).enumerate() {
            if text == "self" {
                named.push(AskedOn::Caller);
                continue;
            }
            let about = About::Resource(index);
            let chosen = self.named_by_anyone(text).map_err(|problem| vec![Tagged::new(about, text, problem)])?;
            remarks.extend(self.remark_resource(about, text, &chosen, actions));
            named.push(AskedOn::This(chosen));
        }
        Ok(named)
    }
}

fn wrong_policies(findings: Vec<Finding>) -> Vec<Tagged<QuestionProblem>> {
    vec![Tagged::new(About::Question, "", findings.into())]
}

/// The keys of a request that no such request has, of those that policies read.
fn never_there<'k>(
    keys: impl Iterator<Item = &'k ContextKey>,
    request: &Request,
    catalogue: &Catalogue,
) -> Vec<&'k ContextKey> {
    let open = keys.filter(|key| !request.context().is_given(key));
    open.filter(|key| catalogue.never_has(request, key).is_some()).collect()
}
