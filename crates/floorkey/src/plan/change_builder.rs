//! Builds a change, and performs the checks that several commands have in common.

use std::fmt::Display;
use std::sync::Arc;

use super::{PlannedChange, authorize};
use crate::action::Action;
use crate::audit::diff::diff;
use crate::audit::{AuditEvent, Flag, Outcome};
use crate::change::{AuxiliaryWrite, Change};
use crate::decision::{ResourceAttributes, Target};
use crate::directory::Directory;
use crate::hierarchy::HierarchyGroup;
use crate::id::{HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::principal::{Actor, Authentication, Principal};
use crate::profile::SecurityProfile;
use crate::record::{Record, RecordChange, RecordKey};
use crate::refusal::{EntityKind, Refusal};
use crate::resource::{Resource, ResourceType};
use crate::revision::Revision;
use crate::settings::Settings;
use crate::time::Timestamp;
use crate::user::User;

/// A change that is being built.
pub(super) struct ChangeBuilder<'a> {
    pub(super) before: &'a Directory,
    pub(super) actor: &'a Actor,
    pub(super) action: Action,
    pub(super) now: Timestamp,
    /// The revision that the change creates.
    pub(super) revision: Revision,
    pub(super) records: Vec<RecordChange>,
    pub(super) side: Vec<AuxiliaryWrite>,
    pub(super) targets: Vec<RecordKey>,
    pub(super) flags: Vec<Flag>,
    /// Whether the change is a step of an undo. An undo restores earlier values.
    pub(super) is_undo: bool,
    /// The time of the change that is being undone. This time is set only if the step is part of an undo and restores a
    /// security profile. If the time is unknown, the value is 1970-01-01.
    pub(super) restored_change_time: Option<Timestamp>,
}

impl<'a> ChangeBuilder<'a> {
    pub(super) fn new(
        before: &'a Directory,
        actor: &'a Actor,
        action: Action,
        now: Timestamp,
        revision: Revision,
    ) -> Self {
        Self {
            before,
            actor,
            action,
            now,
            revision,
            records: Vec::new(),
            side: Vec::new(),
            targets: Vec::new(),
            flags: Vec::new(),
            is_undo: false,
            restored_change_time: None,
        }
    }

    /// Checks that the actor is allowed to perform the operation on the target in its current state.
    pub(super) fn authorize(&self, target: &Target<'_>) -> Result<(), Refusal> {
        authorize(self.before, &self.actor.principal, self.action, target, self.now)
    }

    /// Checks that the actor is allowed to perform the given operation on the target. The given operation is part of
    /// the current operation.
    pub(super) fn authorize_as(&self, action: Action, target: &Target<'_>) -> Result<(), Refusal> {
        authorize(self.before, &self.actor.principal, action, target, self.now)
    }

    /// Checks that the actor is the owner and is enabled. Otherwise, checks that the actor is allowed to perform the
    /// operation on the owner.
    pub(super) fn authorize_unless_owner(&self, owner: UserId) -> Result<(), Refusal> {
        match self.acting_user().is_some_and(|user| user.id == owner && user.enabled) {
            true => Ok(()),
            false => self.authorize(&Target::User(owner)),
        }
    }

    /// Rejects callers that use an access key. Without this check, a leaked key could be used to keep access even after
    /// the key is revoked.
    pub(super) fn require_session(&self) -> Result<(), Refusal> {
        match self.actor.principal {
            Principal::User { authentication: Authentication::AccessKey(_), .. } => {
                Err(Refusal::NotRecentlyAuthenticated { action: self.action })
            }
            _ => Ok(()),
        }
    }

    /// Checks that the actor is allowed to perform the operation on a record that is being created.
    pub(super) fn authorize_new(&self, resource: ResourceAttributes<'_>) -> Result<(), Refusal> {
        self.authorize(&Target::Described(resource))
    }

    /// Checks that the actor can see the target of a link. Actors can't link to records that they can't see.
    pub(super) fn check_linkable(
        &self,
        resource_type: ResourceType,
        target: &Target<'_>,
        id: impl Display,
    ) -> Result<(), Refusal> {
        match super::can_list(self.before, &self.actor.principal, resource_type, target, self.now) {
            true => Ok(()),
            false => {
                let what = EntityKind::from(resource_type).with_id(id);
                Err(Refusal::OutOfScope { action: self.action, what })
            }
        }
    }

    /// Returns a copy of the user to edit. The actor must be allowed to perform the operation on the user.
    pub(super) fn user(&mut self, id: UserId) -> Result<User, Refusal> {
        let user = self.existing_user(id)?;
        self.authorize(&Target::User(id))?;
        Ok(user)
    }

    /// Returns a copy of the user to edit. The actor must be the user, or must be allowed to perform the operation on
    /// the user.
    pub(super) fn user_or_self(&mut self, id: UserId) -> Result<User, Refusal> {
        let user = self.existing_user(id)?;
        self.authorize_unless_owner(id)?;
        Ok(user)
    }

    fn existing_user(&mut self, id: UserId) -> Result<User, Refusal> {
        let user = self.before.user(id).ok_or_else(|| self.not_found_or_denied(ResourceType::User, id))?;
        Ok(User::clone(user))
    }

    /// Returns a copy of the profile to edit. The actor must be allowed to perform the operation on the profile.
    pub(super) fn profile(&mut self, id: SecurityProfileId) -> Result<SecurityProfile, Refusal> {
        let profile =
            self.before.profile(id).ok_or_else(|| self.not_found_or_denied(ResourceType::SecurityProfile, id))?;
        self.authorize(&Target::Profile(id))?;
        Ok(SecurityProfile::clone(profile))
    }

    /// Returns a copy of the group to edit. The actor must be allowed to perform the operation on the group.
    pub(super) fn group(&mut self, id: HierarchyGroupId) -> Result<HierarchyGroup, Refusal> {
        let group = self.before.group(id).ok_or_else(|| self.not_found_or_denied(ResourceType::HierarchyGroup, id))?;
        self.authorize(&Target::Group(id))?;
        Ok(HierarchyGroup::clone(group))
    }

    /// Returns a copy of the resource to edit. The actor must be allowed to perform the operation on the resource.
    pub(super) fn resource(&mut self, id: ResourceId) -> Result<Resource, Refusal> {
        let resource = self.before.resource(id).ok_or_else(|| self.resource_not_found_or_denied(id))?;
        self.authorize(&Target::Resource(id))?;
        Ok(Resource::clone(resource))
    }

    /// Returns the refusal for a resource that does not exist. The resource's type is unknown.
    fn resource_not_found_or_denied(&self, id: ResourceId) -> Refusal {
        match self.authorize(&Target::Instance) {
            Ok(()) | Err(Refusal::OutOfScope { .. }) => not_found(EntityKind::StoredResource, id),
            Err(refusal) => refusal,
        }
    }

    /// Returns a copy of the settings to edit. The actor must be allowed to perform the operation on the instance.
    pub(super) fn settings(&mut self) -> Result<Settings, Refusal> {
        self.authorize(&Target::Instance)?;
        Ok(Settings::clone(self.before.settings()))
    }

    pub(super) fn put_user(&mut self, user: User) {
        let modified = self.modified(self.before.user(user.id).map(|before| before.modified));
        self.put(Record::User(Arc::new(User { modified, ..user })));
    }

    pub(super) fn put_profile(&mut self, profile: SecurityProfile) {
        let modified = self.modified(self.before.profile(profile.id).map(|before| before.modified));
        self.put(Record::Profile(Arc::new(SecurityProfile { modified, ..profile })));
    }

    pub(super) fn put_group(&mut self, group: HierarchyGroup) {
        let modified = self.modified(self.before.group(group.id).map(|before| before.modified));
        self.put(Record::Group(Arc::new(HierarchyGroup { modified, ..group })));
    }

    pub(super) fn put_resource(&mut self, resource: Resource) {
        let modified = self.modified(self.before.resource(resource.id).map(|before| before.modified));
        self.put(Record::Resource(Arc::new(Resource { modified, ..resource })));
    }

    /// Returns the modification time for a new version of a record. It is always later than the previous version's
    /// modification time, so each version has a different time.
    pub(super) fn modified(&self, before: Option<Timestamp>) -> Timestamp {
        before.map_or(self.now, |before| self.now.max(Timestamp::from_millis(before.as_millis().saturating_add(1))))
    }

    pub(super) fn put(&mut self, record: Record) {
        self.records.push(RecordChange::Upsert(record));
    }

    /// Adds a record to the change. If the change already contains a version of this record, the new version replaces
    /// it.
    pub(super) fn replace(&mut self, record: Record) {
        let key = record.key();
        match self.records.iter_mut().find(|change| change.key() == key) {
            Some(change) => *change = RecordChange::Upsert(record),
            None => self.put(record),
        }
    }

    /// Adds a user to the change and sets a new modification time. If the change already contains a version of this
    /// user, the new version replaces it.
    pub(super) fn replace_user(&mut self, user: User) {
        let modified = self.modified(self.before.user(user.id).map(|before| before.modified));
        self.replace(Record::User(Arc::new(User { modified, ..user })));
    }

    pub(super) fn remove(&mut self, key: RecordKey) {
        self.records.push(RecordChange::Remove(key));
    }

    /// Returns the acting user, or `None` if the actor is the operator or the system.
    pub(super) fn acting_user(&self) -> Option<&Arc<User>> {
        match self.actor.principal {
            Principal::User { id, .. } => self.before.user(id),
            Principal::Operator { .. } | Principal::System => None,
        }
    }

    /// Builds the audit event and returns the completed change.
    pub(super) fn finish(self, next: Directory) -> PlannedChange {
        let changes = self
            .records
            .iter()
            .flat_map(|change| {
                let key = change.key();
                let after = match change {
                    RecordChange::Upsert(record) => Some(record),
                    RecordChange::Remove(_) => None,
                };
                diff(&key, record(self.before, &key).as_ref(), after)
            })
            .collect();
        let event = AuditEvent {
            action: self.action,
            actor: self.actor.clone(),
            at: self.now,
            outcome: Outcome::Done { revision: next.revision() },
            targets: self.targets,
            changes,
            flags: self.flags,
        };
        PlannedChange {
            change: Change { revision: next.revision(), records: self.records, side: self.side, event },
            next,
        }
    }
}

/// Returns the record with the given key in the directory.
pub(super) fn record(directory: &Directory, key: &RecordKey) -> Option<Record> {
    Some(match key {
        RecordKey::Settings => Record::Settings(directory.settings().clone()),
        RecordKey::Structure => Record::Structure(directory.hierarchy_structure().clone()),
        RecordKey::Group(id) => Record::Group(directory.group(*id)?.clone()),
        RecordKey::Resource(id) => Record::Resource(directory.resource(*id)?.clone()),
        RecordKey::Profile(id) => Record::Profile(directory.profile(*id)?.clone()),
        RecordKey::User(id) => Record::User(directory.user(*id)?.clone()),
        RecordKey::AccessKey(id) => Record::AccessKey(directory.access_key(id)?.clone()),
        RecordKey::Application(namespace) => Record::Application(directory.application(namespace)?.clone()),
        RecordKey::ApplicationResource(namespace, id) => {
            Record::ApplicationResource(directory.application_resource(namespace, id)?.clone())
        }
        RecordKey::ApiToken(id) => Record::ApiToken(directory.api_token(*id)?.clone()),
        RecordKey::Login(login) => Record::Login(directory.login_history_of(login)?.clone()),
        RecordKey::Finding(id) => Record::Finding(directory.finding_state(*id)?.clone()),
    })
}

pub(super) fn not_found(kind: impl Into<EntityKind>, id: impl ToString) -> Refusal {
    Refusal::NotFound { kind: kind.into(), id: id.to_string() }
}
