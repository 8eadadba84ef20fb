//! The layers of policies.

use crate::document::PolicyKind;
use crate::keyword::keywords;

/// The layers of policies, in the order in which answers list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// Service control policies over the principal's account.
    ServiceControl,
    /// Resource control policies over the resource's account.
    ResourceControl,
    /// The policies of the VPC endpoint that the request goes through.
    Endpoint,
    /// The policy of the resource, a role's trust policy included.
    Resource,
    /// The policies of the principal: a user's own and its groups', a role's.
    Identity,
    /// The permissions boundary of the principal.
    PermissionsBoundary,
    /// The policies passed when the session was made.
    Session,
    /// The policies of the `sts:GetScopedCredentials` calls that narrowed the session, each a level (R-EVAL-13).
    ScopeDown,
}

keywords! {
    /// The name in native requests and results: `scp`, `identity`, ….
    Layer, "a layer of policies" {
        ServiceControl => "scp",
        ResourceControl => "rcp",
        Endpoint => "endpoint",
        Resource => "resource",
        Identity => "identity",
        PermissionsBoundary => "boundary",
        Session => "session",
        ScopeDown => "scope_down",
    }
}

impl Layer {
    /// Whether a request that any group of the layer does not allow is denied, whatever grants it.
    pub(crate) fn must_allow(self) -> bool {
        matches!(self, Layer::ServiceControl | Layer::Endpoint | Layer::ScopeDown)
    }

    /// The layer of policies of that kind.
    pub fn of(kind: PolicyKind) -> Self {
        match kind {
            PolicyKind::Identity => Layer::Identity,
            PolicyKind::Resource | PolicyKind::RoleTrust => Layer::Resource,
            PolicyKind::PermissionsBoundary => Layer::PermissionsBoundary,
            PolicyKind::Session => Layer::Session,
            PolicyKind::ScopeDown => Layer::ScopeDown,
            PolicyKind::ServiceControl => Layer::ServiceControl,
            PolicyKind::ResourceControl => Layer::ResourceControl,
            PolicyKind::Endpoint => Layer::Endpoint,
        }
    }
}

/// Some of the layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct LayerSet(u8);

impl LayerSet {
    /// The layers of which that is true.
    pub(crate) fn of(mut is_one: impl FnMut(Layer) -> bool) -> Self {
        Self(Layer::ALL.into_iter().filter(|layer| is_one(*layer)).fold(0, |set, layer| set | Self::bit(layer)))
    }

    pub(crate) fn has(self, layer: Layer) -> bool {
        self.0 & Self::bit(layer) != 0
    }

    #[must_use]
    pub(crate) fn without(self, layer: Layer) -> Self {
        Self(self.0 & !Self::bit(layer))
    }

    const fn bit(layer: Layer) -> u8 {
        1 << layer as u8
    }
}

const _: () = assert!(Layer::ALL.len() <= 8, "a bit for each");
