//! Checks of policies in which something is not known.
//!
//! A finding is kept where it is true whatever stands in the place of what is not known. The policy is looked at several
//! times: with different texts for every symbol, and with and without the statements that may not be there. What is said of
//! a text that holds a symbol is left out altogether.

mod stand_in;

use crate::linter::{Linter, mark_first};
use iameval::json::{Member, Node, Value};
use iameval::symbol::Symbols;
use iameval::text::Span;
use iameval::{Code, Diagnostic, PolicyDocument, PolicyKind, Statement, codes};
use stand_in::{Reading, read_as};
use std::collections::BTreeSet;

/// The statements of a document one by one take so many more looks; beyond this, all that may be absent are left out.
const MOST_STATEMENTS: usize = 50;

impl Linter<'_> {
    /// The same for a policy of which not everything is known: what is true of it whatever the symbols stand for, and
    /// whichever of the statements that may be absent are there.
    ///
    /// ```
    /// use iameval::symbol::{SymbolKind, Symbols};
    /// use iameval::{PolicyDocument, PolicyKind};
    /// use iameval_data::Catalogue;
    /// use iameval_lint::Linter;
    ///
    /// let mut symbols = Symbols::new();
    /// let account = symbols.define("Owner", SymbolKind::Input)?;
    /// let text = format!(
    ///     r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": ["s3:GetObjct", "s3:PutObject"],
    ///         "Resource": "arn:aws:s3:::logs-{account}/*"}}}}"#
    /// );
    /// let document = PolicyDocument::parse(&text).value.unwrap();
    /// let linter = Linter::new(Catalogue::embedded());
    /// let findings = linter.check_with_unknown(&document, PolicyKind::Identity, &symbols);
    /// assert_eq!(findings.len(), 1); // The action is misspelt. Nothing is said of the resource.
    /// # Ok::<(), iameval::symbol::TooManySymbols>(())
    /// ```
    pub fn check_with_unknown(
        &self,
        document: &PolicyDocument,
        kind: PolicyKind,
        symbols: &Symbols,
    ) -> Vec<Diagnostic> {
        let tree = document.to_json();
        let open: Vec<usize> =
            (0..).zip(document.statements()).filter(|(_, of)| is_open(of)).map(|(at, _)| at).collect();
        let mut unsure = Vec::new();
        holding(&tree, symbols, &mut unsure);
        let mut findings = self.check(document, kind);
        if open.is_empty() && unsure.is_empty() {
            return findings;
        }
        let certain = self.whatever(&tree, kind, symbols, &|at| !open.contains(&at));
        let with: Vec<(Span, Found)> = open
            .iter()
            .take(MOST_STATEMENTS)
            .filter_map(|with| {
                let span = document.statements().get(*with)?.span();
                Some((span, self.whatever(&tree, kind, symbols, &|at| at == *with || !open.contains(&at))))
            })
            .collect();
        let mut said = BTreeSet::new();
        findings.retain(|finding| {
            let (place, key) = (finding.span(), (finding.code(), finding.span()));
            if unsure.iter().any(|unsure| unsure.contains(place)) {
                return false;
            }
            // Characters that IAM does not take stand in the text itself.
            let is_true = finding.code() == codes::INVALID_CHARACTER
                || certain.contains(&key)
                || with.iter().any(|(statement, found)| statement.contains(place) && found.contains(&key));
            is_true && said.insert(key)
        });
        mark_first(kind, &mut findings);
        findings
    }

    /// What is found with those statements whatever the symbols stand for.
    fn whatever(&self, tree: &Node<'_>, kind: PolicyKind, symbols: &Symbols, has: &dyn Fn(usize) -> bool) -> Found {
        let of = |reading: Reading| -> Found {
            let document = PolicyDocument::from_tree(&with_statements(read_as(reading, tree, symbols), has)).value;
            let findings = document.map(|document| self.check(&document, kind)).unwrap_or_default();
            findings.iter().map(|finding| (finding.code(), finding.span())).collect()
        };
        let mut readings = Reading::ALL.into_iter().map(of);
        let first = readings.next().unwrap_or_default();
        readings.fold(first, |all, next| all.intersection(&next).copied().collect())
    }
}

/// What was found where.
type Found = BTreeSet<(Code, Span)>;

/// Whether a statement may be absent.
fn is_open(statement: &Statement) -> bool {
    !statement.only_if().is_empty()
}

/// The places of texts that hold symbols.
fn holding(node: &Node<'_>, symbols: &Symbols, places: &mut Vec<Span>) {
    let holds = |text: &str| symbols.within(text).next().is_some();
    match &node.value {
        Value::String(text) if holds(text) => places.push(node.span),
        Value::Array(items) => items.iter().for_each(|item| holding(item, symbols, places)),
        Value::Object(members) => {
            for Member { key, key_span, value } in members {
                if holds(key) {
                    places.extend([*key_span, value.span]);
                }
                holding(value, symbols, places);
            }
        }
        _ => {}
    }
}

/// The document with some of its statements only.
fn with_statements<'a>(mut tree: Node<'a>, has: &dyn Fn(usize) -> bool) -> Node<'a> {
    if let Value::Object(members) = &mut tree.value {
        for member in members.iter_mut().filter(|member| member.key == "Statement") {
            match &mut member.value.value {
                Value::Array(items) => {
                    let mut at = 0..;
                    items.retain(|_| at.next().is_some_and(has));
                }
                _ if has(0) => {}
                value => *value = Value::Array(Vec::new()),
            }
        }
    }
    tree
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::symbol::SymbolKind;
    use iameval_data::Catalogue;

    /// The codes that are found in a document in which `$NAME` is a symbol of that kind.
    #[track_caller]
    fn codes(text: &str, kind: PolicyKind, names: &[(&str, SymbolKind)]) -> Vec<&'static str> {
        let mut symbols = Symbols::new();
        let mut text = text.to_owned();
        for (name, kind) in names {
            let symbol = symbols.define(name, *kind).unwrap();
            text = text.replace(&format!("${name}"), &symbol.to_string());
        }
        let parsed = PolicyDocument::parse(&text);
        let document = parsed.value.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
        let linter = Linter::new(Catalogue::embedded());
        linter.check_with_unknown(&document, kind, &symbols).iter().map(|finding| finding.code().id()).collect()
    }

    fn statement(rest: &str) -> String {
        format!(r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {rest}}}}}"#)
    }

    #[test]
    fn nothing_is_said_of_what_is_not_known() {
        use SymbolKind::{Account, Input, Name, Region, Text};
        for (rest, kind) in [
            (r#""Action": "$X", "Resource": "arn:aws:s3:::a/*""#, Input),
            (r#""Action": "s3:$X", "Resource": "arn:aws:s3:::a/*""#, Input),
            (r#""Action": "s3:GetObject", "Resource": "$X""#, Input),
            (r#""Action": "s3:GetObject", "Resource": "$X""#, Text),
            (r#""Action": "s3:GetObject", "Resource": ["arn:aws:s3:::$X/*", "arn:aws:s3:::$X/a"]"#, Name),
            (r#""Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:$X:111122223333:q""#, Region),
            (r#""Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:$X:q""#, Account),
            (r#""Action": "kms:Decrypt", "Resource": "arn:aws:kms:eu-west-1:111122223333:key/$X""#, Name),
            (
                r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*", "Condition": {"IpAddress": {"aws:SourceIp": "$X"}}"#,
                Input,
            ),
            (
                r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*", "Condition": {"StringEquals": {"$X:aud": "x"}}"#,
                Input,
            ),
            (
                r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*", "Condition": {"StringEquals": {"aws:SourceAccount": "$X"}}"#,
                Input,
            ),
        ] {
            let found = codes(&statement(rest), PolicyKind::Identity, &[("X", kind)]);
            assert!(found.is_empty(), "{rest} {kind:?}: {found:?}");
        }
        for (rest, kind) in [
            (r#""Principal": {"AWS": "$X"}, "Action": "sts:AssumeRole""#, Input),
            (r#""Principal": {"AWS": "arn:aws:iam::$X:root"}, "Action": "sts:AssumeRole""#, Account),
            (r#""Principal": {"Federated": "$X"}, "Action": "sts:AssumeRoleWithWebIdentity""#, Input),
        ] {
            let found = codes(&statement(rest), PolicyKind::RoleTrust, &[("X", kind)]);
            assert!(found.is_empty(), "{rest} {kind:?}: {found:?}");
        }
    }

    #[test]
    fn what_is_wrong_whatever_is_not_known_is_said() {
        let text = statement(r#""Action": ["s3:GetObjct", "s3:PutObject"], "Resource": "arn:aws:s3:::$X/*""#);
        assert_eq!(codes(&text, PolicyKind::Identity, &[("X", SymbolKind::Name)]).len(), 1);
        let text =
            statement(r#""Action": "s3:GetObject", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::$X:root"}"#);
        assert_eq!(codes(&text, PolicyKind::Identity, &[("X", SymbolKind::Account)]).len(), 1);
    }

    #[test]
    fn statements_that_may_be_absent_are_not_compared() {
        let text = r#"{"Version": "2012-10-17", "Statement": [
            {"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"},
            {"Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjct"], "Resource": "arn:aws:s3:::a/*"}]}"#;
        let mut symbols = Symbols::new();
        let symbol = symbols.define("Condition IsProduction", SymbolKind::Input).unwrap();
        let mut document = PolicyDocument::parse(text).value.unwrap();
        let linter = Linter::new(Catalogue::embedded());
        let found = |document: &PolicyDocument| {
            let findings = linter.check_with_unknown(document, PolicyKind::Identity, &symbols);
            findings.iter().map(iameval::Diagnostic::code).collect::<Vec<_>>()
        };
        assert!(found(&document).contains(&codes::DUPLICATE_SID));
        document = document.with_statement_only_if(0, symbol).with_statement_only_if(1, symbol);
        assert_eq!(found(&document).len(), 1, "{:?}", found(&document));
    }
}
