//! The review of a change of a user, shown before it is saved.

use floorkey::audit::Flag;
use floorkey::review::effect::{UserEffect, effect};
use floorkey::review::summary::summary;
use floorkey::user::CHANNELS;
use floorkey::visibility::Viewer;
use floorkey::{
    Directory, HierarchyGroupId, Permission, PermissionSet, Planned, RecordKey, ResourceId, SecurityProfileId, UserId,
};

use super::access;
use super::draft::{Draft, DraftProfile};
use crate::web::current_user::CurrentUser;
use crate::web::text;
use crate::web::{effect_text, guard_flags};

/// Maximum number of permissions that a line names; the others are counted.
const NAMED: usize = 4;

/// Maximum number of permissions that a list shows; the others are collapsed.
const SHOWN: usize = 8;

/// The effects of a change.
pub(super) struct Review {
    /// The form values that change.
    pub(super) lines: Vec<Line>,
    /// The permissions that the user gains and loses.
    pub(super) gained: Abilities,
    pub(super) lost: Abilities,
    /// The user's access after the change in one sentence; `None` if it does not change.
    pub(super) after: Option<String>,
    /// Why the viewer can't see the effects on access; `None` if they can.
    pub(super) hidden: Option<String>,
    /// Other changes of access.
    pub(super) other: Vec<Line>,
    /// Warnings for the actor.
    pub(super) warnings: Vec<String>,
    /// Set if the change replaces the user's credentials.
    pub(super) invite: Option<InviteAgain>,
    needed: bool,
}

/// A new invitation for a user whose credentials a change replaces.
pub(super) struct InviteAgain {
    /// Number of sessions that end.
    pub(super) sessions: usize,
    /// The email address for an invitation, which the actor has to enter as confirmation; `None` if the user has none.
    pub(super) address: Option<String>,
}

/// Whether the planned change replaces the user's credentials.
pub(super) fn replaces_credentials(planned: &Planned, user: UserId) -> bool {
    let replaces = |flag: &Flag| matches!(flag, Flag::CredentialsReplaced { users, .. } if users.contains(&user));
    planned.change.event().flags.iter().any(replaces)
}

/// A description of a change.
pub(super) struct Line {
    /// `added`, `removed` or `changed`.
    pub(super) kind: &'static str,
    pub(super) text: String,
}

/// A list of permissions, those with an escalation risk first.
pub(super) struct Abilities {
    pub(super) count: usize,
    pub(super) first: Vec<Ability>,
    /// The permissions after the first few, which are collapsed.
    pub(super) rest: Vec<Ability>,
}

/// A permission with its description.
pub(super) struct Ability {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) risky: bool,
}

impl Review {
    /// Whether the actor has to confirm the change: access changes, or there are warnings.
    pub(super) const fn is_needed(&self) -> bool {
        self.needed
    }
}

/// Returns the review of a planned change of one user.
pub(super) fn review(viewer: &CurrentUser, user: UserId, planned: &Planned, before: &Draft, after: &Draft) -> Review {
    let (was, is) = (viewer.directory.user(user), planned.next.user(user));
    let effect = effect(&viewer.directory, &planned.next, [RecordKey::User(user)], viewer.now, 1);
    let own = effect.groups.into_iter().next().map(|group| group.effect).unwrap_or_default();
    let name = is.or(was).map(|user| user.display_name()).unwrap_or_default();
    let (now, then) = (viewer.visibility(), viewer.visibility_in(&planned.next));
    let before_is_hidden = was.and_then(|user| now.effective_permissions(user).err());
    let hidden = before_is_hidden.or_else(|| is.and_then(|user| then.effective_permissions(user).err()));
    let telling = Telling { viewer, visibility: &then, name: &name, permissions: hidden.is_none() };
    let mut warnings: Vec<String> =
        planned.change.event().flags.iter().filter_map(|flag| telling.warning(&planned.next, flag)).collect();
    if viewer.directory.is_administrator(user) && !planned.next.is_administrator(user) {
        warnings.push(format!("{name} is no full administrator any more."));
    }
    if user == viewer.user.id && own.loses() {
        warnings.push("This takes permissions from yourself. You may not be able to give them back.".to_owned());
    }
    if !viewer.directory.has_full_access(user) && planned.next.has_full_access(user) {
        warnings.push(format!("{name} becomes a full administrator, who can do everything."));
    }
    let afterwards = is
        .filter(|_| !own.is_nothing())
        .map(|user| format!("{name} {}.", summary(&planned.next.grants_at(user, viewer.now)).sentence()));
    let moved =
        was.map(|was| (&was.assignments, was.hierarchy_group)) != is.map(|is| (&is.assignments, is.hierarchy_group));
    // If the effects are hidden from the viewer, whether a review appears must not reveal them. So every edit that
    // could change access gets a review.
    let could_matter = was.map(|was| &was.tags) != is.map(|is| &is.tags);
    let matters = if hidden.is_some() { could_matter } else { !own.is_nothing() };
    let needed = (was.is_some() && (moved || matters)) || !warnings.is_empty();
    let lines = lines(&then, before, after);
    match hidden {
        None => Review {
            lines,
            gained: abilities(&own.gained),
            lost: abilities(&own.lost),
            needed,
            other: others(&own),
            after: afterwards,
            hidden: None,
            warnings,
            invite: None,
        },
        Some(refusal) => Review {
            lines,
            gained: abilities(&PermissionSet::EMPTY),
            lost: abilities(&PermissionSet::EMPTY),
            needed,
            other: Vec::new(),
            after: None,
            hidden: Some(access::hidden(&refusal)),
            warnings,
            invite: None,
        },
    }
}

/// The context of the warnings, with what they can reveal.
struct Telling<'a> {
    viewer: &'a CurrentUser,
    visibility: &'a Viewer<'a>,
    /// The user's name.
    name: &'a str,
    /// Whether warnings can name permissions, which reveal what the user can do.
    permissions: bool,
}

impl Telling<'_> {
    fn warning(&self, directory: &Directory, flag: &Flag) -> Option<String> {
        let name = self.name;
        let listed = |set: &PermissionSet| {
            let names: Vec<String> = set.iter().map(text::permission).collect();
            match names.is_empty() {
                _ if !self.permissions => String::new(),
                true => ": permissions in other applications".to_owned(),
                false => format!(": {}", text::join_names(&names, NAMED)),
            }
        };
        Some(match flag {
            Flag::GaveMoreThanHeld { permissions } => {
                format!("This gives {name} more than you hold{}. Administrators will be told.", listed(permissions))
            }
            Flag::TouchedStrongerUser { permissions } => {
                format!("{name} holds more than you do{}. Administrators will be told.", listed(permissions))
            }
            Flag::LooksLike { user } => match self.visibility.user_name(*user) {
                Some(username) => format!(
                    "The login name looks like {username}, which is {}. People may take one for the other.",
                    directory.user(*user)?.display_name()
                ),
                None => "The login name looks like that of another user. People may take one for the other.".to_owned(),
            },
            flag => return guard_flags::in_review(self.viewer, flag),
        })
    }
}

fn abilities(set: &PermissionSet) -> Abilities {
    let ability = |permission: Permission| Ability {
        name: text::permission(permission),
        about: permission.info().about.clone(),
        risky: permission.info().risks.contains(&floorkey::catalogue::Risk::Escalation),
    };
    let mut all: Vec<Ability> = set.iter().map(ability).collect();
    all.sort_by_key(|ability| !ability.risky);
    let rest = all.split_off(all.len().min(SHOWN));
    Abilities { count: set.len(), first: all, rest }
}

fn others(effect: &UserEffect) -> Vec<Line> {
    effect_text::scope_phrases(effect, NAMED).into_iter().map(|(kind, text)| Line { kind, text }).collect()
}

/// Returns the differences between two drafts, with names instead of ids.
pub(super) fn lines(visibility: &Viewer<'_>, before: &Draft, after: &Draft) -> Vec<Line> {
    const LABELS: [(&str, &str); 13] = [
        ("first_name", "First name"),
        ("last_name", "Last name"),
        ("email", "E-mail"),
        ("secondary_email", "Secondary e-mail"),
        ("mobile", "Mobile number"),
        ("username", "Login name"),
        ("routing_profile", "Routing profile"),
        ("hierarchy_group", "Hierarchy group"),
        ("phone_type", "Phone type"),
        ("phone_number", "Desk phone number"),
        ("persistent", "Line stays open between calls"),
        ("enhancement", "Voice enhancement"),
        ("callback_accept", "Takes callbacks without a click"),
    ];
    let mut lines = profile_lines(visibility, &before.profiles, &after.profiles);
    for (name, label) in LABELS {
        let (was, is) = (shown(visibility, name, before.text(name)), shown(visibility, name, after.text(name)));
        lines.extend(step(label, &was, &is));
    }
    for ((name, was), is) in CHANNELS.iter().zip(&before.channels).zip(&after.channels) {
        let label = text::sentence_case(name);
        lines.extend(step(&format!("{label}: takes contacts without a click"), &was.auto_accept, &is.auto_accept));
        lines.extend(step(&format!("{label}: seconds of after-call work"), &was.work, &is.work));
    }
    let skill =
        |skill: &super::draft::DraftSkill| format!("{} {}, level {}", skill.attribute, skill.value, skill.level);
    let tag = |(key, value): &(String, String)| format!("{key} = {value}");
    lines.extend(members("Proficiency", before.skills.iter().map(skill), after.skills.iter().map(skill)));
    lines.extend(members("Tag", before.tags.iter().map(tag), after.tags.iter().map(tag)));
    lines
}

fn step(label: &str, was: &str, is: &str) -> Option<Line> {
    let kind = match (was.is_empty(), is.is_empty()) {
        _ if was == is => return None,
        (true, _) => return Some(Line { kind: "added", text: format!("{label}: {is}") }),
        (_, true) => "removed",
        _ => "changed",
    };
    let text = if kind == "removed" { format!("{label}: {was}") } else { format!("{label}: {was} → {is}") };
    Some(Line { kind, text })
}

fn members(
    label: &str,
    before: impl Iterator<Item = String>,
    after: impl Iterator<Item = String>,
) -> impl Iterator<Item = Line> {
    let (before, after): (Vec<_>, Vec<_>) = (before.collect(), after.collect());
    let new = after.iter().filter(|text| !before.contains(text));
    let new = new.map(|text| Line { kind: "added", text: format!("{label}: {text}") });
    let gone = before.iter().filter(|text| !after.contains(text));
    let gone = gone.map(|text| Line { kind: "removed", text: format!("{label}: {text}") });
    new.chain(gone).collect::<Vec<_>>().into_iter()
}

fn profile_lines(visibility: &Viewer<'_>, before: &[DraftProfile], after: &[DraftProfile]) -> Vec<Line> {
    let name = |held: &DraftProfile| {
        let id = SecurityProfileId::parse(&held.id);
        id.map_or_else(|| "a profile that is gone".to_owned(), |id| text::profile(visibility, id))
    };
    let mut lines = Vec::new();
    for held in after {
        match before.iter().find(|was| was.id == held.id) {
            None => lines.push(Line { kind: "added", text: format!("Security profile {}{}", name(held), time(held)) }),
            Some(was) if was != held => {
                let time = Some(time(held)).filter(|time| !time.is_empty()).unwrap_or_else(|| ", always".to_owned());
                lines.push(Line { kind: "changed", text: format!("Security profile {}{time}", name(held)) });
            }
            Some(_) => {}
        }
    }
    let gone = before.iter().filter(|was| !after.iter().any(|held| held.id == was.id));
    lines.extend(gone.map(|was| Line { kind: "removed", text: format!("Security profile {}", name(was)) }));
    lines
}

fn time(held: &DraftProfile) -> String {
    let date = |word: &str, text: &str| match super::draft::moment(text) {
        Some(at) => format!(" {word} {}", text::utc_time(at)),
        None if text.is_empty() => String::new(),
        None => format!(" {word} {text}"),
    };
    format!("{}{}", date("from", &held.from), date("until", &held.until))
}

/// Returns the display text of a value: a name instead of an id, sentence case for constants.
fn shown(visibility: &Viewer<'_>, name: &str, text: &str) -> String {
    match name {
        "routing_profile" => {
            ResourceId::parse(text).map_or_else(|| text.to_owned(), |id| text::resource(visibility, id))
        }
        "hierarchy_group" => HierarchyGroupId::parse(text).map(|id| text::group(visibility, id)).unwrap_or_default(),
        "phone_type" | "enhancement" => text::sentence_case(text),
        _ => text.to_owned(),
    }
}
