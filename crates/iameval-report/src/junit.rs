//! Outcomes of tests as JUnit XML, the format in which CI servers take them.
//!
//! CHOICE: written here and not with the crate `quick-junit`. In a release build with this workspace's profile that
//! adds 137 KB (version 0.8.0), which the program does not have to spare, and it leaves out the characters that XML
//! cannot hold where they should be seen.
//!
//! CHOICE: elements and attributes are those of `junit-10.xsd`, the one schema by which a server refuses reports:
//! Jenkins' xUnit plugin. It has no `skipped` for the root, and for a case neither `file` nor `line`. So the file stands
//! at the suite, and the place of a failure in its text.

use crate::escape::harmless;
use crate::located::path;
use crate::outcome::{Counts, TestCase, TestOutcome, TestProblem, TestSuite};
use std::collections::HashSet;
use std::fmt::Write;

/// How many characters of a text are kept. GitLab reads no report in which one text has ten million.
const MOST_CHARACTERS: usize = 100_000;

/// The suites as one JUnit XML document, the same for the same suites.
///
/// Control characters, and others that XML cannot hold, are written out as `\u{…}`. A second case of the same class
/// and name gets a number, because GitLab keeps one case of each name, and that might be the one that passed.
pub fn junit_to_xml(suites: &[TestSuite]) -> String {
    let counts = Counts::of(suites.iter().flat_map(|suite| &suite.cases));
    let mut xml = Xml { out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") };
    let mut seen = HashSet::new();
    xml.open(0, "testsuites");
    xml.attribute("name", "iameval");
    xml.counts(counts);
    xml.end(">\n");
    for suite in suites {
        xml.suite(suite, &mut seen);
    }
    xml.end("</testsuites>\n");
    xml.out
}

/// Class and name of the cases so far.
type Seen<'a> = HashSet<(&'a str, String)>;

/// The name, with a number where the class has a case of that name already.
fn unique_name<'a>(case: &'a TestCase, seen: &mut Seen<'a>) -> String {
    let mut name = case.name.clone();
    let mut number = 1;
    while !seen.insert((&case.classname, name.clone())) {
        number += 1;
        name = format!("{} ({number})", case.name);
    }
    name
}

/// A document as it is put together.
struct Xml {
    out: String,
}

impl Xml {
    fn suite<'a>(&mut self, suite: &'a TestSuite, seen: &mut Seen<'a>) {
        let file = path(&suite.file);
        let counts = Counts::of(&suite.cases);
        self.open(1, "testsuite");
        self.attribute("name", &file);
        self.attribute("file", &file);
        self.counts(counts);
        self.number("skipped", counts.skipped);
        self.end(">\n");
        for case in &suite.cases {
            self.case(case, &unique_name(case, seen));
        }
        self.end("  </testsuite>\n");
    }

    fn case(&mut self, case: &TestCase, name: &str) {
        self.open(2, "testcase");
        self.attribute("classname", &case.classname);
        self.attribute("name", name);
        match &case.outcome {
            TestOutcome::Passed => return self.end("/>\n"),
            TestOutcome::Failed(problem) => self.problem("failure", problem),
            TestOutcome::Error(problem) => self.problem("error", problem),
            TestOutcome::Skipped { message } => {
                self.end(">\n");
                self.open(3, "skipped");
                self.attribute("message", message);
                self.end("/>\n");
            }
        }
        self.end("    </testcase>\n");
    }

    fn problem(&mut self, element: &str, problem: &TestProblem) {
        self.end(">\n");
        self.open(3, element);
        self.attribute("type", &problem.kind);
        self.attribute("message", &problem.message);
        self.end(">");
        self.escaped(&problem.text, Within::Element);
        let _ = writeln!(self.out, "</{element}>");
    }

    fn counts(&mut self, counts: Counts) {
        self.number("tests", counts.tests());
        self.number("failures", counts.failed);
        self.number("errors", counts.errors);
    }

    /// The beginning of a tag, which attributes follow.
    fn open(&mut self, depth: usize, element: &str) {
        let _ = write!(self.out, "{:indent$}<{element}", "", indent = 2 * depth);
    }

    fn end(&mut self, end: &str) {
        self.out.push_str(end);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.out, " {name}=\"");
        self.escaped(value, Within::Attribute);
        self.out.push('"');
    }

    fn number(&mut self, name: &str, number: usize) {
        let _ = write!(self.out, " {name}=\"{number}\"");
    }

    fn escaped(&mut self, text: &str, within: Within) {
        // A report is looked at in logs as well, where a line could be a command to the runner of GitHub Actions.
        let text = harmless(text);
        let mut begins_line = true;
        for (index, ch) in text.chars().enumerate() {
            let is_command = begins_line && ch == ':';
            begins_line = ch == '\n' || begins_line && ch.is_whitespace();
            match ch {
                _ if index == MOST_CHARACTERS => {
                    self.out.push('…');
                    break;
                }
                ':' if is_command => self.out.push_str("&#58;"),
                '[' if self.out.ends_with("##") => self.out.push_str("&#91;"),
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' if within == Within::Attribute => self.out.push_str("&quot;"),
                // Readers make a space of a line break in an attribute, and a line feed of a carriage return anywhere.
                '\n' if within == Within::Attribute => self.out.push_str("&#10;"),
                '\t' if within == Within::Attribute => self.out.push_str("&#9;"),
                '\r' => self.out.push_str("&#13;"),
                // What is left of the characters that XML 1.0 cannot hold.
                '\u{FFFE}' | '\u{FFFF}' => self.out.extend(ch.escape_unicode()),
                _ => self.out.push(ch),
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Attribute,
    Element,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value as Json;
    use std::fs;

    fn case(name: &str, outcome: TestOutcome) -> TestCase {
        TestCase { classname: "a".into(), name: name.into(), outcome }
    }

    fn problem(text: &str) -> TestProblem {
        TestProblem { kind: "IE0701".into(), message: text.into(), text: text.into() }
    }

    fn suite(cases: Vec<TestCase>) -> TestSuite {
        TestSuite { file: "./a.iamtest.yaml".into(), cases }
    }

    /// The suites of `fixtures/junit/suites.json`.
    fn suites(json: &Json) -> Vec<TestSuite> {
        let text = |json: &Json, key: &str| json[key].as_str().unwrap_or_else(|| panic!("no {key}: {json}")).to_owned();
        let problem = |json: &Json| TestProblem {
            kind: text(json, "kind"),
            message: text(json, "message"),
            text: text(json, "text"),
        };
        let outcome = |json: &Json| match &*text(json, "outcome") {
            "passed" => TestOutcome::Passed,
            "failed" => TestOutcome::Failed(problem(json)),
            "error" => TestOutcome::Error(problem(json)),
            "skipped" => TestOutcome::Skipped { message: text(json, "message") },
            other => panic!("no outcome: {other}"),
        };
        let case = |json: &Json| TestCase {
            classname: text(json, "classname"),
            name: text(json, "name"),
            outcome: outcome(json),
        };
        let suite = |json: &Json| TestSuite {
            file: text(json, "file"),
            cases: json["cases"].as_array().unwrap().iter().map(case).collect(),
        };
        json.as_array().unwrap().iter().map(suite).collect()
    }

    /// `.ci/integration` holds the same file against the schema, and reads it with another program.
    #[test]
    fn the_report_of_the_fixture() {
        let folder = format!("{}/../../fixtures/junit", env!("CARGO_MANIFEST_DIR"));
        let json = fs::read_to_string(format!("{folder}/suites.json")).unwrap();
        let xml = junit_to_xml(&suites(&serde_json::from_str(&json).unwrap()));
        assert_eq!(xml, fs::read_to_string(format!("{folder}/suites.xml")).unwrap(), "\n{xml}");
    }

    #[test]
    fn a_report_without_suites() {
        assert_eq!(
            junit_to_xml(&[]),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <testsuites name=\"iameval\" tests=\"0\" failures=\"0\" errors=\"0\">\n</testsuites>\n"
        );
    }

    #[test]
    fn counts_are_of_the_suite_and_of_all() {
        let first = suite(vec![
            case("a", TestOutcome::Passed),
            case("b", TestOutcome::Failed(problem("x"))),
            case("c", TestOutcome::Failed(problem("x"))),
            case("d", TestOutcome::Error(problem("x"))),
        ]);
        let second = suite(vec![case("e", TestOutcome::Skipped { message: "later".into() })]);
        let xml = junit_to_xml(&[first, second]);
        let heads: Vec<&str> = xml.lines().filter(|line| line.contains("<testsuite")).map(str::trim).collect();
        assert_eq!(
            heads,
            [
                r#"<testsuites name="iameval" tests="5" failures="2" errors="1">"#,
                r#"<testsuite name="a.iamtest.yaml" file="a.iamtest.yaml" tests="4" failures="2" errors="1" skipped="0">"#,
                r#"<testsuite name="a.iamtest.yaml" file="a.iamtest.yaml" tests="1" failures="0" errors="0" skipped="1">"#,
            ]
        );
    }

    #[test]
    fn names_are_unique() {
        let cases = ["a", "a (2)", "a", "a", "b"].map(|name| case(name, TestOutcome::Passed));
        let other = TestCase { classname: "b".into(), ..case("a", TestOutcome::Passed) };
        let xml = junit_to_xml(&[suite(cases.to_vec()), suite(vec![other, case("b", TestOutcome::Passed)])]);
        let names: Vec<&str> = xml.lines().filter(|line| line.contains("<testcase")).map(str::trim).collect();
        assert_eq!(
            names,
            [
                r#"<testcase classname="a" name="a"/>"#,
                r#"<testcase classname="a" name="a (2)"/>"#,
                r#"<testcase classname="a" name="a (3)"/>"#,
                r#"<testcase classname="a" name="a (4)"/>"#,
                r#"<testcase classname="a" name="b"/>"#,
                r#"<testcase classname="b" name="a"/>"#,
                r#"<testcase classname="a" name="b (2)"/>"#,
            ]
        );
    }

    #[test]
    fn a_text_that_is_too_long_is_cut() {
        let xml =
            junit_to_xml(&[suite(vec![case("a", TestOutcome::Failed(problem(&"é".repeat(MOST_CHARACTERS + 1))))])]);
        let kept = "é".repeat(MOST_CHARACTERS);
        assert!(xml.contains(&format!(">{kept}…</failure>")));
        let fits = junit_to_xml(&[suite(vec![case("a", TestOutcome::Failed(problem(&kept)))])]);
        assert!(fits.contains(&format!(">{kept}</failure>")));
    }
}
