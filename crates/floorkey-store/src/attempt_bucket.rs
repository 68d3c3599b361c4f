//! The names of the buckets that count failed attempts.

use floorkey::{InstanceId, UserId};

use crate::backend::Value;

/// Returns the name of a user's bucket. When the user is deleted, every bucket whose name begins with this name is
/// deleted as well.
#[must_use]
pub fn user_bucket(instance: InstanceId, user: UserId) -> String {
    format!("{}{user}", user_bucket_prefix(instance))
}

/// Returns the instance and the user that a bucket belongs to, or `None` if the bucket belongs to no user.
#[must_use]
pub fn bucket_owner(bucket: &str) -> Option<(InstanceId, UserId)> {
    let mut parts = bucket.strip_prefix("user:")?.split(':');
    Some((InstanceId::parse(parts.next()?)?, UserId::parse(parts.next()?)?))
}

/// Returns the prefix with which the bucket names of all users of an instance begin.
#[must_use]
pub fn user_bucket_prefix(instance: InstanceId) -> String {
    format!("user:{instance}:")
}

/// Returns the name of the bucket for a login name that no user has. Callers must pass a hash of the login name,
/// because the login name may be a password that was typed into the wrong field. The bucket is deleted with the
/// instance.
#[must_use]
pub fn login_bucket(instance: InstanceId, login: &str) -> String {
    format!("{}{login}", login_buckets(instance))
}

pub(crate) fn login_buckets(instance: InstanceId) -> String {
    format!("login:{instance}:")
}

/// Returns the lower and upper bounds of all names that begin with a prefix. The upper bound ends in U+10FFFF, the
/// highest character, so it is above all these names.
pub(crate) fn prefix_range(prefix: String) -> Vec<Value> {
    let end = format!("{prefix}\u{10ffff}");
    vec![Value::Text(prefix), Value::Text(end)]
}
