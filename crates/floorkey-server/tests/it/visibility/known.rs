//! Collects what a user knows: the API's responses to the user's own access key.

use floorkey_api::MANAGEMENT_ROUTES;
use floorkey_aws::operation::Operation;
use serde_json::{Value, json};

use super::Seen;
use super::probes::Probe;
use super::secrets::{LOGIN, MIXED, NAMESPACE, Secrets};
use crate::client::Client;
use crate::http::Answer;

/// The API's responses to all read calls about all planted records.
pub(super) struct Known {
    answers: Vec<String>,
    /// The calls that the API refused. The messages of these refusals could also leak secrets.
    pub(super) refused: Vec<Seen>,
}

impl Known {
    pub(super) fn of(client: &Client, secrets: &Secrets) -> Self {
        let mut known = Self { answers: Vec::new(), refused: Vec::new() };
        for operation in Operation::ALL {
            if !["Describe", "List", "Search"].iter().any(|reading| operation.name().starts_with(reading)) {
                continue;
            }
            for input in inputs(operation, secrets) {
                let answer = client.call(operation, &input);
                known.add(Probe::new("GET", format!("{} {input}", operation.name()), String::new()), &answer);
            }
        }
        for (method, template) in MANAGEMENT_ROUTES.iter().filter(|(method, _)| *method == "GET") {
            for path in paths(template, secrets) {
                let answer = client.send(method, &path, "", b"");
                known.add(Probe::new("GET", path, String::new()), &answer);
            }
        }
        known
    }

    /// Whether a successful response contains the given text.
    pub(super) fn has(&self, text: &str) -> bool {
        self.answers.iter().any(|answer| answer.contains(text))
    }

    /// Whether both sets of API responses are equal, apart from values that differ between calls.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.answers == other.answers
    }

    fn add(&mut self, asked: Probe, answer: &Answer) {
        match answer.status {
            200 => self.answers.push(settled(answer.json()).to_string()),
            _ => self.refused.push(Seen::new(asked, answer)),
        }
    }
}

/// Returns the inputs to try for a read operation. There is one input for each planted record that fits a parameter in
/// the operation's path.
fn inputs(operation: Operation, secrets: &Secrets) -> Vec<Value> {
    let instance = &secrets.world.instance;
    let in_instance = |member: &str, values: &[&str]| -> Vec<Value> {
        values.iter().map(|value| json!({ "InstanceId": instance, member: value })).collect()
    };
    let arns: Vec<String> = secrets
        .users
        .iter()
        .map(|id| secrets.world.arn(&format!("/agent/{id}")))
        .chain(secrets.profiles.iter().map(|id| secrets.world.arn(&format!("/security-profile/{id}"))))
        .collect();
    if operation == Operation::ListEntitySecurityProfiles {
        let of_user = |arn: &String| json!({ "InstanceId": instance, "EntityType": "USER", "EntityArn": arn });
        return arns.iter().take(secrets.users.len()).map(of_user).collect();
    }
    if operation == Operation::ListTagsForResource {
        return arns.iter().map(|arn| json!({ "resourceArn": arn })).collect();
    }
    let mut label = operation.uri().split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let users: Vec<&str> = secrets.users.iter().map(String::as_str).collect();
    let profiles: Vec<&str> = secrets.profiles.iter().map(String::as_str).collect();
    let groups: Vec<&str> = secrets.groups.iter().map(String::as_str).collect();
    match label.rfind(|label| *label != "InstanceId") {
        None if operation == Operation::ListInstances => vec![json!({})],
        None => vec![json!({ "InstanceId": instance })],
        Some(label @ "UserId") => in_instance(label, &users),
        Some(label @ "SecurityProfileId") => in_instance(label, &profiles),
        Some(label @ "HierarchyGroupId") => in_instance(label, &groups),
        Some(label @ "RoutingProfileId") => in_instance(label, &[&secrets.routing]),
        Some(label @ "QueueId") => in_instance(label, &[&secrets.queue]),
        Some(label @ "HoursOfOperationId") => in_instance(label, &[&secrets.hours]),
        Some(label @ "PromptId") => in_instance(label, &[&secrets.prompt]),
        Some(label @ "QuickConnectId") => in_instance(label, &[&secrets.quick_connect]),
        Some(label @ "AgentStatusId") => in_instance(label, &[&secrets.queue]),
        Some(label @ "AttributeType") => in_instance(label, &["EARLY_MEDIA"]),
        Some(label) => panic!("{} has the label {label}: say what there is of it", operation.name()),
    }
}

/// Returns the paths to try for a route of the management API. There is one path for each planted record that fits the
/// route.
fn paths(template: &str, secrets: &Secrets) -> Vec<String> {
    let template = template.replace("{InstanceId}", &secrets.world.instance);
    let label = template.split('/').find(|part| part.starts_with('{'));
    let values: Vec<&str> = match label {
        None => vec![""],
        Some("{UserId}") => secrets.users.iter().map(String::as_str).collect(),
        Some("{SecurityProfileId}") => secrets.profiles.iter().map(String::as_str).collect(),
        Some("{Username}") => vec![LOGIN, MIXED],
        Some("{Namespace}") => vec![NAMESPACE],
        Some("{Sequence}") => vec!["0", "5", "99999999"],
        Some(label) => panic!("{template} has the label {label}: say what there is of it"),
    };
    values
        .into_iter()
        .map(|value| label.map_or_else(|| template.clone(), |label| template.replace(label, value)))
        .collect()
}

/// Returns a response without values that differ between calls.
fn settled(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            members.retain(|name, _| !matches!(name.as_str(), "Revision" | "Bundle" | "Events" | "NextToken"));
            members.values_mut().for_each(|member| *member = settled(member.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = settled(item.take())),
        _ => {}
    }
    value
}
