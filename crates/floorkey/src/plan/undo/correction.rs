//! Corrections of records that a command alone does not restore exactly.

use std::sync::Arc;

use super::super::change_builder::ChangeBuilder;
use crate::finding::FindingState;
use crate::profile::SecurityProfile;
use crate::record::{Record, RecordChange};
use crate::resource::Resource;
use crate::user::User;

/// A correction that is applied after a command. It is needed if the command alone does not restore the record exactly.
pub(super) enum Correction<'a> {
    None,
    /// Corrects the dates of assignments. If a restored assignment has no dates, the command alone would keep the
    /// current dates.
    Assignments(&'a User),
    Proficiencies(&'a User),
    Tags(&'a Record),
    /// Corrects the pinned content of assignable profiles. The command alone would pin these profiles to their current
    /// content.
    Pinned(&'a SecurityProfile),
    /// Corrects the order of a routing profile's queues. The commands alone would add restored queues at the end.
    QueueOrder(&'a Resource),
    /// Corrects who dismissed a finding, and when. The command alone would record a new dismissal.
    Dismissal(&'a FindingState),
    /// Corrects the mark of an unedited default profile. The command alone would mark the profile as edited.
    Content(&'a SecurityProfile),
}

impl Correction<'_> {
    /// Applies the correction to the records of the command.
    pub(super) fn apply(&self, builder: &mut ChangeBuilder<'_>) {
        for change in &mut builder.records {
            let RecordChange::Upsert(record) = change else { continue };
            match (self, record) {
                (Self::Assignments(before), Record::User(user)) if user.id == before.id => {
                    Arc::make_mut(user).assignments.clone_from(&before.assignments);
                }
                (Self::Proficiencies(before), Record::User(user)) if user.id == before.id => {
                    Arc::make_mut(user).proficiencies.clone_from(&before.proficiencies);
                }
                (Self::Pinned(before), Record::Profile(profile)) if profile.id == before.id => {
                    let profile = Arc::make_mut(profile);
                    for (id, pinned) in before.pinned.iter().filter(|(id, _)| profile.assignable.contains(id)) {
                        profile.pinned.insert(*id, pinned.clone());
                    }
                }
                (Self::Content(before), Record::Profile(profile)) if profile.id == before.id => {
                    let profile = Arc::make_mut(profile);
                    profile.unedited_default.clone_from(&before.unedited_default);
                    if profile.tags == before.tags {
                        profile.tag_revisions.clone_from(&before.tag_revisions);
                    }
                }
                (Self::Tags(Record::User(before)), Record::User(user)) if user.id == before.id => {
                    let user = Arc::make_mut(user);
                    user.tags.clone_from(&before.tags);
                    user.tag_revisions.clone_from(&before.tag_revisions);
                }
                (Self::Tags(Record::Profile(before)), Record::Profile(profile)) if profile.id == before.id => {
                    let profile = Arc::make_mut(profile);
                    profile.tags.clone_from(&before.tags);
                    profile.tag_revisions.clone_from(&before.tag_revisions);
                }
                (Self::Tags(Record::Resource(before)), Record::Resource(resource)) if resource.id == before.id => {
                    let resource = Arc::make_mut(resource);
                    resource.tags.clone_from(&before.tags);
                    resource.tag_revisions.clone_from(&before.tag_revisions);
                }
                (Self::Dismissal(before), Record::Finding(state)) if state.id == before.id => {
                    Arc::make_mut(state).dismissal.clone_from(&before.dismissal);
                }
                (Self::QueueOrder(before), Record::Resource(resource)) if resource.id == before.id => {
                    super::resources::restore_order(Arc::make_mut(resource), before);
                }
                (Self::Tags(Record::Group(before)), Record::Group(group)) if group.id == before.id => {
                    let group = Arc::make_mut(group);
                    group.tags.clone_from(&before.tags);
                    group.tag_revisions.clone_from(&before.tag_revisions);
                }
                _ => {}
            }
        }
    }
}
