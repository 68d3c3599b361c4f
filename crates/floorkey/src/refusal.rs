//! Refusals: why a command was not carried out. A refused command changes nothing.

mod exceeded;
mod reference;
mod withheld;

use crate::act::Act;
use crate::catalogue::UnknownPermission;
use crate::id::UserId;
use crate::permission_set::PermissionSet;
use crate::time::Timestamp;

pub use exceeded::{Exceeded, Exceeds};
pub use reference::Reference;

/// An input that no rule can work with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{input}: {problem}")]
pub struct Invalid {
    /// The input, in the words of Amazon Connect's API: `SecurityProfileName`.
    pub input: &'static str,
    /// What is wrong with it and what would be right. Never repeats a secret.
    pub problem: String,
}

/// An input that no rule can work with.
pub(crate) fn invalid(input: &'static str, problem: impl Into<String>) -> Invalid {
    Invalid { input, problem: problem.into() }
}

/// Why a command was not carried out.
///
/// Closed on purpose: each surface renders it by an exhaustive match, so that a new refusal can't be forgotten there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The actor lacks permissions that the act asks for.
    #[error("{}", not_permitted(*act, all_of, any_of))]
    NotPermitted {
        /// What was tried.
        act: Act,
        /// All of these would be needed and are missing.
        all_of: PermissionSet,
        /// Or, where `all_of` is empty, one of these. Both empty: the operator's key only.
        any_of: PermissionSet,
    },
    /// Only somebody with every permission, everywhere, may.
    #[error("{} needs a full administrator: a user whose profiles grant every permission, undated and unscoped", act.name())]
    NotAdministrator {
        /// What was tried.
        act: Act,
    },
    /// It needs a session that began, or was proved again, within the last minutes.
    #[error("{} needs a fresh sign-in: sign in again in the console and repeat it there", act.name())]
    NotFresh {
        /// What was tried.
        act: Act,
    },
    /// The session, link or access key under which the call was accepted has ended since.
    #[error("the sign-in or access key of this request has ended: sign in again. Nothing was changed")]
    CredentialsEnded,
    /// The actor holds the permission, but not for this thing.
    #[error("{act_name} is permitted only within a scope that leaves out {what}", act_name = act.name())]
    OutOfScope {
        /// What was tried.
        act: Act,
        /// What lies outside, in words.
        what: String,
    },
    /// A restriction in one of the actor's profiles forbids it, whatever else they grant.
    #[error("{} is not permitted with the restriction {}, which one of your security profiles has", act.name(), names(restrictions).join(" and "))]
    Restricted {
        /// What was tried.
        act: Act,
        /// The restrictions that forbid it.
        restrictions: PermissionSet,
    },
    /// The call's signature has made a change already, and this would be another one.
    #[error("this signature has made a change already, and a signature is good for one change: sign the request again")]
    SignatureUsed,
    /// The escalation guard is on `enforce`, and the act gives or touches more than the actor holds.
    #[error("you can't do this: {}", .0.words(|permission| permission.name().to_owned()))]
    Guard(Box<Exceeded>),
    /// Nobody could administer the instance afterwards.
    #[error(
        "{} the last user who can administer this instance: first give another user who can sign in a profile with every permission (Admin), or run `floorkey admin restore` on the server",
        last(username)
    )]
    LastAdministrator {
        /// The login name of an administrator who would be lost; empty where the actor may not see it.
        username: String,
    },
    /// What the command is about does not exist.
    #[error("there is no {what} `{id}` in this instance{}", id_hint(what, id))]
    NotFound {
        /// The kind of thing, in words.
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// The name is taken.
    #[error("there is already a {what} named `{name}` (letter case does not tell names apart)")]
    Duplicate {
        /// The kind of thing, in words.
        what: &'static str,
        /// The name as the one who has it writes it, or as the command does where the actor may not see the other.
        name: String,
    },
    /// The login name is reserved for the user who had it last.
    #[error("{}", reserved(name, *until, *deleted))]
    Reserved {
        /// The login name as the actor writes it.
        name: String,
        /// Until just before this time.
        until: Timestamp,
        /// Whether that user was deleted, rather than renamed.
        deleted: bool,
    },
    /// Something else still needs it.
    #[error("the {what} is in use: {by}")]
    InUse {
        /// The kind of thing, in words.
        what: &'static str,
        /// Its id.
        id: String,
        /// What uses it and what to do, in words.
        by: String,
    },
    /// More than there may be.
    #[error("{problem}")]
    LimitExceeded {
        /// Which limit, in words.
        problem: String,
    },
    /// It is no longer as whoever asks saw it.
    #[error("the {what} `{id}` has changed since: look at it as it is now, and do it again if it is still right")]
    Stale {
        /// The kind of thing, in words.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// One command of a batch was refused, and so nothing of the batch was done.
    #[error("{}", in_batch(*index, subject, &refusal.to_string()))]
    InBatch {
        /// Which, counted from 0.
        index: usize,
        /// The login name or the name of what it is about; empty where there is none, or the actor may not see it.
        subject: String,
        /// Why.
        refusal: Box<Self>,
    },
    /// Something of why not is withheld from the actor, who may not see it.
    #[error("{refusal}{}", withheld::ask(*reference))]
    Withheld {
        /// Why not, without it.
        refusal: Box<Self>,
        /// Why not, as an administrator reads it.
        details: String,
        /// Under which an administrator finds the details; `None` until the audit has them.
        reference: Option<Reference>,
    },
    /// An input is wrong.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Permissions that don't exist, all that were named.
    #[error("Permissions: {}", unknown(.0))]
    UnknownPermissions(Vec<UnknownPermission>),
}

impl Refusal {
    /// A short, stable word for the audit. A batch has that of the command that was refused.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPermitted { .. } => "not-permitted",
            Self::NotAdministrator { .. } => "not-administrator",
            Self::NotFresh { .. } => "not-fresh",
            Self::CredentialsEnded => "credentials-ended",
            Self::OutOfScope { .. } => "out-of-scope",
            Self::Restricted { .. } => "restricted",
            Self::SignatureUsed => "signature-used",
            Self::Guard(_) => "guard",
            Self::LastAdministrator { .. } => "last-administrator",
            Self::NotFound { .. } => "not-found",
            Self::Duplicate { .. } | Self::Reserved { .. } => "duplicate",
            Self::InUse { .. } => "in-use",
            Self::LimitExceeded { .. } => "limit-exceeded",
            Self::Stale { .. } => "stale",
            Self::InBatch { refusal, .. } | Self::Withheld { refusal, .. } => refusal.code(),
            Self::Invalid(_) => "invalid",
            Self::UnknownPermissions(_) => "unknown-permission",
        }
    }
}

/// Unknown names that a message tells one by one.
const UNKNOWN_TOLD_MAX: usize = 10;

fn unknown(names: &[UnknownPermission]) -> String {
    let mut told: Vec<String> = names.iter().take(UNKNOWN_TOLD_MAX).map(|name| sentence(&name.to_string())).collect();
    if names.len() > told.len() {
        told.push(format!("So it is with {} more.", names.len() - told.len()));
    }
    told.push("`floorkey permissions` shows them all.".to_owned());
    told.join(" ")
}

fn sentence(text: &str) -> String {
    format!("{text}{}", if text.ends_with('?') { "" } else { "." })
}

/// What helps somebody who sent a name where an id belongs.
fn id_hint(what: &str, id: &str) -> &'static str {
    let has_ids = NAMED_BY_ID.contains(&what);
    if has_ids && UserId::parse(id).is_none() { ": an id is wanted here, not a name" } else { "" }
}

/// The kinds of things that are asked for by an id, as [`Refusal::NotFound`] writes them.
const NAMED_BY_ID: [&str; 9] = [
    "user",
    "security profile",
    "routing profile",
    "queue",
    "hours of operation",
    "agent status",
    "hierarchy group",
    "quick connect",
    "resource",
];

fn names(set: &PermissionSet) -> Vec<&'static str> {
    set.iter().map(|permission| permission.name()).collect()
}

fn not_permitted(act: Act, all_of: &PermissionSet, any_of: &PermissionSet) -> String {
    if !all_of.is_empty() {
        format!("{} needs the permission {}, which you do not hold", act.name(), names(all_of).join(" and "))
    } else if !any_of.is_empty() {
        format!("{} needs the permission {}, which you do not hold", act.name(), names(any_of).join(" or "))
    } else {
        format!("{} is reserved for the operator's key: no permission covers it", act.name())
    }
}

fn reserved(name: &str, until: Timestamp, deleted: bool) -> String {
    let last_user = match deleted {
        true => "the user who had it was deleted: restore that user (Users, Deleted users)",
        false => "the user who had it has another login name now: rename that user back",
    };
    let until = until.date();
    format!(
        "the login name `{name}` is reserved until {until}, because {last_user}, choose another login name, or ask a full administrator to assign it"
    )
}

fn in_batch(index: usize, subject: &str, refusal: &str) -> String {
    let subject = if subject.is_empty() { String::new() } else { format!(" (`{subject}`)") };
    format!("number {}{subject}: {refusal}", index + 1)
}

fn last(username: &str) -> String {
    if username.is_empty() { "this would remove".to_owned() } else { format!("`{username}` is") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_place_of_an_id_is_pointed_out() {
        let said = |what, id: &str| Refusal::NotFound { what, id: id.to_owned() }.to_string();
        assert_eq!(
            said("security profile", "Agent"),
            "there is no security profile `Agent` in this instance: an id is wanted here, not a name"
        );
        let id = "00112233-4455-6677-8899-aabbccddeeff";
        assert_eq!(said("user", id), format!("there is no user `{id}` in this instance"));
        assert_eq!(said("access key", "AKIA"), "there is no access key `AKIA` in this instance");
    }
}
