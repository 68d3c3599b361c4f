//! Finds the resource that a question is about. A stored resource is found by its name or ID, and an application's
//! resource is found by its ID. A question can also describe a resource by its attributes alone.

use floorkey::text::folded;
use floorkey::{
    AnyPermission, HierarchyGroupId, Resource, ResourceId, ResourceType, SecurityProfileId, StoredResourceType, Target,
};

use super::form_input::{FieldError, FormInput};
use super::user_input;
use super::{can_see_name, can_see_user};
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::text;

/// The resource type that represents the instance as a whole.
pub(super) const INSTANCE: &str = "instance";

/// The maximum number of resources to suggest if a name is ambiguous.
const CHOICES_MAX: usize = 8;

/// A resource, or the instance, as named in a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ResourceInput {
    /// `user`, `queue`, `instance`, or the namespace of an application.
    pub(super) kind: String,
    pub(super) id: String,
    /// The name for use in sentences, such as `Tom Okafor` or `the queue Billing`. Empty for the instance.
    pub(super) display_name: String,
    /// Whether the question describes the resource only by its attributes.
    pub(super) is_described_only: bool,
}

impl ResourceInput {
    pub(super) fn instance(viewer: &CurrentUser) -> Self {
        let id = viewer.instance().to_string();
        Self { kind: INSTANCE.to_owned(), id, display_name: String::new(), is_described_only: false }
    }
}

/// Returns the resource types that Floorkey stores.
pub(super) fn stored_types() -> impl Iterator<Item = ResourceType> {
    let with_own_records = [ResourceType::User, ResourceType::SecurityProfile, ResourceType::HierarchyGroup];
    with_own_records.into_iter().chain(StoredResourceType::ALL.iter().map(|stored| stored.resource_type()))
}

/// Returns the resource types that the viewer can choose from, each with its API name and its display text.
pub(super) fn resource_types(viewer: &CurrentUser) -> Vec<(String, String)> {
    let sentence_case = |text: String| text::sentence_case(&text);
    let rest = ResourceType::ALL.iter().copied().filter(|kind| stored_types().all(|known| known != *kind));
    let types = stored_types().chain(rest);
    let built_in = types.map(|kind| (kind.slug().to_owned(), sentence_case(kind.noun().to_owned())));
    let visible = viewer.directory.applications().filter(|_| viewer.visibility().sees_applications());
    let applications = visible.map(|application| {
        let name = if application.name.is_empty() { &application.namespace } else { &application.name };
        (application.namespace.clone(), format!("A resource of {name}"))
    });
    let first = [(String::new(), "Anything".to_owned())];
    let instance = [(INSTANCE.to_owned(), "No particular resource".to_owned())];
    first.into_iter().chain(instance).chain(built_in).chain(applications).collect()
}

/// Returns the resource type if the viewer can ask about resources of this type. A viewer who cannot see applications
/// can't ask about their resources or permissions.
///
/// # Errors
/// Returns an error if the type belongs to an application and the viewer cannot see applications.
pub(super) fn check_visible(viewer: &CurrentUser, kind: String) -> Result<String, FieldError> {
    let built_in = kind == INSTANCE || ResourceType::from_name_or_slug(&kind).is_some();
    match built_in || viewer.visibility().sees_applications() {
        true => Ok(kind),
        false => Err(FieldError::new(
            "Questions about applications are answered only to users who can view all security profiles.",
        )),
    }
}

/// Determines the API name of the resource type.
///
/// # Errors
/// Returns an error if the type is missing, or if the permission does not apply to this type.
pub(super) fn resource_type(input: &FormInput, permission: Option<&AnyPermission>) -> Result<String, FieldError> {
    match permission {
        Some(AnyPermission::Application { namespace, name }) => match input.kind.as_str() {
            "" => Ok(namespace.clone()),
            kind if kind == namespace => Ok(namespace.clone()),
            _ => Err(FieldError::new(format!(
                "“{name}” is a permission in “{namespace}”, so it applies to resources there. Leave the type empty."
            ))),
        },
        Some(AnyPermission::Catalog(permission)) => match input.kind.as_str() {
            "" if input.to.is_empty() && input.resource_attributes.is_empty() => Ok(INSTANCE.to_owned()),
            "" => permission.info().resource_type.map(|kind| kind.slug().to_owned()).ok_or_else(|| {
                FieldError::new(
                    "This permission has no resource type of its own. Choose a type, or leave the resource empty.",
                )
            }),
            kind if kind == INSTANCE || ResourceType::from_name_or_slug(kind).is_some() => Ok(kind.to_owned()),
            _ => Err(FieldError::new(format!(
                "{} is one of Floorkey’s own permissions, which don’t apply to resources of applications.",
                text::permission(*permission)
            ))),
        },
        None if input.kind.is_empty() && input.to.is_empty() => Ok(INSTANCE.to_owned()),
        None if input.kind.is_empty() => Err(FieldError::new("Choose the type of the resource as well.")),
        None => Ok(input.kind.clone()),
    }
}

/// Finds the resource of the given type that the form refers to.
///
/// # Errors
/// Returns an error if no such resource exists, or if the name is ambiguous.
pub(super) fn resolve(
    viewer: &CurrentUser,
    input: &FormInput,
    kind: String,
    page: &str,
    fields: &Fields,
) -> Result<ResourceInput, FieldError> {
    if kind == INSTANCE {
        return match input.to.is_empty() && input.resource_attributes.is_empty() {
            true => Ok(ResourceInput::instance(viewer)),
            false => Err(FieldError::new("Choose a resource type to enter a name or properties.")),
        };
    }
    let id = input.to.clone();
    let is_described = !input.resource_attributes.is_empty();
    let Some(built_in) = ResourceType::from_name_or_slug(&kind) else {
        return Ok(application_resource(viewer, kind, id));
    };
    let described = |id: String| {
        let display_name =
            if id.is_empty() { format!("a {}", built_in.noun()) } else { format!("the {} {id}", built_in.noun()) };
        ResourceInput { kind: kind.clone(), id, display_name, is_described_only: true }
    };
    if !stored_types().any(|known| known == built_in) {
        return Ok(described(id));
    }
    if id.is_empty() {
        let name = || Err(FieldError::new(format!("Which {}? Give a name, or describe one below.", built_in.noun())));
        return if is_described { Ok(described(id)) } else { name() };
    }
    if built_in == ResourceType::User {
        return match user_input::resolve(viewer, &id, page, fields, "to") {
            Ok(user) => {
                let (id, display_name) = (user.username.clone(), text::user(&user));
                Ok(ResourceInput { kind, id, display_name, is_described_only: false })
            }
            Err(error) if error.choices.is_empty() && is_described => Ok(described(id)),
            Err(error) => Err(error),
        };
    }
    let resources = stored_resources(viewer, built_in);
    let wanted = folded(&id);
    let matches_last_part = |name: &str| folded(name.rsplit(" / ").next().unwrap_or(name)) == wanted;
    let tail = id.rsplit('/').next().unwrap_or_default();
    let exact: Vec<_> = resources
        .iter()
        .filter(|(known, name)| known == tail || folded(name) == wanted || matches_last_part(name))
        .collect();
    if let [(known, name)] = exact.as_slice() {
        let display_name = format!("the {} {name}", built_in.noun());
        return Ok(ResourceInput { kind, id: known.clone(), display_name, is_described_only: false });
    }
    let matches: Vec<_> = match exact.is_empty() {
        true => resources.iter().filter(|(_, name)| folded(name).contains(&wanted)).take(CHOICES_MAX).collect(),
        false => exact.into_iter().take(CHOICES_MAX).collect(),
    };
    match matches.is_empty() {
        true if is_described => Ok(described(id)),
        true => Err(FieldError::new(format!("No {} that you can see is named “{id}”.", built_in.noun()))),
        false => {
            let choices = matches.into_iter().map(|(_, name)| (name.clone(), name.clone()));
            let text = format!("Which {} named like “{id}”?", built_in.noun());
            Err(FieldError::ambiguous(text, page, fields, "to", choices))
        }
    }
}

/// Creates the input for an application's resource. The resource does not need to be registered.
fn application_resource(viewer: &CurrentUser, kind: String, id: String) -> ResourceInput {
    let known = viewer.directory.application_resource(&kind, &id).is_some();
    let application = viewer.directory.application(&kind).map(|application| application.name.clone());
    let name = application.filter(|name| !name.is_empty()).unwrap_or_else(|| kind.clone());
    let display_name = if id.is_empty() { format!("a resource of {name}") } else { format!("{id} of {name}") };
    ResourceInput { kind, id, display_name, is_described_only: !known }
}

/// Returns the IDs and names of the stored resources of the given type that the viewer can see. Does not support users.
pub(super) fn stored_resources(viewer: &CurrentUser, stored_type: ResourceType) -> Vec<(String, String)> {
    let directory = &viewer.directory;
    match stored_type {
        ResourceType::User => Vec::new(),
        ResourceType::SecurityProfile => {
            let visible = directory.profiles().filter(|profile| can_see_name(viewer, &Target::Profile(profile.id)));
            visible.map(|profile| (SecurityProfileId::to_string(&profile.id), profile.name.clone())).collect()
        }
        ResourceType::HierarchyGroup => {
            let visible = directory.groups().filter(|group| can_see_name(viewer, &Target::Group(group.id)));
            let path = |id| text::group(&viewer.visibility(), id);
            visible.map(|group| (HierarchyGroupId::to_string(&group.id), path(group.id))).collect()
        }
        stored_type => {
            let pair =
                |resource: &std::sync::Arc<Resource>| (ResourceId::to_string(&resource.id), resource.name.clone());
            let visible = directory
                .resources(stored_type)
                .filter(|resource| can_see_name(viewer, &Target::Resource(resource.id)));
            visible.map(pair).collect()
        }
    }
}

/// Whether the viewer can see a search result.
pub(super) fn is_visible(viewer: &CurrentUser, found: &floorkey::search::FoundResource<'_>) -> bool {
    use floorkey::search::FoundResource;
    match found {
        FoundResource::User(user) => can_see_user(viewer, user.id),
        FoundResource::Instance
        | FoundResource::Application(_)
        | FoundResource::Profile(_)
        | FoundResource::Group(_)
        | FoundResource::Resource(_) => can_see_name(viewer, &found.target()),
    }
}
