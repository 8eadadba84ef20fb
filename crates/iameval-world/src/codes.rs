//! The codes of files that cannot be read, of worlds, and of names that are not in one.

use iameval::codes;

codes! {
    /// The file cannot be read.
    UNREADABLE = "IE0001", Error, None;
    /// The path is a folder.
    IS_FOLDER = "IE0002", Error, None;
    /// The text is not UTF-8.
    NOT_UTF8 = "IE0003", Error, None;
    /// The file, or standard input, is empty.
    EMPTY_INPUT = "IE0004", Error, None;
    /// The file has a known format that is not expected here.
    OTHER_FORMAT = "IE0005", Error, None;
    /// The text is not YAML, or uses something that is not supported here.
    YAML_SYNTAX = "IE0401", Error, None;
    /// The name is not defined.
    UNKNOWN_NAME = "IE0403", Error, None;
    /// The resource is neither an ARN nor `*`.
    INVALID_RESOURCE = "IE0502", Error, None;
    /// The text is not a principal.
    INVALID_CALLER = "IE0503", Error, None;
}
