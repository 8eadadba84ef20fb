//! Sessions of roles that policies name: what is true of a role need not be true of these.

use iameval::{Arn, PolicyDocument, Principal, PrincipalClass, PrincipalForm, PrincipalList, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// What stands between account and name in the ARN of a session.
const OF_SESSIONS: &str = ":assumed-role/";

/// The sessions that principal elements name, by what the ARNs of all sessions of their role begin with.
#[derive(Debug, Default)]
pub(crate) struct NamedSessions<'d>(BTreeMap<&'d str, BTreeSet<&'d str>>);

impl<'d> NamedSessions<'d> {
    /// The sessions that these documents name.
    pub(crate) fn of(documents: impl IntoIterator<Item = &'d PolicyDocument>) -> Self {
        let mut named = Self::default();
        let elements = documents.into_iter().flat_map(PolicyDocument::statements).filter_map(Statement::principal);
        let texts = elements.flat_map(|element| match element.form() {
            PrincipalForm::Map(lists) => lists.iter().flat_map(PrincipalList::values).collect(),
            PrincipalForm::Everyone => Vec::new(),
        });
        for text in texts {
            if let Some(begin) = common_part(text) {
                named.0.entry(begin).or_default().insert(text);
            }
        }
        named
    }

    /// Of a role, the sessions that are named and one that is not; none where none is named, or for a principal that is not a
    /// role.
    pub(crate) fn of_role(&self, role: &Principal) -> BTreeSet<String> {
        let id = role.id().filter(|_| role.class() == Some(PrincipalClass::Role));
        let begin = id.and_then(|id| id.parse::<Arn>().ok()).map(|arn| {
            let name = arn.resource().rsplit('/').next().unwrap_or_default();
            format!("arn:{}:sts::{}{OF_SESSIONS}{name}/", arn.partition(), arn.account())
        });
        let named = begin.as_deref().and_then(|begin| self.0.get(begin));
        let (Some(begin), Some(named)) = (begin, named) else { return BTreeSet::new() };
        let mut others = (0..=named.len()).map(|number| format!("{begin}other{number}"));
        let other = others.find(|other| !named.contains(other.as_str()));
        named.iter().map(|session| (*session).to_owned()).chain(other).collect()
    }
}

/// What the ARN of a session has in common with that of every session of its role: everything up to its name.
fn common_part(session: &str) -> Option<&str> {
    let name = session.find(OF_SESSIONS)? + OF_SESSIONS.len();
    let end = session.get(name..)?.find('/')?;
    session.get(..=name + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_the_sessions_that_are_named_and_another() {
        let session = |name: &str| format!("arn:aws:sts::111122223333:assumed-role/{name}");
        let named = [session("deploy/alice"), session("deploy/other0"), session("deployer/bob"), "111122223333".into()];
        let text = format!(
            r#"{{"Statement": {{"Effect": "Allow", "Principal": {{"AWS": {named:?}}}, "Action": "s3:*", "Resource": "*"}}}}"#
        );
        let document: PolicyDocument = text.parse().unwrap();
        let sessions = NamedSessions::of([&document]);
        let of = |role: &str| sessions.of_role(&role.parse().unwrap()).into_iter().collect::<Vec<_>>();
        let all = ["deploy/alice", "deploy/other0", "deploy/other1"].map(session);
        assert_eq!(of("arn:aws:iam::111122223333:role/ci/deploy"), all);
        assert!(of("arn:aws:iam::111122223333:role/admin").is_empty());
        assert!(of("arn:aws:iam::999999999999:role/deploy").is_empty());
        assert!(of(&session("deploy/alice")).is_empty());
    }
}
