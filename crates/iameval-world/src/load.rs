//! World files: section by section over all files, so that the order of the files only decides which definition
//! overrides which.

mod context;
mod defaults;
mod definition;
mod endpoint;
mod file;
mod inside;
mod loader;
mod organization;
mod principal;
mod resource;
mod who;

pub use context::read_context;
pub use file::Tests;

use crate::account::AccountDump;
use crate::builder::{Kind, WorldBuilder};
use crate::clash::Place;
use crate::files::Files;
use crate::files::WorldSource;
use crate::files::{NamedIn, NamedSource};
use crate::finding::Finding;
use crate::shared::SharedWorlds;
use crate::world::World;
use definition::{Definition, Definitions};
use file::{ReadFiles, Result, Sections, WorldFile, items, read_all};
use iameval::json::fields::{invalid, text};
use iameval::json::{Member, Node};
use iameval::suggest::did_you_mean;
use iameval::{Problem, codes};
use loader::Loader;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// World files, and those that they `use`; what one defines, another may use. Account dumps may stand among them.
///
/// ```
/// use iameval_world::{Example, World, WorldFiles};
///
/// let example = Example::find("force-mfa").unwrap();
/// let files = WorldFiles::new([example.world()]);
/// let world = World::from_sources(example, &[&files]).unwrap();
/// assert!(world.principal("john.doe").is_some());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorldFiles {
    paths: Vec<PathBuf>,
}

impl WorldFiles {
    /// The files of these paths.
    pub fn new(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        Self { paths: paths.into_iter().map(Into::into).collect() }
    }

    /// The paths.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }
}

impl WorldSource for WorldFiles {
    fn add_to(&self, files: &dyn Files, world: &mut WorldBuilder) -> Result<()> {
        add(files, world, read_all(files, &self.paths)?)
    }
}

impl World {
    /// Reads world files, and those that they `use`; what one defines, another may use.
    ///
    /// # Errors
    /// All findings of the first section that has any.
    pub fn load(files: &dyn Files, paths: &[PathBuf]) -> Result<Self> {
        Self::from_sources(files, &[&WorldFiles::new(paths)])
    }

    /// The same, so that it can be compared with another world: what is called the same in both and is not known in either
    /// stands for the same.
    ///
    /// # Errors
    /// All findings of the first section that has any.
    pub fn load_beside(other: &Self, files: &dyn Files, paths: &[PathBuf]) -> Result<Self> {
        let world = other.symbols().map_or_else(WorldBuilder::new, |symbols| WorldBuilder::beside(symbols));
        world.built_of(files, &[&WorldFiles::new(paths)])
    }

    /// Reads a test file: the world that it describes, and its tests. Where it describes none, those of `otherwise` are
    /// its world. Files that say no more of a world than which others they use share it.
    ///
    /// # Errors
    /// All findings of the first section that has any; also when the file has no `tests`.
    pub fn load_tests(
        files: &dyn Files,
        path: &Path,
        otherwise: &[PathBuf],
        shared: &SharedWorlds,
    ) -> Result<(Arc<Self>, Tests)> {
        let mut read = read_all(files, &[path.to_owned()])?;
        let Some(file) = read.worlds.last() else {
            let message = "a test file must be YAML or JSON with `tests`, and this is something else";
            let problem = Problem::new(codes::INVALID_FIELD, message);
            return Err(vec![Finding::about_file(&files.name(path), problem)]);
        };
        let tests = file.tests()?;
        let adds_nothing = file.adds_nothing();
        let world = if !otherwise.is_empty() && !file.describes_a_world()? {
            if adds_nothing {
                let identities = otherwise.iter().map(|path| files.identity(path)).collect();
                shared.get(identities, || Self::load(files, otherwise))?
            } else {
                Arc::new(Self::load(files, &[otherwise, &[path.to_owned()]].concat())?)
            }
        } else if adds_nothing {
            read.worlds.pop();
            let worlds = read.worlds.iter().map(|file| file.identity.clone());
            let others = read.others.iter().map(|other| files.identity(&other.path));
            let dumps = read.dumps.iter().map(|dump| files.identity(Path::new(dump.name())));
            let identities = worlds.chain(others).chain(dumps).collect();
            shared.get(identities, || build(files, read))?
        } else {
            Arc::new(build(files, read)?)
        };
        Ok((world, tests))
    }
}

fn build(files: &dyn Files, read: ReadFiles) -> Result<World> {
    let mut world = WorldBuilder::new();
    add(files, &mut world, read).map_err(|findings| world.named(findings))?;
    world.build()
}

/// Adds what files and other sources define.
fn add(files: &dyn Files, world: &mut WorldBuilder, read: ReadFiles) -> Result<()> {
    let ReadFiles { worlds: mut read, mut dumps, mut others } = read;
    for name in read.iter().map(|file| &*file.source.name).chain(dumps.iter().map(AccountDump::name)) {
        world.file(name);
    }
    for file in &read {
        for source in sources(files, file, file.sections()?.sources)? {
            match source {
                Named::Dump(dump) => {
                    world.file(dump.name());
                    dumps.push(dump);
                }
                Named::Other(other) => others.push(other),
            }
        }
    }
    // Files without an account or a partition of their own take those of the file that comes last and has one, and
    // without any that of the last account dump.
    let account = read.iter().rev().find_map(|file| file.account);
    let dumped = || dumps.iter().rev().find_map(|dump| dump.account().id());
    if let Some(account) = account.or_else(dumped) {
        world.set_account(account);
    }
    let partition = read.iter().rev().find_map(|file| file.partition.clone());
    for file in &mut read {
        file.account = file.account.or(world.account());
        file.partition = file.partition.take().or_else(|| partition.clone());
    }
    for dump in dumps {
        dump.account().add_to(world, dump.place())?;
    }
    if !others.is_empty() {
        for other in &others {
            world.file(files.name(&other.path));
        }
        files.formats().together(others)?.add_to(files, world)?;
        // What the world says stands above what a template leaves open.
        if let Some(account) = read.iter().rev().find_map(|file| file.account) {
            world.set_account(account);
        }
        for file in &mut read {
            file.account = file.account.or(world.account());
        }
    }
    let all: Vec<(&WorldFile, Sections<'_>)> =
        read.iter().map(|file| Ok((file, file.sections()?))).collect::<Result<_>>()?;
    let loader = &mut Loader { files, world, attached: BTreeMap::new() };
    each(loader, Kind::Policy, &all, |of| of.policies, loader::policy)?;
    each(loader, Kind::Group, &all, |of| of.groups, loader::group)?;
    for (file, sections) in &all {
        organization::organization(loader, file, sections.organization)?;
    }
    each(loader, Kind::Account, &all, |of| of.accounts, organization::account)?;
    each(loader, Kind::Principal, &all, |of| of.principals, principal::principal)?;
    each(loader, Kind::Resource, &all, |of| of.resources, resource::resource)?;
    each(loader, Kind::Context, &all, |of| of.contexts, context::context)?;
    each(loader, Kind::Endpoint, &all, |of| of.endpoints, endpoint::endpoint)?;
    for (file, sections) in &all {
        defaults::defaults(loader, file, sections.defaults)?;
    }
    Ok(())
}

/// Gathers the definitions of one kind and reads each; everything that is wrong in them is told.
fn each<'t>(
    loader: &mut Loader<'_>,
    kind: Kind,
    files: &[(&'t WorldFile, Sections<'t>)],
    section: impl Fn(&Sections<'t>) -> Option<&'t Node<'static>>,
    read: impl Fn(&mut Loader<'_>, Definition<'t>) -> Result<()>,
) -> Result<()> {
    let mut definitions = Definitions::new(kind, loader.world.places(kind));
    for (file, sections) in files {
        definitions.add(file, section(sections))?;
    }
    let definitions = definitions.into_list().into_iter();
    let wrong: Vec<Finding> = definitions.filter_map(|definition| read(loader, definition).err()).flatten().collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// What a world file names under `sources`.
enum Named {
    Dump(AccountDump),
    Other(NamedSource),
}

/// The sources that a file names. They come before the definitions of all files, which may override theirs.
fn sources(files: &dyn Files, file: &WorldFile, node: Option<&Node<'static>>) -> Result<Vec<Named>> {
    let formats = files.formats();
    let kinds: Vec<&'static str> = ["account"].into_iter().chain(formats.kinds().iter().copied()).collect();
    let source = |source: &Node<'static>| {
        let members = source.members().unwrap_or_default();
        let kind_of = |member: &Member<'_>| kinds.iter().copied().find(|kind| *kind == member.key);
        let Some((member, kind)) = members.iter().find_map(|member| Some((member, kind_of(member)?))) else {
            let Some(first) = members.first() else {
                let error = invalid(source.span, "a source must be `KIND: FILE`")
                    .with_help("such as `- account: authorization-details.json`");
                return Err(file.error(error));
            };
            let near = did_you_mean(&first.key, kinds.iter().copied());
            let error = invalid(first.key_span, format!("`{}` is not a kind of source", first.key))
                .with_help(near.unwrap_or_else(|| format!("the kinds are {}", quoted_list(&kinds))));
            return Err(file.error(error));
        };
        let settings = if kind == "account" { &[] } else { formats.settings(kind) };
        let others = members.iter().filter(|other| other.key_span != member.key_span);
        for other in others.clone() {
            if !settings.contains(&&*other.key) {
                let near = did_you_mean(&other.key, settings.iter().copied());
                let error = invalid(other.key_span, format!("`{}` is not a setting of `{kind}`", other.key));
                let known = || (!settings.is_empty()).then(|| format!("the settings are {}", quoted_list(settings)));
                return Err(file.error(error.with_any_help(near.or_else(known))));
            }
        }
        let span = member.value.span;
        let path = text(&member.value, &format!("`{kind}`")).map_err(|error| file.error(error))?;
        let path = file.path(files, path);
        if kind != "account" {
            let (source, folder) = (file.source.clone(), file.folder.clone());
            return Ok(Named::Other(NamedSource {
                settings: others.cloned().collect(),
                named_in: Some(NamedIn { source, folder, span }),
                ..NamedSource::new(kind, path)
            }));
        }
        let dump = AccountDump::read(files, &path, Place::of_source(&file.source, span));
        let dump = dump.map_err(|found| found.into_iter().flat_map(|one| file.named(one, span)).collect::<Vec<_>>())?;
        Ok(Named::Dump(dump))
    };
    items(node).map(source).collect()
}

fn quoted_list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
