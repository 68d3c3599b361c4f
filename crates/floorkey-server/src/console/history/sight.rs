//! What of an event somebody may see: that about things which they may view.

use floorkey::{Act, RecordKey, StoredResourceType, Target};
use floorkey_store::StoredEvent;

use crate::console::viewer::Viewer;

/// The event without what the viewer may not view; `None` if nothing of it is left.
pub(super) fn seen(viewer: &Viewer, mut event: StoredEvent) -> Option<StoredEvent> {
    if event.targets.is_empty() && event.changes.is_empty() {
        return Some(event);
    }
    event.targets.retain(|key| sees(viewer, key));
    event.changes.retain(|change| sees(viewer, &change.record));
    (!event.targets.is_empty() || !event.changes.is_empty()).then_some(event)
}

/// Whether the viewer may view the record. One that is gone can only be viewed by whoever may view all of its kind.
fn sees(viewer: &Viewer, key: &RecordKey) -> bool {
    let directory = &viewer.directory;
    match key {
        RecordKey::Settings => viewer.may(Act::ViewHistoricalChanges, &Target::Instance),
        RecordKey::Application(_) | RecordKey::ApplicationResource(..) => {
            viewer.may(Act::ListApplications, &Target::Instance)
        }
        RecordKey::ApiToken(_) | RecordKey::Login(_) => viewer.directory.is_administrator(viewer.user.id),
        RecordKey::Structure => viewer.may(Act::DescribeUserHierarchyStructure, &Target::Instance),
        RecordKey::Group(id) => {
            viewer.may(Act::DescribeUserHierarchyGroup, &or_all(directory.group(*id).map(|_| Target::Group(*id))))
        }
        RecordKey::Profile(id) => {
            viewer.may(Act::DescribeSecurityProfile, &or_all(directory.profile(*id).map(|_| Target::Profile(*id))))
        }
        RecordKey::User(id) => viewer.may(Act::DescribeUser, &or_all(directory.user(*id).map(|_| Target::User(*id)))),
        RecordKey::AccessKey(id) => viewer.visibility().access_key(id).shows_details(),
        RecordKey::Resource(id) => match directory.resource(*id) {
            Some(resource) => viewer.may(describe(resource.details.kind()), &Target::Resource(*id)),
            None => {
                viewer.may(Act::DescribeRoutingProfile, &Target::Instance)
                    && viewer.may(Act::DescribeQueue, &Target::Instance)
            }
        },
    }
}

/// The thing, or everything where the thing is gone.
fn or_all(target: Option<Target<'static>>) -> Target<'static> {
    target.unwrap_or(Target::Instance)
}

const fn describe(stored: StoredResourceType) -> Act {
    match stored {
        StoredResourceType::RoutingProfile => Act::DescribeRoutingProfile,
        StoredResourceType::Queue => Act::DescribeQueue,
        StoredResourceType::AgentStatus => Act::DescribeAgentStatus,
        StoredResourceType::HoursOfOperation => Act::DescribeHoursOfOperation,
    }
}
