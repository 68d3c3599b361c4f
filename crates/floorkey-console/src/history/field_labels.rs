//! Display names of event fields.

use floorkey::RecordKey;

use crate::web::fields::Field;
use crate::{profile_fields, user_fields};

/// Returns the display name of a field of a record, and the display name of one value of a field with several values.
pub(super) fn labels(record: &RecordKey, field: &str) -> (String, String) {
    fn in_table<R>(table: &[Field<R>], name: &str) -> Option<(&'static str, &'static str)> {
        table.iter().find(|field| field.history == name).map(|field| (field.label, field.singular))
    }
    let known = match record {
        RecordKey::User(_) => in_table(user_fields::FIELDS, field),
        RecordKey::Profile(_) => in_table(profile_fields::FIELDS, field),
        _ => None,
    };
    let (label, singular) = known.unwrap_or(match field {
        "tags" => ("Tags", "Tag"),
        "permissions" => ("Permissions", "Permission"),
        "scopes" => ("Scopes", "Scope"),
        "subject_types" => ("Subject types that mean users", "Subject type that means users"),
        "resource_types" => ("Resource types and their namespaces", "Resource type and its namespace"),
        "attributes" => ("Attributes", "Attribute"),
        "queues" => ("Queues", "Queue"),
        "quick_connects" => ("Quick connects", "Quick connect"),
        "manual_assignment_queues" => ("Manual assignment queues", "Manual assignment queue"),
        "concurrencies" => ("Concurrencies", "Concurrency"),
        "opening_times" => ("Opening times", "Opening time"),
        _ => ("", ""),
    });
    match label {
        "" => {
            let label = floorkey::text::capitalized(&field.replace('_', " "));
            (label.clone(), label)
        }
        label => (label.to_owned(), singular.to_owned()),
    }
}
