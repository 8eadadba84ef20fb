//! What AWS refuses, and what is probably a mistake.

use crate::finding::Finding;
use crate::json;
use crate::kind;
use crate::policy::Policy;
use iameval_data::Catalogue;
use iameval_lint::{check_text, guess_kind};
use iameval_report::Names;
use iameval_world::{Finding as WorldFinding, Source};
use pyo3::prelude::*;

/// What AWS refuses of a policy, and what is probably a mistake in it, in the order of the text. `type` says as what the policy is
/// attached, such as `identity` or `scp`; it is guessed otherwise.
///
/// The policy is a `Policy`, its JSON text, or a dict. A text that is not a policy has findings that say why.
///
/// >>> policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}}
/// >>> print(iameval.check(policy)[0].message)
/// `s3:GetObjekt` is not an action of Amazon S3
#[pyfunction]
#[pyo3(signature = (policy, /, *, r#type = None))]
pub(crate) fn check(
    py: Python<'_>,
    policy: &Bound<'_, PyAny>,
    r#type: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<Finding>> {
    let kind = r#type.map(kind::read).transpose()?;
    let catalogue = Catalogue::embedded();
    let (source, found) = if let Ok(policy) = policy.cast::<Policy>() {
        let loaded = policy.get().loaded.clone();
        let check = || {
            let kind = kind.unwrap_or_else(|| guess_kind(loaded.document(), &loaded.source.name).kind);
            iameval_lint::check(loaded.document(), kind, catalogue)
        };
        let found = py.detach(check);
        (loaded.source.clone(), found)
    } else {
        let source = Source::new("policy", json::text_of(policy, "policy")?);
        let (_, found) = py.detach(|| check_text(&source.text, &source.name, kind, catalogue));
        (source, found)
    };
    let findings: Vec<_> = found.into_iter().map(|found| WorldFinding::new(&source, found)).collect();
    Ok(Finding::all(&findings, &Names::default()))
}
