//! The access tab. It shows a user's profiles, inherited permissions, restrictions, and permissions in applications. It
//! also shows the user's effective permissions and explains why the user has them.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::review::summary::summary;
use floorkey::user::Assignment;
use floorkey::{Permission, PermissionSet, Refusal, User, catalog};
use http::Response;

use super::header::{Tab, UserHeader, user_header};
use super::lookup;
use super::timeline::{Timeline, timeline};
use super::why_denied::{self, SearchResult};
use crate::web::access_rows::EffectiveAccess;
use crate::web::current_user::CurrentUser;
use crate::web::form::Query;
use crate::web::layout::{Layout, page};
use crate::web::page_error::PageError;
use crate::web::text;

/// If the user has at most this many permissions, all groups start expanded.
const EXPANDED_MAX: usize = 30;

#[derive(Template)]
#[template(path = "user/access.html")]
struct AccessTab {
    layout: Layout,
    header: UserHeader,
    profiles: Vec<AssignedProfile>,
    /// The effective permissions, if the viewer can see them.
    effective: Option<Effective>,
    /// The reason why the viewer can't see the effective permissions. Empty if the viewer can see them.
    hidden_reason: String,
    timeline: Option<Timeline>,
}

/// The effective permissions of a user, with the reasons why the user has them.
struct Effective {
    /// A sentence that summarizes the user's access.
    summary: String,
    access: EffectiveAccess,
    is_expanded: bool,
    /// The legacy permission names in the user's profiles.
    legacy_names: Vec<&'static str>,
    result: Option<SearchResult>,
    query_text: String,
}

/// A profile assigned to the user.
struct AssignedProfile {
    name: String,
    description: String,
    /// The link to the profile, if the viewer can see profiles.
    href: Option<String>,
    dates: String,
    /// The state of the assignment: `now`, `later` or `over`.
    state: &'static str,
}

pub(super) async fn show(
    viewer: CurrentUser,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response<Body>, PageError> {
    let user = lookup::visible_user(&viewer, &id)?;
    let query_text = query.text("can").unwrap_or_default();
    let visible = viewer.visibility().check_effective_permissions(&user);
    let template = AccessTab {
        layout: viewer.layout(user.display_name()),
        header: user_header(&viewer, &user, Tab::Access),
        profiles: profiles(&viewer, &user),
        effective: visible.is_ok().then(|| Effective::from_user(&viewer, &user, query_text)),
        hidden_reason: visible.err().map(|refusal| hidden_reason(&refusal)).unwrap_or_default(),
        timeline: timeline(&viewer, &user).await?,
    };
    Ok(page(&template))
}

/// Returns a sentence that explains why a user's effective permissions are hidden.
pub(super) fn hidden_reason(refusal: &Refusal) -> String {
    match refusal {
        Refusal::OutOfScope { .. } => {
            "What this user can do is not shown: you can’t see all of the user’s security profiles.".to_owned()
        }
        _ => "What this user can do is shown to those who can view security profiles too.".to_owned(),
    }
}

impl Effective {
    fn from_user(viewer: &CurrentUser, user: &User, query_text: &str) -> Self {
        let grants = viewer.directory.grants_at(user, viewer.now);
        let access = EffectiveAccess::new(viewer, user, &grants);
        let name = user.display_name();
        Self {
            summary: match user.enabled {
                true => format!("{name} {}.", summary(&grants).sentence()),
                false => format!("{name} is disabled and can do nothing."),
            },
            is_expanded: access.total <= EXPANDED_MAX,
            access,
            legacy_names: legacy_names(viewer, user),
            result: why_denied::search(viewer, user, query_text),
            query_text: query_text.to_owned(),
        }
    }
}

/// Returns the legacy permission names in the user's active profiles.
fn legacy_names(viewer: &CurrentUser, user: &User) -> Vec<&'static str> {
    let profiles = user.profiles_at(viewer.now).filter_map(|id| viewer.directory.profile(id));
    let permissions = profiles.fold(PermissionSet::EMPTY, |all, profile| all.union(profile.permissions.permissions()));
    let old = catalog().legacy().iter().map(|(old, _)| *old);
    old.filter(|old| permissions.contains(*old)).map(Permission::name).collect()
}

/// Returns all assigned profiles, sorted by name. Includes past and future assignments.
fn profiles(viewer: &CurrentUser, user: &User) -> Vec<AssignedProfile> {
    let mut profiles: Vec<_> = user.assignments.iter().map(|assignment| profile(viewer, assignment)).collect();
    profiles.sort_by_cached_key(|profile| floorkey::text::folded(&profile.name));
    profiles
}

fn profile(viewer: &CurrentUser, assignment: &Assignment) -> AssignedProfile {
    let visibility = viewer.visibility();
    let visible = visibility.profile(assignment.profile).shows_details();
    let described = viewer.directory.profile(assignment.profile).filter(|_| visible);
    let dates = match (assignment.from, assignment.until) {
        (None, None) => String::new(),
        (Some(from), None) => format!("from {}", viewer.time(from)),
        (None, Some(until)) => format!("until {}", viewer.time(until)),
        (Some(from), Some(until)) => format!("from {} until {}", viewer.time(from), viewer.time(until)),
    };
    AssignedProfile {
        name: visibility.profile_name(assignment.profile).unwrap_or(text::HIDDEN_PROFILE).to_owned(),
        description: described.map(|profile| profile.description.clone()).unwrap_or_default(),
        href: visible.then(|| format!("/connect/security-profiles/{}", assignment.profile)),
        dates,
        state: match (assignment.is_active_at(viewer.now), assignment.has_ended(viewer.now)) {
            (true, _) => "now",
            (_, true) => "over",
            _ => "later",
        },
    }
}
