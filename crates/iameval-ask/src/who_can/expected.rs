//! Who should be able to, held against who can.

use super::{AccessQuestion, Named, Verdict, WhoCan};
use globset::GlobBuilder;
use iameval::Problem;
use iameval::suggest::did_you_mean_name;
use iameval_world::{World, codes};
use std::collections::BTreeSet;

/// The principals who should be able to do something, and nobody else.
///
/// ```
/// use iameval_ask::{Asker, ExpectedPrincipals, Question};
/// use iameval_data::Catalogue;
/// use iameval_world::{Example, World};
///
/// let example = Example::find("force-mfa").unwrap();
/// let world = World::load(example, &[example.world().into()]).unwrap();
/// let expected = ExpectedPrincipals::read(&["john.doe"], &world).unwrap();
/// let question = Question { actions: vec!["iam:ChangePassword".into()], ..Question::default() };
/// let asker = Asker::new(&world, Catalogue::embedded());
/// let who_can = asker.who_can(&question, &mut |_, _| {}).unwrap();
/// assert!(expected.compare(&who_can, false).iter().all(|unexpected| unexpected.missing.is_empty()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedPrincipals {
    names: BTreeSet<String>,
    /// Those outside the world, as [`Named::key`] calls them.
    outsiders: BTreeSet<String>,
}

/// How the answer to a question differs from what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unexpected {
    /// The position of the question.
    pub question: usize,
    /// Those who can and should not, with what is said of them.
    pub too_many: Vec<(String, Verdict)>,
    /// Those who should and cannot.
    pub missing: Vec<String>,
}

impl ExpectedPrincipals {
    /// Reads names of principals of the world, patterns of names with `*` and `?`, or `none` alone. Those outside the world are
    /// called `anonymous` and `any-account`, or as the policy of the resource names them: an account id, an ARN, a service.
    ///
    /// # Errors
    /// The first text that is none of these, with what is wrong with it.
    pub fn read<T: AsRef<str>>(texts: &[T], world: &World) -> Result<Self, (String, Problem)> {
        let (mut names, mut outsiders) = (BTreeSet::new(), BTreeSet::new());
        for text in texts.iter().map(AsRef::as_ref) {
            if text == "none" && world.principal("none").is_none() {
                if texts.len() > 1 {
                    let problem = Problem::new(codes::UNKNOWN_NAME, "`none` goes with no name");
                    return Err((text.to_owned(), problem.with_help("leave it out, or the names")));
                }
                continue;
            }
            let before = names.len();
            if text.contains(['*', '?']) {
                let glob = GlobBuilder::new(text).literal_separator(false).build().map_err(|error| {
                    let problem =
                        Problem::new(codes::UNKNOWN_NAME, format!("`{text}` is not a pattern: {}", error.kind()));
                    (text.to_owned(), problem)
                })?;
                let matcher = glob.compile_matcher();
                names.extend(world.principals().keys().filter(|name| matcher.is_match(name.as_str())).cloned());
            } else if let Some(name) = name_of(text, world) {
                names.insert(name);
                continue;
            } else if Named::is_key(text) {
                outsiders.insert(text.to_owned());
                continue;
            }
            if names.len() == before {
                let problem = Problem::new(codes::UNKNOWN_NAME, format!("the world has no principal `{text}`"));
                let help = did_you_mean_name(text, world.principals())
                    .unwrap_or_else(|| "`iameval world` lists the names; `none` is nobody".to_owned());
                return Err((text.to_owned(), problem.with_help(help)));
            }
        }
        Ok(Self { names, outsiders })
    }

    /// The questions whose answer differs from what is expected. Everybody who may is taken for able, those outside the world
    /// whom the policy of the resource lets in included, and with
    /// `through_roles` also those who get there by assuming roles.
    pub fn compare(&self, who_can: &WhoCan<'_>, through_roles: bool) -> Vec<Unexpected> {
        let questions = who_can.questions.iter().enumerate();
        let compared =
            questions.map(|(position, question)| self.compare_one(who_can, position, question, through_roles));
        compared.filter(|unexpected| !(unexpected.too_many.is_empty() && unexpected.missing.is_empty())).collect()
    }

    fn compare_one(
        &self,
        who_can: &WhoCan<'_>,
        position: usize,
        question: &AccessQuestion,
        through_roles: bool,
    ) -> Unexpected {
        let chains = if through_roles { who_can.through_roles(question) } else { Vec::new() };
        let (mut too_many, mut missing) = (Vec::new(), Vec::new());
        for (number, ((name, _), access)) in who_can.principals().zip(&question.access).enumerate() {
            let through = chains.get(number).and_then(Option::as_ref).map(|chain| chain.verdict);
            let verdict = through.unwrap_or(access.verdict);
            match (verdict.may(), self.names.contains(name)) {
                (true, false) => too_many.push((name.to_owned(), verdict)),
                (false, true) => missing.push(name.to_owned()),
                _ => {}
            }
        }
        let keys: BTreeSet<String> = question.outsiders.iter().map(|outsider| outsider.named.key()).collect();
        let unexpected = question.outsiders.iter().filter(|outsider| !self.outsiders.contains(&outsider.named.key()));
        too_many.extend(unexpected.map(|outsider| (outsider.named.key(), outsider.access.verdict)));
        missing.extend(self.outsiders.difference(&keys).cloned());
        Unexpected { question: position, too_many, missing }
    }
}

/// The name in the world of a name, an ARN, or a name with its kind or path.
fn name_of(text: &str, world: &World) -> Option<String> {
    if world.principals().contains_key(text) {
        return Some(text.to_owned());
    }
    let id = world.principal(text)?.principal().id()?.to_owned();
    let mut known = world.principals().iter();
    known.find(|(_, principal)| principal.principal().id() == Some(&id)).map(|(name, _)| name.clone())
}
