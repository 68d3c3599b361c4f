//! Finds security profiles, permissions, permission groups and resources.

use floorkey::catalog::Polarity;
use floorkey::text::folded;
use floorkey::{Permission, StoredResourceType, catalog};

use super::found::{Found, FoundGroup};
use crate::permissions;
use crate::profiles;
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::rank::rank;
use crate::web::text;

/// Returns the groups of records that the search finds. Without words, nothing is found, because every record matches.
pub(super) fn find(viewer: &CurrentUser, words: &[String]) -> Vec<FoundGroup> {
    if words.is_empty() {
        return Vec::new();
    }
    let mut groups = vec![found_profiles(viewer, words)];
    if viewer.is_administrative() {
        groups.extend([found_permissions(words), found_permission_groups(words)]);
    }
    groups.extend([found_hierarchy_groups(viewer, words), found_resources(viewer, words)]);
    groups
}

fn found_profiles(viewer: &CurrentUser, words: &[String]) -> FoundGroup {
    let visibility = viewer.visibility();
    let counts_users = visibility.sees_all_users();
    let seen = viewer.directory.profiles().filter(|_| viewer.sees_profiles());
    let found = seen.filter(|profile| visibility.profile(profile.id).shows_details()).filter_map(|profile| {
        let users = counts_users.then(|| {
            let users = viewer.directory.profile_user_count_at(profile.id, viewer.now);
            text::count_noun(users, "user")
        });
        let about = Some(profile.description.clone()).filter(|description| !description.is_empty());
        Some(Found {
            rank: rank(words, &[&profile.name], &[&profile.description])?,
            name: profile.name.clone(),
            about: users.into_iter().chain(about).collect::<Vec<_>>().join(" · "),
            href: profiles::address(profile.id),
            badge: "",
        })
    });
    FoundGroup::new("Security profiles", "shield", found)
}

fn found_permissions(words: &[String]) -> FoundGroup {
    let found = catalog().permissions().filter_map(|permission: Permission| {
        let info = permission.info();
        let name = text::permission(permission);
        let names: Vec<&str> =
            [name.as_str(), info.name.as_str()].into_iter().chain(info.aliases.iter().map(String::as_str)).collect();
        Some(Found {
            rank: rank(words, &names, &[&info.description, &info.group])?,
            about: info.description.clone(),
            href: permissions::address(permission),
            badge: match (info.is_legacy(), info.polarity) {
                (true, _) => "Legacy",
                (_, Polarity::Restriction) => "Restriction",
                _ => "",
            },
            name,
        })
    });
    FoundGroup::new("Permissions", "key-round", found)
}

fn found_permission_groups(words: &[String]) -> FoundGroup {
    let found = catalog().groups().into_iter().filter_map(|group| {
        let count = catalog().permissions().filter(|permission| permission.info().group == group).count();
        Some(Found {
            rank: rank(words, &[group], &[])?,
            name: group.to_owned(),
            about: text::count_noun(count, "permission"),
            href: permissions::group_address(group),
            badge: "",
        })
    });
    FoundGroup::new("Permission groups", "list-checks", found)
}

fn found_hierarchy_groups(viewer: &CurrentUser, words: &[String]) -> FoundGroup {
    let visibility = viewer.visibility();
    let seen = viewer.directory.groups().filter(|_| viewer.sees_users());
    let matching = seen.filter_map(|group| Some((rank(words, &[&group.name], &[])?, group)));
    let found = matching.filter(|(_, group)| visibility.group(group.id).shows_name()).map(|(rank, group)| Found {
        rank,
        name: group.name.clone(),
        about: visibility.group_path(group.id).unwrap_or_default(),
        href: format!("/connect/users?group={}", group.id),
        badge: "",
    });
    FoundGroup::new("Hierarchy groups", "list-tree", found)
}

/// Returns stored resources, such as queues, and registered applications. A routing profile leads to its users. Other
/// resources have no page of their own, and lead to the question of who can do what to them.
fn found_resources(viewer: &CurrentUser, words: &[String]) -> FoundGroup {
    let visibility = viewer.visibility();
    let can_ask = viewer.sees_users() && viewer.sees_profiles();
    let stored = StoredResourceType::ALL.iter().map(|stored| stored.resource_type());
    let resources = stored.flat_map(|kind| viewer.directory.resources(kind).map(move |resource| (kind, resource)));
    let resources = resources.filter_map(|(kind, resource)| {
        // Most resources don't match, and this comparison is cheaper than ranking.
        let name = folded(&resource.name);
        if !words.iter().all(|word| name.contains(word.as_str())) || !visibility.resource(resource.id).shows_name() {
            return None;
        }
        let href = match kind {
            floorkey::ResourceType::RoutingProfile if viewer.sees_users() => {
                format!("/connect/users?routing={}", resource.id)
            }
            _ if can_ask => {
                let query =
                    Fields::default().with("kind", Some(kind.slug())).with("to", Some(resource.name.as_str())).query();
                format!("/connect/check-access/who-can{query}")
            }
            _ => return None,
        };
        Some(Found {
            rank: rank(words, &[&resource.name], &[])?,
            name: resource.name.clone(),
            about: floorkey::text::capitalized(kind.noun()),
            href,
            badge: "",
        })
    });
    let applications = viewer.directory.applications().filter(|_| visibility.sees_applications());
    let applications = applications.filter_map(|application| {
        let names = [application.name.as_str(), application.namespace.as_str()];
        let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned();
        Some(Found {
            rank: rank(words, &names, &[&application.description])?,
            name,
            about: "Application".to_owned(),
            href: "/connect/applications".to_owned(),
            badge: "",
        })
    });
    FoundGroup::new("Resources", "building-2", resources.chain(applications))
}
