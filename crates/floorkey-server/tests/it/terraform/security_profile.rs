//! Tests `aws_connect_security_profile`.

use floorkey_aws::operation::Operation::{self, *};
use serde_json::{Value, json};

use super::{Provider, Resource, changed, filled, second, sent, text_or_empty};
use crate::world::text;

struct SecurityProfile;

impl Resource for SecurityProfile {
    const COMPUTED: &'static [&'static str] = &["arn", "organization_resource_id", "security_profile_id"];

    fn create(&self, provider: &Provider, config: &Value) -> String {
        let input = sent(json!({
            "SecurityProfileName": config["name"],
            "Tags": filled(&config["tags"]),
            "Description": filled(&config["description"]),
            "Permissions": config["permissions"],
        }));
        let made = provider.ok(CreateSecurityProfile, input);
        format!("{}:{}", provider.instance(), text(&made["SecurityProfileId"]))
    }

    fn read(&self, provider: &Provider, id: &str) -> Option<Value> {
        let of = json!({ "SecurityProfileId": second(id) });
        let profile = provider.found(DescribeSecurityProfile, of.clone())?["SecurityProfile"].clone();
        let permissions = provider.all(ListSecurityProfilePermissions, &of, "Permissions");
        Some(json!({
            "arn": profile["Arn"],
            "description": profile["Description"],
            "instance_id": provider.instance(),
            "organization_resource_id": profile["OrganizationResourceId"],
            "security_profile_id": profile["Id"],
            "name": profile["SecurityProfileName"],
            "permissions": permissions,
            "tags": profile["Tags"],
        }))
    }

    /// Updates the security profile. The provider makes this call even if only the tags have changed.
    fn update(&self, provider: &Provider, id: &str, state: &Value, config: &Value) {
        let description = changed(state, config, "description").then(|| text_or_empty(&config["description"]));
        let permissions = changed(state, config, "permissions")
            .then(|| if config["permissions"].is_null() { json!([]) } else { config["permissions"].clone() });
        let input = sent(json!({
            "SecurityProfileId": second(id), "Description": description, "Permissions": permissions,
        }));
        assert_eq!(provider.ok(UpdateSecurityProfile, input), json!({}));
    }

    fn delete(&self, _: &Provider, id: &str) -> (Operation, Value) {
        (DeleteSecurityProfile, json!({ "SecurityProfileId": second(id) }))
    }
}

#[test]
fn a_security_profile_is_created_changed_imported_and_deleted() {
    let provider = Provider::new();
    let config = |more: Value| {
        let mut config = json!({ "instance_id": provider.instance(), "name": "tf" });
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    provider.live(
        &SecurityProfile,
        &[
            config(json!({ "description": "made", "permissions": ["OutboundCallAccess", "BasicAgentAccess"] })),
            config(json!({ "description": "changed", "permissions": ["OutboundCallAccess", "BasicAgentAccess"] })),
            config(json!({ "permissions": ["Users.View", "Users.Edit"], "tags": { "a": "1" } })),
            config(json!({ "permissions": ["Users.View", "Users.Edit"], "tags": { "a": "2" } })),
            config(json!({})),
        ],
    );
}

#[test]
fn every_permission_is_read_back_as_it_was_configured() {
    let provider = Provider::new();
    let catalog = provider.world.extension_of_server("GET", "/floorkey/v1/permissions");
    let names = catalog["Permissions"].as_array().unwrap().iter().map(|permission| permission["Name"].clone());
    let config = json!({
        "instance_id": provider.instance(), "name": "tf", "permissions": names.collect::<Vec<_>>(),
    });
    provider.live(&SecurityProfile, &[config]);
}
