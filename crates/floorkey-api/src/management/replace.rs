//! Replaces a security profile with another profile for every user who has it. All users change in one revision.

use floorkey::{Action, Command, ResourceType, SecurityProfileId};
use floorkey_aws::exception::Exception;
use serde::Deserialize;

use super::access::not_found;
use super::{CallContext, body, empty_response};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct ReplaceProfileInput {
    /// The ID of the profile that is assigned to the users instead.
    replacement_id: String,
    /// Whether to delete the replaced profile after it has been removed from all users.
    #[serde(default)]
    delete: bool,
}

/// Replaces the security profile in the path.
pub(super) async fn replace(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let profile = context.profile_id(&directory, Action::ReplaceSecurityProfile)?;
    let ReplaceProfileInput { replacement_id, delete } = body::parse(context.body)?;
    let replacement = SecurityProfileId::parse(&replacement_id);
    let replacement = replacement.ok_or_else(|| not_found(ResourceType::SecurityProfile, &replacement_id))?;
    context.execute(&directory, Command::ReplaceSecurityProfile { profile, with: replacement, delete }).await?;
    Ok(empty_response())
}
