//! Claims about many principals: what is proved once for several of them is what is proved for each alone.

use crate::{Options, TestFile};
use iameval_ask::{Asker, ClaimQuestion, ClaimVerdict};
use iameval_data::Catalogue;
use iameval_prove::Prover;
use iameval_world::{Files, Finding, Source};
use std::path::Path;
use std::sync::Arc;

#[derive(Debug)]
struct OneFile;

impl Files for OneFile {
    fn read(&self, _: &Path) -> Result<Arc<Source>, Finding> {
        Ok(Source::new("many.iamtest.yaml", TEXT))
    }
}

/// Users who differ in name, in what names them, in tags that are read and in tags that are not.
const TEXT: &str = r#"
account: "123456789012"
policies:
  fence: {Version: "2012-10-17", Statement: [{Effect: Deny, NotAction: ["iam:ChangePassword"], Resource: "*", Condition: {BoolIfExists: {"aws:MultiFactorAuthPresent": "false"}}}]}
  self: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["iam:ChangePassword"], Resource: "arn:aws:iam::*:user/${aws:username}"}]}
  all: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: ["s3:*"], Resource: "*"}]}
  but-abba: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: ["s3:Delete*"], Resource: "*", Condition: {StringNotLike: {"aws:username": "ab*"}}}]}
  of-team: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: ["s3:Delete*"], Resource: "*", Condition: {StringNotEquals: {"aws:PrincipalTag/team": "a"}}}]}
  not-a: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: ["iam:ChangePassword"], Resource: "arn:aws:iam::*:user/a*"}]}
groups:
  first: [fence, self, all, but-abba]
  second: [fence, self, all, of-team]
  third: [fence, self, all, not-a]
principals:
  abba: {user: abba, groups: [first]}
  cher: {user: cher, groups: [first]}
  dido: {user: dido, groups: [first], tags: {shirt: red}}
  enya: {user: enya, groups: [second], tags: {team: a}}
  faith: {user: faith, groups: [second], tags: {team: b}}
  gaga: {user: gaga, groups: [second], tags: {team: a, shirt: red}}
  adele: {user: adele, groups: [third]}
  haim: {user: haim, groups: [third]}
  iggy: {user: iggy, groups: [third], policies: [{Statement: {Effect: Deny, Action: "s3:Put*", Resource: "*"}}]}
  jewel: {user: jewel, groups: [third]}
resources:
  data: {arn: "arn:aws:s3:::data", policy: {Version: "2012-10-17", Statement: [{Effect: Deny, Principal: {AWS: ["arn:aws:iam::123456789012:user/jewel"]}, Action: "s3:Put*", Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]}]}}
tests:
  - {name: fenced, principals: all, actions: ["s3:*", "ec2:*"], mfa: [false, absent], prove: deny}
  - {name: deletes nothing, principals: all, actions: ["s3:Delete*"], prove: deny}
  - {name: puts nothing, principals: all, actions: ["s3:PutObject"], resources: ["data/*"], prove: deny}
  - {name: changes no password, principals: all, actions: ["iam:ChangePassword"], prove: deny}
  - {name: changes their own password, principals: all, actions: ["iam:ChangePassword"], resources: [self], prove: allow}
"#;

#[test]
fn what_is_proved_for_several_is_what_is_proved_for_each() {
    let file = TestFile::load(&OneFile, "many.iamtest.yaml".as_ref(), &Options::default())
        .unwrap_or_else(|wrong| panic!("{wrong:#?}"));
    let run = file.run_all().unwrap();
    let asker = Asker::new(file.world(), Catalogue::embedded());
    let prover = Prover::new(Catalogue::embedded());
    let (mut passed, mut failed) = (0, 0);
    let failures: Vec<(usize, &str)> =
        run.failures().map(|(check, ..)| (check.case, file.principal_of(check))).collect();
    for check in file.checks() {
        let case = file.case_of(check).unwrap();
        let principal = file.principal_of(check);
        let question = ClaimQuestion { principal: Some(principal.to_owned()), ..case.claim().unwrap().clone() };
        let holds = matches!(asker.prove(&prover, &question).unwrap().verdict, ClaimVerdict::Holds(_));
        let is_passed = !failures.contains(&(check.case, principal));
        assert_eq!(is_passed, holds, "{}: {principal}", case.name);
        *if holds { &mut passed } else { &mut failed } += 1;
    }
    assert!(passed > 20 && failed > 10, "{passed} passed, {failed} failed");
}

#[test]
fn who_differs_in_name_only_has_one_number() {
    let file = TestFile::load(&OneFile, "many.iamtest.yaml".as_ref(), &Options::default()).unwrap();
    let principals = file.world().principals();
    let numbers = Asker::new(file.world(), Catalogue::embedded()).alike(principals.values());
    let mut groups: Vec<Vec<&str>> = vec![Vec::new(); principals.len()];
    for (name, number) in principals.keys().zip(numbers) {
        groups[number].push(name);
    }
    groups.retain(|group| !group.is_empty());
    assert_eq!(
        groups,
        [
            vec!["abba", "cher", "dido"],
            vec!["adele", "haim"],
            vec!["enya", "gaga"],
            vec!["faith"],
            vec!["iggy"],
            vec!["jewel"]
        ]
    );
}
