//! Strategies for proptest: policy documents, requests, and requests near the edges of what policies say.
//!
//! ```
//! use iameval_test::strategies::requests_near;
//! use iameval_test::{Decide, Decision, Mfa, example};
//! use proptest::prelude::*;
//!
//! let world = example("force-mfa");
//! proptest!(|(request in requests_near(&world))| {
//!     let request = request.mfa(Mfa::False);
//!     if world.decision(&request) == Ok(Decision::Allowed) {
//!         let action = request.action();
//!         let about_sign_in = action.contains("MFA") || ["iam:ChangePassword", "iam:ListUsers"].contains(&action);
//!         prop_assert!(about_sign_in, "{request}");
//!     }
//! });
//! ```

#[doc(hidden)]
pub mod draw;
mod near;

use crate::request::TestRequest;
use draw::{Choices, Document, THEMES};
use iameval::{PolicyDocument, PolicyKind};
pub use near::KnownPolicies;
use near::Landscape;
use proptest::strategy::Strategy;

/// Documents of that kind: well formed, about five services, with every kind of element and condition.
pub fn documents(kind: PolicyKind) -> impl Strategy<Value = PolicyDocument> {
    rows(100..900).prop_map(move |row| {
        let mut choices = Choices::new(&row);
        let theme = choices.pick(&THEMES);
        Document::draw(&mut choices, theme, kind).parse()
    })
}

/// Requests that fit the documents of [`documents`]: about the same services, by those whom they name, with the keys
/// that they test.
pub fn requests() -> impl Strategy<Value = TestRequest> {
    rows(20..200).prop_map(|row| {
        let mut choices = Choices::new(&row);
        let theme = choices.pick(&THEMES);
        let action = choices.pick(theme.actions);
        let request = match choices.pick(&draw::CALLERS) {
            Some(principal) => TestRequest::new(principal, action),
            None => TestRequest::of(action),
        };
        let request = request.resource(choices.pick(theme.resources));
        draw::context(&mut choices).into_iter().fold(request, |request, (key, value)| match value {
            Some(value) => request.context(key, value.to_value()),
            None => request.absent(key),
        })
    })
}

/// Requests at the edges of what policies say, on either side of them.
///
/// Actions that patterns list, with a letter changed, and their neighbours in AWS's own list; resources that fit and
/// that just do not, those of another account among them; for each key that a condition tests the values it is compared
/// with, those just beside them (a second later, the address before a range), and none; multi-factor authentication in
/// its three states. What follows from the principal and the world stays as it is: nobody gets another's name or tags.
pub fn requests_near<P: KnownPolicies + ?Sized>(policies: &P) -> impl Strategy<Value = TestRequest> + use<P> {
    let landscape = Landscape::new(policies.landmarks());
    rows(20..120).prop_map(move |row| landscape.draw(&mut Choices::new(&row)))
}

/// Rows of bytes, each of which decides one thing.
fn rows(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(proptest::num::u8::ANY, length)
}
