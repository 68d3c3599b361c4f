//! Test setups about security profiles: edits, undo, assignable profiles, temporary assignments, and restrictions.

use std::collections::BTreeSet;

use floorkey::user::Assignment;

use super::start_state::{StartRecords, permissions, profile};
use super::{SmallWorld, world};
use crate::escalation::attackers::Variants;
use crate::escalation::command_kind::CommandKind;
use crate::escalation::fixtures::{
    ADMIN, BASIC, CREATED, MANAGE, MANAGER, MIA, QUINN, RECORDINGS, RESTRICTION, profile_id, time,
};

/// A test setup with three users. The steps edit profiles, reset passwords and undo edits.
pub(in crate::escalation) fn profile_edits() -> SmallWorld {
    let mut start = StartRecords::new();
    start.made = Some(profile(CREATED, &["AgentGrouping.Edit"]));
    start.extra.assignable = BTreeSet::from([profile_id(CREATED)]);
    SmallWorld {
        attacker_commands: &[
            CommandKind::UpdateSecurityProfile,
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::SetAssignableProfiles,
            CommandKind::ResetUserPassword,
            CommandKind::SetUserEnabled,
            CommandKind::ReplaceSecurityProfile,
            CommandKind::RenameSecurityProfile,
            CommandKind::DeleteUser,
            CommandKind::Undo,
        ],
        honest_commands: &[
            CommandKind::Undo,
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::RestoreUser,
            CommandKind::RestoreAdministrator,
        ],
        ..world("managers", 4, start)
    }
}

/// A test setup with several administrators. Some of them are deleted, disabled, demoted and restored, but at least one
/// administrator always remains.
pub(in crate::escalation) fn administrators() -> SmallWorld {
    let mut start = StartRecords::new();
    start.users[QUINN].assignments = vec![Assignment::always(profile_id(ADMIN))];
    SmallWorld {
        attacker_commands: &[
            CommandKind::UpdateSecurityProfile,
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::ResetUserPassword,
            CommandKind::SetUserEnabled,
            CommandKind::RenameSecurityProfile,
            CommandKind::RenameUserLogin,
            CommandKind::CreateUser,
            CommandKind::RestoreUser,
            CommandKind::DeleteUser,
            CommandKind::Undo,
        ],
        honest_commands: &[
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::DisassociateSecurityProfiles,
            CommandKind::SetUserEnabled,
            CommandKind::DeleteUser,
            CommandKind::RestoreUser,
            CommandKind::RestoreAdministrator,
            CommandKind::Undo,
        ],
        ..world("administrators", 4, start)
    }
}

/// A test setup where profiles become assignable and where permissions are added to profiles.
pub(in crate::escalation) fn assignable() -> SmallWorld {
    let mut start = StartRecords::new();
    start.extra.select(permissions(BASIC));
    start.made = Some(profile(CREATED, BASIC));
    SmallWorld {
        attacker_commands: &[
            CommandKind::SetAssignableProfiles,
            CommandKind::AssociateSecurityProfiles,
            CommandKind::UpdateSecurityProfile,
            CommandKind::CreateUser,
            CommandKind::Undo,
        ],
        honest_commands: &[CommandKind::UpdateSecurityProfile, CommandKind::SetAssignableProfiles, CommandKind::Undo],
        ..world("assignable lists", 4, start)
    }
}

/// A test setup with a profile that no user has. Managers can assign the profile, and can add another profile to its
/// assignable list. Permissions are then added to the listed profile.
pub(in crate::escalation) fn named_entries() -> SmallWorld {
    let mut start = StartRecords::new();
    start.extra.select(permissions(BASIC));
    start.made = Some(profile(CREATED, BASIC));
    start.manager.assignable = BTreeSet::from([profile_id(CREATED)]);
    start.users.remove(QUINN);
    SmallWorld {
        attacker_commands: &[CommandKind::SetAssignableProfiles, CommandKind::AssociateSecurityProfiles],
        honest_commands: &[CommandKind::UpdateSecurityProfile],
        ..world("named entries", 4, start)
    }
}

/// A test setup with a profile that no user has. An administrator adds permissions to the profile, attackers remove
/// permissions, and an undo restores the profile.
pub(in crate::escalation) fn undone_edits() -> SmallWorld {
    let mut start = StartRecords::new();
    start.extra.select(permissions(BASIC));
    start.made = Some(profile(CREATED, BASIC));
    SmallWorld {
        attacker_commands: &[CommandKind::UpdateSecurityProfile, CommandKind::CreateUser, CommandKind::Undo],
        honest_commands: &[CommandKind::UpdateSecurityProfile, CommandKind::Undo],
        ..world("undone edits", 4, start)
    }
}

/// A test setup with a manager whose manager profile ends later. The manager also has a harmless profile permanently.
pub(in crate::escalation) fn dates() -> SmallWorld {
    let mut start = StartRecords::new();
    let soon = Assignment { until: Some(time(1)), ..Assignment::always(profile_id(MANAGER)) };
    start.made = Some(profile(CREATED, BASIC));
    start.users[MIA].assignments = vec![soon, Assignment::always(profile_id(CREATED))];
    SmallWorld {
        attacker_commands: &[
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::AssociateSecurityProfiles,
            CommandKind::ChangeSecurityProfiles,
            CommandKind::CreateUser,
            CommandKind::UpdateSecurityProfile,
            CommandKind::SetAssignableProfiles,
            CommandKind::ReplaceSecurityProfile,
        ],
        honest_commands: &[CommandKind::UpdateUserSecurityProfiles, CommandKind::SetAssignableProfiles],
        time_passes: true,
        variants: Variants { dates: true, ..Variants::default() },
        ..world("dates", 4, start)
    }
}

/// A test setup with a manager to whom a restriction applies.
pub(in crate::escalation) fn restriction() -> SmallWorld {
    let mut start = StartRecords::new();
    start.manager.select(permissions(&[MANAGE, &[RECORDINGS, RESTRICTION]].concat()));
    start.extra.select(permissions(BASIC));
    SmallWorld {
        attacker_commands: &[
            CommandKind::CreateSecurityProfile,
            CommandKind::CreateUser,
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::UpdateSecurityProfile,
            CommandKind::SetAssignableProfiles,
        ],
        honest_commands: &[CommandKind::UpdateSecurityProfile, CommandKind::SetAssignableProfiles],
        variants: Variants { restrictions: true, ..Variants::default() },
        ..world("restriction", 4, start)
    }
}

/// A test setup with a user who has access to recordings. Another of the user's profiles restricts this access.
pub(in crate::escalation) fn removed_restriction() -> SmallWorld {
    let mut start = StartRecords::new();
    start.made = Some(profile(CREATED, &[BASIC, &[RESTRICTION]].concat()));
    start.users[QUINN].assignments.push(Assignment::always(profile_id(CREATED)));
    SmallWorld {
        attacker_commands: &[
            CommandKind::UpdateSecurityProfile,
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::DisassociateSecurityProfiles,
            CommandKind::ReplaceSecurityProfile,
            CommandKind::DeleteSecurityProfile,
            CommandKind::Undo,
        ],
        honest_commands: &[CommandKind::UpdateSecurityProfile, CommandKind::Undo],
        variants: Variants { restrictions: true, ..Variants::default() },
        ..world("freed from a restriction", 4, start)
    }
}

/// A test setup with two attackers. Each attacker has permissions that the other attacker lacks.
pub(in crate::escalation) fn two_attackers() -> SmallWorld {
    let mut start = StartRecords::new();
    start.quinn_attacks = true;
    start.manager.select(permissions(&["Users.Edit", "Users.Create", "BasicAgentAccess"]));
    start.extra.select(permissions(&[
        "SecurityProfiles.Edit",
        "SecurityProfiles.Create",
        "BasicAgentAccess",
        RECORDINGS,
    ]));
    SmallWorld {
        attacker_commands: &[
            CommandKind::UpdateSecurityProfile,
            CommandKind::CreateSecurityProfile,
            CommandKind::SetAssignableProfiles,
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::ReplaceSecurityProfile,
            CommandKind::CreateUser,
            CommandKind::ResetUserPassword,
            CommandKind::Undo,
        ],
        honest_commands: &[CommandKind::UpdateUserSecurityProfiles, CommandKind::Undo],
        ..world("a pair of attackers", 4, start)
    }
}

/// A test setup with two attackers. One of them can manage users, and a restriction applies to this attacker.
pub(in crate::escalation) fn restricted_pair() -> SmallWorld {
    let mut start = StartRecords::new();
    start.quinn_attacks = true;
    start.manager.select(permissions(&["Users.Edit", "Users.Create", "BasicAgentAccess", RECORDINGS, RESTRICTION]));
    start.extra.select(permissions(&["SecurityProfiles.Edit", "BasicAgentAccess"]));
    start.made = Some(profile(CREATED, BASIC));
    SmallWorld {
        attacker_commands: &[
            CommandKind::SetAssignableProfiles,
            CommandKind::UpdateUserSecurityProfiles,
            CommandKind::UpdateSecurityProfile,
            CommandKind::CreateUser,
            CommandKind::Undo,
        ],
        honest_commands: &[CommandKind::UpdateSecurityProfile, CommandKind::SetAssignableProfiles],
        ..world("a restricted pair", 4, start)
    }
}
