//! Permissions and resources that a search finds. All matches are found first. Reasons are then determined only for the
//! rows on the current page.

use std::ops::Range;

use floorkey::search::{Candidates, FoundResource};
use floorkey::{AnyPermission, Explanation, Reason, Request, RequestedAction, ResourceType, Target, User, UserId};

use super::action_input::PermissionLabel;
use super::question::{QueryKind, Question};
use super::reasons::GrantText;
use super::resource_input::{INSTANCE, is_visible};
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
    Permission {
        permission: AnyPermission,
        /// Whether the user has the permission only within a scope. Always false if the search is about a particular
        /// resource.
        is_limited: bool,
    },
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
    /// The text in the second column: a description or a type.
    pub(super) second_column: String,
    /// The ID of a resource, or the API name of a permission.
    pub(super) id: String,
    /// Whether the user has the permission only within a scope.
    pub(super) is_limited: bool,
    /// The grants whose scope includes the resource, one per line.
    pub(super) reasons: Vec<String>,
}

impl Results {
    /// Runs the search.
    ///
    /// # Errors
    /// Returns an error if the question can't be evaluated.
    pub(super) fn find(viewer: &CurrentUser, query_kind: QueryKind, question: &Question) -> Result<Self, PageError> {
        let Some(item) = question.first() else { return Ok(Self { found: Vec::new(), denied: None }) };
        let found = question.evaluate(viewer, item, |request| match query_kind {
            QueryKind::Resources => resources(viewer, &item.resource.kind, request),
            _ => permissions(viewer, question, request),
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
        let Some(item) = question.first().filter(|_| !found.is_empty()) else { return Ok(Vec::new()) };
        let rows = question.evaluate(viewer, item, |request| {
            found.iter().map(|found| found.row(viewer, question, request)).collect::<Vec<_>>()
        });
        rows.map_err(|_| PageError::bad_request("This question can’t be answered. Check the fields and try again."))
    }
}

impl Match {
    fn row(&self, viewer: &CurrentUser, question: &Question, request: &Request<'_>) -> ResultRow {
        let directory = &viewer.directory;
        match self {
            Self::Permission { permission, is_limited } => {
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
                ResultRow {
                    name: label.name,
                    href,
                    second_column: label.about,
                    id: label.api_name,
                    is_limited: *is_limited,
                    reasons: reasons.unwrap_or_default(),
                }
            }
            Self::Resource(resource) => {
                let kind = question.first().map_or("", |item| item.resource.kind.as_str());
                let target = match &resource.key {
                    ResourceKey::Instance => Target::Instance,
                    ResourceKey::User(id) => Target::User(*id),
                    ResourceKey::Profile(id) => Target::Profile(*id),
                    ResourceKey::Group(id) => Target::Group(*id),
                    ResourceKey::Resource(id) => Target::Resource(*id),
                    ResourceKey::Application(id) => Target::Application { namespace: kind, id },
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
                    is_limited: false,
                    reasons: reasons.unwrap_or_default(),
                }
            }
        }
    }
}

/// Describes the grants whose scope includes the resource. If there are none, describes all grants.
fn covering_grants(viewer: &CurrentUser, user: &User, explanation: &Explanation) -> Vec<String> {
    let applies = explanation.grants.iter().any(|grant| grant.covers_target);
    let covering = explanation.grants.iter().filter(|grant| grant.covers_target || !applies);
    // The target appears only in the text of unmet requirements, which a line does not contain.
    covering.map(|grant| GrantText::new(viewer, user, grant, &Target::Instance).line()).collect()
}

/// Finds the matching resources, ordered by name. Leaves out resources that the viewer cannot see.
fn resources(viewer: &CurrentUser, kind: &str, request: &Request<'_>) -> Vec<Match> {
    let directory = &viewer.directory;
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

/// Finds the matching permissions, in the order in which the catalog or the application lists them. If the question is
/// about no particular resource, includes permissions that the user has only within a scope.
fn permissions(viewer: &CurrentUser, question: &Question, request: &Request<'_>) -> Vec<Match> {
    let allowed = viewer.directory.search_actions(request);
    let (Some(user), Target::Instance) = (&question.user, request.target) else {
        return allowed.into_iter().map(|permission| Match::Permission { permission, is_limited: false }).collect();
    };
    let granted = viewer.directory.grants_at(user, request.at).all_permissions();
    let found = |permission: floorkey::Permission| {
        let permission = AnyPermission::Catalog(permission);
        let is_limited = !allowed.contains(&permission);
        Match::Permission { permission, is_limited }
    };
    granted.iter().map(found).collect()
}
