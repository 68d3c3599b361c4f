//! Identifiers. Each kind of ID has its own type, so that the ID of a user cannot be used as the ID of a profile.
//!
//! All IDs are lowercase UUIDs, as in Amazon Connect. They are generated outside this crate and passed in with
//! commands.

use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// Creates an ID from the given 128 bits.
            #[must_use]
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// Returns the 128 bits of the ID.
            #[must_use]
            pub const fn bits(self) -> u128 {
                self.0
            }

            /// Parses a UUID in hyphenated form, ignoring case. Returns `None` for any other string.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                if text.len() != 36 {
                    return None;
                }
                Uuid::try_parse(text).ok().map(|uuid| Self(uuid.as_u128()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                Uuid::from_u128(self.0).hyphenated().fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    )*};
}

id! {
    /// The ID of a contact center: one Amazon Connect instance.
    InstanceId;
    /// The ID of a security profile.
    SecurityProfileId;
    /// The ID of a user. It doesn't change when the login name changes, and is never reused for another user.
    UserId;
    /// The ID of a hierarchy group.
    HierarchyGroupId;
    /// The ID of a level of the agent hierarchy.
    HierarchyLevelId;
    /// The ID of a routing profile, queue, hours of operation or agent status.
    ResourceId;
    /// The ID of an API token of an application.
    ApiTokenId;
    /// The ID of an MFA method of a user.
    MfaMethodId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_parses_from_its_text_form() {
        let id = UserId::from_bits(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff);
        assert_eq!(id.to_string(), "00112233-4455-6677-8899-aabbccddeeff");
        assert_eq!(UserId::parse(&id.to_string()), Some(id));
        assert_eq!(UserId::parse(&id.to_string().to_uppercase()), Some(id));
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        for text in ["", "admin", "00112233445566778899aabbccddeeff", "{00112233-4455-6677-8899-aabbccddeeff}"] {
            assert_eq!(UserId::parse(text), None, "{text}");
        }
    }
}
