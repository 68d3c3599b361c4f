//! Commands on tags.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::draft::{Draft, not_found};
use crate::record::{Record, RecordKey};
use crate::refusal::Refusal;
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
    match target {
        RecordKey::User(id) => {
            let mut user = draft.user(*id)?;
            edit(&mut user.tags)?;
            draft.put_user(user);
        }
        RecordKey::Profile(id) => {
            let mut profile = draft.profile(*id)?;
            edit(&mut profile.tags)?;
            draft.put_profile(profile);
        }
        RecordKey::Group(id) => {
            let mut group = draft.group(*id)?;
            edit(&mut group.tags)?;
            draft.put_group(group);
        }
        RecordKey::Resource(id) => {
            let mut resource = draft.resource(*id)?;
            edit(&mut resource.tags)?;
            draft.put_resource(resource);
        }
        RecordKey::Settings => {
            let mut settings = draft.settings()?;
            edit(&mut settings.tags)?;
            draft.put(Record::Settings(Arc::new(settings)));
        }
        RecordKey::Structure => return Err(not_found("taggable thing", "hierarchy structure")),
        RecordKey::AccessKey(id) => return Err(not_found("taggable thing", id)),
        RecordKey::Application(id) | RecordKey::ApplicationResource(_, id) => {
            return Err(not_found("taggable thing", id));
        }
        RecordKey::ApiToken(id) => return Err(not_found("taggable thing", id)),
    }
    Ok(())
}
