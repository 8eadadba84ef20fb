//! The codes of questions that lack something.

use iameval::codes;

codes! {
    /// The answer depends on the resource, and none was given.
    RESOURCE_NEEDED = "IE0506", Error, None;
    /// There are no policies to evaluate.
    NOTHING_TO_DECIDE_BY = "IE0507", Error, None;
    /// What was given as a refused call is not one, or a part of it is not.
    NO_DENIAL = "IE0511", Error, None;
    /// The message of a refused call does not name the action or the caller.
    DENIAL_INCOMPLETE = "IE0512", Error, None;
    /// A matrix has more cells than anybody looks at.
    TOO_MANY_CELLS = "IE0513", Error, None;
    /// A value is not of the type that its context key has, so that operators of that type do not match it.
    VALUE_OF_ANOTHER_TYPE = "IE0515", Warning, None;
    /// A claim has no request in its scope.
    EMPTY_SCOPE = "IE0514", Error, None;
    /// A change allows what was not allowed before.
    ACCESS_GAINED = "IE0516", Warning, None;
    /// A change no longer allows what was allowed before.
    ACCESS_LOST = "IE0517", Info, None;
    /// It could not be decided whether a change gains or loses access.
    ACCESS_UNDECIDED = "IE0518", Error, None;
}
