//! What commands have at hand: the configuration, and the catalogue of AWS's services.

use crate::args::Arguments;
use crate::config;
use crate::data;
use crate::deployment;
use crate::exit::Outcome;
use crate::output::Output;
use crate::remembered::Remembered;
use iameval_data::Catalogue;
use iameval_infra::Infrastructure;
use iameval_world::{Config, Disk};

/// The configuration, and the one place that says which catalogue is taken.
pub(crate) struct Setup {
    pub(crate) config: Config,
    data: Option<Catalogue>,
    /// The files of the disk, of which it knows what was read.
    pub(crate) files: Remembered,
}

impl Setup {
    /// What the flags and `iameval.toml` ask for.
    pub(crate) fn find(arguments: &Arguments, output: &mut Output) -> Outcome<Self> {
        let infrastructure = match arguments.command.deployment() {
            Some(flags) => deployment::known(flags)?,
            None => Infrastructure::new(),
        };
        let files = Remembered::new(Disk { limits: arguments.limits() }, infrastructure);
        let config = config::find(arguments, &files, output)?;
        let folder = arguments.data.as_ref().or(config.data.as_ref());
        let data = folder.map(|folder| data::read(folder, &files, output)).transpose()?;
        Ok(Self { config, data, files })
    }

    /// The catalogue of AWS's services.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        self.data.as_ref().unwrap_or_else(|| Catalogue::embedded())
    }
}
