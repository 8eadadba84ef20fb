//! What questions come to: requests, problems and remarks, each about its part of the question.

#![expect(clippy::unwrap_used, reason = "what fails here is a failed test")]

use iameval::{Decision, Mfa};
use iameval_ask::{About, Asker, Posed, Question, QuestionProblem, Refused, Remark, Tagged, Why};
use iameval_data::Catalogue;
use iameval_world::{Example, World};

fn world() -> World {
    let example = Example::find("force-mfa").unwrap();
    World::load(example, &[example.world().into()]).unwrap()
}

fn question(principal: &str, actions: &[&str], resources: &[&str]) -> Question {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Question {
        principal: Some(principal.into()),
        actions: owned(actions),
        resources: owned(resources),
        ..Question::default()
    }
}

fn pose(question: &Question) -> Result<Posed, Refused> {
    Asker::new(&world(), Catalogue::embedded()).pose(question)
}

/// What is said, and about what.
fn places<T>(tagged: &[Tagged<T>]) -> Vec<(About, &str)> {
    tagged.iter().map(|tagged| (tagged.about, tagged.text.as_str())).collect()
}

#[test]
fn problems_are_about_the_part_that_is_wrong() {
    let endpoint = Question { endpoint: Some("vpce".into()), ..question("john.doe", &["iam:GetUser"], &[]) };
    for (question, about, text) in [
        (question("jon.doe", &["iam:GetUser"], &[]), About::Principal, "jon.doe"),
        (question("john.doe", &["iam:GetUser", "getuser"], &[]), About::Action(1), "getuser"),
        (question("john.doe", &["x:*"], &[]), About::Action(0), "x:*"),
        (question("john.doe", &["iam:GetUser"], &["self", "me"]), About::Resource(1), "me"),
        (endpoint, About::Endpoint, "vpce"),
    ] {
        let refused = pose(&question).unwrap_err();
        assert_eq!(places(&refused.problems), [(about, text)]);
        assert!(matches!(refused.problems[0].what, QuestionProblem::Invalid(_)), "{refused:?}");
    }
}

#[test]
fn what_is_asked_multiplies_in_order() {
    let question = Question {
        mfa: vec![Mfa::TRUE, Mfa::False],
        ..question("john.doe", &["iam:ChangePassword", "iam:ChangePass*", "iam:GetUser"], &["self"])
    };
    let posed = pose(&question).unwrap();
    let asked = posed.requests.iter().map(|posed| format!("{} {}", posed.summary.action, posed.summary.mfa.unwrap()));
    let expected = ["iam:ChangePassword true", "iam:ChangePassword false", "iam:GetUser true", "iam:GetUser false"];
    assert_eq!(asked.collect::<Vec<_>>(), expected);
}

#[test]
fn remarks_come_with_the_answer_and_with_a_refusal() {
    let strange = question("john.doe", &["iam:GetUsr"], &["self"]);
    let posed = pose(&strange).unwrap();
    assert_eq!(places(&posed.remarks)[0], (About::Action(0), "iam:GetUsr"));
    assert!(matches!(posed.remarks[0].what, Remark::UnknownAction(_)));

    let misfit = pose(&question("john.doe", &["s3:GetObject"], &["arn:aws:s3:::reports"])).unwrap();
    assert!(
        misfit
            .remarks
            .iter()
            .any(|remark| { remark.about == About::Resource(0) && matches!(remark.what, Remark::NeverAsked(_)) })
    );

    let refused = pose(&question("john.doe", &["iam:GetUsr"], &["nonsense"])).unwrap_err();
    assert_eq!(places(&refused.remarks), [(About::Action(0), "iam:GetUsr")]);

    let world = world();
    let refused = Asker::new(&world, Catalogue::embedded()).refuse_unknown_actions().pose(&strange).unwrap_err();
    assert_eq!(places(&refused.problems), [(About::Action(0), "iam:GetUsr")]);
}

#[test]
fn keys_that_services_declare_as_lists_are_lists() {
    let key = iameval::ContextKey::new("dynamodb:Attributes");
    let mut asked = question("john.doe", &["dynamodb:GetItem"], &["*"]);
    asked.context.insert("dynamodb:Attributes", "id");
    let posed = pose(&asked).unwrap();
    let context = posed.requests[0].request.context();
    assert!(context.value(&key).unwrap().is_list(), "{context:?}");
}

#[test]
fn an_answer_is_read_as_enums() {
    let asked = Question { mfa: vec![Mfa::False], ..question("john.doe", &["ec2:StopInstances"], &["*"]) };
    let answer = pose(&asked).unwrap().requests.remove(0).answer(Catalogue::embedded());
    let reading = answer.read();
    assert_eq!(reading.decision, Decision::ExplicitDeny);
    assert!(reading.why.is_none() && !reading.deciding.is_empty() && reading.sides.is_none());
    assert!(reading.flips.mfa.iter().any(|flip| flip.mfa == Mfa::Absent));

    let asked = question("john.doe", &["iam:DeleteUser"], &["self"]);
    let answer =
        pose(&Question { mfa: vec![Mfa::TRUE], ..asked }).unwrap().requests.remove(0).answer(Catalogue::embedded());
    assert_eq!(answer.why().map(|why| why.id()), answer.read().why.as_ref().map(Why::id));
}
