//! What is to change for many users at once, and the commands that do it. Whatever is not named stays as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use floorkey::limits::PROFILES_A_USER_MAX;
use floorkey::tags::Tags;
use floorkey::user::ChannelSettings;
use floorkey::{
    Command, Directory, HierarchyGroupId, RecordKey, ResourceId, ResourceType, SecurityProfileId, Timestamp, User,
};

use super::super::fields::Fields;
use super::super::words;
use super::selection::named;

/// What is to change.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// Profiles that everybody gets.
    pub(super) add: Vec<SecurityProfileId>,
    /// Profiles that everybody loses.
    pub(super) remove: Vec<SecurityProfileId>,
    /// Whether everybody ends with exactly the added profiles.
    pub(super) replace: bool,
    pub(super) routing: Option<ResourceId>,
    /// The group; `Some(None)` is none.
    pub(super) group: Option<Option<HierarchyGroupId>>,
    pub(super) tags: Tags,
    pub(super) untag: BTreeSet<String>,
    pub(super) phone_type: Option<String>,
    pub(super) auto_accept: Option<bool>,
    pub(super) after_contact_work: Option<i64>,
}

/// What is wrong with a field, by its name.
pub(super) type Errors = BTreeMap<&'static str, String>;

impl Draft {
    /// Reads a draft out of a form. What can't be read is said beside its field.
    pub(super) fn read(fields: &Fields, directory: &Directory) -> (Self, Errors) {
        let mut errors = Errors::new();
        let ids = |name| -> Vec<SecurityProfileId> {
            let mut ids: Vec<_> = fields.all(name).filter_map(SecurityProfileId::parse).collect();
            ids.retain(|id| directory.profile(*id).is_some());
            ids.dedup();
            ids
        };
        let mut draft =
            Self { add: ids("add"), remove: ids("remove"), replace: fields.has("replace"), ..Self::default() };
        if let Some(text) = fields.text("to-routing") {
            draft.routing = ResourceId::parse(text).filter(|id| directory.resource(*id).is_some());
            wrong_if(&mut errors, draft.routing.is_none(), "to-routing", "There is no such routing profile any more.");
        }
        if let Some(text) = fields.text("to-group") {
            let group = HierarchyGroupId::parse(text).filter(|id| directory.group(*id).is_some());
            draft.group = (text == "none" || group.is_some()).then_some(group);
            wrong_if(&mut errors, draft.group.is_none(), "to-group", "There is no such hierarchy group any more.");
        }
        match tags(fields.raw("tags")) {
            Ok(tags) => draft.tags = tags,
            Err(problem) => drop(errors.insert("tags", problem)),
        }
        draft.untag = fields.all("untag").map(str::to_owned).collect();
        let phone_type = fields.text("phone-type").map(str::to_owned);
        draft.phone_type = phone_type.filter(|word| word == "SOFT_PHONE" || word == "DESK_PHONE");
        draft.auto_accept = fields.text("auto-accept").map(|word| word == "yes");
        if let Some(text) = fields.text("after-work") {
            draft.after_contact_work = text.parse().ok().filter(|seconds| (0..=2_000_000).contains(seconds));
            let problem = "This takes whole seconds, 0 or more; 0 is without limit.";
            wrong_if(&mut errors, draft.after_contact_work.is_none(), "after-work", problem);
        }
        (draft, errors)
    }

    /// Whether it says nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        self.add.is_empty()
            && self.remove.is_empty()
            && !self.replace
            && self.routing.is_none()
            && self.group.is_none()
            && self.tags.is_empty()
            && self.untag.is_empty()
            && self.channel().is_none()
    }

    /// The profiles that a user gets and loses.
    pub(super) fn profiles(&self, user: &User) -> (BTreeSet<SecurityProfileId>, BTreeSet<SecurityProfileId>) {
        let held: BTreeSet<_> = user.assignments.iter().map(|held| held.profile).collect();
        let add: BTreeSet<_> = self.add.iter().copied().collect();
        let remove: BTreeSet<_> = match self.replace {
            true => held.difference(&add).copied().collect(),
            false => self.remove.iter().copied().filter(|id| held.contains(id) && !add.contains(id)).collect(),
        };
        (add.difference(&held).copied().collect(), remove)
    }

    /// The commands that carry it out, none where nothing changes.
    pub(super) fn commands(&self, users: &[Arc<User>], now: Timestamp) -> Vec<Command> {
        let mut commands = Vec::new();
        for user in users {
            let (mut add, remove) = self.profiles(user);
            // One whose time is over is given anew.
            let over = |id: &&SecurityProfileId| {
                user.assignments.iter().any(|held| held.profile == **id && held.has_ended(now))
            };
            add.extend(self.add.iter().filter(over));
            if !add.is_empty() || !remove.is_empty() {
                commands.push(Command::ChangeSecurityProfiles { user: user.id, add, remove });
            }
            if let Some(routing_profile) = self.routing.filter(|routing| user.routing_profile != *routing) {
                commands.push(Command::UpdateUserRoutingProfile { user: user.id, routing_profile });
            }
            if let Some(group) = self.group.filter(|group| user.hierarchy_group != *group) {
                commands.push(Command::UpdateUserHierarchy { user: user.id, group });
            }
            commands.extend(self.tagging(user));
            commands.extend(self.phone(user));
        }
        commands
    }

    fn tagging(&self, user: &User) -> impl Iterator<Item = Command> + use<> {
        let target = RecordKey::User(user.id);
        let is_new = |(key, value): &(&String, &String)| user.tags.get(*key) != Some(*value);
        let tags: Tags = self.tags.iter().filter(is_new).map(|(key, value)| (key.clone(), value.clone())).collect();
        let there = |key: &&String| user.tags.contains_key(*key) && !self.tags.contains_key(*key);
        let keys: BTreeSet<String> = self.untag.iter().filter(there).cloned().collect();
        let untag = (!keys.is_empty()).then(|| Command::UntagResource { target: target.clone(), keys });
        let tag = (!tags.is_empty()).then_some(Command::TagResource { target, tags });
        untag.into_iter().chain(tag)
    }

    fn phone(&self, user: &User) -> Option<Command> {
        let new = self.channel()?;
        let old = user.phone.channel("VOICE").cloned().unwrap_or_default();
        let same = (new.phone_type.is_none() || new.phone_type == old.phone_type)
            && (new.auto_accept.is_none() || new.auto_accept == old.auto_accept)
            && (new.after_contact_work_seconds.is_none()
                || new.after_contact_work_seconds == old.after_contact_work_seconds);
        (!same).then(|| Command::UpdateUserConfig { user: user.id, channels: vec![new] })
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

    /// Who would end with no profile or with too many, in sentences that name them.
    pub(super) fn problems(&self, users: &[Arc<User>]) -> Vec<String> {
        if self.replace && self.add.is_empty() {
            return vec!["Choose the profiles that shall replace the others: nobody may end with none.".to_owned()];
        }
        let after = |user: &Arc<User>| {
            let (add, remove) = self.profiles(user);
            (user.assignments.len() + add.len()).saturating_sub(remove.len())
        };
        let touched = |user: &Arc<User>| self.profiles(user) != (BTreeSet::new(), BTreeSet::new());
        let who = |test: &dyn Fn(usize) -> bool| -> Vec<&Arc<User>> {
            users.iter().filter(|user| touched(user) && test(after(user))).collect()
        };
        let (none, many) = (who(&|count| count == 0), who(&|count| count > PROFILES_A_USER_MAX));
        let mut problems = Vec::new();
        if !none.is_empty() {
            let names = named(none.iter().copied());
            problems.push(format!(
                "{} would end with no security profile: {names}. Give them another one, or delete or disable them.",
                words::count(none.len(), "user")
            ));
        }
        if !many.is_empty() {
            let names = named(many.iter().copied());
            let who = words::count(many.len(), "user");
            problems.push(format!("{who} would hold more than {PROFILES_A_USER_MAX} security profiles: {names}."));
        }
        problems
    }

    /// What changes beside profiles, in words.
    pub(super) fn other_changes(&self, directory: &Directory) -> Vec<String> {
        let mut changes = Vec::new();
        if let Some(routing) =
            self.routing.and_then(|routing| directory.resource_of(ResourceType::RoutingProfile, routing))
        {
            changes.push(format!("Routing profile: {}", routing.name));
        }
        match self.group {
            Some(Some(group)) => changes.push(format!("Hierarchy: {}", words::group_path(directory, group))),
            Some(None) => changes.push("Hierarchy: taken out of it".to_owned()),
            None => {}
        }
        changes.extend(self.untag.iter().map(|key| format!("Tag taken off: {key}")));
        changes.extend(self.tags.iter().map(|(key, value)| format!("Tag: {key} = {value}")));
        match self.phone_type.as_deref() {
            Some("DESK_PHONE") => changes.push("Phone type: desk phone".to_owned()),
            Some(_) => changes.push("Phone type: softphone".to_owned()),
            None => {}
        }
        let auto = |on| format!("Auto-accept calls: {}", if on { "yes" } else { "no" });
        changes.extend(self.auto_accept.map(auto));
        changes.extend(self.after_contact_work.map(|seconds| format!("After-call work: {seconds} seconds")));
        changes
    }
}

fn wrong_if(errors: &mut Errors, wrong: bool, field: &'static str, problem: &str) {
    if wrong {
        errors.insert(field, problem.to_owned());
    }
}

/// Tags, one a line: `key = value`.
fn tags(text: &str) -> Result<Tags, String> {
    let mut tags = Tags::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Some((key, value)) = line.split_once('=') else {
            return Err(format!("“{line}” is no tag: write one a line, as key = value."));
        };
        tags.insert(key.trim().to_owned(), value.trim().to_owned());
    }
    match floorkey::tags::check("Tags", &tags) {
        Ok(()) => Ok(tags),
        Err(invalid) => Err(format!("This is not possible: {}.", invalid.problem)),
    }
}
