//! The other types of SAM: tables, layers, nested applications, capacity providers, images, network connectors.

use super::role::{self, Role};
use super::tree::{Place, Tree};
use super::{Expansion, Resource};
use iameval::json::{Member, Node};
use iameval::suggest;

/// The types of SAM, without their beginning.
const KINDS: [&str; 14] = [
    "Api",
    "Application",
    "CapacityProvider",
    "Connector",
    "Function",
    "GraphQLApi",
    "HttpApi",
    "LayerVersion",
    "MicroVMImage",
    "NetworkConnector",
    "SimpleTable",
    "StateMachine",
    "WebFunction",
    "WebSocketApi",
];

const CREATED_BY: &str = "lambda:createdBy";

impl<'t> Expansion<'t> {
    pub(super) fn other(&mut self, kind: &str, resource: Resource<'t>) {
        match kind {
            "SimpleTable" => self.table(resource),
            "LayerVersion" => {
                let name =
                    resource.cloned("LayerName").unwrap_or_else(|| resource.place().text(resource.id.to_owned()));
                let properties = vec![resource.place().member("LayerName", name)];
                self.become_one(resource, "AWS::Lambda::LayerVersion", properties);
            }
            "Application" => self.application(resource),
            "CapacityProvider" => {
                let policy = "AWSLambdaManagedEC2ResourceOperator";
                self.operator(resource, "AWS::Lambda::CapacityProvider", policy);
            }
            "NetworkConnector" => {
                let policy = "AWSLambdaNetworkConnectorOperatorPolicy";
                self.operator(resource, "AWS::Lambda::NetworkConnector", policy);
            }
            "MicroVMImage" => self.image(resource),
            "WebFunction" => {
                if resource.get("ExecutionRoleArn").is_none() {
                    let mut role = Role::of_service(resource.place(), "lambda.amazonaws.com");
                    role.managed.push(self.managed(resource.place(), "service-role/AWSLambdaBasicExecutionRole"));
                    role.tags = Some(role::tags_of(resource, CREATED_BY));
                    self.role(resource.origin(), format!("{}Role", resource.id), role);
                }
                let mut properties = resource.but(&[]);
                properties.retain(|member| member.key == "FunctionName");
                self.become_one(resource, "AWS::Lambda::WebFunction", properties);
            }
            _ => {
                let span = resource.node.get("Type").map_or(resource.id_span, |node| node.span);
                let message =
                    format!("SAM has no type `AWS::Serverless::{kind}` that is known: what it makes is not known");
                let near = suggest::nearest(kind, KINDS);
                let help = near.map(|near| format!("did you mean `AWS::Serverless::{near}`?"));
                self.warn(span, message, help.unwrap_or_else(|| "roles and permissions may be missing".into()));
                let member = Member {
                    key: resource.id.to_owned().into(),
                    key_span: resource.id_span,
                    value: resource.node.clone(),
                };
                self.made.push((self.position, member));
            }
        }
    }

    fn table(&mut self, table: Resource<'_>) {
        let place = table.place();
        let mut properties = table.but(&[]);
        properties.retain(|member| ["TableName", "SSESpecification"].contains(&&*member.key));
        properties.extend(table.given("Tags").map(|tags| place.member("Tags", role::tags(place, None, Some(tags)))));
        self.become_one(table, "AWS::DynamoDB::Table", properties);
    }

    fn application(&mut self, application: Resource<'_>) {
        let place = application.place();
        let mut properties = application.but(&["Location", "Tags"]);
        match application.get("Location") {
            Some(location) if location.as_str().is_some_and(|location| !location.contains("://")) => {
                properties.push(place.member("TemplateURL", location.clone()));
            }
            location => {
                let span = location.map_or(application.id_span, |location| location.span);
                let message = format!("what application `{}` makes is not known", application.id);
                self.warn(span, message, "its template is not among these files");
            }
        }
        self.become_one(application, "AWS::CloudFormation::Stack", properties);
    }

    /// A resource with a role by which Lambda runs it.
    fn operator(&mut self, resource: Resource<'_>, kind: &'static str, policy: &str) {
        let place = resource.place();
        if resource.given("OperatorRole").is_none() {
            let mut role = Role::of_service(place, "lambda.amazonaws.com");
            role.managed.push(self.managed(place, policy));
            let created_by = role::tags(place, Some(CREATED_BY), None);
            let passed = resource.given("PropagateTags").and_then(|_| resource.given("Tags"));
            role.tags = Some(match passed {
                Some(tags) => role::tags(place, Some(CREATED_BY), Some(tags)),
                None => created_by,
            });
            self.role(resource.origin(), format!("{}OperatorRole", resource.id), role);
        }
        self.become_one(resource, kind, Vec::new());
    }

    fn image(&mut self, image: Resource<'_>) {
        let place = image.place();
        if image.given("BuildRoleArn").is_none() {
            let mut role = Role::of_service(place, "lambda.amazonaws.com");
            let code = image.cloned("CodeUri").unwrap_or_else(|| place.text(""));
            let read = role::allow(place, place.texts(["s3:GetObject"]), objects(place, &self.settled(&code), code));
            let logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
            let log = role::allow(place, place.texts(logs), place.text("*"));
            let statements = place.list(vec![read, log]);
            let document = place.map([("Version", place.text("2012-10-17")), ("Statement", statements)]);
            let name = place.text("MicrovmImageBuildPolicy");
            role.inline.push(place.map([("PolicyName", name), ("PolicyDocument", document)]));
            role.tags = Some(role::tags(place, Some(CREATED_BY), None));
            self.role(image.origin(), format!("{}BuildRole", image.id), role);
        }
        self.become_one(image, "AWS::Lambda::MicroVMImage", Vec::new());
    }
}

/// The objects of the bucket that code is in.
fn objects(place: Place, settled: &Tree, code: Tree) -> Tree {
    let bucket = settled.as_str().and_then(|uri| uri.strip_prefix("s3://")?.split('/').next());
    if let Some(bucket) = bucket.filter(|bucket| !bucket.is_empty()) {
        return place.sub(format!("arn:${{AWS::Partition}}:s3:::{bucket}/*"), Vec::new());
    }
    let parts = place.map([("Fn::Split", place.list(vec![place.text("/"), code]))]);
    let third = Node::new(iameval::json::Value::Number("2".into()));
    let bucket = place.map([("Fn::Select", place.list(vec![place.put(third), parts]))]);
    place.sub("arn:${AWS::Partition}:s3:::${Bucket}/*", vec![place.member("Bucket", bucket)])
}
