//! The compiled policies of one question, layer by layer.

mod from_text;

use crate::compile::{CompiledPolicy, CompiledStatement, Index, Place, PolicyId};
use crate::document::PolicyKind;
use crate::layer::{Layer, LayerSet};
use crate::layered::{LayeredPolicies, LayeredPolicy, PolicyGroup};
use crate::mode::EvaluationMode;
use crate::name::{Action, ContextKey};
use crate::request::Request;
use crate::service_rules::{ActionRules, RuleSelection, ServiceRules};
use crate::symbol::Symbols;
use crate::text::Span;
use std::sync::Arc;

/// Which statement of a policy set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatementId {
    pub(crate) policy: u32,
    pub(crate) statement: u32,
}

/// Where a statement comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The policy.
    pub policy: &'a PolicyId,
    /// The position of the policy in [`PolicySet::policies`].
    pub policy_index: usize,
    /// Its layer.
    pub layer: Layer,
    /// The name of its level, for SCPs, RCPs and scope-down policies.
    pub level: Option<&'a str>,
    /// The position of the statement in its policy, from 0.
    pub statement_index: usize,
    /// Its `Sid`; `None` also for an empty one.
    pub sid: Option<&'a str>,
    /// Its place in the text of the policy.
    pub span: Span,
}

/// Policies, frozen and ready to be asked: `Send`, `Sync`, and cheap to put together from compiled ones.
///
/// ```
/// use iameval::{Decision, PolicySet, Request};
///
/// let read = r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*"}}"#;
/// let policies = PolicySet::builder().identity("read", read)?.build();
///
/// let get = |resource| Request::builder("s3:GetObject".parse().unwrap()).resource(resource).build();
/// assert_eq!(policies.decide(&get("arn:aws:s3:::reports/q3.csv")), Decision::Allowed);
/// assert_eq!(policies.decide(&get("arn:aws:s3:::secrets/key")), Decision::ImplicitDeny);
/// # Ok::<(), iameval::PolicyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct PolicySet {
    // INVARIANT: sorted by layer; levels of one layer in the order they were added.
    pub(crate) groups: Arc<[Group]>,
    // INVARIANT: those that groups are of.
    layers: LayerSet,
    // INVARIANT: the keys that the policies read, sorted, each once.
    keys: Arc<[ContextKey]>,
    pub(crate) mode: EvaluationMode,
    pub(crate) rules: Rules,
    /// What is not known, where something is.
    pub(crate) symbols: Option<Arc<Symbols>>,
}

/// The rules of single services that a set is decided by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    selection: RuleSelection,
    /// `None` for those inside the program. Which of them speak of a request is worked out when it is built.
    other: Option<Arc<ServiceRules>>,
}

impl Rules {
    /// Whether any count.
    pub(crate) fn are_on(&self) -> bool {
        self.selection != RuleSelection::None
    }

    /// Whether those count that allow something, or exempt from policies.
    pub(crate) fn exempt(&self) -> bool {
        self.selection == RuleSelection::All
    }

    pub(crate) fn get(&self) -> Option<&ServiceRules> {
        self.are_on().then(|| self.other.as_ref().unwrap_or_else(|| ServiceRules::embedded()).as_ref())
    }

    /// Those that count and speak of the request.
    pub(crate) fn of(&self, request: &Request) -> ActionRules {
        match &self.other {
            _ if !self.are_on() => ActionRules::default(),
            None => self.counting(request.rules),
            Some(rules) => self.counting(rules.of(&request.action, request.resource.arn.as_ref())),
        }
    }

    /// Those that count.
    pub(crate) fn counting(&self, rules: ActionRules) -> ActionRules {
        if self.exempt() { rules } else { rules.without_exemptions() }
    }
}

/// Policies that count as one: one level of SCPs, RCPs or scope-down policies, or a whole layer.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) layer: Layer,
    pub(crate) level: Option<Arc<str>>,
    pub(crate) members: Vec<Member>,
    /// The number of the first policy within the set.
    pub(crate) first: u32,
    /// Over all members, each with the number of the first member that it is about: those of the policies, or one over all of
    /// them, for sets that are asked often.
    pub(crate) indexes: Box<[(u32, Arc<Index>)]>,
}

pub(crate) type Member = LayeredPolicy<Arc<CompiledPolicy>>;

/// Puts a [`PolicySet`] together.
#[derive(Debug, Default)]
pub struct PolicySetBuilder {
    policies: LayeredPolicies<Arc<CompiledPolicy>>,
}

impl PolicySet {
    /// A set to which policies can be added.
    pub fn builder() -> PolicySetBuilder {
        PolicySetBuilder::default()
    }

    /// The same set with one index a layer over all its policies. Worth its cost where many requests are decided:
    /// building it takes about as long as compiling the statements once more.
    #[must_use]
    pub fn indexed(&self) -> Self {
        let groups = self.groups.iter().map(|group| Group {
            layer: group.layer,
            level: group.level.clone(),
            members: group.members.clone(),
            first: group.first,
            indexes: if group.indexes.len() > 1 { Box::new([(0, group.index())]) } else { group.indexes.clone() },
        });
        Self { groups: groups.collect(), ..self.clone() }
    }

    /// The same policies, evaluated as live services or as the simulator does.
    #[must_use]
    pub fn with_mode(mut self, mode: EvaluationMode) -> Self {
        self.mode = mode;
        self
    }

    /// The same policies without the rules of single services (section 14): pure policy mode.
    #[must_use]
    pub fn without_service_rules(mut self) -> Self {
        self.rules.selection = RuleSelection::None;
        self
    }

    /// The same policies with those rules of single services alone that refuse something. Nothing is allowed then that
    /// [the policies alone](PolicySet::without_service_rules) do not allow.
    ///
    /// ```
    /// use iameval::{Decision, PolicySet, Request};
    ///
    /// let deny = r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#;
    /// let policies = PolicySet::builder().identity("deny", deny)?.build();
    /// let request = Request::builder("sts:GetCallerIdentity".parse().unwrap()).build();
    /// assert_eq!(policies.decide(&request), Decision::Allowed);
    /// assert_eq!(policies.with_only_refusals().decide(&request), Decision::ExplicitDeny);
    /// # Ok::<(), iameval::PolicyError>(())
    /// ```
    #[must_use]
    pub fn with_only_refusals(mut self) -> Self {
        self.rules.selection = RuleSelection::Refusals;
        self
    }

    /// The same policies with these rules of single services in place of those inside the program.
    #[must_use]
    pub fn with_service_rules(mut self, rules: Arc<ServiceRules>) -> Self {
        self.rules = Rules { selection: RuleSelection::All, other: ServiceRules::unless_embedded(rules) };
        self
    }

    /// The same policies, in which these symbols stand for what is not known; see [`symbol`](crate::symbol).
    #[must_use]
    pub fn with_symbols(mut self, symbols: Arc<Symbols>) -> Self {
        self.symbols = (!symbols.is_empty()).then_some(symbols);
        self
    }

    /// What is not known of the policies, and of requests to them; `None` where everything is.
    pub fn symbols(&self) -> Option<&Arc<Symbols>> {
        self.symbols.as_ref()
    }

    /// The same set with a further policy, in the layer of its kind, evaluated in the same way.
    #[must_use]
    pub fn with(&self, policy: Arc<CompiledPolicy>) -> Self {
        let mut layered = self.layered();
        layered.add(policy.kind(), policy);
        self.evaluates(layered)
    }

    /// The same set with another policy in place of each for which `instead` gives one, evaluated in the same way. It is told
    /// their positions among [`policies`](Self::policies), and the other policy must be of the same kind: one that is not does
    /// not count.
    ///
    /// ```
    /// use iameval::{CompiledPolicy, Decision, PolicyId, PolicyKind, PolicySet, Request, RuleSelection};
    /// use std::sync::Arc;
    ///
    /// let statement = |effect| format!(r#"{{"Statement": {{"Effect": "{effect}", "Action": "*", "Resource": "*"}}}}"#);
    /// let compiled = |kind, effect| {
    ///     Some(Arc::new(CompiledPolicy::parse(PolicyId::new("p"), kind, &statement(effect)).unwrap()))
    /// };
    /// let set = PolicySet::builder().identity("p", &statement("Allow"))?.build().without_service_rules();
    /// let request = Request::builder("s3:ListAllMyBuckets".parse()?).build();
    ///
    /// let changed = set.with_instead(|_| compiled(PolicyKind::Identity, "Deny"));
    /// assert_eq!(changed.decide(&request), Decision::ExplicitDeny);
    /// assert_eq!(changed.rule_selection(), RuleSelection::None);
    /// let unchanged = set.with_instead(|_| compiled(PolicyKind::ServiceControl, "Deny"));
    /// assert_eq!(unchanged.decide(&request), set.decide(&request));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_instead(&self, mut instead: impl FnMut(usize) -> Option<Arc<CompiledPolicy>>) -> Self {
        let mut index = 0;
        let layered = self.layered().map(|own| {
            let other = instead(index).filter(|other| other.kind() == own.kind);
            index += 1;
            other.unwrap_or_else(|| own.policy.clone())
        });
        self.evaluates(layered)
    }

    /// Other policies, evaluated in the same way.
    fn evaluates(&self, layered: LayeredPolicies<Arc<CompiledPolicy>>) -> Self {
        let (rules, symbols) = (self.rules.clone(), self.symbols.clone());
        Self { mode: self.mode, rules, symbols, ..Self::from(layered) }
    }

    fn layered(&self) -> LayeredPolicies<Arc<CompiledPolicy>> {
        let mut layered = LayeredPolicies::new();
        for group in self.groups.iter() {
            let (layer, level, policies) = (group.layer, group.level.clone(), group.members.clone());
            layered.push_group(PolicyGroup { layer, level, policies });
        }
        layered
    }

    /// Which rules of single services count.
    pub fn rule_selection(&self) -> RuleSelection {
        self.rules.selection
    }

    /// Whether the policies are evaluated as live services or as the simulator does.
    pub fn mode(&self) -> EvaluationMode {
        self.mode
    }

    /// Where a statement comes from. Ids of another set give the origin of nothing in particular.
    pub fn origin(&self, statement: StatementId) -> Option<Origin<'_>> {
        let group = self.group_of(statement)?;
        let member = group.members.get((statement.policy - group.first) as usize)?;
        let statement_index = statement.statement as usize;
        let (sid, span) = member.policy.origin(statement_index)?;
        Some(Origin {
            policy: member.policy.id(),
            policy_index: statement.policy as usize,
            layer: group.layer,
            level: group.level.as_deref(),
            statement_index,
            sid,
            span,
        })
    }

    /// The context keys that the policies read, in conditions and variables, in order of their names, each spelled as
    /// first met.
    pub fn context_keys(&self) -> impl Iterator<Item = &ContextKey> {
        self.keys.iter()
    }

    /// The statements that could match the action and name some resources but not all.
    pub fn statements_telling_resources(&self, action: &Action) -> Vec<StatementId> {
        let telling = |group: &'_ Group| -> Vec<StatementId> {
            let statements = group.statements().filter(|(_, _, statement)| statement.tells_resources_apart(action));
            statements.map(|(_, id, _)| id).collect()
        };
        self.groups.iter().flat_map(telling).collect()
    }

    /// The policies in the order of their layers.
    pub fn policies(&self) -> impl Iterator<Item = &Arc<CompiledPolicy>> {
        self.groups.iter().flat_map(|group| &group.members).map(|member| &member.policy)
    }

    /// Whether policies of that layer are there.
    pub fn has_layer(&self, layer: Layer) -> bool {
        self.layers.has(layer)
    }

    /// The names of a layer's levels in order; none where a layer has no levels.
    pub fn levels(&self, layer: Layer) -> impl Iterator<Item = &str> {
        self.layer(layer).filter_map(|group| group.level.as_deref())
    }

    pub(crate) fn layer(&self, layer: Layer) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(move |group| group.layer == layer)
    }
}

/// The set, for live evaluation with all service rules. Levels without a name are called `0`, `1`, ….
impl From<LayeredPolicies<Arc<CompiledPolicy>>> for PolicySet {
    fn from(mut policies: LayeredPolicies<Arc<CompiledPolicy>>) -> Self {
        policies.name_levels(|index, _| index.to_string().into());
        let mut first = 0;
        let groups = policies.into_groups().into_iter().map(|PolicyGroup { layer, level, policies: members }| {
            let indexes =
                members.iter().zip(0..).map(|(member, number)| (number, member.policy.index.clone())).collect();
            let group = Group { layer, level, members, first, indexes };
            first += u32::try_from(group.members.len()).unwrap_or(u32::MAX);
            group
        });
        let groups: Arc<[Group]> = groups.collect();
        let layers = LayerSet::of(|layer| groups.iter().any(|group| group.layer == layer));
        let members = groups.iter().flat_map(|group| &group.members);
        let mut keys: Vec<ContextKey> = members.flat_map(|member| member.policy.context_keys().cloned()).collect();
        keys.sort();
        keys.dedup();
        Self { groups, layers, keys: keys.into(), mode: EvaluationMode::Live, rules: Rules::default(), symbols: None }
    }
}

impl PolicySetBuilder {
    /// Adds a policy to the layer of its kind. An SCP or RCP joins the level that was begun last, or begins the first. A
    /// second boundary and each scope-down policy limit further what those before them allow.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "nobody takes a builder for a number")]
    pub fn add(mut self, policy: Arc<CompiledPolicy>) -> Self {
        self.policies.add(policy.kind(), policy);
        self
    }

    /// Adds the policy of a gateway endpoint (S3, `DynamoDB`), in which an account means its root user (R-EVAL-12).
    #[must_use]
    pub fn add_gateway_endpoint(mut self, policy: Arc<CompiledPolicy>) -> Self {
        self.policies.add_gateway_endpoint(policy);
        self
    }

    /// Begins a level of SCPs or RCPs, root first, account last, with its policies. A level without policies allows
    /// nothing (R-ORG-03).
    #[must_use]
    pub fn add_level(
        mut self,
        kind: PolicyKind,
        name: &str,
        policies: impl IntoIterator<Item = Arc<CompiledPolicy>>,
    ) -> Self {
        self.policies.begin_level(kind, Some(name.into()));
        policies.into_iter().for_each(|policy| self.policies.add(kind, policy));
        self
    }

    /// Says that the layer is there, also when no policy follows: such a layer allows nothing.
    #[must_use]
    pub fn present(mut self, layer: Layer) -> Self {
        self.policies.present(layer);
        self
    }

    /// The set, for live evaluation with all service rules.
    pub fn build(self) -> PolicySet {
        PolicySet::from(self.policies)
    }
}

impl Group {
    /// One index over all members.
    fn index(&self) -> Arc<Index> {
        let place = |id: StatementId| Place { policy: id.policy - self.first, statement: id.statement };
        Arc::new(Index::new(self.statements().map(|(_, id, statement)| (place(id), statement))))
    }

    /// What stands at a place of the index whose first member has that number.
    pub(crate) fn find(&self, first: u32, place: Place) -> Option<(&Member, StatementId, &CompiledStatement)> {
        let number = first + place.policy;
        let member = self.members.get(number as usize)?;
        let statement = member.policy.statements.get(place.statement as usize)?;
        Some((member, StatementId { policy: self.first + number, statement: place.statement }, statement))
    }

    /// Every statement with its member and place.
    pub(crate) fn statements(&self) -> impl Iterator<Item = (&Member, StatementId, &CompiledStatement)> {
        self.members.iter().zip(self.first..).flat_map(|(member, policy)| {
            member
                .policy
                .statements
                .iter()
                .zip(0..)
                .map(move |(compiled, statement)| (member, StatementId { policy, statement }, compiled))
        })
    }
}
