//! The access tab: a user's profiles, effective permissions with their reasons, inherited permissions, restrictions and
//! permissions in applications.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::inherited;
use floorkey::review::summary::summary;
use floorkey::scope::{Grants, Scope};
use floorkey::user::Assignment;
use floorkey::{Action, Grant, Origin, Permission, PermissionSet, Refusal, Request, Target, User, catalogue};
use http::Response;

use super::super::fields::Query;
use super::super::layout::{Layout, page};
use super::super::problem::Problem;
use super::super::viewer::Viewer;
use super::super::words;
use super::found;
use super::head::{Head, Tab, head};
use super::timeline::{Timeline, timeline};
use super::why::{self, Answer};

/// Maximum number of permissions with which all groups start expanded.
const OPEN: usize = 30;

#[derive(Template)]
#[template(path = "user/access.html")]
struct AccessTab {
    layout: Layout,
    head: Head,
    profiles: Vec<HeldProfile>,
    /// The effective permissions, or why the viewer can't see them.
    effective: Result<Effective, String>,
    timeline: Option<Timeline>,
}

/// The effective permissions of a user, with their reasons.
struct Effective {
    /// The access of the user in one sentence.
    summary: String,
    groups: Vec<Group>,
    total: usize,
    open: bool,
    /// Legacy permission names in the user's profiles.
    older: Vec<&'static str>,
    inherited: Vec<InheritedRow>,
    limits: Vec<LimitRow>,
    applications: Vec<ApplicationRow>,
    answer: Option<Answer>,
    asked: String,
}

/// A profile assigned to the user.
struct HeldProfile {
    name: String,
    description: String,
    /// The link to the profile, if the viewer can see profiles.
    href: Option<String>,
    when: String,
    /// `now`, `later` or `over`.
    state: &'static str,
}

/// A permission group with the user's permissions in it.
struct Group {
    name: &'static str,
    rows: Vec<PermissionRow>,
}

/// A permission with the reasons why the user has it.
pub(super) struct PermissionRow {
    pub(super) name: String,
    pub(super) api: &'static str,
    pub(super) about: &'static str,
    pub(super) reasons: Vec<String>,
}

struct InheritedRow {
    what: String,
    because: String,
    place: &'static str,
}

/// A permission of an application.
struct ApplicationRow {
    name: String,
    namespace: String,
    /// The conditions of each grant of the permission; empty if it is granted unconditionally.
    only: Vec<String>,
}

struct LimitRow {
    name: String,
    about: &'static str,
    profiles: String,
}

pub(super) async fn show(
    viewer: Viewer,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response<Body>, Problem> {
    let user = found::user(&viewer, &id)?;
    let asked = query.text("can").unwrap_or_default();
    let page_of = AccessTab {
        layout: viewer.layout(user.display_name()),
        head: head(&viewer, &user, Tab::Access),
        profiles: profiles(&viewer, &user),
        effective: match viewer.visibility().effective_permissions(&user) {
            Ok(()) => Ok(Effective::of(&viewer, &user, asked)),
            Err(refusal) => Err(hidden(&refusal)),
        },
        timeline: timeline(&viewer, &user).await?,
    };
    Ok(page(&page_of))
}

/// Returns a sentence that explains why a user's effective permissions are hidden.
pub(super) fn hidden(refusal: &Refusal) -> String {
    match refusal {
        Refusal::OutOfScope { .. } => {
            "What this user can do is not shown: you can’t see all of the user’s security profiles.".to_owned()
        }
        _ => "What this user can do is shown to those who can view security profiles too.".to_owned(),
    }
}

impl Effective {
    fn of(viewer: &Viewer, user: &User, asked: &str) -> Self {
        let held = viewer.directory.grants_at(user, viewer.now);
        let anywhere = held.anywhere();
        let granted = floorkey::granted_once(&anywhere);
        let name = user.display_name();
        Self {
            summary: match user.enabled {
                true => format!("{name} {}.", summary(&held).sentence()),
                false => format!("{name} is disabled and can do nothing."),
            },
            total: granted.len(),
            open: granted.len() <= OPEN,
            groups: groups(viewer, user, &granted),
            older: older(viewer, user),
            inherited: inherited_rows(&anywhere),
            limits: limits(viewer, user, &held.limits),
            applications: applications(&held),
            answer: why::answer(viewer, user, asked),
            asked: asked.to_owned(),
        }
    }
}

/// Returns the legacy permission names in the user's active profiles.
fn older(viewer: &Viewer, user: &User) -> Vec<&'static str> {
    let profiles = user.profiles_at(viewer.now).filter_map(|id| viewer.directory.profile(id));
    let held = profiles.fold(PermissionSet::EMPTY, |all, profile| all.union(profile.permissions.permissions()));
    let old = catalogue().legacy().iter().map(|(old, _)| *old);
    old.filter(|old| held.contains(*old)).map(Permission::name).collect()
}

/// Returns all assigned profiles, current or not, sorted by name.
fn profiles(viewer: &Viewer, user: &User) -> Vec<HeldProfile> {
    let mut profiles: Vec<_> = user.assignments.iter().map(|held| profile(viewer, held)).collect();
    profiles.sort_by_cached_key(|held| floorkey::text::folded(&held.name));
    profiles
}

fn profile(viewer: &Viewer, held: &Assignment) -> HeldProfile {
    let visibility = viewer.visibility();
    let visible = visibility.profile(held.profile).shows_details();
    let described = viewer.directory.profile(held.profile).filter(|_| visible);
    let when = match (held.from, held.until) {
        (None, None) => String::new(),
        (Some(from), None) => format!("from {}", words::moment(from)),
        (None, Some(until)) => format!("until {}", words::moment(until)),
        (Some(from), Some(until)) => format!("from {} until {}", words::moment(from), words::moment(until)),
    };
    HeldProfile {
        name: visibility.profile_name(held.profile).unwrap_or(words::HIDDEN_PROFILE).to_owned(),
        description: described.map(|profile| profile.description.clone()).unwrap_or_default(),
        href: visible.then(|| format!("/connect/security-profiles/{}", held.profile)),
        when,
        state: match (held.holds_at(viewer.now), held.has_ended(viewer.now)) {
            (true, _) => "now",
            (_, true) => "over",
            _ => "later",
        },
    }
}

fn groups(viewer: &Viewer, user: &User, held: &PermissionSet) -> Vec<Group> {
    let group = |name: &&'static str| {
        let rows = held.iter().filter(|permission| permission.info().group == *name);
        Group { name, rows: rows.map(|permission| row(viewer, user, permission)).collect() }
    };
    catalogue().groups().iter().map(group).filter(|group| !group.rows.is_empty()).collect()
}

/// Returns a permission of the user with its reasons.
pub(super) fn row(viewer: &Viewer, user: &User, permission: Permission) -> PermissionRow {
    let action = Action::Permission(permission);
    let request = Request::new(user.id, action, Target::Instance, viewer.now);
    let grants = viewer.directory.explain(&request).grants;
    let mut reasons: Vec<String> = grants.iter().map(|grant| reason(viewer, user, grant)).collect();
    reasons.dedup();
    PermissionRow {
        name: words::permission(permission),
        api: permission.name(),
        about: &permission.info().about,
        reasons,
    }
}

/// Describes a grant of the permission: its profile, its origin and its scope.
fn reason(viewer: &Viewer, user: &User, grant: &Grant) -> String {
    let visibility = viewer.visibility();
    let profile = words::profile(&visibility, grant.profile);
    let listed = |set: &PermissionSet| {
        let names: Vec<String> = set.iter().map(words::permission).collect();
        words::list(&names, 2)
    };
    let how = match &grant.origin {
        Origin::Chosen => "chosen".to_owned(),
        Origin::RequiredBy(set) => format!("required by {}", listed(set)),
        Origin::RequiredInApplication(names) => format!("required by {}", words::list(names, 2)),
        Origin::SameAs(set) => format!("the same as {}", listed(set)),
    };
    let scope = grant.scope.as_ref().map(|scope| visibility.scope_text(user, scope));
    let scope = scope.map(|scope| format!("; only {scope}")).unwrap_or_default();
    format!("{profile}: {how}{scope}")
}

fn inherited_rows(held: &PermissionSet) -> Vec<InheritedRow> {
    let rows = inherited::sources(held).flat_map(|source| {
        let because: Vec<String> = source.permissions.intersection(held).iter().map(words::permission).collect();
        let because = words::list(&because, 3);
        let lists: Vec<_> = source.lists.difference(held).iter().collect();
        lists.into_iter().map(move |view| InheritedRow {
            what: view.info().resource.clone(),
            because: because.clone(),
            place: &source.place,
        })
    });
    rows.collect()
}

fn applications(held: &Grants) -> Vec<ApplicationRow> {
    let row = |pair: (String, String)| {
        let only = match held.applications.contains(&pair) {
            true => Vec::new(),
            false => held.application_scopes(&pair).filter_map(Scope::conditions_in_words).collect(),
        };
        ApplicationRow { name: pair.1, namespace: pair.0, only }
    };
    held.applications_anywhere().into_iter().map(row).collect()
}

fn limits(viewer: &Viewer, user: &User, limits: &PermissionSet) -> Vec<LimitRow> {
    let row = |limit: Permission| {
        let has = |id: &floorkey::SecurityProfileId| {
            viewer.directory.grants(*id).is_some_and(|grants| grants.limits.contains(limit))
        };
        let held = user.profiles_at(viewer.now).filter(has);
        let held: Vec<String> = held.map(|id| words::profile(&viewer.visibility(), id)).collect();
        LimitRow { name: words::permission(limit), about: &limit.info().about, profiles: words::list(&held, 3) }
    };
    limits.iter().map(row).collect()
}
