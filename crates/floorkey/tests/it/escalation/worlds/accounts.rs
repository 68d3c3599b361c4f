//! Test setups about accounts: users whose credentials others might know, and resources with owners.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::profile::ApplicationGrant;
use floorkey::user::Assignment;
use floorkey::{AnyPermission, Condition};

use super::start_state::{StartRecords, permissions, profile};
use super::{SmallWorld, world};
use crate::escalation::attackers::Variants;
use crate::escalation::command_kind::CommandKind;
use crate::escalation::fixtures::{BASIC, CREATED, MIA, QUINN, THIRD, profile_id, time};

/// A test setup where a step creates a user whose credentials attackers might know. The user later gets more access.
pub(in crate::escalation) fn custody() -> SmallWorld {
    let start = StartRecords { users: StartRecords::new().users[..QUINN].to_vec(), ..harmless_third_user() };
    SmallWorld {
        attacker_commands: &[
            CommandKind::CreateUser,
            CommandKind::ResetUserPassword,
            CommandKind::ChangeOwnPassword,
            CommandKind::CreateAccessKey,
            CommandKind::AddSecondFactor,
            CommandKind::AssociateSecurityProfiles,
        ],
        honest_commands: &[
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::AssociateSecurityProfiles,
            CommandKind::UpdateSecurityProfile,
            CommandKind::ReplaceSecurityProfile,
            CommandKind::SetUserEnabled,
            CommandKind::SetAssignableProfiles,
            CommandKind::RestoreAdministrator,
        ],
        sends_links: true,
        ..world("custody", 4, start)
    }
}

/// A test setup where attackers change an existing user's email address or second factors.
pub(in crate::escalation) fn addresses() -> SmallWorld {
    let mut start = harmless_third_user();
    // Attackers can restore users who can assign this profile only if the attackers can assign it too.
    start.manager.assignable = BTreeSet::from([profile_id(CREATED)]);
    SmallWorld {
        attacker_commands: &[
            CommandKind::UpdateUserIdentityInfo,
            CommandKind::VerifyEmail,
            CommandKind::VerifyEmailOfUser,
            CommandKind::ResetUserPassword,
            CommandKind::RemoveSecondFactor,
            CommandKind::SetUserEnabled,
            CommandKind::DeleteUser,
            CommandKind::RestoreUser,
        ],
        honest_commands: &[
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::UpdateUserIdentityInfo,
            CommandKind::VerifyEmailOfUser,
            CommandKind::VerifyEmail,
            CommandKind::ChangeOwnPassword,
            CommandKind::AddSecondFactor,
            CommandKind::ResetUserPassword,
            CommandKind::RestoreUser,
        ],
        sends_links: true,
        ..world("addresses", 4, start)
    }
}

/// Returns the records of a start state. The third user has no access that the attacker lacks, and can assign a
/// harmless profile.
fn harmless_third_user() -> StartRecords {
    let mut start = StartRecords::new();
    start.extra.select(permissions(&["Users.Edit"]));
    start.made = Some(profile(CREATED, BASIC));
    start.extra.assignable = BTreeSet::from([profile_id(CREATED)]);
    start
}

/// A test setup where a new user permanently gets a profile that the attacker has only for a limited time.
pub(in crate::escalation) fn dated_custody() -> SmallWorld {
    let mut start = StartRecords::new();
    start.users.remove(QUINN);
    let soon = Assignment { until: Some(time(1)), ..Assignment::always(profile_id(THIRD)) };
    start.users[MIA].assignments.push(soon);
    SmallWorld {
        attacker_commands: &[
            CommandKind::CreateUser,
            CommandKind::ResetUserPassword,
            CommandKind::CreateAccessKey,
            CommandKind::ChangeOwnPassword,
        ],
        honest_commands: &[
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::AssociateSecurityProfiles,
            CommandKind::DisassociateSecurityProfiles,
            CommandKind::SetUserEnabled,
        ],
        sends_links: true,
        time_passes: true,
        variants: Variants { dates: true, ..Variants::default() },
        ..world("dated custody", 4, start)
    }
}

/// A test setup with resources of an application. The resources name their owners by login or by user ID.
pub(in crate::escalation) fn owned_resources() -> SmallWorld {
    let mut start = StartRecords::new();
    for profile in [&mut start.manager, &mut start.extra] {
        let (namespace, name) = ("crm".to_owned(), "refund".to_owned());
        profile.applications =
            vec![ApplicationGrant { namespace: namespace.clone(), permissions: vec![name.clone()], kind: None }];
        let own = BTreeSet::from([Condition::OwnedBySubject { attribute: "owner".to_owned() }]);
        profile.conditions = BTreeMap::from([(AnyPermission::Application { namespace, name }, own)]);
    }
    // Attackers can't assign the other profiles, because they have conditions. Attackers therefore create users with
    // this profile.
    start.made = Some(profile(CREATED, BASIC));
    SmallWorld {
        attacker_commands: &[
            CommandKind::RenameUserLogin,
            CommandKind::CreateUser,
            CommandKind::DeleteUser,
            CommandKind::RestoreUser,
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::UpdateSecurityProfile,
        ],
        honest_commands: &[
            CommandKind::RenameUserLogin,
            CommandKind::DeleteUser,
            CommandKind::AssociateSecurityProfiles,
            CommandKind::RegisterApplication,
            CommandKind::UnregisterApplication,
            CommandKind::PutApplicationResources,
            CommandKind::DeleteApplicationResources,
        ],
        variants: Variants { logins: true, ..Variants::default() },
        ..world("owners", 4, start)
    }
}
