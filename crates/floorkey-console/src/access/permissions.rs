//! The viewer's own permissions, each with its reasons.

use askama::Template;
use axum::body::Body;
use floorkey::inherited;
use floorkey::review::summary::summary;
use floorkey::scope::{HierarchyScope, Scope};
use floorkey::{Action, Directory, Grant, Origin, Permission, PermissionSet, Request, Target, catalogue, granted_once};
use http::Response;

use super::super::layout::{Layout, page};
use super::super::viewer::Viewer;
use super::super::words;
use crate::routes::{Routes, get};

pub(super) fn routes() -> Routes {
    Routes::new().route("/connect/access", get(show))
}

#[derive(Template)]
#[template(path = "access/permissions.html")]
struct AccessPage {
    layout: Layout,
    profiles: Vec<Held>,
    groups: Vec<Group>,
    total: String,
    inherited: Vec<Listed>,
    limits: Vec<Limit>,
    applications: Vec<String>,
}

/// An assigned profile.
struct Held {
    name: String,
    description: String,
    /// What the profile allows, in one sentence.
    summary: String,
    until: Option<String>,
}

/// The permissions of one group.
struct Group {
    name: &'static str,
    count: String,
    rows: Vec<Row>,
}

/// A permission with every grant of it.
struct Row {
    name: String,
    about: &'static str,
    reasons: Vec<String>,
}

/// Inherited permissions: names that the viewer can see in lists without having the permission.
struct Listed {
    names: String,
    place: &'static str,
    because: String,
}

/// A restriction.
struct Limit {
    about: &'static str,
    profiles: String,
}

async fn show(viewer: Viewer) -> Response<Body> {
    let (directory, user, now) = (&viewer.directory, &viewer.user, viewer.now);
    let grants = directory.grants_at(user, now);
    let anywhere = grants.anywhere();
    let granted = granted_once(&anywhere);
    let held = user.assignments.iter().filter(|held| held.holds_at(now));
    let profiles = held.filter_map(|held| {
        let profile = directory.profile(held.profile)?;
        let until = held.until.map(words::moment);
        let (name, description) = (profile.name.clone(), profile.description.clone());
        let summary = directory.grants(held.profile).map(|grants| summary(grants).sentence()).unwrap_or_default();
        Some(Held { name, description, summary: format!("You {summary}."), until })
    });
    let mut profiles: Vec<_> = profiles.collect();
    profiles.sort_by_cached_key(|held| floorkey::text::folded(&held.name));
    let limits = grants.limits.iter().map(|limit| {
        let of = user.profiles_at(now).filter(|id| directory.grants(*id).is_some_and(|of| of.limits.contains(limit)));
        let names: Vec<_> = of.filter_map(|id| Some(directory.profile(id)?.name.clone())).collect();
        Limit { about: &limit.info().about, profiles: words::list(&names, 10) }
    });
    let applications = grants.applications_anywhere().into_iter().map(|pair| {
        let only = match grants.applications.contains(&pair) {
            true => Vec::new(),
            false => grants.application_scopes(&pair).filter_map(Scope::conditions_in_words).collect::<Vec<_>>(),
        };
        let only = if only.is_empty() { String::new() } else { format!(", only {}", only.join(", or ")) };
        format!("{}: {}{only}", pair.0, pair.1)
    });
    page(&AccessPage {
        layout: viewer.layout("My access"),
        profiles,
        groups: groups(&viewer, &granted),
        total: words::figure(granted.len()),
        inherited: listed(&anywhere),
        limits: limits.collect(),
        applications: applications.collect(),
    })
}

fn groups(viewer: &Viewer, anywhere: &PermissionSet) -> Vec<Group> {
    let in_group = |name: &'static str| {
        let of = anywhere.iter().filter(|permission| permission.info().group == name);
        let rows: Vec<Row> = of.map(|permission| row(viewer, permission)).collect();
        Group { name, count: words::figure(rows.len()), rows }
    };
    let all = catalogue().groups().into_iter().map(in_group);
    all.filter(|group| !group.rows.is_empty()).collect()
}

fn row(viewer: &Viewer, permission: Permission) -> Row {
    let action = Action::Permission(permission);
    let request = Request::new(viewer.user.id, action, Target::Instance, viewer.now);
    let grants = viewer.directory.explain(&request).grants;
    Row {
        name: words::permission(permission),
        about: &permission.info().about,
        reasons: grants.iter().map(|grant| reason(viewer, grant)).collect(),
    }
}

/// Describes a grant: `Agent`, `Agent, because Users: Edit requires it`, `Agent, for users in Lisbon and below`.
fn reason(viewer: &Viewer, grant: &Grant) -> String {
    let directory = &viewer.directory;
    let mut text = directory.profile(grant.profile).map(|profile| profile.name.clone()).unwrap_or_default();
    let names = |set: &PermissionSet| {
        let names: Vec<_> = set.iter().map(words::permission).collect();
        (words::list(&names, 3), names.len())
    };
    match &grant.origin {
        Origin::Chosen => {}
        Origin::RequiredBy(set) => {
            let (names, count) = names(set);
            let verb = if count == 1 { "requires" } else { "require" };
            text.push_str(&format!(", because {names} {verb} it"));
        }
        Origin::RequiredInApplication(names) => {
            let verb = if names.len() == 1 { "requires" } else { "require" };
            text.push_str(&format!(", because {} {verb} it", words::list(names, 3)));
        }
        Origin::SameAs(set) => text.push_str(&format!(", as another name for {}", names(set).0)),
    }
    if let Some(scope) = &grant.scope {
        text.push_str(&format!(", for {}", reach(directory, viewer, scope)));
    }
    text
}

fn reach(directory: &Directory, viewer: &Viewer, scope: &Scope) -> String {
    let mut parts = Vec::new();
    if !scope.tags.is_empty() {
        let tags: Vec<String> = scope.tags.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        parts.push(format!("what is tagged {}", tags.join(" and ")));
    }
    if let Some(hierarchy) = scope.hierarchy {
        let top = match hierarchy {
            HierarchyScope::Own => viewer.user.hierarchy_group,
            HierarchyScope::Group(group) => Some(group),
        };
        let path = top.map(|top| directory.group_path(top).iter().map(|group| group.name.clone()).collect::<Vec<_>>());
        parts.push(match path {
            Some(path) => format!("users in {} and below", path.join(" / ")),
            None => "nobody, as you stand in no group of the hierarchy".to_owned(),
        });
    }
    if parts.is_empty() {
        parts.push("everything".to_owned());
    }
    let conditions = scope.conditions_in_words().map(|conditions| format!(" {conditions}")).unwrap_or_default();
    format!("{}{conditions}", parts.join(", "))
}

fn listed(anywhere: &PermissionSet) -> Vec<Listed> {
    let sources = inherited::sources(anywhere).filter_map(|source| {
        let names: Vec<_> = source.lists.difference(anywhere).iter().map(|list| list.info().resource.clone()).collect();
        let because: Vec<_> = source.permissions.intersection(anywhere).iter().map(words::permission).collect();
        (!names.is_empty()).then(|| Listed {
            names: words::list(&names, 8),
            place: &source.place,
            because: words::list(&because, 3),
        })
    });
    sources.collect()
}
