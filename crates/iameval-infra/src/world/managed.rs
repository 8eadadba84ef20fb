//! Managed policies: those of the templates, those of AWS, and those of which only the ARN is known.

use super::{Assembly, condition_of};
use crate::document::Draft;
use crate::document::choices::Part;
use crate::find;
use crate::index::{Item, Meant};
use crate::types::MANAGED_POLICY;
use iameval::symbol::{OnlyIf, Symbol};
use iameval::text::Span;
use iameval::{Arn, PolicyKind};
use iameval_data::ManagedPolicy;
use iameval_world::{LoadedPolicy, PolicyRef, find_managed};

/// What the ARN of a managed policy means.
enum Managed {
    OfTemplate(usize),
    OfAws(ManagedPolicy),
    /// It is not known what it says.
    Unknown,
}

impl Assembly<'_> {
    /// Makes a managed policy of a template one of the world, and gives it its name.
    pub(super) fn managed_policy(&mut self, number: usize, item: &Item<'_>) {
        let Some(policy) = self.of_template(number, Vec::new()) else { return };
        let named = self.world.name_policy(&item.name, policy, &item.place());
        self.noting_clash(named);
    }

    /// A policy as it is attached to someone, once for all to whom it is attached alike.
    pub(super) fn as_attached(
        &mut self,
        number: usize,
        item: &Item<'_>,
        name: &str,
        draft: &Draft,
        only_if: Vec<OnlyIf>,
    ) -> Option<PolicyRef> {
        let key = (number, only_if);
        if let Some(known) = self.managed.get(&key) {
            return Some(*known);
        }
        let mut draft = draft.clone();
        draft.only_if(&key.1);
        let policy = self.policy(item, name, draft)?;
        self.managed.insert(key, policy);
        Some(policy)
    }

    /// A managed policy of a template; as a boundary it is no other than as an identity policy.
    fn of_template(&mut self, number: usize, only_if: Vec<OnlyIf>) -> Option<PolicyRef> {
        let index = self.index;
        let item = index.get(number)?;
        if let Some(known) = self.managed.get(&(number, only_if.clone())) {
            return Some(*known);
        }
        let draft = self.template_draft(item, &only_if)?;
        let policy = self.policy(item, &item.name, draft)?;
        self.managed.insert((number, only_if), policy);
        Some(policy)
    }

    fn template_draft(&mut self, item: &Item<'_>, only_if: &[OnlyIf]) -> Option<Draft> {
        let found = find::policies(item.resource, self.symbols).into_iter().next()?;
        let read = self.reader(PolicyKind::Identity).read(found.value, &found.way);
        let mut draft = self.noting(item, read)?;
        draft.only_if(only_if);
        Some(draft)
    }

    /// The managed policies that a list of ARNs attaches.
    pub(super) fn managed_policies(&mut self, holder: &Item<'_>, path: &[&str]) -> Vec<PolicyRef> {
        let parts = holder.properties().at(path);
        parts.iter().filter_map(|part| self.managed_at(holder, part)).collect()
    }

    fn managed_at(&mut self, holder: &Item<'_>, part: &Part<'_>) -> Option<PolicyRef> {
        let text = part.text()?;
        let mut only_if = part.needs();
        match self.means(&text) {
            Managed::OfTemplate(number) => {
                let index = self.index;
                only_if.extend(index.get(number).and_then(|policy| condition_of(policy, holder)));
                self.of_template(number, only_if)
            }
            Managed::OfAws(managed) if only_if.is_empty() => self.of_aws(managed),
            Managed::OfAws(managed) => {
                let policy = self.of_aws(managed)?;
                self.again_only_if(policy, &only_if)
            }
            Managed::Unknown => {
                let draft = self.unknown_managed(holder, part, &text)?;
                self.policy(holder, &self.show(&text), draft)
            }
        }
    }

    fn of_aws(&mut self, managed: ManagedPolicy) -> Option<PolicyRef> {
        self.world.managed_policy(managed).map_err(|wrong| self.findings.extend(wrong)).ok()
    }

    /// A policy of the world once more, for one to whom it is attached only if something is so that is not known.
    pub(super) fn again_only_if(&mut self, policy: PolicyRef, only_if: &[OnlyIf]) -> Option<PolicyRef> {
        let known = self.world.loaded(policy)?.clone();
        let mut document = known.document().clone();
        for statement in 0..document.statements().len() {
            for only_if in only_if {
                document = document.with_statement_only_if(statement, *only_if);
            }
        }
        let again = LoadedPolicy::from_document(&known.name, &known.source, document);
        let again = match known.origin() {
            Some(origin) => again.with_origin(origin.clone()),
            None => again,
        };
        Some(self.world.policy(again))
    }

    /// The permissions boundary that a property names.
    pub(super) fn boundary(&mut self, holder: &Item<'_>, name: &str) -> Option<PolicyRef> {
        let property = holder.properties();
        let parts = property.at(&["PermissionsBoundary"]);
        let whole = super::principals::property(holder, "PermissionsBoundary");
        let may_be_absent = whole.as_ref().is_some_and(Part::may_be_absent);
        if let ([part], false) = (parts.as_slice(), may_be_absent)
            && part.only_if().is_empty()
        {
            match self.means(&part.text()?) {
                Managed::OfTemplate(number) => {
                    let index = self.index;
                    if index.get(number).and_then(|policy| condition_of(policy, holder)).is_none() {
                        return self.of_template(number, Vec::new());
                    }
                }
                Managed::OfAws(managed) => return self.of_aws(managed),
                Managed::Unknown => {}
            }
        }
        let mut all: Option<Draft> = None;
        for part in &parts {
            let draft = self.boundary_draft(holder, part)?;
            match &mut all {
                Some(all) => all.merge(draft),
                none => *none = Some(draft),
            }
        }
        let mut draft = all?;
        if may_be_absent {
            let symbols: Vec<Symbol> = parts.iter().flat_map(Part::only_if).collect();
            draft.may_be_absent(&symbols, false);
        }
        self.policy(holder, &format!("{name}/boundary"), draft)
    }

    /// One of the documents that a boundary may be, all of it at the place where it is named.
    fn boundary_draft(&mut self, holder: &Item<'_>, part: &Part<'_>) -> Option<Draft> {
        let text = part.text()?;
        let mut only_if = part.needs();
        let mut draft = match self.means(&text) {
            Managed::OfTemplate(number) => {
                let index = self.index;
                let item = index.get(number)?;
                only_if.extend(condition_of(item, holder));
                let draft = self.template_draft(item, &[])?;
                let same_text = std::sync::Arc::ptr_eq(item.source(), holder.source());
                if same_text { draft } else { draft.moved_to(part.value.span) }
            }
            Managed::OfAws(managed) => {
                let policy = LoadedPolicy::managed(managed).map_err(|wrong| self.findings.extend(wrong)).ok()?;
                Draft::from(policy.document()).moved_to(part.value.span)
            }
            Managed::Unknown => self.unknown_managed(holder, part, &text)?,
        };
        draft.only_if(&only_if);
        Some(draft)
    }

    /// Whatever a managed policy may say of which only the ARN is known.
    fn unknown_managed(&mut self, holder: &Item<'_>, part: &Part<'_>, text: &str) -> Option<Draft> {
        let span = part.value.span;
        let symbol = if let Some(symbol) = self.symbols.within(text).next() {
            symbol
        } else {
            self.warn_of_unknown(holder, span, text);
            self.unknown(holder, text)?
        };
        Some(self.reader(PolicyKind::Identity).unknown(symbol, span, &part.way))
    }

    fn warn_of_unknown(&mut self, holder: &Item<'_>, span: Span, text: &str) {
        let name = text.rsplit('/').next().unwrap_or(text);
        let of_aws = text.contains(":aws:policy/");
        let message = if of_aws {
            format!("the AWS managed policy `{name}` of `{}` is not known", holder.address)
        } else {
            let no_source = holder.stack.language.no_source();
            format!("{no_source} defines the managed policy `{text}` of `{}`", holder.address)
        };
        self.warn(holder, span, message, "it may allow and deny anything, so much depends on it");
    }

    fn means(&self, text: &str) -> Managed {
        // The policies of AWS are the same in every partition.
        let of_aws = text.parse::<Arn>().ok().filter(|arn| arn.account() == "aws");
        let name = match of_aws {
            Some(arn) => format!("arn:aws:{}::aws:{}", arn.service(), arn.resource()),
            None => {
                return match self.index.meant(text, &[MANAGED_POLICY], self.symbols) {
                    Meant::This(number) => Managed::OfTemplate(number),
                    _ => Managed::Unknown,
                };
            }
        };
        find_managed(&name).and_then(Result::ok).map_or(Managed::Unknown, Managed::OfAws)
    }
}
