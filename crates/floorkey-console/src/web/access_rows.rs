//! The effective permissions of a user, with the reasons why the user has them. The page about a user and the page about
//! the viewer's own access show them.

use floorkey::inherited;
use floorkey::scope::{Grants, Scope};
use floorkey::{
    Permission, PermissionSet, Request, RequestedAction, SecurityProfileId, Target, User, catalog,
    countable_permissions,
};

use super::current_user::CurrentUser;
use super::{grant_text, text};

/// The effective permissions of a user.
pub(crate) struct EffectiveAccess {
    pub(crate) groups: Vec<AccessGroup>,
    /// The number of permissions that grant something.
    pub(crate) total: usize,
    pub(crate) inherited: Vec<InheritedRow>,
    pub(crate) restrictions: Vec<RestrictionRow>,
    pub(crate) applications: Vec<ApplicationPermissionRow>,
}

impl EffectiveAccess {
    /// Returns the effective permissions of a user. The viewer must be allowed to see them.
    pub(crate) fn new(viewer: &CurrentUser, user: &User, grants: &Grants) -> Self {
        let anywhere = grants.all_permissions();
        let granted = countable_permissions(&anywhere);
        Self {
            total: granted.len(),
            groups: groups(viewer, user, &granted),
            inherited: inherited_rows(&anywhere),
            restrictions: restrictions(viewer, user, &grants.restrictions),
            applications: applications(grants),
        }
    }
}

/// A permission group, with the user's permissions in the group.
pub(crate) struct AccessGroup {
    pub(crate) name: &'static str,
    pub(crate) rows: Vec<PermissionRow>,
}

/// A permission with the reasons why the user has it.
pub(crate) struct PermissionRow {
    pub(crate) name: String,
    pub(crate) api_name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) reasons: Vec<String>,
}

/// A resource type whose names the user sees in lists, without permission to view the resources.
pub(crate) struct InheritedRow {
    pub(crate) what: String,
    pub(crate) because: String,
    pub(crate) location: &'static str,
}

/// A permission of an application.
pub(crate) struct ApplicationPermissionRow {
    pub(crate) name: String,
    pub(crate) namespace: String,
    /// The conditions of the grants. Empty if at least one grant has no conditions.
    pub(crate) only: Vec<String>,
}

/// A restriction that applies to the user.
pub(crate) struct RestrictionRow {
    pub(crate) name: String,
    pub(crate) about: &'static str,
    pub(crate) profiles: String,
}

fn groups(viewer: &CurrentUser, user: &User, granted: &PermissionSet) -> Vec<AccessGroup> {
    let group = |name: &&'static str| {
        let rows = granted.iter().filter(|permission| permission.info().group == *name);
        AccessGroup { name, rows: rows.map(|permission| permission_row(viewer, user, permission)).collect() }
    };
    catalog().groups().iter().map(group).filter(|group| !group.rows.is_empty()).collect()
}

/// Returns a permission of the user, with the reasons why the user has it.
pub(crate) fn permission_row(viewer: &CurrentUser, user: &User, permission: Permission) -> PermissionRow {
    let action = RequestedAction::Permission(permission);
    let request = Request::new(user.id, action, Target::Instance, viewer.now);
    let grants = viewer.directory.explain(&request).grants;
    let mut reasons: Vec<String> = grants.iter().map(|grant| grant_text::line(viewer, user, grant)).collect();
    reasons.dedup();
    PermissionRow {
        name: text::permission(permission),
        api_name: permission.name(),
        about: &permission.info().description,
        reasons,
    }
}

fn inherited_rows(permissions: &PermissionSet) -> Vec<InheritedRow> {
    let rows = inherited::inheritance_rules(permissions).flat_map(|source| {
        let because = text::permissions(&source.permissions.intersection(permissions), 3);
        let lists: Vec<_> = source.views.difference(permissions).iter().collect();
        lists.into_iter().map(move |view| InheritedRow {
            what: view.info().resource.clone(),
            because: because.clone(),
            location: &source.shown_in,
        })
    });
    rows.collect()
}

fn applications(grants: &Grants) -> Vec<ApplicationPermissionRow> {
    let row = |pair: (String, String)| {
        let only = match grants.applications.contains(&pair) {
            true => Vec::new(),
            false => grants.application_scopes(&pair).filter_map(Scope::condition_labels).collect(),
        };
        ApplicationPermissionRow { name: pair.1, namespace: pair.0, only }
    };
    grants.all_applications().into_iter().map(row).collect()
}

fn restrictions(viewer: &CurrentUser, user: &User, restrictions: &PermissionSet) -> Vec<RestrictionRow> {
    let row = |restriction: Permission| {
        let has = |id: &SecurityProfileId| {
            viewer.directory.grants(*id).is_some_and(|grants| grants.restrictions.contains(restriction))
        };
        let profiles = user.profiles_at(viewer.now).filter(has);
        let profiles: Vec<String> = profiles.map(|id| text::profile(&viewer.visibility(), id)).collect();
        RestrictionRow {
            name: text::permission(restriction),
            about: &restriction.info().description,
            profiles: text::join_names(&profiles, 3),
        }
    };
    restrictions.iter().map(row).collect()
}
