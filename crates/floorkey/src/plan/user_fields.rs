//! Commands on the stored fields of a user: identity, phone, routing, hierarchy, proficiencies.

use super::check;
use super::draft::{Draft, not_found};
use crate::decision::Target;
use crate::id::{HierarchyGroupId, ResourceId, UserId};
use crate::limits;
use crate::refusal::{Refusal, invalid};
use crate::resource::ResourceType;
use crate::user::{CHANNELS, ChannelSettings, Identity, Phone, Proficiency};

pub(super) fn identity(draft: &mut Draft<'_>, id: UserId, identity: &Identity) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    check::identity(identity, draft.before.settings())?;
    if user.identity.email != identity.email {
        // The new address has no effect until it is verified, and links that were sent become invalid. An address that
        // an undo restores was not entered by its actor, so it must be confirmed again that it is the user's.
        user.security_epoch += 1;
        user.email_unverified = draft.undoing && identity.email.is_some() && user.confirmed_email != identity.email;
        draft.take_custody(&mut user);
        if identity.email.is_none() {
            user.confirmed_email = None;
            user.email_confirmed_at = None;
        }
    }
    user.identity = identity.clone();
    draft.put_user(user);
    Ok(())
}

pub(super) fn phone(draft: &mut Draft<'_>, id: UserId, channels: &[ChannelSettings]) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    check::channels(channels)?;
    user.phone = Phone { channels: in_order(channels) };
    draft.put_user(user);
    Ok(())
}

pub(super) fn channels(draft: &mut Draft<'_>, id: UserId, channels: &[ChannelSettings]) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
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
    draft.put_user(user);
    Ok(())
}

pub(super) fn routing(draft: &mut Draft<'_>, id: UserId, routing_profile: ResourceId) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    link_routing(draft, routing_profile)?;
    user.routing_profile = routing_profile;
    draft.put_user(user);
    Ok(())
}

pub(super) fn hierarchy(draft: &mut Draft<'_>, id: UserId, group: Option<HierarchyGroupId>) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    if group != user.hierarchy_group {
        link_group(draft, group)?;
    }
    user.hierarchy_group = group;
    draft.put_user(user);
    Ok(())
}

pub(super) fn add_skills(draft: &mut Draft<'_>, id: UserId, list: &[Proficiency]) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    check::proficiencies(list)?;
    for new in list {
        if user.proficiencies.iter().any(|held| same(held, &new.attribute, &new.value)) {
            let name = format!("{} {}", new.attribute, new.value);
            return Err(Refusal::Duplicate { what: "proficiency of this user", name });
        }
        user.proficiencies.push(new.clone());
    }
    check::count("proficiencies", user.proficiencies.len(), limits::PROFICIENCIES_MAX)?;
    draft.put_user(user);
    Ok(())
}

pub(super) fn set_skills(draft: &mut Draft<'_>, id: UserId, list: &[Proficiency]) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    check::proficiencies(list)?;
    for new in list {
        let held = user.proficiencies.iter_mut().find(|held| same(held, &new.attribute, &new.value));
        held.ok_or_else(|| not_found("proficiency", format!("{} {}", new.attribute, new.value)))?.level = new.level;
    }
    draft.put_user(user);
    Ok(())
}

pub(super) fn drop_skills(draft: &mut Draft<'_>, id: UserId, list: &[(String, String)]) -> Result<(), Refusal> {
    let mut user = draft.user(id)?;
    for (attribute, value) in list {
        let at = user.proficiencies.iter().position(|held| same(held, attribute, value));
        let at = at.ok_or_else(|| not_found("proficiency", format!("{attribute} {value}")))?;
        user.proficiencies.remove(at);
    }
    draft.put_user(user);
    Ok(())
}

/// Checks that the routing profile exists and that the actor sees it.
pub(super) fn link_routing(draft: &Draft<'_>, id: ResourceId) -> Result<(), Refusal> {
    if draft.before.resource_of(ResourceType::RoutingProfile, id).is_none() {
        return Err(draft.missing_link(ResourceType::RoutingProfile, id));
    }
    draft.link(ResourceType::RoutingProfile, &Target::Resource(id), || format!("the routing profile {id}"))
}

/// Checks that the group exists and that the actor sees it.
pub(super) fn link_group(draft: &Draft<'_>, group: Option<HierarchyGroupId>) -> Result<(), Refusal> {
    let Some(id) = group else { return Ok(()) };
    if draft.before.group(id).is_none() {
        return Err(draft.missing_link(ResourceType::HierarchyGroup, id));
    }
    draft.link(ResourceType::HierarchyGroup, &Target::Group(id), || format!("the hierarchy group {id}"))
}

/// The settings in the order of [`CHANNELS`].
pub(super) fn in_order(channels: &[ChannelSettings]) -> Vec<ChannelSettings> {
    let place = |settings: &ChannelSettings| CHANNELS.iter().position(|known| *known == settings.channel);
    let mut ordered = channels.to_vec();
    ordered.sort_by_key(place);
    ordered
}

fn same(held: &Proficiency, attribute: &str, value: &str) -> bool {
    held.attribute == attribute && held.value == value
}
