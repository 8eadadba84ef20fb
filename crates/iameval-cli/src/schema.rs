//! `iameval schema`

use crate::args::{Schema, SchemaKind};
use crate::exit::Exit;
use crate::output::Output;

pub(crate) fn run(flags: &Schema, output: &mut Output) -> Exit {
    output.raw(match flags.kind {
        SchemaKind::World => iameval_world::WORLD_SCHEMA,
        SchemaKind::Test => iameval_world::TEST_SCHEMA,
        SchemaKind::Claim => iameval_prove::native::SCHEMA,
        SchemaKind::SimulationRequest => iameval::native::SCHEMA,
    });
    Exit::Wanted
}
