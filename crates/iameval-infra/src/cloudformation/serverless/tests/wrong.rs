//! What is wrong with a service, with its place and a hint.

use crate::cloudformation::CloudFormation;
use crate::cloudformation::tests::in_words;
use crate::testing::Memory;
use iameval::symbol::Symbols;

/// What is told of a service, with the name of the file.
fn told(service: &str) -> Vec<String> {
    let files = Memory::default()
        .with("s/serverless.yml", service)
        .with("s/bad.yml", "a: [1")
        .with("s/good.yml", "one: 1\ntwo: ${self:custom.nothing}\n")
        .with("s/own.yml", "all: ${file(own.yml)}\n")
        .with("shared.yml", "a: 1");
    match CloudFormation::new("s/serverless.yml").stacks(&files, &mut Symbols::new()) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong
            .iter()
            .map(|finding| format!("{}:{}", finding.source.name.trim_start_matches("s/"), in_words(finding)))
            .collect(),
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let with =
        |value: &str| format!("service: s\nprovider: {{name: aws}}\ncustom:\n  x: 1\nresources:\n  a: {value}\n");
    for (service, expected) in [
        ("provider: {name: aws}\n".to_owned(), "serverless.yml:1:1: the service has no `service`; give it a name: `service: orders`"),
        ("service: s\n".to_owned(), "serverless.yml:1:1: the service has no `provider`; write `provider: {name: aws}`"),
        (
            "service: s\nprovider: {name: google}\n".to_owned(),
            "serverless.yml:2:18: the provider of the service is `google`; only services of `aws` have IAM policies",
        ),
        (
            with("${self:custom.y}"),
            "serverless.yml:6:6: there is nothing at `custom.y`, which `${self:custom.y}` refers to; did you mean `x`?",
        ),
        (
            with("${slef:custom.x}"),
            "serverless.yml:6:6: unknown source `slef` of a variable; did you mean `self`?",
        ),
        (
            with("${quux:a}"),
            r"serverless.yml:6:6: unknown source `quux` of a variable; a plugin may bring others, and there are no `plugins`; the text itself is written `\${quux:a}`",
        ),
        (
            with("${aws:username}"),
            r"serverless.yml:6:6: the framework has no variable `aws:username`; it has `aws:accountId`, `aws:region` and `aws:partition`; a policy variable is written `\${aws:username}`",
        ),
        (
            with("${file(none.yml)}"),
            "serverless.yml:6:6: there is no file `none.yml`, which `${file(none.yml)}` refers to; paths are relative to the folder of the service; `--set 'file(none.yml)=VALUE'` gives a text",
        ),
        (
            with("${file(./none.yml):x}"),
            "serverless.yml:6:6: there is no file `./none.yml`, which `${file(./none.yml):x}` refers to; paths are relative to the folder of the service; `--set 'file(./none.yml):x=VALUE'` gives a text",
        ),
        (
            with("${file(good.yml):three}"),
            "serverless.yml:6:6: there is no `three` in `good.yml`, which `${file(good.yml):three}` refers to; or give it a default: `${…, 'default'}`",
        ),
        (
            with("${file(good.yml)}"),
            "good.yml:2:6: there is nothing at `custom.nothing`, which `${self:custom.nothing}` refers to; define it, or give it a default: `${…, 'default'}`",
        ),
        (
            with("${file(../shared.yml)}"),
            "serverless.yml:6:6: `../shared.yml` is outside of the folder of the service; `--read-outside` lets variables read any file; or give the value with `--set`",
        ),
        (
            with("${strToBool('maybe')}"),
            "serverless.yml:6:6: `strToBool` takes `true`, `false`, `1` or `0`, and this is `maybe`",
        ),
        (
            with("a-${self:custom}"),
            "serverless.yml:6:6: `${self:custom}` is an object, which cannot be a part of a text; a variable that is a part of a text must be a text, a number or a boolean",
        ),
        (
            with("${self:resources.a}"),
            "serverless.yml:6:6: `self:resources.a` depends on itself; write one of them without a variable",
        ),
        (
            "service: s\nprovider: aws\ncustom:\n  a: ${self:custom.b}\n  b: ${self:custom.a}\nresources: ${self:custom.a}\n".to_owned(),
            "serverless.yml:5:6: `self:custom.a`, `self:custom.b` depend on each other in a circle; write one of them without a variable",
        ),
        (
            with("${self:custom.x, }"),
            r"serverless.yml:6:6: `${self:custom.x, }` is not a variable: expected a source, a text in quotes, or a number, found `}`; the text `${…}` itself is written `\${…}`",
        ),
        (
            "service: s\nprovider: aws\nresources:\n  extensions:\n    None: {}\n".to_owned(),
            "serverless.yml:5:5: `extensions` names `None`, which is not a resource of the service",
        ),
        (
            "service: s\nprovider: aws\nresources: [text]\n".to_owned(),
            "serverless.yml:3:13: this is a string, and must be an object; each item is an object of names",
        ),
    ] {
        assert_eq!(told(&service), [expected], "{service}");
    }
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let with = |value: &str| format!("service: s\nprovider: {{name: aws}}\nresources:\n  a: {value}\n");
    assert!(told(&with("${file(bad.yml)}"))[0].starts_with("bad.yml:"));
    assert!(told(&with("${file(own.yml)}"))[0].contains("deeper than"));
}

#[test]
fn values_do_not_multiply_without_end() {
    let level = |level: u32| {
        let below = level - 1;
        format!("  a{level}: [\"${{self:custom.a{below}}}\", \"${{self:custom.a{below}}}\"]\n")
    };
    let levels: String = (1..40).map(level).collect();
    let start = "service: s\nprovider: aws\ncustom:\n  a0: [1, 2]\n";
    let service = format!("{start}{levels}resources: {{Outputs: \"${{self:custom.a39}}\"}}\n");
    assert!(told(&service)[0].contains("multiply to too much"));
}
