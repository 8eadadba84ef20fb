//! What infrastructure code would create: its resources, with everything in them evaluated.
//!
//! Resources have the types and properties of CloudFormation, whatever language they are written in.

use crate::value::Value;
use iameval::symbol::{OnlyIf, Symbol};
use iameval::text::Span;
use iameval_world::Source;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// A template with its functions evaluated, or what Terraform would create from one root module.
pub(crate) struct Stack {
    /// What it is called where several are read: the name of the file without its endings, the id of a nested stack, or
    /// what a manifest says.
    pub(crate) name: String,
    pub(crate) language: Language,
    /// The file that it stands in, where it stands in one.
    pub(crate) source: Arc<Source>,
    /// Where it is deployed.
    pub(crate) location: Rc<Location>,
    /// The resources in the order of the source, without those that are known not to be created.
    pub(crate) resources: Vec<Resource>,
}

/// Where something is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Location {
    /// The account, as twelve digits or a symbol.
    pub(crate) account: String,
    /// The region, or a symbol.
    pub(crate) region: String,
    /// The partition.
    pub(crate) partition: String,
}

/// The language of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    CloudFormation,
    Terraform,
}

impl Language {
    /// What names of resources begin with.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::CloudFormation => "cfn:",
            Self::Terraform => "tf:",
        }
    }

    /// The address of a resource, as people know it.
    pub(crate) fn address(self, id: &str) -> String {
        match self {
            Self::CloudFormation => format!("Resources.{id}"),
            Self::Terraform => id.to_owned(),
        }
    }

    /// What does not define something, in words.
    pub(crate) fn no_source(self) -> &'static str {
        match self {
            Self::CloudFormation => "no template",
            Self::Terraform => "nothing that was read",
        }
    }
}

/// Without the text of the source, which may hold what must not be shown (`NoEcho`).
impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stack")
            .field("name", &self.name)
            .field("source", &self.source.name)
            .field("location", &self.location)
            .field("resources", &self.resources)
            .finish_non_exhaustive()
    }
}

/// A resource.
#[derive(Debug)]
pub(crate) struct Resource {
    /// Its logical id, or its address in Terraform.
    pub(crate) id: String,
    /// The text that it stands in, where that is another than the stack's.
    pub(crate) source: Option<Arc<Source>>,
    /// The place of the logical id.
    pub(crate) id_span: Span,
    /// Its type, such as `AWS::IAM::Role`.
    pub(crate) kind: String,
    /// What its language calls the type, where that is something else, such as `aws_iam_role`.
    pub(crate) written_kind: Option<String>,
    /// The place of the whole definition.
    pub(crate) span: Span,
    /// What decides whether it is created, where that is not known.
    pub(crate) only_if: Option<Symbol>,
    /// Its properties; a map, or unknown.
    pub(crate) properties: Value,
    /// What `Ref` gives: the name or ARN.
    pub(crate) reference: String,
    /// The ARN, where the type has one.
    pub(crate) arn: Option<String>,
    /// Other texts that mean it, such as the URL of a queue.
    pub(crate) further_names: Vec<String>,
    /// `aws:cdk:path` of its metadata.
    pub(crate) construct_path: Option<String>,
    /// Where it is deployed.
    pub(crate) location: Rc<Location>,
}

impl Resource {
    /// What it needs to be created.
    pub(crate) fn exists_only_if(&self) -> Option<OnlyIf> {
        self.only_if.map(OnlyIf::holds)
    }
}
