//! Policies.

use crate::argument::{self, mistyped, optional_text};
use crate::error::Class;
use crate::json;
use iameval::PolicyDocument;
use iameval_infra::{Infrastructure, WithInfrastructure};
use iameval_report::Names;
use iameval_world::{Disk, LoadedPolicy, Source};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// A policy document with its name and the text that it was read from.
///
/// >>> policy = iameval.Policy.from_json({"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}})
/// >>> policy
/// <Policy policy>
#[pyclass(frozen, module = "iameval")]
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) loaded: Arc<LoadedPolicy>,
}

#[pymethods]
impl Policy {
    /// Reads the policy of a file, in JSON or YAML, or inside what a command of AWS printed.
    ///
    /// `aws:NAME` is a policy that AWS manages:
    ///
    /// >>> iameval.Policy.from_file("aws:ReadOnlyAccess").name
    /// 'aws:ReadOnlyAccess'
    #[staticmethod]
    fn from_file(py: Python<'_>, path: &Bound<'_, PyAny>) -> PyResult<Self> {
        let path = argument::path(path, "path")?;
        let files = WithInfrastructure(Disk::default(), Infrastructure::new());
        let read = py.detach(|| LoadedPolicy::named(&path, &files));
        Self::read(py, read)
    }

    /// Reads a policy from its JSON text, or from the same as a dict. Answers and errors call it by the name.
    ///
    /// >>> iameval.Policy.from_json('{"Statement": [{"Effect": "Alow", "Action": "*", "Resource": "*"}]}')
    /// Traceback (most recent call last):
    ///     ...
    /// iameval.PolicyError: error[IE0206]: `Alow` is not an effect: expected `Allow` or `Deny`
    ///  --> policy:1:27
    ///   |
    /// 1 | {"Statement": [{"Effect": "Alow", "Action": "*", "Resource": "*"}]}
    ///   |                           ^^^^^^
    ///   |
    ///   = help: did you mean `Allow`?
    #[staticmethod]
    #[pyo3(signature = (document, *, name = None))]
    fn from_json(py: Python<'_>, document: &Bound<'_, PyAny>, name: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let name = optional_text(name, "name")?;
        let name = name.as_deref().unwrap_or("policy");
        Self::from_text(py, json::text_of(document, "document")?, name)
    }

    /// What it is called in answers.
    #[getter]
    fn name(&self) -> &str {
        &self.loaded.name
    }

    /// The document as a dict.
    ///
    /// >>> iameval.Policy.from_file("aws:AdministratorAccess").to_dict()["Statement"]
    /// [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::to_python(py, &self.to_json())
    }

    /// The document as JSON.
    ///
    /// >>> iameval.Policy.from_json('{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}').to_json()
    /// '{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'
    fn to_json(&self) -> String {
        self.loaded.document().to_string()
    }

    /// Policies are equal that have the same name and the same document.
    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let other = other.cast::<Self>().ok();
        other.is_some_and(|other| {
            let other = other.get();
            self.name() == other.name() && self.to_json() == other.to_json()
        })
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.name(), self.to_json()).hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        format!("<Policy {}>", self.loaded.name)
    }
}

impl Policy {
    /// The policy that an argument is: a `Policy`, or a document that takes its name from the argument.
    pub(crate) fn given(given: &Bound<'_, PyAny>, argument: &str) -> PyResult<Self> {
        if let Ok(policy) = given.cast::<Self>() {
            return Ok(Self { loaded: policy.get().loaded.clone() });
        }
        let Ok(document) = given.cast::<PyDict>() else {
            return Err(mistyped(given, argument, "a Policy or a dict"));
        };
        Self::from_text(given.py(), json::from_python(document, argument)?, argument)
    }

    /// The document, and what its text is called.
    pub(crate) fn named(&self) -> (&PolicyDocument, &str) {
        (self.loaded.document(), &self.loaded.source.name)
    }

    fn from_text(py: Python<'_>, text: String, name: &str) -> PyResult<Self> {
        let read = py.detach(|| LoadedPolicy::from_source(name, &Source::new(name, text)));
        Self::read(py, read)
    }

    fn read(py: Python<'_>, read: Result<LoadedPolicy, Vec<iameval_world::Finding>>) -> PyResult<Self> {
        let loaded = read.map_err(|findings| Class::Policy.of(py, &findings, &Names::default()))?;
        Ok(Self { loaded: Arc::new(loaded) })
    }
}
