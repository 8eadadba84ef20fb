//! Where the values of variables come from: `self:`, `file(…)`, `opt:` and the others.

use super::parts::shifted;
use super::resolve::{Found, Hole, ReadFile, Resolver, Told};
use super::syntax::{Piece, Source, Variable};
use crate::cloudformation::template::{self, Notation};
use crate::cloudformation::tree::{Place, Tree};
use crate::codes;
use iameval::json::{Member, Node, Value};
use iameval::text::Span;
use iameval::{Diagnostic, suggest};
use iameval_world::without_dots;
use std::path::Path;
use std::rc::Rc;

/// The stage and the region that the framework takes where none is given.
const STAGE: &str = "dev";
const REGION: &str = "us-east-1";

/// What the framework asks for when it deploys, and whether that is a text.
const ASKED_FOR: [(&str, bool); 8] = [
    ("cf", true),
    ("ssm", true),
    ("s3", true),
    ("git", true),
    ("output", false),
    ("vault", false),
    ("terraform", false),
    ("doppler", true),
];

/// The sources that are looked up here.
const LOOKED_UP: [&str; 8] = ["self", "file", "opt", "env", "param", "sls", "aws", "strToBool"];

impl Resolver<'_> {
    /// What a source of a variable gives.
    pub(super) fn source(&mut self, source: &Source, span: Span) -> Result<Found, Told> {
        let place = Place(span);
        let (written, kind, parameters, address) = match source {
            Source::Null => return Ok(Found::Missing),
            Source::Bool(value) => return Ok(Found::Value(place.truth(*value))),
            Source::Number(text) => {
                return Ok(Found::Value(Node { value: Value::Number(text.clone().into()), span }));
            }
            Source::Text(text) => return Ok(Found::Value(place.text(text.clone()))),
            Source::Of { written, kind, parameters, address } => (written, &**kind, parameters, address),
        };
        let address = match address {
            Some(pieces) => match self.plain(pieces, span)? {
                Some(address) => Some(address),
                None => return Ok(unknown(written.clone(), false, span)),
            },
            None => None,
        };
        // Two that differ only in what their variables come to are two.
        let name = match &address {
            Some(address) if parameters.is_empty() => format!("{kind}:{address}"),
            _ => written.clone(),
        };
        if let Some(given) = self.given(&name) {
            return Ok(Found::Value(place.text(given)));
        }
        match (kind, address) {
            ("self", Some(address)) => self.of_configuration(&address, span),
            ("self", None) => Ok(unknown(name, false, span)),
            ("file", address) => self.file(&name, parameters, address.as_deref(), span),
            ("opt", Some(address)) if address == "region" && self.setting.region.is_some() => self.region(span),
            ("env", _) if self.may_have_dotenv() => Ok(unknown(name, true, span)),
            ("opt" | "env", _) => Ok(not_given(name, span)),
            ("param", Some(address)) => self.parameter(&address, name, span),
            ("sls", Some(address)) if address == "stage" => self.stage(span),
            ("sls", _) => Ok(unknown(name, true, span)),
            ("aws", address) => self.of_aws(address.as_deref(), span),
            ("strToBool", _) => self.truth(name, parameters, span),
            _ => match ASKED_FOR.iter().find(|(known, _)| *known == kind) {
                Some((_, is_text)) => Ok(unknown(name, *is_text, span)),
                None => self.of_plugin(kind, name, span),
            },
        }
    }

    /// Whether a file `.env` beside the service may give variables of the environment. None is read: they hold secrets.
    fn may_have_dotenv(&self) -> bool {
        let is_false = |node: &Tree| matches!(node.value, Value::Bool(false));
        let may_be_used = match self.root.get("useDotenv") {
            Some(used) => !is_false(used),
            // The fourth version needs no word for it.
            None => self.root.get("frameworkVersion").and_then(Node::as_str).is_some_and(|text| text.contains('4')),
        };
        let folder = if self.folder.as_os_str().is_empty() { Path::new(".") } else { &self.folder };
        let is_one = |name: &String| name == ".env" || name.starts_with(".env.");
        may_be_used && self.files.list(folder).iter().any(is_one)
    }

    /// `self:`
    fn of_configuration(&mut self, address: &str, span: Span) -> Result<Found, Told> {
        let path: Vec<&str> = address.split('.').collect();
        match (self.configuration(&path, span)?, &*path) {
            (Found::Missing, ["provider", "stage"]) => self.stage(span),
            (Found::Missing, ["provider", "region"]) => self.region(span),
            (found, _) => Ok(found),
        }
    }

    /// The stage that is deployed.
    pub(super) fn stage(&mut self, span: Span) -> Result<Found, Told> {
        let given = self.given("opt:stage").or_else(|| self.given("sls:stage"));
        if let Some(given) = given {
            return Ok(Found::Value(Place(span).text(given)));
        }
        match self.configuration(&["provider", "stage"], span)? {
            Found::Missing => Ok(Found::Value(Place(span).text(STAGE))),
            found => Ok(found),
        }
    }

    /// The region that is deployed to.
    pub(super) fn region(&mut self, span: Span) -> Result<Found, Told> {
        let of_setting = self.setting.region.map(str::to_owned);
        let names = ["opt:region", "aws:region", "AWS::Region"];
        let given = of_setting.or_else(|| names.into_iter().find_map(|name| self.given(name)));
        if let Some(given) = given {
            return Ok(Found::Value(Place(span).text(given)));
        }
        match self.configuration(&["provider", "region"], span)? {
            Found::Missing => Ok(Found::Value(Place(span).text(REGION))),
            found => Ok(found),
        }
    }

    /// `param:`, which may be kept for a stage, or for all.
    fn parameter(&mut self, key: &str, name: String, span: Span) -> Result<Found, Told> {
        let stage = match self.stage(span)? {
            Found::Value(stage) => stage.as_str().map(str::to_owned),
            _ => None,
        };
        // Of a stage that is not known, what holds for all is not certain.
        let Some(stage) = stage else { return Ok(not_given(name, span)) };
        for stage in [&*stage, "default"] {
            for path in [&["stages", stage, "params", key][..], &["params", stage, key]] {
                match self.configuration(path, span)? {
                    Found::Missing => {}
                    found => return Ok(found),
                }
            }
        }
        Ok(not_given(name, span))
    }

    /// `aws:`
    fn of_aws(&mut self, address: Option<&str>, span: Span) -> Result<Found, Told> {
        let place = Place(span);
        match address {
            Some("accountId") => Ok(Found::Value(place.reference("AWS::AccountId"))),
            Some("partition") => Ok(Found::Value(place.reference("AWS::Partition"))),
            Some("region") => self.region(span),
            address => {
                let address = address.unwrap_or_default();
                let message = format!("the framework has no variable `aws:{address}`");
                let help = format!(
                    r"it has `aws:accountId`, `aws:region` and `aws:partition`; a policy variable is written `\${{aws:{address}}}`"
                );
                Err(self.wrong(Diagnostic::new(codes::UNDEFINED_REFERENCE, span, message).with_help(help)))
            }
        }
    }

    /// `strToBool(…)`
    fn truth(&mut self, name: String, parameters: &[Vec<Piece>], span: Span) -> Result<Found, Told> {
        let text = match parameters.first() {
            Some(pieces) => match self.plain(pieces, span)? {
                Some(text) => text,
                None => return Ok(unknown(name, true, span)),
            },
            None => String::new(),
        };
        match &*text.trim().to_ascii_lowercase() {
            "true" | "1" => Ok(Found::Value(Place(span).truth(true))),
            "false" | "0" => Ok(Found::Value(Place(span).truth(false))),
            _ => {
                let message = format!("`strToBool` takes `true`, `false`, `1` or `0`, and this is `{text}`");
                Err(self.wrong(Diagnostic::new(codes::INVALID_TEMPLATE, span, message)))
            }
        }
    }

    /// A source that the framework does not have. Plugins and resolvers may bring it.
    fn of_plugin(&mut self, kind: &str, name: String, span: Span) -> Result<Found, Told> {
        if ["plugins", "stages"].iter().any(|section| self.root.get(section).is_some()) {
            return Ok(unknown(name, false, span));
        }
        let known = ASKED_FOR.iter().map(|(kind, _)| *kind).chain(LOOKED_UP);
        let help = suggest::did_you_mean(kind, known).unwrap_or_else(|| {
            format!(r"a plugin may bring others, and there are no `plugins`; the text itself is written `\${{{name}}}`")
        });
        let message = format!("unknown source `{kind}` of a variable");
        Err(self.wrong(Diagnostic::new(codes::UNDEFINED_REFERENCE, span, message).with_help(help)))
    }

    /// `file(…)`: a file, or something in it.
    fn file(
        &mut self,
        name: &str,
        parameters: &[Vec<Piece>],
        address: Option<&str>,
        span: Span,
    ) -> Result<Found, Told> {
        let unknown = || unknown(name.to_owned(), false, span);
        let Some(pieces) = parameters.first() else {
            let diagnostic = Diagnostic::new(codes::INVALID_TEMPLATE, span, "`file` names no file");
            return Err(self.wrong(diagnostic.with_help("write `${file(./name.yml)}`")));
        };
        let Some(given) = self.plain(pieces, span)? else { return Ok(unknown()) };
        let path = without_dots(&self.folder.join(&given));
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if ["js", "cjs", "mjs", "ts"].contains(&ending) {
            return Ok(unknown());
        }
        let is_tree = ["yml", "yaml", "json", "tfstate"].contains(&ending);
        let Some(read) = self.read(&path, &given, is_tree, span)? else { return Ok(Found::Missing) };
        let (source, tree) = &*read;
        if !is_tree {
            return Ok(Found::Value(Place(span).text(source.text.clone())));
        }
        let parts = &mut self.parts;
        let start = *self.brought.entry((path, span)).or_insert_with(|| parts.add(source.clone(), span));
        self.grow(span)?;
        let opened = format!("file({given}):{}", address.unwrap_or_default());
        let keys: Vec<&str> = address.map(|address| address.split('.').collect()).unwrap_or_default();
        let found = inner(tree, &keys);
        let (node, rest) = (shifted(found.0, start), found.1);
        self.within(opened, span, |this| this.walk(&node, rest))
    }

    /// A file that was read, or is now; `None` where there is none.
    fn read(&mut self, path: &Path, given: &str, is_tree: bool, span: Span) -> Result<Option<ReadFile>, Told> {
        if let Some(known) = self.read.get(path) {
            return Ok(known.clone());
        }
        let folder = if self.folder.as_os_str().is_empty() { Path::new(".") } else { &self.folder };
        let is_inside = self.files.identity(path).starts_with(self.files.identity(folder));
        // The disk tells nothing of what is not there.
        let is_missing = || is_below(path, &without_dots(&self.folder)) && self.files.read(path).is_err();
        if !self.setting.reads_outside && !is_inside && !is_missing() {
            let message = format!("`{given}` is outside of the folder of the service");
            let help = "`--read-outside` lets variables read any file; or give the value with `--set`";
            return Err(self.wrong(Diagnostic::new(codes::INVALID_TEMPLATE, span, message).with_help(help)));
        }
        let read = match self.files.read(path) {
            Ok(source) => {
                let tree = if is_tree {
                    template::read(&source, Notation::Service)
                } else {
                    Ok(Node { value: Value::Null, span })
                };
                match tree {
                    Ok(tree) => Some(Rc::new((source, tree))),
                    Err(finding) => {
                        self.errors.push(finding);
                        return Err(Told);
                    }
                }
            }
            Err(_) => None,
        };
        self.read.insert(path.to_owned(), read.clone());
        Ok(read)
    }

    /// None of the sources of a variable has a value.
    pub(super) fn without_value(&mut self, variable: &Variable, span: Span) -> Told {
        let last = variable.sources.iter().rev().find_map(|source| match source {
            Source::Of { kind, parameters, address, .. } => Some((&**kind, parameters.clone(), address.clone())),
            _ => None,
        });
        let (kind, parameters, address) = last.unwrap_or_default();
        let address = address.map(|pieces| self.plain(&pieces, span)).transpose();
        let (Ok(address), written) = (address, &variable.written) else { return Told };
        let address = address.flatten().unwrap_or_default();
        let default = "or give it a default: `${…, 'default'}`";
        if kind == "file" {
            let path = parameters.first().map(|pieces| self.plain(pieces, span)).transpose().ok().flatten().flatten();
            let path = path.unwrap_or_default();
            let is_there = matches!(self.read.get(&without_dots(&self.folder.join(&path))), Some(Some(_)));
            let (message, help) = if is_there {
                (format!("there is no `{address}` in `{path}`, which `${{{written}}}` refers to"), default.to_owned())
            } else {
                let help =
                    format!("paths are relative to the folder of the service; `--set '{written}=VALUE'` gives a text");
                (format!("there is no file `{path}`, which `${{{written}}}` refers to"), help)
            };
            return self.wrong(Diagnostic::new(codes::UNDEFINED_REFERENCE, span, message).with_help(help));
        }
        let help = self.near(&address).unwrap_or_else(|| format!("define it, {default}"));
        let message = format!("there is nothing at `{address}`, which `${{{written}}}` refers to");
        self.wrong(Diagnostic::new(codes::UNDEFINED_REFERENCE, span, message).with_help(help))
    }

    /// What is probably meant by a path of the configuration.
    fn near(&self, address: &str) -> Option<String> {
        let (outer, last) = address.rsplit_once('.').unwrap_or(("", address));
        let mut node = &*self.root;
        for key in outer.split('.').filter(|key| !key.is_empty()) {
            node = node.get(key)?;
        }
        let names = node.members()?.iter().map(|member: &Member<'_>| &*member.key);
        suggest::did_you_mean(last, names)
    }
}

/// Whether a path is in a folder, by its letters.
fn is_below(path: &Path, folder: &Path) -> bool {
    path.strip_prefix(folder).is_ok_and(|rest| rest.is_relative() && !rest.starts_with(".."))
}

fn unknown(name: String, is_text: bool, span: Span) -> Found {
    Found::Unknown(Hole { name, span, is_text })
}

fn not_given(name: String, span: Span) -> Found {
    Found::NotGiven(Hole { name, span, is_text: true })
}

/// The innermost value on a path that stands in a tree as it is, and the rest of the path. Of a text the rest is in what its
/// variables give.
fn inner<'t, 'k>(tree: &'t Tree, path: &'k [&'k str]) -> (&'t Tree, &'k [&'k str]) {
    let (mut node, mut rest) = (tree, path);
    while let Some((key, inner)) = rest.split_first()
        && let Some(child) = node.get(key)
    {
        (node, rest) = (child, inner);
    }
    (node, rest)
}
