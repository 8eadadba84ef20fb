//! The codes of actions, services and context keys that AWS is not known to have, and of resources that an action never has:
//! in questions, in tests and in policies.

use iameval::codes;

codes! {
    /// The action has a wildcard, no service prefix, or more than one colon.
    INVALID_ACTION = "IE0501", Error, None;
    /// No AWS service has this prefix (R-VAL-01).
    UNKNOWN_SERVICE = "IE0601", Warning, None, "INVALID_SERVICE_IN_ACTION", "INVALID_SERVICE", "INVALID_ARN_SERVICE_CASE";
    /// The service has no such action, or none that matches the pattern (R-VAL-01).
    UNKNOWN_ACTION = "IE0602", Warning, None, "INVALID_ACTION";
    /// The name is not a known condition key (R-CTX-10).
    UNKNOWN_CONTEXT_KEY = "IE0603", Warning, None, "INVALID_GLOBAL_CONDITION_KEY", "INVALID_SERVICE_CONDITION_KEY", "MISSING_TAG_KEY_IN_CONDITION",
        "INVALID_CONDITION_KEY_FORMAT", "UNSUPPORTED_GLOBAL_CONDITION_KEY", "DEPRECATED_GLOBAL_CONDITION_KEY";
    /// The resource does not apply to any of the statement's actions.
    RESOURCE_FITS_NO_ACTION = "IE0612", Warning, None, "UNSUPPORTED_RESOURCE_ARN_IN_POLICY", "INVALID_ARN_RESOURCE";
    /// No call is authorized by the action, so the entry allows and denies nothing (R-SVC-26).
    ACTION_WITHOUT_EFFECT = "IE0690", Warning, None;
}
