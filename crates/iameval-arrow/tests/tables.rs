//! Tables of requests, beside the same requests asked one by one, and tables that are wrong.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use arrow_array::builder::{ListBuilder, MapBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int64Array,
    LargeStringArray, NullArray, RecordBatch, StringArray, StringViewArray, StructArray, TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field};
use iameval::Mfa;
use iameval_arrow::{Decider, TableError};
use iameval_ask::{Asker, Question};
use iameval_data::Catalogue;
use iameval_world::{Files, Finding, Source, World};
use proptest::prelude::*;
use std::path::Path;
use std::sync::{Arc, LazyLock};

const WORLD: &str = r#"{"version": 1, "account": "111122223333",
    "policies": {
        "reader": {"Version": "2012-10-17", "Statement": [
            {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::${aws:username}/*"},
            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*", "Condition": {
                "NumericLessThan": {"s3:max-keys": "10"}, "DateGreaterThan": {"aws:CurrentTime": "2026-01-01"}}},
            {"Sid": "Tags", "Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",
             "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]}}}]},
        "mfa": {"Statement": {"Sid": "Mfa", "Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}}},
    "principals": {"ann": {"user": "ann", "policies": ["reader", "mfa"]}, "bob": {"user": "bob", "policies": ["reader"]}},
    "resources": {"bucket": {"arn": "arn:aws:s3:::ann"}}}"#;

struct One;

impl Files for One {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        assert_eq!(path, Path::new("world.json"));
        Ok(Source::new("world.json", WORLD))
    }
}

fn world() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(|| World::load(&One, &["world.json".into()]).unwrap());
    &WORLD
}

fn asker(world: &World) -> Asker<'_> {
    Asker::new(world, Catalogue::embedded())
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(values.iter().copied().collect::<StringArray>())
}

fn column(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    let array = batch.column_by_name(name).unwrap();
    array.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()
}

fn decisions(batch: &RecordBatch) -> Vec<String> {
    column(batch, "decision").into_iter().flatten().collect()
}

fn undecided(batch: &RecordBatch, row: usize) -> Vec<String> {
    let lists = batch.column_by_name("undecided").unwrap().as_list::<i32>();
    lists.value(row).as_string::<i32>().iter().flatten().map(str::to_owned).collect()
}

#[test]
fn rows_come_back_in_their_order() {
    let world = world();
    let rows = batch(vec![
        ("id", Arc::new(Int64Array::from(vec![7, 8, 9, 10]))),
        ("principal", texts(&[Some("ann"), Some("bob"), Some("ann"), Some("bob")])),
        ("action", texts(&[Some("s3:GetObject"), Some("s3:GetObject"), Some("s3:GetObject"), Some("ec2:CreateTags")])),
        (
            "resource",
            texts(&[Some("arn:aws:s3:::ann/k"), Some("arn:aws:s3:::ann/k"), Some("arn:aws:s3:::ann/k"), Some("*")]),
        ),
        ("mfa", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false), None]))),
    ]);
    let decided = Decider::new(asker(world)).keeping(["id".to_owned()]).decide(&rows).unwrap();
    assert_eq!(decisions(&decided), ["allowed", "implicit_deny", "explicit_deny", "allowed"]);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(column(&decided, "layer"), ["identity", "none", "identity", "identity"].map(some));
    assert_eq!(column(&decided, "policy"), [some("reader"), None, some("mfa"), some("reader")]);
    assert_eq!(column(&decided, "statement"), [some("Read"), None, some("Mfa"), some("Tags")]);
    assert_eq!(undecided(&decided, 3), ["aws:TagKeys"]);
    assert_eq!(undecided(&decided, 0), [""; 0]);
    let ids: &Int64Array = decided.column_by_name("id").unwrap().as_any().downcast_ref().unwrap();
    assert_eq!(ids.values(), &[7, 8, 9, 10]);
}

/// The same texts in the ways in which tables hold them.
fn forms(values: &[&str]) -> Vec<ArrayRef> {
    let dictionary: DictionaryArray<Int8Type> = values.iter().copied().collect();
    vec![
        Arc::new(StringArray::from(values.to_vec())),
        Arc::new(LargeStringArray::from(values.to_vec())),
        Arc::new(StringViewArray::from(values.to_vec())),
        Arc::new(dictionary),
    ]
}

fn state(text: &str) -> Option<Mfa> {
    text.parse().ok()
}

const PRINCIPALS: [&str; 2] = ["ann", "bob"];
const ACTIONS: [&str; 5] = ["s3:GetObject", "s3:PutObject", "ec2:CreateTags", "iam:ListUsers", "s3:ListBucket"];
const RESOURCES: [&str; 5] = ["*", "arn:aws:s3:::ann/k", "arn:aws:s3:::bob/k", "bucket", "self"];
const STATES: [&str; 4] = ["true", "false", "absent", "true"];
const KEYS: [Option<&str>; 4] = [None, Some("5"), Some("10"), Some("x")];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn a_row_is_decided_as_if_it_were_asked_alone(
        picked in prop::collection::vec((0..2_usize, 0..5_usize, 0..5_usize, 0..4_usize, 0..4_usize), 1..40),
        form in 0..4_usize,
    ) {
        let world = world();
        let asker = asker(world);
        let take = |of: &[&'static str], which: fn(&(usize, usize, usize, usize, usize)) -> usize| {
            picked.iter().map(|row| of[which(row)]).collect::<Vec<_>>()
        };
        let keys: StringArray = picked.iter().map(|row| KEYS[row.4]).collect();
        let context = StructArray::from(vec![(
            Arc::new(Field::new("s3:max-keys", DataType::Utf8, true)), Arc::new(keys) as ArrayRef,
        )]);
        let rows = batch(vec![
            ("principal", forms(&take(&PRINCIPALS, |row| row.0))[form].clone()),
            ("action", forms(&take(&ACTIONS, |row| row.1))[form].clone()),
            ("resource", forms(&take(&RESOURCES, |row| row.2))[form].clone()),
            ("mfa", forms(&take(&STATES, |row| row.3))[form].clone()),
            ("context", Arc::new(context)),
        ]);
        let decided = Decider::new(asker).decide(&rows).unwrap();
        let asker = Asker::new(world, Catalogue::embedded());
        for (number, row) in picked.iter().enumerate() {
            let mut question = Question {
                principal: Some(PRINCIPALS[row.0].into()),
                actions: vec![ACTIONS[row.1].into()],
                resources: vec![RESOURCES[row.2].into()],
                mfa: state(STATES[row.3]).into_iter().collect(),
                ..Question::default()
            };
            if let Some(value) = KEYS[row.4] {
                question.context.insert("s3:max-keys", value);
            }
            let posed = asker.pose(&question).unwrap().requests.remove(0);
            let answer = posed.answer(Catalogue::embedded());
            let some = |text: &str| Some(text.to_owned());
            prop_assert_eq!(&column(&decided, "decision")[number], &some(answer.simulation.decision.as_str()));
            prop_assert_eq!(&column(&decided, "layer")[number], &some(answer.simulation.decided_by.as_str()));
            let first = answer.deciding().next().map(|placed| placed.origin.policy.as_str().to_owned());
            prop_assert_eq!(&column(&decided, "policy")[number], &first);
            let open: Vec<String> = answer.undecided.iter().map(ToString::to_string).collect();
            prop_assert_eq!(undecided(&decided, number), open);
        }
    }
}

/// A context of one key with these values, for as many rows.
fn context(key: &str, values: ArrayRef) -> ArrayRef {
    Arc::new(StructArray::from(vec![(Arc::new(Field::new(key, values.data_type().clone(), true)), values)]))
}

fn put(context: ArrayRef) -> RecordBatch {
    let rows = context.len();
    batch(vec![
        ("principal", texts(&vec![Some("bob"); rows])),
        ("action", texts(&vec![Some("s3:PutObject"); rows])),
        ("resource", texts(&vec![Some("arn:aws:s3:::b/k"); rows])),
        ("context", context),
    ])
}

#[test]
fn values_of_context_keys_are_texts() {
    let world = world();
    let decide = |context| decisions(&Decider::new(asker(world)).decide(&put(context)).unwrap());
    let times = TimestampMicrosecondArray::from(vec![1_800_000_000_000_000, 0]).with_timezone("Europe/Berlin");
    let both = StructArray::from(vec![
        (
            Arc::new(Field::new("s3:max-keys", DataType::Int64, true)),
            Arc::new(Int64Array::from(vec![5, 5])) as ArrayRef,
        ),
        (Arc::new(Field::new("aws:CurrentTime", times.data_type().clone(), true)), Arc::new(times)),
    ]);
    assert_eq!(decide(Arc::new(both)), ["allowed", "implicit_deny"]);
    let both = StructArray::from(vec![
        (
            Arc::new(Field::new("s3:max-keys", DataType::Float64, true)),
            Arc::new(Float64Array::from(vec![9.5, 1e300])) as ArrayRef,
        ),
        (
            Arc::new(Field::new("aws:CurrentTime", DataType::Date32, true)),
            Arc::new(Date32Array::from(vec![20_800, 20_800])),
        ),
    ]);
    assert_eq!(decide(Arc::new(both)), ["allowed", "implicit_deny"]);
}

#[test]
fn maps_and_lists() {
    let world = world();
    let mut maps = MapBuilder::new(None, StringBuilder::new(), ListBuilder::new(StringBuilder::new()));
    for tags in [&["team"][..], &["team", "cost"], &[]] {
        maps.keys().append_value("aws:TagKeys");
        for tag in tags {
            maps.values().values().append_value(tag);
        }
        maps.values().append(true);
        maps.append(true).unwrap();
    }
    maps.append(false).unwrap();
    let rows = batch(vec![
        ("principal", texts(&[Some("bob"); 4])),
        ("action", texts(&[Some("ec2:CreateTags"); 4])),
        ("resource", texts(&[Some("*"); 4])),
        ("context", Arc::new(maps.finish())),
    ]);
    let decided = Decider::new(asker(world)).decide(&rows).unwrap();
    assert_eq!(decisions(&decided), ["allowed", "implicit_deny", "allowed", "allowed"]);
    assert_eq!((undecided(&decided, 2), undecided(&decided, 3)), (vec![], vec!["aws:TagKeys".to_owned()]));
}

fn error(rows: &RecordBatch) -> TableError {
    Decider::new(asker(world())).counting_from(100).decide(rows).unwrap_err()
}

#[test]
fn what_is_wrong_is_told_with_its_row_and_column() {
    let base = |name: &'static str, column: ArrayRef| {
        let rows = column.len();
        let mut columns =
            vec![("principal", texts(&vec![Some("bob"); rows])), ("action", texts(&vec![Some("s3:PutObject"); rows]))];
        columns.retain(|(known, _)| *known != name);
        columns.push((name, column));
        batch(columns)
    };
    let lists = {
        let mut lists = ListBuilder::new(StringBuilder::new());
        lists.append_value([Some("a"), None]);
        Arc::new(lists.finish())
    };
    let nested = context("aws:TagKeys", context("inner", texts(&[Some("x")])));
    let cases: Vec<(RecordBatch, Option<usize>, &str, &str)> = vec![
        (base("action", texts(&[Some("s3:PutObject"), None])), Some(101), "action", "null"),
        (base("action", Arc::new(NullArray::new(2))), None, "action", "no values"),
        (base("action", Arc::new(BinaryArray::from(vec![&b"s3:PutObject"[..]]))), None, "action", "Binary"),
        (base("action", Arc::new(Int64Array::from(vec![1]))), None, "action", "Int64"),
        (base("action", texts(&[Some("s3:*")])), Some(100), "action", "pattern"),
        (base("action", texts(&[Some("putobject")])), Some(100), "action", "putobject"),
        (base("principal", texts(&[Some("bob"), Some("cy")])), Some(101), "principal", "cy"),
        (base("resouce", texts(&[Some("*")])), None, "resouce", "did you mean `resource`"),
        (base("event_id", texts(&[Some("1")])), None, "event_id", "keep it"),
        (base("mfa", texts(&[Some("yes")])), Some(100), "mfa", "yes"),
        (base("resource_account", texts(&[Some("12")])), Some(100), "resource_account", "12"),
        (base("endpoint", texts(&[Some("vpce")])), Some(100), "endpoint", "vpce"),
        (base("context", texts(&[Some("{}")])), None, "context", "struct"),
        (put(nested), None, "context.aws:TagKeys", "Struct"),
        (
            put(context("aws:SourceIp", Arc::new(BinaryArray::from(vec![&b"x"[..]])))),
            None,
            "context.aws:SourceIp",
            "decode",
        ),
        (
            put(context("s3:max-keys", Arc::new(Float64Array::from(vec![1.0, f64::NAN])))),
            Some(101),
            "context.s3:max-keys",
            "NaN",
        ),
        (
            put(context("s3:max-keys", Arc::new(Float64Array::from(vec![f64::INFINITY])))),
            Some(100),
            "context.s3:max-keys",
            "infinite",
        ),
        (
            put(context("aws:CurrentTime", Arc::new(TimestampMicrosecondArray::from(vec![1])))),
            Some(100),
            "context.aws:CurrentTime",
            "time zone",
        ),
        (put(context("aws:TagKeys", lists)), Some(100), "context.aws:TagKeys", "null"),
        (put(context("aws:SorceIp", texts(&[None, Some("x")]))), Some(101), "context", "did you mean `aws:SourceIp`"),
        (put(context("", texts(&[Some("x")]))), None, "context", "empty"),
    ];
    for (rows, row, column, says) in cases {
        let error = error(&rows);
        let text = error.to_string();
        assert_eq!((error.row, error.column.as_deref()), (row, Some(column)), "{text}");
        assert!(text.contains(says), "{text}");
        assert!(row.is_none_or(|row| text.starts_with(&format!("row {row}, column `{column}`: "))), "{text}");
    }
    let nothing = error(&batch(vec![("principal", texts(&[Some("bob")]))]));
    assert_eq!(nothing.column, None);
    assert!(nothing.to_string().contains("no column `action`"), "{nothing}");
}

#[test]
fn each_row_tells_what_is_wrong_with_it() {
    let world = world();
    let rows = batch(vec![
        ("n", Arc::new(Int64Array::from(vec![1, 2, 3]))),
        ("principal", texts(&[Some("bob"), Some("cy"), Some("bob")])),
        ("action", texts(&[Some("ec2:CreateTags"), Some("ec2:CreateTags"), None])),
    ]);
    let decided = Decider::new(asker(world)).keeping_others().decide_each(&rows).unwrap();
    assert_eq!(column(&decided, "decision"), [Some("allowed".to_owned()), None, None]);
    let errors = column(&decided, "error");
    assert_eq!(errors[0], None);
    assert!(errors[1].as_ref().unwrap().starts_with("column `principal`: "), "{errors:?}");
    assert!(errors[2].as_ref().unwrap().starts_with("column `action`: "), "{errors:?}");
    let names: Vec<_> = decided.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["n", "decision", "layer", "policy", "statement", "undecided", "error"]);
}

#[test]
fn a_table_without_rows_has_a_result_without_rows() {
    let world = world();
    let decided = Decider::new(asker(world)).decide(&batch(vec![("action", texts(&[]))])).unwrap();
    assert_eq!((decided.num_rows(), decided.num_columns()), (0, 5));
}

#[test]
fn the_first_row_that_is_wrong_is_told() {
    let rows = batch(vec![
        ("principal", texts(&[Some("cy"), Some("bob"), Some("dee")])),
        ("action", texts(&[Some("ec2:CreateTags"), Some("x"), Some("ec2:CreateTags")])),
    ]);
    assert_eq!(error(&rows).row, Some(100));
    let unnamed = error(&batch(vec![("action", texts(&[Some("ec2:CreateTags")]))]));
    assert!(unnamed.to_string().contains("name the caller in `principal`"), "{unnamed}");
}
