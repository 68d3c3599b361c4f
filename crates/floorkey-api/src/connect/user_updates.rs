//! Operations that update a user, one operation per field.

use floorkey::user::Assignment;
use floorkey::{
    Command, EntityKind, HierarchyGroupId, RecordKey, Refusal, ResourceId, ResourceType, SecurityProfileId, Target,
};
use floorkey_aws::model::{
    Empty, UpdateUserConfigInput, UpdateUserHierarchyInput, UpdateUserIdentityInfoInput,
    UpdateUserNotificationStatusInput, UpdateUserNotificationStatusOutput, UpdateUserPhoneConfigInput,
    UpdateUserRoutingProfileInput, UpdateUserSecurityProfilesInput,
};

use super::call::parse_ref;
use super::call::{Call, CallResult};
use super::members::non_empty;
use super::phone::{self, ChannelLists};
use super::users::identity;

/// Replaces a user's name, email addresses and mobile number as a whole.
pub(super) async fn identity_info(call: &Call<'_>, input: UpdateUserIdentityInfoInput) -> CallResult<Empty> {
    let user = call.user(&input.user_id).await?.id;
    let identity = identity(Some(input.identity_info));
    call.execute(Command::UpdateUserIdentityInfo { user, identity }).await?;
    Ok(Empty {})
}

/// Sets a user's phone settings in all channels at once.
pub(super) async fn phone_config(call: &Call<'_>, input: UpdateUserPhoneConfigInput) -> CallResult<Empty> {
    let user = call.user(&input.user_id).await?;
    let (user, channels) = (user.id, phone::with_config(&user.phone, &input.phone_config));
    call.execute(Command::UpdateUserPhoneConfig { user, channels }).await?;
    Ok(Empty {})
}

/// Sets the phone settings that the request lists. All other phone settings remain unchanged.
pub(super) async fn config(call: &Call<'_>, input: UpdateUserConfigInput) -> CallResult<Empty> {
    let user = call.user(&input.user_id).await?.id;
    let channels = phone::from_lists(ChannelLists {
        auto_accept: input.auto_accept_configs,
        after_contact_work: input.after_contact_work_configs,
        phone_numbers: input.phone_number_configs,
        persistent_connection: input.persistent_connection_configs,
        voice_enhancement: input.voice_enhancement_configs,
    });
    let channels = call.valid(&Target::User(user), channels).await?;
    call.execute(Command::UpdateUserConfig { user, channels }).await?;
    Ok(Empty {})
}

pub(super) async fn routing_profile(call: &Call<'_>, input: UpdateUserRoutingProfileInput) -> CallResult<Empty> {
    let user = call.user(&input.user_id).await?.id;
    let routing_profile = call
        .valid(
            &Target::User(user),
            parse_ref(ResourceType::RoutingProfile, &input.routing_profile_id, ResourceId::parse),
        )
        .await?;
    call.execute(Command::UpdateUserRoutingProfile { user, routing_profile }).await?;
    Ok(Empty {})
}

/// Assigns the user to a hierarchy group. If the request has no group, removes the user from the hierarchy.
pub(super) async fn hierarchy(call: &Call<'_>, input: UpdateUserHierarchyInput) -> CallResult<Empty> {
    let user = call.user(&input.user_id).await?.id;
    let group = non_empty(input.hierarchy_group_id.as_deref());
    let group = group.map(|id| parse_ref(ResourceType::HierarchyGroup, &id, HierarchyGroupId::parse)).transpose();
    let group = call.valid(&Target::User(user), group).await?;
    call.execute(Command::UpdateUserHierarchy { user, group }).await?;
    Ok(Empty {})
}

pub(super) async fn security_profiles(call: &Call<'_>, input: UpdateUserSecurityProfilesInput) -> CallResult<Empty> {
    let user = call.user(&input.user_id).await?.id;
    let assignment =
        |id: &String| parse_ref(ResourceType::SecurityProfile, id, SecurityProfileId::parse).map(Assignment::always);
    let assignments =
        call.valid(&Target::User(user), input.security_profile_ids.iter().map(assignment).collect()).await?;
    call.execute(Command::UpdateUserSecurityProfiles { user, assignments }).await?;
    Ok(Empty {})
}

/// Always refuses the request, because Floorkey has no user notifications.
pub(super) async fn notification_status(
    call: &Call<'_>,
    input: UpdateUserNotificationStatusInput,
) -> CallResult<UpdateUserNotificationStatusOutput> {
    let user = call.user(&input.user_id).await?.id;
    let refusal = Refusal::NotFound { kind: EntityKind::Notification, id: input.notification_id };
    Err(call.refuse(vec![RecordKey::User(user)], refusal).await)
}
