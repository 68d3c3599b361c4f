//! Message templates. Messages are short plain text. The only secret that they can contain is a link.

use floorkey::{Directory, Timestamp, User};
use lettre::Message as MimeMessage;
use lettre::message::header::ContentTransferEncoding;
use lettre::message::{Body, Mailbox};
use serde::{Deserialize, Serialize};

/// An email message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MailMessage {
    /// The recipient's address.
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

    /// Whether the message has not expired.
    pub(super) fn is_current(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now.as_millis() < until)
    }

    /// Builds the MIME message. If `readable` is set, long lines are not broken: people read the files in the outbox
    /// folder directly.
    pub(super) fn to_mime(&self, from: &Mailbox, readable: bool) -> Result<MimeMessage, String> {
        let address = self.to.parse().map_err(|_| format!("`{}` is no address that mail can be sent to", self.to))?;
        let builder = MimeMessage::builder().from(from.clone()).to(Mailbox::new(None, address)).subject(&self.subject);
        let builder = builder.message_id(None).header(lettre::message::header::ContentType::TEXT_PLAIN);
        let text = self.text.clone();
        let body = match readable {
            true => Body::new_with_encoding(text, ContentTransferEncoding::Binary)
                .map_err(|_| "a letter can't be written as it is".to_owned())?,
            false => Body::new(text),
        };
        builder.body(body).map_err(|error| error.to_string())
    }
}

/// Replaces control characters and `://` in user-supplied text, so that it can't add lines or links.
fn sanitized(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.replace("://", " ")
}

/// The product name with the alias of the instance: `Floorkey`, or `Floorkey (harbourline)`.
fn instance_name(directory: &Directory) -> String {
    match &directory.settings().alias {
        Some(alias) => format!("Floorkey ({})", sanitized(alias)),
        None => "Floorkey".to_owned(),
    }
}

const NOT_YOU: &str = "If this surprises you, tell an administrator at once.";

pub(super) fn invitation(directory: &Directory, user: &User, to: &str, link: &str) -> MailMessage {
    let (instance_name, login) = (instance_name(directory), sanitized(&user.username));
    let first = format!("You have an account at {instance_name}. Your user name is {login}.");
    let open = format!("Choose your password here, within 7 days:\n{link}");
    let lines = [first.as_str(), &open, "The link is good once. Nobody else needs it, and nobody will ask you for it."];
    MailMessage::new(to, user, format!("Your account at {instance_name}"), &lines)
}

pub(super) fn reset(directory: &Directory, user: &User, to: &str, link: &str, asked_by: Option<&str>) -> MailMessage {
    let instance_name = instance_name(directory);
    let first = match asked_by {
        Some(name) => format!("{} sends you this link to choose a new password at {instance_name}.", sanitized(name)),
        None => format!("Somebody, you hopefully, asked for a new password at {instance_name}."),
    };
    let open = format!("Choose it here, within 15 minutes:\n{link}");
    let last = "The link is good once, and until you sign in. If you didn’t want it, do nothing: your password stays as it is.";
    MailMessage::new(to, user, format!("Choose a new password at {instance_name}"), &[&first, &open, last])
}

pub(super) fn confirm_email(directory: &Directory, user: &User, to: &str, link: &str) -> MailMessage {
    let instance_name = instance_name(directory);
    let first = format!("This address was entered for the account {} at {instance_name}.", sanitized(&user.username));
    let open = format!("Confirm that mail reaches you here, within 3 days:\n{link}");
    let last = "If you know nothing of it, do nothing: the address is not used for passwords then.";
    MailMessage::new(to, user, format!("Confirm your address at {instance_name}"), &[&first, &open, last])
}

pub(super) fn email_changed(directory: &Directory, user: &User, to: &str, by: &str) -> MailMessage {
    let instance_name = instance_name(directory);
    let new = match &user.identity.email {
        Some(email) => format!("It is now {}, once that address is confirmed.", sanitized(&mask_address(email))),
        None => "There is none now.".to_owned(),
    };
    let first = format!(
        "{by} changed the e-mail address of your account {} at {instance_name}. {new}",
        sanitized(&user.username)
    );
    MailMessage::new(to, user, format!("Your e-mail address at {instance_name} was changed"), &[&first, NOT_YOU])
}

pub(super) fn password_changed(directory: &Directory, user: &User, to: &str, by: Option<&str>) -> MailMessage {
    let (instance_name, login) = (instance_name(directory), sanitized(&user.username));
    let first = match by {
        Some(by) => {
            format!(
                "{by} reset the password of your account {login} at {instance_name}. You are signed out everywhere."
            )
        }
        None => format!(
            "The password of your account {login} at {instance_name} was changed. Other browsers are signed out."
        ),
    };
    MailMessage::new(to, user, format!("Your password at {instance_name} was changed"), &[&first, NOT_YOU])
}

pub(super) fn factors_removed(directory: &Directory, user: &User, to: &str, by: Option<&str>) -> MailMessage {
    let (instance_name, login) = (instance_name(directory), sanitized(&user.username));
    let by = by.unwrap_or("You, or somebody signed in as you,");
    let left = match user.second_factors.is_empty() {
        true => "Your password alone opens the account now.",
        false => "You have others that are still asked for.",
    };
    let first = format!("{by} removed a second factor of your account {login} at {instance_name}. {left}");
    MailMessage::new(to, user, format!("A second factor at {instance_name} was removed"), &[&first, NOT_YOU])
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
    lines.push("It was done, and is marked in Historical changes. You are told because you are an administrator.");
    MailMessage::new(to, administrator, format!("To look at in {instance_name}"), &lines)
}

/// Masks an address: `a…@example.com`. Its owner recognizes the result, but other people can't derive the address from
/// it.
fn mask_address(email: &str) -> String {
    match email.split_once('@') {
        Some((name, host)) => format!("{}…@{host}", name.chars().take(1).collect::<String>()),
        None => "…".to_owned(),
    }
}

/// Makes user-supplied text safe for a message.
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
