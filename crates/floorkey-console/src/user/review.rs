//! The review of a change to a user, which is shown before the change is saved.

use floorkey::audit::Flag;
use floorkey::review::effect::{UserEffect, effect};
use floorkey::review::summary::summary;
use floorkey::visibility::Viewer;
use floorkey::{Permission, PermissionSet, PlannedChange, RecordKey, SecurityProfileId, UserId};

use super::access;
use super::draft::{DraftProfile, UserDraft, single_fields};
use crate::user_fields as fields;
use crate::users::administrators;
use crate::web::current_user::CurrentUser;
use crate::web::effect_text;
use crate::web::guard_flags::{self, ReviewSubject};
use crate::web::text;

/// Maximum number of permissions that a line names. The line only states how many more permissions there are.
const NAMED_MAX: usize = 4;

/// Maximum number of permissions that a list shows. The remaining permissions are collapsed.
const LISTED_MAX: usize = 8;

/// The effects of a change.
pub(super) struct UserReview {
    /// The form values that change.
    pub(super) change_lines: Vec<UserChange>,
    /// The permissions that the user gains and those that the user loses. Empty lists are left out.
    pub(super) abilities: Vec<Abilities>,
    /// A sentence that summarizes the user's access after the change. `None` if the access does not change.
    pub(super) after: Option<String>,
    /// The reason why the viewer can't see the effects on access. `None` if the viewer can see the effects.
    pub(super) hidden: Option<String>,
    /// Other changes to the user's access.
    pub(super) other_changes: Vec<UserChange>,
    /// Warnings for the actor.
    pub(super) warnings: Vec<String>,
    /// The new invitation. `None` if the change does not replace the user's credentials.
    pub(super) invite: Option<InviteAgain>,
    needs_confirmation: bool,
}

/// A new invitation for a user, which is offered if a change replaces the user's credentials.
pub(super) struct InviteAgain {
    /// Number of sessions that end.
    pub(super) sessions: usize,
    /// The email address for the invitation. The actor must enter this address as confirmation. `None` if the user has
    /// no email address.
    pub(super) address: Option<String>,
}

/// Whether the planned change replaces the user's credentials.
pub(super) fn replaces_credentials(planned: &PlannedChange, user: UserId) -> bool {
    let replaces = |flag: &Flag| matches!(flag, Flag::CredentialsReplaced { users, .. } if users.contains(&user));
    planned.change.event().flags.iter().any(replaces)
}

/// A description of a change.
pub(super) struct UserChange {
    /// `added`, `removed` or `changed`.
    pub(super) kind: &'static str,
    pub(super) text: String,
}

/// A list of permissions. Permissions with an escalation risk come first.
pub(super) struct Abilities {
    pub(super) title: &'static str,
    /// `+` or `−`.
    pub(super) sign: &'static str,
    pub(super) count: usize,
    pub(super) first: Vec<Ability>,
    /// The remaining permissions, which are collapsed at first.
    pub(super) rest: Vec<Ability>,
}

/// A permission with its description.
pub(super) struct Ability {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) is_risky: bool,
}

impl UserReview {
    /// Whether the actor must confirm the change, because the user's access changes or because there are warnings.
    pub(super) const fn needs_confirmation(&self) -> bool {
        self.needs_confirmation
    }
}

/// Returns the review of a planned change of one user.
pub(super) fn review(
    viewer: &CurrentUser,
    user: UserId,
    planned: &PlannedChange,
    before: &UserDraft,
    after: &UserDraft,
) -> UserReview {
    let (old, new) = (viewer.directory.user(user), planned.next.user(user));
    let effect = effect(&viewer.directory, &planned.next, [RecordKey::User(user)], viewer.now, 1);
    let user_effect = effect.groups.into_iter().next().map(|group| group.effect).unwrap_or_default();
    let name = new.or(old).map(|user| user.display_name()).unwrap_or_default();
    let (now, visibility_after) = (viewer.visibility(), viewer.visibility_in(&planned.next));
    let refusal_before = old.and_then(|user| now.check_effective_permissions(user).err());
    let hidden =
        refusal_before.or_else(|| new.and_then(|user| visibility_after.check_effective_permissions(user).err()));
    let subject = ReviewSubject::User { name: &name, after: &planned.next, shows_permissions: hidden.is_none() };
    let mut warnings: Vec<String> =
        planned.change.event().flags.iter().filter_map(|flag| guard_flags::in_review(viewer, &subject, flag)).collect();
    if user == viewer.user.id && user_effect.loses() {
        warnings.push("You are removing your own permissions. You may not be able to restore them.".to_owned());
    }
    warnings.extend(administrators(&viewer.directory, &planned.next, [RecordKey::User(user)].into_iter()));
    let access_after = new
        .filter(|_| !user_effect.is_nothing())
        .map(|user| format!("{name} {}.", summary(&planned.next.grants_at(user, viewer.now)).sentence()));
    let assignments_differ = old.map(|old| (&old.assignments, old.hierarchy_group))
        != new.map(|new| (&new.assignments, new.hierarchy_group));
    // Whether a review appears must not reveal effects that are hidden from the viewer. Every edit that could change
    // access therefore gets a review.
    let could_matter = old.map(|old| &old.tags) != new.map(|new| &new.tags);
    let has_effects = if hidden.is_some() { could_matter } else { !user_effect.is_nothing() };
    let needs_confirmation = (old.is_some() && (assignments_differ || has_effects)) || !warnings.is_empty();
    // Nothing about the effects is shown if they are hidden from the viewer.
    let shown = if hidden.is_some() { UserEffect::default() } else { user_effect };
    UserReview {
        change_lines: change_lines(&visibility_after, before, after),
        abilities: [
            abilities("New permissions", "+", &shown.gained),
            abilities("Removed permissions", "−", &shown.lost),
        ]
        .into_iter()
        .filter(|abilities| abilities.count > 0)
        .collect(),
        after: access_after.filter(|_| hidden.is_none()),
        other_changes: other_changes(&shown),
        hidden: hidden.map(|refusal| access::hidden_reason(&refusal)),
        warnings,
        invite: None,
        needs_confirmation,
    }
}

fn abilities(title: &'static str, sign: &'static str, set: &PermissionSet) -> Abilities {
    let ability = |permission: Permission| Ability {
        name: text::permission(permission),
        about: permission.info().description.clone(),
        is_risky: permission.info().risks.contains(&floorkey::catalog::Risk::Escalation),
    };
    let mut all: Vec<Ability> = set.iter().map(ability).collect();
    all.sort_by_key(|ability| !ability.is_risky);
    let rest = all.split_off(all.len().min(LISTED_MAX));
    Abilities { title, sign, count: set.len(), first: all, rest }
}

fn other_changes(effect: &UserEffect) -> Vec<UserChange> {
    effect_text::scope_phrases(effect, NAMED_MAX).into_iter().map(|(kind, text)| UserChange { kind, text }).collect()
}

/// Returns the differences between two drafts, with names instead of IDs.
pub(super) fn change_lines(visibility: &Viewer<'_>, before: &UserDraft, after: &UserDraft) -> Vec<UserChange> {
    let mut change_lines = profile_lines(visibility, &before.profiles, &after.profiles);
    for field in single_fields() {
        let value = |draft: &UserDraft| fields::display(visibility, field, draft.text(field.id));
        change_lines.extend(change_line(field.label, &value(before), &value(after)));
    }
    let skill = |[attribute, value, level]: &[String; 3]| format!("{attribute} {value}, level {level}");
    let tag = |[key, value]: &[String; 2]| format!("{key} = {value}");
    change_lines.extend(set_changes("skills", before.skills.iter().map(skill), after.skills.iter().map(skill)));
    change_lines.extend(set_changes("tags", before.tags.iter().map(tag), after.tags.iter().map(tag)));
    change_lines
}

fn change_line(label: &str, old: &str, new: &str) -> Option<UserChange> {
    let kind = match (old.is_empty(), new.is_empty()) {
        _ if old == new => return None,
        (true, _) => return Some(UserChange { kind: "added", text: format!("{label}: {new}") }),
        (_, true) => "removed",
        _ => "changed",
    };
    let text = if kind == "removed" { format!("{label}: {old}") } else { format!("{label}: {old} → {new}") };
    Some(UserChange { kind, text })
}

fn set_changes(
    id: &str,
    before: impl Iterator<Item = String>,
    after: impl Iterator<Item = String>,
) -> impl Iterator<Item = UserChange> {
    let label = fields::singular(id);
    let (before, after): (Vec<_>, Vec<_>) = (before.collect(), after.collect());
    let new = after.iter().filter(|text| !before.contains(text));
    let new = new.map(|text| UserChange { kind: "added", text: format!("{label}: {text}") });
    let removed = before.iter().filter(|text| !after.contains(text));
    let removed = removed.map(|text| UserChange { kind: "removed", text: format!("{label}: {text}") });
    new.chain(removed).collect::<Vec<_>>().into_iter()
}

fn profile_lines(visibility: &Viewer<'_>, before: &[DraftProfile], after: &[DraftProfile]) -> Vec<UserChange> {
    let name = |profile: &DraftProfile| {
        let id = SecurityProfileId::parse(&profile.id);
        id.map_or_else(|| "a deleted profile".to_owned(), |id| text::profile(visibility, id))
    };
    let (mut change_lines, label) = (Vec::new(), fields::singular("profiles"));
    for profile in after {
        match before.iter().find(|old| old.id == profile.id) {
            None => change_lines
                .push(UserChange { kind: "added", text: format!("{label} {}{}", name(profile), time(profile)) }),
            Some(old) if old != profile => {
                let time = Some(time(profile)).filter(|time| !time.is_empty()).unwrap_or_else(|| ", always".to_owned());
                change_lines.push(UserChange { kind: "changed", text: format!("{label} {}{time}", name(profile)) });
            }
            Some(_) => {}
        }
    }
    let removed = before.iter().filter(|old| !after.iter().any(|profile| profile.id == old.id));
    change_lines.extend(removed.map(|old| UserChange { kind: "removed", text: format!("{label} {}", name(old)) }));
    change_lines
}

fn time(profile: &DraftProfile) -> String {
    let date = |word: &str, text: &str| match super::draft::parse_datetime_local(text) {
        Some(at) => format!(" {word} {}", text::utc_time(at)),
        None if text.is_empty() => String::new(),
        None => format!(" {word} {text}"),
    };
    format!("{}{}", date("from", &profile.from), date("until", &profile.until))
}
