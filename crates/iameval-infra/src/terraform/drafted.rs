//! What plans, states and source come to alike: resources with the arguments that matter.

use super::identity::Identity;
use crate::stack::Location;
use crate::value::Value;
use iameval::symbol::Symbol;
use iameval::text::Span;
use iameval_world::{Finding, Source};
use std::rc::Rc;
use std::sync::Arc;

/// A resource of Terraform.
#[derive(Debug)]
pub(super) struct Drafted {
    pub(super) address: String,
    pub(super) kind: String,
    /// The file that it stands in, where there are several.
    pub(super) source: Option<Arc<Source>>,
    /// Where its address stands.
    pub(super) id_span: Span,
    pub(super) span: Span,
    /// What decides whether there is one.
    pub(super) only_if: Option<Symbol>,
    pub(super) identity: Identity,
    pub(super) location: Rc<Location>,
    /// The arguments of the table, and the tags, as far as there are some.
    pub(super) arguments: Vec<(&'static str, Value)>,
    /// The arguments that the source does not give, so that they say what is so beside it.
    pub(super) computed: Vec<&'static str>,
    /// The arguments of which the source says that changes are ignored.
    pub(super) ignored: Vec<&'static str>,
}

impl Drafted {
    /// The value of an argument.
    pub(super) fn argument(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

/// Everything that is read from one root module.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) source: Arc<Source>,
    pub(super) location: Rc<Location>,
    pub(super) resources: Vec<Drafted>,
    /// What is deleted: what others say of it is no longer so.
    pub(super) deleted: Vec<Drafted>,
    pub(super) warnings: Vec<Finding>,
    pub(super) errors: Vec<Finding>,
}
