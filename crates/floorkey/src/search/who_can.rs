//! The search for users who can perform an action: [`Directory::who_can`].

use std::sync::{Arc, Mutex, PoisonError};

use super::Position;
use crate::catalogue::Permission;
use crate::decision::{Action, Request};
use crate::directory::{Directory, NumberSet, ProfileWithGrants, SPAN_WORDS};

/// Words in the first window, enough for most pages. Each following window doubles the number of words, up to a span.
const WINDOW_MIN: usize = 64;

/// The number of permissions whose candidates a directory caches. Each takes two bits per user.
const KEPT_MAX: usize = 8;

/// Iterator over the positions of the users who can perform an action.
///
/// Users of profiles that grant the permission without a scope are included directly, one window at a time. Only users
/// with scoped or conditional grants, dated assignments or a disabled account are decided one by one.
pub struct WhoCan<'a> {
    directory: &'a Directory,
    request: Request<'a>,
    plain: Vec<&'a NumberSet>,
    others: Vec<&'a NumberSet>,
    candidates: Arc<Candidates>,
    /// The first word of the candidates, and the next word to load.
    begin: usize,
    next: usize,
    /// The remaining bits of the current word, and the position of its first bit.
    rest: u64,
    first: u32,
    /// The total number of words.
    end: usize,
}

/// The users who may have a permission, as bitmaps. Independent of the target and the time of the request.
#[derive(Clone, Default)]
struct Candidates {
    /// Users who have the permission without a scope.
    sure: Vec<u64>,
    /// Users who need an individual decision.
    open: Vec<u64>,
}

/// A cache of complete candidates at one revision, so that repeated searches don't compute them again.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Vec<(Permission, Arc<Candidates>)>>);

impl Clone for Kept {
    /// Returns an empty cache: a directory is cloned to be changed.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Kept {
    fn get(&self, permission: Permission) -> Option<Arc<Candidates>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(of, _)| *of == permission).map(|(_, candidates)| candidates.clone())
    }

    fn put(&self, permission: Permission, candidates: &Arc<Candidates>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(of, _)| *of != permission);
        if kept.len() == KEPT_MAX {
            kept.remove(0);
        }
        kept.push((permission, candidates.clone()));
    }
}

impl<'a> WhoCan<'a> {
    pub(super) fn new(directory: &'a Directory, request: Request<'a>, after: Option<Position>) -> Self {
        let (plain, others) = holders(directory, &request);
        let from = after.map_or(0, |after| after.0 + 1);
        let none = plain.is_empty() && others.is_empty();
        let begin = from as usize / 64;
        let kept = permission(&request).and_then(|permission| directory.candidate_cache().get(permission));
        let (begin, candidates) = kept.map_or((begin, Arc::default()), |kept| (0, kept));
        let mut all = Self {
            directory,
            request,
            plain,
            others,
            candidates,
            begin,
            next: from as usize / 64,
            rest: 0,
            first: 0,
            end: if none { 0 } else { directory.ordinals().div_ceil(64) as usize },
        };
        all.load(u64::MAX << (from % 64));
        all
    }

    /// Loads the users of the next word who can perform the action and are in the mask `these`. Returns false if there
    /// is no next word.
    fn load(&mut self, these: u64) -> bool {
        if self.next >= self.end {
            return false;
        }
        if self.next - self.begin >= self.candidates.sure.len() {
            self.fill();
        }
        let word = |bits: &[u64]| bits.get(self.next - self.begin).copied().unwrap_or(0) & these;
        let (sure, mut open) = (word(&self.candidates.sure), word(&self.candidates.open));
        (self.rest, self.first) = (sure, self.next as u32 * 64);
        self.next += 1;
        while open != 0 {
            let bit = open.trailing_zeros();
            open &= open - 1;
            if self.asked(self.first + bit) {
                self.rest |= 1 << bit;
            }
        }
        true
    }

    /// Computes the candidates of the next window, which does not extend beyond its span.
    fn fill(&mut self) {
        let known = self.candidates.sure.len();
        let from = self.begin + known;
        let words = known.clamp(WINDOW_MIN, SPAN_WORDS).min(self.end - from).min(SPAN_WORDS - from % SPAN_WORDS);
        let Candidates { sure, open } = Arc::make_mut(&mut self.candidates);
        let mut marked = vec![0; words];
        sure.resize(known + words, 0);
        open.resize(known + words, 0);
        let (sure, open) = (sure.get_mut(known..).unwrap_or_default(), open.get_mut(known..).unwrap_or_default());
        self.plain.iter().for_each(|holders| holders.or_into(from, sure));
        self.others.iter().for_each(|holders| holders.or_into(from, open));
        self.directory.special_users().or_into(from, &mut marked);
        for ((sure, open), marked) in sure.iter_mut().zip(open).zip(marked) {
            let held = *sure;
            *sure &= !marked;
            *open = (*open | held) & !*sure;
        }
        if self.begin == 0
            && from + words == self.end
            && let Some(permission) = permission(&self.request)
        {
            self.directory.candidate_cache().put(permission, &self.candidates);
        }
    }

    /// Moves to the next word with a user. Returns false if there is none.
    #[inline(never)]
    fn advance(&mut self) -> bool {
        while self.rest == 0 {
            if !self.load(u64::MAX) {
                return false;
            }
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

/// Returns the catalog permission of the request.
fn permission(request: &Request<'_>) -> Option<Permission> {
    match request.action {
        Action::Permission(permission) => Some(permission),
        Action::Application { .. } | Action::Unknown(_) => None,
    }
}

/// Returns the users of profiles that grant the action without a scope, and the users of other profiles that may
/// contribute to it.
fn holders<'a>(directory: &'a Directory, request: &Request<'a>) -> (Vec<&'a NumberSet>, Vec<&'a NumberSet>) {
    let none = (Vec::new(), Vec::new());
    match request.action {
        Action::Unknown(_) => none,
        Action::Permission(permission) => {
            // If the target alone determines the decision, it is the same for all users.
            let about = directory.is_about(permission, &request.target);
            if directory.is_restriction(permission) || !matches!(about, Ok(())) {
                return none;
            }
            let plain = |entry: &ProfileWithGrants| entry.grants.everywhere.contains(permission);
            // Several profiles together may grant a legacy permission.
            let parts = permission.info().becomes;
            let other = |entry: &ProfileWithGrants| {
                let anywhere = entry.grants.anywhere();
                !plain(entry) && (anywhere.contains(permission) || !parts.intersection(&anywhere).is_empty())
            };
            (directory.users_of_profiles_where(plain), directory.users_of_profiles_where(other))
        }
        Action::Application { namespace, permission } => {
            let known = directory.application(namespace).is_some_and(|known| known.permission(permission).is_some());
            if !known || directory.thing_or_instance(&request.target).is_none() {
                return none;
            }
            let pair = (namespace.to_owned(), permission.to_owned());
            let plain = |entry: &ProfileWithGrants| entry.grants.applications.contains(&pair);
            let other =
                |entry: &ProfileWithGrants| !plain(entry) && entry.grants.application_scopes(&pair).next().is_some();
            (directory.users_of_profiles_where(plain), directory.users_of_profiles_where(other))
        }
    }
}
