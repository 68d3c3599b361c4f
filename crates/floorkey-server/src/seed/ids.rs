//! IDs and secrets that are derived from names.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The namespace of all derived IDs: the UUID (version 5) of `floorkey.seed` among domain names.
const NAMESPACE: Uuid = Uuid::from_u128(0x5911dfca_1051_5a03_a25e_f2637f4445d5);

/// The type of a record with a derived ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Instance,
    HierarchyLevel,
    HierarchyGroup,
    HoursOfOperation,
    Queue,
    Prompt,
    QuickConnect,
    RoutingProfile,
    AgentStatus,
    SecurityProfile,
    User,
    ApiToken,
}

impl Kind {
    /// The word from which IDs are derived.
    const fn word(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::HierarchyLevel => "hierarchy-level",
            Self::HierarchyGroup => "hierarchy-group",
            Self::HoursOfOperation => "hours-of-operation",
            Self::Queue => "queue",
            Self::Prompt => "prompt",
            Self::QuickConnect => "quick-connect",
            Self::RoutingProfile => "routing-profile",
            Self::AgentStatus => "agent-status",
            Self::SecurityProfile => "security-profile",
            Self::User => "user",
            Self::ApiToken => "api-token",
        }
    }

    /// The noun in error messages.
    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::HierarchyLevel => "hierarchy level",
            Self::HierarchyGroup => "hierarchy group",
            Self::HoursOfOperation => "hours of operation",
            Self::Queue => "queue",
            Self::Prompt => "prompt",
            Self::QuickConnect => "quick connect",
            Self::RoutingProfile => "routing profile",
            Self::AgentStatus => "agent status",
            Self::SecurityProfile => "security profile",
            Self::User => "user",
            Self::ApiToken => "API token",
        }
    }

    /// Derives the ID of a record from its name: the UUID (version 5) of `TYPE/NAME`, such as `user/ann`.
    pub(super) fn id(self, name: &str) -> u128 {
        Uuid::new_v5(&NAMESPACE, format!("{}/{name}", self.word()).as_bytes()).as_u128()
    }
}

/// Derives the ID and the secret of an access key from the login name of its owner and its label.
pub(super) fn access_key(username: &str, label: &str) -> (String, Zeroizing<String>) {
    let hash = hex::encode_upper(Sha256::digest(format!("access-key/{username}/{label}")));
    let id = hash.chars().take(16).collect::<String>();
    let secret = hex::encode(Sha256::digest(format!("secret-access-key/{username}/{label}")));
    (format!("AKIA{id}"), Zeroizing::new(secret.chars().take(40).collect()))
}

/// Derives the text of an API token from its label.
pub(super) fn api_token(label: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("fk_{}", hex::encode(Sha256::digest(format!("api-token/{label}")))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_depend_on_the_type_and_the_name_alone() {
        // Clients compute these IDs themselves, so they must never change.
        assert_eq!(Uuid::from_u128(Kind::User.id("ann")).to_string(), "35ffba06-5f47-5689-96e2-ea1af96166e5");
        assert_ne!(Kind::User.id("ann"), Kind::Queue.id("ann"));
        let (id, secret) = access_key("ann", "ci");
        assert_eq!((id.as_str(), secret.len()), (access_key("ann", "ci").0.as_str(), 40));
        assert!(floorkey::AccessKeyId::parse(&id).is_some_and(|id| id.as_str().len() == 20));
        assert_ne!(access_key("ann", "ci").0, access_key("ann", "laptop").0);
    }
}
