//! Services with their actions and resource types (*Service Authorization Reference*).
//!
//! One text holds it all: a line with its own measures, an index of services, an index of keys whose prefix is no
//! service's own, and a section a service, of four tables: actions, resource types, condition keys, and the sets of keys
//! that actions and resource types have in common.

mod section;

use crate::access_level::AccessLevel;
use crate::context_key::ContextKeyInfo;
use crate::global;
use crate::overlap::ArnPattern;
use crate::provider;
use crate::reference::{DataError, ServiceData};
use crate::table::{Line, Table, compare};
use crate::verb;
use iameval::{ActionPattern, ContextKey, ServiceRules, suggest};
use section::Section;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::sync::{Arc, LazyLock, OnceLock};

/// The services of AWS, as a certain day's reference has them.
///
/// ```
/// use iameval_data::Catalogue;
///
/// let catalogue = Catalogue::embedded();
/// let names: Vec<String> = catalogue.matching("iam:*Password").map(|action| action.to_string()).collect();
/// assert_eq!(names, ["iam:ChangePassword"]);
/// assert!(catalogue.action("iam:ChangePasswrod").is_none());
/// assert_eq!(catalogue.suggest_action("iam:ChangePasswrod").as_deref(), Some("iam:ChangePassword"));
/// ```
#[derive(Debug)]
pub struct Catalogue {
    text: Cow<'static, str>,
    // INVARIANT: where in `text` the index of services, the index of keys and the sections begin.
    places: [usize; 3],
    rules: Arc<ServiceRules>,
    /// The prefixes of services by what the ARNs of their resources call the service, once somebody has asked.
    by_arn: OnceLock<BTreeMap<Box<str>, BTreeSet<Box<str>>>>,
    /// The keys whose prefixes have a part that everyone fills in, with their types, once somebody has asked.
    keys_of_templates: OnceLock<Vec<(Box<str>, Box<str>)>>,
}

/// One service.
#[derive(Debug, Clone, Copy)]
pub struct Service<'c> {
    line: Line<'c>,
    actions: Table<'c>,
    resource_types: Table<'c>,
    condition_keys: Table<'c>,
    key_sets: Table<'c>,
}

/// One action of a service.
#[derive(Debug, Clone, Copy)]
pub struct ActionInfo<'c> {
    service: Service<'c>,
    line: Line<'c>,
}

/// A kind of resource that a service has.
#[derive(Debug, Clone, Copy)]
pub struct ResourceType<'c> {
    service: Service<'c>,
    line: Line<'c>,
}

/// A resource type that an action takes.
#[derive(Debug, Clone, Copy)]
pub struct TakenResource<'c> {
    /// The type.
    pub resource_type: ResourceType<'c>,
    /// Whether every call of the action is about a resource of this type.
    pub required: bool,
}

static EMBEDDED: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::from_text(Cow::Borrowed(include_str!("../data/catalogue.txt"))));

/// What stands after the name of a resource type that an action always takes, or that it may take.
const REQUIRED: &str = "*";
const UNSURE: &str = "?";

/// The first line of a catalogue: this word, the lengths of the two indexes, and where the data is from.
const HEADER: &str = "iameval-catalogue-1";

impl Catalogue {
    /// The one inside the program.
    pub fn embedded() -> &'static Catalogue {
        &EMBEDDED
    }

    fn from_text(text: Cow<'static, str>) -> Self {
        let header = text.lines().next().map_or(0, |line| line.len() + 1);
        let line = Line::of(text.lines().next().unwrap_or_default());
        let length = |field| line.field(field).parse::<usize>().unwrap_or(0);
        let keys = header + length(1);
        let places = [header, keys, keys + length(2)];
        Self {
            text,
            places,
            rules: ServiceRules::embedded().clone(),
            by_arn: OnceLock::new(),
            keys_of_templates: OnceLock::new(),
        }
    }

    /// The rules of single services: those that the core holds, unless others were given.
    pub fn service_rules(&self) -> &Arc<ServiceRules> {
        &self.rules
    }

    /// The same catalogue with other rules of single services.
    #[must_use]
    pub fn with_service_rules(mut self, rules: Arc<ServiceRules>) -> Self {
        self.rules = rules;
        self
    }

    /// A catalogue of these services, in order of their prefixes; `source` says where they are from.
    ///
    /// # Errors
    /// When a name holds what parts names here: a tab, a comma or a line break.
    pub fn new(source: &str, services: &[ServiceData]) -> Result<Self, DataError> {
        let sections = services.iter().map(Section::new).collect::<Result<Vec<_>, _>>()?;
        Ok(Self::from_sections(source, sections))
    }

    /// The same catalogue with these services in place of, or beside, its own of the same prefix.
    ///
    /// # Errors
    /// As for [`Catalogue::new`].
    pub fn with_services(&self, services: &[ServiceData]) -> Result<Self, DataError> {
        let mut sections: Vec<Section> = services.iter().map(Section::new).collect::<Result<_, _>>()?;
        let replaced = |prefix: &str| services.iter().any(|service| service.prefix.eq_ignore_ascii_case(prefix));
        sections.extend(self.services().filter(|service| !replaced(service.prefix())).map(Section::of));
        Ok(Self::from_sections(self.source(), sections).with_service_rules(self.rules.clone()))
    }

    fn from_sections(source: &str, mut sections: Vec<Section>) -> Self {
        sections.sort_by(|left, right| compare(&left.prefix, &right.prefix));
        let (mut index, mut text) = (String::new(), String::new());
        let mut foreign: Vec<(&str, &str)> = Vec::new();
        for section in &sections {
            let _ = write!(index, "{}\t{}\t{}", section.prefix, section.title, text.len());
            for table in &section.tables {
                let _ = write!(index, "\t{}", table.len());
                text.push_str(table);
            }
            index.push('\n');
            let keys = Table(&section.tables[2]).lines();
            let prefixes = keys.filter_map(|line| Some(line.key().rsplit_once(':')?.0));
            let others = prefixes.filter(|prefix| *prefix != "aws" && !prefix.eq_ignore_ascii_case(&section.prefix));
            foreign.extend(others.map(|prefix| (prefix, &*section.prefix)));
        }
        foreign.sort_by(|left, right| compare(left.0, right.0).then_with(|| left.1.cmp(right.1)));
        foreign.dedup();
        let mut prefixes = String::new();
        for same in foreign.chunk_by(|left, right| compare(left.0, right.0).is_eq()) {
            let services: Vec<&str> = same.iter().map(|(_, service)| *service).collect();
            let _ = writeln!(prefixes, "{}\t{}", same.first().map_or("", |(prefix, _)| prefix), services.join(","));
        }
        let header = format!("{HEADER}\t{}\t{}\t{source}\n", index.len(), prefixes.len());
        Self::from_text(Cow::Owned(header + &index + &prefixes + &text))
    }

    /// The whole catalogue as text, which is what the program holds.
    pub fn as_text(&self) -> &str {
        &self.text
    }

    /// Where the data is from.
    pub fn source(&self) -> &str {
        Line::of(self.text.lines().next().unwrap_or_default()).field(3)
    }

    fn index(&self) -> Table<'_> {
        Table(self.text.get(self.places[0]..self.places[1]).unwrap_or_default())
    }

    /// Prefixes of keys that are no service's own, with the services that have such keys.
    fn foreign_prefixes(&self) -> Table<'_> {
        Table(self.text.get(self.places[1]..self.places[2]).unwrap_or_default())
    }

    /// Every service, in order of prefixes.
    pub fn services(&self) -> impl Iterator<Item = Service<'_>> {
        self.index().lines().map(|line| self.section(line))
    }

    /// The prefix of every service, in order.
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = &str> {
        self.index().lines().map(Line::key)
    }

    /// The prefixes of the services with resources whose ARNs name this service: its own, and others that act on them.
    ///
    /// ```
    /// use iameval_data::Catalogue;
    ///
    /// let mut services = Catalogue::embedded().services_of_arn("iam");
    /// assert!(services.any(|prefix| prefix == "sts"));
    /// ```
    pub fn services_of_arn(&self, service: &str) -> impl Iterator<Item = &str> {
        let by_arn = self.by_arn.get_or_init(|| {
            let mut by_arn: BTreeMap<Box<str>, BTreeSet<Box<str>>> = BTreeMap::new();
            for service in self.services() {
                let forms = service.resource_types().flat_map(ResourceType::arns);
                let named = forms.filter_map(|form| form.split(':').nth(2));
                for name in named.chain([service.prefix()]) {
                    by_arn.entry(name.into()).or_default().insert(service.prefix().into());
                }
            }
            by_arn
        });
        by_arn.get(service).into_iter().flatten().map(|prefix| &**prefix)
    }

    /// How many services there are.
    pub fn service_count(&self) -> usize {
        self.index().len()
    }

    /// The service of that prefix, such as `s3`, in any letter case.
    pub fn service(&self, prefix: &str) -> Option<Service<'_>> {
        self.index().find(prefix).map(|line| self.section(line))
    }

    fn section<'c>(&'c self, line: Line<'c>) -> Service<'c> {
        let mut numbers = line.fields().skip(2).map(|field| field.parse::<usize>().unwrap_or(0));
        let mut number = || numbers.next().unwrap_or(0);
        let mut start = self.places[2] + number();
        let mut table = || {
            let end = start + number();
            let text = self.text.get(start..end).unwrap_or_default();
            start = end;
            Table(text)
        };
        let [actions, resource_types, condition_keys, key_sets] = [table(), table(), table(), table()];
        Service { line, actions, resource_types, condition_keys, key_sets }
    }

    /// The action of that name, such as `s3:GetObject`, in any letter case.
    pub fn action(&self, name: &str) -> Option<ActionInfo<'_>> {
        let (prefix, name) = name.split_once(':')?;
        self.service(prefix)?.action(name)
    }

    /// The actions of these names, as [`Catalogue::action`] finds them. Many names are found quickly that come in order.
    ///
    /// ```
    /// use iameval_data::Catalogue;
    ///
    /// let names = ["s3:GetObject", "s3:GetObjekt", "s3:PutObject"];
    /// let found: Vec<bool> = Catalogue::embedded().actions_named(names).map(|action| action.is_some()).collect();
    /// assert_eq!(found, [true, false, true]);
    /// ```
    pub fn actions_named<'n>(
        &self,
        names: impl IntoIterator<Item = &'n str>,
    ) -> impl Iterator<Item = Option<ActionInfo<'_>>> {
        // The service of the last action, and those of its actions that come behind that one.
        let mut last: Option<(&str, Service<'_>, Table<'_>)> = None;
        names.into_iter().map(move |text| {
            let (prefix, name) = text.split_once(':')?;
            let same = last.filter(|(own, ..)| own.eq_ignore_ascii_case(prefix));
            let (own, service, rest) = match same {
                Some(same) => same,
                None => self.service(prefix).map(|service| (service.prefix(), service, service.actions))?,
            };
            let found = rest.next(name).or_else(|| service.actions.next(name));
            last = Some((own, service, found.map_or(service.actions, |(_, behind)| behind)));
            found.map(|(line, _)| ActionInfo { service, line })
        })
    }

    /// Every action that a policy's pattern covers, in order (R-ACT-02).
    pub fn matching(&self, pattern: &str) -> impl Iterator<Item = ActionInfo<'_>> {
        let compiled = ActionPattern::new(pattern);
        let exact = compiled.is_exact().then(|| self.action(pattern));
        let searched = if exact.is_some() { None } else { Some(compiled) };
        let services: Vec<Service<'_>> = match &searched {
            None => Vec::new(),
            Some(pattern) if pattern.is_never() => Vec::new(),
            Some(pattern) => match pattern.service() {
                Some(prefix) => self.service(prefix).into_iter().collect(),
                None => self.services().collect(),
            },
        };
        let mut name = String::new();
        let fitting = services.into_iter().flat_map(Service::actions).filter(move |action| {
            name.clear();
            name.push_str(action.name());
            name.make_ascii_lowercase();
            searched.as_ref().is_some_and(|pattern| pattern.matches_lowercase(action.service().prefix(), &name))
        });
        exact.flatten().into_iter().chain(fitting)
    }

    /// The action that a wrong name most likely means: its service's one that is a letter
    /// away, that has another verb for the same, or that is nearest.
    pub fn suggest_action(&self, name: &str) -> Option<String> {
        let (prefix, action) = name.split_once(':')?;
        let prefix = match self.service(prefix) {
            Some(service) => service.prefix(),
            None => self.suggest_service(prefix)?,
        };
        let service = self.service(prefix)?;
        if let Some(found) = service.action(action) {
            return Some(found.to_string());
        }
        let near = suggest::nearest_with_slips(action, service.actions().map(ActionInfo::name));
        let one_slip = near.filter(|(_, slips)| *slips <= 1).map(|(name, _)| name);
        let meant = one_slip
            .or_else(|| verb::with_verbs_alike(action).find_map(|name| service.action(&name)).map(ActionInfo::name))
            .or(near.map(|(name, _)| name))?;
        Some(format!("{prefix}:{meant}"))
    }

    /// The service that a mistyped prefix most likely means.
    pub fn suggest_service(&self, prefix: &str) -> Option<&str> {
        suggest::nearest(prefix, self.prefixes())
    }

    /// What is known of a context key, in any letter case; the part that a key names itself, such as a tag, may be
    /// anything. Global keys come first, then those of services.
    pub fn context_key(&self, key: &str) -> Option<ContextKeyInfo<'_>> {
        global::find(key).or_else(|| provider::find(key)).or_else(|| self.service_key(key))
    }

    /// Whether a service declares the key as multivalued (R-CTX-02), for
    /// [`Context::declare_multivalued`](iameval::Context::declare_multivalued).
    pub fn is_multivalued(&self, key: &ContextKey) -> bool {
        // The global ones are the core's.
        !key.is_global() && self.context_key(key.as_str()).is_some_and(ContextKeyInfo::is_multivalued)
    }

    fn service_key(&self, key: &str) -> Option<ContextKeyInfo<'_>> {
        // The name of a provider may hold colons of its own, and so may the key.
        let prefixes = key.match_indices(':').filter_map(|(at, _)| key.get(..at));
        for prefix in prefixes {
            let own = self.service(prefix);
            let others = self.foreign_prefixes().find(prefix);
            let others = others.into_iter().flat_map(|line| line.items(1)).filter_map(|prefix| self.service(prefix));
            if let Some(found) = own.into_iter().chain(others).find_map(|service| service.condition_key(key)) {
                return Some(found);
            }
        }
        // Prefixes with a part that everyone fills in himself, such as `token.actions.${Domain}.ghe.com`.
        let (name, written) =
            self.keys_of_templates().iter().find(|(template, _)| crate::context_key::fits(template, key))?;
        Some(ContextKeyInfo::of_service(name, written))
    }

    /// The keys whose prefixes have such a part, each with its type. No other key of their services is of such a prefix.
    fn keys_of_templates(&self) -> &[(Box<str>, Box<str>)] {
        self.keys_of_templates.get_or_init(|| {
            let prefixes: BTreeSet<&str> = self.foreign_prefixes().templates().flat_map(|line| line.items(1)).collect();
            let services = prefixes.into_iter().filter_map(|prefix| self.service(prefix));
            let keys = services.flat_map(|service| service.condition_keys.templates());
            let is_of_template =
                |line: &Line<'_>| line.key().rsplit_once(':').is_some_and(|(prefix, _)| prefix.contains('$'));
            keys.filter(is_of_template).map(|line| (line.key().into(), line.field(1).into())).collect()
        })
    }

    /// The context key that a mistyped one most likely means, among the global ones and those of its service.
    pub fn suggest_context_key(&self, key: &str) -> Option<String> {
        let service = key.split_once(':').and_then(|(prefix, _)| self.service(prefix));
        let own = service.into_iter().flat_map(|service| service.condition_keys().map(ContextKeyInfo::name));
        let global = global::names().map(|name| -> &str { name });
        suggest::nearest(key, own.chain(global)).map(str::to_owned)
    }
}

impl<'c> Service<'c> {
    /// The prefix of its actions in lower case, such as `iam`.
    pub fn prefix(self) -> &'c str {
        self.line.key()
    }

    /// Its name, such as `AWS Identity and Access Management (IAM)`.
    pub fn title(self) -> &'c str {
        self.line.field(1)
    }

    /// Its actions in order.
    pub fn actions(self) -> impl Iterator<Item = ActionInfo<'c>> {
        self.actions.lines().map(move |line| ActionInfo { service: self, line })
    }

    /// The action of that name, without the prefix, in any letter case.
    pub fn action(self, name: &str) -> Option<ActionInfo<'c>> {
        self.actions.find(name).map(|line| ActionInfo { service: self, line })
    }

    /// Its resource types in order.
    pub fn resource_types(self) -> impl Iterator<Item = ResourceType<'c>> {
        self.resource_types.lines().map(move |line| ResourceType { service: self, line })
    }

    /// Its condition keys in order, the global ones that it supports among them.
    pub fn condition_keys(self) -> impl Iterator<Item = ContextKeyInfo<'c>> {
        self.condition_keys.lines().map(|line| ContextKeyInfo::of_service(line.key(), line.field(1)))
    }

    /// Every condition key that it lists for itself, for an action or for a resource type. A key may come more than once.
    pub(crate) fn listed_keys(self) -> impl Iterator<Item = &'c str> {
        let own = self.condition_keys.lines().map(Line::key);
        let of_actions = self.key_sets.lines().flat_map(|line| line.items(0));
        own.chain(of_actions).chain(self.resource_types().flat_map(ResourceType::condition_keys))
    }

    /// The condition key of that name, in any letter case.
    pub fn condition_key(self, key: &str) -> Option<ContextKeyInfo<'c>> {
        let exact = self.condition_keys.find(key);
        let line = exact.or_else(|| {
            // No other line fits a key that it is not.
            self.condition_keys.templates().find(|line| crate::context_key::fits(line.key(), key))
        });
        line.map(|line| ContextKeyInfo::of_service(line.key(), line.field(1)))
    }

    fn resource_type(self, name: &str) -> Option<ResourceType<'c>> {
        self.resource_types.find(name).map(|line| ResourceType { service: self, line })
    }

    /// Whether it declares a condition key that none of its actions lists, so that no one knows which of them have it.
    pub fn lists_nowhere(self, key: &str) -> bool {
        self.condition_key(key).is_some() && !self.actions().any(|action| action.supports(key))
    }

    /// The keys of a set, by its number.
    fn key_set(self, number: &str) -> impl Iterator<Item = &'c str> + use<'c> {
        let line = number.parse().ok().and_then(|number| self.key_sets.nth(number));
        line.into_iter().flat_map(|line| line.items(0))
    }
}

impl<'c> ActionInfo<'c> {
    /// The service.
    pub fn service(self) -> Service<'c> {
        self.service
    }

    /// The name without the service prefix, such as `GetObject`.
    pub fn name(self) -> &'c str {
        self.line.key()
    }

    /// What it does.
    pub fn access_level(self) -> AccessLevel {
        AccessLevel::from_letter(self.line.field(1))
    }

    /// The resource types it takes; none for an action that is evaluated on `*` (R-RES-05).
    pub fn resource_types(self) -> impl Iterator<Item = TakenResource<'c>> {
        self.line.items(2).filter(|item| !item.ends_with(UNSURE)).filter_map(move |item| {
            let name = item.strip_suffix(REQUIRED);
            let resource_type = self.service.resource_type(name.unwrap_or(item))?;
            Some(TakenResource { resource_type, required: name.is_some() })
        })
    }

    /// Resource types that it may take beside those: sources differ.
    fn unsure_types(self) -> impl Iterator<Item = ResourceType<'c>> {
        let names = self.line.items(2).filter_map(|item| item.strip_suffix(UNSURE));
        names.filter_map(move |name| self.service.resource_type(name))
    }

    /// The forms of ARN that it may be evaluated on, those included that the reference does not list or that sources differ
    /// about; none for an action that is evaluated on `*`.
    pub fn arns(self) -> impl Iterator<Item = &'c str> {
        let sure = self.resource_types().map(|taken| taken.resource_type);
        let further = crate::forms::further(self.service().prefix(), self.name());
        sure.chain(self.unsure_types()).flat_map(ResourceType::arns).chain(further)
    }

    /// The condition keys it supports beside the global ones that every request has: its own, and those of the
    /// resource types it takes. A key may come more than once.
    pub fn condition_keys(self) -> impl Iterator<Item = &'c str> {
        let own = self.service.key_set(self.line.field(3));
        own.chain(self.resource_types().flat_map(|taken| taken.resource_type.condition_keys()))
    }

    /// Whether it supports a condition key, in any letter case, the global ones that every request has left aside.
    pub fn supports(self, key: &str) -> bool {
        self.condition_keys().any(|template| crate::context_key::fits(template, key))
    }

    /// Actions that the caller needs as well for the call to succeed.
    pub fn dependent_actions(self) -> impl Iterator<Item = &'c str> {
        self.line.items(4)
    }
}

impl fmt::Display for ActionInfo<'_> {
    /// With the service prefix: `s3:GetObject`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service.prefix(), self.name())
    }
}

impl<'c> ResourceType<'c> {
    /// Its name, such as `bucket`.
    pub fn name(self) -> &'c str {
        self.line.key()
    }

    /// The forms of its ARN, with `${…}` for the parts that differ.
    pub fn arns(self) -> impl Iterator<Item = &'c str> {
        self.line.field(1).split(' ').filter(|arn| !arn.is_empty())
    }

    /// The condition keys that it brings with it.
    pub fn condition_keys(self) -> impl Iterator<Item = &'c str> {
        self.service.key_set(self.line.field(2))
    }
}

impl ActionInfo<'_> {
    /// Whether the action is ever evaluated on a resource that fits `pattern`, a resource as a policy names it, or an ARN: one of
    /// the types it takes has an ARN that does, or it takes none and the pattern covers `*`. See [`ArnPattern`].
    ///
    /// ```
    /// use iameval_data::Catalogue;
    ///
    /// let get = Catalogue::embedded().action("s3:GetObject").unwrap();
    /// assert!(get.takes("arn:aws:s3:::reports/q3.csv"));
    /// assert!(!get.takes("arn:aws:s3:::reports"));
    /// ```
    pub fn takes(self, pattern: &str) -> bool {
        let mut forms = self.arns().peekable();
        if forms.peek().is_none() {
            return crate::overlap::covers_any(pattern);
        }
        let pattern = ArnPattern::new(pattern);
        forms.any(|form| pattern.overlaps(&ArnPattern::of_form(form)))
    }
}
