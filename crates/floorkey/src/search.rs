//! Searches: who may, on what, and what may somebody do. Each answers exactly what [`Directory::decide`] answers for
//! every candidate, in an order that stays the same at a revision. What is said in the request of the subject, the
//! action and the target is said of every candidate.

use std::sync::Arc;

use crate::application::ApplicationResource;
use crate::catalogue::{Permission, catalogue};
use crate::condition::AnyPermission;
use crate::decision::{Action, Reason, Request, Target};
use crate::directory::{Directory, Holders, ProfileEntry, SPAN_WORDS};
use crate::hierarchy::HierarchyGroup;
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::profile::SecurityProfile;
use crate::resource::{Resource, ResourceType};
use crate::user::User;

/// A user's place in searches at one revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u32);

/// The things that a search looks through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among<'a> {
    /// The instance alone.
    Instance,
    /// Everything stored of a type. Of types that are not stored there is nothing.
    Type(ResourceType),
    /// The known things of an application.
    Application(&'a str),
}

/// A thing that a search found.
#[derive(Clone, Debug)]
pub enum Found<'a> {
    /// The instance.
    Instance,
    /// A user.
    User(&'a Arc<User>),
    /// A security profile.
    Profile(&'a Arc<SecurityProfile>),
    /// A group of the hierarchy.
    Group(&'a Arc<HierarchyGroup>),
    /// A routing profile, queue, hours of operation or agent status.
    Resource(&'a Arc<Resource>),
    /// A thing of an application.
    Application(&'a Arc<ApplicationResource>),
}

impl<'a> Found<'a> {
    /// The thing's id; empty for the instance. Searches are in the order of it, as text.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Instance => String::new(),
            Self::User(user) => user.id.to_string(),
            Self::Profile(profile) => profile.id.to_string(),
            Self::Group(group) => group.id.to_string(),
            Self::Resource(resource) => resource.id.to_string(),
            Self::Application(resource) => resource.id.clone(),
        }
    }

    /// What the thing is called: a user's login name; `None` for the instance and things of applications.
    #[must_use]
    pub fn name(&self) -> Option<&'a str> {
        match *self {
            Self::Instance | Self::Application(_) => None,
            Self::User(user) => Some(&user.username),
            Self::Profile(profile) => Some(&profile.name),
            Self::Group(group) => Some(&group.name),
            Self::Resource(resource) => Some(&resource.name),
        }
    }

    /// The thing as the target of a question.
    #[must_use]
    pub fn target(&self) -> Target<'a> {
        match *self {
            Self::Instance => Target::Instance,
            Self::User(user) => Target::User(user.id),
            Self::Profile(profile) => Target::Profile(profile.id),
            Self::Group(group) => Target::Group(group.id),
            Self::Resource(resource) => Target::Resource(resource.id),
            Self::Application(resource) => Target::Application { namespace: &resource.namespace, id: &resource.id },
        }
    }
}

impl Directory {
    /// The users who may, beginning after a position. The request's subject is not looked at.
    #[must_use]
    pub fn who_can<'a>(&'a self, request: &Request<'a>, after: Option<Position>) -> WhoCan<'a> {
        WhoCan::new(self, *request, after)
    }

    /// The user at a position, at the revision that the position is of.
    #[must_use]
    pub fn user_at_position(&self, position: Position) -> Option<&Arc<User>> {
        self.user_at(position.0)
    }

    /// The position of a user.
    #[must_use]
    pub fn position(&self, user: UserId) -> Option<Position> {
        self.ordinal(user).map(Position)
    }

    /// The things to which the subject may do the action, beginning after the thing of that id. The request's target is
    /// not looked at.
    pub fn on_what<'a>(
        &'a self,
        request: &Request<'a>,
        among: Among<'a>,
        after: Option<&str>,
    ) -> impl Iterator<Item = Found<'a>> + 'a {
        let request = *request;
        self.things(among, after)
            .filter(move |found| self.decide(&Request { target: found.target(), ..request }).allowed())
    }

    /// What the subject may do to the target: permissions of the application where it is an application's thing, else of
    /// the catalogue, in its order. The request's action is not looked at.
    #[must_use]
    pub fn what_can(&self, request: &Request<'_>) -> Vec<AnyPermission> {
        let may = |action: Action<'_>| self.decide(&Request { action, ..*request }).allowed();
        match request.target {
            Target::Application { namespace, .. } => self
                .application(namespace)
                .into_iter()
                .flat_map(|application| &application.permissions)
                .filter(|permission| may(Action::Application { namespace, permission: &permission.name }))
                .map(|permission| AnyPermission::Application {
                    namespace: namespace.to_owned(),
                    name: permission.name.clone(),
                })
                .collect(),
            _ => catalogue()
                .permissions()
                .filter(|permission| may(Action::Permission(*permission)))
                .map(AnyPermission::Catalogue)
                .collect(),
        }
    }

    fn things<'a>(&'a self, among: Among<'a>, after: Option<&str>) -> Box<dyn Iterator<Item = Found<'a>> + 'a> {
        match among {
            Among::Instance => Box::new(after.is_none().then_some(Found::Instance).into_iter()),
            Among::Application(namespace) => {
                Box::new(self.application_resources(namespace, after).map(Found::Application))
            }
            Among::Type(ResourceType::User) => {
                let after = after.and_then(UserId::parse);
                let mut users: Vec<&Arc<User>> =
                    self.all_users().filter(|user| after.is_none_or(|after| user.id > after)).collect();
                users.sort_unstable_by_key(|user| user.id);
                Box::new(users.into_iter().map(Found::User))
            }
            Among::Type(ResourceType::SecurityProfile) => {
                Box::new(self.profiles_from(after.and_then(SecurityProfileId::parse)).map(Found::Profile))
            }
            Among::Type(ResourceType::HierarchyGroup) => {
                Box::new(self.groups_from(after.and_then(HierarchyGroupId::parse)).map(Found::Group))
            }
            Among::Type(resource_type) => Box::new(
                self.resources_from(after.and_then(ResourceId::parse))
                    .filter(move |resource| resource.resource_type() == resource_type)
                    .map(Found::Resource),
            ),
        }
    }
}

/// Words of bits that are worked out first: a page is found in few. Each time twice as many follow, up to a span.
const WINDOW_MIN: usize = 64;

/// The positions of users who may do something: [`Directory::who_can`].
///
/// Holders of profiles that grant it everywhere are taken as they stand, a window at a time; only those with scopes,
/// conditions, dates or a disabled account are asked about one by one.
pub struct WhoCan<'a> {
    directory: &'a Directory,
    request: Request<'a>,
    plain: Vec<&'a Holders>,
    others: Vec<&'a Holders>,
    /// Those of the window who may for sure, and those to ask about.
    sure: Vec<u64>,
    open: Vec<u64>,
    marked: Vec<u64>,
    /// The window's first word, and the present one within it.
    begin: usize,
    word: usize,
    /// What is left of the present word, and the position of its first bit.
    rest: u64,
    first: u32,
    /// Words in all.
    end: usize,
}

impl<'a> WhoCan<'a> {
    fn new(directory: &'a Directory, request: Request<'a>, after: Option<Position>) -> Self {
        let (plain, others) = candidates(directory, &request);
        let from = after.map_or(0, |after| after.0 + 1);
        let none = plain.is_empty() && others.is_empty();
        let mut all = Self {
            directory,
            request,
            plain,
            others,
            sure: Vec::new(),
            open: Vec::new(),
            marked: Vec::new(),
            begin: from as usize / 64,
            word: 0,
            rest: 0,
            first: from / 64 * 64,
            end: if none { 0 } else { directory.ordinals().div_ceil(64) as usize },
        };
        if all.begin < all.end {
            all.fill(WINDOW_MIN);
            all.load(u64::MAX << (from % 64));
        }
        all
    }

    /// Works out a window of so many words, or less where the span ends before.
    fn fill(&mut self, words: usize) {
        let words = words.min(self.end - self.begin).min(SPAN_WORDS - self.begin % SPAN_WORDS);
        for bits in [&mut self.sure, &mut self.open, &mut self.marked] {
            bits.clear();
            bits.resize(words, 0);
        }
        self.plain.iter().for_each(|holders| holders.add_window(self.begin, &mut self.sure));
        self.others.iter().for_each(|holders| holders.add_window(self.begin, &mut self.open));
        self.directory.marked().add_window(self.begin, &mut self.marked);
        for ((sure, open), marked) in self.sure.iter_mut().zip(&mut self.open).zip(&self.marked) {
            let held = *sure;
            *sure &= !marked;
            *open = (*open | held) & !*sure;
        }
        self.word = 0;
    }

    /// Loads those of the present word who may, as far as they are among `these`.
    fn load(&mut self, these: u64) {
        let word = |bits: &[u64]| bits.get(self.word).copied().unwrap_or(0) & these;
        let (sure, mut open) = (word(&self.sure), word(&self.open));
        self.rest = sure;
        while open != 0 {
            let bit = open.trailing_zeros();
            open &= open - 1;
            if self.asked(self.first + bit) {
                self.rest |= 1 << bit;
            }
        }
    }

    /// Goes on to the next word in which there is somebody; says whether there is one.
    #[inline(never)]
    fn advance(&mut self) -> bool {
        while self.rest == 0 {
            let next = self.begin + self.word + 1;
            if next >= self.end {
                // There is no more to come, however often it is asked for.
                (self.begin, self.word) = (self.end, 0);
                return false;
            }
            self.word += 1;
            self.first += 64;
            if self.word >= self.sure.len() {
                self.begin = next;
                self.fill((2 * self.sure.len()).min(SPAN_WORDS));
            }
            self.load(u64::MAX);
        }
        true
    }

    fn asked(&self, ordinal: u32) -> bool {
        let user = self.directory.user_at(ordinal);
        user.is_some_and(|user| self.directory.decide(&Request { subject: user.id, ..self.request }).allowed())
    }
}

impl Iterator for WhoCan<'_> {
    type Item = Position;

    #[inline]
    fn next(&mut self) -> Option<Position> {
        if self.rest == 0 && !self.advance() {
            return None;
        }
        let bit = self.rest.trailing_zeros();
        self.rest &= self.rest - 1;
        Some(Position(self.first + bit))
    }
}

/// Who holds profiles that grant the action everywhere, and who holds others that have to do with it.
fn candidates<'a>(directory: &'a Directory, request: &Request<'a>) -> (Vec<&'a Holders>, Vec<&'a Holders>) {
    let none = (Vec::new(), Vec::new());
    match request.action {
        Action::Unknown(_) => none,
        Action::Permission(permission) => {
            // Where the target alone decides, it decides for everybody.
            let about = directory.is_about(permission, &request.target);
            if directory.is_limit(permission) || !matches!(about, Ok(())) {
                return none;
            }
            let plain = |entry: &ProfileEntry| entry.grants.everywhere.contains(permission);
            // Several profiles together may hold an old name.
            let parts = permission.info().becomes;
            let other = |entry: &ProfileEntry| {
                let anywhere = entry.grants.anywhere();
                !plain(entry) && (anywhere.contains(permission) || !parts.intersection(&anywhere).is_empty())
            };
            (directory.holders_where(plain), directory.holders_where(other))
        }
        Action::Application { namespace, permission } => {
            let known = directory.application(namespace).is_some_and(|known| known.permission(permission).is_some());
            if !known || directory.thing_or_instance(&request.target).is_none() {
                return none;
            }
            let pair = (namespace.to_owned(), permission.to_owned());
            let plain = |entry: &ProfileEntry| entry.grants.applications.contains(&pair);
            let other = |entry: &ProfileEntry| !plain(entry) && entry.grants.application_scopes(&pair).next().is_some();
            (directory.holders_where(plain), directory.holders_where(other))
        }
    }
}

impl Directory {
    /// Whether the target is there, and the permission about things of its type.
    pub(crate) fn is_about(&self, permission: Permission, target: &Target<'_>) -> Result<(), Reason> {
        let thing = self.thing_or_instance(target).ok_or(Reason::UnknownTarget)?;
        match (permission.info().resource_type, thing.resource_type) {
            (Some(of), Some(is)) if of != is => Err(Reason::NotAbout),
            _ => Ok(()),
        }
    }
}
