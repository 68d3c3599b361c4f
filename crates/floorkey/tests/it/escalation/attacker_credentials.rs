//! The attackers' credentials that are not in the directory: passwords, sessions and links. Access keys and second
//! factors are not included, because their IDs show which side has them. For an email address, the address itself shows
//! which side reads its mailbox.
//!
//! After every step, the attackers sign in to every account that they can sign in to. Their sessions can therefore
//! outlast the credentials used for signing in.

use floorkey::user::PasswordState;
use floorkey::{Action, AuxiliaryWrite, Change, Command, Directory, Target, User, authorize, plan};

use super::fixtures::{ATTACKER_MAILBOX, Side, USERS, time, user_id, user_slot};
use crate::test_instance::password;

/// The attackers' credentials for each account.
#[derive(Clone, Debug, Default)]
pub(super) struct AttackerCredentials {
    /// Whether the attackers know the account's current password.
    pub(super) password: [bool; USERS],
    /// The security epoch of the attackers' newest session.
    pub(super) session: [Option<u64>; USERS],
    /// The security epoch of the attackers' newest link, and the link's email address.
    pub(super) link: [Option<(u64, String)>; USERS],
}

impl AttackerCredentials {
    /// Applies a change's auxiliary writes to the attackers' credentials.
    pub(super) fn apply_side_writes(&mut self, change: &Change) {
        for write in change.auxiliary_writes() {
            match write {
                AuxiliaryWrite::PutPassword { user, hash } => {
                    if let Some(slot) = user_slot(*user) {
                        self.password[slot] = hash.reveal() == Side::Attackers.password().hash.reveal();
                    }
                }
                AuxiliaryWrite::DeletePassword { user } => {
                    if let Some(slot) = user_slot(*user) {
                        self.password[slot] = false;
                    }
                }
                AuxiliaryWrite::DeleteUserData { user } => {
                    if let Some(slot) = user_slot(*user) {
                        self.clear(slot);
                    }
                }
                // The server counts failed sign-ins, but this model does not need the counts.
                AuxiliaryWrite::DeleteAttempts { .. } => {}
                // Keys and factors are also in the directory's records, where the model reads them.
                AuxiliaryWrite::PutAccessKey { .. }
                | AuxiliaryWrite::DeleteAccessKey { .. }
                | AuxiliaryWrite::PutSecondFactor { .. }
                | AuxiliaryWrite::DeleteSecondFactor { .. } => {}
            }
        }
    }

    /// Drops credentials that are no longer valid. Then signs in to every account that the attackers can sign in to.
    pub(super) fn refresh_sessions(&mut self, directory: &Directory) {
        for slot in 0..USERS {
            let Some(user) = directory.user(user_id(slot)) else {
                self.clear(slot);
                continue;
            };
            self.password[slot] &= user.password != PasswordState::None;
            self.session[slot] = self.session[slot].filter(|epoch| *epoch == user.security_epoch);
            let is_valid =
                |(epoch, address): &(u64, String)| *epoch == user.security_epoch && is_sent_to(user, address);
            self.link[slot] = self.link[slot].take().filter(is_valid);
            if self.can_sign_in(user, slot) {
                self.session[slot] = Some(user.security_epoch);
            }
        }
    }

    fn clear(&mut self, slot: usize) {
        (self.password[slot], self.session[slot], self.link[slot]) = (false, None, None);
    }

    /// Whether the attackers can act as the user.
    pub(super) fn can_act_as(&self, directory: &Directory, slot: usize) -> bool {
        let user = directory.user(user_id(slot)).filter(|user| user.enabled);
        user.is_some_and(|user| self.could_act_as(directory, user, slot))
    }

    fn could_act_as(&self, directory: &Directory, user: &User, slot: usize) -> bool {
        self.session[slot] == Some(user.security_epoch)
            || directory.access_key(&Side::Attackers.key(slot)).is_some_and(|key| key.suspended_until.is_none())
            || self.can_sign_in(user, slot)
    }

    /// Whether the attackers have a link that confirms the user's email address. The link is sent when the address is
    /// entered, and whenever the user requests a link. Users do not check the address before they request a link.
    pub(super) fn has_confirmation_link(directory: &Directory, slot: usize) -> bool {
        directory.user(user_id(slot)).is_some_and(|user| user.identity.email.as_deref() == Some(ATTACKER_MAILBOX))
    }

    /// Whether the attackers can act as the user, or could do so if the user were enabled. Also true if the user's
    /// email address belongs to the attackers.
    pub(super) fn is_custodian_of(&self, directory: &Directory, slot: usize) -> bool {
        let Some(user) = directory.user(user_id(slot)) else { return false };
        let enabled = User { enabled: true, ..User::clone(user) };
        enabled.identity.email.as_deref() == Some(ATTACKER_MAILBOX) || self.could_act_as(directory, &enabled, slot)
    }

    /// Whether the attackers can sign in with a password, with a link, or by resetting the password by email. If the
    /// user has second factors, the attackers need one of them.
    fn can_sign_in(&self, user: &User, slot: usize) -> bool {
        let factors = &user.mfa_methods;
        let reads_mail = user.verified_email.as_deref() == Some(ATTACKER_MAILBOX) && user.can_sign_in();
        user.enabled
            && (factors.is_empty() || factors.iter().any(|factor| factor.id == Side::Attackers.factor(slot)))
            && (self.password[slot] || self.link[slot].is_some() || reads_mail)
    }

    /// Sends the user a link for choosing a password, by the same rules as the server. A user who has not chosen a
    /// password gets an invitation at the entered address. Any other user gets the link at the verified address.
    /// Returns the directory after this step, or `None` if no link was sent.
    pub(super) fn send_link(
        &mut self,
        directory: &Directory,
        actor: &floorkey::Actor,
        slot: usize,
        tick: usize,
    ) -> Option<Directory> {
        let user = directory.user(user_id(slot)).filter(|user| user.enabled)?;
        let (action, address) = match user.password {
            PasswordState::Set => (Action::SendPasswordLink, &user.verified_email),
            PasswordState::None | PasswordState::Temporary => (Action::InviteUser, &user.identity.email),
        };
        let address = address.clone()?;
        authorize(directory, &actor.principal, action, &Target::User(user.id), time(tick)).ok()?;
        let reset = Command::ResetUserPassword { user: user.id, password: password(), revoke_access_keys: false };
        if plan(directory, actor, &reset, time(tick)).is_err_and(|refusal| refusal.code() == "guard") {
            return None;
        }
        let next = match action {
            Action::InviteUser => {
                let invite = Command::InviteUser { user: user.id, email: address.clone() };
                plan(directory, actor, &invite, time(tick)).ok()?.next
            }
            _ => directory.clone(),
        };
        self.link[slot] = (address == ATTACKER_MAILBOX).then_some((user.security_epoch, address));
        Some(next)
    }
}

/// Whether the user can use a link that was sent to the given address.
fn is_sent_to(user: &User, address: &str) -> bool {
    let address = Some(address);
    user.enabled && (user.verified_email.as_deref() == address || user.identity.email.as_deref() == address)
}
