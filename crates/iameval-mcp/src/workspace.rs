//! What tools ask about.

use iameval_data::Catalogue;
use iameval_report::Codes;
use iameval_test::TestFile;
use iameval_world::{Finding, World};
use std::sync::Arc;

/// What tools ask about, as it is now: an assistant changes files between two calls.
pub trait Workspace {
    /// The catalogue of AWS's services.
    fn catalogue(&self) -> &Catalogue;

    /// The codes of all messages.
    fn codes(&self) -> &Codes;

    /// The world; `None` where there is none.
    ///
    /// # Errors
    /// What is wrong with its files.
    fn world(&self) -> Result<Option<Arc<World>>, Vec<Finding>>;

    /// The test files that can be read, and what is wrong with the others.
    ///
    /// # Errors
    /// Why there is none.
    fn tests(&self) -> Result<(Vec<TestFile<'_>>, Vec<Finding>), Vec<Finding>>;
}
