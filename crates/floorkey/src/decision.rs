//! Decisions: whether a user can perform an action on a target at a given time.
//!
//! [`Directory::decide`] never fails: for an unknown user, permission or target, it returns a denial with a reason.
//! [`Directory::explain`] also returns the grants that a decision is based on.

mod explain;
mod request;
mod scopes;
mod unmet;

use std::hint::select_unpredictable;

use crate::catalog::{Permission, catalog};
use crate::directory::{Directory, UserGrants};
use crate::permission_set::PermissionSet;
use crate::revision::Revision;
use crate::scope::{Grants, listing_scope};
use crate::time::Timestamp;
use crate::user::User;

pub(crate) use scopes::id_in;

pub use explain::{Explanation, Grant, Origin};
pub use request::{
    Grantee, Request, RequestAttributes, RequestedAction, ResourceAttributes, ResourceView, SuppliedAttributes, Target,
};
pub use unmet::{ComparedValue, ScopeRequirement, Unmet};

/// The result of a decision and its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The reason for the decision. It determines whether the request is allowed.
    pub reason: Reason,
    /// The revision at which the request was decided.
    pub revision: Revision,
}

impl Decision {
    /// Whether the request is allowed.
    #[inline]
    #[must_use]
    pub const fn allowed(&self) -> bool {
        matches!(self.reason, Reason::Granted | Reason::GrantedInScope)
    }
}

/// The reason for a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Allowed: a profile grants the permission without a scope.
    Granted,
    /// Allowed: a profile grants the permission within a scope that includes the target.
    GrantedInScope,
    /// Denied: no profile grants the permission.
    NotGranted,
    /// Denied: profiles grant the permission only within scopes that exclude the target, or only under conditions that
    /// are not met.
    OutOfScope,
    /// Denied: the permission applies to resources of another type.
    WrongResourceType,
    /// Denied: the permission is a restriction, which only removes an ability.
    IsRestriction,
    /// Denied: the user is disabled.
    Disabled,
    /// Denied: the user does not exist.
    UnknownUser,
    /// Denied: the permission does not exist.
    UnknownPermission,
    /// Denied: the target does not exist.
    TargetNotFound,
    /// Denied: the application's namespace is not registered.
    NamespaceNotRegistered,
}

impl Reason {
    /// Returns the reason as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "a profile grants it",
            Self::GrantedInScope => "a profile grants it within a scope that includes this resource",
            Self::NotGranted => "no profile grants it",
            Self::OutOfScope => {
                "it is granted only within an access control scope or under conditions that are not met here"
            }
            Self::WrongResourceType => "the permission does not apply to resources of this type",
            Self::IsRestriction => "a restriction: it limits what a user can do and allows nothing",
            Self::Disabled => "the user is disabled",
            Self::UnknownUser => "there is no such user",
            Self::UnknownPermission => "there is no such permission",
            Self::TargetNotFound => "there is no such resource in this instance",
            Self::NamespaceNotRegistered => "the application's namespace is not registered",
        }
    }
}

impl Directory {
    /// Decides a request. If the user has no scoped grants and no time-limited assignments, the decision takes one
    /// lookup and one bit test.
    #[inline]
    #[must_use]
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        let reason = match request.action {
            RequestedAction::Permission(permission) => match self.has_unscoped(request.subject, permission) {
                // The most common case: the user has no scoped grants and no time-limited assignments. The reason is
                // selected without a branch, because the CPU would mispredict the branch about half of the time.
                Some(is_granted) if matches!(request.target, Target::Instance) => {
                    select_unpredictable(is_granted, Reason::Granted, self.denial_reason(permission))
                }
                _ => self.decide_slow(permission, *request),
            },
            RequestedAction::Application { namespace, permission } => {
                self.decide_application(namespace, permission, request)
            }
            RequestedAction::Unknown(_) => Reason::UnknownPermission,
        };
        Decision { reason, revision: self.revision() }
    }

    /// Decides a request for a permission of an application. The decision is based on the grants of each of the user's
    /// profiles.
    #[inline(never)]
    fn decide_application(&self, namespace: &str, permission: &str, request: &Request<'_>) -> Reason {
        let Some(user) = self.user(request.subject) else { return Reason::UnknownUser };
        match self.application(namespace) {
            None => return Reason::NamespaceNotRegistered,
            Some(application) if application.permission(permission).is_none() => return Reason::UnknownPermission,
            Some(_) if !user.enabled => return Reason::Disabled,
            Some(_) => {}
        }
        let pair = (namespace.to_owned(), permission.to_owned());
        let grants = || user.profiles_at(request.at).filter_map(|id| self.profile_entry(id)).map(|entry| &entry.grants);
        let everywhere = grants().any(|grants| grants.applications.contains(&pair));
        if !everywhere && grants().all(|grants| grants.application_scopes(&pair).next().is_none()) {
            return Reason::NotGranted;
        }
        let Some(resource) = self.resource_view(request) else { return Reason::TargetNotFound };
        if everywhere {
            return Reason::Granted;
        }
        let grantee = Grantee { user, given: request.attributes };
        let mut scopes = grants().flat_map(|grants| grants.application_scopes(&pair));
        match scopes.any(|scope| self.in_scope(scope, grantee, resource)) {
            true => Reason::GrantedInScope,
            false => Reason::OutOfScope,
        }
    }

    /// Returns why a permission is denied to a user who has no scoped grants and no time-limited assignments.
    #[inline]
    fn denial_reason(&self, permission: Permission) -> Reason {
        if self.is_restriction(permission) { Reason::IsRestriction } else { Reason::NotGranted }
    }

    /// Decides a request for which the fast path is not possible. The request is passed by value, because a reference
    /// would force the fast path to write the request to memory.
    #[inline(never)]
    fn decide_slow(&self, permission: Permission, request: Request<'_>) -> Reason {
        let reason = self.evaluate_scopes(permission, request);
        let (Reason::Granted | Reason::GrantedInScope | Reason::OutOfScope) = reason else { return reason };
        match self.check_resource_type(permission, &request.target) {
            Err(Reason::WrongResourceType) => Reason::WrongResourceType,
            _ => reason,
        }
    }

    /// Decides whether the user has the permission for the target, without checking the target's resource type. An
    /// operation can require permissions that apply to other resource types.
    pub(crate) fn evaluate_scopes(&self, permission: Permission, request: Request<'_>) -> Reason {
        let Some(UserGrants { everywhere, has_other_grants, is_disabled }) = self.user_grants(request.subject) else {
            return Reason::UnknownUser;
        };
        let everywhere = everywhere.contains(permission);
        if self.is_restriction(permission) {
            return Reason::IsRestriction;
        }
        if is_disabled {
            return Reason::Disabled;
        }
        if !everywhere && !has_other_grants {
            return Reason::NotGranted;
        }
        let user = if everywhere { None } else { self.user(request.subject) };
        let grants = user.map(|user| self.grants_at(user, request.at)).unwrap_or_default();
        let everywhere = everywhere || grants.unscoped.contains(permission);
        let mut within = grants.scoped.iter().filter(|(_, set)| set.contains(permission)).peekable();
        // The grants are checked before the target is looked up, so that a user without the permission cannot find out
        // which targets exist.
        if !everywhere && within.peek().is_none() {
            return Reason::NotGranted;
        }
        let Some(resource) = self.resource_view(&request) else { return Reason::TargetNotFound };
        if everywhere {
            return Reason::Granted;
        }
        let grantee = user.map(|user| Grantee { user, given: request.attributes });
        match grantee {
            Some(grantee) if within.any(|(scope, _)| self.in_scope(scope, grantee, resource)) => Reason::GrantedInScope,
            _ => Reason::OutOfScope,
        }
    }

    /// Returns everything that the user's profiles grant at the given time; nothing for a disabled user.
    #[must_use]
    pub fn grants_at(&self, user: &User, at: Timestamp) -> Grants {
        let mut all = Grants::default();
        if user.enabled {
            for entry in user.profiles_at(at).filter_map(|id| self.profile_entry(id)) {
                all.add(&entry.grants);
            }
        }
        all
    }

    /// Whether the user has at least one of the permissions at the given time, with or without a scope. Restrictions are
    /// never found, and neither is any permission of a disabled user.
    #[must_use]
    pub fn has_any_permission(&self, user: &User, permissions: &PermissionSet, at: Timestamp) -> bool {
        let Some(indexed) = self.user_grants(user.id).filter(|indexed| !indexed.is_disabled) else { return false };
        let includes = |granted: &PermissionSet| !granted.intersection(permissions).is_empty();
        if includes(indexed.everywhere) || !indexed.has_other_grants {
            return includes(indexed.everywhere);
        }
        let mut entries = user.profiles_at(at).filter_map(|id| self.profile_entry(id));
        // Several profiles together can grant a legacy permission, so it is looked up in the combined grants.
        let has_legacy = || catalog().legacy().iter().any(|(legacy, _)| permissions.contains(*legacy));
        entries.any(|entry| includes(&entry.grants.all_permissions()))
            || (has_legacy() && includes(&self.grants_at(user, at).all_permissions()))
    }

    /// Whether the user can see the resource in lists through an inherited permission. `view` is the `View` permission
    /// for the resource's type.
    ///
    /// Users can see the resources of a type in lists if one of their profiles contains a permission that inherits the
    /// list of this type. Only resources in that profile's scope for the type are visible.
    #[must_use]
    pub fn inherits_view<'a>(
        &self,
        user: &'a User,
        view: Permission,
        resource: impl Into<ResourceView<'a>>,
        at: Timestamp,
    ) -> bool {
        let resource = resource.into();
        user.enabled
            && user.profiles_at(at).filter_map(|id| self.profile_entry(id)).any(|entry| {
                let permissions = entry.grants.all_permissions();
                let is_listed = crate::inherited::inherited_views(&permissions).contains(view);
                is_listed
                    && resource
                        .resource
                        .resource_type
                        .and_then(|listed| listing_scope(&entry.profile, listed))
                        .is_none_or(|scope| self.in_scope(&scope, user, resource))
            })
    }
}
