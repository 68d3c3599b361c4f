//! A change to many users, and the commands that apply the change. Unset fields leave the users' values unchanged.

use std::collections::BTreeSet;
use std::sync::Arc;

use floorkey::tags::Tags;
use floorkey::user::ChannelSettings;
use floorkey::{Command, HierarchyGroupId, RecordKey, ResourceId, SecurityProfileId, Timestamp, User};

/// How long deleted users can be restored, in milliseconds. A deleted user's login stays reserved for this time.
pub const RESTORABLE_MILLIS: i64 = floorkey::limits::LOGIN_RESERVED_DAYS as i64 * 24 * 60 * 60 * 1000;

/// A change to many users.
#[derive(Clone, Debug, Default)]
pub struct BulkEdit {
    /// Profiles to assign.
    pub add: Vec<SecurityProfileId>,
    /// Profiles to remove.
    pub remove: Vec<SecurityProfileId>,
    /// Whether to remove all profiles that are not in `add`.
    pub replace: bool,
    /// The new routing profile.
    pub routing: Option<ResourceId>,
    /// The new hierarchy group; `Some(None)` removes users from their groups.
    pub group: Option<Option<HierarchyGroupId>>,
    /// Tags to add. An existing tag with the same key gets the new value.
    pub tags: Tags,
    /// Keys of tags to remove.
    pub untag: BTreeSet<String>,
    /// The new phone type, `SOFT_PHONE` or `DESK_PHONE`.
    pub phone_type: Option<String>,
    /// Whether to accept calls automatically.
    pub auto_accept: Option<bool>,
    /// The time limit for after-contact work, in seconds; 0 means no limit.
    pub after_contact_work: Option<i64>,
}

impl BulkEdit {
    /// Whether the edit changes nothing.
    pub fn is_empty(&self) -> bool {
        self.add.is_empty()
            && self.remove.is_empty()
            && !self.replace
            && self.routing.is_none()
            && self.group.is_none()
            && self.tags.is_empty()
            && self.untag.is_empty()
            && self.channel().is_none()
    }

    /// Returns the profiles that the edit assigns to a user, and the profiles that it removes from that user.
    pub fn profiles(&self, user: &User) -> (BTreeSet<SecurityProfileId>, BTreeSet<SecurityProfileId>) {
        let assigned: BTreeSet<_> = user.assignments.iter().map(|assigned| assigned.profile).collect();
        let add: BTreeSet<_> = self.add.iter().copied().collect();
        let remove: BTreeSet<_> = match self.replace {
            true => assigned.difference(&add).copied().collect(),
            false => self.remove.iter().copied().filter(|id| assigned.contains(id) && !add.contains(id)).collect(),
        };
        (add.difference(&assigned).copied().collect(), remove)
    }

    /// Returns the commands that apply the edit to the users. The list is empty if the edit changes no user.
    pub fn commands(&self, users: &[Arc<User>], now: Timestamp) -> Vec<Command> {
        let mut commands = Vec::new();
        for user in users {
            let (mut add, remove) = self.profiles(user);
            // If a user's assignment of a profile in `add` has ended, the profile is assigned again.
            let has_ended = |id: &&SecurityProfileId| {
                user.assignments.iter().any(|assigned| assigned.profile == **id && assigned.has_ended(now))
            };
            add.extend(self.add.iter().filter(has_ended));
            if !add.is_empty() || !remove.is_empty() {
                commands.push(Command::ChangeSecurityProfiles { user: user.id, add, remove });
            }
            if let Some(routing_profile) = self.routing.filter(|routing| user.routing_profile != *routing) {
                commands.push(Command::UpdateUserRoutingProfile { user: user.id, routing_profile });
            }
            if let Some(group) = self.group.filter(|group| user.hierarchy_group != *group) {
                commands.push(Command::UpdateUserHierarchy { user: user.id, group });
            }
            commands.extend(self.tag_commands(user));
            commands.extend(self.phone_command(user));
        }
        commands
    }

    fn tag_commands(&self, user: &User) -> impl Iterator<Item = Command> + use<> {
        let target = RecordKey::User(user.id);
        let is_new = |(key, value): &(&String, &String)| user.tags.get(*key) != Some(*value);
        let tags: Tags = self.tags.iter().filter(is_new).map(|(key, value)| (key.clone(), value.clone())).collect();
        let has_tag = |key: &&String| user.tags.contains_key(*key) && !self.tags.contains_key(*key);
        let keys: BTreeSet<String> = self.untag.iter().filter(has_tag).cloned().collect();
        let untag = (!keys.is_empty()).then(|| Command::UntagResource { target: target.clone(), keys });
        let tag = (!tags.is_empty()).then_some(Command::TagResource { target, tags });
        untag.into_iter().chain(tag)
    }

    fn phone_command(&self, user: &User) -> Option<Command> {
        let new = self.channel()?;
        let old = user.phone.channel("VOICE").cloned().unwrap_or_default();
        let is_unchanged = (new.phone_type.is_none() || new.phone_type == old.phone_type)
            && (new.auto_accept.is_none() || new.auto_accept == old.auto_accept)
            && (new.after_contact_work_seconds.is_none()
                || new.after_contact_work_seconds == old.after_contact_work_seconds);
        (!is_unchanged).then(|| Command::UpdateUserConfig { user: user.id, channels: vec![new] })
    }

    fn channel(&self) -> Option<ChannelSettings> {
        let channel = ChannelSettings {
            channel: "VOICE".to_owned(),
            phone_type: self.phone_type.clone(),
            auto_accept: self.auto_accept,
            after_contact_work_seconds: self.after_contact_work,
            ..ChannelSettings::default()
        };
        let blank = ChannelSettings { channel: channel.channel.clone(), ..ChannelSettings::default() };
        (channel != blank).then_some(channel)
    }
}
