//! Live services or the simulator.

use crate::keyword::keywords;

/// Whose behaviour evaluation follows where AWS's own simulator is known to differ (R-SIM-05, R-COND-29, table d).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EvaluationMode {
    /// That of the services themselves.
    #[default]
    Live,
    /// That of the policy simulator.
    Simulator,
}

keywords! {
    /// The name in native requests.
    EvaluationMode, "an evaluation mode" { Live => "live", Simulator => "simulator" }
}
