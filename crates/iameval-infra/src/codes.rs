//! The codes of what is wrong with templates, and of what they hide.

use iameval::codes;

codes! {
    /// A part of the template is not what CloudFormation takes there.
    INVALID_TEMPLATE = "IE0801", Error, None;
    /// The template names something that is not in it.
    UNDEFINED_REFERENCE = "IE0802", Error, None;
    /// Values depend on each other in a circle.
    CIRCULAR_REFERENCE = "IE0803", Error, None;
    /// A parameter does not take the value.
    INVALID_PARAMETER = "IE0804", Error, None;
    /// The template leaves something to the deployment: a parameter without a value, a macro, a function that is not known.
    LEFT_OPEN = "IE0805", Warning, None;
    /// The folder or its manifest is not what the CDK writes.
    INVALID_ASSEMBLY = "IE0806", Error, None;
    /// The file is not a plan or a state that can be read, or the plan was not made of the source beside it.
    INVALID_PLAN = "IE0807", Error, None;
    /// A part of `*.tf` files is not what Terraform takes there, or cannot be read.
    INVALID_SOURCE = "IE0808", Error, None;
}
