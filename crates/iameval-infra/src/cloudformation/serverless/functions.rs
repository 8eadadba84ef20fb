//! Functions as resources: with their roles, aliases and URLs. And the bucket that deployments are kept in.

use super::resolve::Resolver;
use super::service::{Function, Service, member};
use super::template::Made;
use super::texts::normalized;
use crate::cloudformation::tree::{Place, is_given, items};
use iameval::json::{Node, Value};

/// The id of the bucket for deployments.
const BUCKET: &str = "ServerlessDeploymentBucket";

impl Service {
    pub(super) fn lambdas(&self, made: &mut Made) {
        for function in &self.functions {
            let (span, place) = (function.key_span, function.place());
            let id = function.lambda();
            let key = function.given("kmsKeyArn").or_else(|| self.provider(&["kmsKeyArn"]));
            let properties = vec![
                ("FunctionName", Some(function.name.clone())),
                ("Role", Some(self.role_of(function))),
                ("KmsKeyArn", key.cloned()),
            ];
            let condition = function.given("condition");
            made.add_if(id.clone(), (span, place), "AWS::Lambda::Function", properties, condition);
            if let Some((name, alias)) = function.alias() {
                let properties = vec![("FunctionName", Some(place.reference(id))), ("Name", Some(place.text(name)))];
                made.add(alias, (span, place), "AWS::Lambda::Alias", properties);
            }
            url(function, made);
        }
    }

    /// The bucket for deployments, which the framework makes up to version 3, unless there is one.
    pub(super) fn deployment_bucket(&self, made: &mut Made) {
        let given = self.provider(&["deploymentBucket"]);
        let has_name = given.is_some_and(|given| given.get("name").map_or(given.members().is_none(), is_given));
        if has_name || self.version.is_some_and(|version| version > 3) {
            return;
        }
        let place = Place(self.provider_span);
        let at = (self.provider_span, place);
        made.add(BUCKET.to_owned(), at, "AWS::S3::Bucket", Vec::new());
        if given.and_then(|given| given.get("skipPolicySetup")).is_some_and(is_given) {
            return;
        }
        let arn = |after: &'static str| {
            let mut parts = vec![place.text("arn:"), place.reference("AWS::Partition"), place.text(":s3:::")];
            parts.extend([place.reference(BUCKET), place.text(after)]);
            place.joined(parts)
        };
        let is_secure = place.map([("aws:SecureTransport", place.truth(false))]);
        let statement = place.map([
            ("Action", place.text("s3:*")),
            ("Effect", place.text("Deny")),
            ("Principal", place.text("*")),
            ("Resource", place.list(vec![arn("/*"), arn("")])),
            ("Condition", place.map([("Bool", is_secure)])),
        ]);
        let document = place.map([("Statement", place.list(vec![statement]))]);
        let properties = vec![("Bucket", Some(place.reference(BUCKET))), ("PolicyDocument", Some(document))];
        made.add(format!("{BUCKET}Policy"), at, "AWS::S3::BucketPolicy", properties);
    }
}

/// The permission of a function URL that everyone may call.
fn url(function: &Function, made: &mut Made) {
    let Some(url) = function.given("url") else { return };
    if url.get("authorizer").and_then(Node::as_str) == Some("aws_iam") {
        return;
    }
    let place = Place(url.span);
    let properties = vec![
        ("FunctionName", Some(function.target(place))),
        ("Action", Some(place.text("lambda:InvokeFunctionUrl"))),
        ("Principal", Some(place.text("*"))),
        ("FunctionUrlAuthType", Some(place.text("NONE"))),
    ];
    let id = format!("{}LambdaPermissionFnUrl", function.id);
    made.add(id, (function.key_span, place), "AWS::Lambda::Permission", properties);
}

/// Layers, with the accounts that may use them.
pub(super) fn layers(resolver: &mut Resolver<'_>, made: &mut Made) -> Result<(), super::resolve::Told> {
    let root = resolver.root.clone();
    let Some(layers) = member(&root, "layers") else { return Ok(()) };
    for layer in layers.value.members().unwrap_or_default() {
        let place = Place(layer.value.span);
        let at = (layer.key_span, place);
        let id = format!("{}LambdaLayer", normalized(&layer.key));
        let name = match layer.value.get("name").filter(|name| name.value != Value::Null) {
            Some(name) => resolver.node(name)?,
            None => place.text(layer.key.clone()),
        };
        made.add(id.clone(), at, "AWS::Lambda::LayerVersion", vec![("LayerName", Some(name))]);
        let Some(accounts) = layer.value.get("allowedAccounts") else { continue };
        let accounts = resolver.node(accounts)?;
        for account in items(&accounts) {
            let place = Place(account.span);
            let text = crate::cloudformation::scalar(account).unwrap_or_default();
            let id_of = text.replace('*', "Wild");
            let properties = vec![
                ("Action", Some(place.text("lambda:GetLayerVersion"))),
                ("LayerVersionArn", Some(place.reference(id.clone()))),
                ("Principal", Some(account.clone())),
            ];
            let id = format!("{}{id_of}LambdaLayerPermission", normalized(&layer.key));
            made.add(id, (layer.key_span, place), "AWS::Lambda::LayerVersionPermission", properties);
        }
    }
    Ok(())
}
