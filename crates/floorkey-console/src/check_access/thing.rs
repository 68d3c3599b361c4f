//! Resolves the resource: a stored one by its name or id, one of an application by its id, or one that is only
//! described by attributes.

use floorkey::text::folded;
use floorkey::{AnyPermission, HierarchyGroupId, Resource, ResourceId, ResourceType, SecurityProfileId, Target};

use super::person::{person, words_of};
use super::typed::{Slip, Typed};
use super::{sees, sees_user};
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::text;

/// The type that stands for the instance as a whole.
pub(super) const INSTANCE: &str = "instance";

/// The maximum number of choices for an ambiguous name.
const OFFERED: usize = 8;

/// A resource, or the instance, as named in a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Thing {
    /// `user`, `queue`, `instance`, or the namespace of an application.
    pub(super) kind: String,
    pub(super) id: String,
    /// Its name in sentences: `Tom Okafor`, `the queue Billing`. Empty for the instance.
    pub(super) words: String,
    /// Whether the attributes in the question are all that is known about it.
    pub(super) described: bool,
}

impl Thing {
    pub(super) fn instance(viewer: &CurrentUser) -> Self {
        let id = viewer.instance().to_string();
        Self { kind: INSTANCE.to_owned(), id, words: String::new(), described: false }
    }
}

/// The types whose resources Floorkey stores, with their nouns.
pub(super) const STORED: [(ResourceType, &str); 7] = [
    (ResourceType::User, "user"),
    (ResourceType::SecurityProfile, "security profile"),
    (ResourceType::Queue, "queue"),
    (ResourceType::RoutingProfile, "routing profile"),
    (ResourceType::HoursOfOperation, "hours of operation"),
    (ResourceType::AgentStatus, "agent status"),
    (ResourceType::HierarchyGroup, "hierarchy group"),
];

/// The noun for a resource type.
pub(super) fn noun(kind: ResourceType) -> String {
    let stored = STORED.iter().find(|(known, _)| *known == kind).map(|(_, noun)| (*noun).to_owned());
    stored.unwrap_or_else(|| kind.arn_word().replace('-', " "))
}

/// The choices for the resource type: API name and text.
pub(super) fn kinds(viewer: &CurrentUser) -> Vec<(String, String)> {
    let upper = |text: String| text::sentence_case(&text);
    let rest = ResourceType::ALL.iter().filter(|kind| STORED.iter().all(|(known, _)| known != *kind));
    let types = STORED.iter().map(|(kind, _)| kind).chain(rest);
    let built_in = types.map(|kind| (kind.arn_word().to_owned(), upper(noun(*kind))));
    let shown = viewer.directory.applications().filter(|_| viewer.visibility().sees_applications());
    let applications = shown.map(|application| {
        let name = if application.name.is_empty() { &application.namespace } else { &application.name };
        (application.namespace.clone(), format!("Something of {name}"))
    });
    let first = [(String::new(), "What it is about".to_owned())];
    let instance = [(INSTANCE.to_owned(), "Nothing in particular".to_owned())];
    first.into_iter().chain(instance).chain(built_in).chain(applications).collect()
}

/// Returns the type if the viewer can ask about its resources. Applications, their resources and permissions are
/// visible only to viewers who can see all of them.
///
/// # Errors
/// The type is an application's, and the viewer cannot see applications.
pub(super) fn allowed(viewer: &CurrentUser, kind: String) -> Result<String, Slip> {
    let built_in = kind == INSTANCE || ResourceType::named(&kind).is_some();
    match built_in || viewer.visibility().sees_applications() {
        true => Ok(kind),
        false => {
            Err(Slip::new("Questions about applications are answered to those who can view all security profiles."))
        }
    }
}

/// Determines the API name of the resource type.
///
/// # Errors
/// The type is missing, or the permission does not apply to resources of the chosen type.
pub(super) fn kind(typed: &Typed, permission: Option<&AnyPermission>) -> Result<String, Slip> {
    match permission {
        Some(AnyPermission::Application { namespace, name }) => match typed.kind.as_str() {
            "" => Ok(namespace.clone()),
            kind if kind == namespace => Ok(namespace.clone()),
            _ => Err(Slip::new(format!(
                "“{name}” is a permission in “{namespace}”, so it is asked of things there: leave the type open."
            ))),
        },
        Some(AnyPermission::Catalogue(permission)) => match typed.kind.as_str() {
            "" if typed.to.is_empty() && typed.thing.is_empty() => Ok(INSTANCE.to_owned()),
            "" => permission.info().resource_type.map(|kind| kind.arn_word().to_owned()).ok_or_else(|| {
                Slip::new(
                    "This permission is about no type of thing of its own: choose the type, or leave the thing out.",
                )
            }),
            kind if kind == INSTANCE || ResourceType::named(kind).is_some() => Ok(kind.to_owned()),
            _ => Err(Slip::new(format!(
                "{} is one of Floorkey’s own permissions, which applications’ things are not asked about.",
                text::permission(*permission)
            ))),
        },
        None if typed.kind.is_empty() && typed.to.is_empty() => Ok(INSTANCE.to_owned()),
        None if typed.kind.is_empty() => Err(Slip::new("Choose the type of the thing as well.")),
        None => Ok(typed.kind.clone()),
    }
}

/// Finds the resource of that type.
///
/// # Errors
/// There is none, or the name is ambiguous.
pub(super) fn thing(
    viewer: &CurrentUser,
    typed: &Typed,
    kind: String,
    page: &str,
    fields: &Fields,
) -> Result<Thing, Slip> {
    if kind == INSTANCE {
        return match typed.to.is_empty() && typed.thing.is_empty() {
            true => Ok(Thing::instance(viewer)),
            false => Err(Slip::new("Nothing in particular has no name and no properties: choose a type of thing.")),
        };
    }
    let id = typed.to.clone();
    let is_described = !typed.thing.is_empty();
    let Some(of) = ResourceType::named(&kind) else {
        // Resources of applications need not be registered.
        let known = viewer.directory.application_resource(&kind, &id).is_some();
        let application = viewer.directory.application(&kind).map(|application| application.name.clone());
        let of = application.filter(|name| !name.is_empty()).unwrap_or_else(|| kind.clone());
        let words = if id.is_empty() { format!("a thing of {of}") } else { format!("{id} of {of}") };
        return Ok(Thing { kind, id, words, described: !known });
    };
    if !STORED.iter().any(|(known, _)| *known == of) {
        let words = if id.is_empty() { format!("a {}", noun(of)) } else { format!("the {} {id}", noun(of)) };
        return Ok(Thing { kind, id, words, described: true });
    }
    let described = |id: String| {
        let words = if id.is_empty() { format!("a {}", noun(of)) } else { format!("the {} {id}", noun(of)) };
        Thing { kind: kind.clone(), id, words, described: true }
    };
    if id.is_empty() {
        let name = || Err(Slip::new(format!("Which {}? Give a name, or describe one below.", noun(of))));
        return if is_described { Ok(described(id)) } else { name() };
    }
    if of == ResourceType::User {
        return match person(viewer, &id, page, fields, "to") {
            Ok(user) => Ok(Thing { kind, id: user.username.clone(), words: words_of(&user), described: false }),
            Err(slip) if slip.choices.is_empty() && is_described => Ok(described(id)),
            Err(slip) => Err(slip),
        };
    }
    let named = named(viewer, of);
    let wanted = folded(&id);
    let short = |name: &str| folded(name.rsplit(" / ").next().unwrap_or(name)) == wanted;
    let tail = id.rsplit('/').next().unwrap_or_default();
    let exact: Vec<_> =
        named.iter().filter(|(known, name)| known == tail || folded(name) == wanted || short(name)).collect();
    if let [(known, name)] = exact.as_slice() {
        let words = format!("the {} {name}", noun(of));
        return Ok(Thing { kind, id: known.clone(), words, described: false });
    }
    let like: Vec<_> = match exact.is_empty() {
        true => named.iter().filter(|(_, name)| folded(name).contains(&wanted)).take(OFFERED).collect(),
        false => exact.into_iter().take(OFFERED).collect(),
    };
    match like.is_empty() {
        true if is_described => Ok(described(id)),
        true => Err(Slip::new(format!("No {} in your sight is called “{id}”.", noun(of)))),
        false => {
            let choices = like.into_iter().map(|(_, name)| (name.clone(), name.clone()));
            Err(Slip::which(format!("Which {} called like “{id}”?", noun(of)), page, fields, "to", choices))
        }
    }
}

/// Returns id and name of the stored resources of a type that the viewer can see, except users.
pub(super) fn named(viewer: &CurrentUser, of: ResourceType) -> Vec<(String, String)> {
    let directory = &viewer.directory;
    match of {
        ResourceType::User => Vec::new(),
        ResourceType::SecurityProfile => {
            let seen = directory.profiles().filter(|profile| sees(viewer, &Target::Profile(profile.id)));
            seen.map(|profile| (SecurityProfileId::to_string(&profile.id), profile.name.clone())).collect()
        }
        ResourceType::HierarchyGroup => {
            let seen = directory.groups().filter(|group| sees(viewer, &Target::Group(group.id)));
            let path = |id| text::group(&viewer.visibility(), id);
            seen.map(|group| (HierarchyGroupId::to_string(&group.id), path(group.id))).collect()
        }
        of => {
            let pair =
                |resource: &std::sync::Arc<Resource>| (ResourceId::to_string(&resource.id), resource.name.clone());
            let seen = directory.resources(of).filter(|resource| sees(viewer, &Target::Resource(resource.id)));
            seen.map(pair).collect()
        }
    }
}

/// Whether the viewer can see a search result.
pub(super) fn is_seen(viewer: &CurrentUser, found: &floorkey::search::Found<'_>) -> bool {
    use floorkey::search::Found;
    match found {
        Found::User(user) => sees_user(viewer, user.id),
        Found::Instance | Found::Application(_) | Found::Profile(_) | Found::Group(_) | Found::Resource(_) => {
            sees(viewer, &found.target())
        }
    }
}
