//! The assertions: thin layers of syntax over [`Decide::check`](crate::Decide::check).

/// Asserts that a request is allowed.
///
/// The world, or policies, then who asks and the action; after these, in any order: `resource = …`,
/// `mfa = true | false | absent`, `context = {"key" => value, "key" => absent}`, `via = "endpoint"`, and `by = "Sid"`, a
/// statement that must be among those that decided. A [`TestRequest`](crate::TestRequest) takes the place of principal and action.
///
/// # Panics
/// When it is denied, with the statements that decided, where they stand, and what would turn the decision; when it cannot
/// be asked.
///
/// ```
/// use iameval_test::{TestRequest, assert_allowed, example};
///
/// let world = example("force-mfa");
/// assert_allowed!(world, "john.doe", "iam:ChangePassword", mfa = false);
/// assert_allowed!(world, "john.doe", "iam:EnableMFADevice", resource = "self", mfa = absent, by = "AllowMFAHandling");
/// let context = TestRequest::new("john.doe", "ec2:DescribeInstances").context("aws:SourceIp", "203.0.113.7");
/// assert_allowed!(world, context.mfa(true));
/// ```
#[macro_export]
macro_rules! assert_allowed {
    ($($arguments:tt)*) => { $crate::__assert!(Allow, $($arguments)*) };
}

/// Asserts that a request is denied, by a statement or because nothing allows it.
///
/// Takes what [`assert_allowed!`] takes, and `kind = explicit` or `kind = implicit` where it matters which.
///
/// # Panics
/// When it is allowed, with the statements that decided, where they stand, and what would turn the decision; when it cannot
/// be asked.
///
/// ```
/// use iameval_test::{assert_denied, example};
///
/// let world = example("force-mfa");
/// assert_denied!(world, "john.doe", "ec2:DescribeInstances", mfa = false, by = "BlockEverythingUnlessSignedInWithMFA");
/// assert_denied!(world, "john.doe", "iam:CreateUser", resource = "self", mfa = true, kind = implicit);
/// assert_denied!(world, "john.doe", "s3:GetObject", resource = "arn:aws:s3:::reports/q3.csv", mfa = absent,
///     context = {"aws:SourceIp" => "203.0.113.7", "aws:SourceVpc" => absent});
/// ```
#[macro_export]
macro_rules! assert_denied {
    ($($arguments:tt)*) => { $crate::__assert!(Deny, $($arguments)*) };
}

/// Asserts every cell of a table, as test files write them: a header, then a row for each action.
///
/// Leading columns are `principal`, `action` and `resource`, the others contexts: `mfa=…`, `key=value`, several joined with
/// `&`, the name of a context of the world, or `decision` for the request as it is. Cells are `allow`, `deny` (either kind),
/// `implicit`, `explicit`, and `.` for what is not asserted. Between world and table stands who asks, unless the table or the
/// world's default says it.
///
/// # Panics
/// When an answer is another: with the whole table, `got/expected` in the wrong cells, and what explains the first of them.
///
/// ```
/// use iameval_test::{assert_matrix, example};
///
/// let world = example("force-mfa");
/// assert_matrix!(world, "john.doe", "
///     action                        resource  mfa=true  mfa=false  mfa=absent
///     iam:ChangePassword            self      allow     allow      allow
///     iam:GetAccountPasswordPolicy  *         allow     explicit   explicit
///     iam:CreateUser                self      implicit  explicit   deny
/// ");
/// ```
#[macro_export]
macro_rules! assert_matrix {
    ($world:expr, $table:expr $(,)?) => {{
        use $crate::Decide as _;
        $world.check_matrix(None, $table)
    }};
    ($world:expr, $principal:expr, $table:expr $(,)?) => {{
        use $crate::Decide as _;
        $world.check_matrix(Some($principal), $table)
    }};
}

/// Proves that no request of a scope is allowed, whatever is not said: on any resource, in any context.
///
/// The world, or policies, then who asks and a pattern for actions (`"*"` is every action, also those that AWS will add); after
/// these, in any order: `except = ["action", …]`, `resource = "pattern"`, `except_resource = "pattern"`,
/// `mfa = true | false | absent` or a list of these, `context = {"key" => value, "key" => absent}` (several values of a key are
/// alternatives), `via = "endpoint"`, and `by = "Sid"`, a statement that must be among those that close it. A
/// [`TestClaim`](crate::TestClaim) takes the place of principal and actions.
///
/// # Panics
/// When a request of the scope is allowed, with that request and what decided it; when that could not be decided, and when the
/// claim cannot be made.
///
/// ```
/// use iameval_test::{assert_never_allowed, example};
///
/// let world = example("force-mfa");
/// assert_never_allowed!(world, "john.doe", "ec2:*", mfa = [false, absent], by = "BlockEverythingUnlessSignedInWithMFA");
/// assert_never_allowed!(world, "john.doe", "iam:*Policy", except = ["iam:GetAccountPasswordPolicy"], mfa = true);
/// ```
#[macro_export]
macro_rules! assert_never_allowed {
    ($($arguments:tt)*) => { $crate::__assert_claim!(Deny, $($arguments)*) };
}

/// Proves that every request of a scope is allowed. Takes what [`assert_never_allowed!`] takes.
///
/// # Panics
/// When a request of the scope is denied, with that request and what decided it; when that could not be decided, and when the
/// claim cannot be made.
///
/// ```
/// use iameval_test::{assert_always_allowed, example};
///
/// let world = example("force-mfa");
/// assert_always_allowed!(world, "john.doe", "iam:ChangePassword", resource = "self");
/// ```
#[macro_export]
macro_rules! assert_always_allowed {
    ($($arguments:tt)*) => { $crate::__assert_claim!(Allow, $($arguments)*) };
}

/// What does not fit is a mistake of the test and does not compile.
///
/// ```compile_fail
/// iameval_test::assert_allowed!(iameval_test::example("force-mfa"), "john.doe", "iam:GetUser", kind = explicit);
/// ```
///
/// ```compile_fail
/// iameval_test::assert_denied!(iameval_test::example("force-mfa"), "john.doe", "iam:GetUser", mfas = false);
/// ```
#[cfg(doctest)]
struct NamedArguments;

/// The two ways to say what is asked, then the named arguments one after the other: the request so far, and the wanted
/// [`Expectation`](crate::Expectation) with the statement that must have decided.
#[doc(hidden)]
#[macro_export]
macro_rules! __assert {
    (@ $world:tt $request:tt [$expected:ident,]) => {
        $crate::__check!($world $request $expected None)
    };
    (@ $world:tt $request:tt [$expected:ident, $by:expr]) => {
        $crate::__check!($world $request $expected Some($by))
    };
    (@ $world:tt [$request:expr] $expected:tt resource = $resource:expr $(, $($rest:tt)*)?) => {
        $crate::__assert!(@ $world [$request.resource($resource)] $expected $($($rest)*)?)
    };
    (@ $world:tt [$request:expr] $expected:tt mfa = absent $(, $($rest:tt)*)?) => {
        $crate::__assert!(@ $world [$request.mfa($crate::Mfa::Absent)] $expected $($($rest)*)?)
    };
    (@ $world:tt [$request:expr] $expected:tt mfa = $mfa:expr $(, $($rest:tt)*)?) => {
        $crate::__assert!(@ $world [$request.mfa($mfa)] $expected $($($rest)*)?)
    };
    (@ $world:tt [$request:expr] $expected:tt context = {$($context:tt)*} $(, $($rest:tt)*)?) => {
        $crate::__assert!(@ $world [$crate::__context!($request, $($context)*)] $expected $($($rest)*)?)
    };
    (@ $world:tt [$request:expr] $expected:tt via = $endpoint:expr $(, $($rest:tt)*)?) => {
        $crate::__assert!(@ $world [$request.via($endpoint)] $expected $($($rest)*)?)
    };
    (@ $world:tt $request:tt [$expected:ident,] by = $by:expr $(, $($rest:tt)*)?) => {
        $crate::__assert!(@ $world $request [$expected, $by] $($($rest)*)?)
    };
    (@ $world:tt $request:tt [Deny, $($by:expr)?] kind = explicit $(, $($rest:tt)*)?) => {
        $crate::__assert!(@ $world $request [Explicit, $($by)?] $($($rest)*)?)
    };
    (@ $world:tt $request:tt [Deny, $($by:expr)?] kind = implicit $(, $($rest:tt)*)?) => {
        $crate::__assert!(@ $world $request [Implicit, $($by)?] $($($rest)*)?)
    };
    (@ $world:tt $request:tt $expected:tt $name:ident = $($rest:tt)*) => {
        compile_error!(concat!(
            "`", stringify!($name), "` is not valid here: expected `resource`, `mfa`, `context = {\"key\" => value}`, `via`, ",
            "`by`, and in `assert_denied!` `kind = explicit` and `kind = implicit`",
        ))
    };
    ($expected:ident, $world:expr, $request:expr $(,)?) => {
        $crate::__assert!(@ [$world] [$crate::TestRequest::clone(&$request)] [$expected,])
    };
    ($expected:ident, $world:expr, $request:expr, $name:ident = $($rest:tt)*) => {
        $crate::__assert!(@ [$world] [$crate::TestRequest::clone(&$request)] [$expected,] $name = $($rest)*)
    };
    ($expected:ident, $world:expr, $principal:expr, $action:expr $(, $($rest:tt)*)?) => {
        $crate::__assert!(@ [$world] [$crate::TestRequest::new($principal, $action)] [$expected,] $($($rest)*)?)
    };
}

/// The two ways to say what a claim is about, then the named arguments one after the other.
#[doc(hidden)]
#[macro_export]
macro_rules! __assert_claim {
    (@ [$world:expr] [$claim:expr] [$expected:ident,]) => {{
        use $crate::Decide as _;
        $world.check_claim(&$claim, $crate::Expectation::$expected, None)
    }};
    (@ [$world:expr] [$claim:expr] [$expected:ident, $by:expr]) => {{
        use $crate::Decide as _;
        $world.check_claim(&$claim, $crate::Expectation::$expected, Some($by))
    }};
    (@ $world:tt [$claim:expr] $expected:tt except = [$($action:expr),* $(,)?] $(, $($rest:tt)*)?) => {
        $crate::__assert_claim!(@ $world [$claim$(.except($action))*] $expected $($($rest)*)?)
    };
    (@ $world:tt [$claim:expr] $expected:tt resource = $resource:expr $(, $($rest:tt)*)?) => {
        $crate::__assert_claim!(@ $world [$claim.resource($resource)] $expected $($($rest)*)?)
    };
    (@ $world:tt [$claim:expr] $expected:tt except_resource = $resource:expr $(, $($rest:tt)*)?) => {
        $crate::__assert_claim!(@ $world [$claim.except_resource($resource)] $expected $($($rest)*)?)
    };
    (@ $world:tt [$claim:expr] $expected:tt mfa = [$($state:tt),* $(,)?] $(, $($rest:tt)*)?) => {
        $crate::__assert_claim!(@ $world [$claim$(.mfa($crate::__mfa!($state)))*] $expected $($($rest)*)?)
    };
    (@ $world:tt [$claim:expr] $expected:tt mfa = absent $(, $($rest:tt)*)?) => {
        $crate::__assert_claim!(@ $world [$claim.mfa($crate::Mfa::Absent)] $expected $($($rest)*)?)
    };
    (@ $world:tt [$claim:expr] $expected:tt mfa = $mfa:expr $(, $($rest:tt)*)?) => {
        $crate::__assert_claim!(@ $world [$claim.mfa($mfa)] $expected $($($rest)*)?)
    };
    (@ $world:tt [$claim:expr] $expected:tt context = {$($context:tt)*} $(, $($rest:tt)*)?) => {
        $crate::__assert_claim!(@ $world [$crate::__context!($claim, $($context)*)] $expected $($($rest)*)?)
    };
    (@ $world:tt [$claim:expr] $expected:tt via = $endpoint:expr $(, $($rest:tt)*)?) => {
        $crate::__assert_claim!(@ $world [$claim.via($endpoint)] $expected $($($rest)*)?)
    };
    (@ $world:tt $claim:tt [$expected:ident,] by = $by:expr $(, $($rest:tt)*)?) => {
        $crate::__assert_claim!(@ $world $claim [$expected, $by] $($($rest)*)?)
    };
    (@ $world:tt $claim:tt $expected:tt $name:ident = $($rest:tt)*) => {
        compile_error!(concat!(
            "`", stringify!($name), "` is not valid here: expected `except = [\"action\"]`, `resource`, `except_resource`, `mfa`, ",
            "`context = {\"key\" => value}`, `via` and `by`",
        ))
    };
    ($expected:ident, $world:expr, $claim:expr $(,)?) => {
        $crate::__assert_claim!(@ [$world] [$crate::TestClaim::clone(&$claim)] [$expected,])
    };
    ($expected:ident, $world:expr, $claim:expr, $name:ident = $($rest:tt)*) => {
        $crate::__assert_claim!(@ [$world] [$crate::TestClaim::clone(&$claim)] [$expected,] $name = $($rest)*)
    };
    ($expected:ident, $world:expr, $principal:expr, $actions:expr $(, $($rest:tt)*)?) => {
        $crate::__assert_claim!(@ [$world] [$crate::TestClaim::new($principal, $actions)] [$expected,] $($($rest)*)?)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __mfa {
    (absent) => {
        $crate::Mfa::Absent
    };
    ($state:expr) => {
        $state
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __context {
    ($request:expr $(,)?) => { $request };
    ($request:expr, $key:expr => absent $(, $($rest:tt)*)?) => {
        $crate::__context!($request.absent($key), $($($rest)*)?)
    };
    ($request:expr, $key:expr => $value:expr $(, $($rest:tt)*)?) => {
        $crate::__context!($request.context($key, $value), $($($rest)*)?)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __check {
    ([$world:expr] [$request:expr] $expected:ident $by:expr) => {{
        use $crate::Decide as _;
        $world.check(&$request, $crate::Expectation::$expected, $by)
    }};
}
