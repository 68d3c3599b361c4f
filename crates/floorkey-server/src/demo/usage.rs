//! How often the demo's users have used their permissions. Some permissions have never been used, which is a finding
//! for an access review.

use floorkey::{Directory, RequestedAction, Timestamp, User};

use super::CommandRunner;
use super::sign_ins::SignIns;
use super::timeline::DAY_MILLIS;
use floorkey_service::failure::Failure;

/// Permissions that a user has not used, although the user's profiles grant them.
const UNUSED: [(&str, &str); 2] = [("paula.sampaio", "Users."), ("ulrich.petri", "UnredactedData.")];

/// Counts the uses of permissions by all users who have signed in, and stores the counts.
pub(super) async fn record(runner: &CommandRunner, directory: &Directory, sign_ins: &SignIns) -> Result<(), Failure> {
    for (id, last) in sign_ins.last() {
        if let Some(user) = directory.user(id) {
            count_uses(runner, directory, user, last);
        }
    }
    runner.service.usage().flush(runner.service.store()).await?;
    Ok(())
}

fn count_uses(runner: &CommandRunner, directory: &Directory, user: &User, last: Timestamp) {
    let used_by = |name: &str| !UNUSED.iter().any(|(login, start)| *login == user.username && name.starts_with(start));
    let permissions = directory.grants_at(user, last).all_permissions();
    // Users with many permissions use a smaller part of them.
    let percent = if permissions.iter().count() > 60 { 25 } else { 80 };
    for permission in permissions.iter().filter(|permission| used_by(permission.name())) {
        let hash = hash(&[&user.username, permission.name()]);
        if hash % 100 >= percent {
            continue;
        }
        let days = i64::try_from(hash / 100 % 12).unwrap_or_default();
        let at = Timestamp::from_millis(last.as_millis() - days * DAY_MILLIS);
        for _ in 0..=hash / 1200 % 40 {
            runner.service.usage().count(runner.instance, user.id, RequestedAction::Permission(permission), at);
        }
    }
}

/// Returns the 64-bit FNV-1a hash of texts, which is the same in every demo.
fn hash(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
