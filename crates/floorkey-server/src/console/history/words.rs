//! An event in words: a headline, and what changed.

use floorkey::visibility::Viewer as Visible;
use floorkey::{Act, Permission, RecordKey, SecurityProfileId, Timestamp};
use floorkey_store::{Kept, StoredEvent, StoredFieldChange, StoredFlag, StoredOutcome, StoredStep};

use super::super::guard_flags;
use super::acts;
use super::names::{Named, actor, named};
use super::sight::SeenEvent;
use crate::console::viewer::Viewer;
use crate::console::words;

/// An event, ready to be shown.
pub(in crate::console) struct Line {
    /// Its place in the audit.
    pub(in crate::console) seq: u64,
    pub(in crate::console) when: String,
    pub(in crate::console) iso: String,
    pub(in crate::console) who: Named,
    /// Through what: the console, an access key, the operator's key.
    pub(in crate::console) through: &'static str,
    pub(in crate::console) address: String,
    /// What was done: `made the user`.
    pub(in crate::console) did: String,
    /// To what.
    pub(in crate::console) what: Vec<Named>,
    /// How many more records of the reader's scope it was about.
    pub(in crate::console) more: usize,
    /// How many records outside the reader's scope it was about.
    pub(in crate::console) outside: usize,
    /// What changed, in short sentences.
    pub(in crate::console) changes: Vec<Told>,
    /// Why it was refused, if it was: as it was written, or in general terms.
    pub(in crate::console) refused: Option<String>,
    /// What the actor was told to give an administrator.
    pub(in crate::console) reference: Option<String>,
    /// What somebody should look at.
    pub(in crate::console) flags: Vec<String>,
}

/// A change in words.
pub(in crate::console) struct Told {
    /// `added`, `removed` or `changed`.
    pub(in crate::console) kind: &'static str,
    pub(in crate::console) text: String,
    /// The thing it is about, where the event is about several.
    pub(in crate::console) of: Option<String>,
}

/// Things that a headline names.
const NAMED_MAX: usize = 3;

impl Line {
    /// The event as the viewer reads it.
    pub(in crate::console) fn of(viewer: &Viewer, seen: &SeenEvent) -> Self {
        let (event, directory, principal) = (&seen.event, &viewer.directory, viewer.principal());
        let reader = Reader { viewer, visible: Visible::new(directory, &principal, viewer.now) };
        let (mut who, through) = actor(directory, &event.principal, seen.shows_actor);
        if event.act == Act::FailedSignIn.name() {
            // Whoever it was, it was not the server.
            who = Named::plain("Somebody");
        }
        let (refused, reference) = match &event.outcome {
            StoredOutcome::Done { .. } => (None, None),
            StoredOutcome::Refused { message, reference, .. } if seen.shows_details => {
                (Some(kept(message)), reference.clone())
            }
            StoredOutcome::Refused { code, reference, .. } => (Some(in_general(code).to_owned()), reference.clone()),
        };
        let many = event.targets.len() > 1;
        let is_user = |key: &RecordKey| matches!(key, RecordKey::User(_));
        let at_no_user = event.act == Act::FailedSignIn.name() && !event.targets.iter().any(is_user);
        Self {
            seq: event.seq,
            when: words::moment(event.at),
            iso: words::iso(event.at),
            who,
            through,
            address: event.address.as_ref().map(kept).unwrap_or_default(),
            did: match refused.is_some() {
                _ if at_no_user => acts::FAILED_AT_NO_USER.to_owned(),
                true => acts::tried(&event.act, event.targets.len()),
                false => acts::did(&event.act, event.targets.len()),
            },
            what: match at_no_user {
                true => Vec::new(),
                false => event.targets.iter().take(NAMED_MAX).map(|key| reader.named(event, key)).collect(),
            },
            more: event.targets.len().saturating_sub(NAMED_MAX),
            outside: seen.outside,
            changes: event
                .changes
                .iter()
                .flat_map(|change| {
                    let of = many.then(|| reader.named(event, &change.record).name);
                    told(&reader, change).into_iter().map(move |(kind, text)| Told { kind, text, of: of.clone() })
                })
                .collect(),
            refused,
            reference,
            flags: event.flags.iter().map(|flag| flagged(&reader, seen, flag)).collect(),
        }
    }
}

/// Who reads, and what they may see.
struct Reader<'a> {
    viewer: &'a Viewer,
    visible: Visible<'a>,
}

impl Reader<'_> {
    fn named(&self, event: &StoredEvent, key: &RecordKey) -> Named {
        named(&self.viewer.directory, &self.visible, event, key)
    }
}

/// Why something was refused, in words that name nobody.
fn in_general(code: &str) -> &'static str {
    match code {
        "not-permitted" => "A permission for it is missing.",
        "not-administrator" => "It needs full access.",
        "not-fresh" => "It needs a recent sign-in.",
        "out-of-scope" => "It is outside the scope of the permission.",
        "restricted" => "A restriction forbids it.",
        "guard" => "The escalation guard refused it.",
        "last-administrator" => "It would remove the last administrator.",
        "not-found" => "What it is about does not exist.",
        "duplicate" => "The name is taken.",
        "in-use" => "It is in use.",
        "limit-exceeded" => "It exceeds a limit.",
        "stale" => "It had changed in the meantime.",
        "invalid" | "unknown-permission" => "An input was wrong.",
        _ => "It was refused.",
    }
}

/// A value, or that it was erased.
pub(super) fn kept(kept: &Kept) -> String {
    match kept {
        Kept::Value(value) => value.clone(),
        Kept::Erased => "(erased)".to_owned(),
    }
}

fn filled(text: &Option<Kept>) -> Option<Kept> {
    text.clone().filter(|text| !matches!(text, Kept::Value(text) if text.is_empty()))
}

fn told(reader: &Reader<'_>, change: &StoredFieldChange) -> Vec<(&'static str, String)> {
    let value = |text: &Kept| meaning(reader, change, &kept(text));
    // An empty description is none.
    let step = match &change.step {
        StoredStep::Value { before, after } => StoredStep::Value { before: filled(before), after: filled(after) },
        members @ StoredStep::Members { .. } => members.clone(),
    };
    match (&step, change.field.as_str()) {
        // Sessions end with it: the act says so.
        (_, "security_epoch") => Vec::new(),
        (StoredStep::Value { before, after }, "phone") => {
            let now = if after.is_some() { "Phone settings changed" } else { "Phone settings cleared" };
            if before.is_some() || after.is_some() { vec![("changed", now.to_owned())] } else { Vec::new() }
        }
        (StoredStep::Value { before: None, after: Some(after) }, _) => {
            vec![("added", format!("{}: {}", label(&change.field), value(after)))]
        }
        (StoredStep::Value { before: Some(before), after: None }, _) => {
            vec![("removed", format!("{}: {}", label(&change.field), value(before)))]
        }
        (StoredStep::Value { before: Some(before), after: Some(after) }, _) => {
            vec![("changed", format!("{}: {} → {}", label(&change.field), value(before), value(after)))]
        }
        (StoredStep::Value { before: None, after: None }, _) => Vec::new(),
        (StoredStep::Members { added, removed }, _) => {
            let added = added.iter().map(|text| ("added", format!("{}: {}", one(&change.field), value(text))));
            let removed = removed.iter().map(|text| ("removed", format!("{}: {}", one(&change.field), value(text))));
            added.chain(removed).collect()
        }
    }
}

/// What a stored value means to people: ids become names, where the reader may see what they are of.
fn meaning(reader: &Reader<'_>, change: &StoredFieldChange, text: &str) -> String {
    let visible = &reader.visible;
    let other = |name: Option<String>, sees_gone: bool, id: &dyn std::fmt::Display, what: &str| match (name, sees_gone)
    {
        (Some(name), _) => name,
        (None, true) => format!("{what} {id} (gone)"),
        (None, false) => format!("a {what} outside your scope"),
    };
    let profile = |text: &str| {
        let id = SecurityProfileId::parse(text)?;
        let name = visible.profile_name(id).map(str::to_owned);
        Some(other(name, visible.sees_all_profiles(), &id, "security profile"))
    };
    let found = match change.field.as_str() {
        "security_profiles" => {
            let (id, dates) = text.split_once(' ').unwrap_or((text, ""));
            profile(id).map(|name| format!("{name}{}", dated(dates)))
        }
        "assignable" => profile(text),
        "permissions" => Permission::parse(text).ok().map(words::permission),
        "hierarchy_group" | "parent" => floorkey::HierarchyGroupId::parse(text).map(|id| {
            let name = visible.group_path(id).or_else(|| visible.group_name(id).map(str::to_owned));
            other(name, visible.group(id).shows_details(), &id, "group")
        }),
        "routing_profile" => floorkey::ResourceId::parse(text).map(|id| {
            let name = visible.resource_name(id).map(str::to_owned);
            other(name, visible.resource(id).shows_details(), &id, "routing profile")
        }),
        "password" => Some(
            match text {
                "None" => "none",
                "OneTime" => "a one-time one",
                _ => "the user's own",
            }
            .to_owned(),
        ),
        "enabled" | "hierarchy_restricted" => Some(if text == "true" { "yes" } else { "no" }.to_owned()),
        "conditions" => Some(conditional(text)),
        "expires" => text.parse().ok().map(|millis| words::moment(Timestamp::from_millis(millis))),
        "applications" => text.split_once(' ').map(|(namespace, name)| format!("{name} in {namespace}")),
        "owner" => floorkey::UserId::parse(text).map(|id| {
            let user = reader.viewer.directory.user(id).filter(|_| visible.user_name(id).is_some());
            other(user.map(|user| user.display_name()), visible.sees_all_users(), &id, "user")
        }),
        _ => None,
    };
    found.unwrap_or_else(|| text.to_owned())
}

/// `Users.Edit if its “owner” is the user` with the permission's name for people.
fn conditional(text: &str) -> String {
    match text.split_once(" if ") {
        Some((name, condition)) => {
            let name = Permission::parse(name).map_or_else(|_| name.to_owned(), words::permission);
            format!("{name} counts only if {condition}")
        }
        None => text.to_owned(),
    }
}

/// ` from 1795342500000 until …` as dates.
fn dated(text: &str) -> String {
    let time = |word: &str| word.parse().ok().map(|millis| words::moment(Timestamp::from_millis(millis)));
    let words: Vec<_> = text.split(' ').filter(|word| !word.is_empty()).collect();
    words.iter().map(|word| format!(" {}", time(word).unwrap_or_else(|| (*word).to_owned()))).collect()
}

/// A field's name for people.
fn label(field: &str) -> String {
    let known = match field {
        "username" => "Login name",
        "email" => "E-mail address",
        "secondary_email" => "Secondary e-mail address",
        "confirmed_email" => "Confirmed e-mail address",
        "mobile" => "Mobile number",
        "enabled" => "May sign in",
        "escalation_guard" => "Escalation guard",
        "hierarchy_restricted" => "Limited to a hierarchy group",
        "assignable" => "May hand out",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let text = field.replace('_', " ");
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// One member of a field that is a list.
fn one(field: &str) -> String {
    let known = match field {
        "security_profiles" => "Security profile",
        "permissions" => "Permission",
        "applications" => "Application permission",
        "conditions" => "Condition",
        "scopes" => "May be used to",
        "subject_types" => "Subject type that means users",
        "resource_types" => "Resource type and its namespace",
        "proficiencies" => "Proficiency",
        "tags" => "Tag",
        "access_control_tags" => "Access-control tag",
        "tag_restricted_resources" => "Restricted by tag",
        "second_factors" => "Second factor",
        "attributes" => "Attribute",
        _ => "",
    };
    if known.is_empty() { label(field) } else { known.to_owned() }
}

fn flagged(reader: &Reader<'_>, seen: &SeenEvent, flag: &StoredFlag) -> String {
    match flag {
        StoredFlag::TookFromStrongerUsers(..) if !seen.shows_details => {
            return "Took access from users with more access than the actor".to_owned();
        }
        StoredFlag::AssignableProfileGrew(..) if !seen.shows_details => {
            return "A security profile that users can assign now gives more".to_owned();
        }
        _ => {}
    }
    if let Some(sentence) = guard_flags::in_history(reader.viewer, flag) {
        return sentence;
    }
    let list = |names: &[String]| {
        let names: Vec<_> =
            names.iter().map(|name| Permission::parse(name).map_or_else(|_| name.clone(), words::permission)).collect();
        words::list(&names, 6)
    };
    match flag {
        StoredFlag::GaveMoreThanHeld(names) if names.is_empty() || !seen.shows_details => {
            "Gave more than the actor holds".to_owned()
        }
        StoredFlag::GaveMoreThanHeld(names) => format!("Gave more than the actor holds: {}", list(names)),
        StoredFlag::TouchedStrongerUser(_) if !seen.shows_details => {
            "Touched somebody who holds more than the actor".to_owned()
        }
        StoredFlag::TouchedStrongerUser(names) => {
            format!("Touched somebody who holds more than the actor: {}", list(names))
        }
        StoredFlag::LooksLike(user) => {
            let login = reader.visible.user_name(*user).unwrap_or("one outside your scope");
            format!("The login name looks like {login}")
        }
        StoredFlag::TookReservedLogin(user) => {
            let login = reader.visible.user_name(*user).unwrap_or("one whom you can't see, or who is deleted");
            format!("The login name was reserved for another user: {login}")
        }
        StoredFlag::Undid(revision) => format!("Undid revision {}", revision.0),
        StoredFlag::Reason(_) if !seen.shows_actor => "A reason was given".to_owned(),
        StoredFlag::Reason(reason) => format!("Reason given: {}", kept(reason)),
        StoredFlag::Repeated(times) if seen.event.act == Act::FailedSignIn.name() => {
            let attempts = words::count(usize::try_from(*times).unwrap_or(usize::MAX), "attempt");
            format!("{attempts} within a minute")
        }
        StoredFlag::Repeated(times) => {
            let times = words::count(usize::try_from(*times).unwrap_or(usize::MAX), "more time");
            format!("Refused {times} within a minute; this is the last of them")
        }
        // Told above.
        StoredFlag::TookFromStrongerUsers(..)
        | StoredFlag::WidenedOwnAssignable
        | StoredFlag::AssignableProfileGrew(..)
        | StoredFlag::CredentialsReplaced(..)
        | StoredFlag::CredentialsInOtherHands(..) => String::new(),
    }
}

/// The kind of a record, in words.
pub(super) fn kind(key: &RecordKey) -> &'static str {
    match key {
        RecordKey::Settings => "settings",
        RecordKey::Structure => "hierarchy",
        RecordKey::Group(_) => "hierarchy group",
        RecordKey::Resource(_) => "resource",
        RecordKey::Profile(_) => "security profile",
        RecordKey::User(_) => "user",
        RecordKey::AccessKey(_) => "access key",
        RecordKey::Application(_) => "application",
        RecordKey::ApplicationResource(..) => "application's resource",
        RecordKey::ApiToken(_) => "API token",
        RecordKey::Login(_) => "history of a login name",
    }
}

/// A thing with its kind, for the page of an event.
pub(super) fn touched(viewer: &Viewer, event: &StoredEvent, key: &RecordKey) -> (&'static str, Named) {
    let principal = viewer.principal();
    let visible = Visible::new(&viewer.directory, &principal, viewer.now);
    (kind(key), named(&viewer.directory, &visible, event, key))
}
