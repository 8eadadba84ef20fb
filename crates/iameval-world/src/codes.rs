//! The codes of files that cannot be read, of worlds, and of names that are not in one.

use iameval::codes;

codes! {
    /// The file cannot be read.
    UNREADABLE = "IE0001", Error, None;
    /// The path is that of a folder.
    IS_FOLDER = "IE0002", Error, None;
    /// The text is not UTF-8.
    NOT_UTF8 = "IE0003", Error, None;
    /// There is nothing in the file, or on standard input.
    EMPTY_INPUT = "IE0004", Error, None;
    /// The file is of a known format that is not what is wanted here.
    OTHER_FORMAT = "IE0005", Error, None;
    /// The text is not YAML, or uses what is not taken here.
    YAML_SYNTAX = "IE0401", Error, None;
    /// Nothing of that name is there.
    UNKNOWN_NAME = "IE0403", Error, None;
    /// The resource is neither an ARN nor `*`.
    INVALID_RESOURCE = "IE0502", Error, None;
    /// The text is no principal.
    INVALID_CALLER = "IE0503", Error, None;
}
