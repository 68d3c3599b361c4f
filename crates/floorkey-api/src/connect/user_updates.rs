//! Operations that update a user, one operation per field.

use floorkey::user::Assignment;
use floorkey::{Action, Command, HierarchyGroupId, RecordKey, Refusal, ResourceId, ResourceType, SecurityProfileId};
use floorkey_aws::model::{
    Empty, UpdateUserConfigInput, UpdateUserHierarchyInput, UpdateUserIdentityInfoInput,
    UpdateUserNotificationStatusInput, UpdateUserNotificationStatusOutput, UpdateUserPhoneConfigInput,
    UpdateUserRoutingProfileInput, UpdateUserSecurityProfilesInput,
};
use floorkey_aws::operation::Operation;

use super::lookup::parse_ref;
use super::members::non_empty;
use super::phone::{self, ChannelLists};
use super::users::identity;
use crate::caller::{ApiResult, Caller};

/// Replaces a user's name, email addresses and mobile number as a whole.
pub(super) async fn identity_info(caller: &Caller<'_>, input: UpdateUserIdentityInfoInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::UpdateUserIdentityInfo, Operation::UpdateUserIdentityInfo);
    let directory = caller.directory(&input.instance_id)?;
    let user = caller.user(&directory, &input.user_id, action, operation).await?.id;
    let identity = identity(Some(input.identity_info));
    caller.execute(&directory, Command::UpdateUserIdentityInfo { user, identity }, operation).await?;
    Ok(Empty {})
}

/// Sets a user's phone settings in all channels at once.
pub(super) async fn phone_config(caller: &Caller<'_>, input: UpdateUserPhoneConfigInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::UpdateUserPhoneConfig, Operation::UpdateUserPhoneConfig);
    let directory = caller.directory(&input.instance_id)?;
    let user = caller.user(&directory, &input.user_id, action, operation).await?;
    let (user, channels) = (user.id, phone::with_config(&user.phone, &input.phone_config));
    caller.execute(&directory, Command::UpdateUserPhoneConfig { user, channels }, operation).await?;
    Ok(Empty {})
}

/// Sets the phone settings that the request lists. All other phone settings remain unchanged.
pub(super) async fn config(caller: &Caller<'_>, input: UpdateUserConfigInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::UpdateUserConfig, Operation::UpdateUserConfig);
    let directory = caller.directory(&input.instance_id)?;
    let user = caller.user(&directory, &input.user_id, action, operation).await?.id;
    let channels = phone::from_lists(ChannelLists {
        auto_accept: input.auto_accept_configs,
        after_contact_work: input.after_contact_work_configs,
        phone_numbers: input.phone_number_configs,
        persistent_connection: input.persistent_connection_configs,
        voice_enhancement: input.voice_enhancement_configs,
    });
    let channels = match channels {
        Ok(channels) => channels,
        Err(refusal) => {
            return Err(caller
                .record_refusal(&directory, (action, vec![RecordKey::User(user)]), refusal, operation)
                .await);
        }
    };
    caller.execute(&directory, Command::UpdateUserConfig { user, channels }, operation).await?;
    Ok(Empty {})
}

pub(super) async fn routing_profile(caller: &Caller<'_>, input: UpdateUserRoutingProfileInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::UpdateUserRoutingProfile, Operation::UpdateUserRoutingProfile);
    let directory = caller.directory(&input.instance_id)?;
    let user = caller.user(&directory, &input.user_id, action, operation).await?.id;
    let routing_profile = match parse_ref(ResourceType::RoutingProfile, &input.routing_profile_id, ResourceId::parse) {
        Ok(routing_profile) => routing_profile,
        Err(refusal) => {
            return Err(caller
                .record_refusal(&directory, (action, vec![RecordKey::User(user)]), refusal, operation)
                .await);
        }
    };
    caller.execute(&directory, Command::UpdateUserRoutingProfile { user, routing_profile }, operation).await?;
    Ok(Empty {})
}

/// Assigns the user to a hierarchy group. If the request has no group, removes the user from the hierarchy.
pub(super) async fn hierarchy(caller: &Caller<'_>, input: UpdateUserHierarchyInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::UpdateUserHierarchy, Operation::UpdateUserHierarchy);
    let directory = caller.directory(&input.instance_id)?;
    let user = caller.user(&directory, &input.user_id, action, operation).await?.id;
    let group = non_empty(input.hierarchy_group_id.as_deref());
    let group = group.map(|id| parse_ref(ResourceType::HierarchyGroup, &id, HierarchyGroupId::parse)).transpose();
    let group = match group {
        Ok(group) => group,
        Err(refusal) => {
            return Err(caller
                .record_refusal(&directory, (action, vec![RecordKey::User(user)]), refusal, operation)
                .await);
        }
    };
    caller.execute(&directory, Command::UpdateUserHierarchy { user, group }, operation).await?;
    Ok(Empty {})
}

pub(super) async fn security_profiles(caller: &Caller<'_>, input: UpdateUserSecurityProfilesInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::UpdateUserSecurityProfiles, Operation::UpdateUserSecurityProfiles);
    let directory = caller.directory(&input.instance_id)?;
    let user = caller.user(&directory, &input.user_id, action, operation).await?.id;
    let assignment =
        |id: &String| parse_ref(ResourceType::SecurityProfile, id, SecurityProfileId::parse).map(Assignment::always);
    let assignments = match input.security_profile_ids.iter().map(assignment).collect() {
        Ok(assignments) => assignments,
        Err(refusal) => {
            return Err(caller
                .record_refusal(&directory, (action, vec![RecordKey::User(user)]), refusal, operation)
                .await);
        }
    };
    caller.execute(&directory, Command::UpdateUserSecurityProfiles { user, assignments }, operation).await?;
    Ok(Empty {})
}

/// Always refuses the request, because Floorkey has no user notifications.
pub(super) async fn notification_status(
    caller: &Caller<'_>,
    input: UpdateUserNotificationStatusInput,
) -> ApiResult<UpdateUserNotificationStatusOutput> {
    let (action, operation) = (Action::UpdateUserNotificationStatus, Operation::UpdateUserNotificationStatus);
    let directory = caller.directory(&input.instance_id)?;
    let user = caller.user(&directory, &input.user_id, action, operation).await?.id;
    let refusal = Refusal::NotFound { what: "notification of this user", id: input.notification_id };
    Err(caller.record_refusal(&directory, (action, vec![RecordKey::User(user)]), refusal, operation).await)
}
