//! Search results. All matches are found first. Reasons are then determined only for the rows on the current page.

use std::ops::Range;
use std::sync::Arc;

use floorkey::search::{Candidates, FoundResource};
use floorkey::{AnyPermission, Explanation, Reason, Request, RequestedAction, ResourceType, Target, User, UserId};

use super::permission_input::PermissionLabel;
use super::question::{QueryKind, Question};
use super::reasons::GrantText;
use super::resource_input::{INSTANCE, is_visible};
use super::{can_see_all_users, can_see_permissions};
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::text;
use floorkey_authzen::EvaluationError;

/// The matches of the search, in display order.
pub(super) struct Results {
    found: Vec<Match>,
    /// The reason for the denial, if the request was denied without a search.
    denied: Option<Reason>,
}

enum Match {
    User(Arc<User>),
    Permission(AnyPermission),
    Resource(ResourceMatch),
}

/// A resource that the search found. The data is owned, so it does not borrow from the directory.
#[derive(Clone)]
struct ResourceMatch {
    key: ResourceKey,
    name: String,
    kind: String,
    id: String,
    href: Option<String>,
}

#[derive(Clone)]
enum ResourceKey {
    Instance,
    User(UserId),
    Profile(floorkey::SecurityProfileId),
    Group(floorkey::HierarchyGroupId),
    Resource(floorkey::ResourceId),
    Application(String),
}

/// A row of the result table.
pub(super) struct ResultRow {
    pub(super) name: String,
    pub(super) href: Option<String>,
    /// The text in the second column: a login, a description, or a type.
    pub(super) second_column: String,
    /// The ID of a user or resource, or the API name of a permission.
    pub(super) id: String,
    /// The grants whose scope includes the resource, one per line.
    pub(super) reasons: Vec<String>,
}

impl Results {
    /// Runs the search.
    ///
    /// # Errors
    /// Returns an error if the question can't be evaluated.
    pub(super) fn find(viewer: &CurrentUser, query_kind: QueryKind, question: &Question) -> Result<Self, PageError> {
        let found = question.evaluate(viewer, |request| match query_kind {
            QueryKind::Who | QueryKind::Decision => users(viewer, request),
            QueryKind::What => permissions(viewer, request),
            QueryKind::Resources => resources(viewer, question, request),
        });
        match found {
            Ok(found) => Ok(Self { found, denied: None }),
            Err(EvaluationError::Denied(reason)) => Ok(Self { found: Vec::new(), denied: Some(reason) }),
            Err(EvaluationError::Invalid(problem)) => Err(PageError::bad_request(problem)),
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
    /// Returns an error if the question can't be evaluated.
    pub(super) fn rows(
        &self,
        viewer: &CurrentUser,
        question: &Question,
        range: Range<usize>,
    ) -> Result<Vec<ResultRow>, PageError> {
        let found = self.found.get(range).unwrap_or_default();
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let rows = question.evaluate(viewer, |request| {
            found.iter().map(|found| found.row(viewer, question, request)).collect::<Vec<_>>()
        });
        rows.map_err(|_| PageError::bad_request("This question can’t be answered. Check the fields and try again."))
    }
}

impl Match {
    fn row(&self, viewer: &CurrentUser, question: &Question, request: &Request<'_>) -> ResultRow {
        let directory = &viewer.directory;
        match self {
            Self::User(user) => ResultRow {
                name: user.display_name(),
                href: Some(format!("/connect/users/{}", user.id)),
                second_column: user.username.clone(),
                id: user.id.to_string(),
                reasons: covering_grants(viewer, user, &directory.explain(&Request { subject: user.id, ..*request })),
            },
            Self::Permission(permission) => {
                let label = PermissionLabel::new(viewer, permission);
                let (action, href) = match permission {
                    AnyPermission::Catalog(permission) => (
                        RequestedAction::Permission(*permission),
                        Some(format!("/connect/permissions/{}", permission.name())),
                    ),
                    AnyPermission::Application { namespace, name } => {
                        (RequestedAction::Application { namespace, permission: name }, None)
                    }
                };
                let reasons = question
                    .user
                    .as_ref()
                    .map(|user| covering_grants(viewer, user, &directory.explain(&Request { action, ..*request })));
                let reasons = reasons.unwrap_or_default();
                ResultRow { name: label.name, href, second_column: label.about, id: label.api_name, reasons }
            }
            Self::Resource(resource) => {
                let target = match &resource.key {
                    ResourceKey::Instance => Target::Instance,
                    ResourceKey::User(id) => Target::User(*id),
                    ResourceKey::Profile(id) => Target::Profile(*id),
                    ResourceKey::Group(id) => Target::Group(*id),
                    ResourceKey::Resource(id) => Target::Resource(*id),
                    ResourceKey::Application(id) => Target::Application { namespace: &question.resource.kind, id },
                };
                let reasons = question
                    .user
                    .as_ref()
                    .map(|user| covering_grants(viewer, user, &directory.explain(&Request { target, ..*request })));
                ResultRow {
                    name: resource.name.clone(),
                    href: resource.href.clone(),
                    second_column: resource.kind.clone(),
                    id: resource.id.clone(),
                    reasons: reasons.unwrap_or_default(),
                }
            }
        }
    }
}

/// Describes the grants whose scope includes the resource.
fn covering_grants(viewer: &CurrentUser, user: &User, explanation: &Explanation) -> Vec<String> {
    let covering = explanation.grants.iter().filter(|grant| grant.covers_target);
    // The target appears only in the text of unmet requirements. These grants have none, so any target can be passed.
    covering.map(|grant| GrantText::new(viewer, user, grant, &Target::Instance).line()).collect()
}

/// Finds the matching users, ordered by login name. Leaves out users whose permissions the viewer cannot see.
fn users(viewer: &CurrentUser, request: &Request<'_>) -> Vec<Match> {
    let directory = &viewer.directory;
    let can: std::collections::HashSet<_> = directory.search_subjects(request, None).collect();
    let sees_all_users = can_see_all_users(viewer);
    let is_match = |user: &&Arc<User>| {
        let position = directory.position(user.id);
        position.is_some_and(|position| can.contains(&position))
            && (sees_all_users || can_see_permissions(viewer, user))
    };
    directory.users_after(None).filter(is_match).cloned().map(Match::User).collect()
}

/// Finds the matching resources, ordered by name. Leaves out resources that the viewer cannot see.
fn resources(viewer: &CurrentUser, question: &Question, request: &Request<'_>) -> Vec<Match> {
    let directory = &viewer.directory;
    let kind = question.resource.kind.as_str();
    let among = match ResourceType::from_name_or_slug(kind) {
        _ if kind == INSTANCE => Candidates::Instance,
        Some(of) => Candidates::Type(of),
        None => Candidates::Application(kind),
    };
    let found = directory.search_resources(request, among, None).filter(|found| is_visible(viewer, found));
    let mut resources: Vec<ResourceMatch> = found.map(|found| resource_match(viewer, &found)).collect();
    resources.sort_by_cached_key(|resource| floorkey::text::folded(&resource.name));
    resources.into_iter().map(Match::Resource).collect()
}

fn resource_match(viewer: &CurrentUser, found: &FoundResource<'_>) -> ResourceMatch {
    let of = |kind: ResourceType| text::sentence_case(kind.noun());
    let id = found.id();
    let (key, name, kind, href) = match found {
        FoundResource::Instance => {
            (ResourceKey::Instance, "The whole instance".to_owned(), "Instance".to_owned(), None)
        }
        FoundResource::User(user) => {
            let href = format!("/connect/users/{}", user.id);
            (ResourceKey::User(user.id), text::user(user), of(ResourceType::User), Some(href))
        }
        FoundResource::Profile(profile) => {
            let href = format!("/connect/security-profiles/{}", profile.id);
            (ResourceKey::Profile(profile.id), profile.name.clone(), of(ResourceType::SecurityProfile), Some(href))
        }
        FoundResource::Group(group) => {
            let path = text::group(&viewer.visibility(), group.id);
            (ResourceKey::Group(group.id), path, of(ResourceType::HierarchyGroup), None)
        }
        FoundResource::Resource(resource) => {
            (ResourceKey::Resource(resource.id), resource.name.clone(), of(resource.resource_type()), None)
        }
        FoundResource::Application(resource) => {
            (ResourceKey::Application(resource.id.clone()), resource.id.clone(), resource.namespace.clone(), None)
        }
    };
    ResourceMatch { key, name, kind, id, href }
}

/// Finds the matching permissions, in the order in which the catalog or the application lists them.
fn permissions(viewer: &CurrentUser, request: &Request<'_>) -> Vec<Match> {
    viewer.directory.search_actions(request).into_iter().map(Match::Permission).collect()
}
