use super::*;
use crate::Source;
use iameval::Severity;
use iameval::text::LineIndex;
use iameval::{PolicyKind, PrincipalClass, codes};

const AWS_CLI: &str = include_str!("../../../../fixtures/account/aws-cli-example.json");
const IAM_VULNERABLE: &str = include_str!("../../../../fixtures/account/iam-vulnerable.json");
const HANDMADE: &str = include_str!("../../../../fixtures/account/handmade.json");

fn load(text: &str) -> Result<Account, Vec<Finding>> {
    Account::load(text.as_bytes(), "dump.json", &mut |_| {})
}

/// `file:line:column: [CODE] message` of each finding.
fn complaints(text: &str) -> Vec<String> {
    let findings = load(text).unwrap_err();
    findings.iter().map(shown).collect()
}

fn shown(Finding { source, diagnostic, .. }: &Finding) -> String {
    let at = source.position(&LineIndex::new(&source.text), diagnostic.span().start);
    format!("{}:{}:{}: [{}] {}", source.name, at.line, at.column, diagnostic.code().id(), diagnostic.message())
}

#[track_caller]
fn complains(text: &str, expected: &[&str]) {
    assert_eq!(complaints(text), expected, "{text}");
}

fn names(policies: &[Arc<LoadedPolicy>]) -> Vec<&str> {
    policies.iter().map(|policy| policy.name.as_str()).collect()
}

/// Policies and how they reach the principal.
fn identity(principal: &AccountPrincipal) -> Vec<String> {
    let shown = principal.identity.iter().map(|attached| match &attached.via {
        Via::Attached(name) => format!("{} to {name}", attached.policy.name),
        Via::Group(name) => format!("{} via {name}", attached.policy.name),
        Via::Flag => String::new(),
    });
    shown.collect()
}

fn policy(arn: &str, versions: &str) -> String {
    format!(r#"{{"Policies": [{{"Arn": "{arn}", "PolicyVersionList": [{versions}]}}]}}"#)
}

const DOCUMENT: &str = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
const OWN: &str = "arn:aws:iam::123456789012:policy/own";

#[test]
fn the_handmade_dump() {
    let account = load(HANDMADE).unwrap();
    assert_eq!(account.id().unwrap().to_string(), "123456789012");
    let principals: Vec<String> = account.principals().map(|principal| principal.name).collect();
    assert_eq!(principals, ["alice", "bob", "user/deploy", "role/deploy", "web"]);
    let bob = account.principal("bob").unwrap();
    assert_eq!(
        identity(&bob),
        [
            "bob:own-keys to bob",
            "aws:IAMUserChangePassword to bob",
            "Developers:read-tickets via Developers",
            "Developers:no-prod via Developers",
            "developer via Developers",
            "aws:SecurityAudit via Auditors",
            "aws:ViewOnlyAccess via Auditors",
        ]
    );
    assert_eq!(bob.boundary.unwrap().policy.name, "developer-boundary");
    assert_eq!(bob.principal.id(), Some("arn:aws:iam::123456789012:user/staff/bob"));
    assert_eq!(bob.unique_id.as_deref(), Some("AIDAEXAMPLEBOB0000000"));
    assert_eq!(bob.tags, [("team".to_owned(), "shop".to_owned())]);
    let alice = account.principal("arn:aws:iam::123456789012:user/alice").unwrap();
    assert_eq!(alice.tags.last().unwrap(), &("on-call".to_owned(), String::new()));
    assert_eq!(alice.boundary.map(|boundary| boundary.policy.name.clone()), None);

    let web = account.principal("web").unwrap();
    assert_eq!(identity(&web), ["aws:AmazonSSMManagedInstanceCore to web", "read-config to web"]);
    assert_eq!(web.boundary.unwrap().policy.name, "aws:PowerUserAccess");
    let trust = web.trust.unwrap();
    assert_eq!(trust.name, "web:trust");
    trust.compile(PolicyKind::RoleTrust).unwrap();
    for attached in account.principals().flat_map(|principal| principal.identity) {
        attached.policy.compile(PolicyKind::Identity).unwrap();
    }
}

#[test]
fn a_user_and_a_role_of_one_name_are_both_within_reach() {
    let account = load(HANDMADE).unwrap();
    assert!(account.principal("deploy").is_none());
    let class = |name: &str| account.principal(name).and_then(|found| found.principal.class());
    assert_eq!(class("user/deploy"), Some(PrincipalClass::User));
    assert_eq!(class("role/deploy"), Some(PrincipalClass::Role));
    assert_eq!(class("arn:aws:iam::123456789012:role/deploy"), Some(PrincipalClass::Role));
    // The long names always work.
    assert_eq!(class("user/alice"), Some(PrincipalClass::User));
    assert_eq!(class("role/web"), Some(PrincipalClass::Role));
    assert_eq!((class("user/web"), class("role/alice"), class("nobody")), (None, None, None));
    assert_eq!(account.principal("user/alice").unwrap().name, "alice");
}

#[test]
fn default_versions_alone_are_kept_and_places_are_those_of_the_dump() {
    let account = load(HANDMADE).unwrap();
    assert_eq!(account.policies().len(), 5);
    let developer = &account.policies()[0].policy;
    let actions = developer.document().statements().len();
    assert_eq!((developer.name.as_str(), actions), ("developer", 3));
    assert_eq!(developer.source.name, "dump.json, Policies[0].PolicyVersionList[1].Document");
    let boundary = &account.policies()[1].policy;
    let statement = boundary.document().statements().first().unwrap();
    let at = boundary.source.position(&LineIndex::new(&boundary.source.text), statement.span().start);
    assert_eq!(boundary.source.name, "dump.json");
    let line = HANDMADE.lines().nth(at.line as usize - 1).unwrap();
    assert_eq!(line.get(at.column as usize - 1..), Some("{"), "{line}");
    assert!(HANDMADE.lines().nth(at.line as usize).unwrap().contains("\"Sid\": \"NoIam\""));
    // The dump's own version of a policy of AWS goes before that of the program.
    let change = &account.principal("bob").unwrap().identity[1].policy;
    assert!(!change.is_managed() && change.source.name == "dump.json", "{change:?}");
    assert!(change.is_of_aws() && !developer.is_of_aws(), "{change:?}");
}

#[test]
fn the_real_dumps() {
    let account = load(IAM_VULNERABLE).unwrap();
    let counts = [account.users().len(), account.roles().len(), account.groups().len(), account.policies().len()];
    assert_eq!(counts, [41, 45, 3, 45]);
    for principal in account.principals() {
        for attached in principal.identity {
            attached.policy.compile(PolicyKind::Identity).unwrap();
        }
        if let Some(trust) = principal.trust {
            trust.compile(PolicyKind::RoleTrust).unwrap();
        }
    }
    complains(AWS_CLI, &["dump.json:289:18: [IE0402] the account dump is incomplete: `IsTruncated` is true"]);
    let truncated = load(AWS_CLI).unwrap_err().remove(0);
    let help = truncated.diagnostic.help().unwrap();
    assert!(help.contains("without `--no-paginate` and `--max-items`"), "{help}");
    let account = load(&AWS_CLI.replace("\"IsTruncated\": true", "\"IsTruncated\": false")).unwrap();
    let alice = account.principal("Alice").unwrap();
    assert_eq!(identity(&alice), ["aws:AdministratorAccess via Admins"]);
    assert_eq!(names(&account.roles()[0].policies), ["aws:AmazonS3FullAccess", "aws:AmazonDynamoDBFullAccess"]);
}

#[test]
fn pages_that_were_cut_off_are_refused() {
    let token = r#"{"UserDetailList": [], "NextToken": "eyJNYXJrZXIi"}"#;
    complains(token, &["dump.json:1:37: [IE0402] the account dump is incomplete: it has a `NextToken`"]);
    // What is missing is on other pages, and of no interest.
    let user = r#"{"UserName": "a", "Arn": "arn:aws:iam::123456789012:user/a", "GroupList": ["g"]}"#;
    complains(
        &format!(r#"{{"UserDetailList": [{user}], "IsTruncated": true}}"#),
        &["dump.json:1:119: [IE0402] the account dump is incomplete: `IsTruncated` is true"],
    );
    let two = "{\"UserDetailList\": []}\n{\"UserDetailList\": []}";
    complains(two, &["dump.json:2:1: [IE0101] expected the end of the text, found `{`"]);
    assert!(load(two).unwrap_err().remove(0).diagnostic.help().unwrap().contains("several pages"));
}

#[test]
fn what_is_no_dump_is_refused() {
    complains("{}", &["dump.json:1:1: [IE0402] `dump.json` is not an account dump"]);
    complains(r#"{"Version": "2012-10-17"}"#, &["dump.json:1:1: [IE0402] `dump.json` is not an account dump"]);
    complains("[]", &["dump.json:1:1: [IE0101] expected `{`, found `[`"]);
    complains("", &["dump.json:1:1: [IE0101] expected `{`, found the end of the text"]);
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let finding = Account::load(&utf16[..], "dump.json", &mut |_| {}).unwrap_err().remove(0);
    assert_eq!(finding.diagnostic.help().unwrap(), "the file is UTF-16; save it as UTF-8");
    let latin = b"{\"UserDetailList\": [\n{\"UserName\": \"j\xf6rg\"}]}";
    let finding = Account::load(&latin[..], "dump.json", &mut |_| {}).unwrap_err().remove(0);
    assert_eq!(finding.diagnostic.message(), "`dump.json` is not UTF-8: found the byte 0xF6");
    assert_eq!(finding.source.start.line, 2);
}

#[test]
fn empty_lists_make_an_empty_account() {
    for text in [
        r#"{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [], "IsTruncated": false}"#,
        "\u{feff}{\"Policies\": []}",
        r#"{"UserDetailList": null}"#,
    ] {
        let account = load(text).unwrap();
        assert_eq!((account.id(), account.principals().count(), account.policies().len()), (None, 0, 0), "{text}");
    }
}

#[test]
fn members_that_are_not_known_are_passed_over() {
    let user =
        r#"{"UserName": "a", "Arn": "arn:aws:iam::123456789012:user/a", "New": [{"PolicyArn": 1}], "Tags": null}"#;
    let account = load(&format!(
        r#"{{"New": [{{}}, 1], "UserDetailList": [{user}], "ResponseMetadata": {{"RetryAttempts": 0}}, "Marker": null}}"#
    ));
    assert_eq!(account.unwrap().users().len(), 1);
}

#[test]
fn a_dump_that_breaks_off_is_refused_where_it_does() {
    for length in (0..HANDMADE.trim_end().len()).step_by(31) {
        let Some(text) = HANDMADE.get(..length) else { continue };
        let findings = load(text).unwrap_err();
        assert!(
            findings.iter().all(|finding| finding.diagnostic.code() == codes::JSON_SYNTAX),
            "{length}: {findings:#?}"
        );
    }
    let cut = HANDMADE.get(..5_000).unwrap();
    let finding = load(cut).unwrap_err().remove(0);
    assert_eq!(finding.diagnostic.help(), Some("the text ends too early; has it been cut off?"));
    let at = finding.source.position(&LineIndex::new(&finding.source.text), finding.diagnostic.span().start);
    assert_eq!(at.line as usize, cut.lines().count());
}

#[test]
fn wrong_types_are_pointed_at() {
    complains(
        "{\"UserDetailList\": [\n  {\"UserName\": 7, \"Arn\": \"x\"},\n  [],\n  {\"UserName\": \"a\"},\n  {\"Arn\": \"x\"}]}",
        &[
            "dump.json:2:16: [IE0402] `UserName` must be a string, found a number",
            "dump.json:3:3: [IE0402] `UserDetailList[1]` must be an object, found a list",
            "dump.json:4:3: [IE0402] `UserDetailList[2]` has no `Arn`",
            "dump.json:5:3: [IE0402] `UserDetailList[3]` has no `UserName`",
        ],
    );
    let user = |rest: &str| {
        let head = r#"{"UserDetailList": [{"UserName": "a", "Arn": "arn:aws:iam::123456789012:user/a", "#;
        let found = complaints(&format!("{head}\n{rest}}}]}}"));
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    };
    assert_eq!(user("\"Tags\": 1"), "dump.json:2:9: [IE0402] `Tags` must be a list, found a number");
    assert_eq!(
        user("\"Tags\": [{\"Key\": \"k\", \"Value\": 1}]"),
        "dump.json:2:32: [IE0402] `Value` must be a string, found a number"
    );
    assert_eq!(user("\"GroupList\": [{}]"), "dump.json:2:15: [IE0402] `GroupList` must be a string, found an object");
    assert_eq!(
        user("\"UserPolicyList\": [{\"PolicyName\": \"p\"}]"),
        "dump.json:2:20: [IE0402] `UserDetailList[0]` has no `PolicyDocument`"
    );
    assert_eq!(
        user("\"UserPolicyList\": [{\"PolicyName\": \"p\", \"PolicyDocument\": [1]}]"),
        "dump.json:2:58: [IE0201] `UserDetailList[0].UserPolicyList[0].PolicyDocument` must be a policy document or a string that encodes one, found a list"
    );
    assert_eq!(user("\"Arn\": \"again\""), "dump.json:2:1: [IE0402] `Arn` is given twice");
    assert_eq!(
        user("\"PermissionsBoundary\": {}"),
        "dump.json:2:24: [IE0402] `UserDetailList[0]` has no `PermissionsBoundaryArn`"
    );
    complains(
        r#"{"RoleDetailList": {"RoleName": "r"}}"#,
        &["dump.json:1:20: [IE0402] `RoleDetailList` must be a list, found an object"],
    );
    complains(
        r#"{"IsTruncated": "no", "Policies": []}"#,
        &["dump.json:1:17: [IE0402] `IsTruncated` must be true or false, found a string"],
    );
    complains(
        r#"{"UserDetailList": [{"UserName": "a", "Arn": "arn:aws:iam::123456789012:role/a"}]}"#,
        &["dump.json:1:46: [IE0503] `arn:aws:iam::123456789012:role/a` does not fit the type `user`"],
    );
    complains(
        r#"{"RoleDetailList": [{"RoleName": "a", "Arn": "arn:aws:iam::123456789012:role/a"}]}"#,
        &["dump.json:1:21: [IE0402] `RoleDetailList[0]` has no `AssumeRolePolicyDocument`"],
    );
}

#[test]
fn there_is_one_default_version() {
    let version = |id: &str, default: &str| format!(r#"{{"VersionId": "{id}", {default} "Document": {DOCUMENT}}}"#);
    let yes = "\"IsDefaultVersion\": true,";
    let no = "\"IsDefaultVersion\": false,";
    let with_id = |id: &str, versions: &str| {
        policy(OWN, versions)
            .replace("\"PolicyVersionList\"", &format!("\"DefaultVersionId\": \"{id}\", \"PolicyVersionList\""))
    };
    let kept = |text: &str| load(text).unwrap().policies().len();
    assert_eq!(kept(&policy(OWN, &format!("{},{}", version("v1", no), version("v2", yes)))), 1);
    assert_eq!(kept(&with_id("v2", &format!("{},{}", version("v1", ""), version("v2", "")))), 1);
    let none = format!("the policy `{OWN}` has no default version");
    let at = |text: &str| complaints(text).remove(0);
    assert_eq!(at(&policy(OWN, &version("v1", no))), format!("dump.json:1:15: [IE0402] {none}"));
    assert_eq!(at(&policy(OWN, "")), format!("dump.json:1:15: [IE0402] {none}"));
    assert_eq!(at(&with_id("v3", &version("v1", no))), format!("dump.json:1:15: [IE0402] {none}"));
    let two = at(&policy(OWN, &format!("{},{}", version("v1", yes), version("v2", yes))));
    assert!(two.ends_with(&format!("[IE0402] the policy `{OWN}` has two default versions")), "{two}");
    let other = at(&with_id("v1", &format!("{},{}", version("v1", no), version("v2", yes))));
    assert!(other.ends_with("differs from its default version"), "{other}");
    let missing = at(&policy(OWN, "{\"VersionId\": \"v1\", \"IsDefaultVersion\": true}"));
    assert!(missing.ends_with("[IE0402] `Policies[0]` has no `Document`"), "{missing}");
    // Other versions may be as they like.
    let old = r#"{"VersionId": "v1", "Document": "%%%", "IsDefaultVersion": false}"#;
    assert_eq!(kept(&policy(OWN, &format!("{old},{}", version("v2", yes)))), 1);
}

#[test]
fn malformed_documents_are_pointed_at_in_the_dump() {
    let text = format!(
        "{{\"Policies\": [\n{{\"Arn\": \"{OWN}\", \"PolicyVersionList\": [{{\"IsDefaultVersion\": true, \"Document\": {{\n  \"Statement\": [{{\"Efect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}}],\n \"Version\": \"2013\"}}}}]}}]}}"
    );
    complains(
        &text,
        &[
            "dump.json:3:18: [IE0203] `Efect` is not an element of a statement",
            "dump.json:4:13: [IE0207] `2013` is not a version of the policy language",
        ],
    );
    // On the line on which it begins the column counts from there.
    let text = policy(OWN, r#"{"IsDefaultVersion": true, "Document": {"Statements": 1}}"#);
    let column = text.find("\"Statements\"").unwrap() + 1;
    assert!(complaints(&text)[1].starts_with(&format!("dump.json:1:{column}: [IE0203]")), "{:?}", complaints(&text));
}

#[test]
fn malformed_documents_that_are_strings_are_named() {
    let role = |name: &str, document: &str| {
        format!(
            r#"{{"RoleName": "{name}", "Arn": "arn:aws:iam::123456789012:role/{name}", "AssumeRolePolicyDocument": {document}}}"#
        )
    };
    let text = format!(
        "{{\"RoleDetailList\": [\n{},\n{},\n{},\n{}]}}",
        role("a", "\"%7B%22Statement%22%3A%5B%5D%7D\""),
        role("b", "\"%7B%22Statement%22%3A%5B%5D%7D%0A%0Ax\""),
        role("c", "\"%7B%2\""),
        role("d", "\"\""),
    );
    complains(
        &text,
        &[
            "dump.json, RoleDetailList[1].AssumeRolePolicyDocument:3:1: [IE0101] expected the end of the text, found `x`",
            "dump.json:4:90: [IE0402] `RoleDetailList[2].AssumeRolePolicyDocument` is not percent-encoded correctly: \
            `%2` at byte 3 is not a percent-encoded character",
            "dump.json, RoleDetailList[3].AssumeRolePolicyDocument:1:1: [IE0101] expected a JSON value, found the end of the text",
        ],
    );
}

#[test]
fn attachments_to_nothing_name_who_has_them() {
    let text = "{\"UserDetailList\": [{\"UserName\": \"a\", \"Arn\": \"arn:aws:iam::123456789012:user/a\",\n\
        \"GroupList\": [\"Develpers\"],\n\
        \"AttachedManagedPolicies\": [{\"PolicyArn\": \"arn:aws:iam::123456789012:policy/gone\"}],\n\
        \"PermissionsBoundary\": {\"PermissionsBoundaryArn\": \"arn:aws:iam::123456789012:policy/fence\"}}],\n\
        \"GroupDetailList\": [{\"GroupName\": \"Developers\", \"AttachedManagedPolicies\":\n\
        [{\"PolicyArn\": \"arn:aws:iam::aws:policy/ReadOnlyAcces\"}]}]}";
    complains(
        text,
        &[
            "dump.json:2:15: [IE0403] the group `Develpers` of the user `a` is not in the dump",
            "dump.json:3:43: [IE0403] the policy `arn:aws:iam::123456789012:policy/gone`, attached to the user `a`, is not in the dump",
            "dump.json:4:51: [IE0403] the policy `arn:aws:iam::123456789012:policy/fence`, the permissions boundary of the user `a`, is not in the dump",
        ],
    );
    let findings = load(text).unwrap_err();
    assert_eq!(findings[0].source.text, "\"Develpers\"");
    assert!(findings[0].diagnostic.help().unwrap().starts_with("did you mean `Developers`? "));
}

#[test]
fn policies_of_aws_that_nobody_knows_are_warnings() {
    let user = |name: &str| {
        format!(
            r#"{{"UserName": "{name}", "Arn": "arn:aws:iam::123456789012:user/{name}", "GroupList": [],
  "AttachedManagedPolicies": [{{"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
    {{"PolicyArn": "arn:aws:iam::aws:policy/AWSLambdaFullAccess"}}],
  "PermissionsBoundary": {{"PermissionsBoundaryArn": "arn:aws:iam::aws:policy/service-role/TooNew"}}}}"#
        )
    };
    let text = format!("{{\"UserDetailList\": [\n{},\n{}]}}", user("a"), user("b"));
    let account = load(&text).unwrap();
    let warnings: Vec<String> = account.warnings().map(shown).collect();
    assert_eq!(
        warnings,
        [
            "dump.json:4:19: [IE0403] the AWS managed policy `arn:aws:iam::aws:policy/AWSLambdaFullAccess`, attached to the user `a` and 1 more, \
             is neither in the dump nor known",
            "dump.json:5:53: [IE0403] the AWS managed policy `arn:aws:iam::aws:policy/service-role/TooNew`, the permissions boundary of the user \
             `a` and 1 more, is neither in the dump nor known",
        ]
    );
    assert!(account.warnings().all(|warning| warning.diagnostic.severity() == Severity::Warning));
    let a = account.principal("a").unwrap();
    let unknown: Vec<&str> = a
        .identity
        .iter()
        .map(|attached| &attached.policy)
        .filter(|policy| policy.is_unknown())
        .map(|policy| &*policy.name)
        .collect();
    assert_eq!(unknown, ["aws:AWSLambdaFullAccess"]);
    assert!(a.boundary.unwrap().policy.is_unknown());
    // Each is one policy, however often it is attached.
    let names: Vec<&str> = account.policies().iter().map(|known| &*known.policy.name).collect();
    assert_eq!(names, ["aws:AWSLambdaFullAccess", "aws:TooNew"]);
    assert!(load(r#"{"UserDetailList": []}"#).unwrap().warnings().next().is_none());
}

#[test]
fn nothing_is_there_twice() {
    let user = |account: &str| format!(r#"{{"UserName": "a", "Arn": "arn:aws:iam::{account}:user/a"}}"#);
    complains(
        &format!("{{\"UserDetailList\": [{},\n{}]}}", user("123456789012"), user("999999999999")),
        &[
            "dump.json:2:1: [IE0402] the user `a` is given twice",
            "dump.json:2:1: [IE0402] `arn:aws:iam::999999999999:user/a` is not in account 123456789012, unlike those \
            before it",
        ],
    );
    let version = format!(r#"[{{"IsDefaultVersion": true, "Document": {DOCUMENT}}}]"#);
    let own = format!(r#"{{"Arn": "{OWN}", "PolicyVersionList": {version}}}"#);
    complains(
        &format!("{{\"Policies\": [{own},\n{own}]}}"),
        &[&format!("dump.json:2:1: [IE0402] the policy `{OWN}` is given twice")],
    );
}

#[test]
fn progress_is_told_up_to_the_end() {
    let mut told = Vec::new();
    Account::load(IAM_VULNERABLE.as_bytes(), "dump.json", &mut |bytes| told.push(bytes)).unwrap();
    assert!(told.is_sorted() && told.len() > 1);
    assert_eq!(told.last(), Some(&(IAM_VULNERABLE.len() as u64)));
}

#[test]
fn dumps_are_told_from_worlds_by_their_members() {
    for text in [AWS_CLI, IAM_VULNERABLE, HANDMADE, r#"{"ResponseMetadata": {"a": []}, "Policies": ["#] {
        assert!(Account::is_dump(text.get(..text.len().min(200)).unwrap().as_bytes()), "{text:.50}");
    }
    for text in ["", "{}", "{\"principals\": {\"Policies\": []}}", "version: 1", "{\"Policies\": {}}", "Policies: []"] {
        assert!(!Account::is_dump(text.as_bytes()), "{text}");
    }
}

#[test]
fn a_document_is_made_of_the_kept_text_when_it_is_wanted() {
    let source = Source::new("a", DOCUMENT);
    let policy = LoadedPolicy::from_source_sparingly("a", &source).unwrap();
    let whole = LoadedPolicy::from_source("a", &source).unwrap();
    assert_eq!(policy.document(), whole.document());
    assert!(LoadedPolicy::from_source_sparingly("a", &Source::new("a", "{")).is_err());
}
