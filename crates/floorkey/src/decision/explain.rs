//! Explanations of decisions. An explanation lists every grant of the requested permission to the user.

use super::unmet::Unmet;
use super::{Decision, Grantee, Request, RequestedAction, ResourceView};
use crate::application::RegisteredApplication;
use crate::catalog::Permission;
use crate::closure::effective;
use crate::directory::Directory;
use crate::id::SecurityProfileId;
use crate::permission_set::PermissionSet;
use crate::profile::SecurityProfile;
use crate::scope::Scope;

/// One grant of a permission to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The profile that grants the permission.
    pub profile: SecurityProfileId,
    /// Why the profile grants the permission.
    pub origin: Origin,
    /// The scope of the grant; `None` if it applies to all resources.
    pub scope: Option<Scope>,
    /// Whether the scope includes the target of the request.
    pub covers_target: bool,
    /// The requirements of the scope that the target does not meet. Empty if the target does not exist.
    pub unmet: Vec<Unmet>,
}

/// Why a profile grants a permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The permission was selected in the profile.
    Selected,
    /// Other permissions of the profile require the permission. The variant contains these permissions.
    RequiredBy(PermissionSet),
    /// Other permissions of the profile in the same application require the permission. The variant contains their
    /// names.
    RequiredInApplication(Vec<String>),
    /// The profile grants the permission because it contains equivalent permissions: legacy names of the permission, or
    /// its replacements. The variant contains the equivalent permissions.
    EquivalentTo(PermissionSet),
}

/// A decision and the grants that it is based on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// The grants of the permission that are in effect at the time of the request. Includes grants that do not apply to
    /// the target.
    pub grants: Vec<Grant>,
}

impl Directory {
    /// Decides a request and returns the decision with the grants that it is based on.
    #[must_use]
    pub fn explain(&self, request: &Request<'_>) -> Explanation {
        self.explain_decision(request, self.decide(request))
    }

    /// Explains the decision of [`Directory::evaluate_scopes`].
    pub(crate) fn explain_scopes(&self, permission: Permission, request: &Request<'_>) -> Explanation {
        let decision = Decision { reason: self.evaluate_scopes(permission, *request), revision: self.revision() };
        self.explain_decision(request, decision)
    }

    fn explain_decision(&self, request: &Request<'_>, decision: Decision) -> Explanation {
        let Some(user) = self.user(request.subject).filter(|user| user.enabled) else {
            return Explanation { decision, grants: Vec::new() };
        };
        let grantee = Grantee { user, given: request.attributes };
        let resource = self.resource_view(request);
        let profiles = user.profiles_at(request.at);
        let grants = match request.action {
            RequestedAction::Unknown(_) => Vec::new(),
            RequestedAction::Application { namespace, permission } => match self.application(namespace) {
                Some(application) if application.permission(permission).is_some() => profiles
                    .flat_map(|id| self.application_grants_of(id, application, permission, grantee, resource.as_ref()))
                    .collect(),
                _ => Vec::new(),
            },
            RequestedAction::Permission(permission) => {
                let mut grants: Vec<Grant> =
                    profiles.flat_map(|id| self.grants_of(id, permission, grantee, resource.as_ref())).collect();
                if decision.allowed() && !grants.iter().any(|grant| grant.covers_target) {
                    // Several profiles together can grant a legacy permission if each of them grants some of its
                    // replacements.
                    grants.extend(user.profiles_at(request.at).filter_map(|id| self.legacy_part(id, permission)));
                }
                grants
            }
        };
        Explanation { decision, grants }
    }

    fn grants_of(
        &self,
        id: SecurityProfileId,
        permission: Permission,
        grantee: Grantee<'_>,
        resource: Option<&ResourceView<'_>>,
    ) -> Vec<Grant> {
        let Some(entry) = self.profile_entry(id) else { return Vec::new() };
        let grant = |scope: Option<&Scope>| Grant {
            profile: id,
            origin: origin(&entry.profile, permission),
            scope: scope.cloned(),
            covers_target: scope
                .is_none_or(|scope| resource.is_some_and(|resource| self.in_scope(scope, grantee, resource))),
            unmet: scope
                .zip(resource)
                .map(|(scope, resource)| self.unmet(scope, grantee, resource))
                .unwrap_or_default(),
        };
        let everywhere = entry.grants.unscoped.contains(permission).then(|| grant(None));
        let within = entry.grants.scoped.iter().filter(|(_, set)| set.contains(permission));
        everywhere.into_iter().chain(within.map(|(scope, _)| grant(Some(scope)))).collect()
    }

    fn application_grants_of(
        &self,
        id: SecurityProfileId,
        application: &RegisteredApplication,
        permission: &str,
        grantee: Grantee<'_>,
        resource: Option<&ResourceView<'_>>,
    ) -> Vec<Grant> {
        let Some(entry) = self.profile_entry(id) else { return Vec::new() };
        let pair = (application.namespace.clone(), permission.to_owned());
        let grant = |scope: Option<&Scope>| Grant {
            profile: id,
            origin: application_origin(&entry.profile, application, permission),
            scope: scope.cloned(),
            covers_target: scope
                .is_none_or(|scope| resource.is_some_and(|resource| self.in_scope(scope, grantee, resource))),
            unmet: scope
                .zip(resource)
                .map(|(scope, resource)| self.unmet(scope, grantee, resource))
                .unwrap_or_default(),
        };
        let everywhere = entry.grants.applications.contains(&pair).then(|| grant(None));
        everywhere.into_iter().chain(entry.grants.application_scopes(&pair).map(|scope| grant(Some(scope)))).collect()
    }

    /// Returns the grant for those replacements of a legacy permission that the profile grants without a scope; `None`
    /// if there are none. Only the user's profiles together grant all replacements.
    fn legacy_part(&self, id: SecurityProfileId, permission: Permission) -> Option<Grant> {
        let part = permission.info().replacements.intersection(&self.profile_entry(id)?.grants.unscoped);
        let origin = Origin::EquivalentTo(part);
        (!part.is_empty()).then_some(Grant { profile: id, origin, scope: None, covers_target: true, unmet: Vec::new() })
    }
}

fn application_origin(profile: &SecurityProfile, application: &RegisteredApplication, permission: &str) -> Origin {
    let applications = profile.applications.iter().filter(|granted| granted.namespace == application.namespace);
    let selected: Vec<&String> = applications.flat_map(|granted| &granted.permissions).collect();
    if selected.iter().any(|name| *name == permission) {
        return Origin::Selected;
    }
    let requires = |name: &&String| application.required_by(name).contains(permission);
    Origin::RequiredInApplication(selected.into_iter().filter(requires).cloned().collect())
}

fn origin(profile: &SecurityProfile, permission: Permission) -> Origin {
    if profile.selected.contains(permission) {
        return Origin::Selected;
    }
    let dependents = profile.permissions.required_by(permission);
    if !dependents.is_empty() {
        return Origin::RequiredBy(dependents);
    }
    let permissions = profile.permissions.permissions();
    let older = permissions.iter().filter(|old| effective(&old.info().replacements).contains(permission));
    Origin::EquivalentTo(older.chain(permission.info().replacements.intersection(permissions).iter()).collect())
}
