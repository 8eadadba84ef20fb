//! `--data`: newer reference files of AWS's services.

use crate::exit::Outcome;
use crate::output::{Output, shown};
use iameval_ask::words::listed;
use iameval_data::Catalogue;
use iameval_report::plain;
use iameval_world::{Files, ReferenceFolder};
use std::path::Path;

/// The catalogue inside the program, with what the folder has in place of its own.
pub(crate) fn read(folder: &Path, files: &dyn Files, output: &mut Output) -> Outcome<Catalogue> {
    let ReferenceFolder { catalogue, services, has_service_rules, warnings, .. } =
        ReferenceFolder::read(folder, files)?;
    for warning in &warnings {
        output.warn(warning);
    }
    if has_service_rules {
        output.detail(&format!("data: {}: {}", shown(folder), ReferenceFolder::SERVICE_RULES));
    }
    output.detail(&format!("data: {}: {}", shown(folder), plain(&listed(&services, ", ", 10))));
    Ok(catalogue)
}
