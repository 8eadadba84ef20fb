//! The VPC endpoints of a world.

use crate::Attached;
use crate::context::read_context;
use crate::definition::{Definition, OVERRIDE};
use crate::file::Result;
use crate::load::Loader;
use iameval::json::fields::{boolean, fields};
use iameval::{Context, PolicyKind};

/// A VPC endpoint: what a request that goes through it must get past, and what it brings along.
#[derive(Debug, Clone)]
pub struct WorldEndpoint {
    /// Its policies; without any, everything gets through.
    pub policies: Vec<Attached>,
    /// Whether it is a gateway endpoint (S3, `DynamoDB`), in whose policy an account means its root user (R-EVAL-12).
    pub gateway: bool,
    /// The context of requests through it, such as `aws:SourceVpce`.
    pub context: Context,
    pub(crate) number: usize,
}

impl Loader<'_> {
    pub(crate) fn endpoint(&mut self, definition: Definition<'_>) -> Result<()> {
        let Definition { file, member } = definition;
        let error = |diagnostic| file.error(diagnostic);
        let name: &str = &member.key;
        let [policies, gateway, context, _] =
            fields(&member.value, "an endpoint", ["policies", "gateway", "context", OVERRIDE]).map_err(error)?;
        let policies = self.policy_list(file, &format!("{name}:"), policies, PolicyKind::Endpoint)?;
        let endpoint = WorldEndpoint {
            policies: Self::attached_to(name, policies),
            gateway: gateway.map_or(Ok(false), |node| boolean(node, "`gateway`")).map_err(error)?,
            context: context.map_or(Ok(Context::new()), read_context).map_err(error)?,
            number: self.world.endpoints.len(),
        };
        self.world.endpoints.insert(name.into(), endpoint);
        Ok(())
    }
}
