//! What is twice as large costs twice as much: bytes and counts of allocations on input made to be slow. Work that shows in
//! neither is counted in instructions, by `counts` in `benches`.

use allocation_counter::AllocationInfo;
use iameval::native::{Line, RequestReader};
use iameval::{CompiledPolicy, Context, Diagnostic, PolicyDocument, PolicyId, PolicyKind, PolicySet, Request, codes};
use iameval_ask::{NamedPolicies, PolicySets};
use iameval_data::Catalogue;
use iameval_report::{FindingRenderer, Style};
use iameval_test::{Options, TestFile};
use iameval_world::{Files, Finding, Source, World};
use std::fmt::Write;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

/// What is prepared for a size, to be measured as it runs.
type Prepared = Box<dyn FnOnce()>;

/// Holds the work at the sizes 1, 2 and 4 against each other. A little more than twice is for what grows in steps.
#[track_caller]
fn grows_with_size(size: usize, prepare: impl Fn(usize) -> Prepared) {
    let [one, two, four] = [size, 2 * size, 4 * size].map(|size| {
        let work = prepare(size);
        allocation_counter::measure(work)
    });
    let counts: [fn(&AllocationInfo) -> u64; 2] = [|work| work.bytes_total, |work| work.count_total];
    for count in counts {
        let [first, second] =
            [count(&two) - count(&one).min(count(&two)), count(&four) - count(&two).min(count(&four))];
        assert!(second * 10 <= first * 25 + 100_000, "{} {} {}", count(&one), count(&two), count(&four));
    }
}

fn list(size: usize, item: impl Fn(usize) -> String) -> String {
    (0..size).map(item).collect::<Vec<_>>().join(",")
}

fn statement(rest: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",{rest}}}}}"#)
}

fn policies(text: &str) -> PolicySet {
    let document: PolicyDocument = text.parse().unwrap();
    let policy = CompiledPolicy::new(PolicyId::new("p"), PolicyKind::Identity, &document).unwrap();
    PolicySet::builder().add(Arc::new(policy)).build()
}

fn decide(policy: &str, key: &str, value: &str) -> Prepared {
    let policies = policies(policy);
    let mut context = Context::new();
    context.insert("aws:SourceArn", "arn:aws:s3:::b");
    context.insert(key, value);
    let request = Request::builder("s3:GetObject".parse().unwrap()).context(context).build();
    Box::new(move || {
        policies.decide(&request);
    })
}

#[test]
fn an_arn_of_many_variables_with_a_long_value() {
    grows_with_size(200, |size| {
        let value = format!("{}::::::", "${aws:RequestTag/a}".repeat(size));
        let condition = format!(r#""Condition":{{"ArnLike":{{"aws:SourceArn":"{value}"}}}}"#);
        let policy = statement(&format!(r#""Action":"*","Resource":"*",{condition}"#));
        decide(&policy, "aws:RequestTag/a", &"x".repeat(size * 10))
    });
}

#[test]
fn a_text_of_many_variables_with_a_long_value() {
    grows_with_size(200, |size| {
        let value = "${aws:RequestTag/a}".repeat(size);
        let condition = format!(r#""Condition":{{"StringEqualsIgnoreCase":{{"aws:SourceArn":"{value}"}}}}"#);
        let policy = statement(&format!(r#""Action":"*","Resource":"*",{condition}"#));
        decide(&policy, "aws:RequestTag/a", &"é".repeat(size * 10))
    });
}

#[test]
fn a_pattern_that_is_put_together_from_many_pieces() {
    grows_with_size(500, |size| {
        let text = statement(&format!(r#""Action":"*","Resource":"arn:aws:s3:::{}""#, "${$}${a${*}".repeat(size)));
        Box::new(move || drop(policies(&text)))
    });
}

fn definition(number: usize) -> String {
    let policy = statement(r#""Action":"s3:*","Resource":"*""#);
    format!(r#"{{"define":"set-{number:06}","policies":{{"identity":[{policy}]}}}}"#)
}

fn asking(set: &str) -> String {
    format!(r#"{{"policy_set":"{set}","request":{{"action":"s3:GetObject","resource":"*"}}}}"#)
}

fn define(sets: &mut PolicySets, reader: &mut RequestReader, number: usize) {
    let Ok(Line::Define(definition)) = reader.read(&definition(number)) else { panic!("no definition") };
    sets.define(&definition.name.clone(), NamedPolicies::from(definition));
}

#[test]
fn definitions_and_requests_by_turns() {
    grows_with_size(100, |size| {
        Box::new(move || {
            let mut reader = RequestReader::new();
            let mut sets = PolicySets::keeping(NonZeroUsize::MAX);
            let mut places = Vec::new();
            for number in 0..size {
                define(&mut sets, &mut reader, number);
                places.push(sets.clone());
            }
            assert_eq!(places.len(), size);
        })
    });
}

#[test]
fn requests_that_name_unknown_sets() {
    grows_with_size(2_000, |size| {
        let mut reader = RequestReader::new();
        let mut sets = PolicySets::keeping(NonZeroUsize::MAX);
        (0..size).for_each(|number| define(&mut sets, &mut reader, number));
        Box::new(move || {
            for number in 0..size / 100 {
                let Ok(Line::Simulation(simulation)) = reader.read(&asking(&format!("sett-{number:06}"))) else {
                    panic!("no request")
                };
                assert!(sets.policies(&simulation).is_err());
            }
        })
    });
}

#[test]
fn as_many_sets_are_kept_as_asked_for() {
    let mut reader = RequestReader::new();
    let mut sets = PolicySets::keeping(NonZeroUsize::new(3).unwrap());
    let is_known = |sets: &PolicySets, number: usize| {
        let Ok(Line::Simulation(simulation)) = RequestReader::new().read(&asking(&format!("set-{number:06}"))) else {
            panic!("no request")
        };
        sets.policies(&simulation).is_ok()
    };
    (0..3).for_each(|number| define(&mut sets, &mut reader, number));
    assert!(!sets.has_forgotten());
    // The oldest definition is that of 1 now.
    define(&mut sets, &mut reader, 0);
    define(&mut sets, &mut reader, 3);
    assert!(sets.has_forgotten());
    assert_eq!([0, 1, 2, 3].map(|number| is_known(&sets, number)), [true, false, true, true]);
}

#[test]
fn a_batch_line_with_many_context_keys() {
    grows_with_size(500, |size| {
        let context = list(size, |number| format!(r#""aws:RequestTag/{number}":"x""#));
        let line = format!(r#"{{"request":{{"action":"s3:GetObject","resource":"*","context":{{{context}}}}}}}"#);
        Box::new(move || assert!(RequestReader::new().read(&line).is_ok()))
    });
}

fn check(policy: String) -> Prepared {
    Box::new(move || {
        let document: PolicyDocument = policy.parse().unwrap();
        assert!(!iameval_lint::check(&document, PolicyKind::Identity, Catalogue::embedded()).is_empty());
    })
}

#[test]
fn checks_of_long_lists() {
    grows_with_size(100, |size| {
        check(statement(&format!(
            r#""Resource":"*","Action":[{}]"#,
            list(size, |number| format!(r#""s3:GetObjekt{number}""#))
        )))
    });
    grows_with_size(100, |size| {
        let keys = list(size, |number| format!(r#""aws:Sourc{number}":"x""#));
        check(statement(&format!(
            r#""Resource":"*","Action":"s3:GetObject","Condition":{{"StringEquals":{{{keys}}}}}"#
        )))
    });
    grows_with_size(100, |size| {
        let resources = list(size, |number| format!(r#""arn:aws:s3:::bucket-{number}/*""#));
        check(statement(&format!(r#""Action":"s3:CreateBucket","Resource":[{resources}]"#)))
    });
    // The patterns make the catalogue's names ready once.
    grows_with_size(100, |size| {
        check(statement(&format!(r#""Resource":"*","Action":[{}]"#, list(size, |number| format!(r#""*:a{number}*""#)))))
    });
}

#[test]
fn a_check_of_many_statements() {
    grows_with_size(100, |size| {
        let statements = list(size, |_| r#"{"Sid":"A","Effect":"Allow","Action":"*:*e*","Resource":"*"}"#.to_owned());
        check(format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#))
    });
}

#[test]
fn findings_in_one_text() {
    let plain = Style { colour: false, width: 100 };
    // One line that is shorter than these is laid out, at a cost that its length bounds.
    for separator in ["\n", &" ".repeat(400)] {
        grows_with_size(200, |size| {
            let text = vec![r#""Sidd": 1,"#; size].join(separator);
            let source = Source::new("a.json", text);
            Box::new(move || {
                let mut renderer = FindingRenderer::new(plain);
                for (at, word) in source.text.match_indices("\"Sidd\"") {
                    let span = iameval::text::Span::new(at, at + word.len());
                    let diagnostic = Diagnostic::new(codes::UNKNOWN_ELEMENT, span, "unknown");
                    renderer.render(&Finding::new(&source, diagnostic));
                }
            })
        });
    }
}

/// One file.
struct One(Arc<Source>);

impl Files for One {
    fn read(&self, _: &Path) -> Result<Arc<Source>, Finding> {
        Ok(self.0.clone())
    }
}

#[test]
fn a_world_in_which_everybody_has_an_unknown_policy() {
    grows_with_size(500, |size| {
        let mut text = String::from("account: '123456789012'\npolicies:\n");
        for number in 0..size {
            writeln!(text, "  p{number}: {{Statement: {{Effect: Allow, Action: 's3:*', Resource: '*'}}}}").unwrap();
        }
        text.push_str("principals:\n");
        for number in 0..size {
            writeln!(text, "  u{number}: {{user: u, policies: [q{number}]}}").unwrap();
        }
        let files = One(Source::new("w.yaml", text));
        Box::new(move || assert_eq!(World::load(&files, &["w.yaml".into()]).unwrap_err().len(), size))
    });
}

#[test]
fn a_test_file_in_which_every_case_asks_for_somebody_unknown() {
    grows_with_size(500, |size| {
        let mut text = String::from("account: '123456789012'\nprincipals:\n");
        for number in 0..size {
            writeln!(text, "  u{number}: {{user: u{number}}}").unwrap();
        }
        text.push_str("tests:\n");
        for number in 0..size {
            let asked = "action: s3:GetObject, resource: '*', expect: allow";
            writeln!(text, "  - {{name: c{number}, principal: v{number}, {asked}}}").unwrap();
        }
        let files = One(Source::new("a.iamtest.yaml", text));
        Box::new(move || {
            let found = TestFile::load(&files, "a.iamtest.yaml".as_ref(), &Options::default());
            assert_eq!(found.unwrap_err().len(), size);
        })
    });
}

#[test]
fn a_claim_about_principals_who_differ_in_name_only() {
    grows_with_size(300, |size| {
        let mut text = String::from("account: '123456789012'\n");
        text.push_str("policies: {p: {Statement: {Effect: Allow, Action: 's3:Get*', Resource: '*'}}}\n");
        text.push_str("groups: {g: [p]}\nprincipals:\n");
        for number in 0..size {
            writeln!(text, "  u{number}: {{user: u{number}, groups: [g], tags: {{id: u{number}}}}}").unwrap();
        }
        text.push_str("tests:\n  - {name: c, principals: all, actions: ['s3:Put*'], prove: deny}\n");
        let files = One(Source::new("a.iamtest.yaml", text));
        Box::new(move || {
            let file = TestFile::load(&files, "a.iamtest.yaml".as_ref(), &Options::default()).unwrap();
            assert_eq!(file.run_all().unwrap().passed(), size);
        })
    });
}
