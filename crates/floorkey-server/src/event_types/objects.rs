//! What an event is about, as a sentence names it.

use floorkey::RecordKey;

/// Something with a name, and the page it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) href: Option<String>,
}

impl Named {
    /// Something without a page.
    pub(crate) fn plain(name: impl Into<String>) -> Self {
        Self { name: name.into(), href: None }
    }
}

/// Records of one kind: how many there are, and the first of them by name.
#[derive(Clone, Debug)]
pub(super) struct OfKind {
    pub(super) kind: &'static str,
    pub(super) count: usize,
    pub(super) names: Vec<Named>,
}

/// What an event is about, by kind of record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Objects {
    pub(super) kinds: Vec<OfKind>,
    /// How many names a sentence lists in one place.
    pub(super) named_max: usize,
}

impl Objects {
    /// The records that a reader may see, in the event's order. Of each kind the first `named_max` are named.
    pub(crate) fn new<'a>(
        records: impl IntoIterator<Item = &'a RecordKey>,
        named_max: usize,
        name: impl Fn(&RecordKey) -> Named,
    ) -> Self {
        let mut kinds: Vec<OfKind> = Vec::new();
        for record in records {
            let kind = kind(record);
            let at = kinds.iter().position(|of_kind| of_kind.kind == kind).unwrap_or_else(|| {
                kinds.push(OfKind { kind, count: 0, names: Vec::new() });
                kinds.len() - 1
            });
            if let Some(of_kind) = kinds.get_mut(at) {
                of_kind.count += 1;
                if of_kind.names.len() < named_max {
                    of_kind.names.push(name(record));
                }
            }
        }
        Self { kinds, named_max }
    }

    /// The records that a place in a phrase is for: those of a kind, or all of them for `record`.
    pub(super) fn of(&self, noun: &'static str) -> Option<OfKind> {
        // The phrase knows which resource of the instance it is about; the record's key does not.
        let kind = match noun {
            "agent status" | "hours of operation" | "queue" | "routing profile" => INSTANCE_RESOURCE,
            noun => noun,
        };
        let mut chosen = self.kinds.iter().filter(|of_kind| kind == ANY || of_kind.kind == kind).cloned();
        let mut first = chosen.next()?;
        first.kind = if kind == INSTANCE_RESOURCE { noun } else { first.kind };
        for of_kind in chosen {
            first.count += of_kind.count;
            first.names.extend(of_kind.names);
            first.kind = "resource";
        }
        first.names.truncate(self.named_max);
        Some(first)
    }
}

/// The place that takes records of every kind.
const ANY: &str = "record";

/// A routing profile, a queue, hours of operation or an agent status.
const INSTANCE_RESOURCE: &str = "contact center resource";

/// The kind of a record in words, as phrases write it.
pub(crate) const fn kind(key: &RecordKey) -> &'static str {
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
    }
}

/// Several of them: `2 agent statuses`.
pub(super) fn plural(noun: &str) -> String {
    match noun {
        "agent status" => "agent statuses".to_owned(),
        "hours of operation" | "login history" => noun.to_owned(),
        "hierarchy" => "hierarchies".to_owned(),
        noun => format!("{noun}s"),
    }
}

/// One of them that is not named: `an access key`.
pub(super) fn indefinite(noun: &str) -> String {
    match noun {
        "hours of operation" => noun.to_owned(),
        "record" => "a resource".to_owned(),
        noun if noun.starts_with(['a', 'A', 'i']) => format!("an {noun}"),
        noun => format!("a {noun}"),
    }
}
