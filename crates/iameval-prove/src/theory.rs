//! Which tests of one variable can come out as wanted together, and with which value.

use crate::atom::{Atoms, KeyId, KeyTemplate, Subject, Test};
use crate::domain::{Cellset, Domain};
use crate::formula::Literal;
use crate::glob::{Found, Glob, Language, Piece, Reach, SYMBOLS, Work, find};
use crate::readable::{self, Outline};
use crate::template::{any_action, any_arn};
use crate::verdict::Undecided;
use foldhash::{HashMap, HashMapExt};
use iameval::{Context, ContextValue, Operator, OperatorFamily, Quantifier};
use iameval_data::KeyType;
use std::cell::Cell;
use std::collections::BTreeMap;

/// How much work a search for one text may be.
const MOST_OF_TEXT: u64 = 200_000;

/// How much all searches may be that come to one request, or to none.
const MOST_OF_REQUEST: u64 = 2_000_000;

/// The value of a context key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum KeyValue {
    Absent,
    Single(String),
    List(Vec<String>),
}

/// The value of a variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    Text(String),
    Key(KeyValue),
    TurnsOut(bool),
}

/// Values with which a formula holds: those of the variables that matter.
pub(crate) type Model = BTreeMap<Subject, Value>;

/// Whether there is a value with which tests come out as wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Checked {
    With(Value),
    Impossible,
    Unknown(Undecided),
}

/// The values of keys that variables in patterns stand for.
pub(crate) type Chosen = BTreeMap<KeyId, KeyValue>;

/// Decides about tests of one variable.
pub(crate) struct Theory<'a> {
    pub(crate) atoms: &'a Atoms,
    pub(crate) domains: &'a [Domain],
    /// Whether a text may be the action.
    pub(crate) accepts_action: &'a dyn Fn(&str) -> bool,
    known: HashMap<(Subject, Vec<Literal>), Checked>,
    /// How many steps all searches may take together.
    budget: u64,
    spent: Cell<u64>,
}

impl<'a> Theory<'a> {
    /// All searches together may take `most` steps, where a limit of its own does not end them before.
    pub(crate) fn new(
        atoms: &'a Atoms,
        domains: &'a [Domain],
        accepts_action: &'a dyn Fn(&str) -> bool,
        most: u64,
    ) -> Self {
        let budget = MOST_OF_REQUEST.min(most);
        Self { atoms, domains, accepts_action, known: HashMap::new(), budget, spent: Cell::new(0) }
    }

    /// The limit on all searches together, where they have come to it.
    pub(crate) fn exhausted(&self) -> Option<Undecided> {
        (self.spent.get() >= self.budget).then_some(Undecided::Limit(MOST_OF_REQUEST))
    }

    /// How many steps all searches took so far.
    pub(crate) fn spent(&self) -> u64 {
        self.spent.get()
    }

    pub(crate) fn spend(&self, steps: u64) {
        self.spent.set(self.spent.get().saturating_add(steps));
    }

    /// Searches for one value, counting the steps.
    fn limited<T>(&self, search: impl FnOnce(&mut Work) -> T) -> T {
        let limit = MOST_OF_TEXT.min(self.budget.saturating_sub(self.spent()));
        let mut work = Work { left: limit };
        let found = search(&mut work);
        self.spend(limit - work.left);
        found
    }

    #[expect(clippy::indexing_slicing, reason = "there is a domain for every key")]
    pub(crate) fn domain(&self, key: KeyId) -> &'a Domain {
        &self.domains[key.0 as usize]
    }

    /// Whether the tests of a variable can come out as wanted, whatever values the variables in patterns have. A test with
    /// variables that is not to hold, or that can only be tried, stands in the way of nothing here.
    pub(crate) fn check(&mut self, subject: Subject, literals: &[Literal]) -> Checked {
        let mut literals = literals.to_vec();
        literals.sort_unstable();
        literals.dedup();
        let question = (subject, literals);
        if let Some(known) = self.known.get(&question) {
            return known.clone();
        }
        let mut checked = self.check_with(subject, &question.1, None);
        if matches!(checked, Checked::With(_)) && self.is_ruled_out_by_symbols(&question.1) {
            checked = Checked::Impossible;
        }
        self.known.insert(question, checked.clone());
        checked
    }

    /// The same with values for the variables in patterns.
    pub(crate) fn check_with(&mut self, subject: Subject, literals: &[Literal], chosen: Option<&Chosen>) -> Checked {
        self.spend(1 + u64::try_from(literals.len()).unwrap_or(u64::MAX));
        match subject {
            Subject::Unknown(_) => match literals {
                [first, others @ ..] if others.iter().any(|other| other.holds != first.holds) => Checked::Impossible,
                _ => Checked::With(Value::TurnsOut(literals.first().is_some_and(|literal| literal.holds))),
            },
            Subject::Key(key) => self.key(key, literals, chosen),
            Subject::Action | Subject::Resource => match self.text(subject, literals, chosen) {
                Found::Text(text) => Checked::With(Value::Text(text)),
                Found::Nothing => Checked::Impossible,
                Found::Unknown => Checked::Unknown(Undecided::Limit(MOST_OF_TEXT)),
            },
        }
    }

    /// Whether a test comes out as wanted with a value. Where the values of variables are not given, tests with variables
    /// do.
    pub(crate) fn is_met(&self, literal: Literal, value: &Value, chosen: Option<&Chosen>) -> bool {
        let atom = self.atoms.get(literal.atom);
        match (value, atom.subject) {
            (Value::Text(text), _) => self.text_meets(literal, text, chosen),
            (Value::Key(value), Subject::Key(key)) => self.key_meets(key, literal, value, chosen),
            (Value::TurnsOut(holds), _) => *holds == literal.holds,
            (Value::Key(_), _) => false,
        }
    }

    fn text_meets(&self, literal: Literal, text: &str, chosen: Option<&Chosen>) -> bool {
        match &self.atoms.get(literal.atom).test {
            Test::Fits(language) => {
                self.spend(u64::try_from(language.effort(text)).unwrap_or(u64::MAX));
                language.fits(text) == literal.holds
            }
            Test::FitsTemplate(template) => match chosen {
                Some(chosen) => filled(template, chosen).is_some_and(|language| language.fits(text)) == literal.holds,
                None => !literal.holds || self.loosened(template).fits(text),
            },
            Test::Absent | Test::Condition(_) | Test::TurnsOut => false,
        }
    }

    /// The pattern with whatever its variables stand for.
    fn loosened(&self, template: &KeyTemplate) -> Language {
        let any_value = |key: &KeyId| Piece::Star(self.domain(*key).shape.letters.unwrap_or(Reach::Free));
        Language(Box::new([template.fill(any_value)]))
    }

    fn key_meets(&self, key: KeyId, literal: Literal, value: &KeyValue, chosen: Option<&Chosen>) -> bool {
        let holds = match (&self.atoms.get(literal.atom).test, value) {
            (Test::Absent, value) => *value == KeyValue::Absent,
            (Test::Condition(condition), _) if !condition.variables.is_empty() && chosen.is_none() => return true,
            (Test::Condition(condition), value) => {
                let mut context = chosen.map(|chosen| self.context(chosen)).unwrap_or_default();
                let name = &self.domain(key).key;
                context.remove(name.as_str());
                match value {
                    KeyValue::Absent => {}
                    KeyValue::Single(text) => context.insert(name.as_str(), ContextValue::single(text)),
                    KeyValue::List(texts) => {
                        context.insert(name.as_str(), ContextValue::list(texts.iter().map(String::as_str)));
                    }
                }
                condition.compiled.is_satisfied(&context)
            }
            (Test::Fits(_) | Test::FitsTemplate(_), KeyValue::Absent | KeyValue::List(_)) | (Test::TurnsOut, _) => {
                false
            }
            (Test::Fits(_) | Test::FitsTemplate(_), KeyValue::Single(text)) => {
                return self.text_meets(literal, text, chosen);
            }
        };
        holds == literal.holds
    }

    fn context(&self, chosen: &Chosen) -> Context {
        let mut context = Context::new();
        for (key, value) in chosen {
            let name = self.domain(*key).key.as_str();
            match value {
                KeyValue::Absent => context.insert_absent(name),
                KeyValue::Single(text) => context.insert(name, ContextValue::single(text)),
                KeyValue::List(texts) => {
                    context.insert(name, ContextValue::list(texts.iter().map(String::as_str)));
                }
            }
        }
        context
    }

    /// A text of the action or the resource.
    fn text(&mut self, subject: Subject, literals: &[Literal], chosen: Option<&Chosen>) -> Found {
        let mut languages = Languages::default();
        if subject == Subject::Action {
            languages.add(Language::one(any_action()), true);
        }
        for literal in literals {
            match &self.atoms.get(literal.atom).test {
                Test::Fits(language) => languages.add(language.clone(), literal.holds),
                Test::FitsTemplate(template) => self.add_template(&mut languages, template, literal.holds, chosen),
                Test::Absent | Test::Condition(_) | Test::TurnsOut => {}
            }
        }
        let accepts = self.accepts_action;
        let mut accepts = |text: &str| subject != Subject::Action || accepts(text);
        self.find(&languages, &mut accepts)
    }

    fn add_template(&self, languages: &mut Languages, template: &KeyTemplate, holds: bool, chosen: Option<&Chosen>) {
        match chosen {
            Some(chosen) => languages.add(filled(template, chosen).unwrap_or_default(), holds),
            None if holds => languages.add(self.loosened(template), true),
            None => {}
        }
    }

    /// Whether a test is one of a pattern with variables.
    pub(crate) fn has_variables(&self, literal: Literal) -> bool {
        matches!(self.atoms.get(literal.atom).test, Test::FitsTemplate(_))
    }

    /// Whether a text can fit a pattern with variables and not others, whatever the variables stand for. Symbols stand for
    /// their values: what the one pattern has at their places, the others must take whatever it is, so their wildcards take
    /// a symbol only where they take any run.
    fn is_ruled_out_by_symbols(&self, literals: &[Literal]) -> bool {
        let templates = literals.iter().filter_map(|literal| match &self.atoms.get(literal.atom).test {
            Test::FitsTemplate(template) if literal.holds && !template.ignores_case => Some(template),
            _ => None,
        });
        templates.into_iter().any(|anchor| self.has_no_text_outside(anchor, literals))
    }

    fn has_no_text_outside(&self, anchor: &KeyTemplate, literals: &[Literal]) -> bool {
        let mut keys: Vec<KeyId> = anchor.variables().copied().collect();
        keys.sort_unstable();
        keys.dedup();
        let symbol = |key: &KeyId| {
            let at = keys.iter().position(|own| own == key)?;
            SYMBOLS.get(at).copied()
        };
        let with_symbols = |template: &KeyTemplate| {
            let all_known = template.variables().all(|key| symbol(key).is_some());
            all_known
                .then(|| template.fill(|key| Piece::Literal(symbol(key).map_or_else(String::new, String::from).into())))
        };
        let Some(own) = with_symbols(anchor) else { return false };
        let mut outside = Vec::new();
        for literal in literals.iter().filter(|literal| !literal.holds) {
            match &self.atoms.get(literal.atom).test {
                Test::Fits(language) => outside.extend(language.0.iter().map(Glob::without_symbols)),
                Test::FitsTemplate(template) => {
                    // What fits the one with a colon in a variable must fit the other as well.
                    let confined: Vec<&KeyId> = anchor.confined_variables().collect();
                    let is_alike = template.confined_variables().all(|key| confined.contains(&key));
                    let known = with_symbols(template).filter(|_| is_alike);
                    outside.extend(known.map(|glob| glob.without_symbols()));
                }
                Test::Absent | Test::Condition(_) | Test::TurnsOut => {}
            }
        }
        if outside.is_empty() {
            return false;
        }
        let (within, outside) = (Language(Box::new([own])), Language(outside.into()));
        self.limited(|work| find(&[&within], &[&outside], &mut |_| true, work)) == Found::Nothing
    }

    fn find(&mut self, languages: &Languages, accepts: &mut dyn FnMut(&str) -> bool) -> Found {
        self.limited(|work| languages.find(accepts, work))
    }

    /// A value of a key.
    fn key(&mut self, key: KeyId, literals: &[Literal], chosen: Option<&Chosen>) -> Checked {
        let is_met = |value: &KeyValue| literals.iter().all(|literal| self.key_meets(key, *literal, value, chosen));
        if is_met(&KeyValue::Absent) {
            return Checked::With(Value::Key(KeyValue::Absent));
        }
        let of_value = |literal: &&Literal| !matches!(self.atoms.get(literal.atom).test, Test::Absent);
        if literals.iter().any(|literal| !of_value(&literal) && literal.holds) {
            return Checked::Impossible;
        }
        let tests: Vec<Literal> = literals.iter().filter(of_value).copied().collect();
        if self.domain(key).shape.is_list {
            return self.list(key, &tests, chosen);
        }
        match self.one_value(key, &tests, chosen) {
            Found::Text(text) => Checked::With(Value::Key(KeyValue::Single(text))),
            Found::Nothing => Checked::Impossible,
            Found::Unknown => Checked::Unknown(self.undecided(key, &tests)),
        }
    }

    fn undecided(&self, key: KeyId, tests: &[Literal]) -> Undecided {
        let conditions = tests.iter().filter_map(|literal| match &self.atoms.get(literal.atom).test {
            Test::Condition(condition) => Some(condition.operator.family()),
            _ => None,
        });
        let mut families = conditions.map(|family| matches!(family, OperatorFamily::String | OperatorFamily::Arn));
        let first = families.next();
        if families.any(|is_text| Some(is_text) != first) {
            Undecided::MixedTypes(self.domain(key).key.clone())
        } else {
            Undecided::Limit(MOST_OF_TEXT)
        }
    }

    /// A list of values: one for each test that some value must pass, all of them passing what every value must.
    fn list(&mut self, key: KeyId, tests: &[Literal], chosen: Option<&Chosen>) -> Checked {
        let (mut of_some, mut of_all) = (Vec::new(), Vec::new());
        for literal in tests {
            let Test::Condition(condition) = &self.atoms.get(literal.atom).test else { continue };
            if !condition.variables.is_empty() && chosen.is_none() {
                continue;
            }
            match condition.quantifier {
                // R-COND-17: never.
                None if literal.holds => return Checked::Impossible,
                None => {}
                // R-COND-09: whatever the values.
                Some(quantifier) if condition.operator == Operator::Null => {
                    let holds = quantifier == Quantifier::ForAllValues;
                    if literal.holds != holds {
                        return Checked::Impossible;
                    }
                }
                Some(Quantifier::ForAnyValue) if literal.holds => of_some.push(*literal),
                Some(Quantifier::ForAllValues) if !literal.holds => of_some.push(*literal),
                Some(_) => of_all.push(*literal),
            }
        }
        let mut wanted: Vec<Vec<Literal>> = of_some.iter().map(|some| with(&of_all, *some)).collect();
        let may_be_empty = wanted.is_empty();
        if may_be_empty {
            wanted.push(of_all);
        }
        let mut values = Vec::new();
        for tests in wanted {
            match self.one_value(key, &tests, chosen) {
                Found::Text(text) if values.contains(&text) => {}
                Found::Text(text) => values.push(text),
                Found::Nothing if may_be_empty => {}
                Found::Nothing => return Checked::Impossible,
                Found::Unknown if may_be_empty => {}
                Found::Unknown => return Checked::Unknown(self.undecided(key, &tests)),
            }
        }
        Checked::With(Value::Key(KeyValue::List(values)))
    }

    /// A value with which tests come out as wanted, each taken for one value.
    fn one_value(&mut self, key: KeyId, tests: &[Literal], chosen: Option<&Chosen>) -> Found {
        let domain = self.domain(key);
        let context = chosen.map(|chosen| self.context(chosen)).unwrap_or_default();
        let atoms = self.atoms;
        let meets = |literal: &Literal, text: &str| match &atoms.get(literal.atom).test {
            Test::Condition(condition) if condition.variables.is_empty() || chosen.is_some() => {
                condition.holds(&domain.key, text, &context) == literal.holds
            }
            Test::Condition(_) | Test::Absent | Test::TurnsOut => true,
            Test::Fits(_) | Test::FitsTemplate(_) => self.text_meets(*literal, text, chosen),
        };
        let mut cells = Cellset::all(domain.cells.len());
        let (mut on_texts, mut others) = (Vec::new(), Vec::new());
        for literal in tests {
            match &atoms.get(literal.atom).test {
                Test::Condition(condition) if condition.text.is_none() && condition.variables.is_empty() => {
                    others.push(literal);
                }
                _ => on_texts.push(literal),
            }
            if let Some(holding) = domain.holding(literal.atom) {
                cells.narrow(holding, literal.holds);
            }
        }
        let looked_up = |literal: &&&Literal| domain.holding(literal.atom).is_none();
        let open: Vec<&Literal> = on_texts.iter().filter(looked_up).copied().collect();
        while let Some(cell) = cells.first() {
            match domain.cells.get(cell) {
                Some(text) if open.iter().all(|literal| meets(literal, text)) => return Found::Text(text.clone()),
                _ => cells.remove(cell),
            }
        }
        if !domain.has_gaps {
            if on_texts.is_empty() {
                return Found::Nothing;
            }
            let mut cells = Cellset::all(domain.cells.len());
            for literal in &others {
                if let Some(holding) = domain.holding(literal.atom) {
                    cells.narrow(holding, literal.holds);
                }
            }
            // The cells are all there is of numbers, dates, addresses and truth values.
            if cells.first().is_none() {
                return Found::Nothing;
            }
        }
        let mut may_be = |text: &str| domain.may_be(text);
        let mut unknown = false;
        for languages in self.languages(domain, tests, chosen) {
            let mut accepts = |text: &str| domain.may_be(text) && tests.iter().all(|literal| meets(literal, text));
            match self.limited(|work| languages.find(&mut accepts, work)) {
                Found::Text(text) => return Found::Text(text),
                Found::Nothing => {}
                // Perhaps the texts alone rule it out.
                Found::Unknown if !others.is_empty() => {
                    unknown |= self.limited(|work| languages.find(&mut may_be, work)) != Found::Nothing;
                }
                Found::Unknown => unknown = true,
            }
        }
        if unknown { Found::Unknown } else { Found::Nothing }
    }

    /// What tests leave, as far as patterns tell: of ARNs, and of other texts where tests are for ARNs.
    fn languages(&self, domain: &Domain, tests: &[Literal], chosen: Option<&Chosen>) -> Vec<Languages> {
        let (mut arns, mut others) = (Languages::default(), Languages::default());
        // Texts that such a key may have although they are none are among the cells.
        let is_arn = domain.shape.key_type == Some(KeyType::Arn);
        let (mut is_for_arns, mut others_possible) = (is_arn, !is_arn);
        // No ARN is a number, a date, an address or a truth value.
        let mut arns_possible = true;
        if let Some(language) = domain.shape.key_type.and_then(readable::by_type) {
            arns_possible = false;
            others.add(language, true);
        }
        for literal in tests {
            match &self.atoms.get(literal.atom).test {
                Test::Fits(language) => {
                    arns.add(language.clone(), literal.holds);
                    others.add(language.clone(), literal.holds);
                }
                Test::FitsTemplate(template) => {
                    self.add_template(&mut arns, template, literal.holds, chosen);
                    self.add_template(&mut others, template, literal.holds, chosen);
                }
                Test::Condition(condition) => match &condition.text {
                    Some(test) => {
                        arns.narrow(&test.language, Some(test.matched), Some(test.otherwise), literal.holds);
                        if test.for_arns {
                            is_for_arns = true;
                            others_possible &= !literal.holds;
                        } else {
                            others.narrow(&test.language, Some(test.matched), Some(test.otherwise), literal.holds);
                        }
                    }
                    None if condition.variables.is_empty() => {
                        let Some(outline) = Outline::of(condition, &domain.key) else { continue };
                        arns_possible &= outline.otherwise.is_none_or(|holds| holds == literal.holds);
                        others.narrow(&outline.language, outline.matched, outline.otherwise, literal.holds);
                    }
                    None => {}
                },
                Test::Absent | Test::TurnsOut => {}
            }
        }
        if !is_for_arns {
            return vec![others];
        }
        arns.add(any_arn(), true);
        others.add(any_arn(), false);
        let both = [(arns, arns_possible), (others, others_possible)];
        both.into_iter().filter_map(|(languages, is_possible)| is_possible.then_some(languages)).collect()
    }
}

fn with(tests: &[Literal], further: Literal) -> Vec<Literal> {
    tests.iter().copied().chain([further]).collect()
}

/// The pattern with values for its variables; `None` where one has no value, or one that nothing fits.
fn filled(template: &KeyTemplate, chosen: &Chosen) -> Option<Language> {
    let has_colon = |key| matches!(chosen.get(key), Some(KeyValue::Single(text)) if text.contains(':'));
    if template.confined_variables().any(has_colon) {
        return None;
    }
    let mut has_all = true;
    let glob = template.fill(|key| {
        if let Some(KeyValue::Single(text)) = chosen.get(key) {
            return Piece::Literal(text.as_str().into());
        }
        has_all = false;
        Piece::Star(Reach::Free)
    });
    has_all.then(|| Language(Box::new([glob])))
}

/// The texts of some languages and of none of others.
#[derive(Debug, Default)]
struct Languages {
    within: Vec<Language>,
    outside: Vec<Language>,
}

impl Languages {
    fn add(&mut self, language: Language, holds: bool) {
        if holds { self.within.push(language) } else { self.outside.push(language) }
    }

    /// Adds a test that `matched` and `otherwise` tell the outcomes of, for texts that fit and for others, and that is to come
    /// out as wanted. What is not known narrows nothing.
    fn narrow(&mut self, language: &Language, matched: Option<bool>, otherwise: Option<bool>, wanted: bool) {
        let is_out = |outcome: Option<bool>| outcome.is_some_and(|holds| holds != wanted);
        match (is_out(matched), is_out(otherwise)) {
            (false, false) => {}
            (true, true) => self.add(Language::default(), true),
            (false, true) => self.add(language.clone(), true),
            (true, false) => self.add(language.clone(), false),
        }
    }

    fn find(&self, accepts: &mut dyn FnMut(&str) -> bool, work: &mut Work) -> Found {
        let within: Vec<&Language> = self.within.iter().collect();
        let outside: Vec<&Language> = self.outside.iter().collect();
        find(&within, &outside, accepts, work)
    }
}
