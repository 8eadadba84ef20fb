//! `Bool`: `true` in any letter case is true, any other text counts as false, on both sides (R-COND-24).

use super::{Compiler, Scope};
use crate::context::View;
use crate::variable::Template;

#[derive(Debug)]
pub(super) struct BoolTest {
    /// Whether some value of the policy is true, and whether some is false.
    wants: [bool; 2],
    /// Values with variables in them.
    templates: Vec<Template>,
}

impl BoolTest {
    pub(super) fn new<'t>(values: impl Iterator<Item = &'t str>, compiler: &mut impl Compiler) -> Self {
        let mut test = Self { wants: [false; 2], templates: Vec::new() };
        for value in values {
            let template = compiler.template(value);
            match template.as_literal() {
                Some(literal) => {
                    let [wants_false, wants_true] = &mut test.wants;
                    *(if literal.eq_ignore_ascii_case("true") { wants_true } else { wants_false }) = true;
                }
                None => test.templates.push(template),
            }
        }
        test
    }

    pub(super) fn holds<V: View>(&self, text: &str, scope: &Scope<'_, V>) -> bool {
        let value = text.eq_ignore_ascii_case("true");
        let [wants_false, wants_true] = self.wants;
        (if value { wants_true } else { wants_false })
            || self.templates.iter().any(|template| template.equals_ignore_ascii_case("true", scope) == Some(value))
    }
}
