//! The principal of a request.

use crate::diagnostic::Diagnostic;
use crate::json::Node;
use crate::json::fields::{boolean, fields, invalid, parsed, text};
use crate::principal::{Principal, PrincipalClass, PrincipalError};

type Result<T, E = Diagnostic> = std::result::Result<T, E>;

/// Reads a principal: a text, or an object for what the text cannot say.
///
/// # Errors
/// What is wrong with it, and where.
pub fn read_principal(node: &Node<'_>) -> Result<Principal> {
    if node.as_str().is_some() {
        return parsed(node, "the principal");
    }
    let names = [
        "id",
        "type",
        "account",
        "role",
        "user",
        "provider",
        "long_term_credentials",
        "assumed_root",
        "canonical_user_id",
        "organization_id",
        "in_management_account",
        "delegated_administrator",
        "service_linked_role",
    ];
    let [
        id,
        class,
        account,
        role,
        user,
        provider,
        long_term,
        assumed_root,
        canonical,
        organization,
        management,
        delegated,
        linked,
    ] = fields(node, "a principal (or a string)", names)?;
    let Some(id) = id else { return Err(invalid(node.span, "the principal has no `id`")) };
    let mut principal: Principal = match class {
        None => parsed(id, "`id`")?,
        Some(node) => {
            let name = text(node, "`type`")?;
            let Some(class) = PrincipalClass::ALL.into_iter().find(|class| class.as_str() == name) else {
                let names = PrincipalClass::ALL.map(PrincipalClass::as_str);
                let error = invalid(node.span, format!("`{name}` is not a principal type"));
                return Err(error.with_help(format!("the types are {}", names.join(", "))));
            };
            Principal::of_class(class, text(id, "`id`")?).map_err(|error| invalid(id.span, error.to_string()))?
        }
    };
    let add = |node: &Node<'_>, changed: Result<Principal, _>| {
        changed.map_err(|error: PrincipalError| invalid(node.span, error.to_string()))
    };
    if let Some(node) = account {
        principal = add(node, principal.with_account(parsed(node, "`account`")?))?;
    }
    if let Some(node) = role {
        principal = add(node, principal.with_role(parsed(node, "`role`")?))?;
    }
    if let Some(node) = user {
        principal = add(node, principal.with_user(parsed(node, "`user`")?))?;
    }
    if let Some(node) = provider {
        principal = add(node, principal.with_provider(text(node, "`provider`")?))?;
    }
    if let Some(node) = long_term {
        let long_term = boolean(node, "`long_term_credentials`")?;
        let told =
            if long_term { principal.with_long_term_credentials() } else { principal.with_temporary_credentials() };
        principal = add(node, told)?;
    }
    if let Some(node) = assumed_root
        && boolean(node, "`assumed_root`")?
    {
        principal = add(node, principal.with_assumed_root())?;
    }
    if let Some(node) = canonical {
        principal = principal.with_canonical_user_id(text(node, "`canonical_user_id`")?);
    }
    if let Some(node) = organization {
        principal = principal.with_organization_id(text(node, "`organization_id`")?);
    }
    with_either(principal, [management, delegated, linked])
}

/// The fields that say one thing where they are true and another where they are false.
fn with_either(mut principal: Principal, fields: [Option<&Node<'_>>; 3]) -> Result<Principal> {
    let [management, delegated, linked] = fields;
    if let Some(node) = management {
        principal = if boolean(node, "`in_management_account`")? {
            principal.in_management_account()
        } else {
            principal.in_member_account()
        };
    }
    if let Some(node) = delegated {
        let delegated = boolean(node, "`delegated_administrator`")?;
        principal = if delegated {
            principal.with_delegated_administrator()
        } else {
            principal.without_delegated_administrator()
        };
    }
    if let Some(node) = linked {
        principal = if boolean(node, "`service_linked_role`")? {
            principal.as_service_linked_role()
        } else {
            principal.as_ordinary_role()
        };
    }
    Ok(principal)
}
