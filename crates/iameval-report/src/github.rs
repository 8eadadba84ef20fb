//! Findings for GitHub Actions: annotations, and a table for the summary of the job.

use crate::escape::harmless;
use crate::explanation::explanation;
use crate::located::{Located, PlaceRange, count, locate, message_in_full, most_severe_first, path, severity_word};
use crate::outcome::{Counts, TestSuite};
use iameval::Severity;
use iameval_world::Finding;
use std::fmt::Write;

/// The findings as workflow commands, one line each, the most severe first.
///
/// GitHub shows ten annotations of a severity per step. When there are more, the last line says how many.
pub fn findings_to_github(findings: &[Finding]) -> String {
    let mut out = String::new();
    let mut shown = 0;
    let ordered = most_severe_first(findings);
    let alike = ordered.chunk_by(|one, other| one.diagnostic.severity() == other.diagnostic.severity());
    let first = alike.flat_map(|alike| {
        let most = alike.first().map_or(0, |finding| most_annotations(finding.diagnostic.severity()));
        alike.iter().take(most).copied()
    });
    for located in locate(first) {
        command(&mut out, &located);
        shown += 1;
    }
    if shown < findings.len() {
        let more = count(findings.len() - shown, "more finding");
        let _ = writeln!(out, "::notice::{more} not shown here; see the log for the complete report");
    }
    out
}

/// The tenth notice is kept for saying how many more findings there are.
fn most_annotations(severity: Severity) -> usize {
    match severity {
        Severity::Error | Severity::Warning => 10,
        Severity::Info => 9,
    }
}

/// `::error file=…,line=…,endLine=…,col=…,endColumn=…,title=…::message`
fn command(out: &mut String, located: &Located<'_>) {
    let finding = located.finding;
    let command = severity_word(finding.diagnostic.severity(), "notice");
    let _ = write!(out, "::{command} file={}", escape_property(&path(&finding.source.name)));
    if let Some(PlaceRange { start, end }) = located.place {
        let _ = write!(out, ",line={},endLine={}", start.line, end.line);
        // GitHub takes columns within one line only.
        if start.line == end.line {
            let _ = write!(out, ",col={},endColumn={}", start.column, end.column);
        }
    }
    let code = finding.diagnostic.code();
    let title = escape_property(&format!("{}: {}", code.id(), explanation(code).title));
    let _ = writeln!(out, ",title={title}::{}", escape_message(&message_in_full(finding)));
}

/// As GitHub's own toolkit escapes the message of a command.
fn escape_message(text: &str) -> String {
    harmless(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As GitHub's own toolkit escapes the properties of a command.
fn escape_property(text: &str) -> String {
    escape_message(text).replace(':', "%3A").replace(',', "%2C")
}

/// How long a summary may be: GitHub takes 1 MiB a step.
const MOST_BYTES: usize = 1_000_000;
/// How many characters of a text a cell of the table shows.
const MOST_CHARACTERS: usize = 1_000;

/// The findings as Markdown for `GITHUB_STEP_SUMMARY`: how many there are, and a table with the most severe first.
///
/// GitHub takes one MiB. When the table would be longer, the last line says how many rows it lacks.
pub fn github_summary(findings: &[Finding]) -> String {
    let of = |severity| findings.iter().filter(|finding| finding.diagnostic.severity() == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let heading = [count(errors, "error"), count(warnings, "warning"), count(of(Severity::Info), "note")].join(", ");
    summary(&format!("### iameval: {heading}\n"), findings)
}

/// The same for tests: how many passed, failed and were skipped, and a table of what was found.
pub fn github_test_summary(suites: &[TestSuite], findings: &[Finding]) -> String {
    let Counts { passed, failed, errors, skipped, .. } = Counts::of(suites.iter().flat_map(|suite| &suite.cases));
    let errors = if errors > 0 { format!(", {}", count(errors, "error")) } else { String::new() };
    summary(&format!("### iameval test: {passed} passed, {failed} failed{errors}, {skipped} skipped\n"), findings)
}

fn summary(heading: &str, findings: &[Finding]) -> String {
    let mut out = heading.to_owned();
    if findings.is_empty() {
        return out;
    }
    out.push_str("\n| severity | code | place | message |\n| --- | --- | --- | --- |\n");
    let mut left = findings.len();
    for located in locate(most_severe_first(findings)) {
        let row = row(&located);
        if out.len() + row.len() > MOST_BYTES {
            break;
        }
        out.push_str(&row);
        left -= 1;
    }
    if left > 0 {
        let more = count(left, "more finding");
        let _ = writeln!(out, "\n{more} not shown here; see the log for the complete report.");
    }
    out
}

fn row(located: &Located<'_>) -> String {
    let finding = located.finding;
    let diagnostic = &finding.diagnostic;
    let severity = severity_word(diagnostic.severity(), "note");
    let code = diagnostic.code().id();
    let file = cell(&path(&finding.source.name));
    let place = located.place.map(|PlaceRange { start, .. }| format!(":{}:{}", start.line, start.column));
    let message = cell(diagnostic.message());
    let more =
        |name: &str, text: Option<&str>| text.map(|text| format!("<br>{name}: {}", cell(text))).unwrap_or_default();
    let (help, note) = (more("help", diagnostic.help()), more("note", finding.note.as_deref()));
    let place = place.unwrap_or_default();
    format!("| {severity} | {code} | {file}{place} | {message}{help}{note} |\n")
}

/// A text in a cell of a table: on one line, not too long, and what Markdown or HTML would take for markup as numbered
/// entities, which both of them know.
fn cell(text: &str) -> String {
    let text = harmless(text);
    let mut out = String::with_capacity(text.len());
    for (index, ch) in text.chars().enumerate() {
        match ch {
            _ if index == MOST_CHARACTERS => {
                out.push('…');
                break;
            }
            '\n' | '\r' | '\t' => out.push(' '),
            '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '&' | '|' | '$' => {
                let _ = write!(out, "&#{};", u32::from(ch));
            }
            _ => out.push(ch),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TestCase, TestOutcome, TestProblem};
    use iameval::text::Span;
    use iameval::{Code, Diagnostic, Problem, codes};
    use iameval_world::Source;

    fn finding(code: Code, span: Span, message: &str) -> Finding {
        Finding::new(&Source::new("a.json", "{\n  \"Sidd\": 1\n}\n"), Diagnostic::new(code, span, message))
    }

    #[test]
    fn a_command_has_place_title_and_message() {
        let mut finding = finding(codes::UNKNOWN_ELEMENT, Span::new(4, 10), "`Sidd` is no element");
        finding.diagnostic = finding.diagnostic.with_help("did you mean `Sid`?");
        assert_eq!(
            findings_to_github(&[finding]),
            "::error file=a.json,line=2,endLine=2,col=3,endColumn=9,title=IE0203%3A Unknown element::\
             `Sidd` is no element%0Ahelp: did you mean `Sid`?\n"
        );
    }

    #[test]
    fn a_note_follows_the_help() {
        let mut finding =
            finding(codes::UNKNOWN_ELEMENT, Span::new(4, 10), "here").with_note(Some("of `john`".to_owned()));
        finding.diagnostic = finding.diagnostic.with_help("remove it");
        let command = findings_to_github(std::slice::from_ref(&finding));
        assert!(command.ends_with("::here%0Ahelp: remove it%0Anote: of `john`\n"), "{command}");
        let table = github_summary(&[finding]);
        assert!(table.ends_with("| here<br>help: remove it<br>note: of &#96;john&#96; |\n"), "{table}");
    }

    #[test]
    fn columns_are_left_out_over_lines_and_places_without_text() {
        let lines = finding(codes::OLD_VERSION, Span::new(0, 15), "over lines");
        let end = finding(codes::ID_IN_IDENTITY_POLICY, Span::new(17, 17), "at the end");
        let file = Problem::new(iameval_world::codes::EMPTY_INPUT, "nothing");
        assert_eq!(
            findings_to_github(&[lines, end, Finding::about_file("standard input", file)]),
            "::error file=stdin,title=IE0004%3A Nothing to read::nothing\n\
             ::warning file=a.json,line=1,endLine=3,title=IE0302%3A Old version of an identity policy::over lines\n\
             ::notice file=a.json,line=4,endLine=4,col=1,endColumn=1,title=IE0322%3A `Id` in an identity policy::at the end\n"
        );
    }

    #[test]
    fn nothing_breaks_out_of_its_line() {
        let message = "50%\r\n::error::a,b\u{1b}[0m\u{85}";
        let diagnostic = Problem::new(iameval_world::codes::UNREADABLE, message);
        assert_eq!(
            findings_to_github(&[Finding::about_file("a,b:c%\n::x.json", diagnostic)]),
            "::error file=a%2Cb%3Ac%25%0A%3A%3Ax.json,title=IE0001%3A Unreadable file::\
             50%25%0D%0A::error::a,b\\u{1b}[0m\\u{85}\n"
        );
    }

    #[test]
    fn ten_of_each_severity_and_how_many_more() {
        let codes = [codes::ID_IN_IDENTITY_POLICY, codes::JSON_SYNTAX, codes::OLD_VERSION];
        let many = |number: usize| -> Vec<Finding> {
            codes.iter().flat_map(|code| vec![finding(*code, Span::START, "here"); number]).collect()
        };
        let lines = |number| -> Vec<String> { findings_to_github(&many(number)).lines().map(Into::into).collect() };
        assert_eq!(lines(9).len(), 27);
        let lines = lines(12);
        let starting = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
        assert_eq!((starting("::error "), starting("::warning "), starting("::notice")), (10, 10, 10));
        assert!(lines[0].starts_with("::error ") && lines[10].starts_with("::warning "));
        assert_eq!(
            lines.last().unwrap(),
            "::notice::7 more findings not shown here; see the log for the complete report"
        );
    }

    #[test]
    fn nothing_found_is_no_command() {
        assert_eq!(findings_to_github(&[]), "");
        assert_eq!(github_summary(&[]), "### iameval: 0 errors, 0 warnings, 0 notes\n");
    }

    #[test]
    fn a_summary_is_a_table() {
        let mut error = finding(codes::UNKNOWN_ELEMENT, Span::new(4, 10), "`Sidd`\n<b>|</b> & \\| \u{1b}");
        error.diagnostic = error.diagnostic.with_help("use *Sid*");
        let file = Problem::new(codes::OLD_VERSION, "old");
        assert_eq!(
            github_summary(&[Finding::about_file("x|y.json", file), error]),
            "### iameval: 1 error, 1 warning, 0 notes\n\n\
             | severity | code | place | message |\n\
             | --- | --- | --- | --- |\n\
             | error | IE0203 | a.json:2:3 | &#96;Sidd&#96; &#60;b&#62;&#124;&#60;/b&#62; &#38; &#92;&#124; \
             &#92;u{1b}<br>help: use &#42;Sid&#42; |\n\
             | warning | IE0302 | x&#124;y.json | old |\n"
        );
    }

    #[test]
    fn a_summary_of_tests_counts_cases() {
        let case = |outcome| TestCase { classname: "a".into(), name: "a".into(), outcome };
        let skipped = TestOutcome::Skipped { message: "later".into() };
        let mut suite = TestSuite { file: "a.iamtest.yaml".into(), cases: Vec::new() };
        suite.cases = [TestOutcome::Passed, TestOutcome::Passed, skipped].map(case).to_vec();
        assert_eq!(github_test_summary(&[suite.clone()], &[]), "### iameval test: 2 passed, 0 failed, 1 skipped\n");
        let problem = TestProblem { kind: "IE0701".into(), message: "no".into(), text: "no".into() };
        suite.cases = [TestOutcome::Failed(problem.clone()), TestOutcome::Error(problem)].map(case).to_vec();
        let failed = finding(crate::test_codes::TEST_FAILED, Span::new(4, 10), "`a`: expected `allow`, got `implicit`");
        assert_eq!(
            github_test_summary(&[suite.clone(), suite], &[failed]),
            "### iameval test: 0 passed, 2 failed, 2 errors, 0 skipped\n\n\
             | severity | code | place | message |\n\
             | --- | --- | --- | --- |\n\
             | error | IE0701 | a.json:2:3 | &#96;a&#96;: expected &#96;allow&#96;, got &#96;implicit&#96; |\n"
        );
    }

    #[test]
    fn a_summary_ends_before_it_is_too_long() {
        let one = finding(codes::UNKNOWN_ELEMENT, Span::new(4, 10), &"|".repeat(5_000));
        let findings = vec![one; 1_000];
        let summary = github_summary(&findings);
        assert!(summary.len() < 1 << 20, "{}", summary.len());
        let rows = summary.lines().filter(|line| line.starts_with("| error")).count();
        assert!(rows > 100, "{rows}");
        let last = format!("{} more findings not shown here; see the log for the complete report.", 1_000 - rows);
        assert_eq!(summary.lines().last(), Some(&*last));
    }
}
