//! Refusals to delete records that are in use. A refusal names users or dependent records only if the actor is allowed
//! to see these names.

use super::change_builder::ChangeBuilder;
use crate::id::SecurityProfileId;
use crate::refusal::{EntityKind, Refusal};
use crate::resource::ResourceType;
use crate::visibility::Viewer;

/// The maximum number of users that a refusal names to the actor.
const NAMED_USERS_MAX: usize = 3;
/// The maximum number of users that a refusal names in the details that only administrators see.
const DETAILED_USERS_MAX: usize = 20;
/// The maximum number of users for whom the refusal checks whether the actor can see them.
const SEARCHED_USERS_MAX: usize = 1_000;

impl ChangeBuilder<'_> {
    /// Returns a viewer that sees the directory before the change as the actor does.
    pub(super) fn viewer(&self) -> Viewer<'_> {
        Viewer::new(self.before, &self.actor.principal, self.now)
    }

    /// Returns the refusal to delete a security profile that is assigned to users.
    pub(super) fn profile_in_use(&self, id: SecurityProfileId, name: &str) -> Refusal {
        let viewer = self.viewer();
        let count = self.before.profile_user_count(id);
        let holders = || self.before.users_with_profile(id).take(SEARCHED_USERS_MAX);
        let visible: Vec<&str> = holders().filter_map(|user| viewer.user_name(user.id)).take(NAMED_USERS_MAX).collect();
        let is_withheld = !viewer.sees_all_users() && holders().any(|user| viewer.user_name(user.id).is_none());
        if !is_withheld {
            return in_use(ResourceType::SecurityProfile, id, describe_users(count, name, &visible));
        }
        let visible_count = holders().filter(|user| viewer.user_name(user.id).is_some()).count();
        let by = match visible_count {
            0 => format!("users outside your scope have `{name}`: an administrator has to assign them another profile"),
            count => format!("{}. Users outside your scope have it as well", describe_users(count, name, &visible)),
        };
        let all: Vec<&str> = holders().map(|user| user.username.as_str()).take(DETAILED_USERS_MAX).collect();
        in_use(ResourceType::SecurityProfile, id, by)
            .withholding(in_use(ResourceType::SecurityProfile, id, describe_users(count, name, &all)).to_string())
    }

    /// Returns the refusal to delete a record that another record depends on.
    ///
    /// `name` is the other record's name. `visible_name` is `None` if the actor is not allowed to see this name. `by`
    /// describes how the other record uses the record to delete. Its argument is the quoted name, or an empty string if
    /// the name must not be displayed.
    pub(super) fn needed_by_refusal(
        &self,
        resource_type: ResourceType,
        id: impl ToString,
        (name, visible_name): (&str, Option<&str>),
        by: impl Fn(&str) -> String,
    ) -> Refusal {
        let quoted = |name: &str| by(&format!(" `{name}`"));
        let id = id.to_string();
        match visible_name {
            Some(name) => in_use(resource_type, id, quoted(name)),
            None => {
                in_use(resource_type, &id, by("")).withholding(in_use(resource_type, &id, quoted(name)).to_string())
            }
        }
    }
}

fn in_use(kind: impl Into<EntityKind>, id: impl ToString, by: String) -> Refusal {
    Refusal::InUse { kind: kind.into(), id: id.to_string(), by }
}

fn describe_users(count: usize, profile: &str, listed: &[&str]) -> String {
    let users = if count == 1 { "user has" } else { "users have" };
    let names = match listed {
        [] => String::new(),
        listed if listed.len() < count => format!(" ({}, …)", listed.join(", ")),
        listed => format!(" ({})", listed.join(", ")),
    };
    format!("{count} {users} `{profile}`{names}: assign them another profile first")
}
