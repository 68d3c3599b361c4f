//! Checks that an actor is allowed to see all records that a change affected. Otherwise, the actor can't undo the
//! change, because the undo would reveal these records.

use crate::action::Action;
use crate::authorization::authorize;
use crate::command::UndoStep;
use crate::decision::{ResourceAttributes, Target};
use crate::directory::Directory;
use crate::invalid::invalid;
use crate::principal::{Actor, Principal};
use crate::record::{Record, RecordKey};
use crate::refusal::{EntityKind, Refusal};
use crate::resource::{ResourceType, StoredResourceType};
use crate::revision::Revision;
use crate::time::Timestamp;
use crate::visibility::Viewer;

/// The maximum number of records that the details of a refused undo name.
pub const UNDO_NAMED_MAX: usize = 20;

/// The operations that read users, security profiles and hierarchy groups.
const VIEW_OPERATIONS: [Action; 3] =
    [Action::DescribeUser, Action::DescribeSecurityProfile, Action::DescribeUserHierarchyGroup];

/// Whether the principal can see at least some of the records that an undo can restore. Otherwise, every undo by the
/// principal is refused.
#[must_use]
pub fn can_undo(directory: &Directory, principal: &Principal, at: Timestamp) -> bool {
    let check = |action| authorize(directory, principal, action, &Target::Instance, at);
    let stored = StoredResourceType::ALL.iter().map(|stored| stored.describe_action());
    let mut actions = VIEW_OPERATIONS.into_iter().chain(stored);
    actions.any(|action| matches!(check(action), Ok(()) | Err(Refusal::OutOfScope { .. })))
}

/// Refuses to undo a change unless the actor is allowed to see all records that the change affected. The message
/// depends neither on these records nor on whether the revision exists.
///
/// Access keys and API tokens are ignored, because an undo does not change them. Login histories are ignored, because
/// they are derived from users.
pub(super) fn check(
    now: &Directory,
    actor: &Actor,
    (action, revision): (Action, Revision),
    steps: &[UndoStep],
    at: Timestamp,
) -> Result<(), Refusal> {
    let viewer = UndoVisibility { now, actor, at };
    let mut changed = steps.iter().filter(|step| step.key().is_some_and(|key| !is_unaffected_by_undo(&key))).peekable();
    if changed.peek().is_none() {
        let newest = now.revision();
        let is_known = (1..=newest.0).contains(&revision.0);
        let details = match is_known {
            true => format!("revision {} has no changes that can be undone", revision.0),
            false => format!("there is no revision {}; the latest is {}", revision.0, newest.0),
        };
        return match viewer.can_see_all() {
            true if is_known => Ok(()),
            true => Err(invalid("Revision", details).into()),
            false => Err(hidden(action, revision).withholding(details)),
        };
    }
    let unseen: Vec<RecordKey> =
        changed.filter(|step| !viewer.can_see_step(step)).filter_map(UndoStep::key).take(UNDO_NAMED_MAX).collect();
    if unseen.is_empty() {
        return Ok(());
    }
    let describe = |key: &RecordKey| match super::record_name(now, key) {
        Some(name) => format!("the {} `{name}`", EntityKind::from(key)),
        None => format!("a deleted {}", EntityKind::from(key)),
    };
    let names = unseen.iter().map(describe).collect::<Vec<_>>().join(", ");
    let details = format!("revision {} changed {names}, which the actor is not allowed to see", revision.0);
    Err(hidden(action, revision).withholding(details))
}

fn hidden(action: Action, revision: Revision) -> Refusal {
    Refusal::OutOfScope { action, what: format!("a record that revision {} changed", revision.0) }
}

/// Whether an undo leaves records of this kind unchanged.
const fn is_unaffected_by_undo(key: &RecordKey) -> bool {
    matches!(key, RecordKey::AccessKey(_) | RecordKey::ApiToken(_))
}

struct UndoVisibility<'a> {
    now: &'a Directory,
    actor: &'a Actor,
    at: Timestamp,
}

impl UndoVisibility<'_> {
    fn can_see_all(&self) -> bool {
        VIEW_OPERATIONS.into_iter().all(|action| self.is_allowed(action, &Target::Instance))
    }

    /// Whether the actor is allowed to see the record in three states: before the change, after the change, and now.
    fn can_see_step(&self, step: &UndoStep) -> bool {
        let versions = [&step.before, &step.after].into_iter().flatten();
        versions.into_iter().all(|record| self.can_see_version(record))
            && step.key().is_some_and(|key| self.can_see_current(&key))
    }

    fn can_see_version(&self, record: &Record) -> bool {
        let (action, resource) = match record {
            Record::User(user) => {
                let hierarchy_group = user.hierarchy_group.filter(|group| self.now.group(*group).is_some());
                let resource = ResourceAttributes::new(ResourceType::User, &user.tags);
                (Action::DescribeUser, ResourceAttributes { hierarchy_group, user: Some(user.id), ..resource })
            }
            Record::Profile(profile) => {
                (Action::DescribeSecurityProfile, ResourceAttributes::new(ResourceType::SecurityProfile, &profile.tags))
            }
            Record::Group(group) => {
                (Action::DescribeUserHierarchyGroup, ResourceAttributes::new(ResourceType::HierarchyGroup, &group.tags))
            }
            Record::Resource(resource) => {
                let stored_type = resource.details.stored_type();
                let attributes = ResourceAttributes::new(stored_type.resource_type(), &resource.tags);
                (stored_type.describe_action(), attributes)
            }
            Record::Settings(_) | Record::Finding(_) => return self.can_see_all(),
            Record::Structure(_)
            | Record::AccessKey(_)
            | Record::Application(_)
            | Record::ApplicationResource(_)
            | Record::ApiToken(_)
            // A login history reveals no more than the records of the users who have had the login name.
            | Record::Login(_) => return true,
        };
        self.is_allowed(action, &Target::Described(resource))
    }

    fn can_see_current(&self, key: &RecordKey) -> bool {
        let is_deleted = match key {
            RecordKey::User(id) => self.now.user(*id).is_none(),
            RecordKey::Profile(id) => self.now.profile(*id).is_none(),
            RecordKey::Group(id) => self.now.group(*id).is_none(),
            RecordKey::Resource(id) => self.now.resource(*id).is_none(),
            RecordKey::Login(_) => return true,
            _ => false,
        };
        is_deleted || Viewer::new(self.now, &self.actor.principal, self.at).record(key).shows_name()
    }

    fn is_allowed(&self, action: Action, target: &Target<'_>) -> bool {
        authorize(self.now, &self.actor.principal, action, target, self.at).is_ok()
    }
}
