//! Forms of ARN that actions take although the reference does not list them. Kept by hand.

/// Whoever deploys a template with a transform of AWS's needs the permission on the transform as well (*Managing
/// permissions with AWS CloudFormation mechanisms*, AWS SAM Developer Guide).
const TRANSFORM: &str = "arn:${Partition}:cloudformation:${Region}:aws:transform/${TransformName}";

/// An action, and the form.
const FORMS: [(&str, &str); 3] = [
    ("cloudformation:CreateChangeSet", TRANSFORM),
    ("cloudformation:CreateStack", TRANSFORM),
    ("cloudformation:UpdateStack", TRANSFORM),
];

/// The further forms that an action of a service takes.
pub(crate) fn further<'c>(service: &'c str, name: &'c str) -> impl Iterator<Item = &'c str> {
    let is_it = move |full: &str| full.split_once(':') == Some((service, name));
    FORMS.iter().filter(move |(action, _)| is_it(action)).map(|(_, form)| -> &'c str { form })
}

#[cfg(test)]
mod tests {
    use crate::Catalogue;

    #[test]
    fn actions_take_the_further_forms() {
        for (action, arn) in [
            ("apigateway:GET", "arn:aws:apigateway:us-east-1::/apis"),
            ("cloudformation:CreateChangeSet", "arn:aws:cloudformation:*:aws:transform/Serverless-2016-10-31"),
        ] {
            assert!(Catalogue::embedded().action(action).unwrap().takes(arn), "{action}");
        }
        for (action, _) in super::FORMS {
            assert_eq!(Catalogue::embedded().action(action).map(|found| found.to_string()).as_deref(), Some(action));
        }
    }
}
