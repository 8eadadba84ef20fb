//! `iameval.toml`: which world to take, and defaults. The crate's feature `config`.

use crate::codes;
use crate::files::Files;
use crate::finding::Finding;
use crate::model::context::Defaults;
use crate::source::Source;
use iameval::text::Span;
use iameval::{Context, ContextValue, Mfa, Problem};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The configuration, with the folder that its paths are relative to.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Config {
    /// The world files.
    pub worlds: Vec<PathBuf>,
    /// The folder of the file.
    pub folder: PathBuf,
    /// Patterns of test files, relative to that folder.
    pub tests: Vec<String>,
    /// The folder of newer reference files.
    pub data: Option<PathBuf>,
    /// What counts where nothing else is said.
    pub defaults: ConfigDefaults,
}

/// What counts where nothing else is said, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ConfigDefaults {
    /// Who asks.
    pub principal: Option<String>,
    /// The account of those who are in no world.
    pub account: Option<String>,
    /// The state of multi-factor authentication, or `all` of them.
    pub mfa: Option<Word>,
    /// Context keys.
    #[serde(default)]
    pub context: BTreeMap<String, ContextDefault>,
    /// Whether an answer that depends on a key that was not given is an error.
    pub strict_context: Option<bool>,
}

impl ConfigDefaults {
    /// The same as defaults of tests, which are about one state of multi-factor authentication each.
    ///
    /// # Errors
    /// An `mfa` that is not a state.
    pub fn of_tests(&self) -> Result<Defaults, Finding> {
        let mut context = Context::new();
        for (key, value) in &self.context {
            match value.to_context() {
                Some(value) => context.insert(key, value),
                None => context.insert_absent(key),
            }
        }
        let state = self.mfa.as_ref().map(Word::text);
        let mfa = state.map(|text| {
            text.parse::<Mfa>().map_err(|error| {
                let help = "a test covers several states with `mfa: [true, false, absent]`";
                let problem = Problem::new(iameval::codes::INVALID_FIELD, error.to_string()).with_help(help);
                Config::about("defaults.mfa", &text, problem)
            })
        });
        Ok(Defaults {
            principal: self.principal.clone(),
            resource: None,
            mfa: mfa.transpose()?,
            context,
            strict_context: self.strict_context,
            lenient: None,
        })
    }
}

/// A text, or `true` and `false` without quotes.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string, true or false")]
pub enum Word {
    /// Without quotes.
    Bool(bool),
    /// A text.
    Text(String),
}

impl Word {
    /// The text, with or without quotes.
    pub fn text(&self) -> String {
        match self {
            Word::Bool(value) => value.to_string(),
            Word::Text(text) => text.clone(),
        }
    }
}

/// A value of a context key; the text `absent` says that it is known to be absent.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string, a number, true, false, or a list of strings")]
pub enum ContextDefault {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Decimal(f64),
    /// A text.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}

impl ContextDefault {
    /// The value; `None` when the key is known to be absent.
    pub fn to_context(&self) -> Option<ContextValue> {
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
    defaults: ConfigDefaults,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a file or a list of files")]
enum OneOrMany {
    One(PathBuf),
    Many(Vec<PathBuf>),
}

const NAME: &str = "iameval.toml";

impl Config {
    /// The nearest configuration in a folder or above it, no further than the root of its repository; relative to that folder.
    pub fn nearest(here: &Path) -> Option<PathBuf> {
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

    /// Reads a configuration.
    ///
    /// # Errors
    /// A file that cannot be read, or is no configuration.
    pub fn read(path: &Path, files: &dyn Files) -> Result<Self, Finding> {
        let source = match files.read(path) {
            // An empty configuration configures nothing.
            Err(finding) if finding.diagnostic.code() == codes::EMPTY_INPUT => return Ok(Self::default()),
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

    /// What is wrong with the value of a setting, such as `defaults.mfa`.
    pub fn about(setting: &str, value: &str, problem: Problem) -> Finding {
        Finding::about_all(&Source::new(format!("{NAME}, {setting}"), value), problem)
    }
}
