//! A macro that defines the enumerations in the AWS service model.

/// Defines an enum. Each variant is serialized as the string that follows its name.
macro_rules! wire_enum {
    ($(#[$attribute:meta])* $name:ident { $($variant:ident = $text:literal,)+ }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
        pub enum $name {
            $(
                #[doc = concat!("`", $text, "`")]
                #[serde(rename = $text)]
                $variant,
            )+
        }

        impl $name {
            /// All values, in the order of the AWS service model.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The serialized names of all values, in the order of the AWS service model.
            pub const NAMES: &'static [&'static str] = &[$($text),+];

            /// Returns the serialized name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// Returns the value with this serialized name; `None` if the AWS service model has no such value.
            #[must_use]
            pub fn from_name(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use wire_enum;
