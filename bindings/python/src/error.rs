//! Findings as exceptions and warnings.

use crate::finding::Finding;
use crate::show;
use iameval::Problem;
use iameval_report::Names;
use iameval_world::Finding as WorldFinding;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};
use std::ffi::CString;

/// Which class of exceptions.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Class {
    /// `PolicyError`: a policy is not one, or not valid for the way it is attached.
    Policy,
    /// `WorldError`: a world cannot be read.
    World,
    /// `QuestionError`: a question cannot be asked.
    Question,
    /// `Undetermined`: the decision depends on what is not known.
    Undetermined,
}

impl Class {
    fn find(self, py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
        let name = match self {
            Self::Policy => "PolicyError",
            Self::World => "WorldError",
            Self::Question => "QuestionError",
            Self::Undetermined => "Undetermined",
        };
        Ok(py.import("iameval._errors")?.getattr(name)?.cast_into()?)
    }

    /// `TableError`: a table has a row or a column that cannot be decided.
    pub(crate) fn table(
        py: Python<'_>,
        text: String,
        problem: &Problem,
        row: Option<usize>,
        name: Option<&str>,
    ) -> PyErr {
        let finding = WorldFinding::about_file(name.unwrap_or("table"), problem.clone());
        let raised = py.import("iameval._errors").and_then(|errors| errors.getattr("TableError")).and_then(|class| {
            let findings = PyTuple::new(py, Finding::all(&[finding], &Names::default()))?;
            Ok(PyErr::from_value(class.call1((text, findings, row, name))?))
        });
        raised.unwrap_or_else(|error| error)
    }

    /// The exception with these findings; there is one at least.
    pub(crate) fn of(self, py: Python<'_>, findings: &[WorldFinding], names: &Names) -> PyErr {
        self.with_text(py, show::findings(findings, names), findings, names)
    }

    /// The same, which says this.
    pub(crate) fn with_text(self, py: Python<'_>, text: String, findings: &[WorldFinding], names: &Names) -> PyErr {
        let raised = self.find(py).and_then(|class| {
            let findings = PyTuple::new(py, Finding::all(findings, names))?;
            Ok(PyErr::from_value(class.call1((text, findings))?))
        });
        raised.unwrap_or_else(|error| error)
    }
}

/// Warns of findings.
pub(crate) fn warn(py: Python<'_>, findings: &[WorldFinding], names: &Names) -> PyResult<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let class = py.import("iameval._errors")?.getattr("IamWarning")?;
    for finding in Finding::all(findings, names) {
        let text = CString::new(finding.text().replace('\0', "\u{fffd}"))?;
        PyErr::warn(py, &class, &text, 1)?;
    }
    Ok(())
}
