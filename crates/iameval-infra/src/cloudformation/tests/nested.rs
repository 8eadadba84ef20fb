//! Several stacks: nested ones, imports, assemblies of the CDK, and files of parameters.

use super::{Memory, in_words, resource, shown};
use crate::cloudformation::{CloudFormation, ReadTemplates};
use iameval::symbol::Symbols;

fn value(stacks: &ReadTemplates, symbols: &Symbols, stack: &str, id: &str) -> String {
    let stack = stacks.stacks.iter().find(|found| found.name == stack).unwrap_or_else(|| panic!("{stacks:?}"));
    shown(resource(stack, id).properties.get("V").unwrap(), symbols)
}

#[test]
fn nested_stacks_get_parameters_and_give_outputs() {
    let parent = "
Parameters: {Open: {Type: String}}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./parts/child.yaml
      Parameters: {BucketArn: !GetAtt Bucket.Arn, Mode: !Ref Open, List: !Join [',', [a, b]]}
  User: {Type: A::B, Properties: {V: [!GetAtt Child.Outputs.RoleArn, !GetAtt Child.Outputs.Same]}}
  Gone: {Type: AWS::CloudFormation::Stack, Condition: Never, Properties: {TemplateURL: parts/child.yaml}}
Conditions: {Never: !Equals [a, b]}
";
    let child = "
Parameters:
  BucketArn: {Type: String}
  Mode: {Type: String, Default: none}
  List: {Type: CommaDelimitedList}
Resources:
  Role: {Type: AWS::IAM::Role}
  Inner: {Type: A::B, Properties: {V: [!Ref BucketArn, !Ref Mode, !Ref List, !Ref AWS::Region]}}
Outputs:
  RoleArn: {Value: !GetAtt Role.Arn}
  Same: {Value: !Ref BucketArn}
";
    let files = Memory::default().with("app/p.yaml", parent).with("app/parts/child.yaml", child);
    let files =
        Memory(files.0.into_iter().map(|(name, text)| (name.replace("app/parts", "app/./parts"), text)).collect());
    let files = files.with("app/parts/child.yaml", child);
    let mut symbols = Symbols::new();
    let stacks = CloudFormation::new("app/p.yaml").stacks(&files, &mut symbols).unwrap();
    let names: Vec<&str> = stacks.stacks.iter().map(|stack| &*stack.name).collect();
    assert_eq!(names, ["p", "Child"]);
    assert_eq!(
        value(&stacks, &symbols, "p", "User"),
        "[arn:aws:iam::${unknown:AWS::AccountId}:role/${unknown:Child/Role}, arn:aws:s3:::${unknown:Bucket}]"
    );
    assert_eq!(
        value(&stacks, &symbols, "Child", "Inner"),
        "[arn:aws:s3:::${unknown:Bucket}, ${unknown:Open}, [a, b], ${unknown:AWS::Region}]"
    );
}

#[test]
fn imports_are_tied_to_exports() {
    let network = "
Resources: {Vpc: {Type: AWS::EC2::VPC}, Z: {Type: A::B, Properties: {V: !Ref Vpc}}}
Outputs: {Id: {Value: !Ref Vpc, Export: {Name: !Sub 'net-${AWS::Region}'}}}
";
    let app = "
Resources: {R: {Type: A::B, Properties: {V: [!ImportValue net-eu-west-1, !ImportValue other, !Ref AWS::AccountId]}}}
";
    let files = Memory::default().with("network.yaml", network).with("app.yaml", app);
    let mut symbols = Symbols::new();
    let both = CloudFormation::new("network.yaml").path("app.yaml").region("eu-west-1");
    let stacks = both.stacks(&files, &mut symbols).unwrap();
    assert_eq!(value(&stacks, &symbols, "network", "Z"), "${unknown:network/Vpc}");
    assert_eq!(
        value(&stacks, &symbols, "app", "R"),
        "[${unknown:network/Vpc}, ${unknown:app/Import other}, ${unknown:app/AWS::AccountId}]"
    );
}

#[test]
fn sources_that_are_read_apart_have_symbols_of_their_own() {
    let text =
        "Resources: {R: {Type: A::B, Properties: {V: [!Ref AWS::AccountId, !Ref R2]}}, R2: {Type: AWS::S3::Bucket}}\n";
    let files = Memory::default().with("t.yaml", text);
    let mut symbols = Symbols::new();
    let first = CloudFormation::new("t.yaml").stacks(&files, &mut symbols).unwrap();
    let second = CloudFormation::new("t.yaml").stacks(&files, &mut symbols).unwrap();
    assert_eq!(value(&first, &symbols, "t", "R"), "[${unknown:AWS::AccountId}, ${unknown:R2}]");
    assert_eq!(value(&second, &symbols, "t", "R"), "[${unknown:t/AWS::AccountId}, ${unknown:t/R2}]");
    let named = |name: &str| symbols.find(name).unwrap();
    assert!(!symbols.differ(named("R2"), named("t/R2")));
}

#[test]
fn assemblies_are_read_by_their_manifest() {
    let manifest = r#"{"version": "1", "artifacts": {
        "A": {"type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1",
              "properties": {"templateFile": "A.template.json"}},
        "Assets": {"type": "cdk:asset-manifest", "properties": {"file": "A.assets.json"}},
        "assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}}}"#;
    let stage = r#"{"version": "1", "artifacts": {
        "B": {"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
              "properties": {"templateFile": "B.template.json", "stackName": "Prod-B"}}}}"#;
    let a = r#"{"Resources": {
        "R": {"Type": "AWS::IAM::Role", "Metadata": {"aws:cdk:path": "A/Role/Resource"}, "Properties": {"V": {"Ref": "AWS::StackName"}}},
        "N": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {"Fn::Sub": "https://s3.${AWS::URLSuffix}/x"}},
              "Metadata": {"aws:asset:path": "n.nested.template.json"}},
        "M": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL":
              {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, "/assets/abc.json"]]}}}}}"#;
    let assets = r#"{"files": {"abc": {"source": {"path": "n.nested.template.json"},
        "destinations": {"here": {"bucketName": "b", "objectKey": "x/abc.json"}}}}}"#;
    let nested = r#"{"Resources": {"R": {"Type": "A::B", "Properties": {"V": {"Ref": "AWS::AccountId"}}}}}"#;
    let b = r#"{"Resources": {"R": {"Type": "A::B", "Properties": {"V": [{"Ref": "AWS::AccountId"}, {"Ref": "AWS::StackName"}]}}}}"#;
    let files = Memory::default()
        .with("cdk.out/manifest.json", manifest)
        .with("cdk.out/A.template.json", a)
        .with("cdk.out/A.assets.json", assets)
        .with("cdk.out/n.nested.template.json", nested)
        .with("cdk.out/assembly-Prod/manifest.json", stage)
        .with("cdk.out/assembly-Prod/B.template.json", b);
    for path in ["cdk.out", "cdk.out/manifest.json"] {
        let mut symbols = Symbols::new();
        let stacks = CloudFormation::new(path).stacks(&files, &mut symbols).unwrap();
        let names: Vec<&str> = stacks.stacks.iter().map(|stack| &*stack.name).collect();
        assert_eq!(names, ["A", "A/N", "A/M", "Prod-B"]);
        assert_eq!(value(&stacks, &symbols, "A", "R"), "A");
        assert_eq!(value(&stacks, &symbols, "A/N", "R"), "111122223333");
        assert_eq!(value(&stacks, &symbols, "Prod-B", "R"), "[${unknown:AWS::AccountId}, Prod-B]");
        let role = resource(&stacks.stacks[0], "R");
        assert_eq!(role.construct_path.as_deref(), Some("A/Role/Resource"));
        assert_eq!(symbols.display(role.arn.as_deref().unwrap()), "arn:aws:iam::111122223333:role/${unknown:A/R}");
    }
}

#[test]
fn folders_without_a_manifest_are_refused() {
    let folder = std::env::temp_dir().join(format!("iameval-infra-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let told = CloudFormation::new(&folder).stacks(&iameval_world::Disk::default(), &mut Symbols::new()).unwrap_err();
    std::fs::remove_dir(&folder).unwrap();
    let told = in_words(&told[0]);
    assert!(
        told.ends_with("is a folder without `manifest.json`; `cdk synth` writes one to `cdk.out`; or name a template"),
        "{told}"
    );
}

#[test]
fn parameter_files_have_the_forms_of_awss_tools() {
    let template = "Parameters: {A: {Type: String}, L: {Type: CommaDelimitedList}}
Resources: {R: {Type: A::B, Properties: {V: [!Ref A, !Ref L]}}}
";
    for text in [
        r#"[{"ParameterKey": "A", "ParameterValue": "x"}, {"ParameterKey": "L", "ParameterValue": "y,z"}]"#,
        r#"{"Parameters": {"A": "x", "L": "y,z"}}"#,
        r#"{"A": "x", "L": ["y", "z"]}"#,
        r#"["A=x", "L=y,z"]"#,
        "A: x\nL: y,z\n",
    ] {
        let files = Memory::default().with("t.yaml", template).with("p.json", text);
        let mut symbols = Symbols::new();
        let stacks = CloudFormation::new("t.yaml").parameter_file("p.json").stacks(&files, &mut symbols).unwrap();
        assert_eq!(value(&stacks, &symbols, "t", "R"), "[x, [y, z]]", "{text}");
        assert!(stacks.warnings.is_empty());
    }
    let files = Memory::default().with("t.yaml", template).with("p.json", "{\n  \"AA\": \"x\"}");
    let findings =
        CloudFormation::new("t.yaml").parameter_file("p.json").stacks(&files, &mut Symbols::new()).unwrap_err();
    assert_eq!(in_words(&findings[0]), "2:9: no template has a parameter `AA`; did you mean `A`?");
}

#[test]
fn a_template_nested_in_itself_is_refused() {
    let text = "Resources: {S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: t.yaml}}}\n";
    let told = super::told(text, |options| options);
    assert_eq!(
        told,
        ["1:13: nested stack `S` is nested in itself, or too deep; use other templates for the stacks in it"]
    );
}
