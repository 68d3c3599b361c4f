//! A profile as code: commands and a Terraform resource that create the same profile.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::SecurityProfile;
use http::Response;
use serde_json::{Value, json};

use super::{address, find};
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;

#[derive(Template)]
#[template(path = "profiles/code.html")]
struct CodePage {
    layout: Layout,
    name: String,
    href: String,
    create: String,
    update: String,
    terraform: String,
    /// Whether the profile has properties that the Terraform resource does not support.
    beyond_terraform: bool,
}

pub(super) async fn show(viewer: CurrentUser, Path(id): Path<String>) -> Result<Response<Body>, PageError> {
    let profile = find(&viewer, &id)?;
    let instance = viewer.instance().to_string();
    let endpoint = &viewer.app().public_url;
    let mut create = content(&profile);
    let mut update = create.clone();
    set(&mut create, "InstanceId", json!(instance));
    set(&mut create, "SecurityProfileName", json!(profile.name));
    if !profile.tags.is_empty() {
        set(&mut create, "Tags", json!(profile.tags));
    }
    set(&mut update, "InstanceId", json!(instance));
    set(&mut update, "SecurityProfileId", json!(profile.id.to_string()));
    let control = &profile.access_control;
    Ok(page(&CodePage {
        layout: viewer.layout(format!("{} as code", profile.name)),
        name: profile.name.clone(),
        href: address(profile.id),
        create: command("create-security-profile", endpoint, &create),
        update: command("update-security-profile", endpoint, &update),
        terraform: terraform(&profile, &instance),
        beyond_terraform: control.hierarchy_restricted || !control.tags.is_empty() || !profile.applications.is_empty(),
    }))
}

/// Returns the part of the JSON body that is the same in create requests and update requests. The keys are the names
/// that the API uses.
fn content(profile: &SecurityProfile) -> Value {
    let control = &profile.access_control;
    let permissions: Vec<&str> = profile.selected.iter().map(|permission| permission.name()).collect();
    let mut body = json!({ "Description": profile.description, "Permissions": permissions });
    if !profile.applications.is_empty() {
        let applications = profile.applications.iter().map(|application| {
            let mut member = json!({
                "Namespace": application.namespace,
                "ApplicationPermissions": application.permissions,
            });
            if let Some(kind) = &application.kind {
                set(&mut member, "Type", json!(kind));
            }
            member
        });
        set(&mut body, "Applications", applications.collect());
    }
    if !control.tags.is_empty() {
        let types: Vec<&str> = control.tag_restricted.iter().map(|restricted| restricted.as_str()).collect();
        set(&mut body, "AllowedAccessControlTags", json!(control.tags));
        set(&mut body, "TagRestrictedResources", json!(types));
    }
    if control.hierarchy_restricted {
        set(&mut body, "HierarchyRestrictedResources", json!(["User"]));
    }
    if let Some(group) = control.hierarchy_group {
        set(&mut body, "AllowedAccessControlHierarchyGroupId", json!(group.to_string()));
    }
    body
}

fn set(body: &mut Value, name: &str, value: Value) {
    if let Some(members) = body.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

fn command(operation: &str, endpoint: &str, body: &Value) -> String {
    let json = serde_json::to_string_pretty(body).unwrap_or_default();
    format!("aws connect {operation} --endpoint-url {} \\\n  --cli-input-json {}", quoted(endpoint), quoted(&json))
}

/// Quotes a string so that a POSIX shell reads it as a single word.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn terraform(profile: &SecurityProfile, instance: &str) -> String {
    let label = super::grid::slug(&profile.name).replace('-', "_");
    let label = if label.starts_with(|c: char| c.is_ascii_alphabetic()) { label } else { format!("profile_{label}") };
    let mut text = format!(
        "resource \"aws_connect_security_profile\" \"{label}\" {{\n  instance_id = {}\n  name        = {}\n",
        hcl(instance),
        hcl(&profile.name)
    );
    if !profile.description.is_empty() {
        text.push_str(&format!("  description = {}\n", hcl(&profile.description)));
    }
    text.push_str("\n  permissions = [\n");
    for permission in profile.permissions.permissions().iter() {
        text.push_str(&format!("    {},\n", hcl(permission.name())));
    }
    text.push_str("  ]\n");
    if !profile.tags.is_empty() {
        text.push_str("\n  tags = {\n");
        for (key, value) in &profile.tags {
            text.push_str(&format!("    {} = {}\n", hcl(key), hcl(value)));
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    text
}

/// Quotes a string as an HCL string literal, and escapes template sequences.
fn hcl(text: &str) -> String {
    let escaped = text.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    format!("\"{}\"", escaped.replace("${", "$${").replace("%{", "%%{"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_in_names_are_escaped() {
        assert_eq!(quoted("it's $(rm)"), r"'it'\''s $(rm)'");
        assert_eq!(hcl("a \"b\" ${c} %{d}"), r#""a \"b\" $${c} %%{d}""#);
    }
}
