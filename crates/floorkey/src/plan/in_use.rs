//! Refusals to delete records that are in use. They name the users of a record only if the actor is allowed to see
//! them.

use super::draft::Draft;
use crate::id::SecurityProfileId;
use crate::refusal::Refusal;
use crate::visibility::Viewer;

/// The maximum number of users that a refusal names, and that its details name for an administrator.
const NAMED: usize = 3;
const NAMED_IN_DETAILS: usize = 20;
/// The maximum number of users that are searched for those whom the actor is allowed to see.
const LOOKED_THROUGH: usize = 1_000;

impl Draft<'_> {
    /// The actor as a viewer of the directory before the change.
    pub(super) fn viewer(&self) -> Viewer<'_> {
        Viewer::new(self.before, &self.actor.principal, self.now)
    }

    /// Returns the refusal to delete a security profile that users have.
    pub(super) fn profile_in_use(&self, id: SecurityProfileId, name: &str) -> Refusal {
        let viewer = self.viewer();
        let count = self.before.holder_count(id);
        let holders = || self.before.holders(id).take(LOOKED_THROUGH);
        let seen: Vec<&str> = holders().filter_map(|user| viewer.user_name(user.id)).take(NAMED).collect();
        let is_withheld = !viewer.sees_all_users() && holders().any(|user| viewer.user_name(user.id).is_none());
        if !is_withheld {
            return in_use("security profile", id, users(count, name, &seen));
        }
        let seen_count = holders().filter(|user| viewer.user_name(user.id).is_some()).count();
        let by = match seen_count {
            0 => format!("users outside your scope have `{name}`: an administrator has to assign them another profile"),
            count => format!("{}. Users outside your scope have it as well", users(count, name, &seen)),
        };
        let all: Vec<&str> = holders().map(|user| user.username.as_str()).take(NAMED_IN_DETAILS).collect();
        in_use("security profile", id, by)
            .withholding(in_use("security profile", id, users(count, name, &all)).to_string())
    }

    /// Returns the refusal to delete a record that another record needs. `name` is the name of the other record, and
    /// `seen` is `None` if the actor is not allowed to see it. `by` describes the use, with the name in quotes or
    /// nothing in its place.
    pub(super) fn needed(
        &self,
        what: &'static str,
        id: impl ToString,
        (name, seen): (&str, Option<&str>),
        by: impl Fn(&str) -> String,
    ) -> Refusal {
        let quoted = |name: &str| by(&format!(" `{name}`"));
        let id = id.to_string();
        match seen {
            Some(seen) => in_use(what, id, quoted(seen)),
            None => in_use(what, &id, by("")).withholding(in_use(what, &id, quoted(name)).to_string()),
        }
    }
}

fn in_use(what: &'static str, id: impl ToString, by: String) -> Refusal {
    Refusal::InUse { what, id: id.to_string(), by }
}

fn users(count: usize, profile: &str, named: &[&str]) -> String {
    let users = if count == 1 { "user has" } else { "users have" };
    let names = match named {
        [] => String::new(),
        named if named.len() < count => format!(" ({}, …)", named.join(", ")),
        named => format!(" ({})", named.join(", ")),
    };
    format!("{count} {users} `{profile}`{names}: assign them another profile first")
}
