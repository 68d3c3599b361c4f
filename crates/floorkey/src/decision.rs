//! Decisions: may this user do this to that, now?
//!
//! [`Directory::decide`] is total: whatever is unknown is a denial with a reason, never an error.
//! [`Directory::explain`] says where an answer comes from.

mod explain;
mod reach;
mod request;
mod unmet;

use std::hint::select_unpredictable;

use crate::catalogue::Permission;
use crate::directory::{Directory, Held, Revision};
use crate::scope::{Grants, listing_scope};
use crate::time::Timestamp;
use crate::user::User;

pub(crate) use reach::id_in;

pub use explain::{Explanation, Grant, Origin};
pub use request::{Action, Given, Holder, Request, Said, Seen, Target, Thing};
pub use unmet::{Known, Requirement, Unmet};

/// An answer, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Why; it says whether it is a yes.
    pub reason: Reason,
    /// The revision it was decided at.
    pub revision: Revision,
}

impl Decision {
    /// Whether the subject may.
    #[inline]
    #[must_use]
    pub const fn allowed(&self) -> bool {
        matches!(self.reason, Reason::Granted | Reason::GrantedInScope)
    }
}

/// Why the answer is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Allowed: a profile grants it everywhere.
    Granted,
    /// Allowed: a profile grants it within a scope that holds the thing.
    GrantedInScope,
    /// Denied: no profile grants it.
    NotHeld,
    /// Denied: profiles grant it only within scopes that leave out the thing, or under conditions that are not met.
    OutOfScope,
    /// Denied: the permission is about things of another type.
    NotAbout,
    /// Denied: the name is a limit, which takes an ability away and is none itself.
    Limit,
    /// Denied: the user is disabled.
    Disabled,
    /// Denied: there is no such user.
    UnknownUser,
    /// Denied: there is no such permission.
    UnknownPermission,
    /// Denied: there is no such thing.
    UnknownTarget,
    /// Denied: nobody registered the application's namespace.
    NamespaceNotRegistered,
}

impl Reason {
    /// The reason in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Granted => "a profile grants it",
            Self::GrantedInScope => "a profile grants it within a scope that holds this",
            Self::NotHeld => "no profile grants it",
            Self::OutOfScope => "it is granted only within access control or under conditions that are not met here",
            Self::NotAbout => "the permission is about things of another type",
            Self::Limit => "a limit: it takes an ability away and is none itself",
            Self::Disabled => "the user is disabled",
            Self::UnknownUser => "there is no such user",
            Self::UnknownPermission => "there is no such permission",
            Self::UnknownTarget => "there is no such thing in this instance",
            Self::NamespaceNotRegistered => "the application's namespace is not registered",
        }
    }
}

impl Directory {
    /// Decides a request: a lookup and a bit test where nothing is scoped or dated.
    #[inline]
    #[must_use]
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        let reason = match request.action {
            Action::Permission(permission) => match self.holds_plainly(request.subject, permission) {
                // Nearly every question: nothing scoped or dated. What is left is picked without a branch, because a
                // processor that guesses between yes and no is wrong half the time.
                Some(holds) if matches!(request.target, Target::Instance) => {
                    select_unpredictable(holds, Reason::Granted, self.lack(permission))
                }
                _ => self.decide_in_full(permission, *request),
            },
            Action::Application { namespace, permission } => self.decide_application(namespace, permission, request),
            Action::Unknown(_) => Reason::UnknownPermission,
        };
        Decision { reason, revision: self.revision() }
    }

    /// Decides on a permission of an application, by what each profile grants.
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
        let held = || user.profiles_at(request.at).filter_map(|id| self.entry(id)).map(|entry| &entry.grants);
        let everywhere = held().any(|grants| grants.applications.contains(&pair));
        if !everywhere && held().all(|grants| grants.application_scopes(&pair).next().is_none()) {
            return Reason::NotHeld;
        }
        let Some(thing) = self.seen(request) else { return Reason::UnknownTarget };
        if everywhere {
            return Reason::Granted;
        }
        let holder = Holder { user, given: request.given };
        let mut scopes = held().flat_map(|grants| grants.application_scopes(&pair));
        match scopes.any(|scope| self.in_scope(scope, holder, thing)) {
            true => Reason::GrantedInScope,
            false => Reason::OutOfScope,
        }
    }

    /// Why somebody without a mark doesn't hold the permission.
    #[inline]
    fn lack(&self, permission: Permission) -> Reason {
        if self.is_limit(permission) { Reason::Limit } else { Reason::NotHeld }
    }

    /// Takes the request by value, so that the quick way need not write it to memory.
    #[inline(never)]
    fn decide_in_full(&self, permission: Permission, request: Request<'_>) -> Reason {
        let reason = self.reach(permission, request);
        let (Reason::Granted | Reason::GrantedInScope | Reason::OutOfScope) = reason else { return reason };
        match self.is_about(permission, &request.target) {
            Err(Reason::NotAbout) => Reason::NotAbout,
            _ => reason,
        }
    }

    /// Whether the permission is held where the target lies, whatever type of thing the target is: an act may ask for
    /// permissions about other things than the one that it is done to.
    pub(crate) fn reach(&self, permission: Permission, request: Request<'_>) -> Reason {
        let Some(Held { everywhere, more, disabled }) = self.held(request.subject) else { return Reason::UnknownUser };
        let everywhere = everywhere.contains(permission);
        if self.is_limit(permission) {
            return Reason::Limit;
        }
        if disabled {
            return Reason::Disabled;
        }
        if !everywhere && !more {
            return Reason::NotHeld;
        }
        let user = if everywhere { None } else { self.user(request.subject) };
        let held = user.map(|user| self.grants_at(user, request.at)).unwrap_or_default();
        let everywhere = everywhere || held.everywhere.contains(permission);
        let mut within = held.within.iter().filter(|(_, set)| set.contains(permission)).peekable();
        // Before the target is looked for: whoever holds nothing doesn't learn what there is.
        if !everywhere && within.peek().is_none() {
            return Reason::NotHeld;
        }
        let Some(thing) = self.seen(&request) else { return Reason::UnknownTarget };
        if everywhere {
            return Reason::Granted;
        }
        let holder = user.map(|user| Holder { user, given: request.given });
        match holder {
            Some(holder) if within.any(|(scope, _)| self.in_scope(scope, holder, thing)) => Reason::GrantedInScope,
            _ => Reason::OutOfScope,
        }
    }

    /// Everything the user's profiles grant at the time; nothing for a disabled user.
    #[must_use]
    pub fn grants_at(&self, user: &User, at: Timestamp) -> Grants {
        let mut all = Grants::default();
        if user.enabled {
            for entry in user.profiles_at(at).filter_map(|id| self.entry(id)) {
                all.add(&entry.grants);
            }
        }
        all
    }

    /// Whether the holder sees the thing in the lists that come along with permissions, without holding its `View`.
    ///
    /// A profile lists things of a type if it grants any permission that brings that list, cut by the profile's own
    /// scope for the type.
    #[must_use]
    pub fn inherits_view<'a>(
        &self,
        holder: &'a User,
        view: Permission,
        thing: impl Into<Seen<'a>>,
        at: Timestamp,
    ) -> bool {
        let seen = thing.into();
        holder.enabled
            && holder.profiles_at(at).filter_map(|id| self.entry(id)).any(|entry| {
                let held = entry.grants.anywhere();
                let listed = crate::review::inherited::lists(&held).contains(view);
                listed
                    && seen
                        .thing
                        .resource_type
                        .and_then(|listed| listing_scope(&entry.profile, listed))
                        .is_none_or(|scope| self.in_scope(&scope, holder, seen))
            })
    }
}
