//! Forms of ARNs as the catalogue has them, such as `arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}`.

/// One piece of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'f> {
    Literal(&'f str),
    /// A part of the ARN before the resource, whose name is that of the placeholder.
    Partition,
    Region,
    Account,
    /// A placeholder in the resource.
    Name(&'f str),
}

/// The pieces of a form in order.
pub(super) fn pieces(form: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = form;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = rest.strip_prefix("${").and_then(|inner| inner.split_once('}')) {
            rest = after;
            return Some(match name {
                "Partition" => Piece::Partition,
                "Region" => Piece::Region,
                "Account" => Piece::Account,
                name => Piece::Name(name),
            });
        }
        let end = rest.get(1..).and_then(|tail| tail.find("${")).map_or(rest.len(), |at| at + 1);
        let (literal, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after;
        Some(Piece::Literal(literal))
    })
}

/// How strictly an ARN has to have a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// A name holds neither `/` nor `:`, unless names of the kind do.
    Strict,
    /// A name may hold anything.
    Loose,
}

/// Whether an ARN has this form.
pub(super) fn fits(form: &str, arn: &str, fit: Fit) -> bool {
    let mut list = [Piece::Literal(""); 24];
    let mut length = 0;
    for piece in pieces(form) {
        let Some(place) = list.get_mut(length) else { return false };
        *place = piece;
        length += 1;
    }
    rest_fits(list.get(..length).unwrap_or_default(), arn, fit)
}

/// Every name takes as little as it can first. Forms have few names, so going back costs little.
fn rest_fits(pieces: &[Piece<'_>], text: &str, fit: Fit) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return text.is_empty() };
    let holds: fn(char) -> bool = match first {
        Piece::Literal(literal) => return text.strip_prefix(literal).is_some_and(|text| rest_fits(rest, text, fit)),
        Piece::Partition | Piece::Region | Piece::Account => |character| character != ':',
        Piece::Name(_) if fit == Fit::Loose => |_| true,
        Piece::Name(name) if holds_any(name) => |_| true,
        Piece::Name(_) => |character| !matches!(character, ':' | '/'),
    };
    if rest.is_empty() {
        return !text.is_empty() && text.chars().all(holds);
    }
    let ends = text.char_indices().take_while(|(_, character)| holds(*character));
    let ends = ends.map(|(at, character)| at + character.len_utf8());
    // Regions and accounts may be empty, as in ARNs of other partitions.
    let none = matches!(first, Piece::Region | Piece::Account).then_some(0);
    none.into_iter().chain(ends).any(|end| text.get(end..).is_some_and(|text| rest_fits(rest, text, fit)))
}

/// Kinds of names that hold slashes or colons.
pub(super) fn holds_any(name: &str) -> bool {
    const NAMES: [&str; 16] = [
        "Alias",
        "AlarmName",
        "DocumentName",
        "EntityPath",
        "LogGroupName",
        "LogStreamName",
        "ObjectName",
        "OidcProviderName",
        "ParameterNameWithoutLeadingSlash",
        "Path",
        "RepositoryName",
        "ResourceId",
        "SecretId",
        "SnapshotName",
        "LoadBalancerName",
        "RepositoryNamespace",
    ];
    name.ends_with("WithPath") || NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_have_forms() {
        const TABLE: &str = "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}";
        const OBJECT: &str = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
        for (form, arn, strict, loose) in [
            (TABLE, "arn:aws:dynamodb:eu-west-1:1:table/t", true, true),
            (TABLE, "arn:aws:dynamodb:eu-west-1:1:table/t/index/i", false, true),
            (TABLE, "arn:aws:dynamodb:eu-west-1:1:table/", false, false),
            (OBJECT, "arn:aws:s3:::b/a/b:c", true, true),
            (OBJECT, "arn:aws:s3:::b", false, false),
            ("arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}", "arn:aws:iam::1:role/a/b", true, true),
            ("arn:${Partition}:ec2:${Region}::image/${ImageId}", "arn:aws:ec2:eu-west-1::image/ami-1", true, true),
        ] {
            assert_eq!(fits(form, arn, Fit::Strict), strict, "{form} {arn}");
            assert_eq!(fits(form, arn, Fit::Loose), loose, "{form} {arn}");
        }
    }
}
