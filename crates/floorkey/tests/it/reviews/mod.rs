//! Reviews, against what decisions say.

mod compare;
mod effect;
mod why_not;

use floorkey::catalogue::Polarity;
use floorkey::{Action, Directory, Permission, Reason, Request, Target, Timestamp, UserId, catalogue};
use proptest::prelude::ProptestConfig;

/// How far somebody holds a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Nowhere,
    Within,
    Everywhere,
}

fn reach(directory: &Directory, user: UserId, permission: Permission, at: Timestamp) -> Reach {
    let action = Action::Permission(permission);
    match directory.decide(&Request::new(user, action, Target::Instance, at)).reason {
        Reason::Granted => Reach::Everywhere,
        // The instance lies in no scope; conditions on the user alone may be met all the same.
        Reason::OutOfScope | Reason::GrantedInScope => Reach::Within,
        _ => Reach::Nowhere,
    }
}

/// Every permission that grants, old names left out.
fn telling() -> impl Iterator<Item = Permission> {
    let tells =
        |permission: &Permission| permission.info().polarity == Polarity::Grant && !permission.info().is_legacy();
    catalogue().permissions().filter(tells)
}

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() }
}
