//! What answers look like: every renderer over every kind of answer, as snapshots; and what holds for all of them.
//!
//! Each case is a native request with its policies. A snapshot holds the text at four widths, the trace, and the JSON.

mod cases;

use cases::{CASES, Case};
use iameval::json;
use iameval::native::{Line, RequestReader, SCHEMA, write_result};
use iameval_ask::Answer;
use iameval_report::{Depth, Style, answer_to_text, answers_to_json, answers_to_table};
use iameval_tests::root;
use iameval_world::{Source, yaml};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr;

const WIDTHS: [usize; 4] = [80, 40, 120, 200];

fn plain(width: usize) -> Style {
    Style { colour: false, width }
}

/// The answer of a native request in YAML or JSON.
fn answer_of(text: &str) -> Answer {
    let source = Source::new("request.yaml", text);
    let tree = if text.trim_start().starts_with('{') { json::parse(text) } else { yaml::parse(text) };
    let tree = tree.unwrap_or_else(|error| panic!("{error:?} in {text}"));
    match RequestReader::new().read_tree(&tree, text) {
        Ok(Line::Simulation(simulation)) => {
            Answer::of_native(&simulation, &source, iameval_data::Catalogue::embedded())
        }
        other => panic!("{other:?}: {text}"),
    }
}

fn answers(case: &Case) -> Vec<Answer> {
    (case.change)(answer_of(case.request))
}

#[test]
fn every_renderer_of_every_case() {
    for case in CASES {
        let answers = answers(case);
        let mut shown = String::new();
        for answer in &answers {
            let mut last = (0, String::new());
            for width in WIDTHS {
                let text = answer_to_text(answer, Depth::Explained, plain(width));
                if text == last.1 {
                    writeln!(shown, "--- {width} columns: as with {}", last.0).unwrap();
                } else {
                    writeln!(shown, "--- {width} columns\n{text}").unwrap();
                    last = (width, text);
                }
            }
            let text = answer_to_text(answer, Depth::Traced, plain(120));
            writeln!(shown, "--- trace\n{}", &text[text.find("  trace\n").unwrap()..]).unwrap();
        }
        write!(shown, "--- JSON\n{:#}", answers_to_json(&answers)).unwrap();
        insta::assert_snapshot!(case.name, shown);
    }
}

#[test]
fn a_table_of_all_cases() {
    let answers: Vec<Answer> = CASES.iter().flat_map(answers).collect();
    let mut shown = String::new();
    for width in WIDTHS {
        writeln!(shown, "--- {width} columns\n{}", answers_to_table(&answers, plain(width))).unwrap();
    }
    insta::assert_snapshot!("table", shown);
}

/// Every text that an answer becomes, with what it is.
fn texts(style: Style) -> impl Iterator<Item = (String, String)> {
    CASES.iter().flat_map(move |case| {
        let answers = answers(case);
        let mut texts = vec![(format!("{}: table", case.name), answers_to_table(&answers, style))];
        for answer in &answers {
            texts.push((case.name.to_owned(), answer_to_text(answer, Depth::Explained, style)));
            texts.push((format!("{}: trace", case.name), answer_to_text(answer, Depth::Traced, style)));
        }
        texts
    })
}

#[test]
fn no_line_is_wider_than_the_width_unless_a_single_word_is() {
    for width in (40..=200).step_by(5) {
        for (name, text) in texts(plain(width)) {
            for line in text.lines().filter(|line| line.width() > width) {
                let words = line.trim_start_matches(|ch: char| " |`-".contains(ch));
                // The name of a line, or the word of a headline, may stand in front.
                let words = words.split("  ").last().unwrap_or_default().trim();
                assert!(!words.contains(' '), "{name} with {width} columns: {line}");
            }
        }
    }
}

#[test]
fn colour_adds_escape_sequences_only() {
    for width in WIDTHS {
        let coloured = texts(Style { colour: true, width });
        for ((name, plain), (_, coloured)) in texts(plain(width)).zip(coloured) {
            assert!(coloured.contains("\u{1b}["), "{name}");
            assert_eq!(without_escapes(&coloured), plain, "{name} with {width} columns");
        }
    }
}

fn without_escapes(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + part.split_once('m').expect("a colour").1)
}

#[test]
fn no_text_steers_a_terminal() {
    for (name, text) in texts(plain(80)) {
        let odd = text.chars().find(|ch| ch.is_control() && *ch != '\n' || ('\u{202a}'..='\u{202e}').contains(ch));
        assert_eq!(odd, None, "{name}: {text}");
        assert!(text.ends_with('\n') && !text.lines().any(|line| line.ends_with(' ')), "{name}: {text}");
    }
}

#[test]
fn underlines_stand_below_what_they_mark() {
    for width in [60, 80, 120, 200] {
        for (name, text) in texts(plain(width)) {
            let lines: Vec<&str> = text.lines().collect();
            for pair in lines.windows(2) {
                let Some(start) = pair[1].strip_prefix("         | ").and_then(|line| line.find('^')) else { continue };
                let underline = &pair[1][..11 + start];
                // The place begins at the same column: what is in front of it is as wide.
                let mut columns = 0;
                let before = pair[0].chars().take_while(|ch| {
                    columns += ch.to_string().width();
                    columns <= underline.width()
                });
                let before: String = before.collect();
                assert_eq!(before.width(), underline.width(), "{name}: {}\n{}", pair[0], pair[1]);
                let marked = &pair[0][before.len()..];
                assert!(!marked.starts_with([' ', ',', ']', '}']), "{name}: {}\n{}", pair[0], pair[1]);
            }
        }
    }
}

#[test]
fn json_is_json() {
    for case in CASES {
        let answers = answers(case);
        let document: serde_json::Value =
            serde_json::from_str(&format!("{}", answers_to_json(&answers))).expect("a JSON document");
        assert_eq!(document["schema"], "iameval/simulate/1");
        assert_eq!(document["results"].as_array().map(Vec::len), Some(answers.len()));
    }
}

/// The schema of what the renderer prints, with every field known to it.
fn schema() -> serde_json::Value {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).expect("a schema");
    let definitions = &schema["$defs"];
    serde_json::json!({"$defs": definitions, "$ref": "#/$defs/answers"})
}

#[test]
fn json_is_as_the_schema_says() {
    let schema = schema();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for case in CASES {
        let answers = answers(case);
        let document = value(&format!("{}", answers_to_json(&answers)));
        let wrong: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", case.name);
        let known = schema["$defs"]["answer"]["properties"].as_object().unwrap();
        for result in document["results"].as_array().unwrap() {
            for field in result.as_object().unwrap().keys() {
                assert!(known.contains_key(field), "{}: `{field}` is not in the schema", case.name);
            }
            // The schema sees an answer of the wrong form.
            for (field, other) in [("why", "no"), ("sides", "none"), ("granted", "x"), ("note_codes", "owner")] {
                let mut changed = result.clone();
                changed[field] = other.into();
                let changed = serde_json::json!({"schema": "iameval/simulate/1", "results": [changed]});
                assert!(!validator.is_valid(&changed), "{}: `{field}`", case.name);
            }
        }
    }
}

/// The native result is a part of the answer's: what `batch` writes for the same request.
#[test]
fn an_answer_has_the_native_result() {
    for answer in CASES.iter().flat_map(answers) {
        let mut native = String::new();
        write_result(&mut native, answer.summary.id.as_deref(), &answer.policies, &answer.simulation);
        let mut document = value(&format!("{}", answers_to_json(std::slice::from_ref(&answer))));
        let result = &mut document["results"][0];
        for statement in result["matched"].as_array_mut().unwrap() {
            statement.as_object_mut().unwrap().retain(|name, _| !["file", "line", "column", "via"].contains(&&**name));
        }
        for (name, native) in value(&native).as_object().unwrap() {
            assert_eq!(&result[name], native, "{name}");
        }
    }
}

/// A section of `docs/json.md`.
fn documented(heading: &str) -> String {
    let text = std::fs::read_to_string(root().join("docs/json.md")).unwrap();
    let (_, section) = text.split_once(&format!("\n## {heading}\n")).expect("the section");
    section.split("\n## ").next().unwrap().to_owned()
}

const SIMULATE: &str = "`iameval simulate [ACTION…] --format json`";

/// The first block of that language.
fn block<'t>(text: &'t str, language: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("\n```{language}\n")).expect("a block");
    rest.split_once("\n```").expect("its end").0
}

fn value(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn the_documented_example_is_what_comes_out() {
    let section = documented(SIMULATE);
    let answers = [answer_of(&format!("{}\n", block(&section, "yaml")))];
    assert_eq!(value(&format!("{}", answers_to_json(&answers))), value(block(&section, "json")));
}

#[test]
fn the_example_of_a_native_result_is_what_comes_out() {
    let text = std::fs::read_to_string(root().join("docs/simulation-request.md")).unwrap();
    let answer = answer_of(&format!("{}\n", block(&text, "yaml")));
    let mut result = String::new();
    write_result(&mut result, answer.summary.id.as_deref(), &answer.policies, &answer.simulation);
    assert_eq!(value(&result), value(block(&text, "json")));
}

#[test]
fn every_field_is_documented() {
    let section = documented(SIMULATE);
    let prose = section.split("For example, the request").next().unwrap();
    let mut fields = BTreeSet::new();
    for case in CASES {
        collect(&value(&format!("{}", answers_to_json(&answers(case)))), &mut fields);
    }
    // Those of the native result, which has a table of its own.
    let native = documented("The result of a request");
    let is_told = |field: &str| [prose, &native].iter().any(|text| names(text).any(|name| name == field));
    for field in &fields {
        assert!(is_told(field) || ["schema", "results"].contains(&&**field), "`{field}` is not documented");
    }
    // And what the tables name is there.
    let rows = prose.lines().filter_map(|line| line.strip_prefix("| `"));
    for name in rows
        .flat_map(|row| names(&format!("`{}", row.split(" | ").next().unwrap())).map(str::to_owned).collect::<Vec<_>>())
    {
        assert!(fields.contains(&name), "no answer has `{name}`");
    }
}

/// The names of all members, and the codes of `why`.
fn collect(value: &serde_json::Value, fields: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(members) => {
            fields.extend(members.keys().cloned());
            fields.extend(members.get("code").and_then(|code| code.as_str()).map(str::to_owned));
            members.values().for_each(|value| collect(value, fields));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, fields)),
        _ => {}
    }
}

/// What stands in backticks: words, also those within braces.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2).flat_map(|code| code.split(|ch: char| !ch.is_alphanumeric() && ch != '_'))
}
