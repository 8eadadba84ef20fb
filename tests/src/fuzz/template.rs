//! What holds of every template.

use super::check_places;
use iameval::symbol::Symbols;
use iameval::{Action, Decision};
use iameval_data::Catalogue;
use iameval_infra::CloudFormation;
use iameval_lint::Linter;
use iameval_world::{Ask, Files, Finding, Source, World};
use std::path::Path;
use std::sync::Arc;

/// One file, whatever is read.
#[derive(Debug)]
struct One<'t>(&'t str);

impl Files for One<'_> {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        if path == Path::new(PATH) {
            return Ok(Source::new(PATH, self.0));
        }
        let problem = iameval::Problem::new(iameval_world::codes::UNREADABLE, "there is no other file");
        Err(Finding::about_file(&path.display().to_string(), problem))
    }
}

const PATH: &str = "template.yaml";

/// How many principals are asked.
const ASKED: usize = 4;

/// Any text as a template: it is refused with places in it, or a world; its policies can be looked at by every lint, with
/// findings in the text; who is in it can be asked, and what is open says so.
///
/// # Panics
/// When something of this does not hold.
pub fn template_text(text: &str) {
    let files = One(text);
    let template = CloudFormation::new(PATH);
    match template.policies(&files) {
        Ok(found) => {
            let linter = Linter::new(Catalogue::embedded());
            for policy in found.policies {
                match policy.parsed.value {
                    Some(document) => check_places(&linter.check(&document, policy.kind), text),
                    None => check_places(&policy.parsed.diagnostics, text),
                }
            }
        }
        Err(findings) => in_text(&findings, text),
    }
    match World::from_sources(&files, &[&template]) {
        Ok(world) => ask(&world),
        Err(findings) => in_text(&findings, text),
    }
}

fn in_text(findings: &[Finding], text: &str) {
    assert!(!findings.is_empty(), "refused for nothing");
    for finding in findings.iter().filter(|finding| finding.source.text == text) {
        check_places(std::slice::from_ref(&finding.diagnostic), text);
    }
}

fn ask(world: &World) {
    let nothing = Arc::new(Symbols::new());
    let symbols = world.symbols().unwrap_or(&nothing);
    let resources: Vec<&str> = world.resources().values().map(|resource| resource.arn.as_str()).take(ASKED).collect();
    for principal in world.principals().values().take(ASKED) {
        for action in ["s3:GetObject", "iam:PassRole", "sts:AssumeRole"] {
            let Ok(action) = action.parse::<Action>() else { continue };
            for resource in resources.iter().copied().chain(["*"]) {
                let Ok(situation) = world.situation(&Ask::new(principal, &action, resource)) else { continue };
                let request = situation.request(action.clone(), &iameval::Context::new()).build();
                let simulation = situation.policies.set().simulate(&request);
                let is_open = simulation.decision == Decision::Undetermined;
                assert_eq!(simulation.undetermined.is_some(), is_open);
                if let Some(open) = &simulation.undetermined {
                    assert!(open.possible.len() > 1 && !open.depends_on.is_empty(), "{open:?}");
                    assert!(open.depends_on.iter().all(|symbol| !symbols.name(*symbol).is_empty()), "{open:?}");
                }
            }
        }
    }
}
