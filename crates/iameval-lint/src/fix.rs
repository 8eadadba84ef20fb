//! Mending a text by the fixes that its findings carry.

use iameval::{Diagnostic, Fix, PolicyDocument};

/// How often a text is gone through: one fix may make room for another.
const ROUNDS: usize = 10;

/// The fixed text, and how many findings that resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The text afterwards.
    pub text: String,
    /// How many fixes were applied.
    pub count: usize,
}

/// Applies the fixes of the findings that `find` makes of a policy's text, as long as there are some. Everything outside
/// them stays as it is to the byte, and the policy decides as before. `None` when there is nothing to fix.
///
/// ```
/// use iameval::{PolicyDocument, PolicyKind};
/// use iameval_data::Catalogue;
///
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": ["s3:*", "s3:GetObject"], "Resource": "*"}}"#;
/// let mended = iameval_lint::mend(text, |text| {
///     let document = text.parse::<PolicyDocument>().unwrap();
///     iameval_lint::check(&document, PolicyKind::Identity, Catalogue::embedded())
/// });
/// let expected = r#"{"Version": "2012-10-17","Statement": {"Effect": "Allow", "Action": ["s3:*"], "Resource": "*"}}"#;
/// assert_eq!(mended.unwrap().text, expected);
/// ```
pub fn mend(text: &str, find: impl Fn(&str) -> Vec<Diagnostic>) -> Option<Mended> {
    let mut mended = Mended { text: text.to_owned(), count: 0 };
    for _ in 0..ROUNDS {
        let findings = find(&mended.text);
        let fixes: Vec<&Fix> = findings.iter().filter_map(|finding| finding.fix()).collect();
        let (next, applied) = apply(&mended.text, fixes);
        // A fix that breaks the policy is none.
        if applied == 0 || PolicyDocument::parse(&next).value.is_none() {
            break;
        }
        mended.text = next;
        mended.count += applied;
    }
    (mended.count > 0).then_some(mended)
}

/// The text with those fixes that do not touch each other.
fn apply(text: &str, mut fixes: Vec<&Fix>) -> (String, usize) {
    fixes.sort_by_key(|fix| fix.span);
    let (mut mended, mut applied, mut done) = (String::with_capacity(text.len()), 0, 0);
    for fix in fixes {
        let range = fix.span.range();
        let Some(kept) = text.get(done..range.start) else { continue };
        mended.push_str(kept);
        mended.push_str(&fix.replacement);
        done = range.end;
        applied += 1;
    }
    mended.push_str(text.get(done..).unwrap_or_default());
    (mended, applied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::text::Span;

    #[test]
    fn fixes_that_touch_are_left_for_another_round() {
        let fix = |start, end, text: &str| Fix { span: Span::new(start, end), replacement: text.into() };
        let (first, second, third) = (fix(0, 2, "x"), fix(1, 3, "y"), fix(3, 3, "z"));
        assert_eq!(apply("abcdé", vec![&third, &second, &first]), ("xczdé".into(), 2));
    }
}
