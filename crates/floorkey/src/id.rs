//! Identities: one type a kind, so that a user's id never stands where a profile's should.
//!
//! Every id is a lower-case UUID, as Amazon Connect's are.
//! Ids are drawn outside this crate and come in with commands.

use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// The id with these 128 bits.
            #[must_use]
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// The 128 bits of the id.
            #[must_use]
            pub const fn bits(self) -> u128 {
                self.0
            }

            /// Parses a UUID in its hyphenated form, letter case ignored; anything else is `None`.
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
    /// A contact centre: one Amazon Connect instance.
    InstanceId;
    /// A security profile.
    SecurityProfileId;
    /// A user. It stays when the login name changes, and is never given to anybody else.
    UserId;
    /// A group of the agent hierarchy.
    HierarchyGroupId;
    /// A level of the agent hierarchy.
    HierarchyLevelId;
    /// A routing profile, queue, hours of operation or agent status.
    ResourceId;
    /// A token of an application.
    ApiTokenId;
    /// A second factor of a user.
    SecondFactorId;
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
