//! Principals with the same policies on both sides, whom none of these policies tells apart.

use super::changed::depends_somehow;
use super::{DiffError, Presence, facts};
use iameval::{
    AccountId, Action, Context, ContextKey, Layer, PatternElement, PolicyDocument, PolicyKind, PolicySet, Principal,
    PrincipalClass, PrincipalForm, PrincipalList, Statement, Version,
};
use iameval_world::{LoadedPolicy, Situation, WorldPrincipal, WorldResource};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// A principal of two worlds.
#[derive(Debug, Clone)]
pub(super) struct Member<'w> {
    pub(super) name: &'w str,
    pub(super) sides: [Option<&'w WorldPrincipal>; 2],
}

impl Member<'_> {
    pub(super) fn presence(&self) -> Presence {
        match self.sides {
            [_, None] => Presence::OnlyOld,
            [None, _] => Presence::OnlyNew,
            _ => Presence::Both,
        }
    }

    pub(super) fn principal(&self) -> Option<&Principal> {
        self.sides.iter().flatten().last().map(|principal| principal.principal())
    }

    /// What policies call it: its ARN, that of its role, and the name at the end of either.
    fn names(&self) -> Vec<&str> {
        let Some(principal) = self.principal() else { return Vec::new() };
        let arns = [principal.id(), principal.principal_arn(), principal.user_name()];
        arns.into_iter().flatten().map(|arn| arn.rsplit('/').next().unwrap_or(arn)).collect()
    }
}

/// Principals that are compared together.
#[derive(Debug)]
pub(super) struct Cohort<'w> {
    pub(super) members: Vec<Member<'w>>,
    /// What the worlds say of the first.
    pub(super) situations: [Option<Situation>; 2],
}

/// What members of a cohort have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    policies: [Option<Vec<PlacedDocument>>; 2],
    account: Option<AccountId>,
    class: Option<PrincipalClass>,
    presence: Presence,
    is_service_linked: bool,
    /// Its name, where it is somebody else than before.
    changed: Option<String>,
    /// What sets the principal apart on each side: tags, what conditions about the caller come to, texts that name it.
    own: [Vec<String>; 2],
}

/// A document and how it is attached: layer, level, kind, and whether through a gateway endpoint.
type PlacedDocument = (Layer, usize, PolicyKind, bool, u32);

/// Documents by what they say, and what of it is about the caller.
#[derive(Debug, Default)]
pub(super) struct Documents {
    /// By address, with the policies kept so that no address comes twice.
    known: HashMap<usize, (Arc<LoadedPolicy>, u32)>,
    by_text: HashMap<String, u32>,
    about_callers: HashMap<u32, Arc<AboutCallers>>,
}

/// What a document says of the caller.
#[derive(Debug, Default)]
struct AboutCallers {
    /// Conditions on the caller, each as a policy that allows when it is true.
    tests: Vec<PolicySet>,
    /// Texts that may name a caller, in lower case.
    texts: Vec<String>,
    /// Keys of tags and the like that it reads.
    keys: BTreeSet<ContextKey>,
}

impl Documents {
    /// What a principal has in common with others.
    pub(super) fn key(&mut self, member: &Member<'_>, situations: &[Option<Situation>; 2]) -> Key {
        let policies = situations.each_ref().map(|situation| situation.as_ref().map(|side| self.placed(side)));
        let mut own = [Vec::new(), Vec::new()];
        for ((own, situation), placed) in own.iter_mut().zip(situations).zip(&policies) {
            let (Some(situation), Some(placed)) = (situation, placed) else { continue };
            for (.., number) in placed {
                let Some(about) = self.about_callers.get(number) else { continue };
                own.extend(about.of(member, situation));
            }
        }
        let principal = member.principal();
        Key {
            policies,
            account: principal.and_then(Principal::account),
            class: principal.and_then(Principal::class),
            presence: member.presence(),
            is_service_linked: principal.is_some_and(Principal::is_service_linked_role),
            changed: facts::is_changed(&member.sides).then(|| member.name.to_owned()),
            own,
        }
    }

    /// Whether both sides have the same policies and say the same of the principal.
    pub(super) fn is_same(&mut self, situations: &[Option<Situation>; 2]) -> bool {
        let [Some(old), Some(new)] = situations else { return false };
        self.placed(old) == self.placed(new)
            && old.context == new.context
            && old.principal == new.principal
            && old.in_management_account == new.in_management_account
            && old.resource_account == new.resource_account
    }

    /// What sets a principal apart by the policies of a resource on each side. Situations are asked for only where conditions
    /// compare who the caller is.
    pub(super) fn set_apart_by(
        &mut self,
        resource: &[Option<&WorldResource>; 2],
        member: &Member<'_>,
        situations: impl FnOnce() -> Result<[Option<Situation>; 2], DiffError>,
    ) -> Result<[Vec<String>; 2], DiffError> {
        let mut all = Vec::new();
        for policy in resource.iter().flatten().filter_map(|resource| resource.policy.as_ref()) {
            let number = self.number(&policy.policy);
            all.extend(self.about_callers.get(&number).cloned());
        }
        let has_tests = all.iter().any(|about| !about.tests.is_empty());
        let situations = if has_tests { situations()? } else { [None, None] };
        let mut own = [Vec::new(), Vec::new()];
        for ((own, principal), situation) in own.iter_mut().zip(&member.sides).zip(&situations) {
            for about in &all {
                match (situation, principal) {
                    (Some(situation), _) => own.extend(about.of(member, situation)),
                    (None, Some(principal)) => {
                        own.extend(about.naming(member));
                        own.extend(about.read(principal.context()));
                    }
                    (None, None) => {}
                }
            }
        }
        Ok(own)
    }

    fn placed(&mut self, situation: &Situation) -> Vec<PlacedDocument> {
        let mut placed = Vec::new();
        for (level, group) in situation.policies.placed().groups().enumerate() {
            for policy in group.iter() {
                let number = self.number(&policy.policy.policy);
                placed.push((group.layer(), level, policy.kind, policy.gateway, number));
            }
        }
        placed
    }

    /// The number of the document of a policy; the same for documents that say the same in policies of one name.
    fn number(&mut self, policy: &Arc<LoadedPolicy>) -> u32 {
        let address = Arc::as_ptr(policy).addr();
        if let Some((_, number)) = self.known.get(&address) {
            return *number;
        }
        let conditions = policy.document().statements().iter().map(Statement::only_if).enumerate();
        let conditions: Vec<_> = conditions.filter(|(_, symbols)| !symbols.is_empty()).collect();
        let depends_somehow = policy.document().statements().iter().any(depends_somehow);
        let around = if depends_somehow { &*policy.source.text } else { "" };
        let text = format!("{}{}{conditions:?}{around}", policy.is_unknown(), policy.document().to_json());
        let next = u32::try_from(self.by_text.len()).unwrap_or(u32::MAX);
        let number = *self.by_text.entry(text).or_insert(next);
        self.known.insert(address, (policy.clone(), number));
        self.about_callers.entry(number).or_insert_with(|| Arc::new(AboutCallers::new(policy.document())));
        number
    }
}

/// Whether a key says who the caller is.
fn is_about_caller(key: &str) -> bool {
    const KEYS: [&str; 3] = ["aws:principalarn", "aws:username", "aws:userid"];
    KEYS.iter().any(|known| known.eq_ignore_ascii_case(key))
}

impl AboutCallers {
    fn new(document: &PolicyDocument) -> Self {
        let mut about = Self::default();
        for statement in document.statements() {
            about.add_tests(document, statement);
            let principals = statement.principal().into_iter().filter_map(|element| match element.form() {
                PrincipalForm::Map(lists) => Some(lists.iter().flat_map(PrincipalList::values)),
                PrincipalForm::Everyone => None,
            });
            let resources = statement.resource().into_iter().flat_map(PatternElement::patterns);
            let values = statement.tests().flat_map(|(_, test)| test.values());
            let texts = principals.flatten().chain(resources).chain(values);
            about.texts.extend(texts.filter(|text| text.len() > 1).map(str::to_ascii_lowercase));
        }
        about.keys.extend(document.key_uses().map(|used| ContextKey::new(&used.key)));
        about
    }

    /// The conditions of a statement on who the caller is, where they compare with fixed values.
    fn add_tests(&mut self, document: &PolicyDocument, statement: &Statement) {
        let version = match document.version() {
            Some(Version::V2012) => "2012-10-17",
            _ => "2008-10-17",
        };
        for (operator, test) in statement.tests().filter(|(_, test)| is_about_caller(test.key())) {
            let values = iameval::json::Node::array(test.values().map(iameval::json::Node::string));
            let condition = iameval::json::Node::object([(test.key(), values)]).to_string();
            let text = format!(
                r#"{{"Version":"{version}","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"{operator}":{condition}}}}}}}"#
            );
            if let Ok(builder) = PolicySet::builder().identity("test", &text) {
                self.tests.push(builder.build());
            }
        }
    }

    /// What sets a principal apart from others with this document.
    fn of(&self, member: &Member<'_>, situation: &Situation) -> Vec<String> {
        let mut own = self.naming(member);
        if !self.tests.is_empty()
            && let Ok(action) = Action::literal("x:x")
        {
            let request = situation.request(action, &Context::new()).build();
            own.extend(self.tests.iter().map(|test| test.decide(&request).as_str().to_owned()));
        }
        own.extend(self.read(&situation.context));
        own
    }

    /// What it reads of a context.
    fn read(&self, context: &Context) -> impl Iterator<Item = String> {
        let read = context.iter().filter(|(key, _)| self.keys.contains(*key));
        read.map(|(key, value)| format!("{key}={value:?}"))
    }

    /// The texts that name a principal, or may.
    fn naming(&self, member: &Member<'_>) -> Vec<String> {
        let names: Vec<String> = member.names().into_iter().map(str::to_ascii_lowercase).collect();
        let texts = self.texts.iter().filter(|text| names.iter().any(|name| text.contains(name.as_str())));
        texts.cloned().collect()
    }
}
