//! The search for users who can perform an action: [`Directory::search_subjects`].

use super::Position;
use crate::decision::{Request, RequestedAction};
use crate::directory::{Directory, NumberSet, ProfileWithGrants, SPAN_WORDS};

/// The number of 64-bit words in the first window of candidates. It is large enough for most pages of results. Each
/// later window has twice as many words as the previous window, up to the size of a span.
const WINDOW_MIN: usize = 64;

/// An iterator over the positions of the users who can perform an action.
///
/// Users of profiles that grant the permission without a scope are included without individual decisions, one window at
/// a time. Individual decisions are needed only for users who have scoped or conditional grants, have time-limited
/// assignments, or are disabled.
pub struct SubjectSearch<'a> {
    directory: &'a Directory,
    request: Request<'a>,
    unscoped_users: Vec<&'a NumberSet>,
    other_users: Vec<&'a NumberSet>,
    candidates: CandidateBitmaps,
    /// `begin` is the index of the first word in `candidates`, and `next` is the index of the next word to load.
    begin: usize,
    next: usize,
    /// `remaining` contains the remaining bits of the current word, and `word_start` is the position of the word's
    /// first bit.
    remaining: u64,
    word_start: u32,
    /// The total number of words to search.
    end: usize,
}

impl<'a> SubjectSearch<'a> {
    pub(super) fn new(directory: &'a Directory, request: Request<'a>, after: Option<Position>) -> Self {
        let (unscoped_users, other_users) = users_to_search(directory, &request);
        let from = after.map_or(0, |after| after.0 + 1);
        let none = unscoped_users.is_empty() && other_users.is_empty();
        let begin = from as usize / 64;
        let mut search = Self {
            directory,
            request,
            unscoped_users,
            other_users,
            candidates: CandidateBitmaps::default(),
            begin,
            next: begin,
            remaining: 0,
            word_start: 0,
            end: if none { 0 } else { directory.ordinals().div_ceil(64) as usize },
        };
        search.load_word(u64::MAX << (from % 64));
        search
    }

    /// Loads the next word of users. It includes only users who can perform the action and are in `mask`. Returns false
    /// if there is no next word.
    fn load_word(&mut self, mask: u64) -> bool {
        if self.next >= self.end {
            return false;
        }
        if self.next - self.begin >= self.candidates.allowed.len() {
            self.compute_window();
        }
        let masked_word = |bits: &[u64]| bits.get(self.next - self.begin).copied().unwrap_or(0) & mask;
        let (allowed, mut undecided) = (masked_word(&self.candidates.allowed), masked_word(&self.candidates.undecided));
        (self.remaining, self.word_start) = (allowed, self.next as u32 * 64);
        self.next += 1;
        while undecided != 0 {
            let bit = undecided.trailing_zeros();
            undecided &= undecided - 1;
            if self.is_allowed(self.word_start + bit) {
                self.remaining |= 1 << bit;
            }
        }
        true
    }

    /// Computes the candidates in the next window. The window ends at the end of the span at the latest.
    fn compute_window(&mut self) {
        let computed = self.candidates.allowed.len();
        let from = self.begin + computed;
        let words = computed.clamp(WINDOW_MIN, SPAN_WORDS).min(self.end - from).min(SPAN_WORDS - from % SPAN_WORDS);
        let CandidateBitmaps { allowed, undecided } = &mut self.candidates;
        let mut special = vec![0; words];
        allowed.resize(computed + words, 0);
        undecided.resize(computed + words, 0);
        let (allowed, undecided) =
            (allowed.get_mut(computed..).unwrap_or_default(), undecided.get_mut(computed..).unwrap_or_default());
        self.unscoped_users.iter().for_each(|users| users.or_into(from, allowed));
        self.other_users.iter().for_each(|users| users.or_into(from, undecided));
        self.directory.special_users().or_into(from, &mut special);
        for ((allowed, undecided), special) in allowed.iter_mut().zip(undecided).zip(special) {
            let unscoped = *allowed;
            *allowed &= !special;
            *undecided = (*undecided | unscoped) & !*allowed;
        }
    }

    /// Moves to the next word that contains a user. Returns false if there is no such word.
    #[inline(never)]
    fn advance(&mut self) -> bool {
        while self.remaining == 0 {
            if !self.load_word(u64::MAX) {
                return false;
            }
        }
        true
    }

    fn is_allowed(&self, ordinal: u32) -> bool {
        let user = self.directory.user_at(ordinal);
        user.is_some_and(|user| self.directory.decide(&Request { subject: user.id, ..self.request }).allowed())
    }
}

impl Iterator for SubjectSearch<'_> {
    type Item = Position;

    #[inline]
    fn next(&mut self) -> Option<Position> {
        if self.remaining == 0 && !self.advance() {
            return None;
        }
        let bit = self.remaining.trailing_zeros();
        self.remaining &= self.remaining - 1;
        Some(Position(self.word_start + bit))
    }
}

/// The users who may have the permission, as bitmaps.
#[derive(Default)]
struct CandidateBitmaps {
    /// Users who have the permission without a scope.
    allowed: Vec<u64>,
    /// Users whose access must be decided individually.
    undecided: Vec<u64>,
}

/// Returns two lists of sets of users. The first list contains the users of profiles that grant the action without a
/// scope. The second list contains the users of other profiles that can contribute to a grant. The users in the second
/// list need individual decisions.
fn users_to_search<'a>(directory: &'a Directory, request: &Request<'a>) -> (Vec<&'a NumberSet>, Vec<&'a NumberSet>) {
    let none = (Vec::new(), Vec::new());
    match request.action {
        RequestedAction::Unknown(_) => none,
        RequestedAction::Permission(permission) => {
            // A restriction is denied to all users. So is a permission that does not apply to the target's type.
            let type_check = directory.check_resource_type(permission, &request.target);
            if directory.is_restriction(permission) || !matches!(type_check, Ok(())) {
                return none;
            }
            let grants_unscoped = |entry: &ProfileWithGrants| entry.grants.unscoped.contains(permission);
            // Several profiles together can grant a legacy permission.
            let parts = permission.info().replacements;
            let may_contribute = |entry: &ProfileWithGrants| {
                let anywhere = entry.grants.all_permissions();
                !grants_unscoped(entry) && (anywhere.contains(permission) || !parts.intersection(&anywhere).is_empty())
            };
            (directory.users_of_profiles_where(grants_unscoped), directory.users_of_profiles_where(may_contribute))
        }
        RequestedAction::Application { namespace, permission } => {
            let is_registered =
                directory.application(namespace).is_some_and(|known| known.permission(permission).is_some());
            if !is_registered || directory.thing_or_unknown(&request.target).is_none() {
                return none;
            }
            let pair = (namespace.to_owned(), permission.to_owned());
            let grants_unscoped = |entry: &ProfileWithGrants| entry.grants.applications.contains(&pair);
            let may_contribute = |entry: &ProfileWithGrants| {
                !grants_unscoped(entry) && entry.grants.application_scopes(&pair).next().is_some()
            };
            (directory.users_of_profiles_where(grants_unscoped), directory.users_of_profiles_where(may_contribute))
        }
    }
}
