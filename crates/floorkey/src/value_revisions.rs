//! The revisions in which the values of tags and attributes were set.
//!
//! A value can refer to a user by login name, and a login name can pass from one user to another. Such a value refers
//! to the user who had the login name in the revision in which the value was set. Therefore this revision is stored for
//! each value (see [`LoginHistory`](crate::login_history::LoginHistory)). The value itself is stored as it was written.

use std::collections::BTreeMap;

use crate::id::UserId;
use crate::revision::Revision;
use crate::tags::Tags;

/// The revision in which each value of a record's tags or attributes was set.
///
/// A value has revision 0 if it was set before Floorkey stored revisions. A login name in such a value refers to the
/// user who had it when Floorkey first stored revisions in this instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueRevisions(Representation);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Representation {
    /// All values were set in the same revision, which is 0 if there are no values.
    All(Revision),
    /// The revisions of the values, sorted by the values' names. At least two of the revisions differ.
    Each(Box<Each>),
    /// Used in bundles. For each value that refers to a user by login name, contains the name of the value and the ID
    /// of the user.
    #[expect(clippy::box_collection, reason = "only bundles have it, and every record would be larger without the box")]
    Named(Box<BTreeMap<String, UserId>>),
}

/// One revision for each value. Boxed to keep records small.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Each(Vec<Revision>);

/// How a login name in a value is resolved to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginResolution {
    /// The login name refers to the user who had it at the given revision.
    Revision(Revision),
    /// The login name refers to the given user, or to no user if there is none.
    User(Option<UserId>),
}

impl Default for ValueRevisions {
    fn default() -> Self {
        Self::all(Revision(0))
    }
}

impl ValueRevisions {
    const fn all(revision: Revision) -> Self {
        Self(Representation::All(revision))
    }

    /// Creates revisions for `values`. `revision` returns the revision of the value with a given name.
    #[must_use]
    pub fn from_values(values: &Tags, revision: impl FnMut(&str) -> Revision) -> Self {
        let each: Vec<Revision> = values.keys().map(String::as_str).map(revision).collect();
        match each.first().copied() {
            None => Self::default(),
            Some(first) if each.iter().all(|one| *one == first) => Self::all(first),
            Some(_) => Self(Representation::Each(Box::new(Each(each)))),
        }
    }

    /// Creates revisions for the values of a record in a bundle. For each value that refers to a user by login name,
    /// `users` contains the name of the value and the ID of the user.
    #[must_use]
    pub fn from_users(users: BTreeMap<String, UserId>) -> Self {
        Self(Representation::Named(Box::new(users)))
    }

    /// Returns the revision in which a value was set.
    #[must_use]
    pub fn revision(&self, values: &Tags, name: &str) -> Revision {
        match &self.0 {
            Representation::All(revision) => *revision,
            Representation::Each(each) => {
                let index = values.keys().position(|known| known == name);
                index.and_then(|index| each.0.get(index)).copied().unwrap_or_default()
            }
            Representation::Named(_) => Revision::default(),
        }
    }

    /// Returns the revisions after an edit: unchanged values keep their revisions, and new and changed values get
    /// `now`.
    #[must_use]
    pub fn edited(&self, before: &Tags, after: &Tags, now: Revision) -> Self {
        Self::from_values(after, |name| match before.get(name) {
            Some(value) if after.get(name) == Some(value) => self.revision(before, name),
            _ => now,
        })
    }

    /// Returns how the login name in the value with the given name is resolved.
    pub(crate) fn login_resolution(&self, values: &Tags, name: &str) -> LoginResolution {
        match &self.0 {
            Representation::Named(users) => LoginResolution::User(users.get(name).copied()),
            Representation::All(_) | Representation::Each(_) => LoginResolution::Revision(self.revision(values, name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ValueRevisions;
    use crate::revision::Revision;
    use crate::tags::Tags;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_value_keeps_the_revision_in_which_it_was_set() {
        let none = tags(&[]);
        let created = tags(&[("owner", "ann"), ("team", "red")]);
        let first = ValueRevisions::default().edited(&none, &created, Revision(3));
        assert_eq!(first, ValueRevisions::from_values(&created, |_| Revision(3)));
        // A value that is set to the same text again keeps its revision. Changed and new values get the current
        // revision.
        let edited = tags(&[("owner", "ann"), ("site", "north"), ("team", "blue")]);
        let second = first.edited(&created, &edited, Revision(7));
        let revisions = edited.keys().map(|name| second.revision(&edited, name).0);
        assert_eq!(revisions.collect::<Vec<_>>(), [3, 7, 7]);
        // A value that was removed and then set again has the revision in which it was set again.
        let without = tags(&[("site", "north")]);
        let third = second.edited(&edited, &without, Revision(8)).edited(&without, &edited, Revision(9));
        let revisions = edited.keys().map(|name| third.revision(&edited, name).0);
        assert_eq!(revisions.collect::<Vec<_>>(), [9, 7, 9]);
        // If there are no values, no revisions are stored, so that equal records compare equal.
        assert_eq!(third.edited(&edited, &none, Revision(10)), ValueRevisions::default());
    }
}
