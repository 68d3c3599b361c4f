//! Display names of event fields.

/// Returns the display name of an event field.
pub(super) fn label(field: &str) -> String {
    let known = match field {
        "username" => "Login",
        "email" => "Email",
        "secondary_email" => "Secondary email",
        "confirmed_email" => "Verified email",
        "mobile" => "Mobile number",
        "enabled" => "Can sign in",
        "escalation_guard" => "Escalation guard",
        "hierarchy_restricted" => "Restricted to a hierarchy group",
        "assignable" => "Can assign",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    floorkey::text::capitalized(&field.replace('_', " "))
}

/// Returns the display name for a single value of a list field.
pub(super) fn member_label(field: &str) -> String {
    let known = match field {
        "security_profiles" => "Security profile",
        "permissions" => "Permission",
        "applications" => "Application permission",
        "conditions" => "Condition",
        "scopes" => "Scope",
        "subject_types" => "Subject type that means users",
        "resource_types" => "Resource type and its namespace",
        "proficiencies" => "Proficiency",
        "tags" => "Tag",
        "access_control_tags" => "Access-control tag",
        "tag_restricted_resources" => "Restricted by tag",
        "second_factors" => "MFA device",
        "attributes" => "Attribute",
        "queues" => "Queue",
        "manual_assignment_queues" => "Manual assignment queue",
        "concurrencies" => "Concurrency",
        "opening_times" => "Opening time",
        _ => "",
    };
    if known.is_empty() { label(field) } else { known.to_owned() }
}
