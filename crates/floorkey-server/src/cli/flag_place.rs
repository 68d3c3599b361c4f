//! The tip for a flag that stands before the command that it belongs to.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};

/// Adds the flag's place to an error about an unknown flag, if the flag stands before the command and a command has it.
/// Other errors are returned unchanged.
pub(super) fn with_tip(mut error: clap::Error, line: &[OsString], command: &clap::Command) -> clap::Error {
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else { return error };
    let is_first = line.get(1).is_some_and(|word| word.to_string_lossy().starts_with(flag.as_str()));
    let Some(name) = flag.strip_prefix("--").filter(|_| is_first) else { return error };
    let tip = if command.find_subcommand("serve").is_some_and(|serve| has_flag(serve, name)) {
        format!("`{flag}` is a flag of the command serve: write `floorkey serve {flag} …`")
    } else if has_flag(command, name) {
        format!("flags stand after the command, as in `floorkey COMMAND {flag} …`")
    } else {
        return error;
    };
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    error
}

/// Whether the command or one of its subcommands has a flag with this name.
fn has_flag(command: &clap::Command, name: &str) -> bool {
    command.get_arguments().any(|argument| argument.get_long() == Some(name))
        || command.get_subcommands().any(|subcommand| has_flag(subcommand, name))
}
