//! Decisions: may this user do this to that, now?
//!
//! [`Directory::decide`] is total: whatever is unknown is a denial with a reason, never an error.
//! [`Directory::explain`] says where an answer comes from.

use std::hint::select_unpredictable;

use crate::catalogue::Permission;
use crate::closure::effective;
use crate::directory::{Directory, Held, Revision};
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::resource::ResourceType;
use crate::scope::{Grants, HierarchyScope, Scope, listing_scope};
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::user::User;

/// A question: may the subject do the action to the target, at that time?
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who would act.
    pub subject: UserId,
    /// What they would do.
    pub action: Action<'a>,
    /// To what.
    pub target: Target<'a>,
    /// When: dated assignments are decided at this time.
    pub at: Timestamp,
}

/// What somebody would do.
#[derive(Clone, Copy, Debug)]
pub enum Action<'a> {
    /// Something the catalogue knows.
    Permission(Permission),
    /// A permission of another application.
    Application {
        /// The application.
        namespace: &'a str,
        /// Its permission.
        permission: &'a str,
    },
    /// A name that nobody knows.
    Unknown(&'a str),
}

impl<'a> Action<'a> {
    /// The action of that name in the catalogue.
    #[must_use]
    pub fn parse(name: &'a str) -> Self {
        Permission::parse(name).map_or(Self::Unknown(name), Self::Permission)
    }
}

/// What something would be done to.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// The instance as a whole: for what isn't tied to one thing.
    Instance,
    /// A user.
    User(UserId),
    /// A security profile.
    Profile(SecurityProfileId),
    /// A group of the hierarchy.
    Group(HierarchyGroupId),
    /// A routing profile, queue, hours of operation or agent status.
    Resource(ResourceId),
    /// Something described by whoever asks; Floorkey need not know it.
    Described(Thing<'a>),
}

/// What scopes look at in a thing.
#[derive(Clone, Copy, Debug)]
pub struct Thing<'a> {
    /// Its type; `None` where scopes don't know it.
    pub resource_type: Option<ResourceType>,
    /// Its tags.
    pub tags: &'a Tags,
    /// Where it stands in the hierarchy: users only.
    pub hierarchy_group: Option<HierarchyGroupId>,
}

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
    /// Denied: profiles grant it only within scopes that leave out the thing.
    OutOfScope,
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
            Self::OutOfScope => "it is granted only within a scope that leaves this out",
            Self::Limit => "a limit: it takes an ability away and is none itself",
            Self::Disabled => "the user is disabled",
            Self::UnknownUser => "there is no such user",
            Self::UnknownPermission => "there is no such permission",
            Self::UnknownTarget => "there is no such thing in this instance",
            Self::NamespaceNotRegistered => "the application's namespace is not registered",
        }
    }
}

/// One way in which somebody holds a permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The profile that grants it.
    pub profile: SecurityProfileId,
    /// Chosen, or drawn in by these.
    pub origin: Origin,
    /// How far it reaches; everywhere if `None`.
    pub scope: Option<Scope>,
    /// Whether the scope holds the thing that was asked about.
    pub reaches: bool,
}

/// How a permission came into a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Somebody chose it.
    Chosen,
    /// These permissions of the profile require it.
    RequiredBy(PermissionSet),
    /// It means the same as these, which the profile holds under their older or newer names.
    SameAs(PermissionSet),
}

/// A decision and everything that speaks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The decision.
    pub decision: Decision,
    /// The ways in which the permission is held at that time, those that don't reach the thing included.
    pub grants: Vec<Grant>,
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
            Action::Application { .. } if self.held(request.subject).is_none() => Reason::UnknownUser,
            Action::Application { .. } => Reason::NamespaceNotRegistered,
            Action::Unknown(_) => Reason::UnknownPermission,
        };
        Decision { reason, revision: self.revision() }
    }

    /// Decides, and says where the answer comes from.
    #[must_use]
    pub fn explain(&self, request: &Request<'_>) -> Explanation {
        let decision = self.decide(request);
        let mut grants = Vec::new();
        if let (Action::Permission(permission), Some(user)) = (request.action, self.user(request.subject))
            && user.enabled
        {
            let thing = self.thing(&request.target);
            for id in user.profiles_at(request.at) {
                grants.extend(self.grants_of(id, permission, user, thing.as_ref()));
            }
            if grants.is_empty() && decision.allowed() {
                // An old name, of whose newer ones each profile holds only some.
                grants.extend(user.profiles_at(request.at).filter_map(|id| self.part_of(id, permission)));
            }
        }
        Explanation { decision, grants }
    }

    /// Why somebody without a mark doesn't hold the permission.
    #[inline]
    fn lack(&self, permission: Permission) -> Reason {
        if self.is_limit(permission) { Reason::Limit } else { Reason::NotHeld }
    }

    /// Takes the request by value, so that the quick way need not write it to memory.
    #[inline(never)]
    fn decide_in_full(&self, permission: Permission, request: Request<'_>) -> Reason {
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
        let thing = self.thing(&request.target);
        if thing.is_none() && !matches!(request.target, Target::Instance) {
            return Reason::UnknownTarget;
        }
        if everywhere {
            return Reason::Granted;
        }
        match (user, thing) {
            (Some(user), Some(thing)) if within.any(|(scope, _)| self.in_scope(scope, user, &thing)) => {
                Reason::GrantedInScope
            }
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

    /// Whether the scope of a grant of the holder's holds the thing.
    #[must_use]
    pub fn in_scope(&self, scope: &Scope, holder: &User, thing: &Thing<'_>) -> bool {
        scope.tags.iter().all(|(key, value)| thing.tags.get(key) == Some(value))
            && match scope.hierarchy {
                None => true,
                Some(hierarchy) => {
                    let top = match hierarchy {
                        HierarchyScope::Own => holder.hierarchy_group,
                        HierarchyScope::Group(group) => Some(group),
                    };
                    matches!((thing.hierarchy_group, top), (Some(group), Some(top)) if self.is_within(group, top))
                }
            }
    }

    /// Whether the holder sees the thing in the lists that come along with permissions, without holding its `View`.
    ///
    /// A profile lists things of a type if it grants any permission that brings that list, cut by the profile's own
    /// scope for the type.
    #[must_use]
    pub fn inherits_view(&self, holder: &User, view: Permission, thing: &Thing<'_>, at: Timestamp) -> bool {
        holder.enabled
            && holder.profiles_at(at).filter_map(|id| self.entry(id)).any(|entry| {
                let held = entry.grants.anywhere();
                let listed = crate::review::inherited::lists(&held).contains(view);
                listed
                    && thing
                        .resource_type
                        .and_then(|listed| listing_scope(&entry.profile, listed))
                        .is_none_or(|scope| self.in_scope(&scope, holder, thing))
            })
    }

    /// What scopes look at in the target; `None` if there is no such thing, or it is the instance.
    #[must_use]
    pub fn thing<'a>(&'a self, target: &Target<'a>) -> Option<Thing<'a>> {
        let thing =
            |resource_type, tags, hierarchy_group| Thing { resource_type: Some(resource_type), tags, hierarchy_group };
        match *target {
            Target::Instance => None,
            Target::User(id) => self.user(id).map(|user| thing(ResourceType::User, &user.tags, user.hierarchy_group)),
            Target::Profile(id) => {
                self.profile(id).map(|profile| thing(ResourceType::SecurityProfile, &profile.tags, None))
            }
            Target::Group(id) => self.group(id).map(|group| thing(ResourceType::HierarchyGroup, &group.tags, None)),
            Target::Resource(id) => {
                self.resource(id).map(|resource| thing(resource.resource_type(), &resource.tags, None))
            }
            Target::Described(thing) => Some(thing),
        }
    }

    fn grants_of(
        &self,
        id: SecurityProfileId,
        permission: Permission,
        user: &User,
        thing: Option<&Thing<'_>>,
    ) -> Vec<Grant> {
        let Some(entry) = self.entry(id) else { return Vec::new() };
        let grant = |scope: Option<&Scope>| Grant {
            profile: id,
            origin: origin(&entry.profile, permission),
            scope: scope.cloned(),
            reaches: scope.is_none_or(|scope| thing.is_some_and(|thing| self.in_scope(scope, user, thing))),
        };
        let everywhere = entry.grants.everywhere.contains(permission).then(|| grant(None));
        let within = entry.grants.within.iter().filter(|(_, set)| set.contains(permission));
        everywhere.into_iter().chain(within.map(|(scope, _)| grant(Some(scope)))).collect()
    }

    /// What the profile adds to an old name that is held through several profiles together.
    fn part_of(&self, id: SecurityProfileId, permission: Permission) -> Option<Grant> {
        let part = permission.info().becomes.intersection(&self.entry(id)?.grants.everywhere);
        let origin = Origin::SameAs(part);
        (!part.is_empty()).then_some(Grant { profile: id, origin, scope: None, reaches: true })
    }
}

fn origin(profile: &crate::profile::SecurityProfile, permission: Permission) -> Origin {
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
