//! Message templates. Messages are short plain text, and contain no secret other than a link.

use floorkey::{Directory, Timestamp, User};
use lettre::Message;
use lettre::message::header::ContentTransferEncoding;
use lettre::message::{Body, Mailbox};
use serde::{Deserialize, Serialize};

/// An email message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Letter {
    /// The recipient's address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The body.
    pub text: String,
    /// When the message expires, in milliseconds since the epoch.
    until: Option<i64>,
}

impl Letter {
    fn new(to: &str, user: &User, subject: impl Into<String>, lines: &[&str]) -> Self {
        let text = format!("Hello {},\n\n{}\n\nFloorkey\n", plain(&user.display_name()), lines.join("\n\n"));
        Self { to: to.to_owned(), subject: subject.into(), text, until: None }
    }

    /// Sets when the message expires.
    pub(super) fn until(self, until: Timestamp) -> Self {
        Self { until: Some(until.as_millis()), ..self }
    }

    /// Whether the message has not expired.
    pub(super) fn is_of_use(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now.as_millis() < until)
    }

    /// Builds the MIME message. `readable` keeps long lines whole, for the outbox folder that people read directly.
    pub(super) fn message(&self, from: &Mailbox, readable: bool) -> Result<Message, String> {
        let address = self.to.parse().map_err(|_| format!("`{}` is not an email address", self.to))?;
        let builder = Message::builder().from(from.clone()).to(Mailbox::new(None, address)).subject(&self.subject);
        let builder = builder.message_id(None).header(lettre::message::header::ContentType::TEXT_PLAIN);
        let text = self.text.clone();
        let body = match readable {
            true => Body::new_with_encoding(text, ContentTransferEncoding::Binary)
                .map_err(|_| "the email can't be written without encoding".to_owned())?,
            false => Body::new(text),
        };
        builder.body(body).map_err(|error| error.to_string())
    }
}

/// Replaces control characters and `://` in user-supplied text, so that it can't add lines or links.
fn plain(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.replace("://", " ")
}

/// The product name with the alias of the instance: `Floorkey`, or `Floorkey (harbourline)`.
fn place(directory: &Directory) -> String {
    match &directory.settings().alias {
        Some(alias) => format!("Floorkey ({})", plain(alias)),
        None => "Floorkey".to_owned(),
    }
}

const NOT_YOU: &str = "If you didn't expect this, contact an administrator immediately.";

pub(super) fn invitation(directory: &Directory, user: &User, to: &str, link: &str) -> Letter {
    let (place, login) = (place(directory), plain(&user.username));
    let first = format!("You have an account in {place}. Your login is {login}.");
    let open = format!("Choose your password within 7 days:\n{link}");
    let lines = [first.as_str(), &open, "The link can be used once. Don't share it."];
    Letter::new(to, user, format!("Your account in {place}"), &lines)
}

pub(super) fn reset(directory: &Directory, user: &User, to: &str, link: &str, asked_by: Option<&str>) -> Letter {
    let place = place(directory);
    let first = match asked_by {
        Some(name) => format!("{} sent you this link to choose a new password for {place}.", plain(name)),
        None => format!("A new password for your account in {place} was requested."),
    };
    let open = format!("Choose it within 15 minutes:\n{link}");
    let last = "The link can be used once, and only until you sign in. If you don’t want to change your \
        password, ignore this email.";
    Letter::new(to, user, format!("Choose a new password for {place}"), &[&first, &open, last])
}

pub(super) fn confirm_email(directory: &Directory, user: &User, to: &str, link: &str) -> Letter {
    let place = place(directory);
    let first = format!("This email was entered for the account {} in {place}.", plain(&user.username));
    let open = format!("Verify your email within 3 days:\n{link}");
    let last = "If this isn't your account, ignore this email: password links are sent to verified emails only.";
    Letter::new(to, user, format!("Verify your email for {place}"), &[&first, &open, last])
}

pub(super) fn email_changed(directory: &Directory, user: &User, to: &str, by: &str) -> Letter {
    let place = place(directory);
    let new = match &user.identity.email {
        Some(email) => format!("The new email is {}. It must be verified.", plain(&masked(email))),
        None => "The account has no email.".to_owned(),
    };
    let first = format!("{by} changed the email of your account {} in {place}. {new}", plain(&user.username));
    Letter::new(to, user, format!("Your email in {place} was changed"), &[&first, NOT_YOU])
}

pub(super) fn password_changed(directory: &Directory, user: &User, to: &str, by: Option<&str>) -> Letter {
    let (place, login) = (place(directory), plain(&user.username));
    let first = match by {
        Some(by) => {
            format!("{by} reset the password of your account {login} in {place}. You were signed out of all sessions.")
        }
        None => format!("The password of your account {login} in {place} was changed. Your other sessions were ended."),
    };
    Letter::new(to, user, format!("Your password in {place} was changed"), &[&first, NOT_YOU])
}

pub(super) fn factors_removed(directory: &Directory, user: &User, to: &str, by: Option<&str>) -> Letter {
    let (place, login) = (place(directory), plain(&user.username));
    let by = by.unwrap_or("You, or someone signed in as you,");
    let left = match user.second_factors.is_empty() {
        true => "You now sign in with your password only.",
        false => "You have other MFA devices, which are still required.",
    };
    let first = format!("{by} removed an MFA device of your account {login} in {place}. {left}");
    Letter::new(to, user, format!("An MFA device in {place} was removed"), &[&first, NOT_YOU])
}

pub(super) fn flagged(directory: &Directory, administrator: &User, to: &str, what: &str, why: &[String]) -> Letter {
    let place = place(directory);
    let mut lines = vec![what];
    lines.extend(why.iter().map(String::as_str));
    lines.push(
        "The change was made and is flagged in Historical changes. You receive this email because you \
        are an administrator.",
    );
    Letter::new(to, administrator, format!("Flagged change in {place}"), &lines)
}

/// Masks an address so that its owner recognizes it and others don't learn it: `a…@example.com`.
fn masked(email: &str) -> String {
    match email.split_once('@') {
        Some((name, host)) => format!("{}…@{host}", name.chars().take(1).collect::<String>()),
        None => "…".to_owned(),
    }
}

/// Makes user-supplied text safe for a message.
pub(super) fn quoted(text: &str) -> String {
    plain(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_supplied_text_adds_no_lines_or_links() {
        assert_eq!(plain("Ann\r\nBcc: all@example.com"), "Ann  Bcc: all@example.com");
        assert_eq!(plain("win https://evil.example"), "win https evil.example");
        assert_eq!(masked("ann.lee@example.com"), "a…@example.com");
    }

    #[test]
    fn a_readable_message_keeps_long_links_whole() {
        let link = format!("https://floorkey.example/connect/link/{}", "x".repeat(80));
        let letter = Letter {
            to: "ann@example.com".to_owned(),
            subject: "Größe".to_owned(),
            text: format!("…\n{link}\n"),
            until: None,
        };
        let from = "Floorkey <floorkey@example.com>".parse().unwrap();
        let text = String::from_utf8(letter.message(&from, true).unwrap().formatted()).unwrap();
        assert!(text.contains(&link) && text.contains("To: ann@example.com"), "{text}");
        assert!(letter.message(&from, false).is_ok());
        assert!(Letter { to: "no address".to_owned(), ..letter }.message(&from, true).is_err());
    }
}
