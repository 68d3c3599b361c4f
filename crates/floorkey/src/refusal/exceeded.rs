//! What the escalation guard refuses an act for.

use crate::catalogue::Permission;
use crate::permission_set::PermissionSet;

/// What goes beyond what the actor holds and may hand out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// What the act does with it.
    pub how: Exceeds,
    /// The permissions in question.
    pub permissions: PermissionSet,
    /// Those of applications, each with its namespace and name.
    pub applications: Vec<(String, String)>,
}

/// What an act does that goes beyond its actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exceeds {
    /// It gives somebody the permissions.
    Gives,
    /// It frees somebody from these limits.
    Frees,
    /// It touches the account of somebody who holds the permissions.
    Touches {
        /// Whose: the login name.
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
    /// Permissions that are named; full administrators hold too many to read.
    const NAMED: usize = 5;

    /// In words, with permissions named as whoever reads them knows them.
    #[must_use]
    pub fn words(&self, name: impl Fn(Permission) -> String) -> String {
        let of_application = |(namespace, name): &(String, String)| format!("{name} of the application {namespace}");
        let count = self.permissions.len() + self.applications.len();
        let names = self.permissions.iter().map(name).chain(self.applications.iter().map(of_application));
        let mut names = names.take(Self::NAMED).collect::<Vec<_>>().join(", ");
        if count > Self::NAMED {
            names.push_str(&format!(" and {} more", count - Self::NAMED));
        }
        match &self.how {
            Exceeds::Gives => format!("it gives {names}, which you neither hold nor may hand out"),
            Exceeds::Frees => format!("it frees somebody from {names}, which limits you"),
            Exceeds::Takes { users: 1 } => {
                format!(
                    "it takes access from a user who has more than you can assign, or renames their profile: {names}"
                )
            }
            Exceeds::Takes { users } => {
                format!(
                    "it takes access from {users} users who have more than you can assign, or renames their profile: {names}"
                )
            }
            Exceeds::Widens => {
                "it widens what you, or users whom you can manage, can assign; only a full administrator does that"
                    .to_owned()
            }
            Exceeds::Touches { username } => {
                format!("the user `{username}` holds or may hand out {names}, which you neither hold nor may hand out")
            }
        }
    }
}
