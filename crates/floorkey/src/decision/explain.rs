//! Explanations of decisions: each grant that gives a user a permission.

use super::unmet::Unmet;
use super::{Action, Decision, Holder, Request, Seen};
use crate::application::RegisteredApplication;
use crate::catalogue::Permission;
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
    /// Why the profile has the permission.
    pub origin: Origin,
    /// The scope of the grant; `None` if it applies to all resources.
    pub scope: Option<Scope>,
    /// Whether the scope includes the target of the request.
    pub reaches: bool,
    /// The requirements of the scope that the target does not meet. Empty if the target does not exist.
    pub unmet: Vec<Unmet>,
}

/// Why a profile has a permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was selected.
    Chosen,
    /// These permissions of the profile require it.
    RequiredBy(PermissionSet),
    /// These permissions of the profile in the same application require it.
    RequiredInApplication(Vec<String>),
    /// It is equivalent to these permissions of the profile under their legacy or replacement names.
    SameAs(PermissionSet),
}

/// A decision with the grants behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// The grants of the permission that are in effect at the time of the request, including those that do not cover
    /// the target.
    pub grants: Vec<Grant>,
}

impl Directory {
    /// Decides a request and returns the grants behind the decision.
    #[must_use]
    pub fn explain(&self, request: &Request<'_>) -> Explanation {
        self.grounds(request, self.decide(request))
    }

    /// Like [`Directory::explain`], but for [`Directory::reach`].
    pub(crate) fn explain_reach(&self, permission: Permission, request: &Request<'_>) -> Explanation {
        let decision = Decision { reason: self.reach(permission, *request), revision: self.revision() };
        self.grounds(request, decision)
    }

    fn grounds(&self, request: &Request<'_>, decision: Decision) -> Explanation {
        let Some(user) = self.user(request.subject).filter(|user| user.enabled) else {
            return Explanation { decision, grants: Vec::new() };
        };
        let holder = Holder { user, given: request.given };
        let thing = self.seen(request);
        let profiles = user.profiles_at(request.at);
        let grants = match request.action {
            Action::Unknown(_) => Vec::new(),
            Action::Application { namespace, permission } => match self.application(namespace) {
                Some(application) if application.permission(permission).is_some() => profiles
                    .flat_map(|id| self.application_grants_of(id, application, permission, holder, thing.as_ref()))
                    .collect(),
                _ => Vec::new(),
            },
            Action::Permission(permission) => {
                let mut grants: Vec<Grant> =
                    profiles.flat_map(|id| self.grants_of(id, permission, holder, thing.as_ref())).collect();
                if decision.allowed() && !grants.iter().any(|grant| grant.reaches) {
                    // A legacy permission for which each profile grants only some of the replacements.
                    grants.extend(user.profiles_at(request.at).filter_map(|id| self.part_of(id, permission)));
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
        holder: Holder<'_>,
        thing: Option<&Seen<'_>>,
    ) -> Vec<Grant> {
        let Some(entry) = self.profile_entry(id) else { return Vec::new() };
        let grant = |scope: Option<&Scope>| Grant {
            profile: id,
            origin: origin(&entry.profile, permission),
            scope: scope.cloned(),
            reaches: scope.is_none_or(|scope| thing.is_some_and(|thing| self.in_scope(scope, holder, thing))),
            unmet: scope.zip(thing).map(|(scope, thing)| self.unmet(scope, holder, thing)).unwrap_or_default(),
        };
        let everywhere = entry.grants.everywhere.contains(permission).then(|| grant(None));
        let within = entry.grants.within.iter().filter(|(_, set)| set.contains(permission));
        everywhere.into_iter().chain(within.map(|(scope, _)| grant(Some(scope)))).collect()
    }

    fn application_grants_of(
        &self,
        id: SecurityProfileId,
        application: &RegisteredApplication,
        permission: &str,
        holder: Holder<'_>,
        thing: Option<&Seen<'_>>,
    ) -> Vec<Grant> {
        let Some(entry) = self.profile_entry(id) else { return Vec::new() };
        let pair = (application.namespace.clone(), permission.to_owned());
        let grant = |scope: Option<&Scope>| Grant {
            profile: id,
            origin: application_origin(&entry.profile, application, permission),
            scope: scope.cloned(),
            reaches: scope.is_none_or(|scope| thing.is_some_and(|thing| self.in_scope(scope, holder, thing))),
            unmet: scope.zip(thing).map(|(scope, thing)| self.unmet(scope, holder, thing)).unwrap_or_default(),
        };
        let everywhere = entry.grants.applications.contains(&pair).then(|| grant(None));
        everywhere.into_iter().chain(entry.grants.application_scopes(&pair).map(|scope| grant(Some(scope)))).collect()
    }

    /// Returns what the profile contributes to a legacy permission that the user has through several profiles together.
    fn part_of(&self, id: SecurityProfileId, permission: Permission) -> Option<Grant> {
        let part = permission.info().becomes.intersection(&self.profile_entry(id)?.grants.everywhere);
        let origin = Origin::SameAs(part);
        (!part.is_empty()).then_some(Grant { profile: id, origin, scope: None, reaches: true, unmet: Vec::new() })
    }
}

fn application_origin(profile: &SecurityProfile, application: &RegisteredApplication, permission: &str) -> Origin {
    let held = profile.applications.iter().filter(|held| held.namespace == application.namespace);
    let chosen: Vec<&String> = held.flat_map(|held| &held.permissions).collect();
    if chosen.iter().any(|name| *name == permission) {
        return Origin::Chosen;
    }
    let requires = |name: &&String| application.required_by(name).contains(permission);
    Origin::RequiredInApplication(chosen.into_iter().filter(requires).cloned().collect())
}

fn origin(profile: &SecurityProfile, permission: Permission) -> Origin {
    if profile.chosen.contains(permission) {
        return Origin::Chosen;
    }
    let why = profile.permissions.why(permission);
    if !why.is_empty() {
        return Origin::RequiredBy(why);
    }
    let held = profile.permissions.permissions();
    let older = held.iter().filter(|old| effective(&old.info().becomes).contains(permission));
    Origin::SameAs(older.chain(permission.info().becomes.intersection(held).iter()).collect())
}
