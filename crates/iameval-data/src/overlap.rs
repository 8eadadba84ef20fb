//! Whether two patterns have a text in common.

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Byte(u8),
    /// Any one character.
    Unit,
    /// Any run of characters.
    Run,
    /// Any run of characters but colons.
    Part,
    /// Any run of characters but colons and slashes.
    Name,
}

impl Token {
    fn is_run(self) -> bool {
        matches!(self, Token::Run | Token::Part | Token::Name)
    }

    /// Whether a run may go on with what the other pattern has next.
    fn goes_on(self, next: Token) -> bool {
        match (self, next) {
            (Token::Part, Token::Byte(byte)) => byte != b':',
            (Token::Name, Token::Byte(byte)) => byte != b':' && byte != b'/',
            _ => true,
        }
    }
}

/// The pieces of a pattern in which `*`, `?` and `${…}` are special: of an ARN's form, or of a policy's resource. In the
/// parts of a whole ARN before its resource they take no colon; in a short one, where they may stand for several parts,
/// they do.
fn tokens(text: &str) -> Vec<Token> {
    tokens_with(text, true)
}

/// The same, where `*` and `?` may also be plain characters.
fn tokens_with(text: &str, wildcards: bool) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let variable = rest.strip_prefix("${").and_then(|inner| inner.split_once('}'));
        let (token, tail) = match (first, variable) {
            // `${*}` and its like are the characters themselves; taking them for anything is on the safe side.
            (_, Some((_, tail))) => (Token::Run, tail),
            (b'*', _) if wildcards => (Token::Run, rest.get(1..).unwrap_or("")),
            (b'?', _) if wildcards => (Token::Unit, rest.get(1..).unwrap_or("")),
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

/// The pieces of the form of an ARN, as the reference writes it. The name of a bucket holds no slash, which tells buckets
/// from objects; other names may.
fn form(text: &str) -> Vec<Token> {
    const BUCKET: &str = "${BucketName}";
    let Some((before, after)) = text.split_once(BUCKET) else { return tokens(text) };
    let mut form = tokens(before);
    // The parts before it are the head of the ARN.
    form.iter_mut().filter(|token| **token == Token::Run).for_each(|token| *token = Token::Part);
    form.push(Token::Name);
    form.extend(tokens(after));
    form
}

/// A resource as a policy names it, or the form of an ARN, made ready to be compared with others.
///
/// What a `*` may take is taken generously, and a variable for anything, so two patterns that do not overlap have no ARN in
/// common.
///
/// ```
/// use iameval_data::ArnPattern;
///
/// let objects = ArnPattern::new("arn:aws:s3:::reports/*");
/// assert!(objects.overlaps(&ArnPattern::of_form("arn:${Partition}:s3:::${BucketName}/${ObjectName}")));
/// assert!(!objects.overlaps(&ArnPattern::of_form("arn:${Partition}:s3:::${BucketName}")));
/// ```
#[derive(Debug, Clone)]
pub struct ArnPattern {
    tokens: Vec<Token>,
    /// The service, where nothing up to it can stand for anything else. Nearly always it settles the question.
    service: Option<Box<str>>,
}

impl ArnPattern {
    /// A resource as a policy names it, or an ARN.
    pub fn new(text: &str) -> Self {
        Self { tokens: tokens(text), service: service(text, 0) }
    }

    /// The form of an ARN as the reference writes it, such as `arn:${Partition}:s3:::${BucketName}`.
    pub fn of_form(text: &str) -> Self {
        // A partition has no colon in it, so what comes after it is the service.
        Self { tokens: form(text), service: service(text, 2) }
    }

    /// An ARN that a service asks on, with `${…}` for what depends on the request. A `*` in it is that character, as in
    /// `arn:${Partition}:s3:::*` (R-RES-05).
    pub fn of_asked(text: &str) -> Self {
        Self { tokens: tokens_with(text, false), service: service(text, 2) }
    }

    /// Whether some ARN fits both.
    pub fn overlaps(&self, other: &ArnPattern) -> bool {
        match (&self.service, &other.service) {
            (Some(own), Some(others)) if own != others => false,
            _ => have_common_text(&self.tokens, &other.tokens),
        }
    }
}

/// The third part of the text, unless it or a part before it, `from` that number on, has something special in it.
fn service(text: &str, from: usize) -> Option<Box<str>> {
    let mut parts = text.splitn(4, ':').enumerate().skip(from);
    let plain = |part: &str| !part.contains(['*', '?', '$']);
    parts.by_ref().take(3 - from).all(|(_, part)| plain(part)).then(|| text.split(':').nth(2).map(Into::into))?
}

/// Whether some text fits both. The cost is the product of the lengths.
fn have_common_text(left: &[Token], right: &[Token]) -> bool {
    // `row[j]` says whether what is left of `left` has a text in common with `right[j..]`.
    let mut row = vec![false; right.len() + 1];
    for i in (0..=left.len()).rev() {
        let mut next = vec![false; right.len() + 1];
        for j in (0..=right.len()).rev() {
            let below = |at: usize| row.get(at).copied().unwrap_or(false);
            let beside = next.get(j + 1).copied().unwrap_or(false);
            let fits = match (left.get(i), right.get(j)) {
                (None, None) => true,
                (Some(run), None) if run.is_run() => below(j),
                (None, Some(run)) if run.is_run() => beside,
                (None, Some(_)) | (Some(_), None) => false,
                (Some(&run), Some(&next)) if run.is_run() || next.is_run() => {
                    // Either run may end here, or go on with what the other pattern has next.
                    let left_run = run.is_run() && (below(j) || (run.goes_on(next) && beside));
                    let right_run = next.is_run() && (beside || (next.goes_on(run) && below(j)));
                    left_run || right_run
                }
                (Some(Token::Byte(a)), Some(Token::Byte(b))) => a == b && below(j + 1),
                (Some(_), Some(_)) => below(j + 1),
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

    fn overlap(left: &str, right: &str) -> bool {
        ArnPattern::new(left).overlaps(&ArnPattern::new(right))
    }

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
    fn the_star_of_an_asked_arn_is_a_character() {
        let asked = ArnPattern::of_asked("arn:${Partition}:s3:::*");
        for (pattern, expected) in
            [("arn:aws:s3:::*", true), ("arn:*:s3:::?", true), ("arn:aws:s3:::b", false), ("arn:aws:s3:::b*", false)]
        {
            assert_eq!(ArnPattern::new(pattern).overlaps(&asked), expected, "{pattern}");
        }
    }

    #[test]
    fn only_patterns_that_fit_one_star_cover_requests_on_no_resource() {
        for (pattern, expected) in [("*", true), ("?", true), ("**", true), ("${x}", true), ("arn:aws:s3:::*", false)] {
            assert_eq!(covers_any(pattern), expected, "{pattern}");
        }
    }
}
