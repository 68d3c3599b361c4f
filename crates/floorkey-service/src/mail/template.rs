//! Message templates. Messages are short and in plain text. A link is the only secret that a message can contain.

use floorkey::{Directory, Timestamp, User};
use floorkey_store::LinkPurpose;
use lettre::Message as MimeMessage;
use lettre::message::header::ContentTransferEncoding;
use lettre::message::{Body, Mailbox};
use serde::{Deserialize, Serialize};

use super::MailError;
use super::link::lifetime_text;

/// An email message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailMessage {
    /// The address of the recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The body.
    pub text: String,
    /// When the message expires, in milliseconds since the epoch.
    until: Option<i64>,
}

impl MailMessage {
    fn new(to: &str, user: &User, subject: impl Into<String>, lines: &[&str]) -> Self {
        let text = format!("Hello {},\n\n{}\n\nFloorkey\n", sanitized(&user.display_name()), lines.join("\n\n"));
        Self { to: to.to_owned(), subject: subject.into(), text, until: None }
    }

    /// Sets when the message expires.
    pub(super) fn until(self, until: Timestamp) -> Self {
        Self { until: Some(until.as_millis()), ..self }
    }

    /// Whether the message has not expired yet.
    pub(super) fn is_current(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now.as_millis() < until)
    }

    /// Builds the MIME message. If `readable` is true, long lines are not broken. People read the files in the outbox
    /// folder directly.
    pub(super) fn to_mime(&self, from: &Mailbox, readable: bool) -> Result<MimeMessage, MailError> {
        let address = self.to.parse().map_err(|_| MailError::Recipient(self.to.clone()))?;
        let builder = MimeMessage::builder().from(from.clone()).to(Mailbox::new(None, address)).subject(&self.subject);
        let builder = builder.message_id(None).header(lettre::message::header::ContentType::TEXT_PLAIN);
        let text = self.text.clone();
        let body = match readable {
            true => Body::new_with_encoding(text, ContentTransferEncoding::Binary).map_err(|_| MailError::Encoding)?,
            false => Body::new(text),
        };
        Ok(builder.body(body)?)
    }
}

/// Replaces control characters and `://` in user-supplied text, so that the text can't add lines or links to a message.
fn sanitized(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.replace("://", " ")
}

/// Returns the product name, with the instance's alias if it has one: `Floorkey` or `Floorkey (harbourline)`.
fn instance_name(directory: &Directory) -> String {
    match &directory.settings().alias {
        Some(alias) => format!("Floorkey ({})", sanitized(alias)),
        None => "Floorkey".to_owned(),
    }
}

const NOT_YOU: &str = "If you didn't expect this, contact an administrator immediately.";

pub(super) fn invitation(directory: &Directory, user: &User, to: &str, link: &str) -> MailMessage {
    let (instance_name, login) = (instance_name(directory), sanitized(&user.username));
    let first = format!("You have an account in {instance_name}. Your login is {login}.");
    let open = format!("Choose your password within {}:\n{link}", lifetime_text(LinkPurpose::Invite));
    let lines = [first.as_str(), &open, "The link can be used once. Don't share it."];
    MailMessage::new(to, user, format!("Your account in {instance_name}"), &lines)
}

pub(super) fn reset(directory: &Directory, user: &User, to: &str, link: &str, asked_by: Option<&str>) -> MailMessage {
    let instance_name = instance_name(directory);
    let first = match asked_by {
        Some(name) => format!("{} sent you this link to choose a new password for {instance_name}.", sanitized(name)),
        None => format!("A new password for your account in {instance_name} was requested."),
    };
    let open = format!("Choose it within {}:\n{link}", lifetime_text(LinkPurpose::Reset));
    let last = "The link can be used once, and only until you sign in. If you don’t want to change your \
        password, ignore this email.";
    MailMessage::new(to, user, format!("Choose a new password for {instance_name}"), &[&first, &open, last])
}

pub(super) fn confirm_email(directory: &Directory, user: &User, to: &str, link: &str) -> MailMessage {
    let instance_name = instance_name(directory);
    let first = format!("This email was entered for the account {} in {instance_name}.", sanitized(&user.username));
    let open = format!("Verify your email within {}:\n{link}", lifetime_text(LinkPurpose::VerifyEmail));
    let last = "If this isn't your account, ignore this email: password links are sent to verified emails only.";
    MailMessage::new(to, user, format!("Verify your email for {instance_name}"), &[&first, &open, last])
}

pub(super) fn email_changed(directory: &Directory, user: &User, to: &str, by: &str) -> MailMessage {
    let instance_name = instance_name(directory);
    let new = match &user.identity.email {
        Some(email) => format!("The new email is {}. It must be verified.", sanitized(&mask_address(email))),
        None => "The account has no email.".to_owned(),
    };
    let first =
        format!("{by} changed the email of your account {} in {instance_name}. {new}", sanitized(&user.username));
    MailMessage::new(to, user, format!("Your email in {instance_name} was changed"), &[&first, NOT_YOU])
}

pub(super) fn password_changed(directory: &Directory, user: &User, to: &str, by: Option<&str>) -> MailMessage {
    let (instance_name, login) = (instance_name(directory), sanitized(&user.username));
    let first = match by {
        Some(by) => {
            format!(
                "{by} reset the password of your account {login} in {instance_name}. You were signed out of all sessions."
            )
        }
        None => format!(
            "The password of your account {login} in {instance_name} was changed. Your other sessions were ended."
        ),
    };
    MailMessage::new(to, user, format!("Your password in {instance_name} was changed"), &[&first, NOT_YOU])
}

pub(super) fn factors_removed(directory: &Directory, user: &User, to: &str, by: Option<&str>) -> MailMessage {
    let (instance_name, login) = (instance_name(directory), sanitized(&user.username));
    let by = by.unwrap_or("You, or someone signed in as you,");
    let left = match user.mfa_methods.is_empty() {
        true => "You now sign in with your password only.",
        false => "You have other MFA devices, which are still required.",
    };
    let first = format!("{by} removed an MFA device of your account {login} in {instance_name}. {left}");
    MailMessage::new(to, user, format!("An MFA device in {instance_name} was removed"), &[&first, NOT_YOU])
}

pub(super) fn flagged(
    directory: &Directory,
    administrator: &User,
    to: &str,
    what: &str,
    why: &[String],
) -> MailMessage {
    let instance_name = instance_name(directory);
    let mut lines = vec![what];
    lines.extend(why.iter().map(String::as_str));
    lines.push(
        "The change was made and is flagged in Historical changes. You receive this email because you \
        are an administrator.",
    );
    MailMessage::new(to, administrator, format!("Flagged change in {instance_name}"), &lines)
}

/// Masks an email address, for example as `a…@example.com`. The owner recognizes the masked address, but other people
/// can't derive the full address.
fn mask_address(email: &str) -> String {
    match email.split_once('@') {
        Some((name, host)) => format!("{}…@{host}", name.chars().take(1).collect::<String>()),
        None => "…".to_owned(),
    }
}

/// Makes user-supplied text safe to include in a message.
pub(super) fn sanitized_text(text: &str) -> String {
    sanitized(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_supplied_text_adds_no_lines_or_links() {
        assert_eq!(sanitized("Ann\r\nBcc: all@example.com"), "Ann  Bcc: all@example.com");
        assert_eq!(sanitized("win https://evil.example"), "win https evil.example");
        assert_eq!(mask_address("ann.lee@example.com"), "a…@example.com");
    }

    #[test]
    fn a_readable_message_keeps_long_links_whole() {
        let link = format!("https://floorkey.example/connect/link/{}", "x".repeat(80));
        let message = MailMessage {
            to: "ann@example.com".to_owned(),
            subject: "Größe".to_owned(),
            text: format!("…\n{link}\n"),
            until: None,
        };
        let from = "Floorkey <floorkey@example.com>".parse().unwrap();
        let text = String::from_utf8(message.to_mime(&from, true).unwrap().formatted()).unwrap();
        assert!(text.contains(&link) && text.contains("To: ann@example.com"), "{text}");
        assert!(message.to_mime(&from, false).is_ok());
        assert!(MailMessage { to: "no address".to_owned(), ..message }.to_mime(&from, true).is_err());
    }
}
