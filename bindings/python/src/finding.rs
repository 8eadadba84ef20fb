//! What is wrong, or probably a mistake, with its place.

use crate::show;
use iameval::Severity;
use iameval_report::{Names, Places};
use iameval_world::Finding as WorldFinding;
use pyo3::prelude::*;

/// Something that is wrong with a policy, a world or a question, or probably a mistake.
///
/// >>> policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}}
/// >>> finding = iameval.check(policy)[0]
/// >>> finding.code, finding.severity, finding.line, finding.help
/// ('IE0602', 'warning', 5, 'did you mean `s3:GetObject`?')
#[pyclass(frozen, eq, hash, module = "iameval")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Finding {
    /// Which mistake it is, such as `IE0602`; `iameval explain IE0602` says more.
    #[pyo3(get)]
    code: &'static str,
    /// `error`, `warning` or `info`.
    #[pyo3(get)]
    severity: &'static str,
    /// What is wrong.
    #[pyo3(get)]
    message: String,
    /// What to do about it, where that is known.
    #[pyo3(get)]
    help: Option<String>,
    /// Context that the place lacks.
    #[pyo3(get)]
    note: Option<String>,
    /// The file, or what else the text is called, such as the name of an argument.
    #[pyo3(get)]
    path: String,
    /// The line, from 1; `None` for a finding about a text as a whole.
    #[pyo3(get)]
    line: Option<u32>,
    /// The column, from 1.
    #[pyo3(get)]
    column: Option<u32>,
    text: String,
}

impl Finding {
    /// Findings as objects of Python.
    pub(crate) fn all(findings: &[WorldFinding], names: &Names) -> Vec<Self> {
        let mut places = Places::default();
        let mut all = Vec::new();
        for finding in findings {
            let diagnostic = &finding.diagnostic;
            let at = places.place(&finding.source, diagnostic.span()).map(|place| place.start);
            let shown = |text: &str| show::text(text, names);
            all.push(Self {
                code: diagnostic.code().id(),
                severity: match diagnostic.severity() {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Info => "info",
                },
                message: shown(diagnostic.message()),
                help: diagnostic.help().map(shown),
                note: finding.note.as_deref().map(shown),
                path: shown(&finding.source.name),
                line: at.map(|at| at.line),
                column: at.map(|at| at.column),
                text: show::findings(std::slice::from_ref(finding), names),
            });
        }
        all
    }

    /// The finding as the command prints it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

#[pymethods]
impl Finding {
    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        let place = self.line.zip(self.column).map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
        format!("<Finding {} {}{place}: {}>", self.code, self.path, self.message)
    }
}
