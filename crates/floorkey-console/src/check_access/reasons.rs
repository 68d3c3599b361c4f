//! Describes grants: the profile, the origin of the permission, and its scope.

use floorkey::condition::AttributeOwner;
use floorkey::scope::HierarchyScope;
use floorkey::{ComparedValue, Grant, Permission, PermissionSet, Reason, ScopeRequirement, Target, Unmet, User};

use crate::web::current_user::CurrentUser;
use crate::web::grant_text;
use crate::web::text;

/// A grant of a permission to a user.
#[derive(Clone)]
pub(super) struct GrantText {
    pub(super) profile: String,
    /// The address of the profile's page, if the viewer can open it.
    pub(super) href: Option<String>,
    /// The origin of the grant, such as `selected` or `required by Users: Edit`.
    pub(super) origin: String,
    /// The scope, worded to follow the word "only". `None` if the grant has no scope.
    pub(super) scope: Option<String>,
    /// Whether the scope includes the resource in question.
    pub(super) covers_resource: bool,
    /// The unmet requirements. Each is described in one or two sentences that include the known values.
    pub(super) unmet: Vec<String>,
}

impl GrantText {
    /// Describes a grant. `target` is the resource in question.
    pub(super) fn new(viewer: &CurrentUser, holder: &User, grant: &Grant, target: &Target<'_>) -> Self {
        let visibility = viewer.visibility();
        let can_open = visibility.profile(grant.profile).shows_details();
        Self {
            profile: profile(viewer, grant.profile),
            href: can_open.then(|| format!("/connect/security-profiles/{}", grant.profile)),
            origin: grant_text::origin(&grant.origin),
            scope: grant.scope.as_ref().map(|scope| visibility.scope_text(holder, scope)),
            covers_resource: grant.covers_target,
            unmet: grant.unmet.iter().map(|unmet| unmet_text(viewer, holder, unmet, target)).collect(),
        }
    }

    /// Returns the grant as a single line, such as `Team lead: selected; only in Lisbon, and below`.
    pub(super) fn line(&self) -> String {
        let scope = self.scope.as_ref().map(|scope| format!("; only {scope}")).unwrap_or_default();
        format!("{}: {}{scope}", self.profile, self.origin)
    }
}

/// Explains why scoped grants of a permission don't apply to the resource in question. The reason is access control, an
/// unmet condition, or both.
pub(super) fn limitation_reason(grants: &[Grant]) -> &'static str {
    let is_condition = |unmet: &Unmet| matches!(unmet.requirement, ScopeRequirement::Condition(_));
    let unmet = || grants.iter().flat_map(|grant| &grant.unmet);
    match (unmet().any(is_condition), unmet().any(|unmet| !is_condition(unmet))) {
        (true, false) => "it is granted only under a condition that is not met",
        (false, true) => "it is granted only within access control that does not cover this",
        _ => Reason::OutOfScope.as_str(),
    }
}

/// Describes an unmet requirement: `Required: its “team” is “red”. Known: its “team” is “blue”.`
fn unmet_text(viewer: &CurrentUser, holder: &User, unmet: &Unmet, target: &Target<'_>) -> String {
    let visibility = viewer.visibility();
    let below = |group| format!("it is in {} or below", text::group(&visibility, group));
    let required = match &unmet.requirement {
        ScopeRequirement::Tag { key, value } => format!("its “{key}” is “{value}”"),
        ScopeRequirement::Hierarchy(HierarchyScope::Own) => {
            "it is in the user's own hierarchy group or below".to_owned()
        }
        ScopeRequirement::Hierarchy(HierarchyScope::Group(group)) => below(*group),
        ScopeRequirement::Condition(condition) => condition.to_string(),
    };
    // Attributes belong to the details of a resource, so the viewer must be able to see these details.
    let is_visible = |of: AttributeOwner| match of {
        AttributeOwner::Action => true,
        AttributeOwner::Subject => visibility.user(holder.id).shows_details(),
        AttributeOwner::Resource => matches!(target, Target::Instance) || visibility.target(target).shows_details(),
    };
    let known = |known: &ComparedValue| match known {
        ComparedValue::Attribute { owner: of, name, value } => {
            let owner = match of {
                AttributeOwner::Subject => "the user's",
                AttributeOwner::Resource => "its",
                AttributeOwner::Action => "the action's",
            };
            match value {
                _ if !is_visible(*of) => format!("{owner} “{name}” is not shown to you"),
                Some(value) => format!("{owner} “{name}” is “{value}”"),
                None => format!("{owner} “{name}” is not known"),
            }
        }
        ComparedValue::Group { of, group } => {
            let subject = if *of == AttributeOwner::Subject { "the user" } else { "it" };
            match group {
                _ if !is_visible(*of) => format!("where {subject} is in the hierarchy is not shown to you"),
                Some(group) => format!("{subject} is in {}", text::group(&visibility, *group)),
                None => format!("{subject} is in no hierarchy group"),
            }
        }
    };
    let known: Vec<String> = unmet.known.iter().map(known).collect();
    format!("Required: {required}. Known: {}.", text::join_names(&known, known.len()))
}

/// Returns a profile's name, or a placeholder if the viewer cannot see the profile.
pub(super) fn profile(viewer: &CurrentUser, id: floorkey::SecurityProfileId) -> String {
    text::profile(&viewer.visibility(), id)
}

/// Returns the names of the permissions as text.
pub(super) fn permission_names(set: &PermissionSet) -> String {
    text::permissions(set, 3)
}

/// Describes the lists that show a resource's name to a user who lacks permission to view the resource.
pub(super) fn list_notes(permissions: &PermissionSet, view: Permission) -> Vec<String> {
    let sources = floorkey::inherited::inheritance_rules(permissions).filter(|source| source.views.contains(view));
    sources
        .map(|source| {
            let because = permission_names(&source.permissions.intersection(permissions));
            format!("Its name is still in their lists, in {}, because of {because}.", source.shown_in)
        })
        .collect()
}
