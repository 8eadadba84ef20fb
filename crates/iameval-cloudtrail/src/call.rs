//! From event source and name to the action.
