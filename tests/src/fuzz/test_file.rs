//! What holds of every test file.

use super::check_places;
use iameval_test::{Options, TestFile};
use iameval_world::{Example, Files, Finding, Source};
use std::path::Path;
use std::sync::Arc;

/// Where the test file of the example stands.
const PATH: &str = "force-mfa/policies.iamtest.yaml";

/// Cases of every form, with comments, anchors and mistakes of their own.
pub const CASES: &str = "\
use: world.yaml
contexts: { office: { aws:SourceIp: 203.0.113.7 } }
tests:
  - name: a table
    table: &t |
      # who
      action                        resource  office    mfa=false & aws:SourceIp=absent
      iam:ChangePassword            self      allow     explicit  # é
      iam:GetAccountPasswordPolicy  *         implicit  deny/allow
    because: { explicit: force-mfa#BlockEverythingUnlessSignedInWithMFA }
  - { name: the same, principal: john.without-attached-policy, table: *t, xfail: not yet }
  - name: piped
    principals: all
    except: ['*without*']
    mfa: [true, absent]
    table: |
      | action      | decision |
      |-------------|----------|
      | iam:ListUs* | .        |
      | iam:ListUsers | deny   |
  - { name: plain, actions: ['iam:Create*User', 'ec2:RunInstances'], resources: ['*', self], mfa: true@60, expect: deny, tags: [x] }
  - { name: later, action: 'iam:GetUser', context: [office], expect: allow, skip: not yet }
  - { name: kept, action: 'iam:ListUsers', snapshot: snapshots/kept.txt, because: { allow: { layer: identity } } }
";

/// How many cases a file may come to.
const MANY: usize = 300;

/// The files of an example, one of them with another text.
#[derive(Debug)]
struct Instead<'t>(&'t Example, &'t str);

impl Files for Instead<'_> {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        if path == Path::new(PATH) {
            let source = Source { path: Some(PATH.into()), ..(*Source::new(PATH, self.1)).clone() };
            return Ok(Arc::new(source));
        }
        self.0.read(path)
    }
}

/// Any text as a test file, beside the world of an example: it loads or is refused with places in the text, and what it
/// gets from a run loads again and has nothing more to get.
///
/// # Panics
/// When something of this does not hold.
pub fn test_file_text(text: &str) {
    let Some(example) = Example::find("force-mfa") else { panic!("the example is gone") };
    if let Ended::Updated(text) = run(example, text) {
        assert_eq!(run(example, &text), Ended::Right, "updated to what is not right yet:\n{text}");
    }
}

/// How a run ends.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    /// The file cannot be run.
    Refused,
    /// There is nothing to write into it.
    Right,
    /// That is its text with the answers of the run.
    Updated(String),
}

fn run(example: &Example, text: &str) -> Ended {
    let files = Instead(example, text);
    let options = Options { max_cases: MANY, ..Options::default() };
    let file = match TestFile::load(&files, PATH.as_ref(), &options) {
        Ok(file) => file,
        Err(findings) => {
            assert!(!findings.is_empty(), "refused for nothing");
            for Finding { source, diagnostic, .. } in &findings {
                check_places(std::slice::from_ref(diagnostic), &source.text);
            }
            return Ended::Refused;
        }
    };
    // A policy that does not compile is found when it is asked.
    let Ok(run) = file.run_all() else { return Ended::Refused };
    let ended = run.passed() + run.skipped() + run.failures().count();
    // Of a snapshot that is not there the case is told once, and none of its checks that lack only a row of it.
    let told_once = file.checks().iter().filter(|check| run.missing_snapshots.contains(&check.case)).count();
    let checks = file.checks().len();
    assert!(
        (checks - told_once..=checks).contains(&ended),
        "{ended} of {checks} checks ended, {told_once} may be silent"
    );
    let updates = run.updates();
    let update = updates.files.into_iter().find(|update| update.path == Path::new(PATH));
    update.map_or(Ended::Right, |update| Ended::Updated(update.text))
}
