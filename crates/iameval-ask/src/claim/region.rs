//! Resources that have in common which policies bind a request on them, and what the world says of it beside.
//!
//! A world's resource policies bind what is in or under one ARN, trust policies and tags what has one ARN exactly, and RCPs
//! what an account owns. Only those are told apart for which that makes a difference, so that a claim about everything is
//! proved in as few pieces as there are.

use super::glob::{beginning_with, fits};
use crate::asker::{Asker, Caller};
use iameval::{AccountId, Action, ContextKey};
use iameval_prove::Owners;
use iameval_world::{Finding, Situation, World};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// Resources with the situation that they have in common.
#[derive(Debug)]
pub(super) struct Region {
    /// Globs for the resources; none stand for every resource.
    pub(super) resources: Vec<String>,
    /// Globs for resources that are left out.
    pub(super) except: Vec<String>,
    /// Whose resources these are; anybody's where nothing is said.
    pub(super) owners: Option<Owners>,
    pub(super) actions: RegionActions,
    pub(super) situation: Situation,
}

/// The actions of a region. The trust policy of a role takes part in actions of STS alone (R-SVC-03).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RegionActions {
    All,
    OfSts,
    AllButSts,
}

impl RegionActions {
    /// An action of these; which one makes no difference to what the world says.
    fn sample(self) -> Action {
        let text = if self == Self::OfSts { "sts:x" } else { "x:x" };
        Action::literal(text).unwrap_or_else(|_| unreachable!("this is an action"))
    }
}

/// The resources of a scope.
pub(super) struct Within<'q> {
    /// Globs; none stand for every resource.
    pub(super) globs: &'q [String],
    /// Globs for what is left out.
    pub(super) except: &'q [String],
}

/// The regions of a scope.
pub(super) fn regions(
    asker: &Asker<'_>,
    caller: &Caller<'_>,
    within: &Within<'_>,
) -> Result<Vec<Region>, Vec<Finding>> {
    let arns = told_apart(asker, caller)?;
    let mut all = Vec::new();
    for actions in kinds_of_actions(asker, caller, &arns)? {
        let teller = Teller::new(asker, caller, actions)?;
        all.extend(teller.regions(&arns, within)?);
    }
    Ok(all)
}

/// The ARNs of what the world says something about that a policy may read.
fn told_apart(asker: &Asker<'_>, caller: &Caller<'_>) -> Result<BTreeSet<String>, Vec<Finding>> {
    let world = asker.world();
    let any = asker.situation(caller, &RegionActions::All.sample(), "*")?;
    let given: HashSet<ContextKey> = asker.policies(&any.policies)?.policies.context_keys().cloned().collect();
    let is_read = |tag: &str| {
        let key = ContextKey::new(&format!("aws:ResourceTag/{tag}"));
        given.contains(&key) || world.read_keys().contains(&key)
    };
    let resources = world.resources().values().map(|resource| resource.arn.to_string());
    let entities = world.principals().values();
    let entities = entities.filter(|known| known.trust().is_some() || known.tags().iter().any(|(tag, _)| is_read(tag)));
    let entities = entities.filter_map(|known| known.principal().principal_arn().map(str::to_owned));
    Ok(resources.chain(entities).collect())
}

/// Whether actions of STS are to be told from others.
fn kinds_of_actions(
    asker: &Asker<'_>,
    caller: &Caller<'_>,
    arns: &BTreeSet<String>,
) -> Result<Vec<RegionActions>, Vec<Finding>> {
    let (sts, others) = (RegionActions::OfSts.sample(), RegionActions::AllButSts.sample());
    for arn in arns.iter().filter(|arn| arn.split(':').nth(2) == Some("iam")) {
        let [with, without] = [asker.situation(caller, &sts, arn)?, asker.situation(caller, &others, arn)?];
        if !Arc::ptr_eq(&with.policies, &without.policies) {
            return Ok(vec![RegionActions::OfSts, RegionActions::AllButSts]);
        }
    }
    Ok(vec![RegionActions::All])
}

/// Tells resources apart.
struct Teller<'a> {
    asker: &'a Asker<'a>,
    caller: &'a Caller<'a>,
    actions: RegionActions,
    action: Action,
    /// The situation of everything of which nothing else is said, and of what the caller's account owns.
    others: Situation,
    /// Known accounts whose resources are in another situation, with that.
    accounts: Vec<(AccountId, Situation)>,
    /// Known accounts whose resources are not.
    plain: Vec<AccountId>,
    /// The situation of what unknown accounts own, where it is another.
    strangers: Option<Situation>,
}

impl<'a> Teller<'a> {
    fn new(asker: &'a Asker<'a>, caller: &'a Caller<'a>, actions: RegionActions) -> Result<Self, Vec<Finding>> {
        let action = actions.sample();
        let world = asker.world();
        let own = caller.principal.principal().account();
        let known: BTreeSet<AccountId> =
            world.member_accounts().keys().copied().chain(world.account()).chain(own).collect();
        let others = asker.situation(caller, &action, "*")?;
        let (accounts, plain) = (Vec::new(), Vec::new());
        let mut teller = Self { asker, caller, actions, action, others, accounts, plain, strangers: None };
        for account in &known {
            match teller.of_account(*account)? {
                Some(situation) => teller.accounts.push((*account, situation)),
                None => teller.plain.push(*account),
            }
        }
        teller.strangers = stranger(&known).map(|account| teller.of_account(account)).transpose()?.flatten();
        Ok(teller)
    }

    /// The situation of what an account owns, where it is another.
    fn of_account(&self, account: AccountId) -> Result<Option<Situation>, Vec<Finding>> {
        let situation = self.situation(&format!("arn:aws:x::{account}:x"))?;
        Ok((!self.is_same(&situation, &self.others)?).then_some(situation))
    }

    fn situation(&self, resource: &str) -> Result<Situation, Vec<Finding>> {
        self.asker.situation(self.caller, &self.action, resource)
    }

    /// Whether two situations bind requests in the same way.
    fn is_same(&self, one: &Situation, other: &Situation) -> Result<bool, Vec<Finding>> {
        let is_same = Arc::ptr_eq(&one.policies, &other.policies)
            && one.resource_account == other.resource_account
            && one.in_management_account == other.in_management_account;
        if !is_same {
            return Ok(false);
        }
        let read: HashSet<ContextKey> = self.asker.policies(&one.policies)?.policies.context_keys().cloned().collect();
        let said = |situation: &Situation| {
            let read = situation.context.iter().filter(|(key, _)| read.contains(*key));
            read.map(|(key, value)| (key.clone(), value.cloned())).collect::<Vec<_>>()
        };
        Ok(said(one) == said(other))
    }

    /// The situation that a resource is in when the world says nothing of it alone.
    fn of_its_account(&self, arn: &str) -> &Situation {
        let account: Option<AccountId> = arn.split(':').nth(4).and_then(|part| part.parse().ok());
        let Some(account) = account.filter(|account| !self.plain.contains(account)) else { return &self.others };
        let of_known = self.accounts.iter().find(|(known, _)| *known == account).map(|(_, situation)| situation);
        of_known.or(self.strangers.as_ref()).unwrap_or(&self.others)
    }

    fn regions(&self, arns: &BTreeSet<String>, within: &Within<'_>) -> Result<Vec<Region>, Vec<Finding>> {
        let (mut regions, mut apart) = (Vec::<Region>::new(), Vec::<&str>::new());
        let mut told: Vec<String> = within.except.to_vec();
        for arn in arns {
            let exactly = self.situation(arn)?;
            let below = if World::has_things_under(arn) { Some(self.situation(&format!("{arn}/*"))?) } else { None };
            let of_account = self.of_its_account(arn);
            let is_inside = apart.iter().any(|above| is_under(arn, above));
            let differs = |situation: &Situation| Ok::<_, Vec<Finding>>(!self.is_same(situation, of_account)?);
            if !is_inside && !differs(&exactly)? && !below.as_ref().map(differs).transpose()?.unwrap_or(false) {
                continue;
            }
            apart.push(arn);
            let is_meant = within.globs.is_empty() || within.globs.iter().any(|glob| fits(glob, arn));
            if is_meant && !within.except.iter().any(|glob| fits(glob, arn)) {
                self.add(&mut regions, vec![arn.clone()], Vec::new(), exactly)?;
            }
            told.push(arn.clone());
            let Some(below) = below else { continue };
            let prefix = format!("{arn}/");
            let globs: BTreeSet<String> = match within.globs {
                [] => BTreeSet::from([format!("{prefix}*")]),
                globs => globs.iter().flat_map(|glob| beginning_with(&prefix, glob)).collect(),
            };
            let inside = arns.iter().filter(|other| is_under(other, arn));
            let mut except: Vec<String> = inside.flat_map(|other| [other.clone(), format!("{other}/*")]).collect();
            except.extend(within.except.iter().flat_map(|glob| beginning_with(&prefix, glob)));
            if !globs.is_empty() {
                self.add(&mut regions, globs.into_iter().collect(), except, below)?;
            }
            told.push(format!("{prefix}*"));
        }
        self.add_accounts(&mut regions, within, &told);
        Ok(regions)
    }

    /// What nothing is said of alone, by the account that owns it.
    fn add_accounts(&self, regions: &mut Vec<Region>, within: &Within<'_>, told: &[String]) {
        // What is named and told apart is not asked twice.
        let is_told = |glob: &&String| !glob.contains(['*', '?']) && told.iter().any(|told| fits(told, glob));
        let globs: Vec<String> = within.globs.iter().filter(|glob| !is_told(glob)).cloned().collect();
        if globs.is_empty() && !within.globs.is_empty() {
            return;
        }
        let region = |owners, situation: &Situation| Region {
            resources: globs.clone(),
            except: told.to_vec(),
            owners,
            actions: self.actions,
            situation: situation.clone(),
        };
        let mut known: Vec<AccountId> = self.accounts.iter().map(|(account, _)| *account).collect();
        for (account, situation) in &self.accounts {
            regions.push(region(Some(Owners { accounts: vec![*account], ..Owners::default() }), situation));
        }
        let others = match &self.strangers {
            None if known.is_empty() => None,
            None => Some(Owners { all_but: Some(known), unnamed: true, ..Owners::default() }),
            Some(situation) => {
                known.extend(&self.plain);
                regions.push(region(Some(Owners { all_but: Some(known), ..Owners::default() }), situation));
                Some(Owners { accounts: self.plain.clone(), unnamed: true, all_but: None })
            }
        };
        regions.push(region(others, &self.others));
    }

    /// Adds resources, to those of a region that is in the same situation where there is one.
    fn add(
        &self,
        regions: &mut Vec<Region>,
        resources: Vec<String>,
        except: Vec<String>,
        situation: Situation,
    ) -> Result<(), Vec<Finding>> {
        for region in regions.iter_mut().filter(|region| region.except == except) {
            if self.is_same(&region.situation, &situation)? {
                region.resources.extend(resources);
                return Ok(());
            }
        }
        regions.push(Region { resources, except, owners: None, actions: self.actions, situation });
        Ok(())
    }
}

fn is_under(arn: &str, above: &str) -> bool {
    World::has_things_under(above) && arn.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}

/// An account other than these.
fn stranger(known: &BTreeSet<AccountId>) -> Option<AccountId> {
    let mut candidates = (0..=known.len()).filter_map(|number| format!("{number:012}").parse().ok());
    candidates.find(|account| !known.contains(account))
}
