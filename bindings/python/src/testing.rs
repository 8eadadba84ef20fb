//! Test files and assertions, for the plugin of pytest.

use crate::argument::{self, mistyped, optional_text};
use crate::context::{self, Refused};
use crate::error::{Class, warn};
use crate::finding::Finding;
use crate::mfa::MfaArgument;
use crate::show;
use crate::world::World;
use iameval::ContextKey;
use iameval_ask::is_mfa_key;
use iameval_data::Catalogue;
use iameval_infra::{Infrastructure, WithInfrastructure};
use iameval_report::{Names, Places, Style, plain};
use iameval_test::{
    CheckOutcome, CoverageForm, Decide, Expectation, Handling, Options, TestRequest, coverage_to_lcov,
    coverage_to_listing, coverage_to_text,
};
use iameval_world::{Config, Disk, ReferenceFolder};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::path::PathBuf;
use std::sync::Arc;

/// How wide lines are: as the command prints them where there is no terminal.
const STYLE: Style = Style { colour: false, width: 120 };

/// What tests are run with: the configuration that the command takes in the current folder.
#[pyclass(frozen, module = "iameval")]
#[derive(Debug)]
pub(crate) struct TestSettings {
    options: Options<'static>,
}

#[pymethods]
impl TestSettings {
    /// Reads the configuration. Given world files take the place of its own.
    #[new]
    #[pyo3(signature = (*, worlds = None))]
    fn new(py: Python<'_>, worlds: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let given = match worlds {
            Some(worlds) => {
                argument::several(worlds)?.iter().map(|path| argument::path(path, "worlds")).collect::<PyResult<_>>()?
            }
            None => Vec::new(),
        };
        let (options, warnings) =
            py.detach(|| configured(given)).map_err(|findings| Class::World.of(py, &findings, &Names::default()))?;
        warn(py, &warnings, &Names::default())?;
        Ok(Self { options })
    }

    /// The world files of those tests that name none.
    #[getter]
    fn worlds(&self) -> &[PathBuf] {
        &self.options.worlds
    }

    /// Reads a test file.
    fn load(&self, py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<TestFile> {
        let path = argument::path(path, "path")?;
        let files = WithInfrastructure(Disk::default(), Infrastructure::new());
        let loaded = py.detach(|| iameval_test::TestFile::load(&files, &path, &self.options));
        let file = loaded.map_err(|findings| Class::World.of(py, &findings, &Names::default()))?;
        let names = Names::of(file.world().symbols());
        Ok(TestFile { file: Arc::new(file), names })
    }

    /// Asks a world; what is wrong with the answer, or nothing.
    #[pyo3(signature = (world, expect, action, *, principal = None, resource = None, mfa = MfaArgument::default(), context = None, endpoint = None, by = None, lenient = None))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn compare(
        &self,
        py: Python<'_>,
        world: &Bound<'_, PyAny>,
        expect: &Bound<'_, PyAny>,
        action: &Bound<'_, PyAny>,
        principal: Option<&Bound<'_, PyAny>>,
        resource: Option<&Bound<'_, PyAny>>,
        mfa: MfaArgument,
        context: Option<&Bound<'_, PyAny>>,
        endpoint: Option<&Bound<'_, PyAny>>,
        by: Option<&Bound<'_, PyAny>>,
        lenient: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<String>> {
        let world = &world.cast::<World>().map_err(|_| mistyped(world, "world", "a World"))?.get().world;
        let expect = argument::text(expect, "expect")?.parse::<Expectation>();
        let expect = expect.map_err(|error| PyValueError::new_err(format!("{error}; {}", error.help())))?;
        let action = argument::text(action, "action")?;
        let by = optional_text(by, "by")?;
        let defaults = &self.options.defaults;
        // A configured principal may be nobody in this world.
        let knows = |name: &&String| name.contains(':') || world.principal(name).is_some();
        let configured = || defaults.principal.as_ref().filter(knows).cloned();
        let mut request = match optional_text(principal, "principal")?.or_else(configured) {
            Some(principal) => TestRequest::new(&principal, &action),
            None => TestRequest::of(&action),
        };
        if let Some(resource) = optional_text(resource, "resource")? {
            request = request.resource(&resource);
        }
        if let Some(endpoint) = optional_text(endpoint, "endpoint")? {
            request = request.via(&endpoint);
        }
        let given = context.map(context::read).transpose().map_err(|refused| match refused {
            Refused::Key(finding) => Class::Question.of(py, &[finding], &Names::default()),
            Refused::Raised(error) => error,
        })?;
        let given = given.unwrap_or_default();
        for (key, value) in defaults.context.iter().chain(given.iter()) {
            request = match value {
                Some(value) => request.context(key.as_str(), value.clone()),
                None => request.absent(key.as_str()),
            };
        }
        let is_in_context = given.iter().any(|(key, _): (&ContextKey, _)| is_mfa_key(key));
        if let Some(mfa) = mfa.0.or(defaults.mfa.filter(|_| !is_in_context)) {
            request = request.mfa(mfa);
        }
        if argument::flag(lenient, "lenient")? {
            request = request.unlisted();
        }
        if defaults.strict_context == Some(true) {
            request = request.strict();
        }
        let compared = py.detach(|| world.compare(&request, expect, by.as_deref(), "`lenient=True`"));
        Ok(compared.err().map(|text| show::lines(&text, &Names::of(world.symbols()))))
    }
}

/// What the configuration says, with what is odd in it.
fn configured(
    worlds: Vec<PathBuf>,
) -> Result<(Options<'static>, Vec<iameval_world::Finding>), Vec<iameval_world::Finding>> {
    let disk = Disk::default();
    let nearest = std::env::current_dir().ok().and_then(|here| Config::nearest(&here));
    let config = match nearest {
        Some(path) => Config::read(&path, &disk).map_err(|error| vec![error])?,
        None => Config::default(),
    };
    let mut warnings = Vec::new();
    let mut catalogue = Catalogue::embedded();
    if let Some(folder) = &config.data {
        let read = ReferenceFolder::read(folder, &disk)?;
        warnings = read.warnings;
        // Files that were read with it may be there until the process ends.
        catalogue = Box::leak(Box::new(read.catalogue));
    }
    let defaults = config.defaults.of_tests().map_err(|error| vec![error])?;
    let worlds = if worlds.is_empty() { config.worlds } else { worlds };
    Ok((Options { catalogue, worlds, defaults, ..Options::default() }, warnings))
}

/// A test file.
#[pyclass(frozen, module = "iameval")]
#[derive(Debug)]
pub(crate) struct TestFile {
    file: Arc<iameval_test::TestFile<'static>>,
    names: Names,
}

#[pymethods]
impl TestFile {
    /// What is odd in it and does not keep it from running.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, Finding::all(self.file.warnings(), &self.names))
    }

    /// Its checks, in order.
    fn checks(&self) -> Vec<TestCheck> {
        let mut places = Places::default();
        let checks = self.file.checks().iter().map(|check| {
            let place = places.place(self.file.source(), self.file.span_of(check));
            let line = place.map_or(1, |place| place.start.line);
            let case = self.file.case_of(check);
            let tags = case.map(|case| case.tags.clone()).unwrap_or_default();
            let skip = match case.map(|case| &case.handling) {
                Some(Handling::Skip(reason)) => Some(reason.clone()),
                _ => None,
            };
            let name = show::text(&plain(&check.name), &self.names);
            TestCheck { name, case: check.case, line, tags, skip }
        });
        checks.collect()
    }

    /// Runs a check, by its position, perhaps with what is wrong with its case as a whole: how it ended, what is said of that, and
    /// a note.
    fn run(&self, py: Python<'_>, check: usize, with_case: bool) -> PyResult<(&'static str, String, String)> {
        let ran = py.detach(|| {
            if with_case { self.file.run_check_with_case(check, STYLE) } else { self.file.run_check(check, STYLE) }
        });
        let report = ran.map_err(|findings| Class::World.of(py, &findings, &self.names))?;
        let (status, text) = match report.outcome {
            CheckOutcome::Passed => ("passed", String::new()),
            CheckOutcome::Failed(text) => ("failed", text),
            CheckOutcome::FailedAsExpected(text) => ("xfailed", text),
            CheckOutcome::Skipped(text) => ("skipped", text),
        };
        Ok((status, show::lines(&text, &self.names), show::lines(&report.note, &self.names)))
    }
}

/// A check of a test file.
#[pyclass(frozen, get_all, module = "iameval")]
#[derive(Debug)]
pub(crate) struct TestCheck {
    /// Its name.
    name: String,
    /// The position of its case.
    case: usize,
    /// Its line in the file, from 1.
    line: u32,
    /// Words to select it by.
    tags: Vec<String>,
    /// Why it does not run, if it does not.
    skip: Option<String>,
}

/// Which parts of policies checks reach.
#[pyclass(frozen, module = "iameval")]
#[derive(Debug)]
pub(crate) struct Coverage {
    coverage: iameval_test::Coverage,
}

#[pymethods]
impl Coverage {
    /// What checks reach: test files, each with the positions of those that ran.
    #[new]
    fn new(py: Python<'_>, ran: Vec<(Py<TestFile>, Vec<usize>)>) -> PyResult<Self> {
        let mut coverage = iameval_test::Coverage::new(&[]);
        for (file, checks) in ran {
            let TestFile { file, names } = file.get();
            let added = py.detach(|| {
                coverage.add_policies(file.world().policies());
                checks.iter().try_for_each(|check| coverage.add_check(file, *check))
            });
            added.map_err(|findings| Class::World.of(py, &findings, names))?;
        }
        Ok(Self { coverage })
    }

    /// The coverage as a form such as `table` tells it, with the file that it is for, where there is one.
    fn tell(&self, py: Python<'_>, form: &Bound<'_, PyAny>) -> PyResult<(String, Option<String>)> {
        let form = read_form(&argument::text(form, "form")?)?;
        Ok(py.detach(|| match form {
            CoverageForm::Table => (coverage_to_text(&self.coverage, STYLE), None),
            CoverageForm::Listing => (coverage_to_listing(&self.coverage, STYLE), None),
            CoverageForm::Lcov(file) => (coverage_to_lcov(&self.coverage), Some(file)),
        }))
    }

    /// Raises `ValueError` for a text that does not name a form of coverage.
    #[staticmethod]
    fn check_form(form: &Bound<'_, PyAny>) -> PyResult<()> {
        read_form(&argument::text(form, "form")?).map(drop)
    }
}

fn read_form(form: &str) -> PyResult<CoverageForm> {
    form.parse().map_err(|error: iameval_test::ParseCoverageFormError| {
        PyValueError::new_err(format!("{error}: {}", error.help()))
    })
}
