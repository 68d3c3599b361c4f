//! Refusals by the escalation guard.

use std::collections::BTreeSet;

use crate::catalog::Permission;
use crate::permission_set::PermissionSet;
use crate::record::RecordKey;

/// Access that a change would affect although the actor neither has it nor can assign it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// How the change would affect the access.
    pub kind: EscalationKind,
    /// The permissions or restrictions that the change would affect.
    pub permissions: PermissionSet,
    /// The permissions in applications, each with its namespace and name.
    pub applications: Vec<(String, String)>,
    /// The records that reveal the permissions. The permissions are disclosed to an actor only if the actor can see all
    /// of these records. The set is emptied when the decision about disclosure has been made.
    revealed_by: BTreeSet<RecordKey>,
    /// Whether the message for the actor names the permissions.
    is_disclosed: bool,
}

/// How a change exceeds the access that the actor has or can assign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EscalationKind {
    /// The change grants the permissions to a user.
    Grants,
    /// The change removes restrictions.
    LiftsRestriction,
    /// The change affects the account of a user who has the permissions.
    ChangesAccount {
        /// The user's login name.
        username: String,
    },
    /// The change removes the permissions from users who have more access than the actor, or it renames a profile of
    /// such users.
    Removes {
        /// The number of affected users.
        users: usize,
    },
    /// The change would enable the actor, or a user whom the actor can manage, to assign additional access.
    WidensAssignable,
}

impl Escalation {
    /// The maximum number of permissions that a message names.
    const NAMED_MAX: usize = 5;

    /// Creates an escalation whose permissions are not disclosed to the actor.
    #[must_use]
    pub const fn new(kind: EscalationKind, permissions: PermissionSet, applications: Vec<(String, String)>) -> Self {
        Self { kind, permissions, applications, revealed_by: BTreeSet::new(), is_disclosed: false }
    }

    /// Sets the records that reveal the permissions.
    pub(crate) fn revealed_by(self, revealed_by: BTreeSet<RecordKey>) -> Self {
        Self { revealed_by, ..self }
    }

    /// Sets whether the permissions are disclosed to the actor. They are disclosed if the actor is allowed to see all
    /// records that reveal the permissions.
    pub(crate) fn disclosed_if(self, can_see_all: impl FnOnce(&BTreeSet<RecordKey>) -> bool) -> Self {
        let is_disclosed = can_see_all(&self.revealed_by);
        Self { is_disclosed, revealed_by: BTreeSet::new(), ..self }
    }

    /// Whether the message for the actor is complete.
    pub(super) const fn is_disclosed(&self) -> bool {
        // If a change extends a list of assignable profiles, the message contains no permissions.
        self.is_disclosed || matches!(self.kind, EscalationKind::WidensAssignable)
    }

    /// Returns the message for the actor. `name` returns the name that the message shows for a permission.
    #[must_use]
    pub fn message(&self, name: impl Fn(Permission) -> String) -> String {
        let what = match &self.kind {
            EscalationKind::Grants => "it would give access that you don't have and can't assign".to_owned(),
            EscalationKind::LiftsRestriction => "it would lift a restriction that applies to you".to_owned(),
            EscalationKind::ChangesAccount { .. } => "this user has more access than you".to_owned(),
            EscalationKind::Removes { users } => describe_removal(*users, "you"),
            EscalationKind::WidensAssignable => {
                return "it would extend what you, or users you can manage, can assign; only a full \
                    administrator can do that"
                    .to_owned();
            }
        };
        match self.is_disclosed {
            true => format!("{what}: {}", self.permission_names(name)),
            false => what,
        }
    }

    /// Returns the message for administrators, who are allowed to see everything.
    pub(super) fn details(&self) -> String {
        let names = self.permission_names(|permission| permission.name().to_owned());
        match &self.kind {
            EscalationKind::Grants => {
                format!("it would give access that the actor doesn't have and can't assign: {names}")
            }
            EscalationKind::LiftsRestriction => {
                format!("it would lift a restriction that applies to the actor: {names}")
            }
            EscalationKind::ChangesAccount { username } => {
                format!("the user `{username}` has more access than the actor: {names}")
            }
            EscalationKind::Removes { users } => format!("{}: {names}", describe_removal(*users, "the actor")),
            EscalationKind::WidensAssignable => {
                "it would extend what the actor, or users the actor can manage, can assign; only a full \
                administrator can do that"
                    .to_owned()
            }
        }
    }

    fn permission_names(&self, name: impl Fn(Permission) -> String) -> String {
        let of_application = |(namespace, name): &(String, String)| format!("{name} of the application {namespace}");
        let count = self.permissions.len() + self.applications.len();
        let names = self.permissions.iter().map(name).chain(self.applications.iter().map(of_application));
        let mut names = names.take(Self::NAMED_MAX).collect::<Vec<_>>().join(", ");
        if count > Self::NAMED_MAX {
            names.push_str(&format!(" and {} more", count - Self::NAMED_MAX));
        }
        names
    }
}

/// Returns the text for a change that removes access from users who have more access than the actor.
fn describe_removal(users: usize, actor: &str) -> String {
    let users = match users {
        1 => "a user who has".to_owned(),
        users => format!("{users} users who have"),
    };
    format!("it would remove access from {users} more than {actor} can assign, or rename their profile")
}
