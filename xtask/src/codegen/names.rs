//! Converts the model's names to Rust names.

/// Converts `AllowedAIAgents` to `allowed_ai_agents`.
pub(super) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, &letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let after = letters.get(index + 1);
        let begins_word = letter.is_uppercase()
            && before.is_some_and(|before| !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()));
        if begins_word {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// Converts `AllowedAIAgents` to `ALLOWED_AI_AGENTS`.
pub(super) fn screaming(name: &str) -> String {
    snake(name).to_uppercase()
}

/// Converts `AI_AGENT` or `ai_agent` to `AiAgent`.
pub(super) fn pascal(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters.map(|letter| letter.to_ascii_lowercase())).collect::<String>()
    };
    name.split('_').map(word).collect()
}

/// Converts a member's name to a field name, escaping keywords.
pub(super) fn field(name: &str) -> String {
    let name = snake(name);
    if name == "type" { format!("r#{name}") } else { name }
}

/// Returns the name of the file for an operation's structs. The name is the operation's noun. If there are many
/// operations for the noun, the name also contains the kind of operation.
pub(super) fn noun(operation: &str, group: &str) -> &'static str {
    match group {
        "agent-status" => "agent_status",
        "hierarchy" => "hierarchy",
        "hours-of-operation" => "hours_of_operation",
        "instance" => "instance",
        "queues" => "queue",
        "routing-profiles" => "routing_profile",
        "security-profiles" if operation.starts_with("List") => "security_profile_list",
        "security-profiles" => "security_profile",
        "tags" => "tag",
        _ if operation.contains("Proficienc") => "user_proficiency",
        _ if operation.starts_with("Update") => "user_update",
        _ => "user",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_where_words_begin() {
        for (name, snaked) in [
            ("AllowedAIAgents", "allowed_ai_agents"),
            ("AgentStatusARN", "agent_status_arn"),
            ("Hours24Format", "hours24_format"),
            ("resourceArn", "resource_arn"),
            ("IAMRestrictedPrimaryValue", "iam_restricted_primary_value"),
        ] {
            assert_eq!(snake(name), snaked);
        }
        assert_eq!(pascal("AI_AGENT"), "AiAgent");
        assert_eq!(field("Type"), "r#type");
    }
}
