//! Documents and requests drawn at random.
