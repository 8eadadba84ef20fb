//! Verbs that services use for the same thing: who writes `CreateItem` means `PutItem`.

/// The more usual ones first.
const ALIKE: [&[&str]; 8] = [
    &["Create", "Put", "Run", "Add", "Insert", "Write", "Upload", "Save", "Make"],
    &["Get", "Describe", "Read", "Fetch", "View", "Download", "Retrieve"],
    &["List", "Describe", "Get", "Show"],
    &["Delete", "Remove", "Terminate", "Destroy", "Drop"],
    &["Update", "Modify", "Put", "Set", "Change", "Edit", "Patch"],
    &["Start", "Run", "Launch", "Execute", "Invoke", "Call"],
    &["Stop", "Cancel", "End", "Abort"],
    &["Send", "Publish", "Put", "Post"],
];

/// The names of actions that differ from `name` in a verb that means the same, the more usual ones first.
pub(crate) fn with_verbs_alike(name: &str) -> impl Iterator<Item = String> {
    let with_rest = |verbs: &'static [&str]| {
        let rest = verbs.iter().find_map(|verb| after(name, verb))?;
        Some(verbs.iter().map(move |verb| format!("{verb}{rest}")))
    };
    ALIKE.into_iter().filter_map(with_rest).flatten()
}

fn after<'n>(name: &'n str, verb: &str) -> Option<&'n str> {
    let (head, rest) = name.split_at_checked(verb.len())?;
    (head.eq_ignore_ascii_case(verb) && !rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use crate::Catalogue;

    #[test]
    fn other_verbs_for_the_same() {
        for (meant, expected) in [
            ("dynamodb:CreateItem", Some("dynamodb:PutItem")),
            ("s3:UploadObject", Some("s3:PutObject")),
            ("s3:readobject", Some("s3:GetObject")),
            ("ec2:GetInstances", Some("ec2:DescribeInstances")),
            ("ec2:DeleteInstances", Some("ec2:TerminateInstances")),
            ("iam:DescribeUser", Some("iam:GetUser")),
            ("sqs:PublishMessage", Some("sqs:SendMessage")),
            ("lambda:CallFunction", Some("lambda:InvokeFunction")),
            // Typing slips are still found, and one letter says more than a verb.
            ("iam:GetUsers", Some("iam:GetUser")),
            ("s3:GetObjekt", Some("s3:GetObject")),
            ("iam:DeletUser", Some("iam:DeleteUser")),
            ("s3:GetNonsense", None),
        ] {
            assert_eq!(Catalogue::embedded().suggest_action(meant).as_deref(), expected, "{meant}");
        }
    }
}
