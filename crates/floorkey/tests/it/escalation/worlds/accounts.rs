//! Worlds about accounts: custody of credentials, and owned resources.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::profile::Application;
use floorkey::user::Assignment;
use floorkey::{AnyPermission, Condition};

use super::start::{Start, permissions, profile};
use super::{SmallWorld, world};
use crate::escalation::attackers::Variants;
use crate::escalation::cast::{BASIC, EXTRA, MADE, MIA, QUINN, profile_id, time};
use crate::escalation::kinds::Kind;

/// A new user who has attackers as custodians and gets more access later.
pub(in crate::escalation) fn custody() -> SmallWorld {
    let start = Start { users: Start::new().users[..QUINN].to_vec(), ..in_other_hands() };
    SmallWorld {
        attackers_try: &[
            Kind::CreateUser,
            Kind::ResetUserPassword,
            Kind::ChangeOwnPassword,
            Kind::CreateAccessKey,
            Kind::AddSecondFactor,
            Kind::AssociateSecurityProfiles,
        ],
        honest_do: &[
            Kind::UpdateUserSecurityProfiles,
            Kind::AssociateSecurityProfiles,
            Kind::UpdateSecurityProfile,
            Kind::ReplaceSecurityProfile,
            Kind::SetUserEnabled,
            Kind::SetAssignableProfiles,
            Kind::RestoreAdministrator,
        ],
        sends_links: true,
        ..world("custody", 4, start)
    }
}

/// An existing user whose email or second factors attackers change.
pub(in crate::escalation) fn addresses() -> SmallWorld {
    let mut start = in_other_hands();
    // Otherwise attackers could not restore users who can assign this profile.
    start.manager.assignable = BTreeSet::from([profile_id(MADE)]);
    SmallWorld {
        attackers_try: &[
            Kind::UpdateUserIdentityInfo,
            Kind::ConfirmEmail,
            Kind::VouchForEmail,
            Kind::ResetUserPassword,
            Kind::RemoveSecondFactor,
            Kind::SetUserEnabled,
            Kind::DeleteUser,
            Kind::RestoreUser,
        ],
        honest_do: &[
            Kind::UpdateUserSecurityProfiles,
            Kind::UpdateUserIdentityInfo,
            Kind::VouchForEmail,
            Kind::ConfirmEmail,
            Kind::ChangeOwnPassword,
            Kind::AddSecondFactor,
            Kind::ResetUserPassword,
            Kind::RestoreUser,
        ],
        sends_links: true,
        ..world("addresses", 4, start)
    }
}

/// Returns a start in which the third user has nothing that the attacker lacks, and can assign a harmless profile.
fn in_other_hands() -> Start {
    let mut start = Start::new();
    start.extra.choose(permissions(&["Users.Edit"]));
    start.made = Some(profile(MADE, BASIC));
    start.extra.assignable = BTreeSet::from([profile_id(MADE)]);
    start
}

/// A new user who gets permanently a profile that the attacker has only for a time.
pub(in crate::escalation) fn dated_custody() -> SmallWorld {
    let mut start = Start::new();
    start.users.remove(QUINN);
    let soon = Assignment { until: Some(time(1)), ..Assignment::always(profile_id(EXTRA)) };
    start.users[MIA].assignments.push(soon);
    SmallWorld {
        attackers_try: &[Kind::CreateUser, Kind::ResetUserPassword, Kind::CreateAccessKey, Kind::ChangeOwnPassword],
        honest_do: &[
            Kind::UpdateUserSecurityProfiles,
            Kind::AssociateSecurityProfiles,
            Kind::DisassociateSecurityProfiles,
            Kind::SetUserEnabled,
        ],
        sends_links: true,
        time_passes: true,
        variants: Variants { dates: true, ..Variants::default() },
        ..world("dated custody", 4, start)
    }
}

/// Resources of an application that belong to users by login or id.
pub(in crate::escalation) fn owners() -> SmallWorld {
    let mut start = Start::new();
    for profile in [&mut start.manager, &mut start.extra] {
        let (namespace, name) = ("crm".to_owned(), "refund".to_owned());
        profile.applications =
            vec![Application { namespace: namespace.clone(), permissions: vec![name.clone()], kind: None }];
        let own = BTreeSet::from([Condition::Own { attribute: "owner".to_owned() }]);
        profile.conditions = BTreeMap::from([(AnyPermission::Application { namespace, name }, own)]);
    }
    // The conditions on the other profiles keep attackers from assigning them, so they create users with this one.
    start.made = Some(profile(MADE, BASIC));
    SmallWorld {
        attackers_try: &[
            Kind::RenameUserLogin,
            Kind::CreateUser,
            Kind::DeleteUser,
            Kind::RestoreUser,
            Kind::UpdateUserSecurityProfiles,
            Kind::UpdateSecurityProfile,
        ],
        honest_do: &[
            Kind::RenameUserLogin,
            Kind::DeleteUser,
            Kind::AssociateSecurityProfiles,
            Kind::RegisterApplication,
            Kind::UnregisterApplication,
            Kind::PutApplicationResources,
            Kind::DeleteApplicationResources,
        ],
        variants: Variants { logins: true, ..Variants::default() },
        ..world("owners", 4, start)
    }
}
