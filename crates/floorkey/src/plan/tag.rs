//! Commands on tags.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::draft::{Draft, not_found};
use crate::record::{Record, RecordKey};
use crate::refusal::Refusal;
use crate::set_revisions::SetRevisions;
use crate::tags::{self, Tags};

pub(super) fn tag(draft: &mut Draft<'_>, target: &RecordKey, new: &Tags) -> Result<(), Refusal> {
    change(draft, target, |held| {
        tags::check("tags", new)?;
        held.extend(new.iter().map(|(key, value)| (key.clone(), value.clone())));
        tags::check("tags", held)?;
        Ok(())
    })
}

pub(super) fn untag(draft: &mut Draft<'_>, target: &RecordKey, keys: &BTreeSet<String>) -> Result<(), Refusal> {
    change(draft, target, |held| {
        held.retain(|key, _| !keys.contains(key));
        Ok(())
    })
}

fn change(
    draft: &mut Draft<'_>,
    target: &RecordKey,
    edit: impl FnOnce(&mut Tags) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let revision = draft.revision;
    let change_tags = |tags: &mut Tags, set: &SetRevisions| {
        let before = tags.clone();
        edit(tags)?;
        Ok::<_, Refusal>(set.edited(&before, tags, revision))
    };
    match target {
        RecordKey::User(id) => {
            let mut user = draft.user(*id)?;
            user.tags_set = change_tags(&mut user.tags, &user.tags_set)?;
            draft.put_user(user);
        }
        RecordKey::Profile(id) => {
            let mut profile = draft.profile(*id)?;
            profile.tags_set = change_tags(&mut profile.tags, &profile.tags_set)?;
            draft.put_profile(profile);
        }
        RecordKey::Group(id) => {
            let mut group = draft.group(*id)?;
            group.tags_set = change_tags(&mut group.tags, &group.tags_set)?;
            draft.put_group(group);
        }
        RecordKey::Resource(id) => {
            let mut resource = draft.resource(*id)?;
            resource.tags_set = change_tags(&mut resource.tags, &resource.tags_set)?;
            draft.put_resource(resource);
        }
        RecordKey::Settings => {
            let mut settings = draft.settings()?;
            change_tags(&mut settings.tags, &SetRevisions::default())?;
            draft.put(Record::Settings(Arc::new(settings)));
        }
        RecordKey::Structure => return Err(not_found("taggable resource", "hierarchy structure")),
        RecordKey::AccessKey(id) => return Err(not_found("taggable resource", id)),
        RecordKey::Application(id) | RecordKey::ApplicationResource(_, id) => {
            return Err(not_found("taggable resource", id));
        }
        RecordKey::ApiToken(id) => return Err(not_found("taggable resource", id)),
        RecordKey::Login(login) => return Err(not_found("taggable resource", login)),
    }
    Ok(())
}
