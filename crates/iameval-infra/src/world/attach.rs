//! Which policies are attached to what.

use super::{Assembly, Contribution, condition_of, policy_name};
use crate::document::Draft;
use crate::document::choices::{Part, assuming};
use crate::find::{self, Found};
use crate::index::{Index, Item, Meant, outside_arn};
use crate::permission::{PERMISSIONS, plain, qualifiers};
use crate::types::{GROUP, Holder, MANAGED_POLICY, Named, NamedPrincipals, USER};
use iameval::PolicyKind;
use iameval::symbol::{OnlyIf, Symbol};

impl Assembly<'_> {
    /// Reads every policy of the templates, and attaches it.
    pub(super) fn policies(&mut self) {
        let index = self.index;
        for (number, item) in index.items.iter().enumerate() {
            for found in find::policies(item.resource, self.symbols) {
                if let Some(draft) = self.draft(item, &found) {
                    self.attach(number, item, &found, draft);
                }
            }
            self.permission(number, item);
        }
    }

    fn attach(&mut self, number: usize, item: &Item<'_>, found: &Found<'_>, draft: Draft) {
        let name = policy_name(item, found);
        match found.holder {
            // The trust policy is attached with the role.
            Holder::Principal if found.kind == PolicyKind::RoleTrust => {}
            Holder::Principal => {
                let policy = self.policy(item, &name, draft);
                self.attached.entry(number).or_default().extend(policy);
            }
            Holder::NamedPrincipals(named) => {
                let is_attached = self.named_principals(number, item, &name, &draft, named);
                if item.resource.kind == MANAGED_POLICY {
                    self.managed_policy(number, item);
                } else if !is_attached {
                    self.policy(item, &name, draft);
                }
            }
            Holder::Itself(_) => match self.other_region(item, found) {
                Some(arn) => {
                    let contribution = Contribution { draft, name, by: number };
                    self.outside.entry(arn).or_insert_with(|| (number, Vec::new())).1.push(contribution);
                }
                None => self.contribute(number, number, name, draft),
            },
            Holder::Named(named) => self.named(number, item, &name, &draft, &named),
            Holder::Each(resource_type) => {
                let holders = self.index.of_type(resource_type).iter().copied();
                let of_stack: Vec<usize> = holders.filter(|holder| self.is_beside(*holder, item)).collect();
                if of_stack.is_empty() {
                    self.policy(item, &name, draft.clone());
                }
                for holder in of_stack {
                    self.contribute(holder, number, name.clone(), draft.clone());
                }
            }
            // These are attached with what has them.
            Holder::Endpoint | Holder::PermissionSet => {}
            Holder::Organization => self.organization_policy(item, &name, found.kind, draft),
            Holder::Nothing(why) => {
                let message = format!("the policy `{name}` is attached to nothing in the world: {why}");
                self.warn(item, found.value.span, message, "");
                self.policy(item, &name, draft);
            }
        }
    }

    /// The ARN of a replica of a global table in a region other than that of the stack.
    fn other_region(&self, item: &Item<'_>, found: &Found<'_>) -> Option<String> {
        let region = &item.location().region;
        let is_replica = item.resource.kind == "AWS::DynamoDB::GlobalTable" && found.label != *region;
        let is_known = self.symbols.within(region).chain(self.symbols.within(&found.label)).next().is_none();
        let arn = item.arn.as_deref().filter(|_| is_replica && is_known)?;
        Some(arn.replacen(&format!(":{region}:"), &format!(":{}:", found.label), 1))
    }

    /// Whether a resource is of the same account and region as another one.
    fn is_beside(&self, number: usize, other: &Item<'_>) -> bool {
        self.index.get(number).is_some_and(|item| {
            let (own, other) = (item.location(), other.location());
            (&own.account, &own.region) == (&other.account, &other.region)
        })
    }

    fn contribute(&mut self, holder: usize, by: usize, name: String, mut draft: Draft) {
        let index = self.index;
        let same = index.of_same_arn(holder);
        if let (Some(policy), Some(item)) = (index.get(by), index.get(holder)) {
            match same.as_slice() {
                [_] => draft.only_if(condition_of(policy, item).as_slice()),
                // The ARN does not tell which of them is there.
                _ => draft.only_if(policy.resource.exists_only_if().as_slice()),
            }
        }
        let holder = same.first().copied().unwrap_or(holder);
        self.of_resources.entry(holder).or_default().push(Contribution { draft, name, by });
    }

    /// Attaches a policy to what a property names.
    fn named(&mut self, number: usize, item: &Item<'_>, name: &str, draft: &Draft, named: &Named) {
        for part in item.properties().at(named.by) {
            let Some(text) = part.text() else { continue };
            let mut draft = draft.clone();
            draft.only_if(&part.needs());
            let perhaps = match self.index.meant(&text, named.types, self.symbols) {
                Meant::This(holder) => {
                    self.contribute(holder, number, name.to_owned(), draft);
                    continue;
                }
                Meant::Perhaps(perhaps) => perhaps,
                Meant::Outside => Vec::new(),
            };
            for (holder, symbol) in perhaps {
                let mut draft = draft.clone();
                draft.only_if(&[symbol]);
                self.contribute(holder, number, name.to_owned(), draft);
            }
            let Some(arn) = outside_arn(named, item.location(), &text) else {
                let message = format!("`{}` is attached to nothing: `{}` is no ARN", item.address, self.show(&text));
                self.warn(item, part.value.span, message, "");
                self.policy(item, name, draft);
                continue;
            };
            draft.only_if(item.resource.exists_only_if().as_slice());
            let contribution = Contribution { draft, name: name.to_owned(), by: number };
            self.outside.entry(arn).or_insert_with(|| (number, Vec::new())).1.push(contribution);
        }
    }

    /// A resource that is one statement of another one's policy.
    fn permission(&mut self, number: usize, item: &Item<'_>) {
        let Some(permission) = PERMISSIONS.iter().find(|known| known.resource_type == item.resource.kind) else {
            return;
        };
        let named = &permission.of;
        let default = named.by == ["EventBusName"];
        let texts = || item.properties().at(named.by).into_iter().filter_map(|part| Some((part.text()?, part.needs())));
        let mut texts: Vec<(String, Vec<OnlyIf>)> = texts().collect();
        if texts.is_empty() && default {
            texts.push(("default".to_owned(), Vec::new()));
        }
        let texts = texts.into_iter().map(|(text, only_if)| (plain(text), only_if));
        for (text, only_if) in self.qualified(item, named, texts.collect()) {
            let meant = self.index.meant(&text, named.types, self.symbols);
            let (holders, is_outside) = match meant {
                Meant::This(holder) => (vec![(holder, None)], false),
                Meant::Perhaps(perhaps) => {
                    (perhaps.into_iter().map(|(holder, symbol)| (holder, Some(symbol))).collect(), true)
                }
                Meant::Outside => (Vec::new(), true),
            };
            for (holder, symbol) in holders {
                let arn = self.index.get(holder).and_then(|holder| holder.arn.clone());
                let Some(mut draft) = self.permission_draft(item, permission, arn.as_deref().unwrap_or("*")) else {
                    continue;
                };
                draft.only_if(&only_if);
                draft.only_if(symbol.as_slice());
                self.contribute(holder, number, item.name.clone(), draft);
            }
            let outside = if is_outside { outside_arn(named, item.location(), &text) } else { None };
            if let Some(arn) = outside
                && let Some(mut draft) = self.permission_draft(item, permission, &arn)
            {
                draft.only_if(&only_if);
                draft.only_if(item.resource.exists_only_if().as_slice());
                let contribution = Contribution { draft, name: item.name.clone(), by: number };
                self.outside.entry(arn).or_insert_with(|| (number, Vec::new())).1.push(contribution);
            }
        }
    }

    /// What functions and qualifiers are together: the ARNs of versions and aliases.
    fn qualified(
        &self,
        item: &Item<'_>,
        named: &Named,
        functions: Vec<(String, Vec<OnlyIf>)>,
    ) -> Vec<(String, Vec<OnlyIf>)> {
        let Some(value) = item.resource.properties.get("Qualifier") else { return functions };
        let part = Part::new(value, assuming(item.resource.only_if));
        let mut all = Vec::new();
        for (function, function_only_if) in functions {
            for (qualifier, only_if) in qualifiers(&part) {
                let needs = |symbol: Option<Symbol>| {
                    let both = function_only_if.iter().chain(&only_if).copied();
                    both.chain(symbol.map(OnlyIf::from)).collect::<Vec<_>>()
                };
                let Some(qualifier) = qualifier else {
                    all.push((function.clone(), needs(None)));
                    continue;
                };
                let arn_of = |holder: usize| self.index.get(holder)?.arn.clone();
                let mut arns = match self.index.meant(&function, &["AWS::Lambda::Function"], self.symbols) {
                    Meant::This(holder) => vec![(arn_of(holder), None)],
                    Meant::Perhaps(perhaps) => {
                        perhaps.into_iter().map(|(holder, symbol)| (arn_of(holder), Some(symbol))).collect()
                    }
                    Meant::Outside => Vec::new(),
                };
                if arns.iter().all(|(_, symbol)| symbol.is_some()) {
                    arns.push((outside_arn(named, item.location(), &function), None));
                }
                let arns = arns.into_iter().filter_map(|(arn, symbol)| Some((arn?, symbol)));
                all.extend(arns.map(|(arn, symbol)| (format!("{arn}:{qualifier}"), needs(symbol))));
            }
        }
        all
    }

    fn permission_draft(
        &mut self,
        item: &Item<'_>,
        permission: &crate::permission::Permission,
        arn: &str,
    ) -> Option<Draft> {
        let document = permission.document(item.resource, &[arn.to_owned()], self.symbols);
        let read = self.reader(PolicyKind::Resource).read(&document, &assuming(item.resource.only_if));
        self.noting(item, read)
    }

    /// Attaches a policy to the principals that its resource lists, and says whether it lists any.
    fn named_principals(
        &mut self,
        number: usize,
        item: &Item<'_>,
        name: &str,
        draft: &Draft,
        named: &[NamedPrincipals],
    ) -> bool {
        let mut is_attached = false;
        for named in named {
            for part in item.properties().at(named.by) {
                let Some(text) = part.text() else { continue };
                let holders = match self.index.meant(&text, &[named.resource_type], self.symbols) {
                    Meant::This(holder) => {
                        self.index.of_same_arn(holder).into_iter().map(|holder| (holder, None)).collect()
                    }
                    Meant::Perhaps(perhaps) => {
                        perhaps.into_iter().map(|(holder, symbol)| (holder, Some(symbol))).collect()
                    }
                    Meant::Outside => Vec::new(),
                };
                if holders.is_empty() {
                    let text = self.show(&text);
                    let no_source = item.stack.language.no_source();
                    let message = format!("`{}` is attached to `{text}`, which {no_source} defines", item.address);
                    self.warn(item, part.value.span, message, "nothing that the world has is affected by that");
                }
                for (holder, symbol) in holders {
                    let mut only_if = part.needs();
                    only_if.extend(symbol.map(OnlyIf::from));
                    let index = self.index;
                    only_if.extend(index.get(holder).and_then(|holder| condition_of(item, holder)));
                    let policy = self.as_attached(number, item, name, draft, only_if);
                    self.attached.entry(holder).or_default().extend(policy);
                    is_attached = true;
                }
            }
        }
        is_attached
    }

    /// Which users are in which groups.
    pub(super) fn memberships(&mut self) {
        let index = self.index;
        for (number, item) in index.items.iter().enumerate() {
            let pairs = match item.resource.kind.as_str() {
                USER => {
                    let groups = item.properties().at(&["Groups", "*"]);
                    let groups = groups.iter().flat_map(|part| self.all_meant(index, part, GROUP)).collect::<Vec<_>>();
                    groups.into_iter().map(|(group, only_if)| (number, group, only_if)).collect()
                }
                "AWS::IAM::UserToGroupAddition" => self.additions(index, item),
                _ => Vec::new(),
            };
            for (user, group, only_if) in pairs {
                self.memberships.entry(user).or_default().push((group, only_if));
            }
        }
    }

    fn additions(&self, index: &Index<'_>, item: &Item<'_>) -> Vec<(usize, usize, Vec<OnlyIf>)> {
        let groups = item.properties().at(&["GroupName"]);
        let users = item.properties().at(&["Users", "*"]);
        let groups: Vec<_> = groups.iter().flat_map(|part| self.all_meant(index, part, GROUP)).collect();
        let users: Vec<_> = users.iter().flat_map(|part| self.all_meant(index, part, USER)).collect();
        let mut pairs = Vec::new();
        for (group, of_group) in &groups {
            for (user, of_user) in &users {
                let mut only_if = of_group.clone();
                only_if.extend(of_user);
                only_if.extend(index.get(*user).and_then(|user| condition_of(item, user)));
                pairs.push((*user, *group, only_if));
            }
        }
        pairs
    }

    fn all_meant(&self, index: &Index<'_>, part: &Part<'_>, resource_type: &str) -> Vec<(usize, Vec<OnlyIf>)> {
        let only_if = part.needs();
        let with = |symbol: Option<Symbol>| only_if.iter().copied().chain(symbol.map(OnlyIf::from)).collect::<Vec<_>>();
        match part.text().map(|text| index.meant(&text, &[resource_type], self.symbols)) {
            Some(Meant::This(number)) => vec![(number, with(None))],
            Some(Meant::Perhaps(perhaps)) => {
                perhaps.into_iter().map(|(number, symbol)| (number, with(Some(symbol)))).collect()
            }
            Some(Meant::Outside) | None => Vec::new(),
        }
    }
}
