//! Tables that are written again say what they said, and what `--update` writes passes, however the files look.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails here is a failed test")]

use iameval_data::Catalogue;
use iameval_test::{Options, Status, Table, TestFile};
use iameval_world::{Ask, Files, Finding, Source, codes};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::FileFailurePersistence;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A table with its cells, and how it is laid out.
#[derive(Debug, Clone)]
struct Written {
    cells: Vec<Vec<String>>,
    text: String,
}

/// Cells in some layout: blanks of any width or pipes, in columns or not, with comments and blank lines between.
fn written(cells: Vec<Vec<String>>) -> impl Strategy<Value = Written> {
    let lines = cells.len();
    let noise = prop::collection::vec((0..4_usize, 0..3_usize, any::<bool>()), lines);
    (any::<bool>(), any::<bool>(), any::<bool>(), noise, 0..3_usize).prop_map(
        move |(piped, aligned, dashes, noise, indent)| {
            let widths: Vec<usize> =
                (0..cells[0].len()).map(|at| cells.iter().map(|row| row[at].chars().count()).max().unwrap()).collect();
            let mut text = String::new();
            for (number, (row, (before, gap, comment))) in cells.iter().zip(noise).enumerate() {
                text.push_str(["", "\n", "# between | two\n", "  # a\n\n"][before]);
                text.push_str(&" ".repeat(indent));
                let gap = " ".repeat(if aligned { 2 } else { gap + 1 });
                let fill = |(cell, width): (&String, &usize)| {
                    let width = if aligned { *width } else { 0 };
                    format!("{cell:<width$}")
                };
                let filled: Vec<String> = row.iter().zip(&widths).map(fill).collect();
                if piped {
                    text.extend(["| ", &*filled.join(&format!("{gap}| ")), " |"]);
                } else {
                    text.push_str(filled.join(&gap).trim_end());
                }
                if comment {
                    text.push_str("  # é why");
                }
                text.push('\n');
                if piped && dashes && number == 0 {
                    let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                    text.extend(["|-", &*dashes.join("-|-"), "-|\n"]);
                }
            }
            Written { cells: cells.clone(), text }
        },
    )
}

fn any_table() -> impl Strategy<Value = Written> {
    let word = "[a-z*/é][a-z:*/é=&#-]{0,12}".prop_filter("a line of dashes", |word| !word.contains("--"));
    let cells = (1..5_usize, 2..5_usize).prop_flat_map(move |(columns, rows)| {
        prop::collection::vec(prop::collection::vec(word.clone(), columns), rows)
    });
    cells.prop_flat_map(written)
}

fn texts(table: &Table) -> Vec<Vec<String>> {
    let all = std::iter::once(table.header()).chain(table.rows().iter().map(Vec::as_slice));
    all.map(|row| row.iter().map(|cell| cell.text.clone()).collect()).collect()
}

fn comments(text: &str) -> Vec<String> {
    let comment = |line: &str| {
        let mut words = line.match_indices('#').filter(|(at, _)| {
            let before = line.get(..*at).unwrap();
            before.is_empty() || before.ends_with([' ', '|'])
        });
        words.next().map(|(at, _)| line.get(at..).unwrap().trim_end().to_owned())
    };
    text.lines().filter_map(comment).collect()
}

/// So many cases, after those that failed once, which `laws.proptest-regressions` keeps.
fn keeping_failures(cases: u32) -> ProptestConfig {
    let kept = FileFailurePersistence::WithSource("proptest-regressions");
    ProptestConfig { cases, failure_persistence: Some(Box::new(kept)), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(keeping_failures(400))]

    #[test]
    fn a_table_reads_what_was_written(written in any_table()) {
        let table = Table::parse(&written.text).unwrap();
        prop_assert_eq!(texts(&table), written.cells);
        for cell in table.header().iter().chain(table.rows().iter().flatten()) {
            prop_assert_eq!(written.text.get(cell.span.range()), Some(&*cell.text));
        }
    }

    #[test]
    fn changed_cells_are_all_that_changes(
        written in any_table(),
        changes in prop::collection::vec((any::<usize>(), any::<usize>(), select(vec![".", "allow", "explicit/implicit", "é"])), 0..5),
        line_end in select(vec!["\n", "\r\n"]),
    ) {
        let text = written.text.replace('\n', line_end);
        let table = Table::parse(&text).unwrap();
        let mut cells = written.cells;
        let (rows, columns) = (cells.len() - 1, cells[0].len());
        let mut changed = BTreeMap::new();
        for (row, column, new) in changes {
            let (row, column) = (row % rows, column % columns);
            new.clone_into(&mut cells[row + 1][column]);
            changed.insert((row, column), new.to_owned());
        }
        let after = table.with_cells(&changed);
        prop_assert_eq!(texts(&Table::parse(&after).unwrap()), cells, "{}", after);
        prop_assert_eq!(comments(&after), comments(&text));
        prop_assert_eq!(after.lines().count(), text.lines().count());
        if changed.is_empty() {
            prop_assert_eq!(after, text);
        }
    }

    #[test]
    fn rows_and_columns_come_and_go(
        written in any_table(),
        removed in any::<usize>(),
        header in prop::collection::vec("[a-z]{1,9}", 1..5),
        new in "[a-z]{1,9}",
    ) {
        let table = Table::parse(&written.text).unwrap();
        let removed = removed % table.rows().len();
        let kept = (0..table.rows().len()).filter(|row| *row != removed).map(Some);
        let rows: Vec<(Option<usize>, Vec<String>)> =
            kept.chain([None]).map(|place| (place, vec![new.clone(); header.len()])).collect();
        let after = table.with_rows(&header, &rows);
        let cells: Vec<Vec<String>> = std::iter::once(header).chain(rows.into_iter().map(|row| row.1)).collect();
        prop_assert_eq!(texts(&Table::parse(&after).unwrap()), cells, "{}", after);
    }
}

/// Files in memory.
#[derive(Debug, Clone, Default)]
struct Memory(BTreeMap<PathBuf, String>);

impl Files for Memory {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        let name = path.display().to_string();
        let missing = || Finding::about_file(&name, iameval::Problem::new(codes::UNREADABLE, "not there"));
        let text = self.0.get(path).ok_or_else(missing)?;
        let source = Source::new(&*name, &**text);
        Ok(Arc::new(Source { path: Some(path.into()), ..(*source).clone() }))
    }
}

const ACTIONS: [&str; 5] = ["s3:GetObject", "s3:PutObject", "iam:GetUser", "iam:ChangePassword", "ec2:RunInstances"];
const RESOURCES: [&str; 4] = ["*", "self", "arn:aws:s3:::b/k", "bucket/x"];
const COLUMNS: [&str; 6] =
    ["mfa=true", "mfa=false", "mfa=absent", "office", "aws:SourceIp=192.0.2.1", "office&mfa=true"];
const STATEMENTS: [&str; 7] = [
    r#"{ Effect: Allow, Action: "s3:*", Resource: "*" }"#,
    r#"{ Effect: Allow, Action: "iam:*", Resource: "arn:aws:iam::*:user/${aws:username}" }"#,
    r#"{ Effect: Deny, NotAction: "iam:ChangePassword", Resource: "*", Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } } }"#,
    r#"{ Effect: Deny, Action: "s3:PutObject", Resource: "*", Condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } } }"#,
    r#"{ Effect: Allow, Action: "*", Resource: "*", Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }"#,
    r#"{ Effect: Allow, Action: "ec2:*", Resource: "*", Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } }"#,
    r#"{ Effect: Deny, Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/*" }"#,
];

/// A test file with a table and a snapshot over a world of some of the statements, with any answers.
fn any_file() -> impl Strategy<Value = Memory> {
    let statements = |least: usize| subsequence(STATEMENTS.to_vec(), least..=4).prop_shuffle();
    let rows = subsequence(
        ["alice", "bob"].iter().flat_map(|who| ACTIONS.map(|action| (*who, action))).collect::<Vec<_>>(),
        1..=6,
    );
    let columns = subsequence(COLUMNS.to_vec(), 1..=4).prop_shuffle();
    let table = (rows, columns, prop::collection::vec((select(RESOURCES.to_vec()), 0..5_usize), 24)).prop_flat_map(
        |(rows, columns, drawn)| {
            let lead = ["principal", "resource", "action"];
            let mut cells = vec![lead.iter().chain(&columns).map(ToString::to_string).collect::<Vec<_>>()];
            let mut drawn = drawn.into_iter();
            for (number, (who, action)) in rows.into_iter().enumerate() {
                let resource = RESOURCES[(number + drawn.len()) % RESOURCES.len()];
                let answer = |_| {
                    let word = drawn.next().map_or(0, |(_, word)| word);
                    ["allow", "deny", "implicit", "explicit", "."][word].to_owned()
                };
                let mut row = vec![who.to_owned(), resource.to_owned(), action.to_owned()];
                row.extend(columns.iter().map(answer));
                cells.push(row);
            }
            if cells.iter().skip(1).all(|row| row[3..].iter().all(|cell| cell == ".")) {
                "deny".clone_into(&mut cells[1][3]);
            }
            written(cells)
        },
    );
    (statements(1), statements(0), table, any::<bool>(), any::<bool>()).prop_map(
        |(one, two, table, crlf, multiplied)| {
            let policy = |statements: &[&str]| match statements {
                [] => "[]".to_owned(),
                several => format!("[{{ Version: \"2012-10-17\", Statement: [{}] }}]", several.join(", ")),
            };
            let rows: String =
                table.text.lines().map(|line| format!("      {line}").trim_end().to_owned() + "\n").collect();
            let beside = if multiplied { "    context: { aws:RequestedRegion: eu-west-1 }\n" } else { "" };
            let text = format!(
                "account: \"123456789012\"
principals:
  alice: {{ user: alice, policies: {} }}
  bob: {{ user: bob, policies: {} }}
resources: {{ bucket: {{ arn: \"arn:aws:s3:::bucket\" }} }}
contexts: {{ office: {{ aws:SourceIp: 203.0.113.7 }} }}
tests:
  - name: table
{beside}    table: |2  # why
{rows}    tags: [t]
  - name: snapshot
    principals: all
    actions: [s3:GetObject, \"iam:*Password\"]
    resources: [self, bucket/x]
    context: [office, \"aws:SourceIp=192.0.2.1\"]
    snapshot: sub/s.txt
",
                policy(&one),
                policy(&two),
            );
            let text = if crlf { text.replace('\n', "\r\n") } else { text };
            Memory(BTreeMap::from([(PathBuf::from("x.iamtest.yaml"), text)]))
        },
    )
}

fn load(files: &Memory) -> TestFile<'static> {
    // What is drawn is often asked on a resource that AWS never asks it on.
    let options = Options { lenient: true, ..Options::default() };
    TestFile::load(files, "x.iamtest.yaml".as_ref(), &options).unwrap_or_else(|wrong| {
        let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        panic!("{}\n{}", told.join("\n"), files.0.values().cloned().collect::<String>())
    })
}

proptest! {
    #![proptest_config(keeping_failures(200))]

    #[test]
    fn what_was_updated_passes_and_needs_no_more(files in any_file()) {
        let mut files = files;
        let file = load(&files);
        let run = file.run_all().unwrap();
        let updates = run.updates();
        prop_assert!(updates.kept.is_empty(), "{:?}", updates.kept);
        for update in updates.files {
            files.0.insert(update.path, update.text);
        }
        let again = load(&files);
        let run = again.run_all().unwrap();
        prop_assert_eq!(run.failed(), 0, "{:?}", files);
        prop_assert_eq!(run.outcomes.len(), file.checks().len());
        let updates = run.updates();
        prop_assert!(updates.files.is_empty() && updates.kept.is_empty(), "{:?}", updates);
    }

    /// What a check is called says what is asked; asked like that, the world gives the same answer.
    #[test]
    fn each_check_decides_as_the_world_does(files in any_file()) {
        let file = load(&files);
        let run = file.run_all().unwrap();
        for outcome in &run.outcomes {
            let check = &file.checks()[outcome.check];
            let decision = match &outcome.status {
                Status::Passed(decision) | Status::Failed(decision, _) => *decision,
                other => panic!("{other:?}"),
            };
            let coordinates = check.name.split_once(" [").unwrap().1.trim_end_matches(']');
            let words: Vec<&str> = coordinates.split(' ').collect();
            // The columns of the table stand in another order than what a check is called.
            let [who, action, resource, given] = words[..] else { panic!("{words:?}") };
            let world = file.world();
            let principal = world.principal(who).unwrap();
            let id = principal.principal().id().unwrap().to_owned();
            let resource = match resource {
                "self" => id,
                "*" => "*".to_owned(),
                named => world.resource_arn(named).unwrap(),
            };
            let mut context = iameval::Context::new();
            let mut mfa = None;
            if check.name.starts_with("table") && files.0.values().any(|text| text.contains("aws:RequestedRegion")) {
                context.insert("aws:RequestedRegion", "eu-west-1");
            }
            for part in given.split('&') {
                match part.split_once('=') {
                    None => context.insert("aws:SourceIp", "203.0.113.7"),
                    Some(("mfa", state)) => mfa = Some(state.parse::<iameval::Mfa>().unwrap()),
                    Some((key, value)) => context.insert(key, value),
                }
            }
            let action: iameval::Action = action.parse().unwrap();
            let ask = Ask::new(&principal, &action, &resource);
            let situation = world.situation(&ask).unwrap();
            let mut builder = situation.request(action.clone(), &context);
            if let Some(mfa) = mfa {
                builder = builder.mfa(mfa);
            }
            let mut request = builder.build();
            request.declare_multivalued(|key| Catalogue::embedded().is_multivalued(key));
            prop_assert_eq!(situation.policies.set().decide(&request), decision, "{}", check.name);
        }
    }
}
