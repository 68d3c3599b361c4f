//! What of an event a reader may see: what it tells of records in their scope, and of an actor in it.

use floorkey::visibility::Viewer as Visible;
use floorkey::{Principal, RecordKey, Timestamp};
use floorkey_store::StoredEvent;

use crate::console::viewer::Viewer;

/// An event as far as its reader may see it. Nothing else of an event is shown.
#[derive(Clone, Debug)]
pub(in crate::console) struct SeenEvent {
    /// With the targets and changes that the reader may see, and with nothing that only others may.
    pub(super) event: StoredEvent,
    /// How many targets are outside the reader's scope.
    pub(super) outside: usize,
    /// Whether the reader may see who the actor is, and from where they came.
    pub(super) shows_actor: bool,
    /// Whether the reader may see all of it as it was written: why it was refused, and its hash.
    pub(super) shows_details: bool,
}

impl SeenEvent {
    /// When it was.
    pub(in crate::console) const fn at(&self) -> Timestamp {
        self.event.at
    }
}

/// The event without what the viewer may not see; `None` if nothing of it is left.
pub(super) fn seen(viewer: &Viewer, event: StoredEvent) -> Option<SeenEvent> {
    let principal = viewer.principal();
    cut(&Visible::new(&viewer.directory, &principal, viewer.now), event)
}

/// The same for whoever looks at a directory.
fn cut(visible: &Visible<'_>, mut event: StoredEvent) -> Option<SeenEvent> {
    let sees_everything = visible.sees_all_users() && visible.sees_all_profiles();
    // Histories of logins follow their users, and are no targets of their own.
    let is_told = |key: &RecordKey| !matches!(key, RecordKey::Login(_));
    event.targets.retain(is_told);
    event.changes.retain(|change| is_told(&change.record));
    // Events of early versions don't name their targets: they may be about anything.
    if event.targets.is_empty() && event.changes.is_empty() && !sees_everything {
        return None;
    }
    let (targets, changes) = (event.targets.len(), event.changes.len());
    event.targets.retain(|key| shows(visible, key));
    event.changes.retain(|change| shows(visible, &change.record));
    if event.targets.is_empty() && event.changes.is_empty() && targets + changes > 0 {
        return None;
    }
    let outside = targets - event.targets.len();
    let shows_actor = match &event.principal {
        Principal::User { id, .. } => visible.is_oneself(*id) || visible.user(*id).shows_name(),
        Principal::Operator { .. } | Principal::System => true,
    };
    let shows_details = shows_actor && sees_everything && outside == 0 && event.changes.len() == changes;
    if !shows_actor {
        (event.address, event.agent, event.request_id) = (None, None, String::new());
    }
    Some(SeenEvent { event, outside, shows_actor, shows_details })
}

/// Whether an event's word on the record is shown. Everybody who reads the history sees the instance.
fn shows(visible: &Visible<'_>, key: &RecordKey) -> bool {
    matches!(key, RecordKey::Settings) || visible.record(key).shows_details()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use floorkey::hierarchy::HierarchyGroup;
    use floorkey::profile::AccessControl;
    use floorkey::tags::Tags;
    use floorkey::user::Assignment;
    use floorkey::{
        Act, Directory, HierarchyGroupId, InstanceId, Permission, Record, ResourceId, Revision, SecurityProfile,
        SecurityProfileId, SetRevisions, User, UserId, Via,
    };
    use floorkey_store::{Kept, StoredOutcome};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn by(user: u128) -> Principal {
        Principal::User { id: UserId::from_bits(user), via: Via::Session { fresh: true } }
    }

    fn refused(actor: u128, targets: &[RecordKey]) -> StoredEvent {
        StoredEvent {
            seq: 7,
            at: NOW,
            act: Act::DeleteUser.name().to_owned(),
            principal: by(actor),
            request_id: "a call".to_owned(),
            signature: None,
            address: Some(Kept::Value("192.0.2.7".to_owned())),
            agent: Some(Kept::Value("a browser".to_owned())),
            outcome: StoredOutcome::Refused {
                code: "guard".to_owned(),
                message: Kept::Value("root has everything".to_owned()),
                reference: None,
            },
            targets: targets.to_vec(),
            changes: Vec::new(),
            flags: Vec::new(),
            body: String::new(),
            leaf: [0; 32],
        }
    }

    fn user(number: u128) -> RecordKey {
        RecordKey::User(UserId::from_bits(number))
    }

    /// User 1 sees all, user 2 sees the users of a group, in which user 3 is and user 4 is not.
    fn directory() -> Directory {
        let group = HierarchyGroupId::from_bits(1);
        let profile = |number, permissions: &[&str]| {
            let permissions = permissions.iter().map(|name| Permission::parse(name).unwrap()).collect();
            let id = SecurityProfileId::from_bits(number);
            SecurityProfile::new(id, format!("profile {number}"), String::new(), permissions, NOW)
        };
        let scoped = SecurityProfile {
            access_control: AccessControl {
                hierarchy_restricted: true,
                hierarchy_group: Some(group),
                ..AccessControl::default()
            },
            ..profile(2, &["Users.View"])
        };
        let user = |number: u128, profile: Option<u128>, hierarchy_group| User {
            assignments: profile.map(SecurityProfileId::from_bits).map(Assignment::always).into_iter().collect(),
            hierarchy_group,
            ..User::new(UserId::from_bits(number), format!("user-{number}"), ResourceId::from_bits(1), NOW)
        };
        let (name, tags) = ("Lisbon".to_owned(), Tags::new());
        let records = vec![
            Record::Group(Arc::new(HierarchyGroup {
                id: group,
                name,
                parent: None,
                level: 1,
                tags,
                tags_set: SetRevisions::default(),
                modified: NOW,
            })),
            Record::Profile(Arc::new(profile(1, &["Users.View", "SecurityProfiles.View"]))),
            Record::Profile(Arc::new(scoped)),
            Record::User(Arc::new(user(1, Some(1), None))),
            Record::User(Arc::new(user(2, Some(2), None))),
            Record::User(Arc::new(user(3, None, Some(group)))),
            Record::User(Arc::new(user(4, None, None))),
        ];
        Directory::from_records(InstanceId::from_bits(1), Revision(1), records)
    }

    #[test]
    fn what_is_outside_is_counted_and_nothing_else_of_it_told() {
        let directory = directory();
        let (all, scoped) = (by(1), by(2));
        let see = |principal, event| cut(&Visible::new(&directory, principal, NOW), event);
        let whole = see(&all, refused(4, &[user(3), user(4)])).unwrap();
        assert_eq!((whole.outside, whole.shows_actor, whole.shows_details), (0, true, true));

        let part = see(&scoped, refused(3, &[user(3), user(4), user(1)])).unwrap();
        assert_eq!((part.outside, part.shows_actor, part.shows_details), (2, true, false));
        assert_eq!(part.event.targets, [user(3)]);

        let by_stranger = see(&scoped, refused(4, &[user(3)])).unwrap();
        assert!(!by_stranger.shows_actor && !by_stranger.shows_details);
        assert_eq!((&by_stranger.event.address, &by_stranger.event.agent), (&None, &None));
        assert_eq!(by_stranger.event.request_id, "");

        assert!(see(&scoped, refused(3, &[user(4)])).is_none());
        assert!(see(&scoped, refused(4, &[])).is_none());
        assert!(see(&all, refused(4, &[])).is_some());
        let of_instance = see(&scoped, refused(4, &[RecordKey::Settings])).unwrap();
        assert!(!of_instance.shows_actor && !of_instance.shows_details);
    }
}
