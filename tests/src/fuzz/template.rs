//! What holds of every template, service and configuration.

use super::check_places;
use iameval::symbol::Symbols;
use iameval::{Action, Decision};
use iameval_data::Catalogue;
use iameval_infra::{CloudFormation, TemplatePolicies, Terraform};
use iameval_lint::Linter;
use iameval_world::{Ask, Files, Finding, Source, World};
use std::path::Path;
use std::sync::Arc;

/// One text as files: those of these names, and what else is in the folder that a name is of.
#[derive(Debug)]
struct One<'t> {
    text: &'t str,
    is_there: fn(&Path) -> bool,
}

impl Files for One<'_> {
    fn read(&self, path: &Path) -> Result<Arc<Source>, Finding> {
        let name = path.display().to_string();
        if (self.is_there)(path) {
            return Ok(Source::new(name, self.text));
        }
        let problem = iameval::Problem::new(iameval_world::codes::UNREADABLE, "there is no other file");
        Err(Finding::about_file(&name, problem))
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        let is_there = (self.is_there)(&folder.join(SOURCE));
        is_there.then(|| SOURCE.to_owned()).into_iter().collect()
    }
}

const SOURCE: &str = "main.tf";

/// How many principals are asked.
const ASKED: usize = 4;

/// Any text as a template: it is refused with places in it, or a world; its policies can be looked at by every lint, with
/// findings in the text; who is in it can be asked, and what is open says so.
///
/// # Panics
/// When something of this does not hold.
pub fn template_text(text: &str) {
    let files = One { text, is_there: |path| path == Path::new("template.yaml") };
    let template = CloudFormation::new("template.yaml");
    holds(&files, template.policies(&files), World::from_sources(&files, &[&template]));
}

/// Any text as a service of the Serverless Framework, and as every file that it brings in.
///
/// # Panics
/// When what holds of templates does not hold of it.
pub fn service_text(text: &str) {
    let is_yaml = |path: &Path| path.extension().is_some_and(|ending| ending == "yml");
    let files = One { text, is_there: is_yaml };
    let service = CloudFormation::new("serverless.yml");
    holds(&files, service.policies(&files), World::from_sources(&files, &[&service]));
}

/// Any text as a plan of Terraform, or as source where it is not a JSON object.
///
/// # Panics
/// When what holds of templates does not hold of it.
pub fn terraform_text(text: &str) {
    let is_plan = text.starts_with('{');
    let (path, is_there): (_, fn(&Path) -> bool) = if is_plan {
        ("plan.json", |path| path == Path::new("plan.json"))
    } else {
        ("infra", |path| path == Path::new("infra/main.tf"))
    };
    let files = One { text, is_there };
    let terraform = Terraform::new(path);
    holds(&files, terraform.policies(&files), World::from_sources(&files, &[&terraform]));
}

fn holds(files: &One<'_>, policies: Result<TemplatePolicies, Vec<Finding>>, world: Result<World, Vec<Finding>>) {
    let text = files.text;
    match policies {
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
    match world {
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
