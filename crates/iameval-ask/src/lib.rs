//! Questions as people write them, and their answers as data.
//!
//! An [`Answer`] is a decided request; [`Answer::read`] works out once what there is to say of it. What it looks like, as
//! text or JSON, is for renderers.

mod access_group;
mod added;
mod answer;
mod arguments;
mod asker;
mod batch;
mod claim;
pub mod codes;
mod denial;
mod dependence;
mod diff;
mod given;
mod hint;
mod impossible;
mod layer_outcome;
mod mark;
mod matrix;
mod multivalued;
mod native;
mod note;
mod on_resource;
mod outcome;
mod phrase;
mod posed;
mod problem;
mod provable;
mod public;
mod question;
mod reading;
mod sessions;
mod stand_in;
mod statement;
mod tree;
mod unsettled;
mod what_can;
mod who_can;
mod why;
pub mod words;
mod world_line;

pub use access_group::AccessGroup;
pub use added::AddedPolicies;
pub use answer::Answer;
pub use arguments::ArgumentNames;
pub use asker::{Asker, Caller, ChosenResource, NamedAction, NamedActions, unbound_kind};
pub use batch::BatchLines;
pub use claim::{
    ClaimLines, ClaimQuestion, ClaimVerdict, Closed, JudgedDeny, KeyValues, LineOutcome, OtherPolicy, ProvedClaim,
    ReadyClaim, RefutedClaim, Unproved,
};
pub use denial::{
    DeniedCall, Disagreement, Edit, Exception, ExplainedDenial, NamedPolicy, NoDenial, Suggestion, UnreadDenial,
};
pub use dependence::{depends_on_resource, never_asked};
pub use diff::{
    Beside, ChangedFact, Diff, DiffCondition, DiffError, DiffPart, DiffUndecided, Differ, Presence, Unheld,
};
pub use given::{Given, GivenError, in_order, is_mfa_key, read_mfa};
pub use hint::Hint;
pub use impossible::undecided_keys;
pub use layer_outcome::LayerOutcome;
pub use mark::{Element, KeyState, Mark, Says};
pub use matrix::{AS_IT_IS, Axis, Common, Lead, Matrix, MatrixCell, MatrixColumn, MatrixQuestion, MatrixRow, RowKind};
pub use multivalued::listed_value;
pub use native::{NamedPolicies, NativeQuestion, NativeReader, PolicySets};
pub use note::AnswerNote;
pub use outcome::{DecidingStatement, Outcome, RowQuestion};
pub use phrase::{Phrase, in_phrases, said_shortly, said_shortly_with};
pub use posed::{Attachment, PosedRequest, RequestSummary};
pub use problem::{QuestionProblem, Remark};
pub use provable::Provable;
pub use public::{LetIn, NotTold, PublicResource, PublicVerdict};
pub use question::{About, Posed, Question, Refused, Remarked, Tagged};
pub use reading::{CitedStatement, Flips, MfaFlip, MissedStatement, Needed, Reading, Sides};
pub use statement::{PlacedStatement, SourcePlace};
pub use unsettled::{OpenStatement, Unknown, Unsettled};
pub use what_can::{Privilege, PrivilegeKind, Privileges, PrivilegesPart, PrivilegesProblem};
pub use who_can::{
    Access, AccessQuestion, AskedOn, Chain, Details, ExpectedPrincipals, Named, Outsider, OutsiderKind, Trusted,
    Unexpected, Verdict, WhoCan, always_has_mfa_key,
};
pub use why::Why;
pub use world_line::{WorldLine, WorldLines};

/// The example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
