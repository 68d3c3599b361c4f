//! Operations on registered applications. Security profiles can grant permissions in these applications.

use std::sync::Arc;

use floorkey::application::ApplicationPermission;
use floorkey::{Action, Command, Directory, EntityKind, RegisteredApplication, Target, Timestamp};
use floorkey_aws::EpochSeconds;
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::not_found;
use super::{CallContext, body, json, revision_response};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ApplicationList<'a> {
    applications: Vec<ApplicationSummary<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ApplicationSummary<'a> {
    namespace: &'a str,
    /// The display name, or the namespace if the application has no name.
    name: &'a str,
    description: &'a str,
    permissions: usize,
    resources: usize,
    last_modified_time: EpochSeconds,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ApplicationView<'a> {
    namespace: &'a str,
    name: &'a str,
    description: &'a str,
    permissions: Vec<ApplicationPermissionView<'a>>,
    resources: usize,
    last_modified_time: EpochSeconds,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ApplicationPermissionView<'a> {
    name: &'a str,
    description: &'a str,
    /// The prerequisites that were specified when this permission was registered.
    requires: Vec<&'a str>,
    /// All permissions that this permission requires, directly or indirectly.
    brings: Vec<&'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct RegisterApplicationInput {
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    permissions: Vec<ApplicationPermissionInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct ApplicationPermissionInput {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    requires: Vec<String>,
}

/// Lists all registered applications, ordered by namespace.
pub(super) async fn list(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    context.authorize(&directory, Action::ListApplications, &Target::Instance).await?;
    let applications = directory.applications().map(|application| ApplicationSummary {
        namespace: &application.namespace,
        name: display_name(application),
        description: &application.description,
        permissions: application.permissions.len(),
        resources: resource_count(&directory, application),
        last_modified_time: time(application.modified),
    });
    json(&ApplicationList { applications: applications.collect() })
}

/// Describes an application and its permissions.
pub(super) async fn describe(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let application = context.application(&directory).await?;
    let permissions = application.permissions.iter().map(|permission| ApplicationPermissionView {
        name: &permission.name,
        description: &permission.description,
        requires: permission.requires.iter().map(String::as_str).collect(),
        brings: application.required_by(&permission.name).into_iter().collect(),
    });
    json(&ApplicationView {
        namespace: &application.namespace,
        name: display_name(&application),
        description: &application.description,
        permissions: permissions.collect(),
        resources: resource_count(&directory, &application),
        last_modified_time: time(application.modified),
    })
}

/// Registers an application, or replaces its registration.
pub(super) async fn register(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let RegisterApplicationInput { name, description, permissions } = body::parse(context.body)?;
    let permissions = permissions.into_iter().map(|permission| ApplicationPermission {
        name: permission.name,
        description: permission.description,
        requires: permission.requires.into_iter().collect(),
    });
    let application = RegisteredApplication {
        namespace: context.label("Namespace").to_owned(),
        name,
        description,
        permissions: permissions.collect(),
        modified: context.caller.now,
    };
    revision_response(context.execute(&directory, Command::RegisterApplication(Box::new(application))).await?)
}

/// Unregisters an application. Profiles keep the application's permissions, but these permissions have no effect.
pub(super) async fn unregister(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let namespace = context.label("Namespace").to_owned();
    revision_response(context.execute(&directory, Command::UnregisterApplication { namespace }).await?)
}

impl CallContext<'_> {
    /// Returns the application in the path if the caller is permitted to list applications.
    ///
    /// # Errors
    /// Returns an exception if the caller is not permitted, or a 404 exception if the application isn't registered.
    pub(super) async fn application(&self, directory: &Directory) -> Result<Arc<RegisteredApplication>, Exception> {
        self.authorize(directory, Action::ListApplications, &Target::Instance).await?;
        let namespace = self.label("Namespace");
        directory.application(namespace).cloned().ok_or_else(|| not_found(EntityKind::Application, namespace))
    }
}

/// Returns an application's display name, or its namespace if it has no display name.
pub(super) fn display_name(application: &RegisteredApplication) -> &str {
    if application.name.is_empty() { &application.namespace } else { &application.name }
}

fn resource_count(directory: &Directory, application: &RegisteredApplication) -> usize {
    directory.application_resources(&application.namespace, None).count()
}

fn time(at: Timestamp) -> EpochSeconds {
    EpochSeconds::from_milliseconds(at.as_millis())
}
