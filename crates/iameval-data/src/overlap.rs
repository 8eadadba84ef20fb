//! Whether two patterns have a text in common.

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Byte(u8),
    /// Any one character.
    Unit,
    /// Any run of characters.
    Run,
    /// Any run of characters but colons.
    Part,
}

/// The pieces of a pattern in which `*`, `?` and `${…}` are special: of an ARN's form, or of a policy's resource. In the
/// parts of a whole ARN before its resource they take no colon; in a short one, where they may stand for several parts,
/// they do.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let variable = rest.strip_prefix("${").and_then(|inner| inner.split_once('}'));
        let (token, tail) = match (first, variable) {
            // `${*}` and its like are the characters themselves; taking them for anything is on the safe side.
            (_, Some((_, tail))) => (Token::Run, tail),
            (b'*', _) => (Token::Run, rest.get(1..).unwrap_or("")),
            (b'?', _) => (Token::Unit, rest.get(1..).unwrap_or("")),
            _ => {
                let length = rest.chars().next().map_or(1, char::len_utf8);
                let (character, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
                tokens.extend(character.bytes().map(Token::Byte));
                rest = tail;
                continue;
            }
        };
        tokens.push(token);
        rest = tail;
    }
    let fifth_colon = tokens.iter().enumerate().filter(|(_, token)| **token == Token::Byte(b':')).nth(4);
    let head = fifth_colon.map_or(0, |(at, _)| at);
    for token in tokens.iter_mut().take(head).filter(|token| **token == Token::Run) {
        *token = Token::Part;
    }
    tokens
}

/// Whether two resource patterns, or forms of ARNs, have an ARN in common; `*`, `?` and `${…}` are special in both.
///
/// ```
/// assert!(iameval_data::overlap("arn:aws:s3:::reports/*", "arn:${Partition}:s3:::${BucketName}/${ObjectName}"));
/// ```
pub fn overlap(left: &str, right: &str) -> bool {
    have_common_text(&tokens(left), &tokens(right))
}

/// Whether some text fits both. The cost is the product of the lengths.
pub(crate) fn have_common_text(left: &[Token], right: &[Token]) -> bool {
    // `row[j]` says whether what is left of `left` has a text in common with `right[j..]`.
    let mut row = vec![false; right.len() + 1];
    for i in (0..=left.len()).rev() {
        let mut next = vec![false; right.len() + 1];
        for j in (0..=right.len()).rev() {
            let below = |at: usize| row.get(at).copied().unwrap_or(false);
            let beside = next.get(j + 1).copied().unwrap_or(false);
            let fits = match (left.get(i), right.get(j)) {
                (None, None) => true,
                (Some(Token::Run | Token::Part), None) => below(j),
                (None, Some(Token::Run | Token::Part)) => beside,
                (None, Some(_)) | (Some(_), None) => false,
                (Some(Token::Part), Some(Token::Byte(b':'))) => below(j),
                (Some(Token::Byte(b':')), Some(Token::Part)) => beside,
                (Some(Token::Run | Token::Part), Some(_)) | (Some(_), Some(Token::Run | Token::Part)) => {
                    below(j) || beside
                }
                (Some(Token::Byte(a)), Some(Token::Byte(b))) => a == b && below(j + 1),
                (Some(Token::Unit), Some(_)) | (Some(_), Some(Token::Unit)) => below(j + 1),
            };
            if let Some(cell) = next.get_mut(j) {
                *cell = fits;
            }
        }
        row = next;
    }
    row.first().copied().unwrap_or(false)
}

/// Whether a policy's resource pattern matches a request on no resource, whose text is `*` (R-RES-05).
pub(crate) fn covers_any(pattern: &str) -> bool {
    have_common_text(&tokens(pattern), &[Token::Byte(b'*')])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_have_a_text_in_common() {
        for (left, right, expected) in [
            ("", "", true),
            ("*", "", true),
            ("a", "", false),
            ("a*c", "ab*", true),
            ("a*c", "b*", false),
            ("?", "*", true),
            ("??", "a", false),
            ("*a", "b*", true),
            ("arn:aws:s3:::b/*", "arn:${Partition}:s3:::${BucketName}", true),
            ("arn:aws:s3:::b", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", false),
            ("arn:aws:iam::*:role/x", "arn:${Partition}:iam::${Account}:user/${UserName}", false),
            ("arn:aws:iam::1:user/${aws:username}", "arn:${Partition}:iam::${Account}:user/${UserName}", true),
            ("arn:aws:s3:::b/a:b", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", true),
            ("arn:aws:dynamodb:*:table/t", "arn:${Partition}:dynamodb:${Region}:${Account}:table/${Table}", true),
            ("é", "??", true),
        ] {
            for (left, right) in [(left, right), (right, left)] {
                assert_eq!(overlap(left, right), expected, "{left} {right}");
            }
        }
    }

    #[test]
    fn only_patterns_that_fit_one_star_cover_requests_on_no_resource() {
        for (pattern, expected) in [("*", true), ("?", true), ("**", true), ("${x}", true), ("arn:aws:s3:::*", false)] {
            assert_eq!(covers_any(pattern), expected, "{pattern}");
        }
    }
}
