//! IDs and names in bodies.

use std::fmt;
use std::marker::PhantomData;

use floorkey::{
    HierarchyGroupId, HierarchyLevelId, MfaMethodId, Permission, PermissionSet, ResourceId, ResourceType,
    SecurityProfileId, UserId,
};
use serde::de::{Error, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::UnreadableValue;

/// An ID, written as a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id<T>(pub(crate) T);

/// An ID type that [`Id`] supports.
pub(crate) trait UuidId: fmt::Display + Sized {
    /// Parses a UUID with hyphens.
    fn parse(text: &str) -> Option<Self>;
}

macro_rules! uuid_ids {
    ($($name:ident),*) => {$(
        impl UuidId for $name {
            fn parse(text: &str) -> Option<Self> {
                Self::parse(text)
            }
        }
    )*};
}

uuid_ids!(HierarchyGroupId, HierarchyLevelId, ResourceId, MfaMethodId, SecurityProfileId, UserId);

impl<T: UuidId> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: UuidId> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdVisitor<T>(PhantomData<T>);
        impl<T: UuidId> Visitor<'_> for IdVisitor<T> {
            type Value = Id<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id (a UUID with hyphens)")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                T::parse(text).map(Id).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(IdVisitor(PhantomData))
    }
}

/// A set of values, written as a list of names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameList<C>(pub(crate) C);

/// A set of values that [`NameList`] supports.
pub(crate) trait NamedValues: Default {
    /// Returns the names of the values, in a fixed order.
    fn names(&self) -> impl Iterator<Item = &'static str>;

    /// Adds the value with the given name.
    ///
    /// # Errors
    /// Returns an error if no value has the given name.
    fn add(&mut self, name: &str) -> Result<(), UnreadableValue>;
}

impl NamedValues for PermissionSet {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.iter().map(Permission::name)
    }

    fn add(&mut self, name: &str) -> Result<(), UnreadableValue> {
        let permission =
            Permission::parse(name).map_err(|unknown| format!("{unknown}; a newer version may have written it"))?;
        self.insert(permission);
        Ok(())
    }
}

impl NamedValues for std::collections::BTreeSet<ResourceType> {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.iter().map(|resource_type| resource_type.as_str())
    }

    fn add(&mut self, name: &str) -> Result<(), UnreadableValue> {
        let unknown = || format!("`{name}` is not a resource type; a newer version may have written it");
        self.insert(ResourceType::parse(name).ok_or_else(unknown)?);
        Ok(())
    }
}

impl<C: NamedValues> Serialize for NameList<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.names())
    }
}

impl<'de, C: NamedValues> Deserialize<'de> for NameList<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameListVisitor<C>(C);
        impl<'de, C: NamedValues> Visitor<'de> for NameListVisitor<C> {
            type Value = NameList<C>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of names")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<Self::Value, A::Error> {
                let mut values = self.0;
                while let Some(name) = names.next_element::<std::borrow::Cow<'de, str>>()? {
                    values.add(&name).map_err(A::Error::custom)?;
                }
                Ok(NameList(values))
            }
        }
        deserializer.deserialize_seq(NameListVisitor(C::default()))
    }
}
