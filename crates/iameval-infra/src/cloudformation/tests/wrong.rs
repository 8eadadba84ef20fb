//! What is told of templates that have something wrong, or leave something open: case by case.

use super::{read_with, told};
use crate::cloudformation::CloudFormation;

/// A template with that value of a property `V`, which begins at line 5, column 10.
fn with_value(text: &str) -> String {
    format!("Resources:\n  X:\n    Type: Custom::X\n    Properties:\n      V: {text}\n")
}

#[test]
fn values_that_are_wrong() {
    for (text, expected) in [
        ("!Ref Y", "5:10: the template has no parameter or resource `Y`; did you mean `X`?"),
        ("!Reff Y", "5:10: unknown tag `!Reff`; did you mean `!Ref`?"),
        ("!Unheard Y", "5:10: unknown tag `!Unheard`; CloudFormation has no function of that name"),
        (
            "!Sub 'a ${aws:username}'",
            "5:20: the template has no parameter or resource `aws:username`; in `Fn::Sub`, `${!aws:username}` is the text `${aws:username}`, a policy variable",
        ),
        ("!GetAtt Other.Arn", "5:10: the template has no parameter or resource `Other`"),
        (
            "!GetAtt X",
            "5:10: `Fn::GetAtt` takes the id of a resource and the name of an attribute; see its page in the CloudFormation reference",
        ),
        ("!Join [a]", "5:10: `Fn::Join` takes a delimiter and a list; see its page in the CloudFormation reference"),
        (
            "!Sub [1, 2, 3]",
            "5:10: `Fn::Sub` takes a string, or a list of a string and an object of values; see its page in the CloudFormation reference",
        ),
        ("!Select [3, [a, b]]", "5:19: the list has 2 items, and there is none at index 3; the first is at index 0"),
        ("!If [Missing, a, b]", "5:15: the template has no condition `Missing`"),
        ("!FindInMap [M, a, b]", "5:10: the template has no map `M`"),
        (
            "a\u{100001}b",
            "5:10: this text holds a character of the last plane of Unicode, which is private; remove the character; it stands for nothing",
        ),
        (
            "{'Fn::Transform': {Name: Shout}}",
            "5:11: what `Shout` puts here is not known before the deployment; `iameval` runs no macros",
        ),
        ("{'Fn::Unheard': 1}", "5:11: unknown function `Fn::Unheard`; its value counts as not known"),
    ] {
        assert_eq!(told(&with_value(text), |options| options), [expected], "{text}");
    }
}

#[test]
fn templates_that_are_wrong() {
    for (text, expected) in [
        (
            "a: 1\n",
            "1:1: this is not a CloudFormation template; a template has `Resources`, each with a `Type` such as `AWS::IAM::Role`",
        ),
        (
            "AWSTemplateFormatVersion: 2010-09-09\nResources:\n  R: {}\n",
            "3:3: resource `R` has no `Type`; give it a type such as `AWS::IAM::Role`",
        ),
        ("Resources: {R: {Type: 'A::B', Condition: C}}\n", "1:42: the template has no condition `C`"),
        (
            "Conditions: {A: !Condition B, B: !Not [!Condition A]}\nResources: {R: {Type: 'A::B', Condition: A}}\n",
            "1:40: `A`, `B` depend on each other in a circle; CloudFormation refuses circular dependencies; take one of the references out",
        ),
        (
            "Resources:\n  A: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref B}}\n  B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref A}}\n",
            "2:57: `B`, `A` depend on each other in a circle; CloudFormation refuses circular dependencies; take one of the references out",
        ),
        (
            "Resources:\n  A: {Type: 'A::B', Properties: {P: !Ref B}}\n  B: {Type: 'A::B', Properties: {P: !GetAtt A.X}}\n",
            "3:37: resources `A`, `B` depend on each other in a circle; CloudFormation refuses circular dependencies; take one of the references out",
        ),
        (
            "Resources:\n  A: {Type: 'A::B', Properties: {P: !Ref A}}\n",
            "2:37: resource `A` depends on itself; CloudFormation refuses circular dependencies; take one of the references out",
        ),
        (
            "Transform: [AWS::LanguageExtensions, Shout]\nResources:\n  A: {Type: 'A::B'}\n",
            "1:38: what transform `Shout` makes of the template is not known; `iameval` runs no macros",
        ),
        (
            "Resources:\n  A: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: 'https://x/y'}}\n",
            "2:3: the template of nested stack `A` is not read: it is not among these files; what it makes is not known",
        ),
        (
            "Parameters: {P: {Type: CommaDelimitedList}}\nResources:\n  Fn::ForEach::L: [X, !Ref P, {'A${X}': {Type: 'A::B'}}]\n",
            "3:3: what resources `Fn::ForEach::L` makes is not known; give the parameter that its values come from a value with `--parameter`",
        ),
    ] {
        assert_eq!(told(text, |options| options), [expected], "{text}");
    }
}

#[test]
fn parameters_that_are_wrong() {
    let template = "Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod], Default: dev}
  Count: {Type: Number, Default: 1, MaxValue: 5}
  Word: {Type: String, Default: abc, MinLength: 2}
  Open: {Type: String}
Resources:
  R: {Type: 'A::B', Properties: {P: [!Ref Stage, !Ref Count, !Ref Word]}}
";
    let told = |name: &str, value: &str| told(template, |options| options.parameter(name, value)).join("\n");
    assert_eq!(
        told("Stage", "prd"),
        "2:3: `prd` is not one of its allowed values: parameter `Stage`; did you mean `prod`?"
    );
    assert_eq!(
        told("Stage", "x"),
        "2:3: `x` is not one of its allowed values: parameter `Stage`; it takes `dev`, `prod`"
    );
    assert_eq!(told("Count", "many"), "3:3: `many` is not a number: parameter `Count`; `Count` is of type `Number`");
    assert_eq!(told("Count", "6"), "3:3: `6` is too large: parameter `Count`; `MaxValue` is 5");
    assert_eq!(told("Word", "a"), "4:3: `a` is too short: parameter `Word`; `MinLength` is 2");
    assert_eq!(told("Stagee", "a"), "1:1: no template has a parameter `Stagee`; did you mean `Stage`?");
}

#[test]
fn what_is_left_open_is_told_once_or_is_an_error() {
    let template =
        "Parameters: {P: {Type: String}}\nResources: {R: {Type: 'A::B', Properties: {A: !Ref P, B: !Ref P}}}\n";
    let expected = ["1:14: parameter `P` has no value; `--parameter P=VALUE` gives it one"];
    assert_eq!(told(template, |options| options), expected);
    assert_eq!(told(template, CloudFormation::unknown_as_error), expected);
    assert!(read_with(template, |options| options).is_ok());
    assert!(read_with(template, CloudFormation::unknown_as_error).is_err());
    assert!(read_with(template, |options| options.unknown_as_error().parameter("P", "x")).is_ok());
}

#[test]
fn options_that_are_wrong() {
    let template = with_value("!Ref AWS::AccountId");
    let told = |options: fn(CloudFormation) -> CloudFormation| told(&template, options).join("\n");
    assert_eq!(
        told(|options| options.value("Something", "x")),
        "1:1: there is nothing at `Something` to give a value; name what is not known as it is named in messages"
    );
    assert_eq!(
        told(|options| options.value("AWS:AccountId", "111122223333")),
        "1:1: there is nothing at `AWS:AccountId` to give a value; did you mean `AWS::AccountId`?"
    );
    assert_eq!(
        told(|options| options.account("123")),
        "1:1: `123` is not an account id; an account id is twelve digits"
    );
}
