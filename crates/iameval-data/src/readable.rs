//! Forms of ARN as people write them in examples: `arn:aws:s3:::BUCKET/KEY`.

/// Placeholders whose name in capitals is not what people call it.
const NAMES: [(&str, &str); 2] = [("ObjectName", "KEY"), ("Partition", "aws")];

/// Ends of placeholders that say nothing.
const ENDINGS: [&str; 3] = ["NameWithPath", "WithPath", "Name"];

/// A form of ARN, in which AWS's reference writes `${BucketName}`, as an example to fill in. `${…}` would look like a policy
/// variable.
///
/// ```
/// use iameval_data::readable_form;
///
/// assert_eq!(readable_form("arn:${Partition}:s3:::${BucketName}/${ObjectName}"), "arn:aws:s3:::BUCKET/KEY");
/// assert_eq!(
///     readable_form("arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId}"),
///     "arn:aws:ec2:REGION:ACCOUNT:instance/INSTANCE_ID"
/// );
/// ```
pub fn readable_form(form: &str) -> String {
    let mut out = String::with_capacity(form.len());
    let mut rest = form;
    while let Some((before, (name, after))) =
        rest.split_once("${").and_then(|(before, inner)| Some((before, inner.split_once('}')?)))
    {
        out.push_str(before);
        out.push_str(&placeholder(name));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn placeholder(name: &str) -> String {
    if let Some((_, text)) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return (*text).to_owned();
    }
    let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).filter(|stem| !stem.is_empty());
    in_capitals(stem.unwrap_or(name))
}

/// `LogGroup` as `LOG_GROUP`, and `GraphQLAPIId` as `GRAPH_QLAPI_ID`.
fn in_capitals(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before: Option<char> = None;
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        let begins = character.is_ascii_uppercase()
            && before.is_some_and(|before| {
                let ends = before.is_ascii_lowercase() || before.is_ascii_digit();
                let acronym_ends = characters.peek().is_some_and(char::is_ascii_lowercase);
                ends || (before.is_ascii_uppercase() && acronym_ends)
            });
        if begins {
            out.push('_');
        }
        out.push(if character == '-' { '_' } else { character.to_ascii_uppercase() });
        before = Some(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    #[test]
    fn placeholders_are_words_in_capitals() {
        for (form, expected) in [
            ("arn:${Partition}:iam::${Account}:user/${UserNameWithPath}", "arn:aws:iam::ACCOUNT:user/USER"),
            ("arn:${partition}:iam::${account}:mfa/", "arn:aws:iam::ACCOUNT:mfa/"),
            (
                "arn:${Partition}:rds:${Region}:${Account}:db:${DbInstanceName}",
                "arn:aws:rds:REGION:ACCOUNT:db:DB_INSTANCE",
            ),
            ("arn:${Partition}:x:::${Name}/${JobID}/${SAMLProvider}", "arn:aws:x:::NAME/JOB_ID/SAML_PROVIDER"),
            ("${Unclosed", "${Unclosed"),
            ("*", "*"),
        ] {
            assert_eq!(readable_form(form), expected);
        }
    }

    #[test]
    fn no_form_of_the_reference_keeps_a_placeholder() {
        for service in Catalogue::embedded().services() {
            for form in service.resource_types().flat_map(|of| of.arns().collect::<Vec<_>>()) {
                let readable = readable_form(form);
                assert!(!readable.contains('$'), "{form}: {readable}");
            }
        }
    }
}
