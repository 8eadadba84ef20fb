//! The world that flags and configuration name, with the policies that flags give, ready to be asked.

use crate::added;
use crate::args::WorldFlags;
use crate::exit::Outcome;
use crate::output::Output;
use crate::question::account;
use crate::refusal::Setting;
use crate::setup::Setup;
use iameval_ask::{AddedPolicies, Asker};
use iameval_world::World;

/// A world and what flags say about it.
pub(crate) struct AskedWorld<'s> {
    flags: &'s WorldFlags,
    setup: &'s Setup,
    /// The world; an empty one where none is named.
    pub(crate) world: World,
    has_world: bool,
    added: AddedPolicies,
}

impl<'s> AskedWorld<'s> {
    pub(crate) fn load(
        flags: &'s WorldFlags,
        scp_levels: &[Vec<usize>],
        setup: &'s Setup,
        output: &mut Output,
    ) -> Outcome<Self> {
        let given = added::world(flags, setup, output)?;
        let has_world = given.is_some();
        let added = added::added(Some(&flags.own), &flags.around, scp_levels, setup, output)?;
        Ok(Self { flags, setup, world: given.unwrap_or_default(), has_world, added })
    }

    /// Asks it. Without a world, or with `--policy`, the caller need not be a principal of the world.
    pub(crate) fn asker(&self) -> Outcome<Asker<'_>> {
        let asker = Asker::new(&self.world, self.setup.catalogue()).beside(self.added.clone());
        let asker = asker.in_account(account(&self.setup.config)?);
        let for_anyone = !self.has_world || !self.flags.own.policy.is_empty();
        Ok(if for_anyone { asker.for_anyone() } else { asker })
    }

    /// What a refusal is told by.
    pub(crate) fn setting(&self) -> Setting<'_> {
        Setting {
            principal: "--as",
            own: Some(&self.flags.own),
            config: &self.setup.config,
            has_world: self.has_world,
            leaves_out: self.added.leaves_out_any(),
        }
    }
}
