//! `prove`

use super::diff::defect;
use super::given::{self, AskedWorld, Values, each_key};
use super::refusal::{NAMES, refused, remarks};
use crate::answer::{Answer, Refused, STYLE};
use crate::arguments::Arguments;
use crate::workspace::Workspace;
use iameval::ContextKey;
use iameval::json::fields::invalid;
use iameval::text::Span;
use iameval_ask::{ClaimQuestion, KeyValues, Question, Unproved};
use iameval_prove::native::CatalogueFacts;
use iameval_prove::{ClaimError, Expectation, KeyScope, Prover};
use iameval_report::{Listing, claim_to_json, claim_to_text};

pub(crate) const ARGUMENTS: &[&str] = &[
    "actions",
    "boundary",
    "context",
    "endpoint",
    "except_actions",
    "except_resources",
    "expect",
    "mfa",
    "policies",
    "principal",
    "realistic",
    "resource_account",
    "resource_policy",
    "resources",
    "session_policies",
];

/// What may be claimed.
const CLAIMS: [(&str, Expectation); 4] = [
    ("allow", Expectation::Allow),
    ("deny", Expectation::Deny),
    ("implicit", Expectation::ImplicitDeny),
    ("explicit", Expectation::ExplicitDeny),
];

pub(crate) fn answer(arguments: &Arguments<'_>, workspace: &dyn Workspace) -> Result<Answer, Refused> {
    let claim = claim(arguments, workspace)?;
    let asked = AskedWorld::read(arguments, workspace)?;
    let catalogue = workspace.catalogue();
    let proved = asked.asker(workspace).prove(&Prover::new(catalogue), &claim).map_err(|unproved| match unproved {
        Unproved::Refused(wrong) => refused(wrong.problems),
        Unproved::Claim(error @ ClaimError::NotReplayed(_)) => defect(&error.to_string()),
        Unproved::Claim(error) => vec![NAMES.not_claimed(&error)],
        _ => defect("the claim has no verdict"),
    })?;
    let facts = CatalogueFacts::of(catalogue);
    let text = remarks(&proved.remarks) + &claim_to_text(&proved, &facts, Listing::Few, STYLE);
    Ok(Answer::new(text, &claim_to_json(&proved, &facts)).naming(&asked.world))
}

fn claim(arguments: &Arguments<'_>, workspace: &dyn Workspace) -> Result<ClaimQuestion, Refused> {
    let Question { principal, resources, resource_account, endpoint, mfa, .. } = given::question(arguments)?;
    Ok(ClaimQuestion {
        principal,
        actions: arguments.some_texts("actions")?,
        except_actions: arguments.texts("except_actions")?,
        resources,
        except_resources: arguments.texts("except_resources")?,
        resource_account,
        endpoint,
        mfa,
        keys: keys(arguments, workspace)?,
        realistic: arguments.flag("realistic")?,
        ..ClaimQuestion::new(expectation(arguments)?)
    })
}

fn expectation(arguments: &Arguments<'_>) -> Result<Expectation, Refused> {
    let said = arguments.required("expect")?;
    let found = CLAIMS.iter().find(|(word, _)| *word == said);
    found.map(|(_, expectation)| *expectation).ok_or_else(|| {
        let span = arguments.get("expect").map_or(Span::START, |node| node.span);
        let words = CLAIMS.map(|(word, _)| word).join(", ");
        arguments.wrong(invalid(span, format!("`{said}` cannot be claimed")).with_help(format!("there are {words}")))
    })
}

/// What is said of context keys; of several values of a key any is meant.
fn keys(arguments: &Arguments<'_>, workspace: &dyn Workspace) -> Result<Vec<KeyScope>, Refused> {
    let mut keys = Vec::new();
    each_key(arguments, |key, given| {
        let mut values = KeyValues::new();
        match given {
            None => values.is_absent(),
            Some(Values::One(value)) => values.is(value),
            Some(Values::Several(several)) if several.is_empty() => values.is_empty_list(),
            Some(Values::Several(several)) => several.into_iter().for_each(|value| values.is(value)),
        }
        keys.push(values.into_scope(ContextKey::new(key), workspace.catalogue()));
    })?;
    Ok(keys)
}
