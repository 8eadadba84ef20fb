//! What a template would create: its resources, with every function in them evaluated.

use crate::value::Value;
use iameval::symbol::Symbol;
use iameval::text::Span;
use iameval_world::Source;
use std::fmt;
use std::sync::Arc;

/// A template with its functions evaluated.
pub(crate) struct Stack {
    /// What it is called where several are read: the name of the file without its endings, the id of a nested stack, or
    /// what a manifest says.
    pub(crate) name: String,
    /// The template.
    pub(crate) source: Arc<Source>,
    /// The account, as twelve digits or a symbol.
    pub(crate) account: String,
    /// The region, or a symbol.
    pub(crate) region: String,
    /// The partition.
    pub(crate) partition: String,
    /// The resources in the order of the template, without those whose condition is known to be false.
    pub(crate) resources: Vec<Resource>,
}

/// Without the text of the template, which may hold defaults that must not be shown (`NoEcho`).
impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stack")
            .field("name", &self.name)
            .field("source", &self.source.name)
            .field("account", &self.account)
            .field("region", &self.region)
            .field("partition", &self.partition)
            .field("resources", &self.resources)
            .finish()
    }
}

/// A resource of a template.
#[derive(Debug)]
pub(crate) struct Resource {
    /// Its logical id.
    pub(crate) id: String,
    /// The place of the logical id.
    pub(crate) id_span: Span,
    /// Its type, such as `AWS::IAM::Role`.
    pub(crate) kind: String,
    /// The place of the whole definition.
    pub(crate) span: Span,
    /// The condition that decides whether it is created, where that is not known.
    pub(crate) only_if: Option<Symbol>,
    /// Its properties; a map, or unknown.
    pub(crate) properties: Value,
    /// What `Ref` gives: the name or ARN.
    pub(crate) reference: String,
    /// What `Fn::GetAtt` gives for `Arn`, where the type has an ARN.
    pub(crate) arn: Option<String>,
    /// `aws:cdk:path` of its metadata.
    pub(crate) construct_path: Option<String>,
}
