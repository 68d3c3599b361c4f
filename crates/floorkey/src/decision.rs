//! Decisions: may this user do this to that, now?
//!
//! [`Directory::decide`] is total: whatever is unknown is a denial with a reason, never an error.
//! [`Directory::explain`] says where an answer comes from.

use std::hint::select_unpredictable;

use crate::application::RegisteredApplication;
use crate::catalogue::Permission;
use crate::closure::effective;
use crate::condition::{Condition, Side};
use crate::directory::{Directory, Held, Revision};
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::profile::SecurityProfile;
use crate::resource::ResourceType;
use crate::scope::{Grants, HierarchyScope, Scope, listing_scope};
use crate::tags::Tags;
use crate::text::folded;
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
    /// What whoever asks says of the subject and the action, where they say anything.
    pub given: Option<&'a Given<'a>>,
}

impl<'a> Request<'a> {
    /// A question in which nothing is said of the subject and the action but who and which.
    #[inline]
    #[must_use]
    pub const fn new(subject: UserId, action: Action<'a>, target: Target<'a>, at: Timestamp) -> Self {
        Self { subject, action, target, at, given: None }
    }
}

/// What whoever asks says of the subject and the action. It wins over what is stored, name by name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// Attributes of the subject.
    pub subject: Option<&'a Tags>,
    /// Where the subject stands in the hierarchy.
    pub subject_group: Option<HierarchyGroupId>,
    /// Attributes of the action.
    pub action: Option<&'a Tags>,
}

/// Whoever holds a grant, with what is said of them in a question.
#[derive(Clone, Copy, Debug)]
pub struct Holder<'a> {
    /// Who.
    pub user: &'a User,
    /// What is said of them and of the action.
    pub given: Option<&'a Given<'a>>,
}

impl<'a> From<&'a User> for Holder<'a> {
    fn from(user: &'a User) -> Self {
        Self { user, given: None }
    }
}

impl Holder<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        let said = self.given.and_then(|given| given.subject?.get(name));
        said.or_else(|| self.user.tags.get(name)).map(String::as_str)
    }

    fn hierarchy_group(&self) -> Option<HierarchyGroupId> {
        self.given.and_then(|given| given.subject_group).or(self.user.hierarchy_group)
    }

    /// Whether a text names the holder: by id, ARN or login name.
    fn is_named(&self, text: &str) -> bool {
        let id = text.rsplit('/').next().and_then(UserId::parse);
        id == Some(self.user.id) || folded(text) == folded(&self.user.username)
    }
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
    /// A thing of an application; Floorkey need not know it.
    Application {
        /// The application.
        namespace: &'a str,
        /// The thing's id there.
        id: &'a str,
    },
    /// Something described by whoever asks; Floorkey need not know it.
    Described(Thing<'a>),
}

/// What scopes look at in a thing.
#[derive(Clone, Copy, Debug)]
pub struct Thing<'a> {
    /// Its type; `None` where scopes don't know it.
    pub resource_type: Option<ResourceType>,
    /// Its tags and other attributes.
    pub tags: &'a Tags,
    /// Where it stands in the hierarchy: users, and things of applications.
    pub hierarchy_group: Option<HierarchyGroupId>,
    /// Which user it is, where it is one.
    pub user: Option<UserId>,
}

/// The tags of what has none.
static NO_TAGS: Tags = Tags::new();

impl Thing<'_> {
    /// Something of which nothing is known.
    pub const UNKNOWN: Thing<'static> =
        Thing { resource_type: None, tags: &NO_TAGS, hierarchy_group: None, user: None };
}

impl<'a> Thing<'a> {
    /// Something that is no user and stands nowhere in the hierarchy.
    #[must_use]
    pub const fn new(resource_type: ResourceType, tags: &'a Tags) -> Self {
        Self { resource_type: Some(resource_type), tags, hierarchy_group: None, user: None }
    }
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
            Self::OutOfScope => "it is granted only within a scope that leaves this out",
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
    /// These permissions of the profile in the same application require it.
    RequiredInApplication(Vec<String>),
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
            Action::Application { namespace, permission } => self.decide_application(namespace, permission, request),
            Action::Unknown(_) => Reason::UnknownPermission,
        };
        Decision { reason, revision: self.revision() }
    }

    /// Decides, and says where the answer comes from.
    #[must_use]
    pub fn explain(&self, request: &Request<'_>) -> Explanation {
        self.grounds(request, self.decide(request))
    }

    /// The same for [`Directory::reach`].
    pub(crate) fn explain_reach(&self, permission: Permission, request: &Request<'_>) -> Explanation {
        let decision = Decision { reason: self.reach(permission, *request), revision: self.revision() };
        self.grounds(request, decision)
    }

    fn grounds(&self, request: &Request<'_>, decision: Decision) -> Explanation {
        let Some(user) = self.user(request.subject).filter(|user| user.enabled) else {
            return Explanation { decision, grants: Vec::new() };
        };
        let holder = Holder { user, given: request.given };
        let thing = self.thing_or_instance(&request.target);
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
                    // An old name, of whose newer ones each profile holds only some.
                    grants.extend(user.profiles_at(request.at).filter_map(|id| self.part_of(id, permission)));
                }
                grants
            }
        };
        Explanation { decision, grants }
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
        let Some(thing) = self.thing_or_instance(&request.target) else { return Reason::UnknownTarget };
        if everywhere {
            return Reason::Granted;
        }
        let holder = Holder { user, given: request.given };
        let mut scopes = held().flat_map(|grants| grants.application_scopes(&pair));
        match scopes.any(|scope| self.in_scope(scope, holder, &thing)) {
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
        let of = permission.info().resource_type;
        let is = self.thing(&request.target).and_then(|thing| thing.resource_type);
        match (of, is) {
            (Some(of), Some(is)) if of != is => Reason::NotAbout,
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
        let Some(thing) = self.thing_or_instance(&request.target) else { return Reason::UnknownTarget };
        if everywhere {
            return Reason::Granted;
        }
        let holder = user.map(|user| Holder { user, given: request.given });
        match holder {
            Some(holder) if within.any(|(scope, _)| self.in_scope(scope, holder, &thing)) => Reason::GrantedInScope,
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
    pub fn in_scope<'a>(&self, scope: &Scope, holder: impl Into<Holder<'a>>, thing: &Thing<'_>) -> bool {
        let holder = holder.into();
        scope.tags.iter().all(|(key, value)| thing.tags.get(key) == Some(value))
            && match scope.hierarchy {
                None => true,
                Some(hierarchy) => {
                    let top = match hierarchy {
                        HierarchyScope::Own => holder.hierarchy_group(),
                        HierarchyScope::Group(group) => Some(group),
                    };
                    matches!((thing.hierarchy_group, top), (Some(group), Some(top)) if self.is_within(group, top))
                }
            }
            && scope.conditions.iter().all(|condition| self.is_met(condition, &holder, thing))
    }

    /// Whether a condition of a grant of the holder's is true of the thing.
    fn is_met(&self, condition: &Condition, holder: &Holder<'_>, thing: &Thing<'_>) -> bool {
        match condition {
            Condition::Own { attribute } => {
                thing.user == Some(holder.user.id)
                    || thing.tags.get(attribute).is_some_and(|owner| holder.is_named(owner))
            }
            Condition::SameHierarchy => {
                let groups = (thing.hierarchy_group, holder.hierarchy_group());
                matches!(groups, (Some(group), Some(top)) if self.is_within(group, top))
            }
            Condition::Same { attribute, of_subject } => {
                let is = thing.tags.get(attribute).map(String::as_str);
                is.is_some() && is == holder.attribute(of_subject)
            }
            Condition::OneOf { of, attribute, values } => {
                let is = match of {
                    Side::Subject => holder.attribute(attribute),
                    Side::Resource => thing.tags.get(attribute).map(String::as_str),
                    Side::Action => holder.given.and_then(|given| given.action?.get(attribute)).map(String::as_str),
                };
                is.is_some_and(|is| values.contains(is))
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
        match *target {
            Target::Instance => None,
            Target::User(id) => self.user(id).map(|user| Thing {
                hierarchy_group: user.hierarchy_group,
                user: Some(user.id),
                ..Thing::new(ResourceType::User, &user.tags)
            }),
            Target::Profile(id) => {
                self.profile(id).map(|profile| Thing::new(ResourceType::SecurityProfile, &profile.tags))
            }
            Target::Group(id) => self.group(id).map(|group| Thing::new(ResourceType::HierarchyGroup, &group.tags)),
            Target::Resource(id) => {
                self.resource(id).map(|resource| Thing::new(resource.resource_type(), &resource.tags))
            }
            Target::Application { namespace, id } => Some(match self.application_resource(namespace, id) {
                Some(resource) => Thing {
                    resource_type: None,
                    tags: &resource.attributes,
                    hierarchy_group: resource.hierarchy_group,
                    user: None,
                },
                None => Thing::UNKNOWN,
            }),
            Target::Described(thing) => Some(thing),
        }
    }

    /// The same; for the instance something of which nothing is known.
    pub(crate) fn thing_or_instance<'a>(&'a self, target: &Target<'a>) -> Option<Thing<'a>> {
        match target {
            Target::Instance => Some(Thing::UNKNOWN),
            target => self.thing(target),
        }
    }

    fn grants_of(
        &self,
        id: SecurityProfileId,
        permission: Permission,
        holder: Holder<'_>,
        thing: Option<&Thing<'_>>,
    ) -> Vec<Grant> {
        let Some(entry) = self.entry(id) else { return Vec::new() };
        let grant = |scope: Option<&Scope>| Grant {
            profile: id,
            origin: origin(&entry.profile, permission),
            scope: scope.cloned(),
            reaches: scope.is_none_or(|scope| thing.is_some_and(|thing| self.in_scope(scope, holder, thing))),
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
        thing: Option<&Thing<'_>>,
    ) -> Vec<Grant> {
        let Some(entry) = self.entry(id) else { return Vec::new() };
        let pair = (application.namespace.clone(), permission.to_owned());
        let grant = |scope: Option<&Scope>| Grant {
            profile: id,
            origin: application_origin(&entry.profile, application, permission),
            scope: scope.cloned(),
            reaches: scope.is_none_or(|scope| thing.is_some_and(|thing| self.in_scope(scope, holder, thing))),
        };
        let everywhere = entry.grants.applications.contains(&pair).then(|| grant(None));
        everywhere.into_iter().chain(entry.grants.application_scopes(&pair).map(|scope| grant(Some(scope)))).collect()
    }

    /// What the profile adds to an old name that is held through several profiles together.
    fn part_of(&self, id: SecurityProfileId, permission: Permission) -> Option<Grant> {
        let part = permission.info().becomes.intersection(&self.entry(id)?.grants.everywhere);
        let origin = Origin::SameAs(part);
        (!part.is_empty()).then_some(Grant { profile: id, origin, scope: None, reaches: true })
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
