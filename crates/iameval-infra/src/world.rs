//! From templates to a world.

mod attach;
mod managed;
mod organization;
mod permission_set;
mod principals;
mod resources;

use crate::document::{Draft, Reader};
use crate::find::{self, Found};
use crate::index::{Index, Item};
use crate::stack::Stack;
use crate::types::{GROUP, PERMISSION_SET, ROLE, SERVICE_LINKED_ROLE, USER};
use iameval::symbol::{OnlyIf, Symbol, SymbolKind, Symbols};
use iameval::text::Span;
use iameval::{AccountId, Diagnostic, Layer, PolicyKind, Problem, Severity};
use iameval_world::{Clash, Finding, LoadedPolicy, PolicyRef, WorldBuilder, codes};
use std::collections::{BTreeMap, HashMap};

type Result<T> = std::result::Result<T, Vec<Finding>>;

/// Adds everything that the stacks would create.
///
/// # Errors
/// What is no policy, and what clashes with what the world has already.
pub(crate) fn add(stacks: &[Stack], values: &BTreeMap<String, String>, world: &mut WorldBuilder) -> Result<()> {
    let several = stacks.len() > 1 || is_taken(stacks, world);
    let index = Index::new(stacks, several);
    let symbols = world.symbols().clone();
    let mut assembly = Assembly {
        index: &index,
        symbols: &symbols,
        values,
        world,
        attached: HashMap::new(),
        memberships: HashMap::new(),
        managed: HashMap::new(),
        of_resources: BTreeMap::new(),
        outside: BTreeMap::new(),
        levels: BTreeMap::new(),
        renamed: HashMap::new(),
        findings: Vec::new(),
    };
    assembly.accounts(stacks)?;
    assembly.policies();
    assembly.memberships();
    for number in index.of_type(GROUP) {
        index.get(*number).into_iter().for_each(|item| assembly.group(*number, item));
    }
    for (number, item) in index.items.iter().enumerate() {
        assembly.item(number, item);
        assembly.further_names(number, item);
    }
    assembly.outside_resources();
    assembly.organization();
    if assembly.findings.is_empty() { Ok(()) } else { Err(assembly.findings) }
}

/// Whether the world has something by the name that a resource would have.
fn is_taken(stacks: &[Stack], world: &WorldBuilder) -> bool {
    let names = stacks
        .iter()
        .flat_map(|stack| stack.resources.iter().map(|resource| format!("{}{}", stack.language.prefix(), resource.id)));
    names.into_iter().any(|name| world.has_group(&name) || world.has(&name))
}

/// A world in the making, of stacks.
struct Assembly<'a> {
    index: &'a Index<'a>,
    symbols: &'a Symbols,
    /// What was given for something that no template says.
    values: &'a BTreeMap<String, String>,
    world: &'a mut WorldBuilder,
    /// The policies of principals and groups, by the numbers of their resources.
    attached: HashMap<usize, Vec<PolicyRef>>,
    /// The groups of users, by their numbers.
    memberships: HashMap<usize, Vec<(usize, Vec<OnlyIf>)>>,
    /// The managed policies of the templates, as they are attached.
    managed: HashMap<(usize, Vec<OnlyIf>), PolicyRef>,
    /// What the policies of resources are made of, by number.
    of_resources: BTreeMap<usize, Vec<Contribution>>,
    /// The same for resources that no template defines, by ARN.
    outside: BTreeMap<String, (usize, Vec<Contribution>)>,
    /// Policies of the organization by target and kind.
    levels: organization::Targets,
    /// The names of resources that are others of the world.
    renamed: HashMap<usize, String>,
    findings: Vec<Finding>,
}

/// A document that is part of a resource's policy.
#[derive(Clone)]
struct Contribution {
    draft: Draft,
    name: String,
    /// The resource it stands in.
    by: usize,
}

impl Assembly<'_> {
    fn accounts(&mut self, stacks: &[Stack]) -> Result<()> {
        for stack in stacks {
            self.world.file(&stack.source.name);
        }
        let Some(first) = stacks.first() else { return Ok(()) };
        // Templates seldom hold what an organization decides, and never the policies of what others have.
        self.world.cannot_know([Layer::ServiceControl, Layer::ResourceControl, Layer::Resource]);
        if self.world.account().is_none() {
            let account: AccountId =
                first.location.account.parse().map_err(|error: iameval::ParseAccountIdError| {
                    iameval_world::Place::new(&first.source, Span::START).finding(error.to_string())
                })?;
            self.world.set_account(account);
        }
        Ok(())
    }

    fn reader(&self, kind: PolicyKind) -> Reader<'_> {
        Reader { kind, symbols: self.symbols }
    }

    /// The document of a policy that was found in a resource, and what is wrong with it.
    fn draft(&mut self, item: &Item<'_>, found: &Found<'_>) -> Option<Draft> {
        let read = self.reader(found.kind).read(found.value, &found.way);
        self.noting(item, read)
    }

    fn noting<T>(&mut self, item: &Item<'_>, result: std::result::Result<T, Vec<Diagnostic>>) -> Option<T> {
        let symbols = self.symbols;
        let finding = |diagnostic: Diagnostic| Finding::new(item.source(), diagnostic.naming(symbols));
        result.map_err(|diagnostics| self.findings.extend(diagnostics.into_iter().map(finding))).ok()
    }

    fn noting_clash(&mut self, result: std::result::Result<(), Clash>) {
        if let Err(clash) = result {
            self.findings.push(clash.into());
        }
    }

    /// A policy of the world, of a document in a resource.
    fn policy(&mut self, item: &Item<'_>, name: &str, draft: Draft) -> Option<PolicyRef> {
        let document = self.noting(item, draft.document())?;
        let policy = LoadedPolicy::from_document(name, item.source(), document).with_origin(item.origin());
        Some(self.world.policy(policy))
    }

    /// The symbol of something that no template says.
    fn unknown(&mut self, item: &Item<'_>, what: &str) -> Option<Symbol> {
        let symbol = self.world.symbols().define(what, SymbolKind::Input);
        symbol.map_err(|error| self.findings.extend(item.place().finding(error.to_string()))).ok()
    }

    fn warn(&mut self, item: &Item<'_>, span: Span, message: String, help: &str) {
        let problem = Problem::new(codes::UNKNOWN_NAME, message).with_severity(Severity::Warning);
        let problem = if help.is_empty() { problem } else { problem.with_help(help.to_owned()) };
        self.world.warn(Finding::new(item.source(), problem.at(span)));
    }

    /// Lets a resource be found by every name that people know it by.
    fn further_names(&mut self, number: usize, item: &Item<'_>) {
        let Item { stack, resource, name, .. } = item;
        let name = self.renamed.get(&number).unwrap_or(name);
        let prefix = stack.language.prefix();
        let mut names = vec![format!("{prefix}{}", resource.id), format!("{prefix}{}/{}", stack.name, resource.id)];
        if let Some(path) = &resource.construct_path {
            names.push(format!("{prefix}{path}"));
            names.extend(path.strip_suffix("/Resource").map(|path| format!("{prefix}{path}")));
        }
        for alias in &names {
            self.world.alias(alias, name);
        }
    }

    fn show(&self, text: &str) -> String {
        self.symbols.display(text).into_owned()
    }
}

/// What a policy that was found in a resource is called.
pub(super) fn policy_name(item: &Item<'_>, found: &Found<'_>) -> String {
    if found.label.is_empty() { item.name.clone() } else { format!("{}/{}", item.name, found.label) }
}

/// What a policy depends on besides what it is attached to: nothing where both stand or fall with one condition.
fn condition_of(policy: &Item<'_>, holder: &Item<'_>) -> Option<OnlyIf> {
    policy.resource.exists_only_if().filter(|only_if| holder.resource.exists_only_if() != Some(*only_if))
}

impl Assembly<'_> {
    /// Adds what a resource is.
    fn item(&mut self, number: usize, item: &Item<'_>) {
        match item.resource.kind.as_str() {
            ROLE | USER => self.principal(number, item),
            GROUP => {}
            SERVICE_LINKED_ROLE => self.service_linked_role(item),
            PERMISSION_SET => self.permission_set(item),
            "AWS::EC2::VPCEndpoint" => self.endpoint(item),
            _ => self.resource(number, item),
        }
        if let Some(warning) = find::left_out(item) {
            self.world.warn(warning);
        }
    }
}
