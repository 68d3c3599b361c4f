//! Tests that capabilities agree with decisions.

use floorkey::review::capabilities::capabilities;
use floorkey::{Permission, PermissionSet, Reason, Request, RequestedAction, Target, Timestamp};
use proptest::prelude::*;

use super::{cases, granting_permissions};
use crate::random_directory::directory;
use crate::rng::TestRng;

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn a_user_has_a_capability_if_a_decision_finds_one_of_its_permissions(seed: u64) {
        let mut rng = TestRng::new(seed);
        let (directory, ids) = directory(&mut rng);
        let names: Vec<Permission> = granting_permissions().collect();
        for user in ids.users.iter().filter_map(|id| directory.user(*id)) {
            let at = Timestamp::from_millis(5 + rng.below(40) as i64);
            let found = |permission: Permission| {
                let request = Request::new(user.id, RequestedAction::Permission(permission), Target::Instance, at);
                let reason = directory.decide(&request).reason;
                matches!(reason, Reason::Granted | Reason::GrantedInScope | Reason::OutOfScope)
            };
            for capability in capabilities() {
                let has = directory.has_any_permission(user, &capability.permissions, at);
                prop_assert_eq!(has, capability.permissions.iter().any(found), "{}", capability.id);
                let grants = directory.grants_at(user, at);
                prop_assert_eq!(has, capability.extent(&grants).is_some(), "{}", capability.id);
                let current = capability.current_permissions();
                prop_assert_eq!(has, directory.has_any_permission(user, &current, at), "{}", capability.id);
            }
            for _ in 0..5 {
                let set: PermissionSet = (0..3).map(|_| *rng.choose(&names)).collect();
                prop_assert_eq!(directory.has_any_permission(user, &set, at), set.iter().any(found), "{:?}", set);
            }
        }
    }
}
