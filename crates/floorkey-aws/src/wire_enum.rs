//! A macro for the enumerations of the model.

/// Defines an enum. Each variant has a string that represents it on the wire.
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
            /// All values, in the order of the model.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The wire names of all values, in the order of the model.
            pub const NAMES: &'static [&'static str] = &[$($text),+];

            /// Returns the name on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// Returns the value with this name on the wire; `None` if the model has no such value.
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
