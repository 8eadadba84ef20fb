//! What is wrong with a policy text: data with a stable code, a place and a hint. Renderers make messages of it.

use crate::keyword::keywords;
use crate::text::Span;
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Accepted by AWS, hardly meant.
    Warning,
    /// AWS refuses it.
    Error,
}

keywords! {
    /// The name in reports.
    Severity, "a severity" { Info => "info", Warning => "warning", Error => "error" }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of finding it is.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What was found and what was expected: lower case, no final period, user text in backticks.
    pub message: String,
    /// The text to underline.
    pub span: Span,
    /// The element that is blamed: the statement for a missing element or two that exclude each other, else the
    /// element itself. [`Node::path_to`](crate::json::Node::path_to) turns it into a path.
    pub place: Span,
    /// Further places, each with a few words.
    pub labels: Vec<(Span, String)>,
    /// What to do about it.
    pub help: Option<String>,
    /// What AWS answers when such a policy is created, where it is on record.
    pub refusal: Option<Refusal>,
    /// How to mend it without changing what the policy decides, where that can be done.
    pub fix: Option<Fix>,
}

/// A change of the text after which the policy decides every request as before. The rest of the text stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The text to replace; empty where something is put in.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

/// AWS's answer when it refuses a policy at creation, under the error code `MalformedPolicyDocument` (table (e)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The row of the table, V-01 to V-23. AWS names the first row that fails and nothing else.
    pub row: u8,
    /// AWS's own words.
    pub message: Cow<'static, str>,
    /// Of how many in the policy it is the one that AWS names; 0 where it is not, and as long as
    /// [`Refusal::mark_first`] was not told all of them.
    pub first_of: usize,
}

impl From<(u8, &'static str)> for Refusal {
    fn from((row, message): (u8, &'static str)) -> Self {
        Self { row, message: Cow::Borrowed(message), first_of: 0 }
    }
}

impl Refusal {
    /// What AWS would answer to a policy with these findings: the first row of the table, and in it the first place.
    pub fn first(diagnostics: &[Diagnostic]) -> Option<&Refusal> {
        first_refused(diagnostics).and_then(|index| diagnostics.get(index)?.refusal.as_ref())
    }

    /// Whether it is the one that AWS names, of all in the policy.
    pub fn is_first(&self) -> bool {
        self.first_of > 0
    }

    /// Marks the refusal that AWS would answer with, of all the findings in a policy.
    pub fn mark_first(diagnostics: &mut [Diagnostic]) {
        let first = first_refused(diagnostics);
        let count = diagnostics.iter().filter(|diagnostic| diagnostic.refusal.is_some()).count();
        for (index, diagnostic) in diagnostics.iter_mut().enumerate() {
            if let Some(refusal) = &mut diagnostic.refusal {
                refusal.first_of = if first == Some(index) { count } else { 0 };
            }
        }
    }
}

/// The number of the finding that AWS answers with. A `Sid` is looked at once the rest can be read (V-02a after V-02).
fn first_refused(diagnostics: &[Diagnostic]) -> Option<usize> {
    let refused = diagnostics.iter().enumerate().filter_map(|(index, diagnostic)| {
        let row = diagnostic.refusal.as_ref()?.row;
        Some(((row, diagnostic.code == Code::InvalidSid, diagnostic.span), index))
    });
    refused.min().map(|(_, index)| index)
}

impl Diagnostic {
    /// A finding of the code's own severity.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        let severity = code.severity();
        let refusal = code.refusal().map(Into::into);
        Self {
            code,
            severity,
            message: message.into(),
            span,
            place: span,
            labels: Vec::new(),
            help: None,
            refusal,
            fix: None,
        }
    }

    /// The same with a hint.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with a further place.
    #[must_use]
    pub fn with_label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push((span, text.into()));
        self
    }

    /// The same, mended by `replacement` in place of what stands at `span`.
    #[must_use]
    pub fn fixed_by(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }

    /// The same, with what AWS answers at creation in this very case.
    #[must_use]
    pub fn refused(mut self, row: u8, message: impl Into<Cow<'static, str>>) -> Self {
        self.refusal = Some(Refusal { row, message: message.into(), first_of: 0 });
        self
    }

    /// The same, blaming the element at `place`.
    #[must_use]
    pub fn blaming(mut self, place: Span) -> Self {
        self.place = place;
        self
    }
}

/// Defines [`Code`] and its table in one place.
macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal, $severity:ident, $refusal:expr $(, $finding:literal)*;)*) => {
        /// The kind of a finding. Codes are stable: a code is never given another meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])* $name,)*
        }

        impl Code {
            /// Every code, in order of its identifier.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The identifier that messages carry, such as `IE0203`.
            pub fn id(self) -> &'static str {
                match self { $(Code::$name => $id,)* }
            }

            /// The severity that findings of this kind have.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// What it means, in a sentence or two.
            pub fn summary(self) -> &'static str {
                match self { $(Code::$name => concat!($($doc),*).trim_ascii(),)* }
            }

            /// The row of table (e) and AWS's own message when it refuses this at creation, where one is on record and
            /// is the same for every such finding.
            pub fn refusal(self) -> Option<(u8, &'static str)> {
                match self { $(Code::$name => $refusal,)* }
            }

            /// What AWS's own checker calls it (*IAM Access Analyzer policy check reference*); none where it has no such
            /// finding, several where it tells cases apart.
            pub fn checker_findings(self) -> &'static [&'static str] {
                match self { $(Code::$name => &[$($finding),*],)* }
            }

            /// The code of that identifier, in any letter case.
            pub fn find(id: &str) -> Option<Code> {
                Code::ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(id))
            }
        }
    };
}

/// A text that should have been the identifier of a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a code: expected one such as `IE0203`")]
pub struct ParseCodeError {
    text: Box<str>,
}

/// In any letter case.
impl FromStr for Code {
    type Err = ParseCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Code::find(text).ok_or_else(|| ParseCodeError { text: text.into() })
    }
}

/// The identifier.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// A row of table (e) and its message.
type Row = Option<(u8, &'static str)>;

const SYNTAX: Row = Some((2, "Syntax errors in policy."));
const LEGACY: &str = "The policy failed legacy parsing";
const SIDS: &str =
    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*";

codes! {
    /// The file cannot be read.
    Unreadable = "IE0001", Error, None;
    /// The path is that of a folder.
    IsFolder = "IE0002", Error, None;
    /// The text is not UTF-8.
    NotUtf8 = "IE0003", Error, None;
    /// There is nothing in the file, or on standard input.
    EmptyInput = "IE0004", Error, None;
    /// It is larger than what is read.
    OverLimit = "IE0005", Error, None;

    /// The text is not JSON (V-01).
    JsonSyntax = "IE0101", Error, Some((1, "Syntax errors in policy.")), "JSON_SYNTAX_ERROR";

    // What is refused everywhere: no decision is made on such a policy.
    /// The document, a statement or another element has the wrong JSON type (V-01, V-02).
    WrongType = "IE0201", Error, SYNTAX, "DATA_TYPE_MISMATCH";
    /// An element, operator or condition key is there twice (R-GRAM-07).
    DuplicateElement = "IE0202", Error, SYNTAX, "DUPLICATE_KEYS_WITH_DIFFERENT_CASE";
    /// The policy language has no element of this name (V-02).
    UnknownElement = "IE0203", Error, SYNTAX, "INVALID_POLICY_ELEMENT";
    /// An element that must be there is missing (V-02, V-08, V-17).
    MissingElement = "IE0204", Error, SYNTAX, "MISSING_ACTION", "MISSING_EFFECT", "MISSING_RESOURCE", "MISSING_STATEMENT";
    /// Both elements of a pair stand in one statement, such as `Action` and `NotAction` (R-GRAM-02).
    ConflictingElements = "IE0205", Error, SYNTAX, "UNSUPPORTED_ELEMENT_COMBINATION";
    /// `Effect` is neither `Allow` nor `Deny` (V-02, V-04).
    InvalidEffect = "IE0206", Error, SYNTAX, "INVALID_EFFECT";
    /// `Version` is neither `2012-10-17` nor `2008-10-17` (V-02).
    InvalidVersion = "IE0207", Error, SYNTAX, "INVALID_VERSION";
    /// The condition operator does not exist (V-02). A mistyped operator must never switch a Deny off.
    UnknownOperator = "IE0208", Error, SYNTAX, "INVALID_CONDITION_OPERATOR";
    /// A condition value is an object, a list within a list, or null (V-02).
    InvalidConditionValue = "IE0209", Error, SYNTAX, "DATA_TYPE_MISMATCH";
    /// A principal is a text other than `*`, or stands under a type that does not exist (section 6).
    InvalidPrincipal = "IE0210", Error, SYNTAX, "INVALID_PRINCIPAL_FORMAT", "INVALID_PRINCIPAL_KEY";
    /// An empty list under `NotAction` or `NotResource` would cover everything.
    EmptyNegatedList = "IE0211", Error, SYNTAX, "EMPTY_ARRAY_ACTION", "EMPTY_ARRAY_RESOURCE";
    /// This kind of policy must not have the element (R-GRAM-09, V-18).
    ForbiddenElement = "IE0212", Error, Some((18, "Policy document should not specify a principal.")), "UNSUPPORTED_PRINCIPAL", "SCP_SYNTAX_ERROR_PRINCIPAL";

    // What only creation refuses: evaluation goes on by the text.
    /// `Statement` is an empty list (V-02).
    EmptyStatementList = "IE0301", Error, SYNTAX, "MISSING_STATEMENT";
    /// A customer-managed policy must be of version `2012-10-17` (V-03); without it policy variables are plain text.
    OldVersion = "IE0302", Warning, Some((3, "Policy document must be version 2012-10-17 or greater.")), "MISSING_VERSION";
    /// The value of a date condition is no date (V-05).
    InvalidDate = "IE0303", Error, Some((5, LEGACY)), "TYPE_MISMATCH_DATE";
    /// An ARN has too few parts or no service (V-06).
    IncompleteArn = "IE0304", Error, Some((6, LEGACY)), "MISSING_ARN_FIELD";
    /// Two statements have the same `Sid` (V-07).
    DuplicateSid = "IE0305", Error, Some((7, "Statement IDs (SID) in a single policy must be unique.")), "UNIQUE_SIDS_REQUIRED", "UNIQUE_SIDS_RECOMMENDED";
    /// The list of actions is empty (V-08).
    NoActions = "IE0306", Error, Some((8, "Policy statement must contain actions.")), "EMPTY_ARRAY_ACTION";
    /// A resource is neither `*` nor an ARN (V-09).
    ResourceNotArn = "IE0307", Error, None, "INVALID_ARN_PREFIX";
    /// The partition of a resource does not exist (V-10).
    UnknownPartition = "IE0308", Error, None, "INVALID_PARTITION";
    /// The ARN of a resource ends before its service (V-11).
    ResourceWithoutVendor = "IE0309", Error, Some((11, "Resource vendor must be fully qualified and cannot contain regexes.")), "MISSING_ARN_FIELD";
    /// An ARN of IAM or S3 names a region (V-12).
    UnexpectedRegion = "IE0310", Error, None, "ARN_REGION_NOT_ALLOWED";
    /// The resource part of an IAM ARN does not begin with a type of IAM's (V-13).
    UnknownIamResource = "IE0311", Error, Some((13, "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.")), "INVALID_ARN_RESOURCE";
    /// An action has no service prefix (V-14).
    ActionWithoutVendor = "IE0312", Error, Some((14, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."));
    /// An action has more than one colon (V-15).
    ActionWithColons = "IE0313", Error, Some((15, "Actions/Condition can contain only one colon."));
    /// The service prefix of an action has a character that no prefix has (V-16).
    InvalidVendor = "IE0314", Error, None, "INVALID_SERVICE_IN_ACTION";
    /// The list of resources is empty (V-17).
    NoResources = "IE0315", Error, Some((17, "Policy statement must contain resources.")), "EMPTY_ARRAY_RESOURCE";
    /// A role trust policy must not name resources: the role itself is the resource (V-19).
    TrustPolicyResource = "IE0316", Error, Some((19, "Has prohibited field Resource.")), "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE";
    /// A role trust policy takes actions of STS only (V-20).
    TrustPolicyAction = "IE0317", Error, Some((20, "Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML,  and sts:AssumeRoleWithWebIdentity")), "UNSUPPORTED_ACTION_IN_POLICY";
    /// A principal is malformed: no account, ARN, service or `*`, or an ARN with a wildcard (V-21, R-PRIN-03).
    MalformedPrincipal = "IE0318", Error, None, "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "INVALID_PRINCIPAL_FORMAT", "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY";
    /// The value of a numeric, IP, ARN or binary condition is not of that type (V-22).
    MalformedLiteral = "IE0319", Error, None, "INVALID_VARIABLE_FOR_OPERATOR", "TYPE_MISMATCH_NUMBER", "TYPE_MISMATCH_IP_RANGE", "TYPE_MISMATCH_STRING";
    /// The document is larger than AWS accepts for this kind of policy (V-23, R-VAL-03).
    TooLarge = "IE0320", Error, None, "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", "POLICY_SIZE_EXCEEDS_SCP_QUOTA", "POLICY_SIZE_EXCEEDS_RCP_QUOTA", "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA";
    /// A character outside the set that IAM accepts: tab, line feed, carriage return, U+0020 to U+00FF (R-GRAM-08).
    InvalidCharacter = "IE0321", Error, SYNTAX;
    /// An identity-based policy must not have an `Id` (R-GRAM-09); AWS accepts it all the same (D-15).
    IdInIdentityPolicy = "IE0322", Info, None;
    /// A `Sid` in IAM takes ASCII letters and digits only (V-02a, R-VAL-05).
    InvalidSid = "IE0323", Error, Some((2, SIDS)), "UNSUPPORTED_SID";
    /// The operator's name is written in other letters than AWS's.
    OperatorCase = "IE0324", Error, SYNTAX;
    /// A resource-based policy's statement needs a principal; without one it never applies (R-GRAM-10).
    MissingPrincipal = "IE0325", Error, SYNTAX, "MISSING_PRINCIPAL";
    /// `NotPrincipal` goes with Deny only (R-PRIN-12).
    NotPrincipalAllow = "IE0326", Error, SYNTAX, "ALLOW_WITH_NOT_PRINCIPAL";
    /// A resource control policy denies, for everybody: no Allow, no `NotAction`, no service wildcard (R-ORG-06).
    ResourceControlLimits = "IE0327", Error, None, "RCP_SYNTAX_ERROR_ALLOW", "RCP_SYNTAX_ERROR_NOTACTION", "RCP_SYNTAX_ERROR_ACTION", "RCP_SYNTAX_ERROR_PRINCIPAL";
    /// `Null` takes neither `IfExists`, which makes no difference to it, nor a set operator, which makes it hold always or
    /// never (R-COND-09).
    NullQualified = "IE0328", Error, SYNTAX, "NULL_WITH_IF_EXISTS", "NULL_WITH_QUALIFIER";
    /// A role trust policy takes no `NotPrincipal` (R-GRAM-09).
    TrustPolicyNotPrincipal = "IE0329", Error, None, "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL";

    // Worlds, requests and what is asked on the command line.
    /// The text is not YAML, or uses what is not taken here.
    YamlSyntax = "IE0401", Error, None;
    /// A field is missing, unknown, given twice, or of the wrong type or form.
    InvalidField = "IE0402", Error, None;
    /// Nothing of that name is there.
    UnknownName = "IE0403", Error, None;
    /// The command line has an unknown flag, or lacks something.
    Usage = "IE0500", Error, None;
    /// The action has a wildcard, no service prefix, or more than one colon.
    InvalidAction = "IE0501", Error, None;
    /// The resource is neither an ARN nor `*`.
    InvalidResource = "IE0502", Error, None;
    /// The text is no principal.
    InvalidCaller = "IE0503", Error, None;
    /// The value of a flag has the wrong form.
    InvalidFlagValue = "IE0504", Error, None;
    /// Two flags, or two of what there can be one of.
    ConflictingFlags = "IE0505", Error, None;
    /// The answer depends on the resource, and none was named.
    ResourceNeeded = "IE0506", Error, None;
    /// There are no policies to decide by.
    NothingToDecideBy = "IE0507", Error, None;
    /// The answer depends on a context key that was not given, and `--strict-context` takes no such answer.
    ContextNeeded = "IE0508", Error, None;
    /// A report or another file cannot be written.
    Unwritable = "IE0509", Error, None;
    /// A file is there already, and `init` overwrites nothing.
    FileExists = "IE0510", Error, None;

    // What AWS accepts and is hardly meant: findings of `check` that need the catalogue of AWS's services.
    /// No AWS service has this prefix (R-VAL-01).
    UnknownService = "IE0601", Warning, None, "INVALID_SERVICE_IN_ACTION", "INVALID_SERVICE", "INVALID_ARN_SERVICE_CASE";
    /// The service has no such action, or none that fits the pattern (R-VAL-01).
    UnknownAction = "IE0602", Warning, None, "INVALID_ACTION";
    /// No condition key of this name is known (R-CTX-10).
    UnknownContextKey = "IE0603", Warning, None, "INVALID_GLOBAL_CONDITION_KEY", "INVALID_SERVICE_CONDITION_KEY", "MISSING_TAG_KEY_IN_CONDITION",
        "INVALID_CONDITION_KEY_FORMAT", "UNSUPPORTED_GLOBAL_CONDITION_KEY", "DEPRECATED_GLOBAL_CONDITION_KEY";
    /// AWS does not list the condition key with any action of the statement.
    UnsupportedContextKey = "IE0604", Warning, None, "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
        "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE";
    /// The operator compares another type than the condition key has.
    OperatorTypeMismatch = "IE0605", Warning, None, "TYPE_MISMATCH", "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS";
    /// An operator without a set qualifier never matches a multivalued key (R-COND-17).
    MissingQualifier = "IE0606", Warning, None, "MISSING_QUALIFIER";
    /// A set operator on a key that has one value at most.
    SetOperatorOnSingleValue = "IE0607", Warning, None, "FORALLVALUES_WITH_SINGLE_VALUED_KEY";
    /// `ForAllValues` in an Allow is satisfied when the key is absent or empty (R-COND-11).
    ForAllValuesWithoutNull = "IE0608", Warning, None;
    /// A Deny does not apply where the key is absent, and `…IfExists` is what is meant (R-COND-06).
    IfExistsMissing = "IE0609", Warning, None;
    /// An Allow applies where the key is absent, which `…IfExists` makes it do (R-COND-08).
    IfExistsUnwanted = "IE0610", Warning, None;
    /// Policy variables are plain text in a document of version 2008-10-17 (R-VAR-02).
    VariableInOldVersion = "IE0611", Warning, None, "VARIABLE_UNSUPPORTED_IN_VERSION";
    /// The resource fits none of the statement's actions.
    ResourceFitsNoAction = "IE0612", Warning, None, "UNSUPPORTED_RESOURCE_ARN_IN_POLICY", "INVALID_ARN_RESOURCE";
    /// The action has no resource types, so no ARN matches it and `*` does (R-RES-05).
    ActionNeedsAnyResource = "IE0613", Warning, None;
    /// The statement can never match a request.
    NeverMatches = "IE0614", Warning, None, "EMPTY_ARRAY_CONDITION", "EMPTY_ARRAY_CONDITION_FORANYVALUE", "PRIVATE_IP_ADDRESS",
        "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION", "MISMATCHED_ACTION_FOR_PRINCIPAL", "EMPTY_ARRAY_PRINCIPAL", "EMPTY_OBJECT_PRINCIPAL";
    /// `NotAction` with Allow allows everything else, in every service (R-ACT-03).
    AllowNotAction = "IE0615", Warning, None;
    /// `NotResource` with Allow allows every other resource, those made later included (R-RES-01).
    AllowNotResource = "IE0616", Warning, None;
    /// The document has no `Version`, so it is of version 2008-10-17 (R-GRAM-05).
    MissingVersion = "IE0617", Info, None, "MISSING_VERSION";
    /// The document takes nine tenths or more of the size that AWS accepts (R-VAL-03).
    NearSizeLimit = "IE0618", Info, None;
    /// The permissions allow privilege escalation: their holder can obtain others.
    PrivilegeEscalation = "IE0619", Warning, None;
    /// `iam:PassRole` on any role hands every role of the account to a service.
    PassAnyRole = "IE0620", Warning, None, "PASS_ROLE_WITH_STAR_IN_RESOURCE", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
        "PASS_ROLE_WITH_NOT_RESOURCE", "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
        "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION";
    /// The resource policy lets anybody in, also anonymous callers.
    PublicAccess = "IE0621", Warning, None, "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL";
    /// A Deny without MFA also denies calls that a new user needs to set up MFA.
    MfaDenyBlocksSelfService = "IE0622", Warning, None;
    /// A service may use the grant on behalf of any of its customers (R-CTX-11).
    ConfusedDeputy = "IE0623", Warning, None, "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
        "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL";
    /// An entry of a list stands there twice, or another one covers it.
    RedundantEntry = "IE0624", Info, None, "REDUNDANT_ACTION", "REDUNDANT_RESOURCE", "REDUNDANT_CONDITION_VALUE_NUM", "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY";
    /// A wildcard is a plain character under this operator (R-COND-27).
    WildcardWithoutLike = "IE0625", Warning, None, "WILDCARD_WITHOUT_LIKE_OPERATOR";
    /// No resource of the statement fits the action, so the statement never applies to it.
    ActionFitsNoResource = "IE0626", Warning, None;
    /// The statement allows every action on every resource.
    FullAccess = "IE0627", Warning, None;
    /// A policy variable never has a value: no key has its name, or the key is a list (R-VAR-04, R-VAR-08).
    VariableWithoutValue = "IE0628", Warning, None, "UNSUPPORTED_SPACE_IN_VARIABLE", "MISSING_QUOTE_IN_VARIABLE";
    /// The ARN leaves out a region or an account, or has no account that there is, so it matches nothing.
    ArnWithoutPlace = "IE0629", Warning, None, "MISSING_ARN_REGION", "MISSING_ARN_ACCOUNT", "INVALID_ARN_ACCOUNT";
    /// A value under `Bool` or `Null` is neither `true` nor `false`, or both stand in one list (R-COND-09, R-COND-24).
    OddBoolean = "IE0630", Warning, None, "INVALID_VARIABLE_FOR_OPERATOR", "TYPE_MISMATCH_BOOLEAN", "INVALID_CONDITION_MULTIPLE_BOOLEAN";
    /// A text looks like a policy variable and is none (R-VAR-03, R-VAR-11).
    NoVariable = "IE0631", Warning, None, "MISSING_BRACE_IN_VARIABLE", "EMPTY_VARIABLE", "VARIABLE_UNSUPPORTED_IN_ELEMENT";
    /// Resource control policies do not support the service, as far as is known (R-ORG-05).
    ServiceWithoutRcps = "IE0632", Warning, None, "RCP_SYNTAX_ERROR_ACTION";
    /// Everybody whom an identity provider lets in may assume the role.
    OpenFederation = "IE0633", Warning, None, "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", "MISSING_GITHUB_REPO_CONDITION_KEY", "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED";
    /// The condition holds for every request, so it limits nothing.
    AlwaysHolds = "IE0634", Warning, None, "PRIVATE_NOT_IP_ADDRESS", "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION";
    /// The condition key never has this value.
    ImpossibleValue = "IE0635", Warning, None, "INVALID_REGION", "INVALID_SERVICE_PRINCIPAL_FORMAT", "INVALID_VPC_FORMAT",
        "INVALID_VPCE_FORMAT", "INVALID_KMS_KEY_VALUE";
    /// `ForAllValues` in a Deny is satisfied when the key is absent, and not when one value of several differs (R-COND-11).
    DenyForAllValues = "IE0636", Warning, None;
    /// A Deny applies only where all of several tags are missing or wrong (R-COND-01).
    DenyNeedsAllKeys = "IE0637", Warning, None;
    /// `NotPrincipal` lists a role without its sessions, or a session without its role (R-PRIN-12).
    NotPrincipalWithoutSession = "IE0638", Warning, None;
    /// The ARN is not of the form that the service gives its resources, so it matches nothing.
    ArnOfNoResource = "IE0639", Warning, None;
    /// An endpoint policy has what AWS does not take in policies of endpoints, or takes for something else there.
    EndpointLimits = "IE0640", Warning, None;

    /// Only some of the statement's actions carry the condition key.
    KeyOfSomeActions = "IE0650", Warning, None, "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
        "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
        "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE";
    /// A wildcard or a variable in a key that says whose request or resource it is lets strangers through.
    SensitiveKeyTooWide = "IE0651", Warning, None, "WILDCARD_USAGE_TOO_PERMISSIVE", "VARIABLE_USAGE_TOO_PERMISSIVE";
    /// The caller writes what the condition key holds, so it guards nothing.
    UntrustworthyKey = "IE0652", Warning, None, "UNTRUSTWORTHY_CONDITION_KEY";
    /// The condition key says little without another one.
    UnpairedKey = "IE0653", Warning, None, "MISSING_PAIRED_CONDITION_KEYS";
    /// A resource control policy also denies AWS services, or principals, that lack the condition key.
    ServicesInRcp = "IE0654", Warning, None, "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY",
        "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY", "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK";
    /// Few services send the condition key, and the statement is about others.
    KeyOfFewServices = "IE0655", Warning, None, "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES";
    /// Prefixes that are kept from a listing of a bucket show under a shorter prefix.
    HiddenPrefix = "IE0656", Warning, None, "S3_PREFIX_IN_NEGATIVE_CONTEXT";
    /// A request to `DynamoDB` that names no attributes returns all of them.
    AttributesWithoutSelect = "IE0657", Warning, None, "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT";
    /// A set operator on the audience of a token.
    AudienceSetOperator = "IE0658", Warning, None, "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE", "CONFIRM_AUDIENCE_CLAIM_TYPE";
    /// The condition only asks whether the key is there, which `Null` says plainly.
    EquivalentToNull = "IE0659", Info, None, "EQUIVALENT_TO_NULL_TRUE", "EQUIVALENT_TO_NULL_FALSE",
        "EMPTY_ARRAY_CONDITION_FORALLVALUES", "EMPTY_ARRAY_CONDITION_IFEXISTS";
    /// A condition, or an operator in it, is empty.
    EmptyCondition = "IE0660", Info, None, "EMPTY_OBJECT_CONDITION";
    /// An IP address has bits set after its prefix (R-COND-23).
    HostBits = "IE0661", Info, None, "IMPROVE_IP_RANGE";
    /// A private address among public ones has no effect.
    PrivateAmongPublic = "IE0662", Info, None, "PRIVATE_IP_ADDRESS_SUBSET", "PRIVATE_NOT_IP_ADDRESS_SUBSET";
    /// A date is written as seconds since 1970 (R-COND-22).
    EpochDate = "IE0663", Warning, None, "INVALID_DATE_VALUE";
    /// The condition key is the same for every request that the policy is about.
    IrrelevantKey = "IE0664", Info, None, "IRRELEVANT_CONDITION_KEY_IN_POLICY";
    /// A trust policy compares what no session may set.
    MissingSessionAction = "IE0665", Warning, None, "MISSING_ACTION_FOR_CONDITION_KEY";
    /// The values of a condition key are of several JSON types (R-GRAM-04).
    MixedValueTypes = "IE0666", Warning, None, "INVALID_CONDITION_DATA_TYPE";
    /// The text under `Service` is not the name of a service principal, as far as is known.
    UnknownServicePrincipal = "IE0670", Warning, None, "INVALID_SERVICE_PRINCIPAL_FORMAT";
    /// The ARN names a region that does not exist in its partition, as far as is known.
    UnknownRegion = "IE0671", Warning, None, "INVALID_ARN_REGION";
    /// The ARN has a wildcard in the name of its service, which covers other services with similar names.
    WildcardInArnService = "IE0672", Info, None, "WILDCARD_IN_SERVICE_NAME";
    /// Only role trust policies take identity providers as principals (R-PRIN-08).
    FederatedOutsideTrust = "IE0673", Warning, None, "FEDERATED_PRINCIPAL_NOT_SUPPORTED";
    /// The ARN names an account or a region, and ARNs of the service have none there, so it matches nothing.
    ArnWithPlace = "IE0674", Warning, None, "ARN_ACCOUNT_NOT_ALLOWED", "ARN_REGION_NOT_ALLOWED";
    /// The service needs further actions beside `sts:AssumeRole` to assume a role.
    IncompleteTrust = "IE0675", Warning, None, "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY";
    /// The trust policy names everybody, and a condition limits who may assume the role.
    WildcardInTrust = "IE0676", Info, None, "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL";
    /// `iam:CreateServiceLinkedRole` for any service lets its holder create the service-linked role of each of them.
    CreateAnyServiceRole = "IE0677", Warning, None, "CREATE_SLR_WITH_STAR_IN_RESOURCE",
        "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", "CREATE_SLR_WITH_NOT_RESOURCE",
        "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE",
        "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION";
    /// The principal is the unique id of a user or role, which AWS shows where the user or role was deleted (R-PRIN-10).
    UniqueIdAsPrincipal = "IE0678", Warning, None, "INVALID_ROLE_REFERENCE", "INVALID_USER_REFERENCE";
    /// The trust covers more workflows of GitHub than those of one branch or environment of a repository.
    BroadWorkflowTrust = "IE0679", Warning, None, "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED";
    /// The `Sid` is an empty text.
    EmptySid = "IE0680", Info, None, "EMPTY_SID_VALUE";
    /// Another statement of the policy says the same.
    RedundantStatement = "IE0681", Info, None, "REDUNDANT_STATEMENT";
    /// No call is authorized by the action, so the entry allows and denies nothing (R-SVC-26).
    ActionWithoutEffect = "IE0690", Warning, None;
    /// The service does not support the action for principals of another account, so the grant has no effect (R-SVC-19).
    NoCrossAccountUse = "IE0691", Warning, None;
    /// A policy of the resource takes no part in the action (R-SVC-20).
    TakesNoPart = "IE0692", Warning, None;
    /// AWS documents that requests to the service do not have the key.
    KeyNotSupplied = "IE0693", Info, None;

    // What `test` reports.
    /// A test got another answer than it expects.
    TestFailed = "IE0701", Error, None;
    /// A test marked `xfail` passed.
    TestPassedUnexpectedly = "IE0702", Error, None;
    /// The answer of a test depends on a context key that was not given.
    TestUndecided = "IE0703", Error, None;
    /// A snapshot is missing, or does not fit its case.
    SnapshotMissing = "IE0704", Error, None;
    /// A test file, a case or a selection comes to no case.
    NothingToTest = "IE0705", Error, None;
    /// A test file comes to more cases than are allowed.
    TooManyCases = "IE0706", Error, None;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_unique_and_in_order() {
        let ids: Vec<_> = Code::ALL.iter().map(|code| code.id()).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids, sorted);
    }

    #[test]
    fn every_code_says_what_it_means() {
        for code in Code::ALL {
            assert!(code.summary().ends_with('.'), "{}: {:?}", code.id(), code.summary());
        }
    }
}
