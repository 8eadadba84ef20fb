//! Whether all that one entry of a list covers, another covers as well.
//!
//! The answer is sound and not complete: an entry is contained in another when the pieces of its pattern can be laid along
//! the pieces of the other, so that each stands below one that takes it whatever it stands for. A policy variable stands
//! for any text, so that only the same variable, or a star that takes anything, takes it.

use iameval::{ActionPattern, PatternElement, PatternPart, PolicyKind, ResourcePiece, Taking, Variable, Version};
use std::cell::Cell;

/// An entry of `Action`, `NotAction`, `Resource` or `NotResource`.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) text: Box<str>,
    /// Whether letters fit in either case.
    ignores_case: bool,
    /// The patterns that it stands for; none where nothing is known of it but its text.
    patterns: Box<[Box<[Piece]>]>,
}

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    /// A UTF-16 code unit.
    Unit(u16),
    /// Any one code unit.
    Any(Taking),
    /// Any run of them.
    Run(Taking),
    /// The value of a variable.
    Variable(Box<Variable>),
}

impl Piece {
    fn is_wildcard(&self) -> bool {
        matches!(self, Piece::Any(_) | Piece::Run(_))
    }
}

/// How many more steps may be taken to compare entries: about a second's. Where none are left, entries are taken not to be
/// contained.
#[derive(Debug)]
pub(super) struct Effort(Cell<usize>);

/// What it takes to compare two entries at least.
const OF_PAIR: usize = 8;

impl Effort {
    pub(super) fn new() -> Self {
        Self(Cell::new(300_000_000))
    }

    /// Whether so many were left.
    fn spend(&self, steps: usize) -> bool {
        self.0.set(self.0.get().saturating_sub(steps));
        self.0.get() > 0
    }
}

impl Entry {
    /// An entry about actions.
    pub(super) fn action(text: &str) -> Self {
        let everything = || vec![Piece::Run(Taking::Anything)];
        let pieces = match text {
            "*" | "*:*" => Some(everything()),
            // R-ACT-05: nothing fits it, whatever it begins with.
            _ if ActionPattern::new(text).is_never() => None,
            _ => Some(action_pieces(text)),
        };
        Self { text: text.into(), ignores_case: true, patterns: pieces.into_iter().map(Into::into).collect() }
    }

    /// The entries of `Resource` or `NotResource` in a policy of that kind and a document of that version.
    pub(super) fn resources(element: &PatternElement, kind: PolicyKind, version: Option<Version>) -> Vec<Self> {
        let written = element.patterns().zip(element.parts(version));
        let entries = written.zip(element.resource_patterns(kind, version));
        let entry = |((text, parts), patterns): ((&str, Vec<PatternPart>), Vec<Vec<ResourcePiece>>)| {
            // A short ARN is filled up in policies of principals only (R-RES-06); elsewhere it is a mistake, and stays.
            let is_known = text == "*" || kind.is_of_principal() || colons(&parts) >= 5;
            let patterns = patterns.into_iter().filter(|_| is_known).filter_map(resource_pieces).map(Into::into);
            Self { text: text.into(), ignores_case: false, patterns: patterns.collect() }
        };
        entries.map(entry).collect()
    }

    /// Whether both are the same text, as far as its letters matter.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        if self.ignores_case { self.text.eq_ignore_ascii_case(&other.text) } else { self.text == other.text }
    }

    /// The text by which entries are the same.
    pub(super) fn key(&self) -> String {
        if self.ignores_case { self.text.to_ascii_lowercase() } else { self.text.to_string() }
    }

    /// Whether it covers everything.
    pub(super) fn is_everything(&self) -> bool {
        self.patterns.iter().any(|pattern| **pattern == [Piece::Run(Taking::Anything)])
    }

    /// Whether it certainly covers all that the other covers.
    pub(super) fn contains(&self, other: &Self, effort: &Effort) -> bool {
        if !effort.spend(1) {
            return false;
        }
        if self.is_same(other) {
            return true;
        }
        // What has no wildcards covers nothing but itself.
        let mut wild = self.patterns.iter().filter(|pattern| pattern.iter().any(Piece::is_wildcard)).peekable();
        if wild.peek().is_none() || other.patterns.is_empty() {
            return false;
        }
        other.patterns.iter().all(|inner| wild.clone().any(|outer| is_within(inner, outer, effort)))
    }

    /// Whether it certainly covers nothing that the other covers: it is one name, which does not fit the other.
    pub(super) fn is_apart_from(&self, other: &Self, effort: &Effort) -> bool {
        let is_name = |pattern: &[Piece]| pattern.iter().all(|piece| matches!(piece, Piece::Unit(_)));
        let is_certain = |pattern: &[Piece]| !pattern.iter().any(|piece| matches!(piece, Piece::Variable(_)));
        let known = !self.patterns.is_empty() && !other.patterns.is_empty();
        known
            && self.patterns.iter().all(|pattern| is_name(pattern))
            && other.patterns.iter().all(|pattern| is_certain(pattern))
            && !self.patterns.iter().any(|name| other.patterns.iter().any(|pattern| is_within(name, pattern, effort)))
            // It may have ended early.
            && effort.spend(0)
    }
}

/// How many colons stand outside variables (R-ARN-02).
pub(super) fn colons(parts: &[PatternPart]) -> usize {
    let literals = parts.iter().map(|part| if let PatternPart::Literal(text) = part { text } else { "" });
    literals.map(|text| text.matches(':').count()).sum()
}

/// Wildcards of actions do not cross the colon (R-ACT-02).
fn action_pieces(text: &str) -> Vec<Piece> {
    let piece = |unit: u16| match u8::try_from(unit) {
        Ok(b'*') => Piece::Run(Taking::NoColon),
        Ok(b'?') => Piece::Any(Taking::NoColon),
        _ => Piece::Unit(unit),
    };
    text.to_ascii_lowercase().encode_utf16().map(piece).collect()
}

/// `None` for what IAM does not take in a policy: characters of two code units, of which a wildcard may take one.
fn resource_pieces(pattern: Vec<ResourcePiece>) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    for piece in pattern {
        match piece {
            ResourcePiece::Literal(text) if text.chars().any(|char| char.len_utf16() > 1) => return None,
            ResourcePiece::Literal(text) => pieces.extend(text.encode_utf16().map(Piece::Unit)),
            ResourcePiece::Unit(taking) => pieces.push(Piece::Any(taking)),
            ResourcePiece::Star(taking) => pieces.push(Piece::Run(taking)),
            ResourcePiece::Variable(variable) => pieces.push(Piece::Variable(Box::new(variable))),
        }
    }
    Some(pieces)
}

/// Whether the pieces of `inner` can be laid along those of `outer`, as far as that is seen with the effort that is left.
fn is_within(inner: &[Piece], outer: &[Piece], effort: &Effort) -> bool {
    // Most pairs differ before the first run.
    let fixed = outer.iter().take_while(|piece| !matches!(piece, Piece::Run(_))).count();
    let (Some((head, inner)), Some((before, outer))) = (inner.split_at_checked(fixed), outer.split_at_checked(fixed))
    else {
        return false;
    };
    effort.spend(OF_PAIR)
        && before.iter().zip(head).all(|(above, piece)| takes(above, piece))
        && is_along(inner, outer, effort)
}

/// The same, step by step: `places` are those in `outer` that what came before may lead to.
fn is_along(inner: &[Piece], outer: &[Piece], effort: &Effort) -> bool {
    let mut places = vec![false; outer.len() + 1];
    let mut next = places.clone();
    mark(&mut places, outer, 0);
    for piece in inner {
        if !effort.spend(outer.len() + 1) {
            return false;
        }
        next.fill(false);
        for (at, above) in outer.iter().enumerate().filter(|(at, _)| places.get(*at) == Some(&true)) {
            match above {
                Piece::Run(taking) if takes_any(*taking, piece) => mark(&mut next, outer, at),
                Piece::Run(_) => {}
                _ if takes(above, piece) => mark(&mut next, outer, at + 1),
                _ => {}
            }
        }
        if !next.contains(&true) {
            return false;
        }
        std::mem::swap(&mut places, &mut next);
    }
    places.last() == Some(&true)
}

/// Marks a place, and those behind the runs that begin there, since a run may be empty.
fn mark(places: &mut [bool], outer: &[Piece], from: usize) {
    let runs = outer.iter().skip(from).take_while(|piece| matches!(piece, Piece::Run(_))).count();
    places.iter_mut().skip(from).take(runs + 1).for_each(|place| *place = true);
}

/// Whether a run takes the piece, whatever it stands for.
fn takes_any(taking: Taking, piece: &Piece) -> bool {
    match piece {
        Piece::Unit(unit) => takes_unit(taking, *unit),
        Piece::Any(other) | Piece::Run(other) => is_at_least(taking, *other),
        Piece::Variable(_) => taking == Taking::Anything,
    }
}

/// Whether a piece that is no run takes the other, whatever that stands for.
fn takes(above: &Piece, piece: &Piece) -> bool {
    match (above, piece) {
        (Piece::Any(taking), Piece::Unit(unit)) => takes_unit(*taking, *unit),
        (Piece::Any(taking), Piece::Any(other)) => is_at_least(*taking, *other),
        (Piece::Unit(above), Piece::Unit(unit)) => above == unit,
        (Piece::Variable(above), Piece::Variable(variable)) => {
            above.key.eq_ignore_ascii_case(&variable.key) && above.default == variable.default
        }
        _ => false,
    }
}

fn takes_unit(taking: Taking, unit: u16) -> bool {
    match taking {
        Taking::Anything => true,
        Taking::NoColon => unit != u16::from(b':'),
        Taking::NoSlash => unit != u16::from(b'/'),
    }
}

fn is_at_least(taking: Taking, other: Taking) -> bool {
    taking == Taking::Anything || taking == other
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::PolicyDocument;

    fn actions(outer: &str, inner: &str) -> bool {
        Entry::action(outer).contains(&Entry::action(inner), &Effort::new())
    }

    #[test]
    fn actions_contain_actions() {
        for (outer, inner) in [
            ("*", "s3:GetObject"),
            ("*:*", "*"),
            ("s3:*", "S3:getobject"),
            ("s3:Get*", "s3:get?*"),
            ("s3:*Object*", "s3:GetObjectAcl"),
            ("*:Get*", "s3:Get*"),
            ("s3:?etObject", "s3:GetObject"),
            ("s3:*", "s3:**"),
        ] {
            assert!(actions(outer, inner), "{outer} {inner}");
        }
        for (outer, inner) in [
            ("s3:GetObject", "s3:*"),
            ("s3:Get*", "s3:G*"),
            ("s3:?*", "s3:*"),
            ("*:GetObject", "*"),
            ("s3*", "s3:GetObject"),
            ("s3:*", "s3:Get Object"),
            ("s3:*t", "s3:*"),
        ] {
            assert!(!actions(outer, inner), "{outer} {inner}");
        }
    }

    fn resources(kind: PolicyKind, version: &str, outer: &str, inner: &str) -> bool {
        let text = format!(
            r#"{{"Version": "{version}", "Statement": {{"Effect": "Deny", "Action": "*", "Resource": ["{outer}", "{inner}"]}}}}"#
        );
        let document: PolicyDocument = text.parse().unwrap();
        let entries = Entry::resources(document.statements()[0].resource().unwrap(), kind, document.version());
        entries[0].contains(&entries[1], &Effort::new())
    }

    #[test]
    fn resources_contain_resources() {
        let within = |outer, inner| resources(PolicyKind::Identity, "2012-10-17", outer, inner);
        for (outer, inner) in [
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/${aws:username}/*"),
            ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${AWS:UserName}/x"),
            ("arn:aws:sqs:*:orders", "arn:aws:sqs:us-east-1:111122223333:orders"),
            ("arn:aws:sqs", "arn:aws:sqs:us-east-1:111122223333:orders"),
            ("arn:aws:sqs:*:*:q", "arn:aws:sqs:us-*-1:*:q"),
            ("arn:aws:s3:::b?", "arn:aws:s3:::bc"),
            ("*", "arn:aws:s3:::b"),
        ] {
            assert!(within(outer, inner), "{outer} {inner}");
        }
        for (outer, inner) in [
            // A confined star takes no colon, and a variable may stand for one.
            ("arn:aws:sqs:us-*-1:*:q", "arn:aws:sqs:us-${aws:RequestedRegion}-1:1:q"),
            ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${aws:userid}/x"),
            ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${aws:username, 'x'}/x"),
            ("arn:aws:s3:::b/?", "arn:aws:s3:::b/${aws:username}"),
            ("arn:aws:s3:::b", "arn:aws:s3:::B"),
            ("arn:aws:s3:::b/*", "*"),
            ("arn:aws:s3:::*/??", "arn:aws:s3:::b/😀"),
        ] {
            assert!(!within(outer, inner), "{outer} {inner}");
        }
    }

    #[test]
    fn what_a_text_covers_depends_on_its_policy() {
        let short = ("arn:aws:sqs", "arn:aws:sqs:us-east-1:111122223333:orders");
        assert!(!resources(PolicyKind::Resource, "2012-10-17", short.0, short.1));
        assert!(!resources(PolicyKind::ServiceControl, "2012-10-17", "arn:aws:*", "arn:aws:sqs:*"));
        // In an older document these are wildcards and literal text.
        let variable = ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/${aws:username}");
        assert!(resources(PolicyKind::Identity, "2008-10-17", variable.0, variable.1));
        assert!(!resources(PolicyKind::Identity, "2012-10-17", variable.0, variable.1));
    }

    #[test]
    fn a_name_is_apart_from_what_it_does_not_fit() {
        let apart = |name, other| Entry::action(name).is_apart_from(&Entry::action(other), &Effort::new());
        assert!(apart("s3:GetObject", "iam:*") && apart("s3:GetObject", "s3:Put*"));
        assert!(!apart("s3:GetObject", "s3:Get*") && !apart("s3:Get*", "s3:Put*") && !apart("s3:GetObject", "s3:"));
    }
}
