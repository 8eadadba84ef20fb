//! `iameval matrix`

use crate::args::{Matrix as Flags, MatrixFormat, RowName};
use crate::asked_world::AskedWorld;
use crate::codes;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{Output, shown};
use crate::progress::Counted;
use crate::question::asked;
use crate::refusal::{failure, tell};
use crate::report::{refuse_to_replace, write_report};
use crate::setup::Setup;
use iameval::Mfa;
use iameval_ask::{Axis, GivenError, Matrix, MatrixColumn, MatrixQuestion, Question, RowKind};
use iameval_data::Catalogue;
use iameval_report::{
    Names, Style, Writing, matrix_to_csv, matrix_to_html, matrix_to_json, matrix_to_markdown, matrix_to_table,
    matrix_to_text, plain, screened,
};
use iameval_world::{Files, World};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;
use std::path::Path;

pub(crate) fn run(flags: &Flags, scp_levels: &[Vec<usize>], setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let format = format(flags)?;
    let matrix = matrix(flags, scp_levels, setup, output)?;
    let names = output.names().clone();
    let text = |style| named(&names, &text(&matrix, format, style, setup.catalogue()), format);
    if let Some(file) = &flags.write {
        refuse_to_replace(std::iter::once(("--write", &**file)), &[&setup.files])?;
        write_report(file, &text(None))?;
        output.message(&format!("wrote {}", plain(file)));
    } else if let Some(file) = &flags.check {
        return check(file, &text(None), setup, output);
    } else {
        let text = text(Some(output.style()));
        match format {
            MatrixFormat::Human | MatrixFormat::Table | MatrixFormat::Md | MatrixFormat::Csv => output.answer(&text),
            MatrixFormat::Json => output.json_text(&text),
            MatrixFormat::Html => output.raw(&text),
        }
    }
    Ok(Exit::Wanted)
}

fn matrix(flags: &Flags, scp_levels: &[Vec<usize>], setup: &Setup, output: &mut Output) -> Outcome<Matrix> {
    let config = &setup.config;
    let asked_world = AskedWorld::load(&flags.world, scp_levels, setup, output)?;
    let (world, setting) = (&asked_world.world, asked_world.setting());
    let mut asker = asked_world.asker()?;
    if flags.strict {
        asker = asker.refuse_unknown_actions();
    }
    let mut question = Question { actions: flags.actions.clone(), ..asked(&flags.asked, config)? };
    let columns = columns(flags, &mut question, world)?;
    let rows = match flags.rows {
        RowName::Actions => RowKind::Actions,
        RowName::Principals => RowKind::Principals,
        RowName::Resources => RowKind::Resources,
    };
    if columns.iter().any(|column| column.principal.is_some()) {
        refuse_principals_twice(flags)?;
    }
    // A configured principal may be nobody in this world. Of rows that are principals it is one of many.
    let knows = |name: &&String| name.contains(':') || world.principal(name).is_some();
    let principals = match flags.principals.as_slice() {
        [] if rows == RowKind::Principals => Vec::new(),
        [] => config.defaults.principal.iter().filter(knows).cloned().collect(),
        named => named.to_vec(),
    };
    let question = MatrixQuestion { asked: question, principals, rows, columns };
    let mut bar: Option<Counted> = None;
    let mut progress = |_, total| bar.get_or_insert_with(|| Counted::new("rows", total)).advance(1);
    let made = asker.matrix(&question, &mut progress);
    drop(bar);
    match made {
        Ok(mut matrix) => {
            tell(&matrix.remarks, output);
            if flags.only_changing {
                matrix.keep_changing();
            }
            Ok(matrix)
        }
        Err(refused) => {
            tell(&refused.remarks, output);
            Err(failure(refused.problems, &setting))
        }
    }
}

/// The columns. `--mfa` is an axis, and without axes that is the three states, unless the context says it.
fn columns(flags: &Flags, question: &mut Question, world: &World) -> Outcome<Vec<MatrixColumn>> {
    let states = question.mfa.clone();
    let says_mfa = question.context.iter().any(|(key, _)| iameval_ask::is_mfa_key(key));
    let mut axes = Vec::new();
    if !flags.asked.mfa.is_empty() || states.len() > 1 {
        question.mfa.clear();
        axes.push(Axis::mfa(states));
    } else if flags.columns.is_empty() {
        axes.push(if says_mfa { Axis::nothing() } else { Axis::mfa([Mfa::TRUE, Mfa::False, Mfa::Absent]) });
    }
    let wrong = |text: &str, wrong: GivenError| {
        Failure::argument("--columns", text, codes::INVALID_FLAG_VALUE, wrong.message, wrong.help)
    };
    for text in &flags.columns {
        axes.push(Axis::read(text, world).map_err(|error| wrong(text, error))?);
    }
    let all = flags.columns.join("  ");
    MatrixColumn::of_axes(&axes).map_err(|error| match (flags.asked.mfa.first(), flags.columns.as_slice()) {
        (Some(mfa), []) => Failure::argument("--mfa", mfa, codes::INVALID_FLAG_VALUE, error.message, error.help),
        _ => wrong(&all, error),
    })
}

/// Principals are named once.
fn refuse_principals_twice(flags: &Flags) -> Outcome<()> {
    let (flag, value) = match (flags.principals.first(), flags.rows) {
        (Some(name), _) => ("--as", &**name),
        (None, RowName::Principals) => ("--rows", "principals"),
        _ => return Ok(()),
    };
    let message = "the columns already say who asks";
    Err(Failure::argument(flag, value, codes::CONFLICTING_FLAGS, message, Some("remove one of the two".into())))
}

/// The format that is asked for, or that the name of the file has.
fn format(flags: &Flags) -> Outcome<MatrixFormat> {
    if let Some(format) = flags.format {
        return Ok(format);
    }
    let Some((flag, file)) =
        flags.write.as_ref().map(|file| ("--write", file)).or(flags.check.as_ref().map(|file| ("--check", file)))
    else {
        return Ok(MatrixFormat::Human);
    };
    let extension = Path::new(file).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    Ok(match &*extension.to_ascii_lowercase() {
        "md" | "markdown" => MatrixFormat::Md,
        "csv" => MatrixFormat::Csv,
        "json" => MatrixFormat::Json,
        "html" | "htm" => MatrixFormat::Html,
        "pdf" | "xlsx" | "xls" | "ods" | "yaml" | "yml" | "svg" | "png" => {
            let message = format!("`{file}` would be of a format that a matrix is not written in");
            let help =
                "use `.md`, `.csv`, `.json` or `.html`, or any other ending for a table; `--format` takes precedence";
            return Err(Failure::argument(flag, file, codes::INVALID_FLAG_VALUE, message, Some(help.into())));
        }
        _ => MatrixFormat::Table,
    })
}

/// The text in a format; with a style for those who look at it, else for a file.
fn text(matrix: &Matrix, format: MatrixFormat, style: Option<Style>, catalogue: &Catalogue) -> String {
    let mut out = String::new();
    let mut put = |piece: &str| out.push_str(piece);
    match (format, style) {
        (MatrixFormat::Human, Some(style)) => put(&matrix_to_text(matrix, style)),
        (MatrixFormat::Human, None) => put(&matrix_to_text(matrix, Style { colour: false, width: 120 })),
        (MatrixFormat::Table, _) => put(&matrix_to_table(matrix)),
        (MatrixFormat::Md, _) => put(&matrix_to_markdown(matrix)),
        (MatrixFormat::Csv, _) => matrix_to_csv(matrix, &mut put),
        (MatrixFormat::Json, _) => matrix_to_json(matrix, catalogue, &mut put),
        (MatrixFormat::Html, _) => put(&matrix_to_html(matrix, catalogue)),
    }
    out
}

/// The text with the names of what is not known.
fn named(names: &Names, text: &str, format: MatrixFormat) -> String {
    let writing = match format {
        MatrixFormat::Json => Writing::Json,
        MatrixFormat::Html => Writing::Markup,
        MatrixFormat::Human | MatrixFormat::Table | MatrixFormat::Md | MatrixFormat::Csv => Writing::Plain,
    };
    names.shown(text, writing).into_owned()
}

/// How many lines of a difference to show around it.
const AROUND: usize = 3;

/// Compares the file with what would be written to it.
fn check(file: &str, now: &str, setup: &Setup, output: &mut Output) -> Outcome<Exit> {
    let path = Path::new(file);
    if path.as_os_str() != "-" && !path.exists() {
        let message = format!("cannot read `{file}`: there is no such file");
        let help = Some("write it with `--write` in the place of `--check`".into());
        return Err(Failure::argument("--check", file, iameval_world::codes::UNREADABLE, message, help));
    }
    let source = setup.files.disk().read(path)?;
    // A checkout may have other line ends than what was written.
    let before = source.text.replace("\r\n", "\n");
    if before == now {
        return Ok(Exit::Wanted);
    }
    let style = output.style();
    let diff = TextDiff::from_lines(&*before, now);
    let mut text = format!("--- {0}\n+++ {0} (now)\n", plain(file));
    for hunk in diff.unified_diff().context_radius(AROUND).iter_hunks() {
        let _ = writeln!(text, "{}", hunk.header());
        for change in hunk.iter_changes() {
            let line = screened(change.value().trim_end_matches('\n')).into_owned();
            let line = match change.tag() {
                ChangeTag::Equal => format!(" {line}"),
                ChangeTag::Delete => style.deny(&format!("-{line}")),
                ChangeTag::Insert => style.allow(&format!("+{line}")),
            };
            let _ = writeln!(text, "{line}");
        }
    }
    output.answer(&text);
    let instead = "`--write` in the place of `--check` writes it";
    output.message(&format!("{} is not what the policies decide now; {instead}", shown(path)));
    Ok(Exit::Other)
}
