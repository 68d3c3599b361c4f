//! The users that tag and attribute values in a bundle refer to. A bundle identifies these users by id, because a login
//! name can be reassigned to another user.

use std::collections::BTreeMap;

use super::rows::id;
use crate::decision::{Seen, Thing};
use crate::directory::Directory;
use crate::id::UserId;
use crate::set_revisions::SetRevisions;
use crate::tags::Tags;

/// Maps keys of tags and attributes to user ids, for values that refer to a user by login name. `None` if there are no
/// values, or if an earlier version created the bundle. Without this map, a login name refers to the user who has the
/// login name in the bundle.
pub(super) type Owners = Option<BTreeMap<String, String>>;

pub(super) fn from_values(directory: &Directory, values: &Tags, revisions: &SetRevisions) -> Owners {
    let resource = Seen::from(&Thing { tags: values, tags_set: Some(revisions), ..Thing::UNKNOWN });
    let owner = |name: &String| Some((name.clone(), directory.owner_by_login(name, &resource)?.to_string()));
    (!values.is_empty()).then(|| values.keys().filter_map(owner).collect())
}

pub(super) fn to_revisions(owners: Owners) -> Result<SetRevisions, String> {
    let Some(owners) = owners else { return Ok(SetRevisions::default()) };
    let owner = |(name, owner): (String, String)| Ok::<_, String>((name, id(&owner, UserId::parse)?));
    Ok(SetRevisions::named(owners.into_iter().map(owner).collect::<Result<_, _>>()?))
}
