//! Determines which refused attempts the audit log records.

use super::Refusal;

impl Refusal {
    /// Whether the audit log records an attempt that was refused for this reason, whichever interface it came from.
    ///
    /// Attempts that a rule about access refuses are recorded: the actor asked for something that they are not allowed
    /// to do. Input that is malformed, out of date or names something that doesn't exist is not recorded. Only actors
    /// who are allowed to do it get such a refusal, because commands are authorized before their input is checked.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        match self {
            Self::NotPermitted { .. }
            | Self::NotAdministrator { .. }
            | Self::NotRecentlyAuthenticated { .. }
            | Self::CredentialsEnded
            | Self::OutOfScope { .. }
            | Self::Restricted { .. }
            | Self::SignatureUsed
            | Self::Guard(_)
            | Self::OwnFinding
            | Self::LastAdministrator { .. }
            // A reserved login name protects the user who had it, and administrators can assign it.
            | Self::Reserved { .. }
            // The actor is told to give the reference to an administrator, who must be able to find the details.
            | Self::Withheld { .. } => true,
            Self::InBatch { refusal, .. } => refusal.is_recorded(),
            Self::NotFound { .. }
            | Self::Duplicate { .. }
            | Self::InUse { .. }
            | Self::LimitExceeded { .. }
            | Self::Stale { .. }
            | Self::Invalid(_)
            | Self::UnknownPermissions(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::action::Action;
    use crate::catalog::UnknownPermission;
    use crate::invalid::invalid;
    use crate::permission_set::PermissionSet;
    use crate::refusal::{EntityKind, Refusal};
    use crate::resource::ResourceType;
    use crate::time::Timestamp;

    const KIND: EntityKind = EntityKind::Resource(ResourceType::User);

    /// Returns refusals by rules about access.
    fn by_access() -> Vec<Refusal> {
        let (action, none) = (Action::DeleteUser, PermissionSet::default());
        vec![
            Refusal::NotPermitted { action, all_of: none, any_of: none },
            Refusal::NotAdministrator { action },
            Refusal::NotRecentlyAuthenticated { action },
            Refusal::CredentialsEnded,
            Refusal::OutOfScope { action, what: "ann".to_owned() },
            Refusal::Restricted { action, restrictions: none },
            Refusal::SignatureUsed,
            Refusal::OwnFinding,
            Refusal::LastAdministrator { username: "ann".to_owned() },
            Refusal::Reserved { name: "ann".to_owned(), until: Timestamp::from_millis(0), deleted: true },
        ]
    }

    /// Returns refusals of input that the actor is allowed to send.
    fn by_input() -> Vec<Refusal> {
        let id = "ann".to_owned();
        vec![
            Refusal::NotFound { kind: KIND, id: id.clone() },
            Refusal::Duplicate { kind: KIND, name: id.clone() },
            Refusal::InUse { kind: KIND, id: id.clone(), by: "a queue".to_owned() },
            Refusal::LimitExceeded { input: "", problem: "too many".to_owned() },
            Refusal::Stale { kind: KIND, id },
            invalid("SecurityProfileIds", "a user must have at least one security profile").into(),
            Refusal::UnknownPermissions(Vec::<UnknownPermission>::new()),
        ]
    }

    #[test]
    fn refusals_by_rules_about_access_are_recorded_and_malformed_input_is_not() {
        for (refusals, is_recorded) in [(by_access(), true), (by_input(), false)] {
            for refusal in refusals {
                assert_eq!(refusal.is_recorded(), is_recorded, "{refusal:?}");
                let in_batch =
                    Refusal::InBatch { index: 1, subject: String::new(), refusal: Box::new(refusal.clone()) };
                assert_eq!(in_batch.is_recorded(), is_recorded, "{refusal:?}");
                // The actor gets a reference, so there must be an event with it.
                assert!(refusal.withholding("details").is_recorded());
            }
        }
    }
}
