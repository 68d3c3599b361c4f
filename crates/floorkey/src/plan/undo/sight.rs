//! Checks that an actor is allowed to see everything that a change affected, so that undoing it reveals nothing to
//! others.

use crate::act::Act;
use crate::command::UndoStep;
use crate::decision::{Target, Thing};
use crate::directory::{Directory, Revision};
use crate::plan::authorize;
use crate::plan::course::kind;
use crate::principal::{Actor, Principal};
use crate::record::{Record, RecordKey};
use crate::refusal::{Refusal, invalid};
use crate::resource::ResourceType;
use crate::time::Timestamp;
use crate::visibility::Viewer;

/// The maximum number of records that the details of a refused undo name.
pub const UNDO_NAMED: usize = 20;

/// The operations that show the kinds of records that an undo restores.
const SEEN_BY: [Act; 3] = [Act::DescribeUser, Act::DescribeSecurityProfile, Act::DescribeUserHierarchyGroup];

/// Whether the principal can see any record that an undo restores, at least within a scope. For all other principals
/// every undo is refused.
#[must_use]
pub fn can_undo(directory: &Directory, principal: &Principal, at: Timestamp) -> bool {
    let asked = |act| authorize(directory, principal, act, &Target::Instance, at);
    SEEN_BY.into_iter().any(|act| matches!(asked(act), Ok(()) | Err(Refusal::OutOfScope { .. })))
}

/// Refuses to undo a change unless the actor is allowed to see everything that it affected. The message is the same
/// whatever the change affected, and whether or not the revision exists. Access keys and API tokens are ignored,
/// because an undo leaves them alone. So are login histories, which follow from their users.
pub(super) fn check(
    now: &Directory,
    actor: &Actor,
    (act, revision): (Act, Revision),
    steps: &[UndoStep],
    at: Timestamp,
) -> Result<(), Refusal> {
    let viewer = Sight { now, actor, at };
    let mut changed = steps.iter().filter(|step| step.key().is_some_and(|key| !stays(&key))).peekable();
    if changed.peek().is_none() {
        let newest = now.revision();
        let is_known = (1..=newest.0).contains(&revision.0);
        let details = match is_known {
            true => format!("revision {} has no changes that can be undone", revision.0),
            false => format!("there is no revision {}; the latest is {}", revision.0, newest.0),
        };
        return match viewer.sees_everything() {
            true if is_known => Ok(()),
            true => Err(invalid("Revision", details).into()),
            false => Err(hidden(act, revision).withholding(details)),
        };
    }
    let unseen: Vec<RecordKey> =
        changed.filter(|step| !viewer.sees(step)).filter_map(UndoStep::key).take(UNDO_NAMED).collect();
    if unseen.is_empty() {
        return Ok(());
    }
    let named = |key: &RecordKey| match super::name(now, key) {
        Some(name) => format!("the {} `{name}`", kind(key)),
        None => format!("a deleted {}", kind(key)),
    };
    let named = unseen.iter().map(named).collect::<Vec<_>>().join(", ");
    let details = format!("revision {} changed {named}, which the actor is not allowed to see", revision.0);
    Err(hidden(act, revision).withholding(details))
}

fn hidden(act: Act, revision: Revision) -> Refusal {
    Refusal::OutOfScope { act, what: format!("a record that revision {} changed", revision.0) }
}

/// Whether an undo leaves the record as it is.
const fn stays(key: &RecordKey) -> bool {
    matches!(key, RecordKey::AccessKey(_) | RecordKey::ApiToken(_))
}

struct Sight<'a> {
    now: &'a Directory,
    actor: &'a Actor,
    at: Timestamp,
}

impl Sight<'_> {
    fn sees_everything(&self) -> bool {
        SEEN_BY.into_iter().all(|act| self.may(act, &Target::Instance))
    }

    /// Whether the actor is allowed to see the record in its states before and after the change, and in its current
    /// state.
    fn sees(&self, step: &UndoStep) -> bool {
        let versions = [&step.before, &step.after].into_iter().flatten();
        versions.into_iter().all(|record| self.saw(record)) && step.key().is_some_and(|key| self.sees_now(&key))
    }

    fn saw(&self, record: &Record) -> bool {
        let (act, thing) = match record {
            Record::User(user) => {
                let hierarchy_group = user.hierarchy_group.filter(|group| self.now.group(*group).is_some());
                let thing = Thing::new(ResourceType::User, &user.tags);
                (Act::DescribeUser, Thing { hierarchy_group, user: Some(user.id), ..thing })
            }
            Record::Profile(profile) => {
                (Act::DescribeSecurityProfile, Thing::new(ResourceType::SecurityProfile, &profile.tags))
            }
            Record::Group(group) => {
                (Act::DescribeUserHierarchyGroup, Thing::new(ResourceType::HierarchyGroup, &group.tags))
            }
            Record::Settings(_) => return self.sees_everything(),
            Record::Structure(_)
            | Record::Resource(_)
            | Record::AccessKey(_)
            | Record::Application(_)
            | Record::ApplicationResource(_)
            | Record::ApiToken(_)
            // It reveals nothing beyond the records of the users who had the login.
            | Record::Login(_) => return true,
        };
        self.may(act, &Target::Described(thing))
    }

    fn sees_now(&self, key: &RecordKey) -> bool {
        let is_gone = match key {
            RecordKey::User(id) => self.now.user(*id).is_none(),
            RecordKey::Profile(id) => self.now.profile(*id).is_none(),
            RecordKey::Group(id) => self.now.group(*id).is_none(),
            RecordKey::Login(_) => return true,
            _ => false,
        };
        is_gone || Viewer::new(self.now, &self.actor.principal, self.at).record(key).shows_name()
    }

    fn may(&self, act: Act, target: &Target<'_>) -> bool {
        authorize(self.now, &self.actor.principal, act, target, self.at).is_ok()
    }
}
