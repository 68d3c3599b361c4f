//! The users referred to by the values of tags and attributes in a bundle. They are given by id, because login names
//! pass from one user to another.

use std::collections::BTreeMap;

use super::rows::id;
use crate::decision::{Seen, Thing};
use crate::directory::Directory;
use crate::id::UserId;
use crate::set_revisions::SetRevisions;
use crate::tags::Tags;

/// The ids of users that values refer to by login name, by the key of the value. `None` if there are no values. Also
/// `None` in bundles of earlier versions, in which login names refer to the users who have them in the bundle.
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
