//! The world that flags and configuration name.

pub(crate) mod listing;

use crate::args::WorldSource;
use crate::exit::{Failure, Outcome};
use crate::output::{Output, shown};
use crate::policy::tell_form;
use crate::progress::Watched;
use crate::setup::Setup;
use iameval::suggest::did_you_mean;
use iameval_report::plain;
use iameval_world::{Config, Example, Files, World, codes};
use std::path::PathBuf;

/// The world of the flags, or the configured one.
pub(crate) fn load(flags: &WorldSource, setup: &Setup, output: &mut Output) -> Outcome<Option<World>> {
    load_with(flags, &setup.config, &setup.files, output)
}

/// The same, read from these files.
pub(crate) fn load_with(
    flags: &WorldSource,
    config: &Config,
    files: &dyn Files,
    output: &mut Output,
) -> Outcome<Option<World>> {
    let given = given(flags, files, output)?;
    if given.is_some() || config.worlds.is_empty() {
        return Ok(given);
    }
    from_files(&config.worlds, files, output).map(Some)
}

/// The world of the flags alone.
pub(crate) fn given(flags: &WorldSource, files: &dyn Files, output: &mut Output) -> Outcome<Option<World>> {
    if let Some(name) = &flags.example {
        let example = example(name)?;
        output.detail(&format!("world: the example `{}`: {}", example.name, example.summary));
        return Ok(Some(World::load(example, &[example.world().into()])?));
    }
    if flags.world.is_empty() { Ok(None) } else { from_files(&flags.world, files, output).map(Some) }
}

/// The example of that name.
pub(crate) fn example(name: &str) -> Outcome<&'static Example> {
    Example::find(name).ok_or_else(|| {
        let names: Vec<&str> = Example::all().iter().map(|example| example.name).collect();
        let help =
            did_you_mean(name, names.iter().copied()).unwrap_or_else(|| format!("there is {}", names.join(", ")));
        let message = format!("there is no example `{name}`");
        Failure::argument("--example", name, codes::UNKNOWN_NAME, message, Some(help))
    })
}

fn from_files(paths: &[PathBuf], files: &dyn Files, output: &mut Output) -> Outcome<World> {
    for path in paths {
        output.detail(&format!("world: {}", shown(path)));
    }
    let world = World::load(&Watched::new(files), paths)?;
    output.knows(&world);
    for name in world.files().iter().filter(|name| !paths.iter().any(|path| path.display().to_string() == **name)) {
        output.detail(&format!("world: {}, used by another world", plain(name)));
    }
    world.policies().iter().for_each(|known| tell_form(&known.policy, output));
    for warning in world.warnings() {
        output.warn(warning);
    }
    Ok(world)
}
