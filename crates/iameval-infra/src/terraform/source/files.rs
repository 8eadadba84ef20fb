//! `file`, `templatefile` and their kin: files beside the source.

use super::evaluate::{Cause, Evaluated, Evaluator, Failed, Frame, Scope};
use super::syntax::{self, Expr, ExprKind};
use crate::codes;
use crate::literal;
use crate::terraform::redact;
use crate::value::{Entry, Value, ValueKind};
use iameval::text::Span;
use iameval_world::Source;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Evaluator<'_, '_> {
    /// `path.module` and `path.root`.
    pub(super) fn path_of(&self, scope: &Scope<'_>, name: &str) -> Option<String> {
        match name {
            "root" => Some(".".to_owned()),
            "module" => {
                let root = &self.loaded.folders.first()?.path;
                let own = &self.folder(scope.module).path;
                let within = own.strip_prefix(root).unwrap_or(own);
                Some(if within.as_os_str().is_empty() { ".".to_owned() } else { within.to_str()?.to_owned() })
            }
            _ => None,
        }
    }

    /// The text of a file, where a function may read it.
    pub(super) fn read_file(&mut self, scope: &Scope<'_>, name: &Value, span: Span) -> Result<Arc<Source>, Cause> {
        let name = name.as_text().ok_or(Failed)?;
        if self.naming.symbols.within(name).next().is_some() {
            return Err(Failed);
        }
        let path = self.target(name);
        let source = self.files.read(&path).map_err(|_| Failed)?;
        if !self.settings.reads_outside && !self.is_within(&path) {
            let message = format!("`{name}` is outside of the folders that are read");
            let help = "`--read-outside` lets functions read any file; or give the value with `--set`";
            return Err(self.wrong(scope.file, codes::INVALID_SOURCE, span, message, help));
        }
        if literal::holds_symbol(&source.text) {
            let message = format!("`{name}` holds a character of the last plane of Unicode, which is private");
            return Err(self.wrong(scope.file, codes::INVALID_SOURCE, span, message, "remove the character"));
        }
        self.grow(scope, span, source.text.len())?;
        Ok(source)
    }

    /// Whether there is a file; `None` where it may not be looked at.
    pub(super) fn is_file(&self, name: &Value) -> Option<bool> {
        let name = name.as_text().filter(|name| self.naming.symbols.within(name).next().is_none())?;
        let path = self.target(name);
        (self.settings.reads_outside || self.is_within(&path)).then(|| self.files.read(&path).is_ok())
    }

    /// Whether there certainly is no such file: its folder is read, and has none of that name.
    pub(super) fn is_certainly_no_file(&self, name: &Value) -> bool {
        let Some(text) = name.as_text().filter(|name| self.naming.symbols.within(name).next().is_none()) else {
            return false;
        };
        let path = self.target(text);
        let (Some(folder), Some(last)) = (path.parent(), path.file_name().and_then(|last| last.to_str())) else {
            return false;
        };
        let names = self.files.list(folder);
        let is_read = self.settings.reads_outside || self.is_within(folder);
        is_read && !names.is_empty() && names.iter().all(|known| !known.eq_ignore_ascii_case(last))
    }

    /// Tells that there is no file, where nothing is there in place of it.
    pub(super) fn no_file(&mut self, scope: &Scope<'_>, name: Option<&Value>, span: Span) -> Cause {
        if self.tries == 0 {
            let name = name.and_then(Value::as_text).unwrap_or_default();
            let help =
                "a path is relative to the folder in which Terraform runs; `${path.module}` is that of the module";
            self.undefined(scope, span, format!("there is no file `{name}`"), Some(help.to_owned()));
        }
        Cause::Missing
    }

    fn target(&self, name: &str) -> PathBuf {
        let root = self.loaded.folders.first().map_or(Path::new(""), |folder| &folder.path);
        root.join(name)
    }

    fn is_within(&self, path: &Path) -> bool {
        let identity = self.files.identity(path);
        self.loaded.identities.iter().any(|folder| identity.starts_with(folder))
    }

    /// `templatefile`: the text of a file with values in it.
    pub(super) fn template_file(
        &mut self,
        scope: &Scope<'_>,
        name: &Value,
        (values, written): (&Value, Option<&Expr>),
        span: Span,
    ) -> Evaluated {
        let source = self.read_file(scope, name, span)?;
        let ValueKind::Map(entries) = &values.kind else { return Err(Failed) };
        let expr = syntax::template(&source.text).map_err(|_| Failed)?;
        let is_set = |entry: &Entry| {
            let Some(ExprKind::Map(pairs)) = written.map(|written| &written.kind) else { return None };
            let is_key = |key: &Expr| matches!(&key.kind, ExprKind::Text(text) if text.text == entry.key.text);
            self.is_set(scope, &pairs.iter().rfind(|(key, _)| is_key(key))?.1)
        };
        let names: Vec<(&Entry, Option<bool>)> = entries.iter().map(|entry| (entry, is_set(entry))).collect();
        let file = self.sources.len();
        self.sources.push(redact::without(&source, redact::in_calls(&source.text)));
        let value = self.with_entries(scope, file, &names, &expr)?;
        Ok(value.placed(span))
    }

    /// The value of an expression in which the entries of an object are names.
    fn with_entries(
        &mut self,
        scope: &Scope<'_>,
        file: usize,
        entries: &[(&Entry, Option<bool>)],
        expr: &Expr,
    ) -> Evaluated {
        fn nest(
            this: &mut Evaluator<'_, '_>,
            scope: &Scope<'_>,
            entries: &[(&Entry, Option<bool>)],
            expr: &Expr,
        ) -> Evaluated {
            match entries.split_first() {
                None => this.evaluate(scope, expr),
                Some(((entry, is_set), rest)) => {
                    let frame = Frame {
                        name: &entry.key.text,
                        value: entry.value.clone(),
                        is_set: *is_set,
                        outer: scope.frame,
                    };
                    nest(this, &scope.with(&frame), rest, expr)
                }
            }
        }
        let inner = Scope { file, frame: None, each: None, ..*scope };
        nest(self, &inner, entries, expr)
    }
}
