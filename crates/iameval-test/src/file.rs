//! Test files: a world and cases, each as the checks that it comes to.

use crate::check::{Case, Check};
use crate::codes;
use crate::expand::Expansion;
use crate::options::Options;
use iameval::Diagnostic;
use iameval::json::Value;
use iameval_data::Catalogue;
use iameval_prove::Prover;
use iameval_world::{Files, Finding, Source, Tests, World, WorldPrincipal};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

/// A test file.
///
/// ```
/// use iameval_test::{Options, TestFile};
/// use iameval_world::Example;
///
/// let example = Example::find("force-mfa").unwrap();
/// let file = TestFile::load(example, "force-mfa/policies.iamtest.yaml".as_ref(), &Options::default()).unwrap();
/// let run = file.run_all().unwrap();
/// assert_eq!((run.passed(), run.failed()), (45, 0));
/// ```
#[derive(Debug)]
pub struct TestFile<'c> {
    pub(crate) catalogue: &'c Catalogue,
    pub(crate) source: Arc<Source>,
    pub(crate) world: Arc<World>,
    /// Those who ask, with the names that the tests call them by.
    pub(crate) principals: Vec<(String, WorldPrincipal)>,
    pub(crate) cases: Vec<Case>,
    pub(crate) checks: Vec<Check>,
    /// Whether an answer that depends on a key that was not given is a failure.
    pub(crate) strict_context: bool,
    pub(crate) warnings: Vec<Finding>,
    /// What proves claims, where there are any.
    pub(crate) prover: Option<Prover<'c>>,
    pub(crate) alike: Alike,
}

/// What came of claims about principals who differ in name only.
#[derive(Debug, Default)]
pub(crate) struct Alike {
    /// A number for each principal, the same for those.
    pub(crate) numbers: OnceLock<Vec<usize>>,
    /// By case and number whether the claim passes for all of them.
    pub(crate) passes: Mutex<HashMap<(usize, usize), bool>>,
}

impl<'c> TestFile<'c> {
    /// Reads a test file with its world, and works out its checks.
    ///
    /// # Errors
    /// Everything that is wrong with the world or, if nothing is, with the cases; a file without cases; more checks than
    /// the options allow.
    pub fn load(files: &dyn Files, path: &Path, options: &Options<'c>) -> Result<Self, Vec<Finding>> {
        let (world, tests) = World::load_tests(files, path, &options.worlds, &options.shared)?;
        world.decide_by(options.catalogue.service_rules().clone());
        let Tests { source, node, .. } = &tests;
        let one = |diagnostic: Diagnostic| vec![Finding::new(source, diagnostic)];
        let cases = match &node.value {
            Value::Array(cases) if !cases.is_empty() => cases,
            Value::Array(_) | Value::Null => {
                let help = "each case has a `name`, an `action` and what to `expect`, or a `table`";
                return Err(one(
                    Diagnostic::new(codes::NOTHING_TO_TEST, node.span, "there are no cases").with_help(help)
                ));
            }
            _ => {
                let message = format!("`tests` must be a list of cases, found {}", node.kind());
                return Err(one(Diagnostic::new(iameval::codes::INVALID_FIELD, node.span, message)));
            }
        };
        let mut expansion = Expansion::new(files, &world, &tests, options);
        for case in cases {
            expansion.add(case);
            if expansion.wrong.last().is_some_and(|finding| finding.diagnostic.code() == codes::TOO_MANY_CASES) {
                break;
            }
        }
        let Expansion { principals, cases, checks, warnings, wrong, .. } = expansion;
        let named = |findings: Vec<Finding>| {
            let symbols = world.symbols().map(AsRef::as_ref);
            findings.into_iter().map(move |finding| finding.naming(symbols)).collect::<Vec<_>>()
        };
        if !wrong.is_empty() {
            return Err(named(wrong));
        }
        let has_claims = cases.iter().any(|case| case.claim().is_some());
        let prover = has_claims.then(|| Prover::new(options.catalogue));
        let strict_context = world.defaults().strict_context.or(options.defaults.strict_context).unwrap_or(false);
        Ok(Self {
            catalogue: options.catalogue,
            source: source.clone(),
            principals,
            cases,
            checks,
            strict_context,
            warnings: world.warnings().iter().cloned().chain(named(warnings)).collect(),
            world,
            prover,
            alike: Alike::default(),
        })
    }

    /// What the file is called in messages.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Its text.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Its world.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Its cases, in order.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The checks of all its cases, in order.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// What is odd in it and does not keep it from running, such as a context key that AWS is not known to have.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// Who asks in a check, as the tests call them.
    pub fn principal_of(&self, check: &Check) -> &str {
        self.principals.get(check.principal).map_or("", |(name, _)| name)
    }

    /// The case of a check.
    pub fn case_of(&self, check: &Check) -> Option<&Case> {
        self.cases.get(check.case)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files by name.
    struct Named(&'static [(&'static str, &'static str)]);

    impl Files for Named {
        fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
            let (name, text) = self.0.iter().find(|(name, _)| Path::new(name) == path).unwrap();
            Ok(Source::new(*name, *text))
        }
    }

    const TESTS: &str = "tests: [{ name: x, action: 's3:GetObject', resource: '*', expect: implicit }]";

    #[test]
    fn files_that_add_nothing_to_a_world_share_it() {
        let files = Named(&[
            ("w.yaml", "account: '123456789012'\nprincipals: { jo: { user: jo } }"),
            ("v.yaml", "account: '123456789012'\nprincipals: { ann: { user: ann } }"),
            ("a.yaml", "use: w.yaml\ntests: [{ name: x, action: 's3:GetObject', resource: '*', expect: implicit }]"),
            (
                "b.yaml",
                "version: 1\nuse: [w.yaml]\ntests: [{ name: y, action: 's3:PutObject', resource: '*', expect: deny }]",
            ),
            (
                "other.yaml",
                "use: v.yaml\ntests: [{ name: x, action: 's3:GetObject', resource: '*', expect: implicit }]",
            ),
            (
                "own.yaml",
                "use: w.yaml\ndefaults: { mfa: true }\ntests: [{ name: x, action: 's3:GetObject', resource: '*', expect: implicit }]",
            ),
            ("none.yaml", TESTS),
        ]);
        let options = Options { worlds: vec!["w.yaml".into()], ..Options::default() };
        let load = |name: &str| TestFile::load(&files, name.as_ref(), &options).unwrap();
        let first = load("a.yaml");
        let shares = |name: &str| std::ptr::eq(first.world(), load(name).world());
        assert!(shares("b.yaml"));
        assert!(shares("none.yaml"), "the configured world is the same file");
        assert!(!shares("own.yaml"), "defaults are a part of a world");
        assert!(!shares("other.yaml"));
        assert_eq!(load("other.yaml").principal_of(&load("other.yaml").checks()[0]), "ann");
    }
}
