//! Limits events to what the viewer can see. Records and actors that are hidden from the viewer are removed from an
//! event.

use std::sync::Arc;

use floorkey::visibility::Viewer;
use floorkey::{Directory, Principal, RecordKey, Revision, Timestamp, UserId};
use floorkey_store::{
    ChangePart, ChangeVisibility, EventPart, EventReader, StoredEvent, StoredFieldChange, StoredOutcome,
};

use super::NAMED_MAX;
use crate::web::current_user::CurrentUser;
use floorkey_service::event_types;

/// An event limited to what the viewer can see. Pages show events only in this form.
#[derive(Clone, Debug)]
pub(crate) struct VisibleEvent {
    /// The event with only the visible targets and changes.
    pub(super) event: StoredEvent,
    /// The changes that contain names of records.
    pub(super) names: Vec<StoredFieldChange>,
    /// The requested records. Empty if all records are requested.
    pub(super) about: Vec<RecordKey>,
    /// The number of visible change lines. The event may contain only some of these lines.
    pub(super) lines: usize,
    /// Whether the event changed anything, visible or not.
    pub(super) has_changes: bool,
    /// The number of the event's targets that are outside the viewer's scope.
    pub(super) hidden_targets: usize,
    /// Whether the viewer can see the actor and the actor's network address.
    pub(super) shows_actor: bool,
    /// Whether the viewer can see the event in full, including the message of a refusal and the hash.
    pub(super) shows_details: bool,
}

impl VisibleEvent {
    /// Sets the requested records, and sorts these records before all other targets.
    pub(super) fn about(mut self, records: &[RecordKey]) -> Self {
        self.event.targets.sort_by_key(|key| !records.contains(key));
        self.about = records.to_vec();
        self
    }

    /// Returns the user if the event is limited to a single user.
    pub(super) fn about_user(&self) -> Option<UserId> {
        match self.about.as_slice() {
            [RecordKey::User(id)] => Some(*id),
            _ => None,
        }
    }

    /// Returns the revision that the event created. `None` if the event changed nothing.
    pub(super) fn revision(&self) -> Option<Revision> {
        match self.event.outcome {
            StoredOutcome::Done { revision } if self.has_changes => Some(Revision(revision)),
            _ => None,
        }
    }

    /// Returns the number of the event's targets, whether visible or not.
    pub(super) fn all_targets(&self) -> usize {
        self.event.targets.len() + self.hidden_targets
    }

    /// Returns the time of the event.
    pub(crate) const fn at(&self) -> Timestamp {
        self.event.at
    }
}

/// The requested part of an event.
#[derive(Clone, Default)]
pub(crate) struct RequestedPart {
    /// The records whose changes are requested. Empty if the changes to all records are requested.
    pub(crate) about: Vec<RecordKey>,
    /// The number of change lines to skip.
    pub(crate) skip: usize,
    /// The maximum number of change lines.
    pub(crate) take: usize,
    /// A range of targets whose names are also requested: the number of targets to skip, and the maximum number of
    /// targets. The names of the first targets of each kind are always included.
    pub(crate) targets: Option<(usize, usize)>,
    /// Whether to verify the event's hash even if the event is large.
    pub(crate) check: bool,
}

impl RequestedPart {
    /// Converts this request into a request to the store. The store then reads only the parts of events that the viewer
    /// can see.
    pub(crate) fn part(self, viewer: &CurrentUser) -> ChangePart {
        let (skip, take, check) = (self.skip, self.take, self.check);
        let (directory, principal, now) = (viewer.directory.clone(), viewer.principal(), viewer.now);
        ChangePart {
            reader: Arc::new(EventViewer { directory, principal, now, requested: self }),
            skip,
            take,
            with_empty: false,
            verify_leaf: check,
        }
    }
}

/// The part of an event that a viewer requested, and the data that determines what the viewer can see.
struct EventViewer {
    directory: Arc<Directory>,
    principal: Principal,
    now: Timestamp,
    requested: RequestedPart,
}

impl EventViewer {
    fn visible(&self) -> Viewer<'_> {
        Viewer::new(&self.directory, &self.principal, self.now)
    }
}

impl EventReader for EventViewer {
    fn visibility(&self, record: &RecordKey) -> ChangeVisibility {
        match record {
            record if !is_shown_target(record) => ChangeVisibility::Ignored,
            record if !shows(&self.visible(), record) => ChangeVisibility::Withheld,
            record if is_about(&self.directory, &self.requested.about, record) => ChangeVisibility::Visible,
            _ => ChangeVisibility::Ignored,
        }
    }

    fn ignores_field(&self, field: &str) -> bool {
        is_hidden_field(field)
    }

    fn targets_to_name(&self, targets: &[RecordKey]) -> Vec<RecordKey> {
        let visible = self.visible();
        let is_visible = |key: &RecordKey| is_shown_target(key) && shows(&visible, key);
        let mut named = first_of_each_kind(targets, is_visible);
        if let Some((skip, take)) = self.requested.targets {
            named.extend(targets.iter().filter(|key| is_visible(key)).skip(skip).take(take).cloned());
        }
        named
    }
}

/// Returns the visible records to name in a headline: at most `NAMED_MAX` records of each kind. Does not evaluate the
/// visibility of further records of the same kind.
fn first_of_each_kind(targets: &[RecordKey], is_visible: impl Fn(&RecordKey) -> bool) -> Vec<RecordKey> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    let mut first = Vec::new();
    for key in targets {
        let kind = event_types::kind(key);
        let at = counts.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
            counts.push((kind, 0));
            counts.len() - 1
        });
        let Some((_, count)) = counts.get_mut(at).filter(|(_, count)| *count < NAMED_MAX) else { continue };
        if is_visible(key) {
            *count += 1;
            first.push(key.clone());
        }
    }
    first
}

/// Whether the history pages hide changes to a field. A change to the security epoch only means that sessions end,
/// which the event type already states.
pub(super) fn is_hidden_field(field: &str) -> bool {
    field == "security_epoch"
}

/// Whether the history pages show a target. A login history is not shown separately, because it always changes together
/// with the user.
pub(super) const fn is_shown_target(key: &RecordKey) -> bool {
    !matches!(key, RecordKey::Login(_))
}

/// Whether a record is one of the requested records, or an access key of a requested user.
fn is_about(directory: &Directory, about: &[RecordKey], record: &RecordKey) -> bool {
    let owner = || match record {
        RecordKey::AccessKey(id) => directory.access_key(id).map(|key| RecordKey::User(key.owner)),
        _ => None,
    };
    about.is_empty() || about.contains(record) || owner().is_some_and(|owner| about.contains(&owner))
}

/// Removes the parts of an event that the viewer cannot see. Returns `None` if nothing remains.
pub(super) fn limit_to_viewer(viewer: &CurrentUser, part: EventPart) -> Option<VisibleEvent> {
    let principal = viewer.principal();
    limit_to(&Viewer::new(&viewer.directory, &principal, viewer.now), part)
}

/// Whether the viewer can see all events in full.
pub(super) fn sees_all_events(viewer: &CurrentUser) -> bool {
    let visible = viewer.visibility();
    visible.sees_all_users() && visible.sees_all_profiles()
}

/// Does the same as [`limit_to_viewer`], but for any principal and directory.
fn limit_to(visible: &Viewer<'_>, part: EventPart) -> Option<VisibleEvent> {
    let EventPart { mut event, names, lines, withheld: hidden, changes } = part;
    let sees_everything = visible.sees_all_users() && visible.sees_all_profiles();
    event.targets.retain(is_shown_target);
    let all = event.targets.len();
    // Events recorded by early versions of Floorkey have no targets, so such an event could be about any record.
    if all == 0 && lines + hidden == 0 && !sees_everything {
        return None;
    }
    event.targets.retain(|key| shows(visible, key));
    if event.targets.is_empty() && lines == 0 && all + hidden > 0 {
        return None;
    }
    let hidden_targets = all - event.targets.len();
    let shows_actor = match &event.principal {
        Principal::User { id, .. } => visible.is_own_user(*id) || visible.user(*id).shows_name(),
        Principal::Operator { .. } | Principal::System => true,
    };
    let shows_details = shows_actor && sees_everything && hidden_targets == 0 && hidden == 0;
    if !shows_actor {
        (event.address, event.user_agent, event.request_id) = (None, None, String::new());
    }
    Some(VisibleEvent {
        event,
        names,
        about: Vec::new(),
        lines,
        has_changes: changes > 0,
        hidden_targets,
        shows_actor,
        shows_details,
    })
}

/// Whether the viewer can see the parts of an event that are about this record. Everyone who can open the Historical
/// changes page can see the settings of the instance.
pub(super) fn shows(visible: &Viewer<'_>, key: &RecordKey) -> bool {
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
        Action, Authentication, Directory, HierarchyGroupId, InstanceId, Permission, Record, ResourceId,
        SecurityProfile, SecurityProfileId, User, ValueRevisions,
    };
    use floorkey_store::StoredValue;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn by(user: u128) -> Principal {
        Principal::User {
            id: UserId::from_bits(user),
            authentication: Authentication::Session { recently_authenticated: true },
        }
    }

    fn refused(actor: u128, targets: &[RecordKey]) -> EventPart {
        let event = StoredEvent {
            seq: 7,
            at: NOW,
            event_type: Action::DeleteUser.name().to_owned(),
            principal: by(actor),
            request_id: "a call".to_owned(),
            signature: None,
            address: Some(StoredValue::Value("192.0.2.7".to_owned())),
            user_agent: Some(StoredValue::Value("a browser".to_owned())),
            outcome: StoredOutcome::Refused {
                code: "guard".to_owned(),
                message: StoredValue::Value("root has everything".to_owned()),
                reference: None,
            },
            targets: targets.to_vec(),
            changes: Vec::new(),
            flags: Vec::new(),
            body: String::new(),
            leaf: [0; 32],
        };
        EventPart { event, names: Vec::new(), lines: 0, withheld: 0, changes: 0 }
    }

    fn user(number: u128) -> RecordKey {
        RecordKey::User(UserId::from_bits(number))
    }

    /// Creates a directory with a group that contains user 3 but not user 4. User 1 can see everything, and user 2 can
    /// see the users in the group.
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
                tag_revisions: ValueRevisions::default(),
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
    fn records_out_of_scope_are_counted_but_not_shown() {
        let directory = directory();
        let (all, scoped) = (by(1), by(2));
        let see = |principal, event| limit_to(&Viewer::new(&directory, principal, NOW), event);
        let whole = see(&all, refused(4, &[user(3), user(4)])).unwrap();
        assert_eq!((whole.hidden_targets, whole.shows_actor, whole.shows_details), (0, true, true));

        let part = see(&scoped, refused(3, &[user(3), user(4), user(1)])).unwrap();
        assert_eq!((part.hidden_targets, part.shows_actor, part.shows_details), (2, true, false));
        assert_eq!(part.event.targets, [user(3)]);

        let by_stranger = see(&scoped, refused(4, &[user(3)])).unwrap();
        assert!(!by_stranger.shows_actor && !by_stranger.shows_details);
        assert_eq!((&by_stranger.event.address, &by_stranger.event.user_agent), (&None, &None));
        assert_eq!(by_stranger.event.request_id, "");

        assert!(see(&scoped, refused(3, &[user(4)])).is_none());
        assert!(see(&scoped, refused(4, &[])).is_none());
        assert!(see(&all, refused(4, &[])).is_some());
        let of_instance = see(&scoped, refused(4, &[RecordKey::Settings])).unwrap();
        assert!(!of_instance.shows_actor && !of_instance.shows_details);
    }
}
