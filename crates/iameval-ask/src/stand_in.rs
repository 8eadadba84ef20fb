//! Policies that stand for those that are not given: they allow everything.

use crate::posed::Attachment;
use iameval::PolicyKind;
use iameval_world::{LoadedPolicy, Source};
use std::sync::{Arc, LazyLock};

/// What such a policy is called.
const NAME: &str = "everything";

static OF_PRINCIPALS: LazyLock<Arc<LoadedPolicy>> =
    LazyLock::new(|| read(r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#));

static OF_RESOURCES: LazyLock<Arc<LoadedPolicy>> = LazyLock::new(|| {
    read(r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#)
});

fn read(text: &str) -> Arc<LoadedPolicy> {
    let policy = LoadedPolicy::from_source(NAME, &Source::new(NAME, text));
    Arc::new(policy.unwrap_or_else(|_| unreachable!("the text is a policy")))
}

/// The policy of a kind that allows everything.
pub(crate) fn everything(kind: PolicyKind) -> Arc<LoadedPolicy> {
    let names_principals = matches!(
        kind,
        PolicyKind::Resource | PolicyKind::RoleTrust | PolicyKind::ResourceControl | PolicyKind::Endpoint
    );
    if names_principals { OF_RESOURCES.clone() } else { OF_PRINCIPALS.clone() }
}

/// Whether a policy only stands for those that are not given.
pub(crate) fn is_stand_in(attachment: &Attachment) -> bool {
    attachment.policy.source.name == NAME && attachment.policy.file.is_none()
}
