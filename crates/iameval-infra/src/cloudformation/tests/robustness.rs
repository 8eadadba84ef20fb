//! Hostile templates, and how the cost grows: no overflow, no end of memory, and no more work than there is template.

use super::{Memory, read, told};
use crate::cloudformation::evaluate::{Evaluator, Given};
use crate::cloudformation::{CloudFormation, load};
use crate::value::Value;
use iameval::symbol::Symbols;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What the properties of all resources come to.
fn size(text: &str) -> usize {
    let (stacks, _) = read(text).unwrap();
    stacks.stacks[0].resources.iter().map(|resource| resource.properties.size()).sum()
}

/// How much is evaluated for a template.
fn cost(text: &str) -> usize {
    let files = Memory::default().with("t.yaml", text);
    let loaded = load::load(&CloudFormation::new("t.yaml"), &files).unwrap();
    let (mut symbols, values) = (Symbols::new(), BTreeMap::new());
    let given = Given { values: &values, is_strict: false, taken: std::collections::BTreeSet::new() };
    let mut evaluator = Evaluator::new(&loaded.templates, given, &mut symbols);
    assert!(evaluator.stack(0).is_ok());
    evaluator.cost()
}

#[test]
fn what_comes_out_grows_like_the_template() {
    let template = |count: usize| {
        let mut text =
            String::from("Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x]}\nResources:\n");
        for index in 0..count {
            let _ = write!(
                text,
                "  R{index}:\n    Type: AWS::IAM::Role\n    Properties:\n      Name: !Sub '${{P}}-${{B{index}.Arn}}'\n      \
                 List: !Join ['', [!If [C, a, b], !Ref P, !If [C, c, !Ref AWS::NoValue]]]\n  B{index}: {{Type: AWS::S3::Bucket}}\n"
            );
        }
        text
    };
    let (small, large) = (size(&template(50)), size(&template(500)));
    assert!(large <= small * 11, "{small} {large}");
    let (small, large) = (cost(&template(50)), cost(&template(500)));
    assert!(large <= small * 11, "{small} {large}");
}

#[test]
fn choices_do_not_multiply_without_end() {
    let mut text = String::from("Parameters:\n");
    let mut conditions = String::from("Conditions:\n");
    let mut parts = String::new();
    for index in 0..20 {
        let _ = writeln!(text, "  P{index}: {{Type: String}}");
        let _ = writeln!(conditions, "  C{index}: !Equals [!Ref P{index}, x]");
        let _ = write!(parts, "!If [C{index}, a, b], ");
    }
    let _ = writeln!(text, "{conditions}Resources: {{R: {{Type: 'A::B', Properties: {{V: !Join ['', [{parts}]]}}}}}}");
    assert!(size(&text) < 10_000);
}

#[test]
fn long_chains_and_deep_nesting_are_refused() {
    let mut text = String::from("Conditions:\n  C0: !Equals [a, a]\n");
    for index in 1..5_000 {
        let _ = writeln!(text, "  C{index}: !Not [!Condition C{}]", index - 1);
    }
    text.push_str("Resources: {R: {Type: 'A::B', Condition: C4999}}\n");
    assert!(told(&text, |options| options)[0].contains("deeper than"));
    let mut text = String::from("Resources:\n  R0: {Type: 'AWS::S3::Bucket'}\n");
    for index in (1..5_000).rev() {
        let _ =
            writeln!(text, "  R{index}: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: !Ref R{}}}}}", index - 1);
    }
    assert!(told(&text, |options| options)[0].contains("deeper than"));
    for (open, close) in
        [("[", "]"), ("!Join ['', [", "]]"), ("!Not [", "]"), ("!If [C, a, ", "]"), ("!Sub ['${A}', {A: ", "}]")]
    {
        let value = format!("{}x{}", open.repeat(120), close.repeat(120));
        let text = format!(
            "Parameters: {{P: {{Type: String}}}}\nConditions: {{C: !Equals [!Ref P, x]}}\nResources: {{R: {{Type: 'A::B', Properties: {{V: {value}}}}}}}\n"
        );
        let _ = told(&text, |options| options);
        let json = format!(
            r#"{{"Resources": {{"R": {{"Type": "A::B", "Properties": {{"V": {}1{}}}}}}}}}"#,
            "[".repeat(500),
            "]".repeat(500)
        );
        assert!(told(&json, |options| options)[0].contains("deeper than"));
    }
}

#[test]
fn bombs_are_refused() {
    let mut bomb = String::from(
        "Resources:\n  R:\n    Type: A::B\n    Properties:\n      a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n",
    );
    for level in 1..10 {
        let previous = format!("*a{}, ", level - 1).repeat(10);
        let _ = writeln!(bomb, "      a{level}: &a{level} [{}]", previous.trim_end_matches(", "));
    }
    assert!(told(&bomb, |options| options)[0].contains("too many values"));
    let loops = "
Resources:
  Fn::ForEach::A: [A, [1,2,3,4,5,6,7,8,9,0], {Fn::ForEach::B: [B, [1,2,3,4,5,6,7,8,9,0], {Fn::ForEach::C: [C, [1,2,3,4,5,6,7,8,9,0],
    {Fn::ForEach::D: [D, [1,2,3,4,5,6,7,8,9,0], {Fn::ForEach::E: [E, [1,2,3,4,5,6,7,8,9,0], {Fn::ForEach::F: [F, [1,2,3,4,5,6,7,8,9,0],
    {'R${A}${B}${C}${D}${E}${F}': {Type: A::B}}]}]}]}]}]}]
";
    assert!(told(loops, |options| options)[0].contains("too large"));
    let long = "x".repeat(100_000);
    let many = "!Ref P, ".repeat(10_000);
    let text = format!(
        "Parameters: {{P: {{Type: String, Default: {long}}}}}\nResources: {{R: {{Type: 'A::B', Properties: {{V: [{many}]}}}}}}\n"
    );
    assert!(told(&text, |options| options)[0].contains("multiply"));
}

#[test]
fn odd_templates_do_not_panic() {
    for text in [
        "Resources: []\nAWSTemplateFormatVersion: x\n",
        "Resources: {R: 1}\nAWSTemplateFormatVersion: x\n",
        "Resources: {R: {Type: 'A::B', Properties: 5, Condition: [x]}}\n",
        "Resources: {R: {Type: 'A::B', Properties: {Ref: ''}}}\n",
        "Parameters: 3\nMappings: x\nConditions: []\nOutputs: [1]\nResources: {R: {Type: 'A::B'}}\n",
        "Parameters: {P: 3}\nResources: {R: {Type: 'A::B', Properties: {V: !Ref P}}}\n",
        "Resources: {R: {Type: 'A::B', Properties: {V: [!Sub '', !Sub '${}', !Sub '${.}', !GetAtt '.', !Select [], !Split ['', '']]}}}\n",
        "Resources: {R: {Type: 'A::B', Properties: {V: [!Cidr [0.0.0.0/0, 300, 99], !Cidr ['255.255.255.255/32', 2, 0]]}}}\n",
        "Resources: {R: {Type: 'A::B', Properties: {V: [!Cidr [0.0.0.0/0, 3, 1], !Cidr [0.0.0.0/99, 1, 1]]}}}\n",
        "Resources: {'Fn::ForEach::X': 1, R: {Type: 'A::B'}}\n",
        "Transform: {Name: 1}\nResources: {R: {Type: 'A::B', Properties: {V: '{{resolve:x'}}}\n",
    ] {
        let _ = told(text, |options| options);
    }
}

#[test]
fn values_are_counted() {
    let value = Value::text(iameval::text::Span::START, "abc");
    assert_eq!(value.size(), 67);
}

/// Lines taken out, doubled and exchanged, and words exchanged: always the same, so that a failure can be seen again.
#[test]
fn damaged_templates_do_not_panic() {
    let rounds: usize = std::env::var("IAMEVAL_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(8);
    let mut state = 1_u64;
    let mut draw = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below.max(1)
    };
    let words =
        ["!Ref", "!Sub", "!GetAtt", "!If", "!Select", "!Split", "!Join", "Ref", "Fn::Sub", "[]", "{}", "${", "1", "''"];
    for path in super::fixtures::templates() {
        let text = std::fs::read_to_string(path).unwrap();
        for _ in 0..rounds {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            for _ in 0..=draw(4) {
                let (at, other) = (draw(lines.len()), draw(lines.len()));
                match draw(4) {
                    0 => drop(lines.remove(at)),
                    1 => lines.insert(at, lines[other].clone()),
                    2 => lines.swap(at, other),
                    _ => {
                        let parts: Vec<&str> = lines[at].split(' ').collect();
                        let chosen = draw(parts.len());
                        let word = |(index, part)| if index == chosen { words[draw(words.len())] } else { part };
                        lines[at] = parts.into_iter().enumerate().map(word).collect::<Vec<_>>().join(" ");
                    }
                }
            }
            let _ = told(&lines.join("\n"), |options| options);
        }
    }
}
