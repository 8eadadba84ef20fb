//! What SAM refuses.
