//! Lists the viewer's own permissions, and explains why the viewer has each permission.

use askama::Template;
use axum::body::Body;
use floorkey::inherited;
use floorkey::review::summary::summary;
use floorkey::scope::{HierarchyScope, Scope};
use floorkey::{
    Directory, Grant, Origin, Permission, PermissionSet, Request, RequestedAction, SecurityProfileId, Target, catalog,
    countable_permissions,
};
use http::Response;

use crate::web::current_user::CurrentUser;
use crate::web::grant_text;
use crate::web::layout::{Layout, page};
use crate::web::routes::{Routes, get};
use crate::web::text;

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/access", get(show))
}

#[derive(Template)]
#[template(path = "access/permissions.html")]
struct AccessPage {
    layout: Layout,
    profiles: Vec<OwnProfile>,
    groups: Vec<OwnPermissionGroup>,
    total: String,
    inherited: Vec<InheritedNames>,
    restrictions: Vec<Restriction>,
    applications: Vec<String>,
}

/// A profile that is assigned to the viewer.
struct OwnProfile {
    name: String,
    description: String,
    /// A sentence that summarizes what the profile allows.
    summary: String,
    until: Option<String>,
}

/// The viewer's permissions in one permission group.
struct OwnPermissionGroup {
    name: &'static str,
    count: String,
    rows: Vec<OwnPermissionRow>,
}

/// One of the viewer's permissions, and the reasons why the viewer has it.
struct OwnPermissionRow {
    name: String,
    about: &'static str,
    reasons: Vec<String>,
}

/// Resources whose names appear in lists that the viewer can see, although the viewer lacks permission to view the
/// resources themselves.
struct InheritedNames {
    names: String,
    location: &'static str,
    because: String,
}

struct Restriction {
    about: &'static str,
    profiles: String,
}

async fn show(viewer: CurrentUser) -> Response<Body> {
    let (directory, user, now) = (&viewer.directory, &viewer.user, viewer.now);
    let grants = directory.grants_at(user, now);
    let anywhere = grants.all_permissions();
    let granted = countable_permissions(&anywhere);
    let assignments = user.assignments.iter().filter(|assignment| assignment.is_active_at(now));
    let profiles = assignments.filter_map(|assignment| {
        let profile = directory.profile(assignment.profile)?;
        let until = assignment.until.map(text::utc_time);
        let (name, description) = (profile.name.clone(), profile.description.clone());
        let summary = directory.grants(assignment.profile).map(|grants| summary(grants).sentence()).unwrap_or_default();
        Some(OwnProfile { name, description, summary: format!("You {summary}."), until })
    });
    let mut profiles: Vec<_> = profiles.collect();
    profiles.sort_by_cached_key(|profile| floorkey::text::folded(&profile.name));
    let restrictions = grants.restrictions.iter().map(|restriction| {
        let has = |id: &SecurityProfileId| {
            directory.grants(*id).is_some_and(|grants| grants.restrictions.contains(restriction))
        };
        let names: Vec<_> =
            user.profiles_at(now).filter(has).filter_map(|id| Some(directory.profile(id)?.name.clone())).collect();
        Restriction { about: &restriction.info().description, profiles: text::join_names(&names, 10) }
    });
    let applications = grants.all_applications().into_iter().map(|pair| {
        let only = match grants.applications.contains(&pair) {
            true => Vec::new(),
            false => grants.application_scopes(&pair).filter_map(Scope::condition_labels).collect::<Vec<_>>(),
        };
        let only = if only.is_empty() { String::new() } else { format!(", only {}", only.join(", or ")) };
        format!("{}: {}{only}", pair.0, pair.1)
    });
    page(&AccessPage {
        layout: viewer.layout("My access"),
        profiles,
        groups: groups(&viewer, &granted),
        total: text::figure(granted.len()),
        inherited: inherited_names(&anywhere),
        restrictions: restrictions.collect(),
        applications: applications.collect(),
    })
}

fn groups(viewer: &CurrentUser, anywhere: &PermissionSet) -> Vec<OwnPermissionGroup> {
    let in_group = |name: &'static str| {
        let permissions = anywhere.iter().filter(|permission| permission.info().group == name);
        let rows: Vec<OwnPermissionRow> = permissions.map(|permission| row(viewer, permission)).collect();
        OwnPermissionGroup { name, count: text::figure(rows.len()), rows }
    };
    let all = catalog().groups().into_iter().map(in_group);
    all.filter(|group| !group.rows.is_empty()).collect()
}

fn row(viewer: &CurrentUser, permission: Permission) -> OwnPermissionRow {
    let action = RequestedAction::Permission(permission);
    let request = Request::new(viewer.user.id, action, Target::Instance, viewer.now);
    let grants = viewer.directory.explain(&request).grants;
    OwnPermissionRow {
        name: text::permission(permission),
        about: &permission.info().description,
        reasons: grants.iter().map(|grant| reason(viewer, grant)).collect(),
    }
}

/// Describes a grant, such as `Agent`, `Agent, required by Users: Edit`, or `Agent, for users in Lisbon and
/// below`.
fn reason(viewer: &CurrentUser, grant: &Grant) -> String {
    let directory = &viewer.directory;
    let mut text = directory.profile(grant.profile).map(|profile| profile.name.clone()).unwrap_or_default();
    if !matches!(grant.origin, Origin::Selected) {
        text.push_str(&format!(", {}", grant_text::origin(&grant.origin)));
    }
    if let Some(scope) = &grant.scope {
        text.push_str(&format!(", for {}", scope_text(directory, viewer, scope)));
    }
    text
}

fn scope_text(directory: &Directory, viewer: &CurrentUser, scope: &Scope) -> String {
    let mut parts = Vec::new();
    if !scope.tags.is_empty() {
        let tags: Vec<String> = scope.tags.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        parts.push(format!("resources with the tags {}", tags.join(" and ")));
    }
    if let Some(hierarchy) = scope.hierarchy {
        let top = match hierarchy {
            HierarchyScope::Own => viewer.user.hierarchy_group,
            HierarchyScope::Group(group) => Some(group),
        };
        let path = top.map(|top| directory.group_path(top).iter().map(|group| group.name.clone()).collect::<Vec<_>>());
        parts.push(match path {
            Some(path) => format!("users in {} and below", path.join(" / ")),
            None => "no users, because you are not in a hierarchy group".to_owned(),
        });
    }
    if parts.is_empty() {
        parts.push("all users and resources".to_owned());
    }
    let conditions = scope.condition_labels().map(|conditions| format!(" {conditions}")).unwrap_or_default();
    format!("{}{conditions}", parts.join(", "))
}

fn inherited_names(anywhere: &PermissionSet) -> Vec<InheritedNames> {
    let sources = inherited::inheritance_rules(anywhere).filter_map(|source| {
        let names: Vec<_> = source.views.difference(anywhere).iter().map(|list| list.info().resource.clone()).collect();
        (!names.is_empty()).then(|| InheritedNames {
            names: text::join_names(&names, 8),
            location: &source.shown_in,
            because: text::permissions(&source.permissions.intersection(anywhere), 3),
        })
    });
    sources.collect()
}
