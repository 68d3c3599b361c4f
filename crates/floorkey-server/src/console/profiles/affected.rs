//! Who holds a profile, as far as the viewer may see them.

use floorkey::text::folded;
use floorkey::{Act, SecurityProfileId, Target, User};

use super::super::viewer::Viewer;
use super::super::words;

/// Names that are shown before the rest becomes a number.
const SHOWN: usize = 20;

/// The users who hold a profile.
pub(super) struct Affected {
    /// How many there are, all of them.
    pub(super) total: usize,
    /// `12 users`.
    pub(super) count: String,
    /// The first of those whom the viewer may see.
    pub(super) first: Vec<Person>,
    /// How many are not named here, in figures; `None` if all are.
    pub(super) left: Option<String>,
    /// Where to find them all, for somebody who may look.
    pub(super) all: Option<String>,
}

/// A user by name.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) login: String,
    pub(super) href: String,
    pub(super) disabled: bool,
}

impl Affected {
    pub(super) fn of(viewer: &Viewer, id: SecurityProfileId) -> Self {
        let total = viewer.directory.holder_count(id);
        let seen = viewer.directory.holders(id).filter(|user| viewer.may(Act::DescribeUser, &Target::User(user.id)));
        let mut first: Vec<Person> = seen.take(SHOWN).map(|user| Person::of(user)).collect();
        first.sort_by_cached_key(|person| (folded(&person.name), folded(&person.login)));
        let left = total - first.len();
        Self {
            total,
            count: words::count(total, "user"),
            left: (left > 0).then(|| words::figure(left)),
            all: viewer.sees_users().then(|| format!("/connect/users?profile={id}")),
            first,
        }
    }
}

impl Person {
    pub(super) fn of(user: &User) -> Self {
        Self {
            name: user.display_name(),
            login: user.username.clone(),
            href: format!("/connect/users/{}", user.id),
            disabled: !user.enabled,
        }
    }
}
