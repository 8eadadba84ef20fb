//! `iameval serve`: AWS's policy simulation API on this machine.

use crate::args::{Serve, Year};
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Output, shown};
use crate::remembered::Remembered;
use crate::setup::Setup;
use crate::world;
use crate::write::{self, Before, NewText, Reach};
use iameval_serve::{Api, Handle, Server, ServerOptions, Settings, Shape};
use iameval_world::{World, codes};
use std::sync::Arc;
use std::time::Duration;

/// How often files are looked at.
const OFTEN: Duration = Duration::from_millis(250);

pub(crate) fn run(flags: &Serve, setup: Setup, output: &mut Output) -> Outcome<Exit> {
    let world = load(flags, &setup, &setup.files, output)?;
    let setup: &'static Setup = Box::leak(Box::new(setup));
    let mut settings = Settings::default();
    settings.live = flags.live;
    settings.shape = match flags.compat {
        Year::Until2025 => Shape::Compat2025,
        Year::Since2026 => Shape::Compat2026,
    };
    let mut options = ServerOptions::default();
    options.allow_remote = flags.allow_remote;
    options.body = usize::try_from(flags.max_body).unwrap_or(usize::MAX);
    options.log_requests = output.is_verbose();
    let api = Api::new(world, setup.catalogue(), settings);
    let server = Server::bind(flags.listen, api, options).map_err(|error| unusable(flags, &error))?;
    let address = format!("http://{}\n", server.address());
    output.raw(&address);
    if let Some(path) = &flags.once_ready {
        let (name, before) = (&*shown(path), Before::Anything);
        write::write(&[NewText { path, name, text: &address, before, reach: Reach::Named }])?;
    }
    let handle = server.handle();
    std::thread::scope(|scope| {
        let serving = scope.spawn(|| {
            let ended = server.run();
            handle.stop();
            ended
        });
        if flags.reload {
            watch(flags, setup, output, &handle);
        }
        match serving.join() {
            Ok(ended) => ended.map(|()| Exit::Wanted).map_err(|error| unusable(flags, &error)),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn load(flags: &Serve, setup: &Setup, files: &Remembered, output: &mut Output) -> Outcome<Arc<World>> {
    let world = world::load_with(&flags.source, &setup.config, files, output)?.unwrap_or_default();
    world.decide_by(setup.catalogue().service_rules().clone());
    Ok(Arc::new(world))
}

/// Reads the world again when one of its files has changed.
fn watch(flags: &Serve, setup: &Setup, output: &mut Output, handle: &Handle) {
    let mut files = setup.files.anew();
    setup.files.paths().iter().for_each(|path| files.note(path));
    while !handle.is_stopped() {
        std::thread::sleep(OFTEN);
        if files.changed().is_none() {
            continue;
        }
        let read = setup.files.anew();
        match load(flags, setup, &read, output) {
            Ok(world) => handle.replace_world(world),
            Err(failure) => {
                handle.keep_world(&failure.0.first().map(ToString::to_string).unwrap_or_default());
                // What is wrong may stand in a file that was not reached this time.
                files.paths().iter().for_each(|path| read.note(path));
            }
        }
        files = read;
    }
}

fn unusable(flags: &Serve, error: &std::io::Error) -> Failure {
    let address = flags.listen.to_string();
    let message = format!("cannot listen at {address}: {error}");
    let help = "`--listen 127.0.0.1:0` takes any free port".to_owned();
    Failure::argument("--listen", &address, codes::UNREADABLE, message, Some(help))
}
