//! Operations on a security profile that Connect doesn't have: renaming it, and setting the profiles that users with
//! this profile can assign.

use std::collections::BTreeSet;

use floorkey::{Act, Command, SecurityProfileId};
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::not_found;
use super::{Asked, body, json, nothing};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Assignable {
    security_profile_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Rename {
    name: String,
}

/// Lists the profiles that users with this profile can assign in the guard's `enforce` mode, in addition to those that
/// they have.
pub(super) async fn list(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let profile = asked.profile(&directory, Act::DescribeSecurityProfile).await?;
    json(&Assignable { security_profile_ids: profile.assignable.iter().map(SecurityProfileId::to_string).collect() })
}

/// Replaces the list of assignable profiles.
pub(super) async fn set(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let profile = asked.profile_id(&directory, Act::SetAssignableProfiles)?;
    let body: Assignable = body::read(asked.body)?;
    let parse = |id: &String| SecurityProfileId::parse(id).ok_or_else(|| not_found("security profile", id));
    let assignable = body.security_profile_ids.iter().map(parse).collect::<Result<BTreeSet<_>, _>>()?;
    asked.execute(&directory, Command::SetAssignableProfiles { profile, assignable }).await?;
    Ok(nothing())
}

/// Renames a profile.
pub(super) async fn rename(asked: &Asked<'_>) -> Result<Vec<u8>, Exception> {
    let directory = asked.directory()?;
    let profile = asked.profile_id(&directory, Act::RenameSecurityProfile)?;
    let Rename { name } = body::read(asked.body)?;
    asked.execute(&directory, Command::RenameSecurityProfile { profile, name }).await?;
    Ok(nothing())
}
