//! `iameval.toml`: which world to take, and defaults.

use crate::args::Arguments;
use crate::exit::Outcome;
use crate::output::{Output, shown};
use iameval::text::Span;
use iameval::{ContextValue, Problem};
use iameval_world::{Files, Finding};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The configuration, with the folder that its paths are relative to.
#[derive(Debug, Default)]
pub(crate) struct Config {
    pub(crate) worlds: Vec<PathBuf>,
    /// The folder of the file.
    pub(crate) folder: PathBuf,
    /// Patterns of test files, relative to that folder.
    pub(crate) tests: Vec<String>,
    /// The folder of newer reference files.
    pub(crate) data: Option<PathBuf>,
    pub(crate) defaults: Defaults,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Defaults {
    pub(crate) principal: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) mfa: Option<Word>,
    #[serde(default)]
    pub(crate) context: BTreeMap<String, ContextDefault>,
    pub(crate) strict_context: Option<bool>,
}

/// A text, or `true` and `false` without quotes.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string, true or false")]
pub(crate) enum Word {
    Bool(bool),
    Text(String),
}

impl Word {
    pub(crate) fn text(&self) -> String {
        match self {
            Word::Bool(value) => value.to_string(),
            Word::Text(text) => text.clone(),
        }
    }
}

/// A value of a context key; the text `absent` says that it is known to be absent.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string, a number, true, false, or a list of strings")]
pub(crate) enum ContextDefault {
    Bool(bool),
    Integer(i64),
    Decimal(f64),
    Text(String),
    List(Vec<String>),
}

impl ContextDefault {
    /// The value; `None` when the key is known to be absent.
    pub(crate) fn to_context(&self) -> Option<ContextValue> {
        Some(match self {
            ContextDefault::Text(text) if text == "absent" => return None,
            ContextDefault::Text(text) => text.as_str().into(),
            ContextDefault::Bool(value) => (*value).into(),
            ContextDefault::Integer(value) => value.to_string().into(),
            ContextDefault::Decimal(value) => value.to_string().into(),
            ContextDefault::List(values) => ContextValue::list(values.iter().map(String::as_str)),
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    world: Option<OneOrMany>,
    #[serde(default)]
    tests: Vec<String>,
    data: Option<PathBuf>,
    #[serde(default)]
    defaults: Defaults,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a file or a list of files")]
enum OneOrMany {
    One(PathBuf),
    Many(Vec<PathBuf>),
}

const NAME: &str = "iameval.toml";

impl Config {
    /// The configuration that the flags ask for: the file named, the nearest upward, or none.
    pub(crate) fn find(arguments: &Arguments, files: &dyn Files, output: &mut Output) -> Outcome<Self> {
        if arguments.no_config {
            return Ok(Self::default());
        }
        let path = match &arguments.config {
            Some(path) => Some(path.clone()),
            None => nearest(),
        };
        match path {
            Some(path) => {
                output.detail(&format!("configuration: {}", shown(&path)));
                Self::read(&path, files)
            }
            None => Ok(Self::default()),
        }
    }

    fn read(path: &Path, files: &dyn Files) -> Outcome<Self> {
        let source = match files.read(path) {
            // An empty configuration configures nothing.
            Err(finding) if finding.diagnostic.code() == iameval_world::codes::EMPTY_INPUT => {
                return Ok(Self::default());
            }
            read => read?,
        };
        let file: File = toml::from_str(&source.text).map_err(|error| {
            let problem = Problem::new(iameval::codes::INVALID_FIELD, error.message());
            match error.span() {
                Some(span) => Finding::new(&source, problem.at(Span::new(span.start, span.end))),
                None => Finding::about_file(&source.name, problem),
            }
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let worlds = match file.world {
            None => Vec::new(),
            Some(OneOrMany::One(path)) => vec![path],
            Some(OneOrMany::Many(paths)) => paths,
        };
        Ok(Self {
            worlds: worlds.iter().map(|path| folder.join(path)).collect(),
            folder: folder.into(),
            tests: file.tests,
            data: file.data.map(|path| folder.join(path)),
            defaults: file.defaults,
        })
    }
}

/// The nearest configuration upward, no further than the root of the repository. As short a path as the user would
/// write.
fn nearest() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut relative = PathBuf::new();
    for folder in here.ancestors() {
        if folder.join(NAME).is_file() {
            return Some(relative.join(NAME));
        }
        if folder.join(".git").exists() {
            return None;
        }
        relative.push("..");
    }
    None
}
