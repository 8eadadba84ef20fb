//! `AWS::Serverless::GraphQLApi`: the roles of its data sources and of its log, and the permissions of its authorizers.

use super::role::Role;
use super::tree::{Place, Tree, is_given, items};
use super::{Expansion, Origin, Resource};
use iameval::json::{Member, Node, Value};

const SERVICE: &str = "appsync.amazonaws.com";

impl<'t> Expansion<'t> {
    pub(super) fn graphql_api(&mut self, api: Resource<'t>) {
        let place = api.place();
        let name = api.cloned("Name").unwrap_or_else(|| place.text(api.id.to_owned()));
        self.become_one(api, "AWS::AppSync::GraphQLApi", vec![place.member("Name", name)]);
        self.authorizers_of_graphql(api);
        self.log_role(api);
        let sources = |kind: &str| api.get("DataSources")?.get(kind)?.members();
        for source in sources("DynamoDb").unwrap_or_default() {
            self.table_source(api, source);
        }
        for source in sources("Lambda").unwrap_or_default() {
            self.function_source(api, source);
        }
    }

    fn authorizers_of_graphql(&mut self, api: Resource<'_>) {
        let Some(auth) = api.get("Auth") else { return };
        let additional = auth.get("Additional").map(items).unwrap_or_default();
        let is_function = |auth: &&Tree| auth.get("Type").and_then(Node::as_str) == Some("AWS_LAMBDA");
        let functions = std::iter::once(auth).chain(additional).filter(is_function);
        let functions = functions.filter_map(|auth| auth.get("LambdaAuthorizer")?.get("AuthorizerUri"));
        for (index, function) in functions.enumerate() {
            let place = Place(function.span);
            let source = place.map([
                ("Type", place.text("AWS::AppSync::GraphQLApi")),
                ("Arn", place.reference(api.id.to_owned())),
                ("ResourceId", place.attribute(api.id, "ApiId")),
            ]);
            let to = place.map([("Type", place.text("AWS::Lambda::Function")), ("Arn", function.clone())]);
            let id = format!("{}ToLambdaAuthConnector{}", api.id, index + 1);
            let origin = Origin { span: function.span, condition: None, ..api.origin() };
            self.connected(origin, &id, (&source, &to), &["Write"]);
        }
    }

    fn connected(&mut self, origin: Origin<'_>, id: &str, ends: (&Tree, &Tree), permissions: &[&'static str]) {
        let place = Place(origin.span);
        let permissions: Vec<Tree> = permissions.iter().map(|name| place.text(*name)).collect();
        if let Err(error) = self.connect(origin, id, ends, &permissions, "") {
            self.errors.push(error);
        }
    }

    fn log_role(&mut self, api: Resource<'_>) {
        let logging = api.get("Logging");
        let has_role = logging.and_then(|logging| logging.get("CloudWatchLogsRoleArn")).is_some_and(is_given);
        if has_role || logging.is_some_and(|logging| logging.value == Value::Bool(false)) {
            return;
        }
        let place = Place(logging.map_or(api.node.span, |logging| logging.span));
        let mut role = Role::of_service(place, SERVICE);
        let arn = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs";
        role.managed.push(place.sub(arn, Vec::new()));
        self.role(Origin { span: place.0, ..api.origin() }, format!("{}CloudWatchRole", api.id), role);
    }

    fn table_source(&mut self, api: Resource<'_>, source: &Member<'static>) {
        let place = Place(source.value.span);
        let given = source.value.get("TableArn").filter(|arn| is_given(arn)).cloned();
        let table = given.unwrap_or_else(|| {
            let region = source.value.get("Region").filter(|region| is_given(region)).cloned();
            let name = source.value.get("TableName").cloned().unwrap_or_else(|| place.text(""));
            let values = vec![
                place.member("__TableName__", name),
                place.member("__Region__", region.unwrap_or_else(|| place.reference("AWS::Region"))),
            ];
            place.sub("arn:${AWS::Partition}:dynamodb:${__Region__}:${AWS::AccountId}:table/${__TableName__}", values)
        });
        let asked: Vec<&'static str> = match source.value.get("Permissions").filter(|asked| is_given(asked)) {
            None => vec!["Read", "Write"],
            Some(asked) => {
                let has = |name: &str| items(asked).iter().any(|item| item.as_str() == Some(name));
                ["Read", "Write"].into_iter().filter(|name| has(name)).collect()
            }
        };
        let to = place.map([("Type", place.text("AWS::DynamoDB::Table")), ("Arn", table)]);
        self.source(api, source, ("DynamoDB", "ToTableConnector"), &to, &asked);
    }

    fn function_source(&mut self, api: Resource<'_>, source: &Member<'static>) {
        let place = Place(source.value.span);
        let function = source.value.get("FunctionArn").cloned().unwrap_or_else(|| place.text(""));
        let to = place.map([("Type", place.text("AWS::Lambda::Function")), ("Arn", function)]);
        self.source(api, source, ("Lambda", "ToLambdaConnector"), &to, &["Write"]);
    }

    /// The role of a data source, and its policy.
    fn source(
        &mut self,
        api: Resource<'_>,
        source: &Member<'static>,
        (kind, connector): (&str, &str),
        to: &Tree,
        permissions: &[&'static str],
    ) {
        if source.value.get("ServiceRoleArn").is_some_and(is_given) {
            return;
        }
        let place = Place(source.value.span);
        let origin = Origin { id_span: source.key_span, span: source.value.span, ..api.origin() };
        let id = format!("{}{}{kind}DataSource", api.id, source.key);
        let role = format!("{id}Role");
        self.role(origin, role.clone(), Role::of_service(place, SERVICE));
        let from = place.map([
            ("Type", place.text("AWS::AppSync::DataSource")),
            ("Arn", place.attribute(&id, "DataSourceArn")),
            ("RoleName", place.reference(role)),
        ]);
        let origin = Origin { condition: None, ..origin };
        self.connected(origin, &format!("{id}{connector}"), (&from, to), permissions);
    }
}
