//! Registered applications, for which profiles can grant permissions outside Connect.

use std::sync::Arc;

use floorkey::application::ApplicationPermission;
use floorkey::{Act, Command, Directory, RegisteredApplication, Target, Timestamp};
use floorkey_aws::EpochSeconds;
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::not_found;
use super::{Asked, body, changed, json};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct List<'a> {
    applications: Vec<Listed<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Listed<'a> {
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
struct Described<'a> {
    namespace: &'a str,
    name: &'a str,
    description: &'a str,
    permissions: Vec<DescribedPermission<'a>>,
    resources: usize,
    last_modified_time: EpochSeconds,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DescribedPermission<'a> {
    name: &'a str,
    description: &'a str,
    /// As registered.
    requires: Vec<&'a str>,
    /// All permissions that it requires, directly or indirectly.
    brings: Vec<&'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Register {
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    permissions: Vec<RegisterPermission>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct RegisterPermission {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    requires: Vec<String>,
}

/// Lists all registered applications, by namespace.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    asked.may(&directory, Act::ListApplications, &Target::Instance).await?;
    let applications = directory.applications().map(|application| Listed {
        namespace: &application.namespace,
        name: shown_name(application),
        description: &application.description,
        permissions: application.permissions.len(),
        resources: resources(&directory, application),
        last_modified_time: time(application.modified),
    });
    json(&List { applications: applications.collect() })
}

/// Describes an application with its permissions.
pub(super) async fn describe(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let application = asked.application(&directory).await?;
    let permissions = application.permissions.iter().map(|permission| DescribedPermission {
        name: &permission.name,
        description: &permission.description,
        requires: permission.requires.iter().map(String::as_str).collect(),
        brings: application.required_by(&permission.name).into_iter().collect(),
    });
    json(&Described {
        namespace: &application.namespace,
        name: shown_name(&application),
        description: &application.description,
        permissions: permissions.collect(),
        resources: resources(&directory, &application),
        last_modified_time: time(application.modified),
    })
}

/// Registers an application, or replaces its registration.
pub(super) async fn register(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let Register { name, description, permissions } = body::read(asked.body)?;
    let permissions = permissions.into_iter().map(|permission| ApplicationPermission {
        name: permission.name,
        description: permission.description,
        requires: permission.requires.into_iter().collect(),
    });
    let application = RegisteredApplication {
        namespace: asked.labels.get("Namespace").to_owned(),
        name,
        description,
        permissions: permissions.collect(),
        modified: asked.caller.at,
    };
    changed(asked.execute(&directory, Command::RegisterApplication(Box::new(application))).await?)
}

/// Unregisters an application. Profiles with permissions of the application keep them without effect.
pub(super) async fn unregister(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let namespace = asked.labels.get("Namespace").to_owned();
    changed(asked.execute(&directory, Command::UnregisterApplication { namespace }).await?)
}

impl Asked<'_> {
    /// The application in the path, if the caller is permitted to list applications.
    ///
    /// # Errors
    /// The refusal, or 404 if the application isn't registered.
    pub(super) async fn application(&self, directory: &Directory) -> Result<Arc<RegisteredApplication>, Exception> {
        self.may(directory, Act::ListApplications, &Target::Instance).await?;
        let namespace = self.labels.get("Namespace");
        directory.application(namespace).cloned().ok_or_else(|| not_found("application", namespace))
    }
}

/// The display name of an application.
pub(super) fn shown_name(application: &RegisteredApplication) -> &str {
    if application.name.is_empty() { &application.namespace } else { &application.name }
}

fn resources(directory: &Directory, application: &RegisteredApplication) -> usize {
    directory.application_resources(&application.namespace, None).count()
}

fn time(at: Timestamp) -> EpochSeconds {
    EpochSeconds::from_milliseconds(at.as_millis())
}
