//! A permission's page.

use askama::Template;
use axum::body::Body;
use axum::extract::Path;
use floorkey::catalog::Polarity;
use floorkey::review::risks::risks;
use floorkey::scope::Grants;
use floorkey::{Action, Permission, PermissionSet, ResourceType, catalog, with_requirements};
use http::{Response, StatusCode};

use super::filter::slug;
use super::relations::Relations;
use super::usage::{PermissionUsage, profiles};
use super::{LIST, Link, address, authorize};
use crate::profiles::risk::{self, RiskBadge};
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page, redirect_to};
use crate::web::page_error::PageError;
use crate::web::scan::scan;
use crate::web::text;

#[derive(Template)]
#[template(path = "permissions/show.html")]
struct PermissionPage {
    layout: Layout,
    title: String,
    name: &'static str,
    about: &'static str,
    group: &'static str,
    group_href: String,
    is_restriction: bool,
    badges: Vec<RiskBadge>,
    risk_sentences: Vec<String>,
    aliases: Vec<&'static str>,
    /// How a profile can limit the permission to a scope.
    scope_hint: Option<&'static str>,
    /// The newer permissions that replace this permission.
    replaced_by: Vec<Link>,
    /// The legacy permissions that this permission replaces.
    replaces: Vec<Link>,
    relations: Relations,
    operations: Vec<PermittedOperation>,
    usage: UsageSection,
}

/// A Floorkey operation that requires the permission.
struct PermittedOperation {
    name: &'static str,
    /// Additional requirements of the operation.
    condition: Option<String>,
}

/// The users and profiles with the permission, limited to what the viewer can see.
struct UsageSection {
    /// The number of users with the permission. `None` if the viewer cannot see all users.
    users: Option<String>,
    has_no_users: bool,
    /// The address of the list of users with the permission.
    list: Option<String>,
    profiles: Option<Vec<GrantingProfile>>,
    /// The default profiles that grant the permission unless they have been edited.
    defaults: Vec<&'static str>,
}

/// A profile that grants the permission.
struct GrantingProfile {
    name: String,
    href: String,
    /// The reason why the profile grants the permission, such as `chosen` or `required by Users: Edit`.
    why: String,
    is_scoped: bool,
    users: Option<String>,
}

pub(super) async fn show(viewer: CurrentUser, Path(name): Path<String>) -> Result<Response<Body>, PageError> {
    authorize(&viewer)?;
    let permission = Permission::parse(&name).map_err(|unknown| match unknown.suggestion() {
        Some(suggestion) => PageError::InvalidInput(
            StatusCode::NOT_FOUND,
            format!("There is no permission {}. It was probably {suggestion} that was meant.", unknown.name),
        ),
        None => PageError::NotFound("permission".to_owned()),
    })?;
    if permission.name() != name {
        return Ok(redirect_to(&address(permission)));
    }
    scan(&viewer, move |viewer| page(&build(viewer, permission))).await
}

fn build(viewer: &CurrentUser, permission: Permission) -> PermissionPage {
    let info = permission.info();
    let old =
        catalog().legacy().iter().filter(|(_, newer)| with_requirements(newer).permissions().contains(permission));
    PermissionPage {
        layout: viewer.layout(text::permission(permission)),
        title: text::permission(permission),
        name: &info.name,
        about: &info.description,
        group: &info.group,
        group_href: format!("{LIST}?group={}", slug(&info.group)),
        is_restriction: info.polarity == Polarity::Restriction,
        badges: risk::badges(permission),
        risk_sentences: risk_sentences(permission),
        aliases: info.aliases.iter().map(String::as_str).collect(),
        scope_hint: info.resource_type.filter(|_| info.polarity == Polarity::Grant).map(scope_hint),
        replaced_by: info.replacements.iter().map(Link::new).collect(),
        replaces: old.map(|(old, _)| Link::new(*old)).collect(),
        relations: Relations::new(permission),
        operations: permitted_operations(permission),
        usage: usage(viewer, permission),
    }
}

/// Returns the risks as full sentences, most severe first.
fn risk_sentences(permission: Permission) -> Vec<String> {
    let alone = PermissionSet::from_iter([permission]);
    let everywhere = if permission.info().is_legacy() { floorkey::effective(&alone) } else { alone };
    let findings = risks(&Grants { unscoped: everywhere, ..Grants::default() }, |_, noun| noun.to_owned());
    findings.into_iter().map(|finding| finding.sentence("Users with this permission")).collect()
}

/// Describes how a profile can limit permissions for a resource type.
const fn scope_hint(resource_type: ResourceType) -> &'static str {
    match resource_type {
        ResourceType::User => "to users with given tags, or in a part of the hierarchy",
        _ => "to resources with given tags",
    }
}

/// Returns the operations that require the permission.
fn permitted_operations(permission: Permission) -> Vec<PermittedOperation> {
    let display_names = |set: &PermissionSet| set.iter().map(text::permission).collect::<Vec<_>>();
    let permitted = |action: &Action| {
        let requirement = catalog().requirement(*action);
        let by_type = requirement.by_type.iter().find(|(_, set)| set.contains(permission));
        let mut parts = Vec::new();
        match (requirement.all_of.contains(permission), requirement.any_of.contains(permission), by_type) {
            (true, _, _) => {
                let mut rest = requirement.all_of;
                rest.remove(permission);
                if !rest.is_empty() {
                    parts.push(format!("together with {}", text::join_names(&display_names(&rest), 6)));
                }
                if !requirement.any_of.is_empty() {
                    parts.push(format!("with any of {}", text::join_names(&display_names(&requirement.any_of), 6)));
                }
            }
            (_, true, _) => {
                let mut rest = requirement.any_of;
                rest.remove(permission);
                if !requirement.all_of.is_empty() {
                    parts.push(format!("together with {}", text::join_names(&display_names(&requirement.all_of), 6)));
                }
                if !rest.is_empty() {
                    parts.push(format!("{} would do too", text::join_names(&display_names(&rest), 6)));
                }
            }
            (_, _, Some((of, _))) => parts.push(format!("where it is about a {}", split_words(of.as_str()))),
            _ => return None,
        }
        Some(PermittedOperation { name: action.name(), condition: (!parts.is_empty()).then(|| parts.join("; ")) })
    };
    Action::ALL.iter().filter_map(permitted).collect()
}

/// Splits a name into words: `routing profile` for `RoutingProfile`.
fn split_words(word: &str) -> String {
    let mut text = String::new();
    for char in word.chars() {
        if char.is_ascii_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.push(char.to_ascii_lowercase());
    }
    text
}

fn usage(viewer: &CurrentUser, permission: Permission) -> UsageSection {
    let usage_counts = PermissionUsage::for_viewer(viewer);
    let count = usage_counts.as_ref().map(|usage_counts| usage_counts.get(permission));
    let list = (viewer.sees_users() && viewer.sees_profiles() && count.is_none_or(|count| count.users > 0))
        .then(|| format!("/connect/users?permission={}", permission.name()));
    let by = |profile: &std::sync::Arc<floorkey::SecurityProfile>| {
        let why = profile.permissions.required_by(permission);
        let is_stored = profile.permissions.permissions().contains(permission);
        GrantingProfile {
            name: profile.name.clone(),
            href: format!("/connect/security-profiles/{}", profile.id),
            why: match (profile.selected.contains(permission), is_stored) {
                (true, _) => "selected".to_owned(),
                (false, true) => format!("required by {}", text::permissions(&why, 2)),
                (false, false) => "through another name".to_owned(),
            },
            is_scoped: viewer
                .directory
                .grants(profile.id)
                .is_some_and(|grants| grants.scoped.iter().any(|(_, set)| set.contains(permission))),
            users: usage_counts
                .as_ref()
                .map(|_| text::count_noun(viewer.directory.profile_user_count(profile.id), "user")),
        }
    };
    let defaults = catalog().default_profiles().iter();
    UsageSection {
        users: count.map(|count| text::count_noun(count.users, "user")),
        has_no_users: count.is_some_and(|count| count.users == 0),
        list,
        profiles: viewer.sees_profiles().then(|| profiles(viewer, permission).map(by).collect()),
        defaults: defaults
            .filter(|profile| with_requirements(&profile.permissions).permissions().contains(permission))
            .map(|profile| profile.name.as_str())
            .collect(),
    }
}
