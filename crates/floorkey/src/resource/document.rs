//! Resources that Floorkey stores and guards, but whose fields it doesn't interpret.

use std::collections::BTreeMap;

use super::{ResourceType, StoredResourceType};
use crate::action::Action;
use crate::id::ResourceId;

/// The details of a resource whose fields Floorkey stores but doesn't interpret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The rules for documents of the resource's type.
    pub rules: &'static DocumentRules,
    /// The values of the fields that are set, by name. [`DocumentRules::fields`] lists the names. The value of a
    /// reference is an ID.
    pub fields: BTreeMap<String, String>,
}

/// The rules for documents of one type.
#[derive(Debug, PartialEq, Eq)]
pub struct DocumentRules {
    /// The type of the documents.
    pub stored_type: StoredResourceType,
    /// The action that changes the fields.
    pub update: Action,
    /// All fields that a document of the type can have.
    pub fields: &'static [DocumentField],
}

/// A field of a document.
#[derive(Debug, PartialEq, Eq)]
pub struct DocumentField {
    /// The field's name in stored data and in audit events.
    pub name: &'static str,
    /// The name of the input member, for use in messages.
    pub input: &'static str,
    /// The maximum number of characters.
    pub chars_max: usize,
    /// The type of the resource that the field identifies; `None` if the field is a text. A resource that is not a
    /// user can't be deleted while a document refers to it.
    pub refers_to: Option<ResourceType>,
}

impl DocumentField {
    /// Creates a field that contains a text.
    #[must_use]
    pub const fn text(name: &'static str, input: &'static str, chars_max: usize) -> Self {
        Self { name, input, chars_max, refers_to: None }
    }

    /// Creates a field that contains the ID of a user or of a stored resource.
    #[must_use]
    pub const fn reference(name: &'static str, input: &'static str, refers_to: ResourceType) -> Self {
        Self { name, input, chars_max: 36, refers_to: Some(refers_to) }
    }
}

impl Document {
    /// Returns the value of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// Returns the stored resources that this document refers to.
    pub(crate) fn dependencies(&self) -> Vec<ResourceId> {
        let fields = self.rules.fields.iter();
        let stored = fields.filter(|field| field.refers_to.is_some_and(|to| StoredResourceType::of(to).is_some()));
        stored.filter_map(|field| ResourceId::parse(self.field(field.name)?)).collect()
    }
}
