//! `Resource` and `NotResource` (section 5).

use crate::certainty::Certainty;
use crate::condition::Compiler;
use crate::document::{PatternElement, PolicyKind};
use crate::name::split_arn;
use crate::symbol::Reader;
use crate::variable::{Part, free_pattern, free_tokens};
use crate::wildcard::{Pattern, Reach, Slots, Token};

#[derive(Debug)]
pub(super) struct ResourceMatcher {
    pub(super) negated: bool,
    pub(super) patterns: Box<[ResourcePattern]>,
}

#[derive(Debug)]
pub(super) enum ResourcePattern {
    /// `*` matches anything, also a request on no resource.
    Any,
    /// As it is written, and, for a short ARN, filled up with `*` (R-RES-06).
    Arn { written: Pattern, padded: Option<Pattern> },
    /// `execute-api:/STAGE/METHOD/PATH` in a resource policy: the API that holds the policy (R-SVC-18). The pattern is
    /// for what follows the id of the API.
    OwnApi(Pattern),
}

/// A piece of a pattern, or what stands before the first slash of the last part of an ARN.
#[derive(Debug)]
pub(super) enum ApiToken {
    Token(Token),
    UpToSlash,
}

/// An entry, cut into parts.
enum Form {
    Any,
    Arn { written: Vec<Part>, padded: Option<Vec<Part>> },
    OwnApi(Vec<Part>),
}

impl Form {
    fn of(text: &str, kind: PolicyKind, compiler: &impl Compiler) -> Self {
        if text == "*" {
            return Self::Any;
        }
        if kind == PolicyKind::Resource
            && let Some(path) = text.strip_prefix(OWN_API)
        {
            return Self::OwnApi(compiler.pattern(path));
        }
        let written = compiler.pattern(text);
        let colons = colons(&written);
        let static_text = !written.iter().any(|part| matches!(part, Part::Variable(_)));
        let padded = (kind.is_of_principal() && static_text && colons < 5).then(|| {
            let mut parts = written.clone();
            for _ in colons..5 {
                parts.extend([Part::Literal(":".into()), Part::Star]);
            }
            parts
        });
        Self::Arn { written, padded }
    }
}

/// What a pattern for the API that holds the policy begins with.
const OWN_API: &str = "execute-api:/";

impl ResourceMatcher {
    pub(super) fn new(element: &PatternElement, kind: PolicyKind, compiler: &mut impl Compiler) -> Self {
        let patterns = element.patterns().map(|text| ResourcePattern::new(text, kind, compiler)).collect();
        Self { negated: element.is_negated(), patterns }
    }

    /// Whether this is `"Resource": "*"`.
    pub(super) fn matches_all(&self) -> bool {
        !self.negated && self.patterns.iter().any(|pattern| matches!(pattern, ResourcePattern::Any))
    }

    pub(super) fn matches(&self, resource: &str, slots: &impl Slots) -> bool {
        let fits =
            |pattern: &ResourcePattern| matches!(pattern, ResourcePattern::Any) || pattern.matches(resource, slots);
        self.patterns.iter().any(fits) != self.negated
    }

    /// The same where symbols may stand in the patterns or the resource.
    pub(super) fn truth(&self, resource: &str, slots: &impl Slots, reader: &Reader<'_>) -> Certainty {
        let patterns = self.patterns.iter().map(|pattern| pattern.truth(resource, slots, reader));
        Certainty::any(patterns).negated_if(self.negated)
    }
}

impl ResourcePattern {
    fn new(text: &str, kind: PolicyKind, compiler: &mut impl Compiler) -> Self {
        match Form::of(text, kind, compiler) {
            Form::Any => Self::Any,
            Form::OwnApi(parts) => {
                Self::OwnApi(free_pattern(parts, |variable| Token::Slot(compiler.variable(variable))))
            }
            Form::Arn { written, padded } => Self::Arn {
                padded: padded.map(|parts| Pattern::new(tokens(parts, compiler))),
                written: Pattern::new(tokens(written, compiler)),
            },
        }
    }

    /// The patterns that an entry stands for.
    pub(super) fn alternatives(text: &str, kind: PolicyKind, compiler: &mut impl Compiler) -> Vec<Vec<ApiToken>> {
        let plain = |tokens: Vec<Token>| tokens.into_iter().map(ApiToken::Token).collect();
        match Form::of(text, kind, compiler) {
            Form::Any => vec![plain(vec![Token::Star(Reach::Free)])],
            Form::OwnApi(parts) => {
                let (part, colon) = (Token::Star(Reach::Confined), Token::Literal(":".into()));
                let service = Token::Literal("execute-api".into());
                let head = [&part, &colon, &part, &colon, &service, &colon, &part, &colon, &part, &colon];
                let mut all: Vec<ApiToken> = head.into_iter().cloned().map(ApiToken::Token).collect();
                all.extend([ApiToken::UpToSlash, ApiToken::Token(Token::Literal("/".into()))]);
                let path = free_tokens(parts, |variable| Token::Slot(compiler.variable(variable)));
                all.extend(path.map(ApiToken::Token));
                vec![all]
            }
            Form::Arn { written, padded } => {
                [Some(written), padded].into_iter().flatten().map(|parts| plain(tokens(parts, compiler))).collect()
            }
        }
    }

    pub(super) fn matches(&self, resource: &str, slots: &impl Slots) -> bool {
        match self {
            Self::Any => true,
            // R-RES-05: a request on no resource has the one-character text `*`, which no ARN pattern fits.
            Self::Arn { written, padded } => {
                written.matches(resource, slots)
                    || padded.as_ref().is_some_and(|padded| padded.matches(resource, slots))
            }
            Self::OwnApi(path) => path_in_api(resource).is_some_and(|own| path.matches(own, slots)),
        }
    }

    fn truth(&self, resource: &str, slots: &impl Slots, reader: &Reader<'_>) -> Certainty {
        match self {
            Self::Any => Certainty::Yes,
            Self::Arn { written, padded } => {
                let as_written = reader.fits(written, resource, slots);
                let filled_up = padded.as_ref().map_or(Certainty::No, |padded| {
                    let fits = reader.fits(padded, resource, slots);
                    // With a symbol in it, it may not be too short.
                    if padded.literals().any(|text| reader.has_symbols(text)) {
                        fits.min(Certainty::Maybe)
                    } else {
                        fits
                    }
                });
                as_written.max(filled_up)
            }
            Self::OwnApi(path) => match path_in_api(resource) {
                Some(own) => reader.fits(path, own, slots),
                None if reader.meets(resource) => Certainty::Maybe,
                None => Certainty::No,
            },
        }
    }

    /// The text that every ARN that fits begins with.
    pub(super) fn prefix(&self) -> &str {
        match self {
            Self::Any => "",
            Self::Arn { written, .. } => written.literal_prefix(),
            Self::OwnApi(_) => "arn:",
        }
    }
}

/// Stage, method and path of `arn:PARTITION:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH`.
fn path_in_api(resource: &str) -> Option<&str> {
    let [_, _, service, _, _, api] = split_arn(resource)?;
    let (_, path) = api.split_once('/')?;
    (service == "execute-api").then_some(path)
}

fn colons(parts: &[Part]) -> usize {
    parts.iter().map(|part| if let Part::Literal(text) = part { colons_in(text) } else { 0 }).sum()
}

fn colons_in(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b':').count()
}

/// R-RES-02: up to the fifth colon of the pattern a wildcard takes no colon, except a star that ends its part.
fn tokens(parts: Vec<Part>, compiler: &mut impl Compiler) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(parts.len());
    let mut colons = 0;
    let mut parts = parts.into_iter().peekable();
    while let Some(part) = parts.next() {
        let confined = if colons < 5 { Reach::Confined } else { Reach::Free };
        let ends_part = match parts.peek() {
            None => true,
            Some(Part::Literal(text)) => text.starts_with(':'),
            Some(_) => false,
        };
        tokens.push(match part {
            Part::Literal(text) => {
                colons += colons_in(&text);
                Token::Literal(text)
            }
            Part::Star => Token::Star(if ends_part { Reach::Free } else { confined }),
            Part::Unit => Token::Unit(confined),
            Part::Variable(variable) => Token::Slot(compiler.variable(variable)),
        });
    }
    tokens
}
