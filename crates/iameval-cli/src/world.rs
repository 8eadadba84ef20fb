//! The world that flags and configuration name.

use crate::args::WorldSource;
use crate::config::Config;
use crate::exit::{Failure, Outcome};
use crate::output::Output;
use crate::progress::Watched;
use iameval::Code;
use iameval::suggest::did_you_mean;
use iameval_world::{Disk, Example, World};
use std::path::PathBuf;

/// The world of the flags, or the configured one.
pub(crate) fn load(flags: &WorldSource, config: &Config, output: &mut Output) -> Outcome<Option<World>> {
    let given = given(flags, config.disk, output)?;
    if given.is_some() || config.worlds.is_empty() {
        return Ok(given);
    }
    from_files(&config.worlds, config.disk, output).map(Some)
}

/// The world of the flags alone.
pub(crate) fn given(flags: &WorldSource, disk: Disk, output: &mut Output) -> Outcome<Option<World>> {
    if let Some(name) = &flags.example {
        let example = example(name)?;
        output.detail(&format!("world: the example `{}`: {}", example.name, example.summary));
        return Ok(Some(World::load(example, &[example.world().into()])?));
    }
    if flags.world.is_empty() { Ok(None) } else { from_files(&flags.world, disk, output).map(Some) }
}

/// The example of that name.
pub(crate) fn example(name: &str) -> Outcome<&'static Example> {
    Example::find(name).ok_or_else(|| {
        let names: Vec<&str> = Example::all().iter().map(|example| example.name).collect();
        let help =
            did_you_mean(name, names.iter().copied()).unwrap_or_else(|| format!("there is {}", names.join(", ")));
        let message = format!("there is no example `{name}`");
        Failure::argument("--example", name, Code::UnknownName, message, Some(help))
    })
}

fn from_files(paths: &[PathBuf], disk: Disk, output: &mut Output) -> Outcome<World> {
    for path in paths {
        output.detail(&format!("world: {}", path.display()));
    }
    let world = World::load(&Watched::new(disk), paths)?;
    for name in world.files().iter().filter(|name| !paths.iter().any(|path| path.display().to_string() == **name)) {
        output.detail(&format!("world: {name}, which another uses"));
    }
    for warning in world.warnings() {
        output.warn(warning);
    }
    Ok(world)
}
