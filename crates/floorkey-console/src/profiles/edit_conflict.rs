//! Describes who changed the profile after the form was opened, when it was changed, and how.

use floorkey::{RecordKey, SecurityProfile, Timestamp};

use super::address;
use super::form::FormMessage;
use crate::history::changes_since;
use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;
use crate::web::text;

/// The maximum number of changes listed.
const LINES_MAX: usize = 12;

/// Describes the changes saved after the form was opened. The user can save the form anyway, or leave the form without
/// saving.
pub(super) async fn message(
    viewer: &CurrentUser,
    now: &SecurityProfile,
    seen: Option<Timestamp>,
) -> Result<FormMessage, PageError> {
    let key = RecordKey::Profile(now.id);
    let events = changes_since::changes_since(viewer, std::slice::from_ref(&key), seen.unwrap_or(now.modified)).await?;
    let mut names: Vec<String> = events.iter().map(|event| changes_since::actor_name(viewer, event)).collect();
    names.dedup();
    let head = match events.first() {
        Some(last) => {
            let (ago, moment) = (text::relative_time(last.at(), viewer.now), viewer.time(last.at()));
            format!("{} changed this profile {ago} ({moment}), while you were editing it", text::join_names(&names, 3))
        }
        None => "This profile has changed while you were editing it".to_owned(),
    };
    let text = "Below is what you filled in; it is not saved. Save it again to put it in place of the other change, \
        or leave the page to keep the other change.";
    let mut message = FormMessage::new("warn", head, text);
    message.lines = changes_since::changes(viewer, &events, &key, LINES_MAX);
    message.link = Some((address(now.id), "Take theirs: show the profile as it is now".to_owned()));
    Ok(message)
}
