//! The codes of what is wrong with texts, policies and requests of this crate's own formats. Each crate that finds things
//! has a table like this one.

use crate::codes;

/// A row of table (e) and its message.
type Row = Option<(u8, &'static str)>;

const NOT_JSON: Row = Some((1, "Syntax errors in policy."));
const SYNTAX: Row = Some((2, "Syntax errors in policy."));
const LEGACY: &str = "The policy failed legacy parsing";
const SIDS: &str =
    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*";

codes! {
    /// It is larger than what is read.
    OVER_LIMIT = "IE0006", Error, None;
    /// The text is not JSON (V-01).
    JSON_SYNTAX = "IE0101", Error, NOT_JSON, "JSON_SYNTAX_ERROR";

    // What is refused everywhere: no decision is made on such a policy.
    /// The document, a statement or another element has the wrong JSON type (V-01, V-02).
    WRONG_TYPE = "IE0201", Error, SYNTAX, "DATA_TYPE_MISMATCH";
    /// An element, operator or condition key is given twice (R-GRAM-07).
    DUPLICATE_ELEMENT = "IE0202", Error, SYNTAX, "DUPLICATE_KEYS_WITH_DIFFERENT_CASE";
    /// The policy language has no element of this name (V-02).
    UNKNOWN_ELEMENT = "IE0203", Error, SYNTAX, "INVALID_POLICY_ELEMENT";
    /// A required element is missing (V-02, V-08, V-17).
    MISSING_ELEMENT = "IE0204", Error, SYNTAX, "MISSING_ACTION", "MISSING_EFFECT", "MISSING_RESOURCE", "MISSING_STATEMENT";
    /// A statement has both elements of a pair, such as `Action` and `NotAction` (R-GRAM-02).
    CONFLICTING_ELEMENTS = "IE0205", Error, SYNTAX, "UNSUPPORTED_ELEMENT_COMBINATION";
    /// `Effect` is neither `Allow` nor `Deny` (V-02, V-04).
    INVALID_EFFECT = "IE0206", Error, SYNTAX, "INVALID_EFFECT";
    /// `Version` is neither `2012-10-17` nor `2008-10-17` (V-02).
    INVALID_VERSION = "IE0207", Error, SYNTAX, "INVALID_VERSION";
    /// The condition operator does not exist (V-02). A mistyped operator must never switch a Deny off.
    UNKNOWN_OPERATOR = "IE0208", Error, SYNTAX, "INVALID_CONDITION_OPERATOR";
    /// A condition value is an object, a list within a list, or null (V-02).
    INVALID_CONDITION_VALUE = "IE0209", Error, SYNTAX, "DATA_TYPE_MISMATCH";
    /// A principal is a string other than `*`, or has a type that does not exist (section 6).
    INVALID_PRINCIPAL = "IE0210", Error, SYNTAX, "INVALID_PRINCIPAL_FORMAT", "INVALID_PRINCIPAL_KEY";
    /// An empty list under `NotAction` or `NotResource` would cover everything.
    EMPTY_NEGATED_LIST = "IE0211", Error, SYNTAX, "EMPTY_ARRAY_ACTION", "EMPTY_ARRAY_RESOURCE";
    /// This kind of policy must not have the element (R-GRAM-09, V-18).
    FORBIDDEN_ELEMENT = "IE0212", Error, Some((18, "Policy document should not specify a principal.")), "UNSUPPORTED_PRINCIPAL", "SCP_SYNTAX_ERROR_PRINCIPAL";

    // What only creation refuses: evaluation goes on by the text.
    /// `Statement` is an empty list (V-02).
    EMPTY_STATEMENT_LIST = "IE0301", Error, SYNTAX, "MISSING_STATEMENT";
    /// A customer managed policy must have version `2012-10-17` (V-03); without it, policy variables are plain text.
    OLD_VERSION = "IE0302", Warning, Some((3, "Policy document must be version 2012-10-17 or greater.")), "MISSING_VERSION";
    /// The value of a date condition is not a date (V-05).
    INVALID_DATE = "IE0303", Error, Some((5, LEGACY)), "TYPE_MISMATCH_DATE";
    /// An ARN has too few parts or no service (V-06).
    INCOMPLETE_ARN = "IE0304", Error, Some((6, LEGACY)), "MISSING_ARN_FIELD";
    /// Two statements have the same `Sid` (V-07).
    DUPLICATE_SID = "IE0305", Error, Some((7, "Statement IDs (SID) in a single policy must be unique.")), "UNIQUE_SIDS_REQUIRED", "UNIQUE_SIDS_RECOMMENDED";
    /// The list of actions is empty (V-08).
    NO_ACTIONS = "IE0306", Error, Some((8, "Policy statement must contain actions.")), "EMPTY_ARRAY_ACTION";
    /// A resource is neither `*` nor an ARN (V-09).
    RESOURCE_NOT_ARN = "IE0307", Error, None, "INVALID_ARN_PREFIX";
    /// The partition of a resource does not exist (V-10).
    UNKNOWN_PARTITION = "IE0308", Error, None, "INVALID_PARTITION";
    /// The ARN of a resource ends before its service (V-11).
    RESOURCE_WITHOUT_VENDOR = "IE0309", Error, Some((11, "Resource vendor must be fully qualified and cannot contain regexes.")), "MISSING_ARN_FIELD";
    /// An IAM or S3 ARN has a region (V-12).
    UNEXPECTED_REGION = "IE0310", Error, None, "ARN_REGION_NOT_ALLOWED";
    /// The resource part of an IAM ARN does not begin with an IAM resource type (V-13).
    UNKNOWN_IAM_RESOURCE = "IE0311", Error, Some((13, "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.")), "INVALID_ARN_RESOURCE";
    /// An action has no service prefix (V-14).
    ACTION_WITHOUT_VENDOR = "IE0312", Error, Some((14, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."));
    /// An action has more than one colon (V-15).
    ACTION_WITH_COLONS = "IE0313", Error, Some((15, "Actions/Condition can contain only one colon."));
    /// The service prefix of an action has a character that no prefix has (V-16).
    INVALID_VENDOR = "IE0314", Error, None, "INVALID_SERVICE_IN_ACTION";
    /// The list of resources is empty (V-17).
    NO_RESOURCES = "IE0315", Error, Some((17, "Policy statement must contain resources.")), "EMPTY_ARRAY_RESOURCE";
    /// A role trust policy must not name resources: the role itself is the resource (V-19).
    TRUST_POLICY_RESOURCE = "IE0316", Error, Some((19, "Has prohibited field Resource.")), "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE";
    /// A role trust policy supports only STS actions (V-20).
    TRUST_POLICY_ACTION = "IE0317", Error, Some((20, "Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML,  and sts:AssumeRoleWithWebIdentity")), "UNSUPPORTED_ACTION_IN_POLICY";
    /// A principal is malformed: not an account, ARN, service or `*`, or an ARN with a wildcard (V-21, R-PRIN-03).
    MALFORMED_PRINCIPAL = "IE0318", Error, None, "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "INVALID_PRINCIPAL_FORMAT", "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY";
    /// The value of a numeric, IP, ARN or binary condition is not of that type (V-22).
    MALFORMED_LITERAL = "IE0319", Error, None, "INVALID_VARIABLE_FOR_OPERATOR", "TYPE_MISMATCH_NUMBER", "TYPE_MISMATCH_IP_RANGE", "TYPE_MISMATCH_STRING";
    /// The document is larger than AWS accepts for this kind of policy (V-23, R-VAL-03).
    TOO_LARGE = "IE0320", Error, None, "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", "POLICY_SIZE_EXCEEDS_SCP_QUOTA", "POLICY_SIZE_EXCEEDS_RCP_QUOTA", "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA";
    /// A character outside the set that IAM accepts: tab, line feed, carriage return, U+0020 to U+00FF (R-GRAM-08).
    INVALID_CHARACTER = "IE0321", Error, SYNTAX;
    /// An identity-based policy must not have an `Id` (R-GRAM-09); AWS accepts it anyway (D-15).
    ID_IN_IDENTITY_POLICY = "IE0322", Info, None;
    /// A `Sid` in IAM may contain only ASCII letters and digits (V-02a, R-VAL-05).
    INVALID_SID = "IE0323", Error, Some((2, SIDS)), "UNSUPPORTED_SID";
    /// The operator's name differs from AWS's in letter case.
    OPERATOR_CASE = "IE0324", Error, SYNTAX;
    /// A resource-based policy's statement needs a principal; without one it never applies (R-GRAM-10).
    MISSING_PRINCIPAL = "IE0325", Error, SYNTAX, "MISSING_PRINCIPAL";
    /// `NotPrincipal` is supported only with Deny (R-PRIN-12).
    NOT_PRINCIPAL_ALLOW = "IE0326", Error, SYNTAX, "ALLOW_WITH_NOT_PRINCIPAL";
    /// A resource control policy only denies, and to everyone: no Allow, no `NotAction`, no service wildcard (R-ORG-06).
    RESOURCE_CONTROL_LIMITS = "IE0327", Error, None, "RCP_SYNTAX_ERROR_ALLOW", "RCP_SYNTAX_ERROR_NOTACTION", "RCP_SYNTAX_ERROR_ACTION", "RCP_SYNTAX_ERROR_PRINCIPAL";
    /// `Null` takes neither `IfExists`, which makes no difference to it, nor a set operator, which makes it hold always or
    /// never (R-COND-09).
    NULL_QUALIFIED = "IE0328", Error, SYNTAX, "NULL_WITH_IF_EXISTS", "NULL_WITH_QUALIFIER";
    /// A role trust policy does not support `NotPrincipal` (R-GRAM-09).
    TRUST_POLICY_NOT_PRINCIPAL = "IE0329", Error, None, "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL";

    // Formats made of JSON objects.
    /// A field is missing, unknown, given twice, or of the wrong type or form.
    INVALID_FIELD = "IE0402", Error, None;
}
