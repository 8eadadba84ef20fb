//! What flags say of the deployment of templates.

use crate::args::{Deployment, UnknownIs};
use crate::exit::{Failure, Outcome};
use iameval_infra::{Infrastructure, codes};

/// What is known of it.
pub(crate) fn known(flags: &Deployment) -> Outcome<Infrastructure> {
    let mut known = Infrastructure::new();
    for path in &flags.parameters {
        known = known.parameter_file(path);
    }
    for text in &flags.parameter {
        let (name, value) = cut("--parameter", text, "NAME")?;
        known = known.parameter(name, value);
    }
    for text in &flags.set {
        let (address, value) = cut("--set", text, "ADDRESS")?;
        known = known.value(address, value);
    }
    if let Some(folder) = &flags.source {
        known = known.source(folder);
    }
    if flags.read_outside {
        known = known.reads_outside();
    }
    Ok(if flags.unknown == UnknownIs::Error { known.unknown_as_error() } else { known })
}

fn cut<'t>(flag: &str, text: &'t str, what: &str) -> Outcome<(&'t str, &'t str)> {
    // A key in an address stands in brackets, and may hold the sign as well.
    let mut depth = 0_u32;
    let sign = text.find(|letter| {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == '=' && depth == 0
    });
    // So does the name of an expression, before its place.
    let is_place = |name: &str| {
        let place = name.rsplit_once(" at ").and_then(|(_, place)| place.rsplit([':', '#']).next());
        place.is_some_and(|line| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let signs = text.match_indices('=').map(|(at, _)| at);
    let after_place = signs.into_iter().find(|at| text.get(..*at).is_some_and(is_place));
    let cut = after_place.or(sign).and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?)));
    cut.filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
        let help = format!("write it as `{flag} {what}=VALUE`");
        Failure::argument(flag, text, codes::INVALID_PARAMETER, format!("`{text}` has no value"), Some(help))
    })
}
