//! Something for each layer of policies.

use iameval::{Decision, Layer, LayerVerdict};

/// What a layer of policies says about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerOutcome {
    /// There are no policies of this layer.
    NotPresent,
    /// There are policies, and they do not bind this request.
    DoesNotBind,
    /// The policies come to this.
    Says(Decision),
}

impl LayerOutcome {
    /// The decision, where the layer comes to one.
    pub fn decision(self) -> Option<Decision> {
        match self {
            Self::Says(decision) => Some(decision),
            Self::NotPresent | Self::DoesNotBind => None,
        }
    }
}

impl From<&LayerVerdict> for LayerOutcome {
    fn from(verdict: &LayerVerdict) -> Self {
        match (verdict.decision, verdict.unbound) {
            (Some(decision), _) => Self::Says(decision),
            (None, true) => Self::DoesNotBind,
            (None, false) => Self::NotPresent,
        }
    }
}

/// A value for each layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerMap<T> {
    scp: T,
    rcp: T,
    endpoint: T,
    resource: T,
    identity: T,
    boundary: T,
    session: T,
    scope_down: T,
}

impl<T> LayerMap<T> {
    /// The value that each layer gets.
    pub fn from_fn(mut value: impl FnMut(Layer) -> T) -> Self {
        Self {
            scp: value(Layer::ServiceControl),
            rcp: value(Layer::ResourceControl),
            endpoint: value(Layer::Endpoint),
            resource: value(Layer::Resource),
            identity: value(Layer::Identity),
            boundary: value(Layer::PermissionsBoundary),
            session: value(Layer::Session),
            scope_down: value(Layer::ScopeDown),
        }
    }

    /// The value of a layer.
    pub fn get(&self, layer: Layer) -> &T {
        match layer {
            Layer::ServiceControl => &self.scp,
            Layer::ResourceControl => &self.rcp,
            Layer::Endpoint => &self.endpoint,
            Layer::Resource => &self.resource,
            Layer::Identity => &self.identity,
            Layer::PermissionsBoundary => &self.boundary,
            Layer::Session => &self.session,
            Layer::ScopeDown => &self.scope_down,
        }
    }

    /// Every layer with its value, in the order of [`Layer::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Layer, &T)> {
        Layer::ALL.into_iter().map(|layer| (layer, self.get(layer)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_layer_has_a_value_of_its_own() {
        let map = LayerMap::from_fn(|layer| layer);
        assert!(map.iter().all(|(layer, value)| layer == *value));
    }
}
