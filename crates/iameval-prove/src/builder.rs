//! From elements of statements to formulas over tests.

use crate::atom::{Atom, Atoms, Condition, Identity, KeyId, KeyTemplate, Subject, Test, TextTest};
use crate::formula::{Formulas, Node};
use crate::glob::{Glob, Language, Piece};
use crate::shapes::Shapes;
use crate::symbolic::{Breadth, Unknown};
use crate::template::{Template, TemplatePiece};
use iameval::open::Certainty;
use iameval::{
    CompiledCondition, ConditionOperator, ConditionTest, Context, ContextKey, ContextValue, Effect, Operator,
    OperatorFamily, PatternElement, PatternPart, PolicyKind, Statement, Variable, Version,
};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Puts formulas together.
pub(crate) struct Builder<'s> {
    pub(crate) atoms: Atoms,
    pub(crate) formulas: Formulas,
    pub(crate) shapes: &'s Shapes<'s>,
    /// Keys that have one value in every request that is spoken of; `None` for those that are never there.
    pub(crate) fixed: BTreeMap<ContextKey, Option<ContextValue>>,
    /// What is not known in the statement that is read, and how that is read.
    pub(crate) open: Option<(Rc<Unknown>, Breadth)>,
    /// How many more ways there may be for variables to have values or defaults. Where there are none left, the formulas are
    /// not what the policies say.
    pub(crate) ways_left: u64,
}

/// So many ways there may be altogether. Eleven variables with defaults in one pattern have 2,048.
pub(crate) const MOST_WAYS: u64 = 4_096;

/// A test of a context key as a document has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'t> {
    pub(crate) operator: ConditionOperator,
    pub(crate) key: &'t ContextKey,
    pub(crate) effect: Effect,
    pub(crate) version: Option<Version>,
}

/// One way for the variables of a pattern to have values, and the pattern then.
struct Way {
    guard: Node,
    pattern: KeyTemplate,
}

impl Builder<'_> {
    /// The resource of a statement.
    pub(crate) fn resource_of(&mut self, statement: &Statement, kind: PolicyKind, version: Option<Version>) -> Node {
        statement.resource().map_or(Formulas::TRUE, |element| self.resource(element, kind, version))
    }

    /// The tests in the conditions of a statement, in order.
    pub(crate) fn tests_of(&mut self, statement: &Statement, version: Option<Version>) -> Vec<Node> {
        let test = |(operator, test): (ConditionOperator, &ConditionTest)| {
            let key = ContextKey::new(test.key());
            let values: Vec<&str> = test.values().collect();
            self.condition(Written { operator, key: &key, effect: statement.effect(), version }, &values)
        };
        statement.tests().map(test).collect()
    }

    fn resource(&mut self, element: &PatternElement, kind: PolicyKind, version: Option<Version>) -> Node {
        let entries = element.resource_patterns(kind, version).into_iter();
        let entries = entries.map(|entry| entry.into_iter().map(Template::of_resource).collect::<Vec<Template>>());
        let fits = match self.open.clone() {
            None => {
                let templates: Vec<Template> = entries.flatten().collect();
                self.fits_any(Subject::Resource, &templates)
            }
            Some((unknown, breadth)) => {
                self.is_open_resource(entries, &unknown, breadth.opposite_if(element.is_negated()))
            }
        };
        if element.is_negated() { self.formulas.not(fits) } else { fits }
    }

    /// That the resource fits one of the patterns of several entries in which not everything is known.
    fn is_open_resource(
        &mut self,
        entries: impl Iterator<Item = Vec<Template>>,
        unknown: &Unknown,
        breadth: Breadth,
    ) -> Node {
        if breadth == Breadth::Open {
            return self.turns_out_to_fit(entries, unknown);
        }
        let mut ways = Vec::new();
        for templates in entries {
            let has_symbols = templates.iter().any(|template| template.has_symbols(unknown));
            // With a symbol in it, an ARN may not be too short.
            let taken = if has_symbols && breadth == Breadth::Narrowest { 1 } else { templates.len() };
            for template in templates.iter().take(taken) {
                if template.variables().any(|variable| unknown.has_symbols(&variable.key)) {
                    if breadth == Breadth::Widest {
                        return Formulas::TRUE;
                    }
                    continue;
                }
                ways.extend(self.ways(template));
            }
        }
        let ways: Vec<Way> = ways.iter().filter_map(|way| self.read(way, unknown, breadth)).collect();
        self.fits_one_way(Subject::Resource, ways)
    }

    fn read(&self, Way { guard, pattern }: &Way, unknown: &Unknown, breadth: Breadth) -> Option<Way> {
        let is_open = |key: &KeyId| unknown.is_open(self.atoms.name(*key));
        let pattern = match breadth {
            Breadth::Narrowest => unknown.narrowest(pattern, is_open)?,
            Breadth::Widest | Breadth::Open => unknown.widest(pattern, is_open),
        };
        Some(Way { guard: *guard, pattern })
    }

    /// That the resource certainly fits one of the patterns, or may and turns out to.
    fn turns_out_to_fit(&mut self, entries: impl Iterator<Item = Vec<Template>>, unknown: &Unknown) -> Node {
        let entries: Vec<Vec<Template>> = entries.collect();
        let certainly = self.is_open_resource(entries.iter().cloned(), unknown, Breadth::Narrowest);
        let mut ways = vec![certainly];
        for entry in entries {
            let what = format!("the resource fits {entry:?}");
            let possibly = self.is_open_resource(std::iter::once(entry), unknown, Breadth::Widest);
            let turns_out = self.turns_out(what);
            ways.push(self.formulas.all([possibly, turns_out]));
        }
        self.formulas.any(ways)
    }

    /// That what depends on symbols turns out to hold.
    pub(crate) fn turns_out(&mut self, what: String) -> Node {
        let atom = self.atoms.turns_out(what);
        self.formulas.literal(atom, true)
    }

    /// That a text fits one of several patterns.
    fn fits_any(&mut self, subject: Subject, templates: &[Template]) -> Node {
        let ways: Vec<Way> = templates.iter().flat_map(|template| self.ways(template)).collect();
        self.fits_one_way(subject, ways)
    }

    fn fits_one_way(&mut self, subject: Subject, patterns: Vec<Way>) -> Node {
        let mut plain: Vec<Glob> = Vec::new();
        let mut ways = Vec::new();
        for way in patterns {
            match way.pattern.glob() {
                Some(glob) if way.guard == Formulas::TRUE => plain.push(glob),
                Some(glob) => {
                    let fits = self.fits(subject, vec![glob]);
                    ways.push(self.formulas.all([way.guard, fits]));
                }
                None => {
                    let atom = self.atoms.fits_template(subject, way.pattern);
                    let fits = self.formulas.literal(atom, true);
                    ways.push(self.formulas.all([way.guard, fits]));
                }
            }
        }
        if !plain.is_empty() {
            ways.push(self.fits(subject, plain));
        }
        self.formulas.any(ways)
    }

    /// That a text fits one of these patterns.
    pub(crate) fn fits(&mut self, subject: Subject, mut globs: Vec<Glob>) -> Node {
        if globs.is_empty() {
            return Formulas::FALSE;
        }
        if !matches!(subject, Subject::Key(_)) && globs.contains(&Glob::any()) {
            return Formulas::TRUE;
        }
        // The plainest are tried first: rather an object of a bucket than one behind an access point.
        globs.sort_by(|one, other| {
            one.least_length().cmp(&other.least_length()).then_with(|| one.pieces.cmp(&other.pieces))
        });
        globs.dedup();
        let atom = self.atoms.fits(subject, Language(globs.into()));
        self.formulas.literal(atom, true)
    }

    /// The ways in which the variables of a pattern can have values; none where one never has.
    fn ways(&mut self, template: &Template) -> Vec<Way> {
        let mut ways: Vec<(Node, Vec<TemplatePiece<KeyId>>)> = vec![(Formulas::TRUE, Vec::new())];
        let has_colon = |piece: &TemplatePiece<KeyId>| matches!(piece, TemplatePiece::Plain(Piece::Literal(text)) if text.contains(':'));
        for (piece, is_confined) in template.pieces.iter().zip(template.confines()) {
            let variable = match piece {
                TemplatePiece::Plain(piece) => {
                    for (_, pieces) in &mut ways {
                        pieces.push(TemplatePiece::Plain(piece.clone()));
                    }
                    continue;
                }
                TemplatePiece::Variable(variable) => variable,
            };
            let values = self.values_of(variable).into_iter();
            let choices: Vec<(Node, TemplatePiece<KeyId>)> =
                values.filter(|(_, value)| !(is_confined && has_colon(value))).collect();
            let mut longer = Vec::with_capacity(ways.len());
            for (guard, pieces) in ways {
                let further = choices.iter().map(|(further, piece)| (self.formulas.all([guard, *further]), piece));
                let possible: Vec<(Node, &TemplatePiece<KeyId>)> =
                    further.filter(|(guard, _)| *guard != Formulas::FALSE).collect();
                let Some(((guard, piece), others)) = possible.split_first() else { continue };
                let of_others = u64::try_from(others.len()).unwrap_or(u64::MAX);
                self.ways_left = self.ways_left.saturating_sub(of_others);
                if self.ways_left == 0 {
                    return Vec::new();
                }
                let with = |mut pieces: Vec<TemplatePiece<KeyId>>, piece: &TemplatePiece<KeyId>| {
                    pieces.push(piece.clone());
                    pieces
                };
                longer.extend(others.iter().map(|(guard, piece)| (*guard, with(pieces.clone(), piece))));
                longer.push((*guard, with(pieces, piece)));
            }
            ways = longer;
        }
        let Template { ignores_case, by_parts, .. } = *template;
        let pattern = |pieces| Template { pieces, ignores_case, by_parts };
        ways.into_iter().map(|(guard, pieces)| Way { guard, pattern: pattern(pieces) }).collect()
    }

    /// What a variable can stand for, and when.
    fn values_of(&mut self, variable: &Variable) -> Vec<(Node, TemplatePiece<KeyId>)> {
        let name = ContextKey::new(&variable.key);
        let literal = |text: &str| TemplatePiece::Plain(Piece::Literal(text.into()));
        let default = variable.default.as_deref().map(literal);
        match self.fixed.get(&name) {
            Some(Some(value)) if value.is_list() => return Vec::new(),
            Some(Some(value)) => {
                return value.texts().map(|text| (Formulas::TRUE, literal(text))).collect();
            }
            Some(None) => return default.into_iter().map(|text| (Formulas::TRUE, text)).collect(),
            None => {}
        }
        let key = self.atoms.key(&name);
        let absent = self.absent(key);
        let mut values = Vec::new();
        if !self.shapes.is_list(&name) {
            values.push((self.formulas.not(absent), TemplatePiece::Variable(key)));
        }
        values.extend(default.map(|text| (absent, text)));
        values
    }

    pub(crate) fn absent(&mut self, key: KeyId) -> Node {
        let atom = self.atoms.absent(key);
        self.formulas.literal(atom, true)
    }

    /// A condition on a key.
    pub(crate) fn condition(&mut self, written: Written<'_>, values: &[&str]) -> Node {
        if let Some((unknown, breadth)) = self.open.clone()
            && let Some(node) = self.open_condition(written, values, &unknown, breadth)
        {
            return node;
        }
        let Written { operator, version, .. } = written;
        let family = operator.base.family();
        let reads_variables = matches!(family, OperatorFamily::String | OperatorFamily::Arn | OperatorFamily::Bool);
        let cut = |value: &&str| operator.base.parts(value, version);
        let has_variable = |parts: &Vec<PatternPart>| parts.iter().any(|part| matches!(part, PatternPart::Variable(_)));
        if !reads_variables || !values.iter().map(cut).any(|parts| has_variable(&parts)) {
            return self.plain_condition(written, values);
        }
        let is_list = self.shapes.is_list(written.key);
        if is_list && operator.quantifier.is_none() {
            return self.without_key(written);
        }
        let templates = values.iter().map(cut).map(|parts| template_of(parts, operator.base));
        match templates.collect::<Option<Vec<Template>>>() {
            Some(templates) if !is_list && family != OperatorFamily::Bool => self.with_variables(written, &templates),
            _ => self.opaque_condition(written, values),
        }
    }

    /// A condition that depends on what is not known; `None` where it does not.
    fn open_condition(
        &mut self,
        written: Written<'_>,
        values: &[&str],
        unknown: &Unknown,
        breadth: Breadth,
    ) -> Option<Node> {
        let Written { operator, key, effect, version } = written;
        let parts = values.iter().flat_map(|value| operator.base.parts(value, version));
        let variables: Vec<ContextKey> = parts
            .filter_map(|part| match part {
                PatternPart::Variable(variable) => Some(ContextKey::new(&variable.key)),
                _ => None,
            })
            .collect();
        let is_of_presence = operator.base == Operator::Null && operator.quantifier.is_none();
        let is_open = values.iter().any(|value| unknown.has_symbols(value))
            || unknown.has_symbols(key.as_str())
            || variables.iter().any(|key| unknown.is_open(key))
            || (unknown.is_open(key) && !is_of_presence);
        if !is_open {
            return None;
        }
        if let Some(context) = unknown.fixed(variables.iter().chain([key])) {
            let compiled = CompiledCondition::of_values(operator, key.as_str(), values, effect, version);
            match compiled.certainty(context, unknown.symbols()) {
                Certainty::Yes => return Some(Formulas::TRUE),
                Certainty::No => return Some(Formulas::FALSE),
                Certainty::Maybe => {}
            }
        }
        let possibly = match breadth {
            Breadth::Narrowest => Formulas::FALSE,
            Breadth::Widest => Formulas::TRUE,
            Breadth::Open => self.turns_out(format!("{operator} {key} {values:?} {version:?} {effect:?}")),
        };
        if is_of_presence || unknown.has_symbols(key.as_str()) {
            return Some(possibly);
        }
        let without = self.without_key(written);
        let id = self.atoms.key(key);
        let absent = self.absent(id);
        let there = self.formulas.not(absent);
        let with = self.formulas.all([there, possibly]);
        Some(self.formulas.any([with, without]))
    }

    /// A condition on one text whose values have variables in them.
    fn with_variables(&mut self, written: Written<'_>, templates: &[Template]) -> Node {
        let Written { operator, key, .. } = written;
        let id = self.atoms.key(key);
        let absent = self.absent(id);
        let present = self.formulas.not(absent);
        let fits = self.fits_any(Subject::Key(id), templates);
        let readable = match operator.base.family() {
            OperatorFamily::Arn => {
                let operator = ConditionOperator { base: Operator::ArnLike, quantifier: None, if_exists: false };
                self.plain_condition(Written { operator, version: None, ..written }, &["*"])
            }
            _ => Formulas::TRUE,
        };
        let fits = if operator.base.is_negated() { self.formulas.not(fits) } else { fits };
        let with_value = self.formulas.all([present, readable, fits]);
        let without = self.without_key(written);
        self.formulas.any([without, with_value])
    }

    /// That the key is absent and the operator holds then, whatever its values.
    fn without_key(&mut self, written: Written<'_>) -> Node {
        let Written { operator, key, effect, .. } = written;
        let compiled = CompiledCondition::of_values(operator, key.as_str(), &["x"], effect, None);
        let holds = Formulas::constant(compiled.is_satisfied(&Context::new()));
        let id = self.atoms.key(key);
        let absent = self.absent(id);
        self.formulas.all([absent, holds])
    }

    /// A condition that no variables are in.
    fn plain_condition(&mut self, written: Written<'_>, values: &[&str]) -> Node {
        let key = self.atoms.key(written.key);
        if written.operator.base == Operator::Null && written.operator.quantifier.is_none() {
            let absent = self.absent(key);
            let says = |value: bool| values.iter().any(|text| text.eq_ignore_ascii_case("true") == value);
            return match (says(true), says(false)) {
                (true, true) => Formulas::TRUE,
                (true, false) => absent,
                (false, true) => self.formulas.not(absent),
                (false, false) => Formulas::FALSE,
            };
        }
        let atom = self.keep_condition(written, values, Vec::new());
        self.formulas.literal(atom, true)
    }

    /// A condition that is only tried, once the keys of its variables have values.
    fn opaque_condition(&mut self, written: Written<'_>, values: &[&str]) -> Node {
        let mut variables = Vec::new();
        for value in values {
            for part in written.operator.base.parts(value, written.version) {
                if let PatternPart::Variable(variable) = part {
                    variables.push(self.atoms.key(&ContextKey::new(&variable.key)));
                }
            }
        }
        variables.sort_unstable();
        variables.dedup();
        let atom = self.keep_condition(written, values, variables);
        self.formulas.literal(atom, true)
    }

    fn keep_condition(
        &mut self,
        written: Written<'_>,
        values: &[&str],
        variables: Vec<KeyId>,
    ) -> crate::formula::AtomId {
        let Written { operator, key, effect, version } = written;
        let id = self.atoms.key(key);
        let mut own: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let is_for_arns = operator.base.family() == OperatorFamily::Arn;
        if !is_for_arns {
            own.sort_unstable();
            own.dedup();
        }
        let has_variables = version == Some(Version::V2012) && own.iter().any(|value| value.contains('$'));
        let identity = Identity::Condition {
            key: id,
            operator: operator.to_string(),
            values: own.clone(),
            variables: has_variables,
            denies: is_for_arns && effect == Effect::Deny,
        };
        self.atoms.keep(identity, || {
            let compiled = CompiledCondition::of_values(operator, key.as_str(), values, effect, version);
            let test = Condition {
                operator: operator.base,
                quantifier: operator.quantifier,
                text: if variables.is_empty() { text_test(operator.base, effect, version, values) } else { None },
                holds_absent: compiled.is_satisfied(&Context::new()),
                compiled,
                variables,
                values: own,
                version,
            };
            Atom { subject: Subject::Key(id), test: Test::Condition(Box::new(test)) }
        })
    }
}

/// The pattern of a value; `None` where an operator for ARNs does not read it as one.
fn template_of(parts: Vec<PatternPart>, operator: Operator) -> Option<Template> {
    match operator.family() {
        OperatorFamily::Arn if parts.as_slice() == [PatternPart::Star] => Some(Template::free(parts, false)),
        OperatorFamily::Arn => Template::of_arn(parts),
        _ => Some(Template::free(parts, ignores_case(operator))),
    }
}

fn ignores_case(operator: Operator) -> bool {
    matches!(operator, Operator::StringEqualsIgnoreCase | Operator::StringNotEqualsIgnoreCase)
}

/// What a condition without variables says of a text, for operators on texts and ARNs.
fn text_test(operator: Operator, effect: Effect, version: Option<Version>, values: &[&str]) -> Option<TextTest> {
    let family = operator.family();
    if !matches!(family, OperatorFamily::String | OperatorFamily::Arn) {
        return None;
    }
    let for_arns = family == OperatorFamily::Arn;
    // An empty list of values is satisfied by no value, negated or not.
    if values.is_empty() {
        return Some(TextTest { for_arns, language: Language::default(), matched: false, otherwise: false });
    }
    let mut globs = Vec::new();
    // A value that is no ARN ends the comparison (R-COND-28).
    let mut otherwise = operator.is_negated();
    for value in values {
        if let Some(glob) = template_of(operator.parts(value, version), operator).and_then(|template| template.glob()) {
            globs.push(glob);
        } else {
            otherwise = effect == Effect::Deny;
            break;
        }
    }
    Some(TextTest { for_arns, language: Language(globs.into()), matched: !operator.is_negated(), otherwise })
}
