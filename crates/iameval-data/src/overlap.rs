//! Whether two patterns have a text in common.

/// What `*` and `?` are in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wildcards {
    /// They stand for any characters, as under `StringLike`.
    Special,
    /// They are characters like all others, as under `StringEquals`.
    Literal,
}

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Byte(u8),
    /// A colon of a pattern whose stars reach over several parts of the ARN. No name takes the one after such a star, or
    /// the star could end in the middle of any name.
    Colon {
        after_star: bool,
    },
    /// Any one character.
    Unit,
    /// One of `0` to `9`.
    Digit,
    /// Any run of characters.
    Run,
    /// Any run of characters but colons.
    Part,
    /// Any run of characters but colons and slashes.
    Bucket,
    /// Any run of characters, and a `Colon` only if names of the kind have colons.
    Name {
        colons: bool,
    },
}

impl Token {
    fn is_run(self) -> bool {
        matches!(self, Token::Run | Token::Part | Token::Bucket | Token::Name { .. })
    }

    /// Whether a run may go on with what the other pattern has next.
    fn goes_on(self, next: Token) -> bool {
        match (self, next) {
            (Token::Part | Token::Bucket, Token::Colon { .. }) => false,
            (Token::Name { colons }, Token::Colon { after_star }) => colons && !after_star,
            (Token::Part, Token::Byte(byte)) => byte != b':',
            (Token::Bucket, Token::Byte(byte)) => byte != b':' && byte != b'/',
            _ => true,
        }
    }

    /// Whether a character fits both, neither of which is a run.
    fn meets(self, other: Token) -> bool {
        match (self, other) {
            (Token::Unit, _) | (_, Token::Unit) | (Token::Digit, Token::Digit) => true,
            (Token::Digit, other) | (other, Token::Digit) => other.byte().is_some_and(|byte| byte.is_ascii_digit()),
            _ => self.byte() == other.byte(),
        }
    }

    /// The character, where it is a certain one.
    fn byte(self) -> Option<u8> {
        match self {
            Token::Byte(byte) => Some(byte),
            Token::Colon { .. } => Some(b':'),
            _ => None,
        }
    }
}

/// What names of these kinds hold may have colons, such as `anthropic.claude-v2:1`, or is asked on with more after it, such
/// as `log-group:g:*`.
const WITH_COLONS: [&str; 8] =
    ["AlarmName", "ClientId", "LogGroupName", "ObjectName", "ResourceId", "SnapshotName", "TopicFilter", "TopicName"];

/// The pieces of a policy's resource, in which `*`, `?` and `${…}` are special.
fn tokens(text: &str) -> Vec<Token> {
    tokens_with(text, Wildcards::Special, |_| Token::Run)
}

/// What a placeholder in the form of an ARN stands for. The name of a bucket holds no slash, which tells buckets from
/// objects; other names may.
fn placeholder(name: &str) -> Token {
    match name {
        "BucketName" => Token::Bucket,
        name => Token::Name { colons: WITH_COLONS.contains(&name) },
    }
}

/// The pieces of a text, where `*` and `?` are what `wildcards` says, and `${…}` is what `variable` says.
fn tokens_with(text: &str, wildcards: Wildcards, variable: impl Fn(&str) -> Token) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len());
    // Behind the last brace no variable begins, and nothing is searched for one.
    let behind = text.rfind('}').map_or(text.len(), |at| text.len() - at);
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let inner = rest.strip_prefix("${").filter(|inner| inner.len() >= behind);
        let name = inner.and_then(|inner| inner.split_once('}'));
        let (token, tail) = match (first, name) {
            // `${*}` and its like are the characters themselves; taking them for anything is on the safe side.
            (_, Some((name, tail))) => (variable(name), tail),
            (b'*', _) if wildcards == Wildcards::Special => (Token::Run, rest.get(1..).unwrap_or("")),
            (b'?', _) if wildcards == Wildcards::Special => (Token::Unit, rest.get(1..).unwrap_or("")),
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
    tokens
}

/// How many pieces come before the fifth colon; none in a short pattern, whose stars may stand for several parts anyway.
fn head(tokens: &[Token]) -> usize {
    let colons = tokens.iter().enumerate().filter(|(_, token)| **token == Token::Byte(b':'));
    colons.map(|(at, _)| at).nth(4).unwrap_or(0)
}

/// The parts of a whole ARN before its resource, one by one: nothing in them takes a colon.
fn by_parts(mut tokens: Vec<Token>) -> Vec<Token> {
    let head = head(&tokens);
    for token in tokens.iter_mut().take(head).filter(|token| token.is_run()) {
        *token = Token::Part;
    }
    tokens
}

/// The same where a star that ends its part reaches over several (R-RES-02); `None` without such a star.
fn over_parts(mut tokens: Vec<Token>) -> Option<Vec<Token>> {
    let mut reaches = false;
    for at in 0..head(&tokens) {
        if let Some([token @ Token::Run, next]) = tokens.get_mut(at..at + 2) {
            if *next == Token::Byte(b':') {
                reaches = true;
                *next = Token::Colon { after_star: true };
            } else {
                *token = Token::Part;
            }
        }
    }
    for token in tokens.iter_mut().filter(|token| **token == Token::Byte(b':')) {
        *token = Token::Colon { after_star: false };
    }
    reaches.then_some(tokens)
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
    /// The other way to read a resource with a star that ends its part.
    over_parts: Option<Vec<Token>>,
    /// The service, where nothing up to it can stand for anything else. Nearly always it settles the question.
    service: Option<Box<str>>,
    /// What the part after the fifth colon begins with, where nothing before it takes a colon.
    kind: Option<Box<[u8]>>,
}

impl ArnPattern {
    /// A resource as a policy names it, or an ARN.
    pub fn new(text: &str) -> Self {
        let tokens = tokens(text);
        let over_parts = over_parts(tokens.clone());
        let tokens = by_parts(tokens);
        let kind = kind(&tokens).filter(|_| over_parts.is_none());
        Self { over_parts, tokens, service: service(text, 0), kind }
    }

    /// A resource that is a short ARN, filled up with `*` as identity policies have it, session policies and boundaries
    /// (R-RES-06); `None` for one that is whole or has a variable.
    ///
    /// ```
    /// use iameval_data::ArnPattern;
    ///
    /// let queue = ArnPattern::of_form("arn:${Partition}:sqs:${Region}:${Account}:${QueueName}");
    /// assert!(ArnPattern::filled_up("arn:aws:sqs:us-east-1").unwrap().overlaps(&queue));
    /// ```
    pub fn filled_up(text: &str) -> Option<Self> {
        let missing = 5_usize.checked_sub(text.matches(':').count()).filter(|missing| *missing > 0)?;
        (!text.contains("${")).then(|| Self::new(&format!("{text}{}", ":*".repeat(missing))))
    }

    /// The form of an ARN as the reference writes it, such as `arn:${Partition}:s3:::${BucketName}`.
    pub fn of_form(text: &str) -> Self {
        Self::of_parts(tokens_with(text, Wildcards::Special, placeholder), text)
    }

    /// An ARN that a service asks on, with `${…}` for what depends on the request. A `*` in it is that character, as in
    /// `arn:${Partition}:s3:::*` (R-RES-05).
    pub fn of_asked(text: &str) -> Self {
        Self::of_parts(tokens_with(text, Wildcards::Literal, placeholder), text)
    }

    fn of_parts(tokens: Vec<Token>, text: &str) -> Self {
        // A partition has no colon in it, so what comes after it is the service.
        let tokens = by_parts(tokens);
        Self { kind: kind(&tokens), tokens, over_parts: None, service: service(text, 2) }
    }

    /// Whether some ARN fits both.
    pub fn overlaps(&self, other: &ArnPattern) -> bool {
        let differ_in = |own: &Option<Box<[u8]>>, others: &Option<Box<[u8]>>| {
            let both = own.iter().flatten().zip(others.iter().flatten());
            both.into_iter().any(|(own, others)| own != others)
        };
        let of_others = self.service.as_ref().zip(other.service.as_ref()).is_some_and(|(own, others)| own != others);
        !of_others
            && !differ_in(&self.kind, &other.kind)
            && self.readings().any(|own| other.readings().any(|others| have_common_text(own, others)))
    }

    fn readings(&self) -> impl Iterator<Item = &[Token]> {
        [Some(&self.tokens), self.over_parts.as_ref()].into_iter().flatten().map(Vec::as_slice)
    }
}

/// The third part of the text, unless it or a part before it, `from` that number on, has something special in it.
fn service(text: &str, from: usize) -> Option<Box<str>> {
    let mut parts = text.splitn(4, ':').enumerate().skip(from);
    let plain = |part: &str| !part.contains(['*', '?', '$']);
    parts.by_ref().take(3 - from).all(|(_, part)| plain(part)).then(|| text.split(':').nth(2).map(Into::into))?
}

/// The characters with which the part after the fifth colon begins, up to one that can stand for others; `None` where what
/// comes before may take a colon.
fn kind(tokens: &[Token]) -> Option<Box<[u8]>> {
    let (head, rest) = tokens.split_at_checked(head(tokens)).filter(|(head, _)| !head.is_empty())?;
    let takes_no_colon = |token: &Token| matches!(token, Token::Byte(_) | Token::Part | Token::Bucket);
    let begins = || rest.iter().skip(1).map_while(|token| token.byte()).collect();
    head.iter().all(takes_no_colon).then(begins)
}

/// Whether some text fits both. The cost is the product of the lengths at most, and little where the two soon differ.
fn have_common_text(mut left: &[Token], mut right: &[Token]) -> bool {
    // As long as neither begins or ends with a run, their first and last pieces stand for the same characters.
    while let ([own, left_rest @ ..], [others, right_rest @ ..]) = (left, right)
        && !own.is_run()
        && !others.is_run()
    {
        if !own.meets(*others) {
            return false;
        }
        (left, right) = (left_rest, right_rest);
    }
    while let ([left_rest @ .., own], [right_rest @ .., others]) = (left, right)
        && !own.is_run()
        && !others.is_run()
    {
        if !own.meets(*others) {
            return false;
        }
        (left, right) = (left_rest, right_rest);
    }
    if left == [Token::Run] || right == [Token::Run] {
        return true;
    }
    // Which beginnings `right[..j]` have a text in common with `left[..i]`.
    let (mut reached, mut next): (Vec<usize>, Vec<usize>) = (vec![0], Vec::new());
    for i in 0..=left.len() {
        next.clear();
        let mut at = 0;
        while let Some(j) = reached.get(at).copied() {
            let (below, beside, diagonal) = match (left.get(i), right.get(j)) {
                (None, None) => return true,
                (Some(run), None) => (run.is_run(), false, false),
                (None, Some(run)) => (false, run.is_run(), false),
                // Either run may end here, or go on with what the other pattern has next.
                (Some(&own), Some(&others)) if own.is_run() || others.is_run() => {
                    let below = own.is_run() || (others.is_run() && others.goes_on(own));
                    let beside = others.is_run() || (own.is_run() && own.goes_on(others));
                    (below, beside, false)
                }
                (Some(&own), Some(&others)) => (false, false, own.meets(others)),
            };
            at += 1;
            // Both lists stay in order, so what is there already is the last one, or the next one.
            if below && next.last() != Some(&j) {
                next.push(j);
            }
            if diagonal {
                next.push(j + 1);
            }
            if beside && reached.get(at) != Some(&(j + 1)) {
                reached.insert(at, j + 1);
            }
        }
        if next.is_empty() {
            return false;
        }
        std::mem::swap(&mut reached, &mut next);
    }
    false
}

/// What the values of a condition key look like: `*` stands for any run of characters, `?` for one and `#` for a digit.
///
/// ```
/// use iameval_data::{ValueForm, Wildcards};
///
/// let organization = ValueForm::new("o-?*");
/// assert!(organization.fits("o-a1b2c3d4e5", Wildcards::Literal));
/// assert!(!organization.fits("123456789012", Wildcards::Literal));
/// // Under an operator with wildcards, a value stands for all that match it.
/// assert!(organization.fits("*-a1b2*", Wildcards::Special));
/// ```
#[derive(Debug, Clone)]
pub struct ValueForm(Vec<Token>);

impl ValueForm {
    /// The form that a text describes.
    pub fn new(text: &str) -> Self {
        let digit = |token| if token == Token::Byte(b'#') { Token::Digit } else { token };
        Self(tokens(text).into_iter().map(digit).collect())
    }

    /// Whether a value as a policy writes it has the form, or may have it: a policy variable stands for any text, and so
    /// does `*` where it is a wildcard.
    pub fn fits(&self, value: &str, wildcards: Wildcards) -> bool {
        have_common_text(&tokens_with(value, wildcards, |_| Token::Run), &self.0)
    }
}

/// Whether a policy's resource pattern matches a request on no resource, whose text is `*` (R-RES-05).
pub(crate) fn covers_any(pattern: &str) -> bool {
    have_common_text(&tokens(pattern), &[Token::Byte(b'*')])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlap(left: &str, right: &str) -> bool {
        let pattern =
            |text: &str| if text.contains("${Partition}") { ArnPattern::of_form(text) } else { ArnPattern::new(text) };
        pattern(left).overlaps(&pattern(right))
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
            ("arn:aws:s3:::b/*", "arn:${Partition}:s3:::${BucketName}", false),
            ("arn:aws:s3:::b", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", false),
            ("arn:aws:iam::*:role/x", "arn:${Partition}:iam::${Account}:user/${UserName}", false),
            ("arn:aws:iam::1:user/${aws:username}", "arn:${Partition}:iam::${Account}:user/${UserName}", true),
            ("arn:aws:s3:::b/a:b", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", true),
            ("arn:aws:dynamodb:*:table/t", "arn:${Partition}:dynamodb:${Region}:${Account}:table/${Table}", true),
            ("arn:aws:lambda:*:f:x", "arn:aws:lambda:us-east-1:1:f:x", true),
            ("arn:aws:lambda:us-*:f:x", "arn:aws:lambda:us-east-1:1:f:x", true),
            ("arn:aws:lambda:*-east-1:f:x", "arn:aws:lambda:us-east-1:1:f:x", false),
            ("é", "??", true),
        ] {
            for (left, right) in [(left, right), (right, left)] {
                assert_eq!(overlap(left, right), expected, "{left} {right}");
            }
        }
    }

    #[test]
    fn a_star_that_ends_its_part_reaches_over_others_but_ends_in_no_name() {
        for (pattern, form, expected) in [
            ("arn:aws:lambda:*:function:f", "lambda:${Region}:${Account}:function:${FunctionName}", true),
            ("arn:aws:lambda:*:function:f", "lambda:${Region}:${Account}:layer:${LayerName}", false),
            ("arn:aws:logs:*:log-group:g:*", "logs:${Region}:${Account}:log-group:${LogGroupName}", true),
            ("arn:aws:bedrock:*:foundation-model/m:1", "bedrock:${Region}::foundation-model/${ResourceId}", true),
            ("arn:aws:bedrock:*:*:agent/a", "bedrock:${Region}::foundation-model/${ResourceId}", false),
            ("arn:aws:lambda:*:layer:l", "lambda:${Region}:${Account}:function:${FunctionName}", false),
            ("arn:aws:iam::*:role/x", "iam::${Account}:role/${RoleNameWithPath}", true),
            ("arn:aws:iam::*:role/x", "iam::${Account}:user/${UserNameWithPath}", false),
            ("arn:aws:rds:*:*:db:x", "rds:${Region}:${Account}:db:${DbInstanceName}", true),
            ("arn:aws:rds:*:*:db:x", "rds:${Region}:${Account}:cluster:${DbClusterInstanceName}", false),
        ] {
            let form = ArnPattern::of_form(&format!("arn:${{Partition}}:{form}"));
            assert_eq!(ArnPattern::new(pattern).overlaps(&form), expected, "{pattern}");
        }
    }

    #[test]
    fn only_short_arns_are_filled_up() {
        let table = ArnPattern::of_form("arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}");
        for (text, expected) in [
            ("arn:aws:dynamodb", Some(true)),
            ("arn:aws:dynamodb:us-east-1", Some(true)),
            ("arn:aws:sqs:us-east-1", Some(false)),
            ("arn:aws:dynamodb:us-east-1:1:table/t", None),
            ("arn:aws:dynamodb:${aws:RequestedRegion}", None),
        ] {
            assert_eq!(ArnPattern::filled_up(text).map(|filled| filled.overlaps(&table)), expected, "{text}");
        }
    }

    #[test]
    fn values_that_may_have_a_form() {
        use Wildcards::{Literal, Special};
        for (form, value, wildcards, expected) in [
            ("############", "123456789012", Literal, true),
            ("############", "12345678901", Literal, false),
            ("############", "1234567890123", Literal, false),
            ("############", "12345678901x", Literal, false),
            ("############", "1234*", Special, true),
            ("############", "1234*", Literal, false),
            ("############", "????????????", Special, true),
            ("############", "x*", Special, false),
            ("############", "${aws:PrincipalAccount}", Literal, true),
            ("############", "arn:aws:iam::${aws:PrincipalAccount}:root", Literal, false),
            ("o-?*", "o-", Literal, false),
            ("o-?*", "O-a1", Literal, false),
            ("AES256", "AES256", Literal, true),
            ("AES256", "AES-256", Literal, false),
        ] {
            assert_eq!(ValueForm::new(form).fits(value, wildcards), expected, "{form} {value}");
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
