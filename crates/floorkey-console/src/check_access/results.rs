//! Search results: the matches first, and then the reasons for the rows of one page.

use std::ops::Range;
use std::sync::Arc;

use floorkey::search::{Among, Found};
use floorkey::{Action, AnyPermission, Explanation, Reason, Request, ResourceType, Target, User, UserId};

use super::meaning::Called;
use super::person::words_of;
use super::question::{Ask, Question};
use super::reasons::Held;
use super::thing::{INSTANCE, is_seen, noun};
use super::{sees_everybody, sees_permissions};
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::text;
use floorkey_authzen::Unasked;

/// The matches, in order.
pub(super) struct Results {
    found: Vec<Item>,
    /// The reason for an empty result, if the request was denied without a search.
    denied: Option<Reason>,
}

/// A match.
enum Item {
    User(Arc<User>),
    Permission(AnyPermission),
    Thing(Thing),
}

/// A resource, independent of the directory in which it was found.
#[derive(Clone)]
struct Thing {
    key: Key,
    name: String,
    kind: String,
    id: String,
    href: Option<String>,
}

#[derive(Clone)]
enum Key {
    Instance,
    User(UserId),
    Profile(floorkey::SecurityProfileId),
    Group(floorkey::HierarchyGroupId),
    Resource(floorkey::ResourceId),
    Application(String),
}

/// A row of the table.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) href: Option<String>,
    /// The second column: login, description or type.
    pub(super) beside: String,
    /// The id or API name.
    pub(super) id: String,
    /// The grants whose scope includes the resource, one per line.
    pub(super) reasons: Vec<String>,
}

impl Results {
    /// Runs the search.
    ///
    /// # Errors
    /// The question cannot be evaluated.
    pub(super) fn find(viewer: &CurrentUser, ask: Ask, question: &Question) -> Result<Self, PageError> {
        let found = question.put(viewer, |request| match ask {
            Ask::Who | Ask::Decision => users(viewer, request),
            Ask::What => permissions(viewer, request),
            Ask::OnWhat => things(viewer, question, request),
        });
        match found {
            Ok(found) => Ok(Self { found, denied: None }),
            Err(Unasked::Denied(reason)) => Ok(Self { found: Vec::new(), denied: Some(reason) }),
            Err(Unasked::Unreadable(problem)) => Err(PageError::bad_request(problem)),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    pub(super) const fn denied(&self) -> Option<Reason> {
        self.denied
    }

    /// Returns a range of the matches as rows.
    ///
    /// # Errors
    /// The question cannot be evaluated.
    pub(super) fn rows(
        &self,
        viewer: &CurrentUser,
        question: &Question,
        range: Range<usize>,
    ) -> Result<Vec<Row>, PageError> {
        let found = self.found.get(range).unwrap_or_default();
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let rows = question
            .put(viewer, |request| found.iter().map(|item| item.row(viewer, question, request)).collect::<Vec<_>>());
        rows.map_err(|_| PageError::bad_request("The question can’t be put."))
    }
}

impl Item {
    fn row(&self, viewer: &CurrentUser, question: &Question, request: &Request<'_>) -> Row {
        let directory = &viewer.directory;
        match self {
            Self::User(user) => Row {
                name: user.display_name(),
                href: Some(format!("/connect/users/{}", user.id)),
                beside: user.username.clone(),
                id: user.id.to_string(),
                reasons: lines(viewer, user, &directory.explain(&Request { subject: user.id, ..*request })),
            },
            Self::Permission(permission) => {
                let called = Called::of(viewer, permission);
                let (action, href) = match permission {
                    AnyPermission::Catalogue(permission) => {
                        (Action::Permission(*permission), Some(format!("/connect/permissions/{}", permission.name())))
                    }
                    AnyPermission::Application { namespace, name } => {
                        (Action::Application { namespace, permission: name }, None)
                    }
                };
                let reasons = question
                    .user
                    .as_ref()
                    .map(|user| lines(viewer, user, &directory.explain(&Request { action, ..*request })));
                let reasons = reasons.unwrap_or_default();
                Row { name: called.name, href, beside: called.about, id: called.api, reasons }
            }
            Self::Thing(thing) => {
                let target = match &thing.key {
                    Key::Instance => Target::Instance,
                    Key::User(id) => Target::User(*id),
                    Key::Profile(id) => Target::Profile(*id),
                    Key::Group(id) => Target::Group(*id),
                    Key::Resource(id) => Target::Resource(*id),
                    Key::Application(id) => Target::Application { namespace: &question.thing.kind, id },
                };
                let reasons = question
                    .user
                    .as_ref()
                    .map(|user| lines(viewer, user, &directory.explain(&Request { target, ..*request })));
                Row {
                    name: thing.name.clone(),
                    href: thing.href.clone(),
                    beside: thing.kind.clone(),
                    id: thing.id.clone(),
                    reasons: reasons.unwrap_or_default(),
                }
            }
        }
    }
}

/// Describes the grants whose scope includes the resource.
fn lines(viewer: &CurrentUser, user: &User, explanation: &Explanation) -> Vec<String> {
    let reaching = explanation.grants.iter().filter(|grant| grant.reaches);
    // The target only affects unmet requirements, which these grants do not have.
    reaching.map(|grant| Held::of(viewer, user, grant, &Target::Instance).line()).collect()
}

/// Finds the users, ordered by login, without those whose permissions the viewer cannot see.
fn users(viewer: &CurrentUser, request: &Request<'_>) -> Vec<Item> {
    let directory = &viewer.directory;
    let can: std::collections::HashSet<_> = directory.who_can(request, None).collect();
    let everybody = sees_everybody(viewer);
    let is_found = |user: &&Arc<User>| {
        let position = directory.position(user.id);
        position.is_some_and(|position| can.contains(&position)) && (everybody || sees_permissions(viewer, user))
    };
    directory.users_after(None).filter(is_found).cloned().map(Item::User).collect()
}

/// Finds the resources, ordered by name, without those that the viewer cannot see.
fn things(viewer: &CurrentUser, question: &Question, request: &Request<'_>) -> Vec<Item> {
    let directory = &viewer.directory;
    let kind = question.thing.kind.as_str();
    let among = match ResourceType::named(kind) {
        _ if kind == INSTANCE => Among::Instance,
        Some(of) => Among::Type(of),
        None => Among::Application(kind),
    };
    let found = directory.on_what(request, among, None).filter(|found| is_seen(viewer, found));
    let mut things: Vec<Thing> = found.map(|found| thing(viewer, &found)).collect();
    things.sort_by_cached_key(|thing| floorkey::text::folded(&thing.name));
    things.into_iter().map(Item::Thing).collect()
}

fn thing(viewer: &CurrentUser, found: &Found<'_>) -> Thing {
    let of = |kind: ResourceType| text::sentence_case(&noun(kind));
    let id = found.id();
    let (key, name, kind, href) = match found {
        Found::Instance => (Key::Instance, "The whole instance".to_owned(), "Instance".to_owned(), None),
        Found::User(user) => {
            let href = format!("/connect/users/{}", user.id);
            (Key::User(user.id), words_of(user), of(ResourceType::User), Some(href))
        }
        Found::Profile(profile) => {
            let href = format!("/connect/security-profiles/{}", profile.id);
            (Key::Profile(profile.id), profile.name.clone(), of(ResourceType::SecurityProfile), Some(href))
        }
        Found::Group(group) => {
            let path = text::group(&viewer.visibility(), group.id);
            (Key::Group(group.id), path, of(ResourceType::HierarchyGroup), None)
        }
        Found::Resource(resource) => {
            (Key::Resource(resource.id), resource.name.clone(), of(resource.resource_type()), None)
        }
        Found::Application(resource) => {
            (Key::Application(resource.id.clone()), resource.id.clone(), resource.namespace.clone(), None)
        }
    };
    Thing { key, name, kind, id, href }
}

/// Finds the permissions, in the order of the catalog or of the application.
fn permissions(viewer: &CurrentUser, request: &Request<'_>) -> Vec<Item> {
    viewer.directory.what_can(request).into_iter().map(Item::Permission).collect()
}
