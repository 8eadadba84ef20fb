//! The `String…` operators.

use super::{Compiler, Scope};
use crate::certainty::Certainty;
use crate::context::{ContextText, View};
use crate::document::Operator;
use crate::lowercase::lowercase;
use crate::symbol::{Inputs, Reader};
use crate::variable::{Part, Template, free_pattern};
use crate::wildcard::{Pattern, Token};
use std::cell::OnceCell;

#[derive(Debug)]
pub(super) struct StringTest {
    values: Values,
    negated: bool,
}

#[derive(Debug)]
enum Values {
    Equals {
        literals: Literals,
        templates: Box<[Template]>,
    },
    /// The literals in lower case.
    IgnoreCase {
        literals: Literals,
        templates: Box<[Template]>,
    },
    Like {
        literals: Literals,
        patterns: Box<[Pattern]>,
    },
}

/// Values without variables.
// INVARIANT: in order where they are more than FEW.
#[derive(Debug)]
struct Literals(Box<[Box<str>]>);

impl Literals {
    /// So many are looked through one by one, which is quicker than to search.
    const FEW: usize = 16;

    fn new(mut texts: Vec<Box<str>>) -> Self {
        if texts.len() > Self::FEW {
            texts.sort_unstable();
        }
        Self(texts.into())
    }

    fn contain(&self, text: &str) -> bool {
        if self.0.len() > Self::FEW {
            self.0.binary_search_by(|own| (**own).cmp(text)).is_ok()
        } else {
            self.0.iter().any(|own| **own == *text)
        }
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|text| &**text)
    }

    /// The same for literals in lower case.
    fn contain_lowercase_of(&self, text: &ContextText) -> bool {
        if self.0.len() > Self::FEW {
            self.0.binary_search_by(|own| text.cmp_lowercase(own).reverse()).is_ok()
        } else {
            self.0.iter().any(|own| text.is_lowercase_of(own))
        }
    }
}

impl StringTest {
    pub(super) fn new<'t>(
        operator: Operator,
        values: impl Iterator<Item = &'t str>,
        compiler: &mut impl Compiler,
    ) -> Self {
        let values = match operator {
            Operator::StringLike | Operator::StringNotLike => {
                let (mut literals, mut patterns) = (Vec::new(), Vec::new());
                for value in values {
                    let parts = compiler.pattern(value);
                    match parts.as_slice() {
                        [] => literals.push("".into()),
                        [Part::Literal(text)] => literals.push(text.as_str().into()),
                        _ => patterns.push(free_pattern(parts, |variable| Token::Slot(compiler.variable(variable)))),
                    }
                }
                Values::Like { literals: Literals::new(literals), patterns: patterns.into() }
            }
            Operator::StringEqualsIgnoreCase | Operator::StringNotEqualsIgnoreCase => {
                let (mut literals, mut templates) = (Vec::new(), Vec::new());
                for value in values {
                    match compiler.template(value).into_literal() {
                        Ok(literal) => literals.push(lowercase(&literal).into()),
                        Err(template) => templates.push(template),
                    }
                }
                Values::IgnoreCase { literals: Literals::new(literals), templates: templates.into() }
            }
            _ => {
                let (mut literals, mut templates) = (Vec::with_capacity(values.size_hint().0), Vec::new());
                for value in values {
                    match compiler.template(value).into_literal() {
                        Ok(literal) => literals.push(literal),
                        Err(template) => templates.push(template),
                    }
                }
                Values::Equals { literals: Literals::new(literals), templates: templates.into() }
            }
        };
        Self { values, negated: operator.is_negated() }
    }

    pub(super) fn holds<V: View>(&self, text: &ContextText, scope: &Scope<'_, V>) -> bool {
        let found = match &self.values {
            Values::Equals { literals, templates } => {
                let text = text.as_str();
                literals.contain(text) || templates.iter().any(|template| template.equals(text, scope))
            }
            Values::IgnoreCase { literals, templates } => {
                literals.contain_lowercase_of(text)
                    || templates.iter().any(|template| is_alike_in_lower_case(template, text, scope))
            }
            Values::Like { literals, patterns } => {
                literals.contain(text.as_str()) || patterns.iter().any(|pattern| pattern.matches(text.as_str(), scope))
            }
        };
        found != self.negated
    }
}

/// Where symbols may stand in the values or the text.
impl StringTest {
    pub(super) fn truth<V: View>(&self, text: &str, scope: &Scope<'_, V>, reader: &Reader<'_>) -> Certainty {
        let equal = |own: &str| reader.equals(own, text, Inputs::EqualThemselves);
        let lower = OnceCell::new();
        let alike = |own: &str| reader.equals(own, lower.get_or_init(|| lowercase(text)), Inputs::EqualThemselves);
        let meet = |name: &str| {
            reader.meets(name);
        };
        let filled = |template: &Template, compare: &dyn Fn(&str) -> Certainty| {
            if template.is_open(scope, meet) {
                return Certainty::Maybe;
            }
            template.fill(scope).map_or(Certainty::No, |own| compare(&own))
        };
        let found = match &self.values {
            Values::Equals { literals, templates } => Certainty::any(literals.iter().map(equal))
                .max(Certainty::any(templates.iter().map(|template| filled(template, &equal)))),
            Values::IgnoreCase { literals, templates } => Certainty::any(literals.iter().map(alike))
                .max(Certainty::any(templates.iter().map(|template| filled(template, &|own| alike(&lowercase(own)))))),
            // An input in a pattern may hold wildcards.
            Values::Like { literals, patterns } => {
                let literals = literals.iter().map(|own| reader.equals(own, text, Inputs::MayHoldWildcards));
                let patterns = patterns.iter().map(|pattern| reader.fits(pattern, text, scope));
                Certainty::any(literals).max(Certainty::any(patterns))
            }
        };
        found.negated_if(self.negated)
    }
}

/// By how much two texts that are alike in lower case may differ in length: a character has four bytes at most, and one
/// in lower case less than twice as many as before.
const MOST_LOWERED: usize = 8;

fn is_alike_in_lower_case<V: View>(template: &Template, text: &ContextText, scope: &Scope<'_, V>) -> bool {
    // Nothing is made of a value that is far longer than the text, since many variables may stand for one long text.
    if template.length(scope).is_none_or(|length| length / MOST_LOWERED > text.as_str().len()) {
        return false;
    }
    match template.is_ascii(scope) {
        None => false,
        Some(true) if text.as_str().is_ascii() => template.equals_ignore_ascii_case(text.as_str(), scope) == Some(true),
        // The form of a sigma depends on its neighbours, so the whole text is lowered at once. This is the only comparison
        // of strings that allocates.
        Some(_) => template.fill(scope).is_some_and(|filled| text.is_lowercase_of(&lowercase(&filled))),
    }
}
