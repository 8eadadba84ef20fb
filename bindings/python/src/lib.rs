//! The library of the Python package `iameval`. It converts what Python gives into questions, and answers into objects of
//! Python; what they mean is in the crates that it uses.

mod answer;
mod api;
mod argument;
mod check;
mod context;
mod diff;
mod error;
mod finding;
mod json;
mod kind;
mod mfa;
mod origin;
mod policy;
mod policy_set;
mod prove;
mod question;
mod show;
mod statement;
mod table;
mod testing;
mod words;
mod world;

/// What `iameval/__init__.py` passes on. Every class is immutable, so that threads may share its objects.
#[pyo3::pymodule(gil_used = false)]
mod _iameval {
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name is Python's")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    use crate::answer::Answer;
    #[pymodule_export]
    use crate::api::Api;
    #[pymodule_export]
    use crate::check::check;
    #[pymodule_export]
    use crate::diff::{Diff, diff};
    #[pymodule_export]
    use crate::finding::Finding;
    #[pymodule_export]
    use crate::policy::Policy;
    #[pymodule_export]
    use crate::policy_set::PolicySet;
    #[pymodule_export]
    use crate::prove::{Verdict, prove};
    #[pymodule_export]
    use crate::statement::{Flip, Miss, NearMiss, Statement};
    #[pymodule_export]
    use crate::table::Table;
    #[pymodule_export]
    use crate::testing::{Coverage, TestCheck, TestFile, TestSettings};
    #[pymodule_export]
    use crate::world::World;
}
