//! Turns the form into an AuthZEN request.

use std::sync::Arc;

use floorkey::{AnyPermission, HierarchyGroupId, Request, ResourceType, Timestamp, User};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::form_input::{FieldError, FieldErrors, FormInput, pairs};
use super::permission_input::{self, PermissionLabel};
use super::resource_input::{self, INSTANCE, ResourceInput};
use super::user_input::resolve_subject;
use crate::user::draft::parse_datetime_local;
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use floorkey_authzen::EvaluationError;

/// The kind of question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QueryKind {
    /// Can this user perform this action on this resource?
    Decision,
    /// Who can perform this action on this resource?
    Who,
    /// What can this user do to this resource?
    What,
    /// On which resources can this user perform this action?
    Resources,
}

impl QueryKind {
    /// The AuthZEN endpoint for this question.
    pub(super) const fn endpoint(self) -> &'static str {
        match self {
            Self::Decision => "/access/v1/evaluation",
            Self::Who => "/access/v1/search/subject",
            Self::What => "/access/v1/search/action",
            Self::Resources => "/access/v1/search/resource",
        }
    }

    const fn needs_user(self) -> bool {
        !matches!(self, Self::Who)
    }

    const fn needs_permission(self) -> bool {
        !matches!(self, Self::What)
    }
}

/// A complete question.
pub(super) struct Question {
    query_kind: QueryKind,
    /// The user, or `None` in a search for users.
    pub(super) user: Option<Arc<User>>,
    /// The permission, or `None` in a search for permissions.
    pub(super) permission: Option<AnyPermission>,
    /// The resource. A search for resources uses only the resource's type.
    pub(super) resource: ResourceInput,
    pub(super) at: Timestamp,
    /// Whether a time was chosen.
    pub(super) has_time: bool,
    /// The AuthZEN request.
    request: RequestBody,
}

/// The body of an AuthZEN request. For readability, the keys are in the same order as in the AuthZEN specification.
#[derive(Clone, Serialize)]
struct RequestBody {
    subject: Entity,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<ActionRef>,
    resource: Entity,
}

#[derive(Clone, Serialize)]
struct Entity {
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    properties: Map<String, Value>,
}

#[derive(Clone, Serialize)]
struct ActionRef {
    name: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    properties: Map<String, Value>,
}

impl Question {
    /// Parses the form. `page` is the address of the page that contains the form.
    ///
    /// # Errors
    /// Returns the errors of the form fields if any field is invalid.
    pub(super) fn parse(
        viewer: &CurrentUser,
        query_kind: QueryKind,
        input: &FormInput,
        fields: &Fields,
        page: &str,
    ) -> Result<Self, Box<FieldErrors>> {
        let mut errors = FieldErrors::default();
        let user = match (query_kind.needs_user(), input.who.as_str()) {
            (false, _) => None,
            (true, "") => errors.record("who", Err(FieldError::new("Enter a name or a login name."))),
            (true, text) => errors.record("who", resolve_subject(viewer, text, page, fields)),
        };
        let permission = match (query_kind.needs_permission(), input.can.as_str()) {
            (false, _) => None,
            (true, "") => {
                errors.record("can", Err(FieldError::new("Enter a permission, or words from its description.")))
            }
            (true, text) => errors.record("can", permission_input::resolve(viewer, text, page, fields)),
        };
        let resource = match errors.get("can") {
            None => resolve_resource(viewer, query_kind, input, permission.as_ref(), fields, page, &mut errors),
            Some(_) => None,
        };
        let resource_properties =
            errors.record("thing", properties(viewer, &input.resource_attributes)).unwrap_or_default();
        let subject_properties = errors.record("user", properties(viewer, &input.user_attributes)).unwrap_or_default();
        let action_properties = errors.record("act", properties(viewer, &input.action_attributes)).unwrap_or_default();
        let at = match input.at.as_str() {
            "" => Some(viewer.now),
            text => {
                let error = || FieldError::new("Enter a time like 2026-11-22T10:15, in UTC.");
                errors.record("at", parse_datetime_local(text).ok_or_else(error))
            }
        };
        let (Some(resource), Some(at), true) = (resource, at, errors.is_empty()) else {
            return Err(Box::new(errors));
        };
        let request = RequestBody {
            subject: Entity {
                kind: "user".to_owned(),
                id: user.as_ref().map(|user| user.username.clone()),
                properties: subject_properties,
            },
            action: permission.as_ref().map(|permission| ActionRef {
                name: PermissionLabel::new(viewer, permission).api_name,
                properties: action_properties,
            }),
            resource: Entity {
                kind: resource.kind.clone(),
                id: (query_kind != QueryKind::Resources).then(|| resource.id.clone()),
                properties: resource_properties,
            },
        };
        Ok(Self { query_kind, user, permission, resource, at, has_time: !input.at.is_empty(), request })
    }

    /// Evaluates the question with the engine.
    ///
    /// # Errors
    /// Returns an error that states the reason if the question can't be evaluated.
    pub(super) fn evaluate<T>(
        &self,
        viewer: &CurrentUser,
        evaluation: impl FnOnce(&Request<'_>) -> T,
    ) -> Result<T, EvaluationError> {
        let mut request = self.request.clone();
        if self.query_kind == QueryKind::Resources {
            // A search for resources does not name a resource, but an AuthZEN request must contain one. The engine
            // replaces this placeholder with each resource in turn.
            let built_in =
                self.resource.kind == INSTANCE || ResourceType::from_name_or_slug(&self.resource.kind).is_some();
            let any = if built_in { ResourceInput::instance(viewer) } else { self.resource.clone() };
            request.resource = Entity { kind: any.kind, id: Some(any.id), ..request.resource };
        }
        let body = serde_json::to_string(&request).unwrap_or_default();
        floorkey_authzen::evaluate(&viewer.app().authzen, &viewer.directory, self.at, &body, evaluation)
    }

    /// Returns the AuthZEN request as formatted JSON.
    pub(super) fn request(&self) -> String {
        serde_json::to_string_pretty(&self.request).unwrap_or_default()
    }

    /// Returns a shell command that sends the AuthZEN request.
    pub(super) fn shell(&self, viewer: &CurrentUser) -> String {
        let body = serde_json::to_string(&self.request).unwrap_or_default().replace('\'', "'\\''");
        let (server, endpoint) = (&viewer.app().public_url, self.query_kind.endpoint());
        format!(
            "curl -sS '{server}{endpoint}' \\\n  -H \"Authorization: Bearer $FLOORKEY_API_TOKEN\" \\\n  \
             -H 'Content-Type: application/json' \\\n  -d '{body}'"
        )
    }
}

/// Finds the resource that the form refers to.
fn resolve_resource(
    viewer: &CurrentUser,
    query_kind: QueryKind,
    input: &FormInput,
    permission: Option<&AnyPermission>,
    fields: &Fields,
    page: &str,
    errors: &mut FieldErrors,
) -> Option<ResourceInput> {
    if query_kind == QueryKind::Resources {
        // A search for resources uses only the resource type. If the permission has no resource type, the resource is
        // the instance.
        let open = FormInput { to: String::new(), resource_attributes: String::new(), ..input.clone() };
        let permission_type = permission.and_then(|permission| match permission {
            AnyPermission::Catalog(permission) => permission.info().resource_type,
            AnyPermission::Application { .. } => None,
        });
        let kind = match (input.kind.as_str(), permission_type) {
            ("", Some(of)) => Ok(of.slug().to_owned()),
            _ => resource_input::resource_type(&open, permission),
        };
        let kind = errors.record("to", kind.and_then(|kind| resource_input::check_visible(viewer, kind)))?;
        let instance = ResourceInput::instance(viewer);
        return Some(if kind == INSTANCE { instance } else { ResourceInput { kind, id: String::new(), ..instance } });
    }
    let kind = errors.record(
        "to",
        resource_input::resource_type(input, permission).and_then(|kind| resource_input::check_visible(viewer, kind)),
    )?;
    errors.record("to", resource_input::resolve(viewer, input, kind, page, fields))
}

/// Parses attributes into AuthZEN `properties`.
fn properties(viewer: &CurrentUser, text: &str) -> Result<Map<String, Value>, FieldError> {
    let mut properties = Map::new();
    for (name, value) in pairs(text)? {
        match name.as_str() {
            "hierarchyGroup" => {
                let id = HierarchyGroupId::parse(&value).map(|id| id.to_string());
                let named = || {
                    let groups = resource_input::stored_resources(viewer, ResourceType::HierarchyGroup);
                    groups.into_iter().find(|(_, path)| *path == value || path.ends_with(&format!(" / {value}")))
                };
                let error = || FieldError::new(format!("There is no hierarchy group “{value}” that you can see."));
                let id = id.or_else(|| named().map(|(id, _)| id)).ok_or_else(error)?;
                properties.insert(name, id.into());
            }
            // In AuthZEN, the `tags` property contains all tags. An attribute named `tags` in the form is therefore
            // sent as a single tag with the key `tags`.
            "tags" => {
                properties.insert("tags".to_owned(), json!({ "tags": value }));
            }
            _ => {
                properties.insert(name, value.into());
            }
        }
    }
    Ok(properties)
}
