//! A policy document while it is changed.

use super::contain::{Entry, colons};
use super::step::{ListName, StatementPlace};
use iameval::json::{Member, Node, Value};
use iameval::text::Span;
use iameval::{
    AccountId, ConditionOperator, ConditionTest, Effect, OperatorFamily, PatternElement, PolicyDocument, PolicyKind,
    PrincipalElement, PrincipalForm, PrincipalList, PrincipalType, Statement, Version,
};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A document, statement by statement.
#[derive(Debug, Clone)]
pub(super) struct Draft<'d> {
    pub(super) kind: PolicyKind,
    /// `Version` and `Id`, as far as they are written.
    head: Vec<Member<'d>>,
    /// Whether its one statement stands without brackets.
    is_bare: bool,
    pub(super) statements: Vec<Item<'d>>,
}

/// A statement.
#[derive(Debug, Clone)]
pub(super) struct Item<'d> {
    pub(super) place: StatementPlace,
    pub(super) sid: Option<Node<'d>>,
    pub(super) effect: Effect,
    pub(super) principal: Option<Principals<'d>>,
    pub(super) action: Element,
    pub(super) resource: Option<Element>,
    pub(super) condition: Option<Condition<'d>>,
}

/// A list, and whether its one item stands without brackets.
#[derive(Debug, Clone)]
pub(super) struct List<T> {
    pub(super) items: Vec<T>,
    pub(super) is_bare: bool,
}

/// `Action`, `NotAction`, `Resource` or `NotResource`.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) is_negated: bool,
    pub(super) entries: List<Entry>,
}

/// `Principal` or `NotPrincipal`; without lists it is the bare `*`.
#[derive(Debug, Clone)]
pub(super) struct Principals<'d> {
    pub(super) is_negated: bool,
    pub(super) lists: Option<Vec<(PrincipalType, List<&'d str>)>>,
}

/// A `Condition`.
#[derive(Debug, Clone)]
pub(super) struct Condition<'d> {
    pub(super) blocks: Vec<Block<'d>>,
    /// What it tests, however it is spelled and in whatever order.
    pub(super) tests: BTreeSet<String>,
}

/// An operator of a condition.
#[derive(Debug, Clone)]
pub(super) struct Block<'d> {
    name: Cow<'d, str>,
    /// The keys with their values.
    pub(super) keys: Vec<(Cow<'d, str>, List<Node<'d>>)>,
}

impl<'d> Draft<'d> {
    /// The draft of a document, whose tree that is.
    pub(super) fn new(document: &'d PolicyDocument, tree: &Node<'d>, kind: PolicyKind) -> Self {
        let head = tree.members().unwrap_or_default().iter().filter(|member| member.key != "Statement");
        let written = tree.get("Statement").map(|node| &node.value);
        let (nodes, is_bare) = match written {
            Some(Value::Array(nodes)) => (nodes.iter().collect(), false),
            _ => (tree.get("Statement").into_iter().collect::<Vec<_>>(), true),
        };
        let statements = document.statements().iter().zip(nodes).zip(1..);
        let item = |((statement, node), number)| {
            Item::new(statement, node, StatementPlace::new(number, statement), kind, document.version())
        };
        Self { kind, head: head.cloned().collect(), is_bare, statements: statements.map(item).collect() }
    }

    /// The same head with other statements.
    pub(super) fn with_statements(&self, statements: Vec<Item<'d>>) -> Self {
        Self { kind: self.kind, head: self.head.clone(), is_bare: self.is_bare, statements }
    }

    /// The document as JSON.
    pub(super) fn to_json(&self) -> Node<'_> {
        let statements = match self.statements.as_slice() {
            [statement] if self.is_bare => statement.to_json(),
            statements => Node::array(statements.iter().map(Item::to_json)),
        };
        let mut members = self.head.clone();
        members.push(member("Statement", statements));
        Node::new(Value::Object(members))
    }

    /// The document.
    #[expect(clippy::expect_used, reason = "a draft has only what was in a document, so it is one")]
    pub(super) fn to_document(&self) -> PolicyDocument {
        PolicyDocument::from_tree(&self.to_json()).value.expect("a document")
    }

    /// How many characters it has.
    pub(super) fn size(&self) -> usize {
        self.to_json().to_string().chars().count()
    }
}

impl<'d> Item<'d> {
    fn new(
        statement: &'d Statement,
        node: &Node<'d>,
        place: StatementPlace,
        kind: PolicyKind,
        version: Option<Version>,
    ) -> Self {
        let is_bare = |name: &str| node.get(name).is_some_and(is_scalar);
        let action = statement.action();
        let of_action = action.patterns().map(Entry::action).collect();
        let element = |element: &PatternElement, items, names: [&str; 2]| Element {
            is_negated: element.is_negated(),
            entries: List { items, is_bare: names.into_iter().any(is_bare) },
        };
        let of_resource = statement
            .resource()
            .map(|resource| element(resource, Entry::resources(resource, kind, version), ["Resource", "NotResource"]));
        let principal = node.get("Principal").or_else(|| node.get("NotPrincipal"));
        Self {
            place,
            sid: node.get("Sid").cloned(),
            effect: statement.effect(),
            principal: statement.principal().map(|element| Principals::new(element, principal)),
            action: element(action, of_action, ["Action", "NotAction"]),
            resource: of_resource,
            condition: node.get("Condition").map(|node| Condition::new(statement, node, version)),
        }
    }

    /// `Action` or `Resource`, unless it is a list that leaves out.
    pub(super) fn plain(&self, list: ListName) -> Option<&List<Entry>> {
        let element = if list == ListName::Resource { self.resource.as_ref() } else { Some(&self.action) };
        element.filter(|element| element.is_plain()).map(|element| &element.entries)
    }

    /// The same to change.
    pub(super) fn plain_mut(&mut self, list: ListName) -> Option<&mut List<Entry>> {
        let element = if list == ListName::Resource { self.resource.as_mut() } else { Some(&mut self.action) };
        element.filter(|element| element.is_plain()).map(|element| &mut element.entries)
    }

    /// The tests of its condition.
    pub(super) fn tests(&self) -> impl Iterator<Item = &String> {
        self.condition.iter().flat_map(|condition| &condition.tests)
    }

    pub(super) fn to_json(&self) -> Node<'_> {
        let mut members = Vec::new();
        members.extend(self.sid.clone().map(|sid| member("Sid", sid)));
        members.push(member("Effect", Node::string(self.effect.as_str())));
        members.extend(self.principal.as_ref().map(Principals::to_json));
        members.push(self.action.to_json(["Action", "NotAction"]));
        members.extend(self.resource.as_ref().map(|resource| resource.to_json(["Resource", "NotResource"])));
        members.extend(self.condition.as_ref().map(|condition| member("Condition", condition.to_json())));
        Node::new(Value::Object(members))
    }
}

impl Element {
    fn to_json(&self, [plain, negated]: [&'static str; 2]) -> Member<'_> {
        let name = if self.is_negated { negated } else { plain };
        member(name, self.entries.to_json(|entry| Node::string(&*entry.text)))
    }

    /// Whether it is the list of what it covers.
    pub(super) fn is_plain(&self) -> bool {
        !self.is_negated
    }

    /// The texts by which elements are the same.
    pub(super) fn key(&self) -> (bool, BTreeSet<String>) {
        (self.is_negated, self.entries.items.iter().map(Entry::key).collect())
    }
}

impl<'d> Principals<'d> {
    fn new(element: &'d PrincipalElement, node: Option<&Node<'d>>) -> Self {
        let list = |list: &'d PrincipalList| {
            let is_bare = node.and_then(|node| node.get(list.kind().as_str())).is_some_and(is_scalar);
            (list.kind(), List { items: list.values().collect(), is_bare })
        };
        let lists = match element.form() {
            PrincipalForm::Everyone => None,
            PrincipalForm::Map(lists) => Some(lists.iter().map(list).collect()),
        };
        Self { is_negated: element.is_negated(), lists }
    }

    /// The entries, each with its type. `*` is everyone, as is `{"AWS": "*"}` (R-PRIN-01), and the ARN of the root user is the
    /// account, as its number is (R-PRIN-02).
    pub(super) fn entries(&self) -> BTreeSet<(&'static str, &'d str)> {
        let everyone = self.lists.is_none().then_some(EVERYONE);
        let lists = self.lists.iter().flatten();
        let is_aws = |kind: &PrincipalType| *kind == PrincipalType::Aws;
        let name = |kind, text| if is_aws(kind) { number_or_text(text) } else { text };
        let entries = lists.flat_map(|(kind, list)| list.items.iter().map(|text| (kind.as_str(), name(kind, text))));
        everyone.into_iter().chain(entries).collect()
    }

    /// The texts by which elements are the same.
    pub(super) fn key(&self) -> (bool, BTreeSet<(&'static str, &'d str)>) {
        (self.is_negated, self.entries())
    }

    fn to_json(&self) -> Member<'_> {
        let value = match &self.lists {
            None => Node::string("*"),
            Some(lists) => {
                Node::object(lists.iter().map(|(kind, list)| (kind.as_str(), list.to_json(|text| Node::string(*text)))))
            }
        };
        member(if self.is_negated { "NotPrincipal" } else { "Principal" }, value)
    }
}

/// The number of an account that is named by the ARN of its root user; any other text as it stands.
fn number_or_text(text: &str) -> &str {
    let mut parts = text.splitn(6, ':');
    match std::array::from_fn(|_| parts.next().unwrap_or_default()) {
        ["arn", _, "iam", "", account, "root"] if account.parse::<AccountId>().is_ok() => account,
        _ => text,
    }
}

/// The entry that names everyone.
pub(super) const EVERYONE: (&str, &str) = ("AWS", "*");

impl<'d> Condition<'d> {
    fn new(statement: &Statement, node: &Node<'d>, version: Option<Version>) -> Self {
        let blocks = node.members().unwrap_or_default().iter().map(|block| Block {
            name: block.key.clone(),
            keys: block
                .value
                .members()
                .unwrap_or_default()
                .iter()
                .map(|test| (test.key.clone(), values(&test.value)))
                .collect(),
        });
        let tests = statement.tests().map(|(operator, test)| key_of_test(operator, test, version));
        Self { blocks: blocks.collect(), tests: tests.collect() }
    }

    fn to_json(&self) -> Node<'_> {
        let members = self.blocks.iter().map(|block| owned_member(block.name.clone(), block.to_json()));
        Node::new(Value::Object(members.collect()))
    }
}

impl Block<'_> {
    fn to_json(&self) -> Node<'_> {
        let keys = self.keys.iter();
        let members = keys.map(|(key, values)| owned_member(key.clone(), values.to_json(Node::clone)));
        Node::new(Value::Object(members.collect()))
    }
}

fn values<'d>(node: &Node<'d>) -> List<Node<'d>> {
    match &node.value {
        Value::Array(items) => List { items: items.clone(), is_bare: false },
        _ => List { items: vec![node.clone()], is_bare: true },
    }
}

/// The text by which tests are the same: that of the operator, the key whose case does not matter (R-COND-05), and the
/// values, whose order does not matter unless one of them can end the comparison (R-COND-28, R-COND-29).
fn key_of_test(operator: ConditionOperator, test: &ConditionTest, version: Option<Version>) -> String {
    let has_order = match operator.base.family() {
        OperatorFamily::IpAddress => true,
        OperatorFamily::Arn => {
            let parts = test.parts(operator.base, version);
            test.values().zip(parts).any(|(text, parts)| text != "*" && colons(&parts) < 5)
        }
        _ => false,
    };
    let mut values: Vec<&str> = test.values().collect();
    if !has_order {
        values.sort_unstable();
        values.dedup();
    }
    format!("{operator} {:?} {values:?}", test.key().to_ascii_lowercase())
}

impl<T> List<T> {
    fn to_json<'n>(&'n self, node: impl Fn(&'n T) -> Node<'n>) -> Node<'n> {
        match self.items.as_slice() {
            [item] if self.is_bare => node(item),
            items => Node::array(items.iter().map(node)),
        }
    }

    /// Keeps the items that are wanted, given their position.
    pub(super) fn retain(&mut self, wanted: impl Fn(usize) -> bool) {
        let mut position = 0..;
        self.items.retain(|_| position.next().is_some_and(&wanted));
    }
}

fn is_scalar(node: &Node<'_>) -> bool {
    !matches!(node.value, Value::Array(_))
}

fn member<'n>(name: &'static str, value: Node<'n>) -> Member<'n> {
    owned_member(Cow::Borrowed(name), value)
}

fn owned_member<'n>(key: Cow<'n, str>, value: Node<'n>) -> Member<'n> {
    Member { key, key_span: Span::START, value }
}
