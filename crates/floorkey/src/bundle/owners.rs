//! The users that tag and attribute values in a bundle refer to. A bundle identifies these users by id, because a login
//! name can be reassigned to another user.

use std::collections::BTreeMap;

use super::BundleError;
use super::rows::id;
use crate::decision::{ResourceAttributes, ResourceView};
use crate::directory::Directory;
use crate::id::UserId;
use crate::tags::Tags;
use crate::value_revisions::ValueRevisions;

/// Maps the key of each tag or attribute whose value is a user's login name to that user's id. `None` if there are no
/// values, or if an earlier version created the bundle. Without this map, a login name refers to the user who has it in
/// the bundle.
pub(super) type Owners = Option<BTreeMap<String, String>>;

pub(super) fn from_values(directory: &Directory, values: &Tags, revisions: &ValueRevisions) -> Owners {
    let resource = ResourceView::from(&ResourceAttributes {
        tags: values,
        tag_revisions: Some(revisions),
        ..ResourceAttributes::UNKNOWN
    });
    let owner = |name: &String| Some((name.clone(), directory.owner_by_login(name, &resource)?.to_string()));
    (!values.is_empty()).then(|| values.keys().filter_map(owner).collect())
}

pub(super) fn to_revisions(owners: Owners) -> Result<ValueRevisions, BundleError> {
    let Some(owners) = owners else { return Ok(ValueRevisions::default()) };
    let owner = |(name, owner): (String, String)| Ok::<_, BundleError>((name, id(&owner, UserId::parse)?));
    Ok(ValueRevisions::from_users(owners.into_iter().map(owner).collect::<Result<_, _>>()?))
}
