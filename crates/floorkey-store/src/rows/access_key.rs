//! The stored form of an access key. The key's secret is in the table `access_key_secret`.

use std::borrow::Cow;

use floorkey::{AccessKey, AccessKeyId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::user::CustodyRow;
use super::{Id, is_default};

/// The body of a record of the kind `access_key`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessKeyRow<'a> {
    owner: Id<UserId>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    label: Cow<'a, str>,
    created: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suspended_until: Option<i64>,
    #[serde(default, skip_serializing_if = "is_default")]
    known_to: CustodyRow,
}

impl<'a> AccessKeyRow<'a> {
    pub(super) fn from_access_key(key: &'a AccessKey) -> Self {
        Self {
            owner: Id(key.owner),
            label: Cow::Borrowed(&key.label),
            created: key.created.as_millis(),
            suspended_until: key.suspended_until.map(Timestamp::as_millis),
            known_to: CustodyRow::from_custody(&key.known_to),
        }
    }

    pub(super) fn into_access_key(self, id: AccessKeyId) -> AccessKey {
        AccessKey {
            id,
            owner: self.owner.0,
            label: self.label.into_owned(),
            created: Timestamp::from_millis(self.created),
            suspended_until: self.suspended_until.map(Timestamp::from_millis),
            known_to: self.known_to.into_custody(),
        }
    }
}
