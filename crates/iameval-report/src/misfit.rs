//! Resources that services never ask an action on.

use crate::words::quoted;
use iameval::text::Span;
use iameval::{Action, Code, Diagnostic};
use iameval_data::{ActionInfo, Catalogue, is_asked_on};
use iameval_world::arn_forms;

/// How many names are told.
const FEW: usize = 3;

/// The actions that are never asked on the resource, each as it is written, in one diagnostic without a place.
pub fn never_asked_on<'a>(
    resource: &str,
    actions: impl IntoIterator<Item = (&'a str, &'a Action)>,
    catalogue: &Catalogue,
) -> Option<Diagnostic> {
    let misfits = actions.into_iter().filter(|(_, action)| !is_asked_on(action, resource, catalogue));
    let (names, misfits): (Vec<&str>, Vec<&Action>) = misfits.unzip();
    let message = match names.as_slice() {
        [] => return None,
        [one] => format!("`{one}` is never asked on `{resource}`"),
        several => format!("these actions are never asked on `{resource}`: {}", quoted(several, FEW)),
    };
    let infos: Vec<ActionInfo<'_>> = misfits.iter().filter_map(|action| catalogue.action(action.as_str())).collect();
    let help = match (arn_forms(&infos).as_slice(), infos.len()) {
        ([], _) => "there is no resource to name: ask on `*`".to_owned(),
        (forms, 1) => format!("it takes {}", quoted(forms, FEW)),
        (forms, _) => format!("they take {}", quoted(forms, FEW)),
    };
    Some(Diagnostic::new(Code::ResourceFitsNoAction, Span::default(), message).with_help(help))
}
