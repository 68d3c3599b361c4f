//! Commands that change a user's fields: identity, phone settings, routing profile, hierarchy group and proficiencies.

use super::change_builder::{ChangeBuilder, not_found};
use super::check;
use crate::decision::Target;
use crate::id::{HierarchyGroupId, ResourceId, UserId};
use crate::invalid::invalid;
use crate::limits;
use crate::refusal::{EntityKind, Refusal};
use crate::resource::ResourceType;
use crate::user::{CHANNELS, ChannelSettings, Identity, Phone, Proficiency};

pub(super) fn identity(builder: &mut ChangeBuilder<'_>, id: UserId, identity: &Identity) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    check::identity(identity, builder.before.settings())?;
    if user.identity.email != identity.email {
        // The new address has no effect until the user verifies it, and links that were sent earlier become invalid.
        // When an undo restores an address, the actor has not entered it. An actor must therefore confirm again that
        // the address belongs to the user.
        user.security_epoch += 1;
        user.email_unverified = builder.is_undo && identity.email.is_some() && user.verified_email != identity.email;
        builder.add_actor_as_custodian(&mut user);
        if identity.email.is_none() {
            user.verified_email = None;
            user.email_verified_at = None;
        }
    }
    user.identity = identity.clone();
    builder.put_user(user);
    Ok(())
}

pub(super) fn phone(builder: &mut ChangeBuilder<'_>, id: UserId, channels: &[ChannelSettings]) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    check::channels(channels)?;
    user.phone = Phone { channels: in_order(channels) };
    builder.put_user(user);
    Ok(())
}

pub(super) fn channels(
    builder: &mut ChangeBuilder<'_>,
    id: UserId,
    channels: &[ChannelSettings],
) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    for new in channels {
        let Some(old) = user.phone.channel_mut(&new.channel) else {
            return Err(check::channels(std::slice::from_ref(new)).err().map_or_else(
                || invalid("Channel", format!("`{}` is not a channel", new.channel)).into(),
                Refusal::from,
            ));
        };
        let channel = std::mem::take(&mut old.channel);
        *old = ChannelSettings {
            channel,
            auto_accept: new.auto_accept.or(old.auto_accept),
            callback_auto_accept: new.callback_auto_accept.or(old.callback_auto_accept),
            after_contact_work_seconds: new.after_contact_work_seconds.or(old.after_contact_work_seconds),
            callback_after_contact_work_seconds: new
                .callback_after_contact_work_seconds
                .or(old.callback_after_contact_work_seconds),
            phone_type: new.phone_type.clone().or_else(|| old.phone_type.take()),
            phone_number: new.phone_number.clone().or_else(|| old.phone_number.take()),
            persistent_connection: new.persistent_connection.or(old.persistent_connection),
            voice_enhancement: new.voice_enhancement.clone().or_else(|| old.voice_enhancement.take()),
        };
    }
    check::channels(&user.phone.channels)?;
    builder.put_user(user);
    Ok(())
}

pub(super) fn routing(builder: &mut ChangeBuilder<'_>, id: UserId, routing_profile: ResourceId) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    check_routing_profile(builder, routing_profile)?;
    user.routing_profile = routing_profile;
    builder.put_user(user);
    Ok(())
}

pub(super) fn hierarchy(
    builder: &mut ChangeBuilder<'_>,
    id: UserId,
    group: Option<HierarchyGroupId>,
) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    if group != user.hierarchy_group {
        check_group(builder, group)?;
    }
    user.hierarchy_group = group;
    builder.put_user(user);
    Ok(())
}

pub(super) fn add_proficiencies(
    builder: &mut ChangeBuilder<'_>,
    id: UserId,
    proficiencies: &[Proficiency],
) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    check::proficiencies(proficiencies)?;
    for new in proficiencies {
        if user.proficiencies.iter().any(|existing| has_attribute(existing, &new.attribute, &new.value)) {
            let name = format!("{} {}", new.attribute, new.value);
            return Err(Refusal::Duplicate { kind: EntityKind::ProficiencyOfUser, name });
        }
        user.proficiencies.push(new.clone());
    }
    check::input_count("UserProficiencies", "proficiencies", user.proficiencies.len(), limits::PROFICIENCIES_MAX)?;
    builder.put_user(user);
    Ok(())
}

pub(super) fn set_proficiencies(
    builder: &mut ChangeBuilder<'_>,
    id: UserId,
    proficiencies: &[Proficiency],
) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    check::proficiencies(proficiencies)?;
    for new in proficiencies {
        let existing =
            user.proficiencies.iter_mut().find(|existing| has_attribute(existing, &new.attribute, &new.value));
        existing.ok_or_else(|| not_found(EntityKind::Proficiency, format!("{} {}", new.attribute, new.value)))?.level =
            new.level;
    }
    builder.put_user(user);
    Ok(())
}

pub(super) fn remove_proficiencies(
    builder: &mut ChangeBuilder<'_>,
    id: UserId,
    proficiencies: &[(String, String)],
) -> Result<(), Refusal> {
    let mut user = builder.user(id)?;
    for (attribute, value) in proficiencies {
        let at = user.proficiencies.iter().position(|existing| has_attribute(existing, attribute, value));
        let at = at.ok_or_else(|| not_found(EntityKind::Proficiency, format!("{attribute} {value}")))?;
        user.proficiencies.remove(at);
    }
    builder.put_user(user);
    Ok(())
}

/// Checks that the routing profile exists and that the actor can see the routing profile.
pub(super) fn check_routing_profile(builder: &ChangeBuilder<'_>, id: ResourceId) -> Result<(), Refusal> {
    if builder.before.resource_with_type(ResourceType::RoutingProfile, id).is_none() {
        return Err(builder.link_not_found_or_denied(ResourceType::RoutingProfile, id));
    }
    builder.check_linkable(ResourceType::RoutingProfile, &Target::Resource(id), id)
}

/// Checks that the group exists and that the actor can see the group.
pub(super) fn check_group(builder: &ChangeBuilder<'_>, group: Option<HierarchyGroupId>) -> Result<(), Refusal> {
    let Some(id) = group else { return Ok(()) };
    if builder.before.group(id).is_none() {
        return Err(builder.link_not_found_or_denied(ResourceType::HierarchyGroup, id));
    }
    builder.check_linkable(ResourceType::HierarchyGroup, &Target::Group(id), id)
}

/// Returns the settings, sorted in the order of [`CHANNELS`].
pub(super) fn in_order(channels: &[ChannelSettings]) -> Vec<ChannelSettings> {
    let position = |settings: &ChannelSettings| CHANNELS.iter().position(|known| *known == settings.channel);
    let mut ordered = channels.to_vec();
    ordered.sort_by_key(position);
    ordered
}

fn has_attribute(proficiency: &Proficiency, attribute: &str, value: &str) -> bool {
    proficiency.attribute == attribute && proficiency.value == value
}
