//! What is not known of a world, on the wire: `${unknown:NAME}`, in what clients send as in what they get.

use crate::form::Form;
use iameval::symbol::Symbols;
use iameval_report::{Names, Writing};
use std::borrow::Cow;
use std::sync::Arc;

/// The form in the symbols of a world.
pub(crate) fn read<'f>(form: &'f Form, symbols: Option<&Arc<Symbols>>) -> Cow<'f, Form> {
    match symbols {
        Some(symbols) if form.values().any(|value| matches!(symbols.read(value), Cow::Owned(_))) => {
            Cow::Owned(form.with_values(&|value| symbols.read(value).into_owned()))
        }
        _ => Cow::Borrowed(form),
    }
}

/// A text of XML with the names of symbols in their place.
pub(crate) fn shown_in_xml(text: String, names: &Names) -> String {
    match names.shown(&text, Writing::Markup) {
        Cow::Borrowed(_) => text,
        Cow::Owned(shown) => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::symbol::SymbolKind;

    #[test]
    fn names_are_read_where_they_are_known() {
        let mut symbols = Symbols::new();
        let logs = symbols.define("Logs", SymbolKind::Name).unwrap();
        let symbols = Arc::new(symbols);
        let form = Form::parse(b"A.member.1=x:${unknown:Logs}&B=${unknown:Other}").unwrap();
        let read = super::read(&form, Some(&symbols));
        assert_eq!(read.texts("A").unwrap(), [format!("x:{logs}")]);
        assert_eq!(read.text("B"), Some("${unknown:Other}"));
    }
}
