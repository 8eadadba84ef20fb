//! Modules: one for each instance of a call.

use super::evaluate::{Each, Evaluated, Evaluator, Failed, Scope};
use super::expand::{Expansion, Keys};
use super::folder::Call;
use crate::value::{Value, ValueKind};
use iameval::symbol::Symbol;
use iameval::text::Span;
use std::rc::Rc;

/// A module that is there: the root, or what a call makes.
#[derive(Debug)]
pub(super) struct Module<'t> {
    /// Its address; empty for the root.
    pub(super) address: String,
    pub(super) folder: usize,
    /// The module around it.
    pub(super) outer: usize,
    pub(super) call: Option<&'t Call>,
    pub(super) each: Each,
    /// What decides whether there is one.
    pub(super) only_if: Option<Symbol>,
}

impl Module<'_> {
    pub(super) fn root() -> Self {
        Self { address: String::new(), folder: 0, outer: 0, call: None, each: Each::default(), only_if: None }
    }
}

impl<'t> Evaluator<'t, '_> {
    /// The modules that a call makes; none where its folder is not on the disk.
    pub(super) fn called(&mut self, module: usize, name: &str, depth: u32) -> Option<Rc<Expansion>> {
        let (name, call) = self.folder(module).calls.get_key_value(name)?;
        if let Some(known) = self.calls.get(&(module, &**name)) {
            return Some(known.clone());
        }
        let own_folder = self.modules.get(module).map_or(0, |module| module.folder);
        let Some(folder) = self.loaded.called.get(&(own_folder, name.clone())).copied() else {
            let message =
                format!("what module `{}{name}` makes is not known: its source is not here", self.prefix(module));
            let help = "`terraform init` puts it into `.terraform`; or make a plan, which has everything";
            self.not_read(call.file, call.head, message, help);
            return None;
        };
        let scope = Self::scope_of(module, call.file, depth);
        let keys = self.keys(&scope, &call.body, call.head).unwrap_or(Keys::Single);
        let around = self.prefix(module);
        let outer_only_if = self.modules.get(module).and_then(|module| module.only_if);
        let mut expansion = Expansion { keys: keys.form(), members: Vec::new() };
        for (key, each, only_if) in self.members(&scope, &keys, &format!("{around}module.{name}")) {
            let number = self.modules.len();
            self.modules.push(Module {
                address: format!("{around}module.{name}{key}"),
                folder,
                outer: module,
                call: Some(call),
                each,
                only_if: only_if.or(outer_only_if),
            });
            expansion.members.push((key, number));
        }
        let expansion = Rc::new(expansion);
        self.calls.insert((module, name), expansion.clone());
        Some(expansion)
    }

    /// Every module, with those in it.
    pub(super) fn all_modules(&mut self) {
        let mut next = 0;
        while next < self.modules.len() {
            let names: Vec<&'t String> = self.folder(next).calls.keys().collect();
            for name in names {
                self.called(next, name, 0);
            }
            next += 1;
        }
    }

    /// `module.NAME`, with its key and output.
    pub(super) fn of_module(
        &mut self,
        scope: &Scope<'_>,
        name: &str,
        key: Option<&Value>,
        output: Option<&str>,
        span: Span,
    ) -> Evaluated {
        if !self.folder(scope.module).calls.contains_key(name) {
            return Err(Failed);
        }
        let Some(expansion) = self.called(scope.module, name, scope.depth) else {
            // An output of a module that is not here.
            let Some(output) = output else { return Err(Failed) };
            let address = format!("{}module.{name}.{output}", self.prefix(scope.module));
            let text = self.naming.text(&address, iameval::symbol::SymbolKind::Input);
            return Ok(Value::text(span, text));
        };
        let number = self.member(&expansion, key)?;
        self.output(number, output.ok_or(Failed)?, scope, span)
    }

    /// The outputs of all modules of a call, as a list or an object of objects.
    pub(super) fn all_of_module(&mut self, scope: &Scope<'_>, name: &str, span: Span) -> Evaluated {
        let expansion = self.called(scope.module, name, scope.depth).ok_or(Failed)?;
        let mut members = Vec::new();
        for (key, number) in &expansion.members {
            let names: Vec<&'t String> = self.folder(*number).outputs.keys().collect();
            let mut entries = Vec::new();
            for name in names {
                let value = self.output(*number, name, scope, span)?;
                entries.push(crate::terraform::resources::entry(name, value));
            }
            members.push((key.clone(), Value { span, kind: ValueKind::Map(entries) }));
        }
        expansion.together(members, span).ok_or(Failed)
    }
}
