//! What a change gains where statements depend on choices that are not made yet, beside what it gains for each way to make them.

use iameval::symbol::{OnlyIf, Symbol, SymbolKind, Symbols};
use iameval::{CompiledPolicy, PolicyDocument, PolicyId, PolicyKind, PolicySet};
use iameval_data::Catalogue;
use iameval_prove::{Policies, Prover, Scope};
use iameval_tests::generate::check;
use proptest::collection::vec;
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many things each choice is among.
const COUNTS: [u32; 2] = [2, 3];

const ACTIONS: [&str; 5] = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:*Object", "s3:Get*"];

/// A statement, and which of each choice it needs, if any.
#[derive(Debug, Clone, PartialEq)]
struct Written {
    denies: bool,
    action: &'static str,
    needs: [Option<u32>; 2],
}

fn statement() -> impl Strategy<Value = Written> {
    let need = |of| prop_oneof![Just(None), (0..of).prop_map(Some)];
    (prop::bool::weighted(0.3), prop::sample::select(&ACTIONS[..]), need(COUNTS[0]), need(COUNTS[1]))
        .prop_map(|(denies, action, first, second)| Written { denies, action, needs: [first, second] })
}

/// A policy before and after: some statements are the same.
fn change() -> impl Strategy<Value = [Vec<Written>; 2]> {
    (vec(statement(), 0..4), vec(statement(), 0..3), vec(statement(), 0..3)).prop_map(|(common, old, new)| {
        // They may stand elsewhere.
        let after = new.into_iter().chain(common.iter().rev().cloned()).collect();
        [common.into_iter().chain(old).collect(), after]
    })
}

/// A policy of these statements: those that are there once the choices are made, or all with what they need.
fn policies(statements: &[Written], made: Option<[u32; 2]>, symbols: (&Arc<Symbols>, [Symbol; 2])) -> Policies {
    let is_there = |written: &&Written| {
        let met =
            |made: [u32; 2]| written.needs.iter().zip(made).all(|(need, made)| need.is_none_or(|need| need == made));
        made.is_none_or(met)
    };
    let statements: Vec<&Written> = statements.iter().filter(is_there).collect();
    let texts = statements.iter().map(|Written { denies, action, .. }| {
        let effect = if *denies { "Deny" } else { "Allow" };
        format!(r#", {{"Effect": "{effect}", "Action": "{action}", "Resource": "*"}}"#)
    });
    let always = r#"{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}"#;
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{always}{}]}}"#, texts.collect::<String>());
    let mut document: PolicyDocument = text.parse().unwrap();
    if made.is_none() {
        for (number, written) in statements.iter().enumerate() {
            for ((need, of), on) in written.needs.into_iter().zip(COUNTS).zip(symbols.1) {
                if let Some(index) = need {
                    document = document.with_statement_only_if(number + 1, OnlyIf::Choice { on, index, of });
                }
            }
        }
    }
    let compiled = CompiledPolicy::new(PolicyId::new("own"), PolicyKind::Identity, &document).unwrap();
    let set = PolicySet::builder().add(Arc::new(compiled)).build().without_service_rules();
    Policies::new(set.with_symbols(symbols.0.clone()), [Arc::new(document)]).unwrap()
}

/// What is certain is so however the choices are made; what may be so is for one of them; and nothing else is.
fn changes_are_told_exactly(cases: u32) -> [usize; 3] {
    let prover = Prover::new(Catalogue::embedded());
    let mut symbols = Symbols::new();
    let on = ["first", "second"].map(|name| symbols.define(name, SymbolKind::Text).unwrap());
    let symbols = Arc::new(symbols);
    let scope = Scope {
        principal: "arn:aws:iam::111122223333:user/john".parse().ok(),
        resource_account: "111122223333".parse().ok(),
        actions: vec!["s3:*".into()],
        derives_context: true,
        ..Scope::default()
    };
    let met = [const { Cell::new(0) }; 3];
    check(cases, change(), |change| {
        let both = |made| {
            let [old, new] = [0, 1].map(|side| policies(&change[side], made, (&symbols, on)));
            prover.new_access(&old, &new, &scope).unwrap()
        };
        let open = both(None);
        let all = (0..COUNTS[0]).flat_map(|first| (0..COUNTS[1]).map(move |second| [first, second]));
        let all: Vec<_> = all.map(|made| both(Some(made))).collect();
        for (index, open) in [&open.gained, &open.lost].into_iter().enumerate() {
            let known = all.iter().map(|known| [&known.gained, &known.lost][index].actions());
            let known: Vec<BTreeSet<&str>> = known.map(|actions| actions.into_iter().collect()).collect();
            let certain: BTreeSet<&str> = open.actions().into_iter().collect();
            let may: BTreeSet<&str> =
                open.may.iter().flat_map(|group| group.actions.iter().map(String::as_str)).collect();
            assert!(known.iter().all(|known| certain.is_subset(known)), "certain: {certain:?}, {known:?}, {change:#?}");
            let some: BTreeSet<&str> = known.iter().flatten().copied().collect();
            let told: BTreeSet<&str> = certain.union(&may).copied().collect();
            assert_eq!(told, some, "{change:#?}");
            for (met, is) in met.iter().zip([!certain.is_empty(), !may.is_empty(), told.is_empty()]) {
                met.set(met.get() + usize::from(is));
            }
        }
    });
    met.map(|met| met.get())
}

#[test]
fn changes_are_told_exactly_where_choices_are_not_made() {
    let met = changes_are_told_exactly(200);
    assert!(met.iter().all(|met| *met > 20), "{met:?}");
}
