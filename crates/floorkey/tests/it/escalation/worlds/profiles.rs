//! Worlds about security profiles: edits, undo, assignable profiles, dated assignments and restrictions.

use std::collections::BTreeSet;

use floorkey::user::Assignment;

use super::start::{Start, permissions, profile};
use super::{SmallWorld, world};
use crate::escalation::attackers::Variants;
use crate::escalation::cast::{
    ADMIN, BASIC, MADE, MANAGE, MANAGER, MIA, QUINN, RECORDINGS, RESTRICTION, profile_id, time,
};
use crate::escalation::kinds::Kind;

/// Edits of profiles, password resets and undone edits among three users.
pub(in crate::escalation) fn managers() -> SmallWorld {
    let mut start = Start::new();
    start.made = Some(profile(MADE, &["AgentGrouping.Edit"]));
    start.extra.assignable = BTreeSet::from([profile_id(MADE)]);
    SmallWorld {
        attackers_try: &[
            Kind::UpdateSecurityProfile,
            Kind::UpdateUserSecurityProfiles,
            Kind::SetAssignableProfiles,
            Kind::ResetUserPassword,
            Kind::SetUserEnabled,
            Kind::ReplaceSecurityProfile,
            Kind::RenameSecurityProfile,
            Kind::DeleteUser,
            Kind::Undo,
        ],
        honest_do: &[Kind::Undo, Kind::UpdateUserSecurityProfiles, Kind::RestoreUser, Kind::RestoreAdministrator],
        ..world("managers", 4, start)
    }
}

/// Several administrators, some of whom are deleted, disabled, demoted and restored, while at least one remains.
pub(in crate::escalation) fn administrators() -> SmallWorld {
    let mut start = Start::new();
    start.users[QUINN].assignments = vec![Assignment::always(profile_id(ADMIN))];
    SmallWorld {
        attackers_try: &[
            Kind::UpdateSecurityProfile,
            Kind::UpdateUserSecurityProfiles,
            Kind::ResetUserPassword,
            Kind::SetUserEnabled,
            Kind::RenameSecurityProfile,
            Kind::RenameUserLogin,
            Kind::CreateUser,
            Kind::RestoreUser,
            Kind::DeleteUser,
            Kind::Undo,
        ],
        honest_do: &[
            Kind::UpdateUserSecurityProfiles,
            Kind::DisassociateSecurityProfiles,
            Kind::SetUserEnabled,
            Kind::DeleteUser,
            Kind::RestoreUser,
            Kind::RestoreAdministrator,
            Kind::Undo,
        ],
        ..world("administrators", 4, start)
    }
}

/// Profiles that become assignable and grow.
pub(in crate::escalation) fn assignable() -> SmallWorld {
    let mut start = Start::new();
    start.extra.choose(permissions(BASIC));
    start.made = Some(profile(MADE, BASIC));
    SmallWorld {
        attackers_try: &[
            Kind::SetAssignableProfiles,
            Kind::AssociateSecurityProfiles,
            Kind::UpdateSecurityProfile,
            Kind::CreateUser,
            Kind::Undo,
        ],
        honest_do: &[Kind::UpdateSecurityProfile, Kind::SetAssignableProfiles, Kind::Undo],
        ..world("assignable lists", 4, start)
    }
}

/// A profile without users that managers can assign and in which they list another profile, which then grows.
pub(in crate::escalation) fn named_entries() -> SmallWorld {
    let mut start = Start::new();
    start.extra.choose(permissions(BASIC));
    start.made = Some(profile(MADE, BASIC));
    start.manager.assignable = BTreeSet::from([profile_id(MADE)]);
    start.users.remove(QUINN);
    SmallWorld {
        attackers_try: &[Kind::SetAssignableProfiles, Kind::AssociateSecurityProfiles],
        honest_do: &[Kind::UpdateSecurityProfile],
        ..world("named entries", 4, start)
    }
}

/// A profile without users that an administrator strengthens, attackers weaken, and an undo restores.
pub(in crate::escalation) fn undone_edits() -> SmallWorld {
    let mut start = Start::new();
    start.extra.choose(permissions(BASIC));
    start.made = Some(profile(MADE, BASIC));
    SmallWorld {
        attackers_try: &[Kind::UpdateSecurityProfile, Kind::CreateUser, Kind::Undo],
        honest_do: &[Kind::UpdateSecurityProfile, Kind::Undo],
        ..world("undone edits", 4, start)
    }
}

/// A manager whose manager profile ends, and who has a harmless profile permanently.
pub(in crate::escalation) fn dates() -> SmallWorld {
    let mut start = Start::new();
    let soon = Assignment { until: Some(time(1)), ..Assignment::always(profile_id(MANAGER)) };
    start.made = Some(profile(MADE, BASIC));
    start.users[MIA].assignments = vec![soon, Assignment::always(profile_id(MADE))];
    SmallWorld {
        attackers_try: &[
            Kind::UpdateUserSecurityProfiles,
            Kind::AssociateSecurityProfiles,
            Kind::ChangeSecurityProfiles,
            Kind::CreateUser,
            Kind::UpdateSecurityProfile,
            Kind::SetAssignableProfiles,
            Kind::ReplaceSecurityProfile,
        ],
        honest_do: &[Kind::UpdateUserSecurityProfiles, Kind::SetAssignableProfiles],
        time_passes: true,
        variants: Variants { dates: true, ..Variants::default() },
        ..world("dates", 4, start)
    }
}

/// A manager under a restriction.
pub(in crate::escalation) fn restriction() -> SmallWorld {
    let mut start = Start::new();
    start.manager.choose(permissions(&[MANAGE, &[RECORDINGS, RESTRICTION]].concat()));
    start.extra.choose(permissions(BASIC));
    SmallWorld {
        attackers_try: &[
            Kind::CreateSecurityProfile,
            Kind::CreateUser,
            Kind::UpdateUserSecurityProfiles,
            Kind::UpdateSecurityProfile,
            Kind::SetAssignableProfiles,
        ],
        honest_do: &[Kind::UpdateSecurityProfile, Kind::SetAssignableProfiles],
        variants: Variants { restrictions: true, ..Variants::default() },
        ..world("restriction", 4, start)
    }
}

/// A user with access to recordings under a restriction that comes from another profile.
pub(in crate::escalation) fn freed() -> SmallWorld {
    let mut start = Start::new();
    start.made = Some(profile(MADE, &[BASIC, &[RESTRICTION]].concat()));
    start.users[QUINN].assignments.push(Assignment::always(profile_id(MADE)));
    SmallWorld {
        attackers_try: &[
            Kind::UpdateSecurityProfile,
            Kind::UpdateUserSecurityProfiles,
            Kind::DisassociateSecurityProfiles,
            Kind::ReplaceSecurityProfile,
            Kind::DeleteSecurityProfile,
            Kind::Undo,
        ],
        honest_do: &[Kind::UpdateSecurityProfile, Kind::Undo],
        variants: Variants { restrictions: true, ..Variants::default() },
        ..world("freed from a restriction", 4, start)
    }
}

/// Two attackers, each with permissions that the other lacks.
pub(in crate::escalation) fn pair() -> SmallWorld {
    let mut start = Start::new();
    start.quinn_attacks = true;
    start.manager.choose(permissions(&["Users.Edit", "Users.Create", "BasicAgentAccess"]));
    start.extra.choose(permissions(&[
        "SecurityProfiles.Edit",
        "SecurityProfiles.Create",
        "BasicAgentAccess",
        RECORDINGS,
    ]));
    SmallWorld {
        attackers_try: &[
            Kind::UpdateSecurityProfile,
            Kind::CreateSecurityProfile,
            Kind::SetAssignableProfiles,
            Kind::UpdateUserSecurityProfiles,
            Kind::ReplaceSecurityProfile,
            Kind::CreateUser,
            Kind::ResetUserPassword,
            Kind::Undo,
        ],
        honest_do: &[Kind::UpdateUserSecurityProfiles, Kind::Undo],
        ..world("a pair of attackers", 4, start)
    }
}

/// Two attackers, of whom the one who can manage users is under a restriction.
pub(in crate::escalation) fn restricted_pair() -> SmallWorld {
    let mut start = Start::new();
    start.quinn_attacks = true;
    start.manager.choose(permissions(&["Users.Edit", "Users.Create", "BasicAgentAccess", RECORDINGS, RESTRICTION]));
    start.extra.choose(permissions(&["SecurityProfiles.Edit", "BasicAgentAccess"]));
    start.made = Some(profile(MADE, BASIC));
    SmallWorld {
        attackers_try: &[
            Kind::SetAssignableProfiles,
            Kind::UpdateUserSecurityProfiles,
            Kind::UpdateSecurityProfile,
            Kind::CreateUser,
            Kind::Undo,
        ],
        honest_do: &[Kind::UpdateSecurityProfile, Kind::SetAssignableProfiles],
        ..world("a restricted pair", 4, start)
    }
}
