//! What was done, as a sentence begins: "made the user", "reset the password of".

use floorkey::Act;

/// What somebody did, with its object to follow: so many things. An act of another version is told by its name.
pub(super) fn did(act: &str, things: usize) -> String {
    let words = match Act::parse(act) {
        Some(act) => phrase_of(act, things),
        None => return format!("did {act}:"),
    };
    match words {
        Some(words) => words.to_owned(),
        None => format!("looked at ({act})"),
    }
}

/// What people did whose logins no user has.
pub(super) const FAILED_AT_NO_USER: &str = "failed to sign in with logins that no user has";

/// The same for something that was tried and refused.
pub(super) fn tried(act: &str, things: usize) -> String {
    match Act::parse(act).and_then(|act| phrase_of(act, things)) {
        Some(words) => format!("was refused, and would have {words}"),
        None => format!("was refused {act}:"),
    }
}

/// A short name for lists to choose from.
pub(super) fn title(act: Act) -> Option<String> {
    let words = phrase(act)?;
    let words = words.trim_end_matches(" of").trim_end_matches(" to").trim_end_matches(" for");
    let mut chars = words.chars();
    let first = chars.next()?;
    Some(first.to_uppercase().chain(chars).collect())
}

/// The phrase for so many things: what is done to many at once may be done to one.
fn phrase_of(act: Act, things: usize) -> Option<&'static str> {
    match (act, things) {
        (Act::EditUsers, 1) => Some("edited the user"),
        (Act::DeleteUsers, 1) => phrase(Act::DeleteUser),
        (Act::ImportUsers, 1) => Some("imported the user"),
        (Act::ResetUserPasswords, 1) => phrase(Act::ResetUserPassword),
        _ => phrase(act),
    }
}

/// `None` for acts that only look.
fn phrase(act: Act) -> Option<&'static str> {
    Some(match act {
        Act::AddSecondFactor => "added a second factor for",
        Act::AssociateSecurityProfiles => "gave security profiles to",
        Act::AssociateUserProficiencies => "added proficiencies of",
        Act::ChangeOwnPassword => "changed the own password of",
        Act::ChangeSecurityProfiles | Act::UpdateUserSecurityProfiles => "changed the security profiles of",
        Act::ConfirmEmail => "confirmed the e-mail address of",
        Act::CreateAccessKey => "made an access key for",
        Act::CreateAgentStatus => "made the agent status",
        Act::CreateApiToken => "made the API token",
        Act::CreateHoursOfOperation => "made the hours of operation",
        Act::CreateInstance => "made",
        Act::CreateQueue => "made the queue",
        Act::CreateRoutingProfile => "made the routing profile",
        Act::CreateSecurityProfile => "made the security profile",
        Act::CreateUser => "made the user",
        Act::CreateUserHierarchyGroup => "made the hierarchy group",
        Act::DeleteAgentStatus => "deleted the agent status",
        Act::DeleteApplicationResources => "had Floorkey forget of",
        Act::DeleteHoursOfOperation => "deleted the hours of operation",
        Act::DeleteInstance => "deleted the instance",
        Act::DeleteQueue => "deleted the queue",
        Act::DeleteRoutingProfile => "deleted the routing profile",
        Act::DeleteSecurityProfile => "deleted the security profile",
        Act::DeleteUser => "deleted the user",
        Act::DeleteUserHierarchyGroup => "deleted the hierarchy group",
        Act::DeleteUsers => "deleted the users",
        Act::DisableUser => "disabled the user",
        Act::DisassociateSecurityProfiles => "took security profiles from",
        Act::DisassociateUserProficiencies => "took proficiencies from",
        Act::DownloadUsers => "downloaded the list of users of",
        Act::EditUsers => "edited the users",
        Act::EnableUser => "enabled the user",
        Act::EndUserSessions => "signed out everywhere the user",
        Act::ExportBundle => "exported what decides, as a bundle, of",
        Act::FailedSignIn => "failed to sign in as",
        Act::ForgetSealed => "replaced the key file, and revoked every access key and second factor by app:",
        Act::ImportUsers => "imported the users",
        Act::InviteUser => "invited the user",
        Act::PutApplicationResources => "told Floorkey of",
        Act::RegisterApplication => "registered the application",
        Act::ReinstateAccessKey => "reinstated an access key:",
        Act::RemoveSecondFactor => "removed a second factor of",
        Act::RenameSecurityProfile => "renamed the security profile",
        Act::RenameUserLogin => "changed the login name of",
        Act::ReplaceCredentials => "replaced credentials that other users could know:",
        Act::ReplaceSecurityProfile => "replaced a security profile for its holders:",
        Act::ResetUserPassword => "reset the password of",
        Act::ResetUserPasswords => "reset the passwords of",
        Act::RestoreAdministrator => "restored the administrator",
        Act::RestoreUser => "brought back the user",
        Act::RevokeAccessKey => "revoked an access key:",
        Act::RevokeApiToken => "revoked the API token",
        Act::SendPasswordLink => "sent a password link to",
        Act::SetAssignableProfiles => "changed what may be handed out by holders of",
        Act::SetEscalationGuard => "set the escalation guard of",
        Act::SignIn => "signed in:",
        Act::SignOut => "signed out:",
        Act::TagResource => "put tags on",
        Act::Undo => "undid a change of",
        Act::UnlockUser => "unlocked the user",
        Act::UnregisterApplication => "took out of the register the application",
        Act::UntagResource => "took tags off",
        Act::UpdateApiToken => "changed the settings of the API token",
        Act::UpdateInstanceAttribute => "changed an attribute of",
        Act::UpdateSecurityProfile => "changed the security profile",
        Act::UpdateUserConfig | Act::UpdateUserPhoneConfig => "changed the phone settings of",
        Act::UpdateUserHierarchy => "moved in the hierarchy the user",
        Act::UpdateUserHierarchyGroupName => "renamed the hierarchy group",
        Act::UpdateUserHierarchyStructure => "changed the levels of",
        Act::UpdateUserIdentityInfo => "changed the name or addresses of",
        Act::UpdateUserNotificationStatus => "changed the notifications of",
        Act::UpdateUserProficiencies => "changed proficiencies of",
        Act::UpdateUserRoutingProfile => "changed the routing profile of",
        Act::VouchForEmail => "confirmed the address of",
        Act::RecordFormerLogins => "recorded who had which login name before:",
        Act::UpgradeCatalogue => "took in new permissions of this version:",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_that_changes_something_is_told_in_words() {
        for act in Act::ALL {
            let looks = ["Check", "Describe", "List", "Search", "View"].iter().any(|verb| act.name().starts_with(verb));
            assert_eq!(phrase(*act).is_none(), looks, "{}", act.name());
        }
        assert_eq!(did("CreateUser", 1), "made the user");
        assert_eq!(
            (did("EditUsers", 1).as_str(), did("EditUsers", 2).as_str()),
            ("edited the user", "edited the users")
        );
        assert_eq!(tried("DeleteUsers", 1), "was refused, and would have deleted the user");
        assert_eq!(title(Act::ResetUserPassword).as_deref(), Some("Reset the password"));
    }
}
