//! Operations on security profiles that Connect doesn't have. They rename a profile, and set the profiles that users
//! with a profile can assign.

use std::collections::BTreeSet;

use floorkey::{Action, Command, ResourceType, SecurityProfileId};
use floorkey_aws::exception::Exception;
use serde::{Deserialize, Serialize};

use super::access::not_found;
use super::{CallContext, body, empty_response, json};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct AssignableProfiles {
    security_profile_ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct RenameProfileInput {
    name: String,
}

/// Lists the profiles that users with this profile can assign when the escalation guard is in `enforce` mode. The users
/// can also assign the profiles that they have themselves.
pub(super) async fn list(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let profile = context.profile(&directory, Action::DescribeSecurityProfile).await?;
    json(&AssignableProfiles {
        security_profile_ids: profile.assignable.iter().map(SecurityProfileId::to_string).collect(),
    })
}

/// Replaces the list of profiles that users with this profile can assign.
pub(super) async fn set(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let profile = context.profile_id(&directory, Action::SetAssignableProfiles)?;
    let body: AssignableProfiles = body::parse(context.body)?;
    let parse = |id: &String| SecurityProfileId::parse(id).ok_or_else(|| not_found(ResourceType::SecurityProfile, id));
    let assignable = body.security_profile_ids.iter().map(parse).collect::<Result<BTreeSet<_>, _>>()?;
    context.execute(&directory, Command::SetAssignableProfiles { profile, assignable }).await?;
    Ok(empty_response())
}

/// Renames a security profile.
pub(super) async fn rename(context: &CallContext<'_>) -> Result<Vec<u8>, Exception> {
    let directory = context.directory()?;
    let profile = context.profile_id(&directory, Action::RenameSecurityProfile)?;
    let RenameProfileInput { name } = body::parse(context.body)?;
    context.execute(&directory, Command::RenameSecurityProfile { profile, name }).await?;
    Ok(empty_response())
}
