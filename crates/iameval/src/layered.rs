//! Policies by layer and level, whatever stands for a policy: a text, a file, a compiled policy.

use crate::document::PolicyKind;
use crate::layer::Layer;
use std::sync::Arc;

/// Policies by layer, and within SCPs, RCPs and scope-down policies by level: the model that native requests, worlds and
/// policy sets share. `P` is whatever stands for a policy. They are in the order of [`PolicySet::policies`](crate::PolicySet::policies): by layer, by
/// level, and within a level as they were added.
///
/// ```
/// use iameval::{CompiledPolicy, Layer, LayeredPolicies, PolicyId, PolicyKind, PolicySet};
/// use std::sync::Arc;
///
/// let mut files = LayeredPolicies::new();
/// files.add(PolicyKind::Identity, "read.json");
/// files.begin_level(PolicyKind::ServiceControl, Some("root".into()));
/// files.add(PolicyKind::ServiceControl, "full-access.json");
/// assert_eq!(files.iter().map(|file| *file.policy).collect::<Vec<_>>(), ["full-access.json", "read.json"]);
///
/// let allow = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
/// let compile = |kind, name: &str| CompiledPolicy::parse(PolicyId::new(name), kind, allow).map(Arc::new);
/// let policies = PolicySet::from(files.try_map(|file| compile(file.kind, file.policy))?);
/// assert_eq!(policies.levels(Layer::ServiceControl).collect::<Vec<_>>(), ["root"]);
/// # Ok::<(), iameval::PolicyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct LayeredPolicies<P> {
    // INVARIANT: sorted by layer; the levels of one layer in the order in which they were begun.
    groups: Vec<PolicyGroup<P>>,
}

/// Policies that count as one, any of which may allow: a level, or all policies of a layer that has no levels.
#[derive(Debug, Clone)]
pub struct PolicyGroup<P> {
    pub(crate) layer: Layer,
    pub(crate) level: Option<Arc<str>>,
    pub(crate) policies: Vec<LayeredPolicy<P>>,
}

/// A policy and the way it is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LayeredPolicy<P> {
    /// As what it is attached.
    pub kind: PolicyKind,
    /// Whether it is the policy of a gateway endpoint (S3, `DynamoDB`), in which an account means its root user
    /// (R-EVAL-12).
    pub gateway: bool,
    /// The policy.
    pub policy: P,
}

impl<P> LayeredPolicies<P> {
    /// No policies.
    pub const fn new() -> Self {
        Self { groups: Vec::new() }
    }

    /// Adds a policy to the layer of its kind. An SCP or RCP joins the level that was begun last, or begins the first. A
    /// second boundary and each scope-down policy limit further what those before them allow.
    pub fn add(&mut self, kind: PolicyKind, policy: P) {
        self.push(LayeredPolicy { kind, gateway: false, policy });
    }

    /// Adds the policy of a gateway endpoint (S3, `DynamoDB`), in which an account means its root user (R-EVAL-12).
    pub fn add_gateway_endpoint(&mut self, policy: P) {
        self.push(LayeredPolicy { kind: PolicyKind::Endpoint, gateway: true, policy });
    }

    /// Begins a level of SCPs or RCPs, root first, account last. A level of SCPs without policies allows nothing
    /// (R-ORG-03). A level without a name is called after its number.
    pub fn begin_level(&mut self, kind: PolicyKind, name: Option<Arc<str>>) {
        let layer = Layer::of(kind);
        let end = self.end_of(layer);
        self.groups.insert(end, PolicyGroup { layer, level: name, policies: Vec::new() });
    }

    /// Says that the layer is there, also when no policy follows: such a layer allows nothing.
    pub fn present(&mut self, layer: Layer) {
        self.last_group(layer);
    }

    /// Adds a policy the way it was attached elsewhere.
    pub fn push(&mut self, policy: LayeredPolicy<P>) {
        let layer = Layer::of(policy.kind);
        // A second policy cannot widen the first: each must allow.
        let narrows = matches!(layer, Layer::PermissionsBoundary | Layer::ScopeDown);
        if narrows && self.layer(layer).last().is_some_and(|group| !group.policies.is_empty()) {
            self.begin_level(policy.kind, None);
        }
        if let Some(group) = self.last_group(layer) {
            group.policies.push(policy);
        }
    }

    /// Gives names to the levels that have none: from their position, counted from 0, and the number of levels.
    pub fn name_levels(&mut self, name: impl Fn(usize, usize) -> Arc<str>) {
        for layer in [Layer::ServiceControl, Layer::ResourceControl, Layer::ScopeDown] {
            let count = self.layer(layer).count();
            let groups = self.groups.iter_mut().filter(|group| group.layer == layer);
            for (index, group) in groups.enumerate().filter(|(_, group)| group.level.is_none()) {
                group.level = Some(name(index, count));
            }
        }
    }

    /// Adds a group behind those of its layer.
    pub(crate) fn push_group(&mut self, group: PolicyGroup<P>) {
        let end = self.end_of(group.layer);
        self.groups.insert(end, group);
    }

    /// Adds the policies of `other`: its levels come after these, and in layers without levels all are one group.
    pub fn append(&mut self, other: Self) {
        for group in other.groups {
            if matches!(group.layer, Layer::Endpoint | Layer::Resource | Layer::Identity | Layer::Session) {
                self.present(group.layer);
                group.policies.into_iter().for_each(|policy| self.push(policy));
            } else {
                self.push_group(group);
            }
        }
    }

    /// Says that the endpoint whose policies these are is a gateway endpoint.
    pub fn through_gateway(&mut self) {
        let endpoint = self.groups.iter_mut().filter(|group| group.layer == Layer::Endpoint);
        endpoint.flat_map(|group| &mut group.policies).for_each(|policy| policy.gateway = true);
    }

    /// Keeps the layers of which `keep` is true.
    pub fn retain_layers(&mut self, keep: impl Fn(Layer) -> bool) {
        self.groups.retain(|group| keep(group.layer));
    }

    /// The same with each policy made into something else.
    pub fn map<'p, Q>(&'p self, mut make: impl FnMut(LayeredPolicy<&'p P>) -> Q) -> LayeredPolicies<Q> {
        let Ok(mapped) = self.try_map(|policy| Ok::<_, std::convert::Infallible>(make(policy)));
        mapped
    }

    /// The same with each policy made into something else, such as a compiled policy.
    ///
    /// # Errors
    /// The first that `make` has.
    pub fn try_map<'p, Q, E>(
        &'p self,
        mut make: impl FnMut(LayeredPolicy<&'p P>) -> Result<Q, E>,
    ) -> Result<LayeredPolicies<Q>, E> {
        let groups = self.groups.iter().map(|group| {
            let policies = group.iter().map(|policy| {
                let LayeredPolicy { kind, gateway, .. } = policy;
                Ok(LayeredPolicy { kind, gateway, policy: make(policy)? })
            });
            Ok(PolicyGroup {
                layer: group.layer,
                level: group.level.clone(),
                policies: policies.collect::<Result<_, E>>()?,
            })
        });
        Ok(LayeredPolicies { groups: groups.collect::<Result<_, E>>()? })
    }

    /// Whether nothing was added or said.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Whether the layer is there.
    pub fn has_layer(&self, layer: Layer) -> bool {
        self.layer(layer).next().is_some()
    }

    /// The layers that are there, in order.
    pub fn layers(&self) -> impl Iterator<Item = Layer> {
        Layer::ALL.iter().copied().filter(|layer| self.has_layer(*layer))
    }

    /// The groups of a layer: its levels, or the one that holds all its policies.
    pub fn layer(&self, layer: Layer) -> impl Iterator<Item = &PolicyGroup<P>> {
        self.groups.iter().filter(move |group| group.layer == layer)
    }

    /// Every group, in order.
    pub fn groups(&self) -> impl Iterator<Item = &PolicyGroup<P>> {
        self.groups.iter()
    }

    /// Every policy, in order.
    pub fn iter(&self) -> impl Iterator<Item = LayeredPolicy<&P>> {
        self.groups.iter().flat_map(PolicyGroup::iter)
    }

    /// The policy at a position in order, such as [`Origin::policy_index`](crate::Origin::policy_index).
    pub fn get(&self, mut index: usize) -> Option<LayeredPolicy<&P>> {
        for group in &self.groups {
            match group.policies.get(index) {
                Some(policy) => return Some(policy.as_ref()),
                None => index -= group.policies.len(),
            }
        }
        None
    }

    pub(crate) fn into_groups(self) -> Vec<PolicyGroup<P>> {
        self.groups
    }

    /// The position behind the last group of a layer.
    fn end_of(&self, layer: Layer) -> usize {
        self.groups.partition_point(|group| group.layer <= layer)
    }

    /// The last group of a layer, which is begun where there is none.
    fn last_group(&mut self, layer: Layer) -> Option<&mut PolicyGroup<P>> {
        let mut end = self.end_of(layer);
        if !self.has_layer(layer) {
            self.groups.insert(end, PolicyGroup { layer, level: None, policies: Vec::new() });
            end += 1;
        }
        self.groups.get_mut(end - 1)
    }
}

impl<P> PolicyGroup<P> {
    /// The layer.
    pub fn layer(&self) -> Layer {
        self.layer
    }

    /// The name of the level, where there are levels and it has one.
    pub fn level(&self) -> Option<&Arc<str>> {
        self.level.as_ref()
    }

    /// The policies.
    pub fn iter(&self) -> impl Iterator<Item = LayeredPolicy<&P>> {
        self.policies.iter().map(LayeredPolicy::as_ref)
    }
}

impl<P> LayeredPolicy<P> {
    fn as_ref(&self) -> LayeredPolicy<&P> {
        LayeredPolicy { kind: self.kind, gateway: self.gateway, policy: &self.policy }
    }
}

impl<P> Default for LayeredPolicies<P> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(policies: &LayeredPolicies<&str>) -> Vec<String> {
        let told = policies.groups().map(|group| {
            let names: Vec<&str> = group.iter().map(|policy| *policy.policy).collect();
            format!("{}/{}: {}", group.layer(), group.level().map_or("", |level| level), names.join(" "))
        });
        told.collect()
    }

    #[test]
    fn policies_that_cannot_widen_each_other_are_groups_of_their_own() {
        let mut policies = LayeredPolicies::new();
        for (kind, names) in [
            (PolicyKind::ScopeDown, ["d1", "d2"]),
            (PolicyKind::Identity, ["i1", "i2"]),
            (PolicyKind::PermissionsBoundary, ["b1", "b2"]),
            (PolicyKind::ServiceControl, ["s1", "s2"]),
        ] {
            for name in names {
                policies.add(kind, name);
            }
        }
        policies.begin_level(PolicyKind::ServiceControl, Some("account".into()));
        policies.name_levels(|index, count| format!("{index}/{count}").into());
        assert_eq!(
            told(&policies),
            [
                "scp/0/2: s1 s2",
                "scp/account: ",
                "identity/: i1 i2",
                "boundary/: b1",
                "boundary/: b2",
                "scope_down/0/2: d1",
                "scope_down/1/2: d2",
            ]
        );
        let by_index: Vec<&str> = (0..).map_while(|index| policies.get(index)).map(|policy| *policy.policy).collect();
        assert_eq!(by_index, policies.iter().map(|policy| *policy.policy).collect::<Vec<_>>());
    }

    #[test]
    fn appended_policies_join_a_group_and_appended_levels_follow() {
        let [mut ours, mut theirs] = [LayeredPolicies::new(), LayeredPolicies::new()];
        for (policies, name) in [(&mut ours, "ours"), (&mut theirs, "theirs")] {
            policies.add(PolicyKind::Identity, name);
            policies.add(PolicyKind::PermissionsBoundary, name);
            policies.begin_level(PolicyKind::ServiceControl, Some(name.into()));
        }
        theirs.present(Layer::Session);
        theirs.add_gateway_endpoint("gateway");
        ours.append(theirs);
        let all = [
            "scp/ours: ",
            "scp/theirs: ",
            "endpoint/: gateway",
            "identity/: ours theirs",
            "boundary/: ours",
            "boundary/: theirs",
            "session/: ",
        ];
        assert_eq!(told(&ours), all);
        assert!(ours.iter().any(|policy| policy.gateway));
        ours.retain_layers(|layer| layer == Layer::Session);
        assert_eq!(told(&ours), ["session/: "]);
    }
}
