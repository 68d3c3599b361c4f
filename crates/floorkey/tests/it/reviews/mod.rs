//! Compares reviews with decisions.

mod capabilities;
mod compare;
mod effect;
mod effect_invariant;
mod why_not;

use floorkey::catalog::Polarity;
use floorkey::{Permission, catalog};
use proptest::prelude::ProptestConfig;

/// Returns all permissions that grant access, except legacy permissions.
fn granting_permissions() -> impl Iterator<Item = Permission> {
    let is_current_grant =
        |permission: &Permission| permission.info().polarity == Polarity::Grant && !permission.info().is_legacy();
    catalog().permissions().filter(is_current_grant)
}

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() }
}
