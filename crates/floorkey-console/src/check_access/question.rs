//! Turns the form into AuthZEN requests, one for each permission that the question is about.

use std::sync::Arc;

use floorkey::{AnyPermission, HierarchyGroupId, Request, ResourceType, Timestamp, User};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::action_input::{PermissionLabel, RequestedPermissions};
use super::form_input::{FieldError, FieldErrors, FormInput, pairs};
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
    /// The permissions, or `None` in a search for permissions.
    pub(super) requested: Option<RequestedPermissions>,
    /// The questions that this question consists of, one for each permission; at least one.
    pub(super) items: Vec<QuestionItem>,
    pub(super) at: Timestamp,
    /// Whether a time was chosen.
    pub(super) has_time: bool,
    subject: Entity,
    action_properties: Map<String, Value>,
    resource_properties: Map<String, Value>,
}

/// A question about one permission.
pub(super) struct QuestionItem {
    /// The permission, or `None` in a search for permissions.
    pub(super) permission: Option<AnyPermission>,
    /// The resource. A search for resources uses only the resource's type.
    pub(super) resource: ResourceInput,
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
        let requested = match (query_kind.needs_permission(), input.can.as_str()) {
            (false, _) => None,
            (true, "") => {
                let text = "Enter what to do, such as “download recordings”, or a permission.";
                errors.record("can", Err(FieldError::new(text)))
            }
            (true, text) => {
                let requested = RequestedPermissions::parse(viewer, text, page, fields);
                let requested = match query_kind {
                    QueryKind::Resources => requested.and_then(|requested| requested.single(viewer, page, fields)),
                    _ => requested,
                };
                errors.record("can", requested)
            }
        };
        let items = match errors.get("can") {
            None => errors.record("to", items(viewer, query_kind, input, requested.as_ref(), fields, page)),
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
        let (Some(items), Some(at), true) = (items, at, errors.is_empty()) else {
            return Err(Box::new(errors));
        };
        let id = user.as_ref().map(|user| user.username.clone());
        let subject = Entity { kind: "user".to_owned(), id, properties: subject_properties };
        let has_time = !input.at.is_empty();
        Ok(Self { query_kind, user, requested, items, at, has_time, subject, action_properties, resource_properties })
    }

    /// Returns the first item, which represents the question where only one AuthZEN request is shown.
    pub(super) fn first(&self) -> Option<&QuestionItem> {
        self.items.first()
    }

    /// Returns the name of the resource for use in sentences. Empty for the instance, and if the items are about
    /// different resources.
    pub(super) fn resource_name(&self) -> &str {
        let name = self.first().map_or("", |item| item.resource.display_name.as_str());
        if self.items.iter().all(|item| item.resource.display_name == name) { name } else { "" }
    }

    fn body(&self, viewer: &CurrentUser, item: &QuestionItem) -> RequestBody {
        RequestBody {
            subject: self.subject.clone(),
            action: item.permission.as_ref().map(|permission| ActionRef {
                name: PermissionLabel::new(viewer, permission).api_name,
                properties: self.action_properties.clone(),
            }),
            resource: Entity {
                kind: item.resource.kind.clone(),
                id: (self.query_kind != QueryKind::Resources).then(|| item.resource.id.clone()),
                properties: self.resource_properties.clone(),
            },
        }
    }

    /// Evaluates an item of the question with the engine.
    ///
    /// # Errors
    /// Returns an error that states the reason if the question can't be evaluated.
    pub(super) fn evaluate<T>(
        &self,
        viewer: &CurrentUser,
        item: &QuestionItem,
        evaluation: impl FnOnce(&Request<'_>) -> T,
    ) -> Result<T, EvaluationError> {
        let mut request = self.body(viewer, item);
        if self.query_kind == QueryKind::Resources {
            // A search for resources does not name a resource, but an AuthZEN request must contain one. The engine
            // replaces this placeholder with each resource in turn.
            let kind = item.resource.kind.as_str();
            let built_in = kind == INSTANCE || ResourceType::from_name_or_slug(kind).is_some();
            let any = if built_in { ResourceInput::instance(viewer) } else { item.resource.clone() };
            request.resource = Entity { kind: any.kind, id: Some(any.id), ..request.resource };
        }
        let body = serde_json::to_string(&request).unwrap_or_default();
        floorkey_authzen::evaluate(&viewer.app().authzen, &viewer.directory, self.at, &body, evaluation)
    }

    /// Returns the AuthZEN request of the first item, for developers.
    pub(super) fn developer_request(&self, viewer: &CurrentUser) -> DeveloperRequest {
        let body = self.first().map(|item| self.body(viewer, item));
        let json = serde_json::to_string(&body).unwrap_or_default().replace('\'', "'\\''");
        let (server, endpoint) = (&viewer.app().public_url, self.query_kind.endpoint());
        let first = self.first().and_then(|item| item.permission.as_ref()).filter(|_| self.items.len() > 1);
        DeveloperRequest {
            request: serde_json::to_string_pretty(&body).unwrap_or_default(),
            shell: format!(
                "curl -sS '{server}{endpoint}' \\\n  -H \"Authorization: Bearer $FLOORKEY_API_TOKEN\" \\\n  \
                 -H 'Content-Type: application/json' \\\n  -d '{json}'"
            ),
            has_time: self.has_time,
            only: first.map(|permission| PermissionLabel::new(viewer, permission).name),
            requests: self.items.len(),
        }
    }
}

/// The AuthZEN request that asks the same question.
pub(super) struct DeveloperRequest {
    /// The request as formatted JSON.
    pub(super) request: String,
    /// A shell command that sends the request.
    pub(super) shell: String,
    /// Whether the question is about another time than now, which a request can't contain.
    pub(super) has_time: bool,
    /// The permission that the request is about, if the question is about several.
    pub(super) only: Option<String>,
    /// The number of requests that the question takes.
    pub(super) requests: usize,
}

/// Finds the resource that the form refers to, for each permission. Leaves out permissions that don't apply to the
/// resource, unless there are no others.
fn items(
    viewer: &CurrentUser,
    query_kind: QueryKind,
    input: &FormInput,
    requested: Option<&RequestedPermissions>,
    fields: &Fields,
    page: &str,
) -> Result<Vec<QuestionItem>, FieldError> {
    let permissions: Vec<Option<AnyPermission>> = match requested {
        Some(requested) => requested.permissions.iter().cloned().map(Some).collect(),
        None => vec![None],
    };
    // Finding a resource can take a while, so it is done only once for each type.
    let mut found: Vec<(String, Result<ResourceInput, FieldError>)> = Vec::new();
    let (mut items, mut first_error) = (Vec::new(), None);
    for permission in permissions {
        let kind = resource_type(query_kind, input, permission.as_ref());
        let resource = kind.and_then(|kind| resource_input::check_visible(viewer, kind)).and_then(|kind| {
            if let Some((_, known)) = found.iter().find(|(known, _)| *known == kind) {
                return known.clone();
            }
            let resource = resolve_resource(viewer, query_kind, input, kind.clone(), fields, page);
            found.push((kind, resource.clone()));
            resource
        });
        match resource {
            Ok(resource) => items.push(QuestionItem { permission, resource }),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    match first_error.filter(|_| items.is_empty()) {
        Some(error) => Err(error),
        None => Ok(items),
    }
}

/// Determines the API name of the resource type that a question about this permission is about.
fn resource_type(
    query_kind: QueryKind,
    input: &FormInput,
    permission: Option<&AnyPermission>,
) -> Result<String, FieldError> {
    if query_kind != QueryKind::Resources {
        return resource_input::resource_type(input, permission);
    }
    // A search for resources uses only the resource type. If the permission has no resource type, the resource is the
    // instance.
    let open = FormInput { to: String::new(), resource_attributes: String::new(), ..input.clone() };
    let permission_type = permission.and_then(|permission| match permission {
        AnyPermission::Catalog(permission) => permission.info().resource_type,
        AnyPermission::Application { .. } => None,
    });
    match (input.kind.as_str(), permission_type) {
        ("", Some(of)) => Ok(of.slug().to_owned()),
        _ => resource_input::resource_type(&open, permission),
    }
}

/// Finds the resource of the given type that the form refers to.
fn resolve_resource(
    viewer: &CurrentUser,
    query_kind: QueryKind,
    input: &FormInput,
    kind: String,
    fields: &Fields,
    page: &str,
) -> Result<ResourceInput, FieldError> {
    if query_kind == QueryKind::Resources {
        let instance = ResourceInput::instance(viewer);
        return Ok(if kind == INSTANCE { instance } else { ResourceInput { kind, id: String::new(), ..instance } });
    }
    resource_input::resolve(viewer, input, kind, page, fields)
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
