//! Texts that are not known: what was given for them, or symbols.

use iameval::suggest;
use iameval::symbol::{Symbol, SymbolKind, Symbols, TooManySymbols};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Gives what is not known its name.
pub(super) struct Naming<'s> {
    pub(super) symbols: &'s mut Symbols,
    given: &'s BTreeMap<String, String>,
    /// What stands before addresses where several sources are read.
    prefix: String,
    /// The symbols of other sources.
    foreign: HashSet<Symbol>,
    /// Tells what is named by an expression from that of another version, in which it may come to something else.
    version: u64,
    families: HashMap<(String, String), u32>,
    first_family: u32,
    /// Addresses that values were asked for.
    asked: BTreeSet<String>,
    /// Whether there were more unknown things than symbols.
    pub(super) has_overflown: bool,
}

impl<'s> Naming<'s> {
    pub(super) fn new(symbols: &'s mut Symbols, given: &'s BTreeMap<String, String>, prefix: String) -> Self {
        let foreign = symbols.iter().collect();
        // Families of other sources begin with the number of symbols at their time as well, which is smaller.
        let first_family = u32::try_from(symbols.places()).unwrap_or(u32::MAX).wrapping_add(1 << 31);
        let version = u64::from(first_family);
        Self {
            symbols,
            given,
            prefix,
            foreign,
            version,
            families: HashMap::new(),
            first_family,
            asked: BTreeSet::new(),
            has_overflown: false,
        }
    }

    /// What was given for an address.
    pub(super) fn given(&mut self, address: &str) -> Option<String> {
        if self.given.is_empty() {
            return None;
        }
        let address = format!("{}{address}", self.prefix);
        let given = self.given.get(&address).cloned();
        self.asked.insert(address);
        given
    }

    /// The text of an address: what was given for it, or its symbol.
    pub(super) fn text(&mut self, address: &str, kind: SymbolKind) -> String {
        self.given(address).unwrap_or_else(|| self.symbol(address, kind).to_string())
    }

    /// The same for a name that no other resource of that type has in the same place.
    pub(super) fn unique(&mut self, address: &str, kind: SymbolKind, of: (&str, &str)) -> String {
        if let Some(given) = self.given(address) {
            return given;
        }
        let count = u32::try_from(self.families.len()).unwrap_or(u32::MAX);
        let first = self.first_family;
        let key = (of.0.to_owned(), of.1.to_owned());
        let family = *self.families.entry(key).or_insert_with(|| first.wrapping_add(count));
        let address = self.own(address);
        let defined = self.symbols.define_in_family(&address, kind, family);
        self.or_overflow(defined).to_string()
    }

    /// The symbol of an address.
    pub(super) fn symbol(&mut self, address: &str, kind: SymbolKind) -> Symbol {
        let is_same = matches!(kind, SymbolKind::Account | SymbolKind::Region) || means_one_thing(address);
        self.symbol_of(address, kind, is_same)
    }

    /// The symbol of a condition. One on variables of the root module alone means one thing.
    pub(super) fn condition(&mut self, name: &str, is_on_variables: bool) -> Symbol {
        let symbol = self.symbol_of(name, SymbolKind::Input, is_on_variables);
        let variable = name.strip_suffix(" is true").unwrap_or(name);
        self.symbols.describe(symbol, "a condition", &format!("--set '{variable}=true'"));
        symbol
    }

    fn symbol_of(&mut self, address: &str, kind: SymbolKind, means_one_thing: bool) -> Symbol {
        let meaning = if means_one_thing { 0 } else { self.version };
        let address = self.own(address);
        let defined = self.symbols.define_as(&address, kind, meaning);
        self.or_overflow(defined)
    }

    /// The symbol of an address, with what it is and how it is settled.
    pub(super) fn described(&mut self, address: &str, kind: SymbolKind, what: &str, settle: &str) -> Symbol {
        let symbol = self.symbol(address, kind);
        self.symbols.describe(symbol, what, settle);
        symbol
    }

    /// Where there are too many, loading fails, so it does not matter which is given.
    fn or_overflow(&mut self, defined: Result<Symbol, TooManySymbols>) -> Symbol {
        match (defined, self.symbols.iter().next()) {
            (Ok(symbol), _) => symbol,
            (Err(TooManySymbols { .. }), first) => {
                self.has_overflown = true;
                first.unwrap_or_else(|| unreachable!("there are symbols where there are too many"))
            }
        }
    }

    /// What is called the same in another source is something else.
    fn own(&self, address: &str) -> String {
        let mut address = Cow::Owned(format!("{}{address}", self.prefix));
        while self.symbols.find(&address).is_some_and(|symbol| self.foreign.contains(&symbol)) {
            address = Cow::Owned(format!("terraform/{address}"));
        }
        address.into_owned()
    }

    /// The addresses that values were given for without need, each with what may be meant.
    pub(super) fn not_asked(&self) -> Vec<(String, Option<String>)> {
        let names = || {
            let names = self.symbols.iter().map(|symbol| self.symbols.name(symbol));
            names.chain(self.asked.iter().map(String::as_str)).take(suggest::MOST_NAMES)
        };
        let open = self.given.keys().filter(|address| !self.asked.contains(*address));
        open.map(|address| (address.clone(), suggest::did_you_mean(address, names()))).collect()
    }
}

/// Whether an address says what it means in every version of a configuration: a variable, or an attribute of a managed
/// resource. What a data source finds depends on what it is asked for, and an expression on what is named in it.
fn means_one_thing(address: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | '[' | ']' | '"');
    // An output of a module could be called like another provider's resource.
    let is_first = |step: &str| step == "var" || ["aws_", "random_"].iter().any(|provider| step.starts_with(provider));
    let mut steps = address.split('.').peekable();
    while steps.peek() == Some(&"module") {
        steps.nth(1);
    }
    let first = steps.next().unwrap_or_default();
    address.chars().all(is_plain) && is_first(first) && steps.next().is_some()
}

#[test]
fn addresses_of_resources_and_variables_mean_one_thing() {
    for address in
        ["var.stage", "aws_s3_bucket.logs.arn", "module.app[\"a\"].aws_iam_role.r[0].name", "module.a.module.b.var.x"]
    {
        assert!(means_one_thing(address), "{address}");
    }
    for address in [
        "data.aws_iam_role.r.arn",
        "local.name",
        "module.a.out",
        "substr(var.x, 0, 3)",
        "aws_s3_bucket.a.arn == var.x",
        "var",
    ] {
        assert!(!means_one_thing(address), "{address}");
    }
}
