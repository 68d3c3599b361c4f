//! Creates keys of states. Tag values, logins and groups are interchangeable, so two states that differ only in such
//! names have equal keys.
//!
//! Keys do not include modification times, revisions or epochs. For a session or a link, the key includes only whether
//! it is valid.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash as _, Hasher as _};

use floorkey::custody::Custody;
use floorkey::hierarchy::HierarchyGroup;
use floorkey::profile::AccessControl;
use floorkey::tags::Tags;
use floorkey::user::{Assignment, Identity};
use floorkey::{
    AnyPermission, Condition, Directory, HierarchyGroupId, Record, SecurityProfile, Settings, User, UserId,
};

use super::attacker_credentials::AttackerCredentials;
use super::command_kind::CommandKind;
use super::fixtures::{GROUPS, USERS, group_id};
use super::state::State;
use super::worlds::SmallWorld;

/// Returns a state's key.
pub(super) fn state_key(world: &SmallWorld, state: &State) -> u64 {
    let State {
        directory,
        tick,
        credentials,
        granted,
        access: _,
        assignable_access: _,
        deleted,
        undoable,
        listed_by_attackers,
    } = state;
    // Tags are interchangeable only if the granted access is the same for both tags. The same is true of groups.
    let texts = if granted.distinguishes_tags() { vec!["red".to_owned(), "blue".to_owned()] } else { Vec::new() };
    let groups = if granted.distinguishes_groups() { (0..GROUPS).map(group_id).collect() } else { Vec::new() };
    let mut hasher = StateHasher { hasher: DefaultHasher::new(), texts, groups };
    (tick, granted, listed_by_attackers).hash(&mut hasher.hasher);
    let AttackerCredentials { password, session, link } = credentials;
    password.hash(&mut hasher.hasher);
    for slot in 0..USERS {
        let address = link[slot].as_ref().map(|(_, address)| address);
        (session[slot].is_some(), address).hash(&mut hasher.hasher);
    }
    let mut records = directory.records();
    // Users come first, because other records use the same strings and groups as the users.
    records.sort_by_key(|record| match record {
        Record::User(_) => 0,
        Record::Profile(_) => 1,
        Record::Group(_) => 2,
        _ => 3,
    });
    for record in &records {
        hasher.record(record);
        hasher.resolved_logins(directory, record);
    }
    for user in deleted.iter().flatten() {
        user.id.hash(&mut hasher.hasher);
        if world.includes(CommandKind::RestoreUser) {
            hasher.user(user);
            hasher.resolved_logins(directory, &Record::User(user.clone()));
        }
    }
    for step in undoable.iter().flat_map(|undoable| undoable.steps.iter()) {
        for record in [&step.before, &step.after] {
            record.is_some().hash(&mut hasher.hasher);
            if let Some(record) = record {
                hasher.record(record);
                hasher.resolved_logins(directory, record);
            }
        }
    }
    for undoable in undoable {
        (undoable.side, undoable.steps.len()).hash(&mut hasher.hasher);
    }
    hasher.hasher.finish()
}

struct StateHasher {
    hasher: DefaultHasher,
    /// Interchangeable strings, in the order of their first occurrence.
    texts: Vec<String>,
    groups: Vec<HierarchyGroupId>,
}

impl StateHasher {
    fn record(&mut self, record: &Record) {
        std::mem::discriminant(record).hash(&mut self.hasher);
        match record {
            Record::Settings(settings) => {
                let Settings {
                    alias: _,
                    identity_management: _,
                    directory_id: _,
                    attributes: _,
                    guard,
                    tags,
                    seen_permissions: _,
                    keeps_login_histories: _,
                    created: _,
                } = &**settings;
                guard.map(|guard| guard.as_str()).hash(&mut self.hasher);
                self.tags(tags);
            }
            Record::Structure(structure) => structure.levels.len().hash(&mut self.hasher),
            Record::Group(group) => self.group_record(group),
            Record::Resource(resource) => {
                resource.id.hash(&mut self.hasher);
                self.tags(&resource.tags);
            }
            Record::Profile(profile) => self.profile(profile),
            Record::User(user) => self.user(user),
            Record::AccessKey(access_key) => {
                let floorkey::AccessKey { id, owner, label: _, created, suspended_until, known_to } = &**access_key;
                (id, owner, created, suspended_until).hash(&mut self.hasher);
                self.custody(known_to);
            }
            Record::Application(application) => {
                application.namespace.hash(&mut self.hasher);
                for permission in &application.permissions {
                    (&permission.name, &permission.requires).hash(&mut self.hasher);
                }
            }
            Record::ApplicationResource(resource) => {
                resource.id.hash(&mut self.hasher);
                self.tags(&resource.attributes);
                self.group(resource.hierarchy_group);
            }
            Record::ApiToken(token) => token.id.hash(&mut self.hasher),
            // Decisions about findings affect neither access nor the outcome of other commands.
            Record::Finding(_) => {}
            Record::Login(history) => {
                // The key also contains the user that a login in a value refers to. This user is hashed together with
                // the values.
                self.text(&history.login);
                let reserved = history.reservation.as_ref().map(|reserved| (reserved.user, reserved.until));
                reserved.hash(&mut self.hasher);
            }
        }
    }

    /// Hashes the users that the record's values refer to by login. A login can refer to different users, depending on
    /// the revision that set the value.
    fn resolved_logins(&mut self, directory: &Directory, record: &Record) {
        let (values, revisions) = match record {
            Record::User(user) => (&user.tags, &user.tag_revisions),
            Record::Profile(profile) => (&profile.tags, &profile.tag_revisions),
            Record::Group(group) => (&group.tags, &group.tag_revisions),
            Record::Resource(resource) => (&resource.tags, &resource.tag_revisions),
            Record::ApplicationResource(resource) => (&resource.attributes, &resource.attribute_revisions),
            _ => return,
        };
        for (name, value) in values {
            directory.user_id_by_login_at(value, revisions.revision(values, name)).hash(&mut self.hasher);
        }
    }

    fn user(&mut self, user: &User) {
        let User {
            id,
            username,
            identity: Identity { first_name: _, last_name: _, email, secondary_email, mobile: _ },
            verified_email: confirmed_email,
            email_verified_at: email_confirmed_at,
            email_unverified,
            directory_user_id: _,
            assignments,
            routing_profile: _,
            hierarchy_group,
            phone: _,
            proficiencies: _,
            tags,
            tag_revisions: _,
            enabled,
            password,
            password_set_at,
            custody,
            mfa_methods: second_factors,
            security_epoch: _,
            modified: _,
        } = user;
        id.hash(&mut self.hasher);
        self.text(username);
        (email, secondary_email, confirmed_email, enabled, *password as u8).hash(&mut self.hasher);
        for Assignment { profile, from, until } in assignments {
            (profile, from, until).hash(&mut self.hasher);
        }
        self.group(*hierarchy_group);
        self.tags(tags);
        (email_confirmed_at, email_unverified, password_set_at).hash(&mut self.hasher);
        self.custody(custody);
        for factor in second_factors {
            (factor.id, factor.added).hash(&mut self.hasher);
        }
    }

    fn custody(&mut self, Custody { custodians, others_since }: &Custody) {
        (custodians.len(), others_since).hash(&mut self.hasher);
        for custodian in custodians {
            (custodian.user, custodian.since).hash(&mut self.hasher);
        }
    }

    fn profile(&mut self, profile: &SecurityProfile) {
        let SecurityProfile {
            id,
            name,
            description: _,
            selected: chosen,
            permissions: _,
            applications,
            access_control: AccessControl { tags, tag_restricted, hierarchy_restricted, hierarchy_group },
            conditions,
            assignable,
            pinned,
            flow_modules: _,
            ai_agents: _,
            data_table_values: _,
            tags: own_tags,
            tag_revisions: _,
            unedited_default,
            modified: _,
        } = profile;
        // Profile names are not interchangeable. Otherwise, the search would miss a rule that looks up a profile by
        // name.
        (id, name, chosen, unedited_default, hierarchy_restricted).hash(&mut self.hasher);
        for application in applications {
            (&application.namespace, &application.permissions).hash(&mut self.hasher);
        }
        self.tags(tags);
        tag_restricted.iter().for_each(|restricted| restricted.as_str().hash(&mut self.hasher));
        self.group(*hierarchy_group);
        self.conditions(conditions);
        assignable.hash(&mut self.hasher);
        pinned.values().for_each(|pinned| self.profile(pinned));
        self.tags(own_tags);
    }

    fn conditions(&mut self, conditions: &BTreeMap<AnyPermission, BTreeSet<Condition>>) {
        for (permission, all) in conditions {
            permission.to_string().hash(&mut self.hasher);
            for condition in all {
                match condition {
                    Condition::OwnedBySubject { attribute } => (0, attribute).hash(&mut self.hasher),
                    Condition::SameHierarchy => 1.hash(&mut self.hasher),
                    Condition::EqualsSubject { attribute, subject_attribute: of_subject } => {
                        (2, attribute, of_subject).hash(&mut self.hasher)
                    }
                    Condition::OneOf { owner: of, attribute, values } => {
                        (3, of, attribute).hash(&mut self.hasher);
                        values.iter().for_each(|value| self.text(value));
                    }
                }
            }
        }
    }

    fn group_record(&mut self, group: &HierarchyGroup) {
        let HierarchyGroup { id, name, parent, level: _, tags, tag_revisions: _, modified: _ } = group;
        self.group(Some(*id));
        self.text(name);
        self.group(*parent);
        self.tags(tags);
    }

    fn tags(&mut self, tags: &Tags) {
        tags.len().hash(&mut self.hasher);
        for (name, value) in tags {
            name.hash(&mut self.hasher);
            self.text(value);
        }
    }

    /// Hashes a string. A user ID is hashed unchanged, and any other string is hashed as an interchangeable string.
    fn text(&mut self, text: &str) {
        if UserId::parse(text).is_some() {
            return text.hash(&mut self.hasher);
        }
        let at = self.texts.iter().position(|known| known == text);
        let at = at.unwrap_or_else(|| {
            self.texts.push(text.to_owned());
            self.texts.len() - 1
        });
        at.hash(&mut self.hasher);
    }

    fn group(&mut self, group: Option<HierarchyGroupId>) {
        let at = group.map(|group| {
            let at = self.groups.iter().position(|known| *known == group);
            at.unwrap_or_else(|| {
                self.groups.push(group);
                self.groups.len() - 1
            })
        });
        at.hash(&mut self.hasher);
    }
}
