//! Matrices of worlds whose names come from strangers.

use iameval_ask::{Asker, Axis, Matrix, MatrixColumn, MatrixQuestion, Question, RowKind};
use iameval_data::Catalogue;
use iameval_report::{matrix_to_html, matrix_to_table};
use iameval_test::Table;
use iameval_world::{Files, Finding, Source, World};
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;

/// A world that is a text.
struct Text(String);

impl Files for Text {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        Ok(Source::new(self.name(path), self.0.as_str()))
    }
}

/// A matrix of two principals, one of whom has a policy, on two resources, with a context.
fn matrix(principal: &str, policy: &str, context: &str, key: &str) -> Matrix {
    let json = |text: &str| serde_json::to_string(text).unwrap();
    let [quoted, policy, named, value] = [principal, policy, context, key].map(json);
    let world = format!(
        "{{\"version\": 1, \"account\": \"123456789012\", \"policies\": {{{policy}: {{\"Version\": \"2012-10-17\", \"Statement\": \
         {{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\", \"Condition\": {{\"StringEquals\": {{\"aws:SourceVpc\": {value}}}}}}}}}}}, \
         \"principals\": {{{quoted}: {{\"user\": \"ana\", \"policies\": [{policy}]}}, \"bo\": {{\"user\": \"bo\"}}}}, \
         \"contexts\": {{{named}: {{\"aws:SourceVpc\": {value}}}}}}}"
    );
    let world = World::load(&Text(world), &["world.json".into()]).unwrap();
    let given = world.contexts().get(context).unwrap().clone();
    let column = (context.to_owned(), iameval_ask::Given { context: given, mfa: None });
    let axes = [Axis::Givens(vec![column]), Axis::Principals(vec![principal.to_owned(), "bo".to_owned()])];
    let asked = Question {
        actions: vec!["s3:GetObject".into()],
        resources: vec![format!("arn:aws:s3:::b/{key}"), "*".into()],
        ..Question::default()
    };
    let columns = MatrixColumn::of_axes(&axes).unwrap();
    let question = MatrixQuestion { asked, principals: Vec::new(), rows: RowKind::Actions, columns };
    Asker::new(&world, Catalogue::embedded()).matrix(&question, &mut |_, _| ()).unwrap()
}

/// The tags of a page, without those at which a line may be broken.
fn tags(page: &str) -> Vec<&str> {
    let pieces = page.split('<').skip(1).map(|piece| piece.split_once('>').map_or(piece, |(tag, _)| tag));
    pieces.filter(|tag| *tag != "wbr").collect()
}

/// What a stranger calls something: pieces of HTML, and any other text.
fn name() -> impl Strategy<Value = String> {
    const PIECES: [&str; 16] = [
        "</script>",
        "<script>",
        "</pre>",
        "\"><img src=x onerror=a()>",
        "'",
        "&lt;",
        "{{body}}",
        "<!--",
        "]]>",
        "\u{0}",
        "\u{202e}",
        "\r\n",
        " #",
        "|",
        "##[error]",
        "</th",
    ];
    let piece = prop_oneof![prop::sample::select(&PIECES[..]).prop_map(str::to_owned), ".{0,4}"];
    prop::collection::vec(piece, 1..5).prop_map(|pieces| format!("n{}n", pieces.concat().replace(',', "")))
}

/// A name that may stand in an ARN.
fn key() -> impl Strategy<Value = String> {
    name().prop_map(|name| name.replace(|ch: char| ch.is_control(), "").replace(['*', '?', '$'], ""))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever things are called, the page has the same tags and attributes.
    #[test]
    fn names_are_text_in_a_page(principal in name(), policy in name(), context in name(), key in key()) {
        let page = |matrix: &Matrix| matrix_to_html(matrix, Catalogue::embedded());
        let (hostile, tame) = (page(&matrix(&principal, &policy, &context, &key)), page(&matrix("a", "b", "c", "d")));
        let parts = |context: &str| context.split('&').count();
        prop_assume!(parts(&context) == 1);
        let (hostile, tame) = (tags(&hostile).join("\n"), tags(&tame).join("\n"));
        prop_assert_eq!(hostile, tame);
    }

    /// What is written as a table is read as one, with all rows or those that no table can hold as comments.
    #[test]
    fn names_are_cells_of_a_table(principal in name(), policy in name(), context in name(), key in key()) {
        let matrix = matrix(&principal, &policy, &context, &key);
        let text = matrix_to_table(&matrix);
        let left_out = text.lines().filter(|line| line.starts_with("# not for a table:")).count();
        let rows = Table::parse(&text).map_or(0, |table| table.rows().len());
        prop_assert_eq!(rows + left_out, 4, "{}", text);
    }
}
