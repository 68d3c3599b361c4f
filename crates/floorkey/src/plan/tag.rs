//! Commands on tags.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::change_builder::{ChangeBuilder, not_found};
use crate::record::{Record, RecordKey};
use crate::refusal::{EntityKind, Refusal};
use crate::tags::{self, Tags};
use crate::value_revisions::ValueRevisions;

pub(super) fn tag(builder: &mut ChangeBuilder<'_>, target: &RecordKey, new: &Tags) -> Result<(), Refusal> {
    change(builder, target, |tags| {
        tags::check("tags", new)?;
        tags.extend(new.iter().map(|(key, value)| (key.clone(), value.clone())));
        tags::check("tags", tags)?;
        Ok(())
    })
}

pub(super) fn untag(
    builder: &mut ChangeBuilder<'_>,
    target: &RecordKey,
    keys: &BTreeSet<String>,
) -> Result<(), Refusal> {
    change(builder, target, |tags| {
        tags.retain(|key, _| !keys.contains(key));
        Ok(())
    })
}

fn change(
    builder: &mut ChangeBuilder<'_>,
    target: &RecordKey,
    edit: impl FnOnce(&mut Tags) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let revision = builder.revision;
    let change_tags = |tags: &mut Tags, revisions: &ValueRevisions| {
        let before = tags.clone();
        edit(tags)?;
        Ok::<_, Refusal>(revisions.edited(&before, tags, revision))
    };
    match target {
        RecordKey::User(id) => {
            let mut user = builder.user(*id)?;
            user.tag_revisions = change_tags(&mut user.tags, &user.tag_revisions)?;
            builder.put_user(user);
        }
        RecordKey::Profile(id) => {
            let mut profile = builder.profile(*id)?;
            profile.tag_revisions = change_tags(&mut profile.tags, &profile.tag_revisions)?;
            builder.put_profile(profile);
        }
        RecordKey::Group(id) => {
            let mut group = builder.group(*id)?;
            group.tag_revisions = change_tags(&mut group.tags, &group.tag_revisions)?;
            builder.put_group(group);
        }
        RecordKey::Resource(id) => {
            let mut resource = builder.resource(*id)?;
            resource.tag_revisions = change_tags(&mut resource.tags, &resource.tag_revisions)?;
            builder.put_resource(resource);
        }
        RecordKey::Settings => {
            let mut settings = builder.settings()?;
            change_tags(&mut settings.tags, &ValueRevisions::default())?;
            builder.put(Record::Settings(Arc::new(settings)));
        }
        RecordKey::Structure => return Err(not_found(EntityKind::TaggableResource, "hierarchy structure")),
        RecordKey::AccessKey(id) => return Err(not_found(EntityKind::TaggableResource, id)),
        RecordKey::Application(id) | RecordKey::ApplicationResource(_, id) => {
            return Err(not_found(EntityKind::TaggableResource, id));
        }
        RecordKey::ApiToken(id) => return Err(not_found(EntityKind::TaggableResource, id)),
        RecordKey::Login(login) => return Err(not_found(EntityKind::TaggableResource, login)),
        RecordKey::Finding(id) => return Err(not_found(EntityKind::TaggableResource, id)),
    }
    Ok(())
}
