//! Which `iameval.toml` is taken.

use crate::args::Arguments;
use crate::exit::{Failure, Outcome};
use crate::output::{Output, shown};
use iameval_world::{Config, Files};

/// The configuration that the flags ask for: the file named, the nearest upward, or none.
pub(crate) fn find(arguments: &Arguments, files: &dyn Files, output: &mut Output) -> Outcome<Config> {
    if arguments.no_config {
        return Ok(Config::default());
    }
    let nearest = || Config::nearest(&std::env::current_dir().ok()?);
    match arguments.config.clone().or_else(nearest) {
        Some(path) => {
            output.detail(&format!("configuration: {}", shown(&path)));
            Config::read(&path, files).map_err(Failure::from)
        }
        None => Ok(Config::default()),
    }
}
