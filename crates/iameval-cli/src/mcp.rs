//! `iameval mcp`: a server for coding assistants on standard input and output.

use crate::args::Mcp;
use crate::codes;
use crate::exit::{Exit, Failure};
use crate::output::{Output, stop_writing};
use crate::remembered::Remembered;
use crate::setup::Setup;
use crate::test::files;
use crate::world;
use iameval_data::Catalogue;
use iameval_mcp::{Server, Workspace};
use iameval_report::Codes;
use iameval_test::TestFile;
use iameval_test::discover::Discovered;
use iameval_world::{Finding, World};
use std::cell::RefCell;
use std::sync::Arc;

pub(crate) fn run(flags: &Mcp, setup: &Setup, output: &mut Output) -> Exit {
    let folder = Folder { flags, setup, codes: codes::all(), output: RefCell::new(output), known: RefCell::default() };
    // What is wrong with the world by now is told before an assistant asks, who may be the one to mend it.
    if let Err(findings) = folder.world() {
        folder.output.borrow_mut().failure(&Failure(findings));
    }
    let server = Server::new(&folder, env!("CARGO_PKG_VERSION"));
    if let Err(error) = server.run(std::io::stdin().lock(), std::io::stdout().lock()) {
        stop_writing(&error);
    }
    Exit::Wanted
}

/// What the flags and the configuration name.
struct Folder<'s> {
    flags: &'s Mcp,
    setup: &'s Setup,
    codes: Codes,
    output: RefCell<&'s mut Output>,
    /// The world as it was read last, and the files that it was read from.
    known: RefCell<Option<(Remembered, Option<Arc<World>>)>>,
}

impl Workspace for Folder<'_> {
    fn catalogue(&self) -> &Catalogue {
        self.setup.catalogue()
    }

    fn codes(&self) -> &Codes {
        &self.codes
    }

    fn world(&self) -> Result<Option<Arc<World>>, Vec<Finding>> {
        let mut known = self.known.borrow_mut();
        if let Some((files, world)) = known.as_ref()
            && files.changed().is_none()
        {
            return Ok(world.clone());
        }
        let files = self.setup.files.anew();
        let read = world::load_with(&self.flags.source, &self.setup.config, &files, &mut self.output.borrow_mut());
        let world = read.map_err(|failure| failure.0)?.map(Arc::new);
        if let Some(world) = &world {
            world.decide_by(self.setup.catalogue().service_rules().clone());
        }
        *known = Some((files, world.clone()));
        Ok(world)
    }

    fn tests(&self) -> Result<(Vec<TestFile<'_>>, Vec<Finding>), Vec<Finding>> {
        let (setup, files) = (self.setup, self.setup.files.anew());
        let Discovered { files: paths, warnings, .. } =
            files::find(&self.flags.paths, setup).map_err(|failure| failure.0)?;
        let options = files::options(setup).map_err(|failure| failure.0)?;
        let mut output = self.output.borrow_mut();
        for warning in &warnings {
            output.warn(warning);
        }
        let (read, unusable) = files::read(&paths, &options, &files, &mut output);
        Ok((read, unusable.0))
    }
}
