//! The objects of an event, with the names that sentences use for them.

use floorkey::{RecordKey, StoredResourceType};

/// The name of a record, with a link if the record has a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The displayed name.
    pub name: String,
    /// The path of the record's page.
    pub href: Option<String>,
}

impl Named {
    /// Creates a name without a link.
    pub fn plain(name: impl Into<String>) -> Self {
        Self { name: name.into(), href: None }
    }
}

/// Records of the same kind: the number of records, and the names of the first few.
#[derive(Clone, Debug)]
pub(super) struct ObjectGroup {
    pub(super) kind: &'static str,
    pub(super) count: usize,
    pub(super) names: Vec<Named>,
}

/// An event's objects, grouped by kind of record.
#[derive(Clone, Debug, Default)]
pub struct Objects {
    pub(super) kinds: Vec<ObjectGroup>,
    /// The maximum number of names that replace a placeholder.
    pub(super) named_max: usize,
}

impl Objects {
    /// Groups the given records by kind, in the event's order. The caller passes only records that the viewer is
    /// allowed to see. At most `named_max` records of each kind are named.
    pub fn new<'a>(
        records: impl IntoIterator<Item = &'a RecordKey>,
        named_max: usize,
        name: impl Fn(&RecordKey) -> Named,
    ) -> Self {
        let mut kinds: Vec<ObjectGroup> = Vec::new();
        for record in records {
            let kind = kind(record);
            let at = kinds.iter().position(|group| group.kind == kind).unwrap_or_else(|| {
                kinds.push(ObjectGroup { kind, count: 0, names: Vec::new() });
                kinds.len() - 1
            });
            if let Some(group) = kinds.get_mut(at) {
                group.count += 1;
                if group.names.len() < named_max {
                    group.names.push(name(record));
                }
            }
        }
        Self { kinds, named_max }
    }

    /// Returns the records that replace the placeholder for `noun`. The placeholder for `record` stands for records of
    /// all kinds. Every other placeholder stands for records of one kind.
    pub(super) fn for_noun(&self, noun: &'static str) -> Option<ObjectGroup> {
        // The key of a contact center resource does not contain the resource's type, so the type is taken from the
        // phrase.
        let is_stored_resource = StoredResourceType::ALL.iter().any(|stored| stored.resource_type().noun() == noun);
        let kind = if is_stored_resource { INSTANCE_RESOURCE } else { noun };
        let mut chosen = self.kinds.iter().filter(|group| kind == ANY || group.kind == kind).cloned();
        let mut first = chosen.next()?;
        first.kind = if kind == INSTANCE_RESOURCE { noun } else { first.kind };
        for group in chosen {
            first.count += group.count;
            first.names.extend(group.names);
            first.kind = "resource";
        }
        first.names.truncate(self.named_max);
        Some(first)
    }
}

/// The noun in the placeholder that stands for records of all kinds.
const ANY: &str = "record";

/// The noun for stored resources whose type is not known.
const INSTANCE_RESOURCE: &str = "contact center resource";

/// Returns the noun that phrases use for a record of this kind.
pub const fn kind(key: &RecordKey) -> &'static str {
    match key {
        RecordKey::Settings => "instance",
        RecordKey::Structure => "hierarchy",
        RecordKey::Group(_) => "hierarchy group",
        RecordKey::Resource(_) => INSTANCE_RESOURCE,
        RecordKey::Profile(_) => "security profile",
        RecordKey::User(_) => "user",
        RecordKey::AccessKey(_) => "access key",
        RecordKey::Application(_) => "application",
        RecordKey::ApplicationResource(..) => "resource",
        RecordKey::ApiToken(_) => "API token",
        RecordKey::Login(_) => "login history",
        RecordKey::Finding(_) => "finding",
    }
}

/// Returns the plural of a noun, such as `agent statuses`.
pub(super) fn plural(noun: &str) -> String {
    match noun {
        "agent status" => "agent statuses".to_owned(),
        "hours of operation" | "login history" => noun.to_owned(),
        "hierarchy" => "hierarchies".to_owned(),
        noun => format!("{noun}s"),
    }
}

/// Returns a noun with its indefinite article, such as `an access key`.
pub(super) fn indefinite(noun: &str) -> String {
    match noun {
        "hours of operation" => noun.to_owned(),
        "record" => "a resource".to_owned(),
        noun if noun.starts_with(['a', 'A', 'i']) => format!("an {noun}"),
        noun => format!("a {noun}"),
    }
}
