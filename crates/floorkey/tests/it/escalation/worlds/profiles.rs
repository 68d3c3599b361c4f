//! Worlds about security profiles: edits, undo, assignable profiles, dated assignments and restrictions.

use std::collections::BTreeSet;

use floorkey::user::Assignment;

use super::start_state::{StartRecords, permissions, profile};
use super::{SmallWorld, world};
use crate::escalation::attackers::Variants;
use crate::escalation::command_kind::CommandKind;
use crate::escalation::fixtures::{
    ADMIN, BASIC, CREATED, MANAGE, MANAGER, MIA, QUINN, RECORDINGS, RESTRICTION, profile_id, time,
};

/// Edits of profiles, password resets and undone edits among three users.
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

/// Several administrators, some of whom are deleted, disabled, demoted and restored, while at least one remains.
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

/// Profiles that become assignable and grow.
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

/// A profile without users that managers can assign and in which they list another profile, which then grows.
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

/// A profile without users that an administrator strengthens, attackers weaken, and an undo restores.
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

/// A manager whose manager profile ends, and who has a harmless profile permanently.
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

/// A manager under a restriction.
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

/// A user with access to recordings under a restriction that comes from another profile.
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

/// Two attackers, each with permissions that the other lacks.
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

/// Two attackers, of whom the one who can manage users is under a restriction.
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
