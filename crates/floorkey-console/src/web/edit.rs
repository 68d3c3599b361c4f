//! The steps that all edits of records have in common: combining commands, the dry run, saving, and the message with
//! *Undo*. What an edit shows in between (its form, review and conflict page) belongs to its section.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use floorkey::tags::Tags;
use floorkey::{Action, Command, Directory, PlannedChange, RecordKey, Refusal, Timestamp};
use floorkey_service::failure::Failure;
use floorkey_service::service::CommandResult;
use http::Response;

use super::current_user::CurrentUser;
use super::flash::Flash;
use super::page_error::PageError;

/// Combines the commands into one command, so that either all of them take effect or none. Returns `None` if there are
/// no commands.
pub(crate) fn batch(action: Action, mut commands: Vec<Command>) -> Option<Command> {
    match commands.len() {
        0 => None,
        1 => commands.pop(),
        _ => Some(Command::Batch { action, commands }),
    }
}

/// Wraps the command so that it is refused if the record was modified after the form was opened.
pub(crate) fn if_unchanged(record: RecordKey, modified: Timestamp, command: Command) -> Command {
    Command::IfUnchanged { record, modified, command: Box::new(command) }
}

/// Returns the commands that replace the tags of a record.
pub(crate) fn tag_commands(target: &RecordKey, before: &Tags, wanted: Tags) -> impl Iterator<Item = Command> + use<> {
    let removed: BTreeSet<String> = before.keys().filter(|key| !wanted.contains_key(*key)).cloned().collect();
    let new: Tags = wanted.into_iter().filter(|(key, value)| before.get(key) != Some(value)).collect();
    let remove = (!removed.is_empty()).then(|| Command::UntagResource { target: target.clone(), keys: removed });
    let add = (!new.is_empty()).then(|| Command::TagResource { target: target.clone(), tags: new });
    remove.into_iter().chain(add)
}

/// Plans a command without executing it. If the command would be refused by a rule about access and `is_submitted` is
/// `true`, executes it anyway, so that the audit log records the attempt.
///
/// # Errors
/// Returns an error if the attempt can't be recorded.
pub(crate) async fn dry_run(
    viewer: &CurrentUser,
    command: &Command,
    is_submitted: bool,
) -> Result<Result<PlannedChange, Refusal>, PageError> {
    let dry = match viewer.plan(command) {
        Err(refusal) if is_submitted && refusal.is_recorded() => refusal,
        planned => return Ok(planned),
    };
    match viewer.execute(command.clone()).await {
        Err(Failure::Refused(refusal)) => Ok(Err(refusal)),
        Err(failure) => Err(failure.into()),
        // The reason for the refusal no longer existed when the command was executed, so the command succeeded
        // unexpectedly.
        Ok(_) => {
            tracing::warn!(%dry, "a command was executed after its dry run was refused");
            Err(PageError::bad_request("Something changed while this was being saved. Look at the page again."))
        }
    }
}

/// The result of saving.
pub(crate) enum Saved {
    Done(CommandResult),
    /// The record was modified after the form was opened. Contains the current directory.
    Stale(Arc<Directory>),
    Refused(Refusal),
}

/// Executes a command that saves an edit.
///
/// # Errors
/// Returns an error if the command fails for another reason than a refusal.
pub(crate) async fn save(viewer: &CurrentUser, command: Command) -> Result<Saved, PageError> {
    match viewer.execute(command).await {
        Ok(done) => Ok(Saved::Done(done)),
        Err(Failure::Refused(refusal)) if matches!(refusal.root(), Refusal::Stale { .. }) => {
            current_directory(viewer).map(Saved::Stale)
        }
        Err(Failure::Refused(refusal)) => Ok(Saved::Refused(refusal)),
        Err(failure) => Err(failure.into()),
    }
}

/// Returns the directory after the changes that were made since the request began.
///
/// # Errors
/// Returns an error if the instance no longer exists.
pub(crate) fn current_directory(viewer: &CurrentUser) -> Result<Arc<Directory>, PageError> {
    viewer.app().service.engine().current(viewer.instance()).ok_or(PageError::SignIn)
}

/// Redirects to a page with a message that the edit was saved, and with a button that undoes it.
pub(crate) fn saved(viewer: &CurrentUser, to: &str, text: String, done: &CommandResult) -> Response<Body> {
    viewer.context.redirect_with_flash(to, &Flash::good(text).undo(done.revision))
}

/// Redirects to a page with the message that nothing was changed.
pub(crate) fn unchanged(viewer: &CurrentUser, to: &str) -> Response<Body> {
    viewer.context.redirect_with_flash(to, &Flash::info("Nothing was changed."))
}
