//! Policies and requests to measure with: real ones from `fixtures/`, and synthetic ones drawn from a seed.
//!
//! A workload is plain text: JSON documents and [`Question`]s. Everything that a measurement needs is made of it, so
//! that parsing, compiling and deciding can be timed apart, and other engines can be given the same.

use crate::{fixture, fixtures};
use iameval::{CompiledPolicy, Mfa, PolicyDocument, PolicyId, PolicyKind, PolicySet, PolicySetBuilder, Request};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

/// The user who asks in every workload.
pub const PRINCIPAL: &str = "arn:aws:iam::123456789012:user/john.doe";

/// Policies, and requests that are decided with them.
#[derive(Debug, Clone)]
pub struct Workload {
    /// A short name: `W1`, `W3-1000`, ….
    pub name: String,
    /// The identity policies of the user.
    pub documents: Vec<NamedDocument>,
    /// What is asked.
    pub questions: Vec<Question>,
}

/// A policy document as text.
#[derive(Debug, Clone)]
pub struct NamedDocument {
    /// What it is called.
    pub name: String,
    /// JSON.
    pub text: String,
}

/// What is asked, before it is made a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// `service:Action`.
    pub action: String,
    /// An ARN, or `*`.
    pub resource: String,
    /// The state of multi-factor authentication.
    pub mfa: Mfa,
    /// Further context keys, each with a single value.
    pub context: Vec<(&'static str, String)>,
}

impl Workload {
    /// W1: the three documents of `fixtures/force-mfa`, and 20 actions with MFA, without it, and with access keys.
    pub fn force_mfa() -> Self {
        let asked = |mfa| FORCE_MFA.iter().map(move |(action, resource, _)| Question::new(action, resource).with(mfa));
        Self {
            name: "W1".into(),
            documents: documents("force-mfa/policies"),
            questions: [Mfa::TRUE, Mfa::False, Mfa::Absent].into_iter().flat_map(asked).collect(),
        }
    }

    /// W2: ten AWS managed policies, and 1,000 actions drawn from all that AWS has.
    pub fn managed() -> Self {
        let actions = fixture("actions/actions.txt");
        let actions: Vec<&str> = actions.lines().collect();
        let mut random = Random(2);
        let questions = (0..1_000).map(|_| real_question(random.pick(&actions), &mut random));
        Self { name: "W2".into(), questions: questions.collect(), documents: documents("managed") }
    }

    /// W2u: the same policies, and 1,000 actions that no catalogue knows: half of them in services that there are.
    pub fn managed_unknown() -> Self {
        let actions = fixture("actions/actions.txt");
        let actions: Vec<&str> = actions.lines().collect();
        let known: BTreeSet<&str> = actions.iter().copied().collect();
        let mut random = Random(3);
        let mut questions = Vec::new();
        while questions.len() < 1_000 {
            let action = random.pick(&actions);
            let Some((service, name)) = action.split_once(':') else { continue };
            let action = if questions.len().is_multiple_of(2) {
                format!("{service}:{}", misspelled(name, &mut random))
            } else {
                format!("{service}{}:{name}", random.below(100))
            };
            if !known.contains(&*action) {
                questions.push(real_question(&action, &mut random));
            }
        }
        Self { name: "W2u".into(), questions, documents: documents("managed") }
    }

    /// W3: that many synthetic statements over 200 services, 20 to a document, and 1,000 requests.
    ///
    /// Documents of 20 statements stay below the 6,144 characters that IAM accepts, so a set of 1,000 is one of 50
    /// attached policies: the case that needs an index over policies and not only one within each.
    pub fn synthetic(statements: usize) -> Self {
        let mut random = Random(statements as u64);
        let names = (statements / 2).max(1);
        let mut drawn = Vec::new();
        while drawn.len() < statements {
            // Of every hundred statements five deny, and twenty, one of those five among them, have a condition.
            let cards = random.shuffled(100).into_iter().take(statements - drawn.len());
            drawn.extend(cards.map(|card| Drawn::new(card < 5, card.is_multiple_of(5), names, &mut random)));
        }
        let allows: Vec<&Drawn> = drawn.iter().filter(|statement| statement.effect == "Allow").collect();
        Self {
            name: format!("W3-{statements}"),
            questions: (0..1_000).map(|_| random.pick(&allows).question(names, &mut random)).collect(),
            documents: in_documents(drawn.iter().map(Drawn::json)),
        }
    }

    /// W3b: 1,000 statements about the same two actions, each on a bucket of its own, and 1,000 requests, every other
    /// one on a bucket that a statement names.
    pub fn one_pair_of_actions() -> Self {
        let mut random = Random(4);
        let statement = |number| {
            let actions = ["s3:GetObject", "s3:PutObject"].map(Into::into);
            statement("Allow", &actions, &[format!("arn:aws:s3:::bucket-{number:04}/*")], None)
        };
        let question = |number: usize| {
            let action = random.pick(&["s3:GetObject", "s3:PutObject"]);
            let (bucket, key) = (random.below(1_000), random.below(1_000));
            let other = if number.is_multiple_of(2) { "" } else { "-archive" };
            Question::new(action, &format!("arn:aws:s3:::bucket-{bucket:04}{other}/reports/{key}.csv"))
        };
        Self {
            name: "W3b".into(),
            questions: (0..1_000).map(question).collect(),
            documents: in_documents((0..1_000).map(statement)),
        }
    }

    /// All workloads, in the order of their names.
    pub fn all() -> [Self; 7] {
        let [hundred, thousand, ten_thousand] = [100, 1_000, 10_000].map(Self::synthetic);
        [
            Self::force_mfa(),
            Self::managed(),
            Self::managed_unknown(),
            hundred,
            thousand,
            ten_thousand,
            Self::one_pair_of_actions(),
        ]
    }

    /// The length of all documents.
    pub fn bytes(&self) -> usize {
        self.documents.iter().map(|document| document.text.len()).sum()
    }

    /// The documents, parsed.
    pub fn parsed(&self) -> Vec<PolicyDocument> {
        self.documents.iter().map(NamedDocument::parse).collect()
    }

    /// The documents, compiled as identity policies.
    pub fn compiled(&self) -> Vec<Arc<CompiledPolicy>> {
        self.documents.iter().map(|document| Arc::new(document.compile())).collect()
    }

    /// The compiled documents as a set; without an index over all of them.
    pub fn policy_set(&self) -> PolicySet {
        assemble(self.compiled())
    }

    /// The questions as requests.
    pub fn requests(&self) -> Vec<Request> {
        self.questions.iter().map(Question::request).collect()
    }
}

/// Compiled policies as a set.
pub fn assemble(policies: impl IntoIterator<Item = Arc<CompiledPolicy>>) -> PolicySet {
    policies.into_iter().fold(PolicySet::builder(), PolicySetBuilder::add).build()
}

impl NamedDocument {
    /// The document, parsed.
    ///
    /// # Panics
    /// When it is malformed.
    pub fn parse(&self) -> PolicyDocument {
        let parsed = PolicyDocument::parse(&self.text);
        parsed.value.unwrap_or_else(|| panic!("{}: {:?}", self.name, parsed.diagnostics))
    }

    /// The document, compiled as an identity policy.
    ///
    /// # Panics
    /// When it is malformed, or no identity policy.
    pub fn compile(&self) -> CompiledPolicy {
        CompiledPolicy::new(PolicyId::new(&self.name), PolicyKind::Identity, &self.parse())
            .unwrap_or_else(|error| panic!("{error}"))
    }
}

impl Question {
    fn new(action: &str, resource: &str) -> Self {
        Self { action: action.into(), resource: resource.into(), mfa: Mfa::TRUE, context: Vec::new() }
    }

    fn with(mut self, mfa: Mfa) -> Self {
        self.mfa = mfa;
        self
    }

    /// The request, with the context that follows from principal and resource.
    ///
    /// # Panics
    /// When the action is none.
    pub fn request(&self) -> Request {
        let action = self.action.parse().unwrap_or_else(|error| panic!("{error}"));
        let principal = PRINCIPAL.parse().unwrap_or_else(|error| panic!("{error}"));
        let mut builder = Request::builder(action).principal(principal).resource(&self.resource).mfa(self.mfa);
        for (key, value) in &self.context {
            builder = builder.context_key(key, value.as_str());
        }
        builder.build()
    }

    /// The native request, on one line; `policies` is the value of `policies`, or else the line names the policy set
    /// `shared`.
    pub fn line(&self, id: usize, policies: Option<&str>) -> String {
        let (action, resource) = (&self.action, &self.resource);
        let mut line = format!(
            r#"{{"id":"{id}","request":{{"action":"{action}","resource":"{resource}","principal":"{PRINCIPAL}","context":{{"#
        );
        let (present, age) = match self.mfa {
            Mfa::True { age_seconds } => ("true", age_seconds.to_string()),
            Mfa::False => ("false", "null".into()),
            Mfa::Absent => ("null", "null".into()),
        };
        let _ = write!(line, r#""aws:MultiFactorAuthPresent":{present},"aws:MultiFactorAuthAge":{age}"#);
        for (key, value) in &self.context {
            let _ = write!(line, r#","{key}":"{value}""#);
        }
        line.push_str(r#"}},"options":{"derive_context":true},"#);
        let _ = match policies {
            Some(policies) => write!(line, r#""policies":{policies}}}"#),
            None => write!(line, r#""policy_set":"shared"}}"#),
        };
        line
    }
}

impl Workload {
    /// The value of `policies` in a native request, on one line.
    pub fn native_policies(&self) -> String {
        let policy =
            |document: &NamedDocument| format!(r#"{{"name":"{}","document":{}}}"#, document.name, document.parse());
        let policies: Vec<String> = self.documents.iter().map(policy).collect();
        format!(r#"{{"identity":[{}]}}"#, policies.join(","))
    }
}

/// `SplitMix64`: a few lines that draw the same numbers everywhere.
pub struct Random(pub u64);

impl Random {
    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`. That small numbers are drawn a little more often does not matter here.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.number() % limit as u64).unwrap_or(0)
    }

    /// True so many times in a hundred.
    fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// The numbers below `limit` in some order.
    fn shuffled(&mut self, limit: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..limit).collect();
        for at in 1..limit {
            numbers.swap(at, self.below(at + 1));
        }
        numbers
    }

    /// One of several.
    ///
    /// # Panics
    /// When there is none.
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        let at = self.below(items.len());
        *items.get(at).unwrap_or_else(|| panic!("nothing to draw from"))
    }
}

/// Actions and resources of the starting scenario, and what becomes of them: with MFA, in a session without, with
/// access keys. A is allowed, I an implicit and X an explicit deny.
const FORCE_MFA: [(&str, &str, &str); 20] = [
    ("iam:ChangePassword", PRINCIPAL, "AAA"),
    ("iam:GetAccountPasswordPolicy", "*", "AXX"),
    ("iam:CreateVirtualMFADevice", "arn:aws:iam::123456789012:mfa/john.doe", "AAA"),
    ("iam:DeleteVirtualMFADevice", "arn:aws:iam::123456789012:mfa/john.doe", "AAA"),
    ("iam:EnableMFADevice", PRINCIPAL, "AAA"),
    ("iam:ListMFADevices", PRINCIPAL, "AAA"),
    ("iam:ListVirtualMFADevices", "arn:aws:iam::123456789012:mfa/", "AAA"),
    ("iam:ListUsers", "arn:aws:iam::123456789012:user/", "AAA"),
    ("iam:GetUser", PRINCIPAL, "IXX"),
    ("iam:DeactivateMFADevice", PRINCIPAL, "IXX"),
    ("iam:CreateUser", "arn:aws:iam::123456789012:user/jane.roe", "IXX"),
    ("iam:ListRoles", "arn:aws:iam::123456789012:role/", "AXX"),
    ("ec2:DescribeInstances", "*", "AXX"),
    ("ec2:TerminateInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/i-0123456789abcdef0", "AXX"),
    ("s3:GetObject", "arn:aws:s3:::reports/2024/q3.csv", "AXX"),
    ("organizations:DescribeOrganization", "*", "AXX"),
    ("organizations:ListAccounts", "*", "IXX"),
    ("account:ListRegions", "*", "AXX"),
    ("sts:GetSessionToken", "*", "AXA"),
    ("sts:GetCallerIdentity", "*", "AAA"),
];

/// The policies in a folder of `fixtures/`.
fn documents(folder: &str) -> Vec<NamedDocument> {
    let document = |path: std::path::PathBuf| NamedDocument {
        name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        text: std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    };
    fixtures(folder, ".json").into_iter().map(document).collect()
}

/// The action on `*` or on an ARN such as its service has.
fn real_question(action: &str, random: &mut Random) -> Question {
    let service = action.split(':').next().unwrap_or_default();
    let number = random.below(1_000);
    let resource = if random.percent(50) {
        "*".into()
    } else {
        match service {
            "s3" => format!("arn:aws:s3:::reports-{number}/2024/q3.csv"),
            "iam" => format!("arn:aws:iam::123456789012:role/service-role/worker-{number}"),
            "ec2" => format!("arn:aws:ec2:eu-west-1:123456789012:instance/i-{number:017x}"),
            "sqs" | "sns" => format!("arn:aws:{service}:eu-west-1:123456789012:orders-{number}"),
            "dynamodb" => format!("arn:aws:dynamodb:eu-west-1:123456789012:table/orders-{number}"),
            "lambda" => format!("arn:aws:lambda:eu-west-1:123456789012:function:worker-{number}"),
            "logs" => format!("arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/worker-{number}:*"),
            "rds" => format!("arn:aws:rds:eu-west-1:123456789012:db:orders-{number}"),
            "sagemaker" => format!("arn:aws:sagemaker:eu-west-1:123456789012:endpoint/model-{number}"),
            _ => format!("arn:aws:{service}:eu-west-1:123456789012:resource/name-{number}"),
        }
    };
    let mut question = Question::new(action, &resource);
    question.context = vec![("aws:RequestedRegion", "eu-west-1".into()), ("aws:SourceIp", "198.51.100.7".into())];
    question
}

/// The name with two letters exchanged, one left out, or a version at its end.
fn misspelled(name: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let at = 1 + random.below(letters.len().saturating_sub(2).max(1));
    match random.below(3) {
        0 if at + 1 < letters.len() => letters.swap(at, at + 1),
        1 if letters.len() > 2 => _ = letters.remove(at),
        _ => letters.extend(['V', '9']),
    }
    letters.into_iter().collect()
}

const VERBS: [&str; 8] = ["Get", "List", "Describe", "Put", "Create", "Delete", "Update", "Tag"];
const NOUNS: [&str; 12] =
    ["Object", "Bucket", "Table", "Item", "Queue", "Message", "Function", "Alias", "Stream", "Record", "Key", "Policy"];
const TEAMS: [&str; 5] = ["payments", "search", "platform", "data", "mobile"];
const STAGES: [&str; 3] = ["dev", "test", "prod"];
const TEAM_OF_PRINCIPAL: &str = "aws:PrincipalTag/team";
const STAGE_OF_RESOURCE: &str = "aws:ResourceTag/stage";

/// A synthetic statement.
struct Drawn {
    effect: &'static str,
    service: usize,
    /// Verb and noun, each perhaps `*`.
    actions: Vec<(&'static str, &'static str)>,
    /// The numbers of the buckets.
    buckets: [usize; 2],
    tag: Option<(&'static str, &'static str)>,
}

impl Drawn {
    fn new(denies: bool, tagged: bool, names: usize, random: &mut Random) -> Self {
        let count = 1 + random.below(4);
        Self {
            effect: if denies { "Deny" } else { "Allow" },
            service: random.below(200),
            actions: (0..count).map(|_| Self::action(random)).collect(),
            buckets: [(); 2].map(|()| random.below(names)),
            tag: tagged.then(|| Self::tag(random)),
        }
    }

    /// Three in ten with a wildcard: mostly `Get*`, at times `*Object` or `*`.
    fn action(random: &mut Random) -> (&'static str, &'static str) {
        let (verb, noun) = (random.pick(&VERBS), random.pick(&NOUNS));
        match (random.percent(30), random.below(10)) {
            (false, _) => (verb, noun),
            (true, 0) => ("*", ""),
            (true, 1) => ("*", noun),
            (true, _) => (verb, "*"),
        }
    }

    fn tag(random: &mut Random) -> (&'static str, &'static str) {
        if random.percent(50) {
            (TEAM_OF_PRINCIPAL, random.pick(&TEAMS))
        } else {
            (STAGE_OF_RESOURCE, random.pick(&STAGES))
        }
    }

    /// A request near the statement: half the time one that fits it, otherwise with another bucket, another action
    /// or other tags.
    fn question(&self, names: usize, random: &mut Random) -> Question {
        let (verb, noun) = random.pick(&self.actions);
        let mut verb = if verb == "*" { random.pick(&VERBS) } else { verb };
        let noun = if noun == "*" || noun.is_empty() { random.pick(&NOUNS) } else { noun };
        let mut bucket = random.pick(&self.buckets);
        let mut tags = vec![
            (TEAM_OF_PRINCIPAL, random.pick(&TEAMS).to_owned()),
            (STAGE_OF_RESOURCE, random.pick(&STAGES).to_owned()),
        ];
        let wanted = self.tag.iter();
        let mut fit = || {
            for (key, value) in wanted.clone() {
                tags.iter_mut().filter(|(other, _)| other == key).for_each(|(_, own)| (*value).clone_into(own));
            }
        };
        match random.below(20) {
            0..=9 => fit(),
            10..=15 => bucket = random.below(names),
            16..=18 => verb = random.pick(&VERBS),
            _ => {}
        }
        let service = self.service;
        let key = random.below(1_000);
        let mut question = Question::new(
            &format!("svc{service}:{verb}{noun}"),
            &format!("arn:aws:svc{service}:::bucket-{bucket:04}/reports/{key}.csv"),
        );
        question.context = tags;
        question
    }

    fn json(&self) -> String {
        let service = self.service;
        let actions: Vec<_> = self.actions.iter().map(|(verb, noun)| format!("svc{service}:{verb}{noun}")).collect();
        let resources = self.buckets.map(|bucket| format!("arn:aws:svc{service}:::bucket-{bucket:04}/*"));
        statement(self.effect, &actions, &resources, self.tag)
    }
}

/// A statement as JSON, indented by two spaces a level as it stands in a document.
fn statement(effect: &str, actions: &[String], resources: &[String], tag: Option<(&str, &str)>) -> String {
    let list =
        |items: &[String]| items.iter().map(|item| format!("        \"{item}\"")).collect::<Vec<_>>().join(",\n");
    let (actions, resources) = (list(actions), list(resources));
    let mut text = format!(
        "    {{\n      \"Effect\": \"{effect}\",\n      \"Action\": [\n{actions}\n      ],\n      \"Resource\": [\n\
         {resources}\n      ]"
    );
    if let Some((key, value)) = tag {
        let _ = write!(
            text,
            ",\n      \"Condition\": {{\n        \"StringEquals\": {{\n          \"{key}\": \"{value}\"\n        }}\n\
             \x20     }}"
        );
    }
    text.push_str("\n    }");
    text
}

/// Documents of 20 statements each.
fn in_documents(statements: impl Iterator<Item = String>) -> Vec<NamedDocument> {
    let statements: Vec<String> = statements.collect();
    let document = |(number, statements): (usize, &[String])| NamedDocument {
        name: format!("policy-{number:03}"),
        text: format!("{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n{}\n  ]\n}}\n", statements.join(",\n")),
    };
    statements.chunks(20).enumerate().map(document).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use iameval::Decision;

    fn decisions(workload: &Workload) -> Vec<Decision> {
        let policies = workload.policy_set().indexed();
        workload.requests().iter().map(|request| policies.decide(request)).collect()
    }

    fn percent_allowed(workload: &Workload) -> usize {
        let decisions = decisions(workload);
        decisions.iter().filter(|decision| decision.is_allowed()).count() * 100 / decisions.len()
    }

    fn statements(workload: &Workload) -> usize {
        workload.parsed().iter().map(|document| document.statements().len()).sum()
    }

    #[test]
    fn force_mfa_is_the_starting_scenario() {
        let workload = Workload::force_mfa();
        assert_eq!((workload.documents.len(), statements(&workload), workload.questions.len()), (3, 7, 60));
        let letters: String = decisions(&workload)
            .into_iter()
            .map(|decision| match decision {
                Decision::Allowed => 'A',
                Decision::ImplicitDeny => 'I',
                Decision::ExplicitDeny => 'X',
                Decision::Undetermined => 'U',
            })
            .collect();
        for (column, state) in ["with MFA", "without", "with access keys"].into_iter().enumerate() {
            for (row, (action, _, expected)) in FORCE_MFA.iter().enumerate() {
                let found = letters.as_bytes()[column * FORCE_MFA.len() + row];
                assert_eq!(char::from(found), char::from(expected.as_bytes()[column]), "{action} {state}");
            }
        }
    }

    #[test]
    fn managed_asks_for_what_there_is_and_for_what_is_not() {
        let actions = fixture("actions/actions.txt");
        let known: BTreeSet<&str> = actions.lines().collect();
        for (workload, real) in [(Workload::managed(), true), (Workload::managed_unknown(), false)] {
            assert_eq!((workload.documents.len(), workload.questions.len()), (10, 1_000), "{}", workload.name);
            assert_eq!(statements(&workload), 86);
            assert!(workload.questions.iter().all(|question| known.contains(&*question.action) == real));
            let services = workload.questions.iter().filter(|question| {
                let service = question.action.split_inclusive(':').next().unwrap();
                known.range(service..).next().is_some_and(|action| action.starts_with(service))
            });
            assert_eq!(services.count(), if real { 1_000 } else { 500 }, "{}", workload.name);
        }
    }

    #[test]
    fn synthetic_sets_have_the_shape_they_are_said_to_have() {
        for count in [100, 1_000, 10_000] {
            let workload = Workload::synthetic(count);
            assert_eq!((workload.documents.len(), workload.questions.len()), (count / 20, 1_000));
            assert!(workload.documents.iter().all(|document| document.parse().to_string().len() < 6_144));
            let documents = workload.parsed();
            let statements: Vec<_> = documents.iter().flat_map(PolicyDocument::statements).collect();
            assert_eq!(statements.len(), count);
            let share = |part: usize, whole: usize| part * 100 / whole;
            let actions: Vec<&str> = statements.iter().flat_map(|statement| statement.action().patterns()).collect();
            let wild = actions.iter().filter(|action| action.contains('*')).count();
            let denies = statements.iter().filter(|statement| statement.effect() == iameval::Effect::Deny).count();
            let tagged = statements.iter().filter(|statement| !statement.condition().is_empty()).count();
            assert!((200..=300).contains(&share(actions.len(), count)), "{count}: {} actions", actions.len());
            assert!((24..=36).contains(&share(wild, actions.len())), "{count}: {wild} wildcards");
            assert_eq!((share(denies, count), share(tagged, count)), (5, 20), "{count}");
            let allowed = percent_allowed(&workload);
            assert!((40..=60).contains(&allowed), "{count}: {allowed} %");
        }
    }

    #[test]
    fn one_pair_of_actions_allows_every_other_request() {
        let workload = Workload::one_pair_of_actions();
        assert_eq!((statements(&workload), workload.questions.len()), (1_000, 1_000));
        assert_eq!(percent_allowed(&workload), 50);
    }

    fn check_against_naive(workloads: &[Workload], step: usize) {
        use crate::naive::{self, Policies};
        for workload in workloads {
            let policies = Policies { identity: workload.parsed(), ..Policies::default() };
            for (request, decision) in workload.requests().into_iter().zip(decisions(workload)).step_by(step) {
                let place = (request.action(), request.resource());
                assert_eq!(naive::decide(&policies, &request), decision, "{}: {place:?}", workload.name);
            }
        }
    }

    #[test]
    fn the_naive_evaluator_agrees() {
        check_against_naive(&[Workload::force_mfa(), Workload::synthetic(100)], 1);
        check_against_naive(&Workload::all(), 40);
    }

    #[test]
    #[ignore = "takes minutes unless optimised: cargo test --release -p iameval-tests --lib -- --ignored"]
    fn the_naive_evaluator_agrees_on_every_request() {
        check_against_naive(&Workload::all(), 1);
    }

    #[test]
    fn a_line_asks_what_the_question_asks() {
        use iameval::native::{Line, RequestReader};
        let workload = Workload::synthetic(100);
        let policies = workload.native_policies();
        for (id, question) in workload.questions.iter().enumerate().take(20) {
            for (policies, set) in [(Some(&*policies), None), (None, Some("shared"))] {
                let Ok(Line::Simulation(read)) = RequestReader::new().read(&question.line(id, policies)) else {
                    panic!("a request")
                };
                assert_eq!((read.request, read.policy_set.as_ref().map(|set| &*set.value)), (question.request(), set));
            }
        }
    }
}
