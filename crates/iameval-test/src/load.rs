//! The worlds of tests, read or the test fails.

use iameval_infra::{Infrastructure, WithInfrastructure};
use iameval_report::{FindingRenderer, Style, screened};
use iameval_world::{Disk, Example, Finding, World};
use std::path::Path;

/// How answers and findings look in the message of a failed test.
pub(crate) const PLAIN: Style = Style { colour: false, width: 120 };

/// The world of a file or folder: a world file, the dump of an account, a CloudFormation template, or the `cdk.out` that
/// `cdk synth` writes. Who and what a template creates is called `cfn:ID`.
///
/// Paths are relative to the package, since that is where `cargo test` runs tests.
///
/// # Panics
/// When it cannot be read, with everything that is wrong.
///
/// ```no_run
/// use iameval_test::{assert_allowed, world};
///
/// let world = world("policies/world.yaml");
/// assert_allowed!(world, "john.doe", "iam:ChangePassword", mfa = false);
/// ```
#[track_caller]
pub fn world(path: impl AsRef<Path>) -> World {
    let path = path.as_ref();
    match World::load(&files(), &[path.to_owned()]) {
        Ok(world) => world,
        Err(findings) => panic!("the world `{}` cannot be read\n\n{}\n", path.display(), rendered(&findings)),
    }
}

/// The files of the disk, templates among them.
pub(crate) fn files() -> WithInfrastructure<Disk> {
    WithInfrastructure(Disk::default(), Infrastructure::new())
}

/// A world that comes with the crate, such as `force-mfa`.
///
/// # Panics
/// If nothing has that name.
#[track_caller]
pub fn example(name: &str) -> World {
    let Some(example) = Example::find(name) else {
        let names: Vec<&str> = Example::all().iter().map(|example| example.name).collect();
        panic!("there is no example `{name}`; there is {}", names.join(", "));
    };
    match World::load(example, &[example.world().into()]) {
        Ok(world) => world,
        Err(findings) => panic!("the example `{name}` cannot be read\n\n{}\n", rendered(&findings)),
    }
}

/// Findings as the command line shows them.
pub(crate) fn rendered(findings: &[Finding]) -> String {
    let mut renderer = FindingRenderer::new(PLAIN);
    let texts: Vec<String> = findings.iter().map(|finding| renderer.render(finding)).collect();
    screened(&texts.join("\n\n")).into_owned()
}
