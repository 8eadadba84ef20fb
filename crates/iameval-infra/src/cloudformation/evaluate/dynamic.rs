//! Dynamic references, `{{resolve:…}}`: CloudFormation puts what Systems Manager or Secrets Manager keeps in their place.

use super::{At, Evaluator, Told};
use crate::value::Text;
use iameval::symbol::SymbolKind;
use iameval::text::Span;

const BEGINNING: &str = "{{resolve:";
const END: &str = "}}";

impl Evaluator<'_> {
    /// A text with symbols in the place of its dynamic references.
    pub(super) fn without_references(&mut self, at: At, text: Text) -> Result<Text, Told> {
        if !text.text.contains(BEGINNING) {
            return Ok(text);
        }
        let mut out = Text::default();
        let mut from = 0;
        while let Some(start) = text.text.get(from..).and_then(|rest| rest.find(BEGINNING)).map(|start| from + start) {
            let Some(length) = text.text.get(start..).and_then(|rest| rest.find(END)) else { break };
            let end = start + length + END.len();
            out.push_part(&text, from..start);
            let reference = text.text.get(start..end).unwrap_or_default();
            let address = format!("{}{}", self.template(at).prefix, self.symbols.display(reference));
            out.push_str(&self.text_of(at, Span::START, &address, SymbolKind::Input)?);
            from = end;
        }
        out.push_part(&text, from..text.text.len());
        Ok(out)
    }
}
