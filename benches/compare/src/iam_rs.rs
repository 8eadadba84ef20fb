//! The same questions for `iam-rs`, which reads IAM policies as they are.
//!
//! Its requests need an ARN; a question on `*` asks on an ARN of the service that is all stars.

use iam_rs::{
    Arn, Context, ContextValue, Decision, EvaluationOptions, IAMPolicy, IAMRequest, PolicyEvaluator, Principal,
    PrincipalId,
};
use iameval::Mfa;
use iameval_tests::workload::{PRINCIPAL, Question, Workload};

/// Policies and requests, all of them built.
pub(crate) struct IamRs {
    evaluator: PolicyEvaluator,
    requests: Vec<IAMRequest>,
}

impl IamRs {
    /// Reads the policies and builds everything that is asked.
    pub(crate) fn new(workload: &Workload) -> Self {
        let policies = workload.documents.iter().map(|document| serde_json::from_str(&document.text));
        let policies: Vec<IAMPolicy> = policies.collect::<Result<_, _>>().expect("policies");
        let options = EvaluationOptions { max_statements: usize::MAX, ..EvaluationOptions::default() };
        Self {
            evaluator: PolicyEvaluator::with_policies(policies).with_options(options),
            requests: workload.questions.iter().map(request).collect(),
        }
    }

    /// What becomes of the request of that number.
    pub(crate) fn decide(&self, number: usize) -> Option<iameval::Decision> {
        match self.evaluator.evaluate(&self.requests[number]).ok()?.decision {
            Decision::Allow => Some(iameval::Decision::Allowed),
            Decision::Deny => Some(iameval::Decision::ExplicitDeny),
            Decision::NotApplicable => Some(iameval::Decision::ImplicitDeny),
        }
    }
}

fn request(question: &Question) -> IAMRequest {
    let principal = Principal::Aws(PrincipalId::String(PRINCIPAL.into()));
    let service = question.action.split(':').next().unwrap_or_default();
    let resource = match &*question.resource {
        "*" => format!("arn:aws:{service}:*:*:*"),
        arn => arn.into(),
    };
    let mut context = Context::new();
    context.insert("aws:username".into(), ContextValue::String("john.doe".into()));
    match question.mfa {
        Mfa::True { .. } => context.insert("aws:MultiFactorAuthPresent".into(), ContextValue::Boolean(true)),
        Mfa::False => context.insert("aws:MultiFactorAuthPresent".into(), ContextValue::Boolean(false)),
        Mfa::Absent => {}
    }
    for (key, value) in &question.context {
        context.insert((*key).into(), ContextValue::String(value.clone()));
    }
    let resource = Arn::parse(&resource).expect("an ARN");
    IAMRequest::new_with_context(principal, question.action.as_str(), resource, context)
}
