//! What the escalation guard refuses an act for.

use std::collections::BTreeSet;

use crate::catalogue::Permission;
use crate::permission_set::PermissionSet;
use crate::record::RecordKey;

/// What goes beyond what the actor has and can assign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// What the act does with it.
    pub how: Exceeds,
    /// The permissions in question.
    pub permissions: PermissionSet,
    /// Those of applications, each with its namespace and name.
    pub applications: Vec<(String, String)>,
    /// The records that say what the permissions are: whose content, or whose user's access, they tell. Empty once it is
    /// decided whether the actor is told.
    told_by: BTreeSet<RecordKey>,
    /// Whether the actor may see them, so that they are told which they are.
    is_disclosed: bool,
}

/// What an act does that goes beyond its actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exceeds {
    /// It gives somebody the permissions.
    Gives,
    /// It lifts these restrictions.
    Frees,
    /// It touches the account of a user who has the permissions.
    Touches {
        /// The user's login.
        username: String,
    },
    /// It takes the permissions from users who have more access than the actor, or renames their profile.
    Takes {
        /// How many users.
        users: usize,
    },
    /// It widens what the actor, or a user whom the actor may touch, can assign.
    Widens,
}

impl Exceeded {
    /// Permissions that are named; full administrators have too many to read.
    const NAMED: usize = 5;

    /// What an act exceeds. Its actor is told that it does, and not by what.
    #[must_use]
    pub const fn new(how: Exceeds, permissions: PermissionSet, applications: Vec<(String, String)>) -> Self {
        Self { how, permissions, applications, told_by: BTreeSet::new(), is_disclosed: false }
    }

    /// The same, with the records that say what the permissions are.
    pub(crate) fn told_by(self, told_by: BTreeSet<RecordKey>) -> Self {
        Self { told_by, ..self }
    }

    /// The same, decided: told by what it exceeds to an actor who may see all the records that say it.
    pub(crate) fn disclosed_if(self, sees: impl FnOnce(&BTreeSet<RecordKey>) -> bool) -> Self {
        let is_disclosed = sees(&self.told_by);
        Self { is_disclosed, told_by: BTreeSet::new(), ..self }
    }

    /// Whether the actor is told by what.
    pub(super) const fn is_disclosed(&self) -> bool {
        // Widening a list names nothing.
        self.is_disclosed || matches!(self.how, Exceeds::Widens)
    }

    /// In words for the actor, with permissions named as the reader knows them.
    #[must_use]
    pub fn words(&self, name: impl Fn(Permission) -> String) -> String {
        let what = match &self.how {
            Exceeds::Gives => "it would give access that you don't have and can't assign".to_owned(),
            Exceeds::Frees => "it would lift a restriction that applies to you".to_owned(),
            Exceeds::Touches { .. } => "this user has more access than you".to_owned(),
            Exceeds::Takes { users } => taken_from(*users, "you"),
            Exceeds::Widens => {
                return "it widens what you, or users whom you can manage, can assign; only a full administrator does \
                        that"
                    .to_owned();
            }
        };
        match self.is_disclosed {
            true => format!("{what}: {}", self.named(name)),
            false => what,
        }
    }

    /// In words for an administrator, who may see everything.
    pub(super) fn details(&self) -> String {
        let named = self.named(|permission| permission.name().to_owned());
        match &self.how {
            Exceeds::Gives => format!("it would give access that the actor doesn't have and can't assign: {named}"),
            Exceeds::Frees => format!("it would lift a restriction that applies to the actor: {named}"),
            Exceeds::Touches { username } => {
                format!("the user `{username}` has more access than the actor: {named}")
            }
            Exceeds::Takes { users } => format!("{}: {named}", taken_from(*users, "the actor")),
            Exceeds::Widens => {
                "it widens what the actor, or users whom the actor can manage, can assign; only a full administrator \
                 does that"
                    .to_owned()
            }
        }
    }

    fn named(&self, name: impl Fn(Permission) -> String) -> String {
        let of_application = |(namespace, name): &(String, String)| format!("{name} of the application {namespace}");
        let count = self.permissions.len() + self.applications.len();
        let names = self.permissions.iter().map(name).chain(self.applications.iter().map(of_application));
        let mut names = names.take(Self::NAMED).collect::<Vec<_>>().join(", ");
        if count > Self::NAMED {
            names.push_str(&format!(" and {} more", count - Self::NAMED));
        }
        names
    }
}

/// From how many users access is taken who have more than the actor.
fn taken_from(users: usize, actor: &str) -> String {
    let users = match users {
        1 => "a user who has".to_owned(),
        users => format!("{users} users who have"),
    };
    format!("it takes access from {users} more than {actor} can assign, or renames their profile")
}
