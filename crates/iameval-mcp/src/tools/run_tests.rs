//! `run_tests`

use crate::answer::{Answer, Refused, STYLE, findings_to_text};
use crate::arguments::Arguments;
use crate::workspace::Workspace;
use iameval::json::Node;
use iameval_report::findings_to_json;
use iameval_test::{Case, Check, Detail, FileRun, Filter, Runner, TestFile, counts, run_to_text, runs_to_json};

pub(crate) const ARGUMENTS: &[&str] = &["filter"];

pub(crate) fn answer(arguments: &Arguments<'_>, workspace: &dyn Workspace) -> Result<Answer, Refused> {
    let filter: Option<Filter> = arguments.parsed("filter")?;
    let (files, mut unusable) = workspace.tests()?;
    let selects = |file: &TestFile<'_>, case: &Case, check: &Check| {
        let name = || format!("{}::{}", file.name(), check.name);
        filter.as_ref().is_none_or(|filter| filter.fits(&name(), &case.tags))
    };
    let jobs = iameval_test::threads::processors();
    let runner = Runner { jobs, selects: &selects, progress: &|_| {} };
    let mut runs: Vec<FileRun<'_>> = Vec::new();
    for file in &files {
        match runner.run(file) {
            Ok(run) => runs.push(run),
            Err(findings) => unusable.extend(findings),
        }
    }
    runs.retain(|run| !run.outcomes.is_empty());
    let sum = |count: &dyn Fn(&FileRun<'_>) -> usize| runs.iter().map(count).sum::<usize>();
    let mut text = findings_to_text(&unusable);
    if !unusable.is_empty() {
        text.push_str("\n\nthese files cannot be used\n\n");
    }
    for run in &runs {
        text.push_str(&run_to_text(run, Detail::Failures, STYLE)?);
    }
    text.push_str(&counts(sum(&|run| run.passed()), sum(&|run| run.failed()), sum(&|run| run.skipped())));
    let (ran, wrong) = (runs_to_json(&runs)?, findings_to_json(&unusable, []));
    let members = ran.members().unwrap_or_default().iter().map(|member| (&*member.key, member.value.clone()));
    let data = Node::object(members.chain(wrong.get("findings").map(|found| ("unusable", found.clone()))));
    let answer = Answer::new(text, &data);
    Ok(files.iter().fold(answer, |answer, file| answer.naming(file.world())))
}
