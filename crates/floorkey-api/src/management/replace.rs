//! Replaces one security profile with another for all users with this profile, as one change.

use floorkey::{Act, Command, SecurityProfileId};
use floorkey_aws::exception::Exception;
use serde::Deserialize;

use super::access::not_found;
use super::{Asked, body, nothing};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Replace {
    /// The profile to assign instead.
    replacement_id: String,
    /// Whether to delete the profile, which is not assigned to any user afterwards.
    #[serde(default)]
    delete: bool,
}

/// Replaces the profile in the path.
pub(super) async fn replace(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let profile = asked.profile_id(&directory, Act::ReplaceSecurityProfile)?;
    let Replace { replacement_id, delete } = body::read(asked.body)?;
    let with = SecurityProfileId::parse(&replacement_id);
    let with = with.ok_or_else(|| not_found("security profile", &replacement_id))?;
    asked.execute(&directory, Command::ReplaceSecurityProfile { profile, with, delete }).await?;
    Ok(nothing())
}
