//! The codes of what AWS accepts but is probably a mistake. Those of names that AWS is not known to have are in
//! [`iameval_data::codes`].

use iameval::codes;

codes! {
    /// AWS does not list the condition key with any action of the statement.
    UNSUPPORTED_CONTEXT_KEY = "IE0604", Warning, None, "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
        "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE";
    /// The operator compares another type than the condition key has.
    OPERATOR_TYPE_MISMATCH = "IE0605", Warning, None, "TYPE_MISMATCH", "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS";
    /// An operator without a set qualifier never matches a multivalued key (R-COND-17).
    MISSING_QUALIFIER = "IE0606", Warning, None, "MISSING_QUALIFIER";
    /// A set operator is used on a single-valued key.
    SET_OPERATOR_ON_SINGLE_VALUE = "IE0607", Warning, None, "FORALLVALUES_WITH_SINGLE_VALUED_KEY";
    /// `ForAllValues` in an Allow is satisfied when the key is absent or empty (R-COND-11).
    FOR_ALL_VALUES_WITHOUT_NULL = "IE0608", Warning, None;
    /// A Deny does not apply if the key is absent, and `…IfExists` is probably intended (R-COND-06).
    IF_EXISTS_MISSING = "IE0609", Warning, None;
    /// An Allow applies if the key is absent, because of `…IfExists` (R-COND-08).
    IF_EXISTS_UNWANTED = "IE0610", Warning, None;
    /// Policy variables are plain text in a document of version 2008-10-17 (R-VAR-02).
    VARIABLE_IN_OLD_VERSION = "IE0611", Warning, None, "VARIABLE_UNSUPPORTED_IN_VERSION";
    /// The action has no resource types, so no ARN matches it and `*` does (R-RES-05).
    ACTION_NEEDS_ANY_RESOURCE = "IE0613", Warning, None;
    /// The statement can never match a request.
    NEVER_MATCHES = "IE0614", Warning, None, "EMPTY_ARRAY_CONDITION", "EMPTY_ARRAY_CONDITION_FORANYVALUE", "PRIVATE_IP_ADDRESS",
        "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION", "MISMATCHED_ACTION_FOR_PRINCIPAL", "EMPTY_ARRAY_PRINCIPAL", "EMPTY_OBJECT_PRINCIPAL";
    /// `NotAction` with Allow allows everything else, in every service (R-ACT-03).
    ALLOW_NOT_ACTION = "IE0615", Warning, None;
    /// `NotResource` with Allow allows every other resource, including those created later (R-RES-01).
    ALLOW_NOT_RESOURCE = "IE0616", Warning, None;
    /// The document has no `Version`, so its version is 2008-10-17 (R-GRAM-05).
    MISSING_VERSION = "IE0617", Info, None, "MISSING_VERSION";
    /// The document takes nine tenths or more of the size that AWS accepts (R-VAL-03).
    NEAR_SIZE_LIMIT = "IE0618", Info, None;
    /// The permissions allow privilege escalation: their holder can obtain others.
    PRIVILEGE_ESCALATION = "IE0619", Warning, None;
    /// `iam:PassRole` on any role allows passing every role in the account to a service.
    PASS_ANY_ROLE = "IE0620", Warning, None, "PASS_ROLE_WITH_STAR_IN_RESOURCE", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
        "PASS_ROLE_WITH_NOT_RESOURCE", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
        "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION";
    /// The resource policy lets in callers who have no tie to its account.
    PUBLIC_ACCESS = "IE0621", Warning, None, "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL";
    /// A Deny without MFA also denies calls that a new user needs to set up MFA.
    MFA_DENY_BLOCKS_SELF_SERVICE = "IE0622", Warning, None;
    /// A service may use the permission on behalf of any of its customers (R-CTX-11).
    CONFUSED_DEPUTY = "IE0623", Warning, None, "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
        "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL";
    /// An entry is in a list twice, or another one covers it.
    REDUNDANT_ENTRY = "IE0624", Info, None, "REDUNDANT_ACTION", "REDUNDANT_RESOURCE", "REDUNDANT_CONDITION_VALUE_NUM", "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY";
    /// A wildcard is a plain character under this operator (R-COND-27).
    WILDCARD_WITHOUT_LIKE = "IE0625", Warning, None, "WILDCARD_WITHOUT_LIKE_OPERATOR";
    /// No resource of the statement applies to the action, so the statement never applies to it.
    ACTION_FITS_NO_RESOURCE = "IE0626", Warning, None;
    /// The statement allows every action on every resource.
    FULL_ACCESS = "IE0627", Warning, None;
    /// A policy variable never has a value: no key has its name, or the key is a list (R-VAR-04, R-VAR-08).
    VARIABLE_WITHOUT_VALUE = "IE0628", Warning, None, "UNSUPPORTED_SPACE_IN_VARIABLE", "MISSING_QUOTE_IN_VARIABLE";
    /// The ARN has no region or account, or not a valid account, so it matches nothing.
    ARN_WITHOUT_PLACE = "IE0629", Warning, None, "MISSING_ARN_REGION", "MISSING_ARN_ACCOUNT", "INVALID_ARN_ACCOUNT";
    /// A value under `Bool` or `Null` is neither `true` nor `false`, or both are in one list (R-COND-09, R-COND-24).
    ODD_BOOLEAN = "IE0630", Warning, None, "INVALID_VARIABLE_FOR_OPERATOR", "TYPE_MISMATCH_BOOLEAN", "INVALID_CONDITION_MULTIPLE_BOOLEAN";
    /// A string looks like a policy variable but is not one (R-VAR-03, R-VAR-11).
    NO_VARIABLE = "IE0631", Warning, None, "MISSING_BRACE_IN_VARIABLE", "EMPTY_VARIABLE", "VARIABLE_UNSUPPORTED_IN_ELEMENT";
    /// Resource control policies do not support the service, as far as is known (R-ORG-05).
    SERVICE_WITHOUT_RCPS = "IE0632", Warning, None, "RCP_SYNTAX_ERROR_ACTION";
    /// Everyone who can sign in through an identity provider may assume the role.
    OPEN_FEDERATION = "IE0633", Warning, None, "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", "MISSING_GITHUB_REPO_CONDITION_KEY", "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED";
    /// The condition is true for every request, so it limits nothing.
    ALWAYS_HOLDS = "IE0634", Warning, None, "PRIVATE_NOT_IP_ADDRESS", "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION";
    /// The condition key never has this value.
    IMPOSSIBLE_VALUE = "IE0635", Warning, None, "INVALID_REGION", "INVALID_SERVICE_PRINCIPAL_FORMAT", "INVALID_VPC_FORMAT",
        "INVALID_VPCE_FORMAT", "INVALID_KMS_KEY_VALUE";
    /// `ForAllValues` in a Deny is satisfied when the key is absent, and not when one value of several differs (R-COND-11).
    DENY_FOR_ALL_VALUES = "IE0636", Warning, None;
    /// A Deny applies only where all of several tags are missing or wrong (R-COND-01).
    DENY_NEEDS_ALL_KEYS = "IE0637", Warning, None;
    /// `NotPrincipal` lists a role without its sessions, or a session without its role (R-PRIN-12).
    NOT_PRINCIPAL_WITHOUT_SESSION = "IE0638", Warning, None;
    /// The ARN does not have the format that the service uses for its resources, so it matches nothing.
    ARN_OF_NO_RESOURCE = "IE0639", Warning, None;
    /// An endpoint policy contains something that AWS does not support in endpoint policies, or interprets differently there.
    ENDPOINT_LIMITS = "IE0640", Warning, None;
    /// Only some of the statement's actions support the condition key.
    KEY_OF_SOME_ACTIONS = "IE0650", Warning, None, "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
        "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
        "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE";
    /// A wildcard or a variable in a key that identifies the owner of a request or resource matches others as well.
    SENSITIVE_KEY_TOO_WIDE = "IE0651", Warning, None, "WILDCARD_USAGE_TOO_PERMISSIVE", "VARIABLE_USAGE_TOO_PERMISSIVE";
    /// The caller sets the value of the condition key, so it protects nothing.
    UNTRUSTWORTHY_KEY = "IE0652", Warning, None, "UNTRUSTWORTHY_CONDITION_KEY";
    /// The condition key restricts little without another one.
    UNPAIRED_KEY = "IE0653", Warning, None, "MISSING_PAIRED_CONDITION_KEYS";
    /// A resource control policy also denies AWS services, or principals, that lack the condition key.
    SERVICES_IN_RCP = "IE0654", Warning, None, "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY",
        "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY", "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK";
    /// Few services send the condition key, and the statement applies to others.
    KEY_OF_FEW_SERVICES = "IE0655", Warning, None, "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES";
    /// Prefixes that are hidden from a bucket listing show under a shorter prefix.
    HIDDEN_PREFIX = "IE0656", Warning, None, "S3_PREFIX_IN_NEGATIVE_CONTEXT";
    /// A request to `DynamoDB` that names no attributes returns all of them.
    ATTRIBUTES_WITHOUT_SELECT = "IE0657", Warning, None, "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT";
    /// A set operator on the audience of a token.
    AUDIENCE_SET_OPERATOR = "IE0658", Warning, None, "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE", "CONFIRM_AUDIENCE_CLAIM_TYPE";
    /// The condition only checks whether the key is present, which `Null` expresses directly.
    EQUIVALENT_TO_NULL = "IE0659", Info, None, "EQUIVALENT_TO_NULL_TRUE", "EQUIVALENT_TO_NULL_FALSE",
        "EMPTY_ARRAY_CONDITION_FORALLVALUES", "EMPTY_ARRAY_CONDITION_IFEXISTS";
    /// A condition, or an operator in it, is empty.
    EMPTY_CONDITION = "IE0660", Info, None, "EMPTY_OBJECT_CONDITION";
    /// An IP address has bits set after its prefix (R-COND-23).
    HOST_BITS = "IE0661", Info, None, "IMPROVE_IP_RANGE";
    /// A private address among public ones has no effect.
    PRIVATE_AMONG_PUBLIC = "IE0662", Info, None, "PRIVATE_IP_ADDRESS_SUBSET", "PRIVATE_NOT_IP_ADDRESS_SUBSET";
    /// A date is written as seconds since 1970 (R-COND-22).
    EPOCH_DATE = "IE0663", Warning, None, "INVALID_DATE_VALUE";
    /// The condition key is the same for every request that the policy applies to.
    IRRELEVANT_KEY = "IE0664", Info, None, "IRRELEVANT_CONDITION_KEY_IN_POLICY";
    /// A trust policy tests a key that no session is allowed to set.
    MISSING_SESSION_ACTION = "IE0665", Warning, None, "MISSING_ACTION_FOR_CONDITION_KEY";
    /// The values of a condition key are of several JSON types (R-GRAM-04).
    MIXED_VALUE_TYPES = "IE0666", Warning, None, "INVALID_CONDITION_DATA_TYPE";
    /// The text under `Service` is not the name of a service principal, as far as is known.
    UNKNOWN_SERVICE_PRINCIPAL = "IE0670", Warning, None, "INVALID_SERVICE_PRINCIPAL_FORMAT";
    /// The ARN names a region that does not exist in its partition, as far as is known.
    UNKNOWN_REGION = "IE0671", Warning, None, "INVALID_ARN_REGION";
    /// The ARN has a wildcard in the name of its service, which covers other services with similar names.
    WILDCARD_IN_ARN_SERVICE = "IE0672", Info, None, "WILDCARD_IN_SERVICE_NAME";
    /// Only role trust policies support identity providers as principals (R-PRIN-08).
    FEDERATED_OUTSIDE_TRUST = "IE0673", Warning, None, "FEDERATED_PRINCIPAL_NOT_SUPPORTED";
    /// The ARN names an account or a region, and ARNs of the service have none there, so it matches nothing.
    ARN_WITH_PLACE = "IE0674", Warning, None, "ARN_ACCOUNT_NOT_ALLOWED", "ARN_REGION_NOT_ALLOWED";
    /// The service needs further actions besides `sts:AssumeRole` to assume a role.
    INCOMPLETE_TRUST = "IE0675", Warning, None, "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY";
    /// The trust policy names everyone, and a condition limits who may assume the role.
    WILDCARD_IN_TRUST = "IE0676", Info, None, "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL";
    /// `iam:CreateServiceLinkedRole` for any service allows creating the service-linked role of every service.
    CREATE_ANY_SERVICE_ROLE = "IE0677", Warning, None, "CREATE_SLR_WITH_STAR_IN_RESOURCE",
        "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", "CREATE_SLR_WITH_NOT_RESOURCE",
        "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE",
        "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION";
    /// The principal is the unique id of a user or role, which AWS shows if the user or role was deleted (R-PRIN-10).
    UNIQUE_ID_AS_PRINCIPAL = "IE0678", Warning, None, "INVALID_ROLE_REFERENCE", "INVALID_USER_REFERENCE";
    /// The trust covers more workflows of GitHub than those of one branch or environment of a repository.
    BROAD_WORKFLOW_TRUST = "IE0679", Warning, None, "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED";
    /// The `Sid` is an empty text.
    EMPTY_SID = "IE0680", Info, None, "EMPTY_SID_VALUE";
    /// Other statements of the policy allow everything that the statement allows, or another one is identical.
    REDUNDANT_STATEMENT = "IE0681", Info, None, "REDUNDANT_STATEMENT";
    /// Deny statements of the policy deny everything that the statement allows.
    SHADOWED_ALLOW = "IE0682", Warning, None;
    /// It was not proven what the statements of the policy do, because it is too large.
    PROOFS_LEFT_OUT = "IE0683", Info, None;
    /// Nothing that the statement denies is otherwise allowed to any principal of the world that has the policy.
    IDLE_DENY = "IE0684", Info, None;
    /// The service does not support the action for principals of another account, so the grant has no effect (R-SVC-19).
    NO_CROSS_ACCOUNT_USE = "IE0691", Warning, None;
    /// A resource policy has no effect on the action (R-SVC-20).
    TAKES_NO_PART = "IE0692", Warning, None;
    /// AWS documents that requests to the service do not have the key.
    KEY_NOT_SUPPLIED = "IE0693", Info, None;
}
