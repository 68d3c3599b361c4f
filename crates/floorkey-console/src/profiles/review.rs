//! The review page, which shows the effects of a change before it is saved.

use askama::Template;
use floorkey::audit::Flag;
use floorkey::catalog::Risk;
use floorkey::review::compare::{Comparison, compare};
use floorkey::review::effect::{Effect, GroupEffect, effect};
use floorkey::review::risks::{self, Finding};
use floorkey::scope::{Grants, Scope};
use floorkey::{
    Permission, PermissionSet, PlannedChange, RecordChange, RecordKey, SecurityProfile, SecurityProfileId, Timestamp,
    visibility,
};

use super::draft::ProfileDraft;
use super::form::FormSubject;
use super::profile_users::{ProfileUsers, UserLink};
use super::risk::{self, RiskBadge};
use super::{LIST, address};
use crate::profile_fields::label;
use crate::web::current_user::CurrentUser;
use crate::web::effect_text::{self, Phrase};
use crate::web::guard_flags::{self, ReviewSubject};
use crate::web::layout::Layout;
use crate::web::text;

/// The maximum number of users listed.
const USERS_MAX: usize = 20;

/// The maximum number of permissions listed in each phrase about a group of users.
const PERMISSIONS_MAX: usize = 8;

/// The grammatical subject of sentences about risks.
const SUBJECT: &str = "Users with this profile";

/// The page that is shown after the form and before the change is saved.
#[derive(Template)]
#[template(path = "profiles/review.html")]
pub(super) struct ProfileReviewPage {
    layout: Layout,
    headline: String,
    action: String,
    cancel: String,
    hidden_fields: Vec<(&'static str, String)>,
    changes: Vec<ProfileChange>,
    impact: Impact,
    /// The warnings of the escalation guard.
    warnings: Vec<String>,
    /// The risks that the change adds.
    new_risks: Vec<String>,
    /// The risks that the change removes.
    removed_risks: Vec<String>,
    /// The users whose credentials can be replaced in the same transaction that saves the change. `None` if there are
    /// no such users.
    exposed: Option<String>,
}

/// A change to the profile.
pub(super) struct ProfileChange {
    /// `added`, `removed` or `changed`.
    pub(super) kind: &'static str,
    pub(super) label: &'static str,
    pub(super) text: String,
    pub(super) note: String,
    pub(super) badges: Vec<RiskBadge>,
}

impl ProfileChange {
    fn new(kind: &'static str, label: &'static str, text: impl Into<String>) -> Self {
        Self { kind, label, text: text.into(), note: String::new(), badges: Vec::new() }
    }
}

/// The users who will be able to do more or less.
pub(super) struct Impact {
    /// The numbers of users who will be able to do more, less, or the same as before. Zeros are left out.
    pub(super) counts: Vec<(String, &'static str)>,
    pub(super) affects_no_one: bool,
    /// Whether the effects on users are hidden from the viewer.
    pub(super) hidden: bool,
    /// The segments of a bar with a total length of 100. Each segment has a start, a width, and a CSS class.
    pub(super) bar: Vec<(usize, usize, &'static str)>,
    pub(super) groups: Vec<EffectGroup>,
    /// The address of the list of all affected users.
    pub(super) all: Option<String>,
}

/// A group of users for whom the change has the same effect.
pub(super) struct EffectGroup {
    pub(super) count: String,
    pub(super) what: Vec<Phrase>,
    pub(super) users: Vec<UserLink>,
    pub(super) unlisted: Option<String>,
}

impl ProfileReviewPage {
    /// Creates the page. `exposed` names the users whose credentials can be replaced in the transaction that saves the
    /// change.
    ///
    /// Returns `None` if no user gains or loses access, the escalation guard has no warnings, and `exposed` is `None`.
    pub(super) fn new(
        viewer: &CurrentUser,
        subject: &FormSubject,
        draft: &ProfileDraft,
        modified: Option<Timestamp>,
        planned: &PlannedChange,
        exposed: Option<String>,
    ) -> Option<Self> {
        let changed = planned.change.records().iter().map(RecordChange::key);
        let effect = effect(&viewer.directory, &planned.next, changed, viewer.now, USERS_MAX);
        let warnings = warnings(viewer, &planned.change.event().flags);
        // Whether this page appears must not reveal effects that are hidden from the viewer.
        let has_effects = match subject {
            FormSubject::Existing(profile) if !viewer.visibility().sees_all_permissions() => {
                viewer.directory.grants(profile.id) != planned.next.grants(profile.id)
            }
            _ => effect.affected() > 0,
        };
        if !has_effects && warnings.is_empty() && exposed.is_none() {
            return None;
        }
        let before = match subject {
            FormSubject::Existing(profile) => Some(profile.as_ref()),
            FormSubject::New { .. } => None,
        };
        let id = planned.change.records().iter().find_map(|change| match change.key() {
            RecordKey::Profile(id) => Some(id),
            _ => None,
        })?;
        let after = planned.next.profile(id)?;
        let mut hidden_fields = draft.hidden_fields();
        match subject {
            FormSubject::Existing(profile) => {
                hidden_fields.push(("modified", modified.unwrap_or(profile.modified).as_millis().to_string()));
            }
            FormSubject::New { from } => {
                hidden_fields.extend(from.as_ref().map(|from| ("from", from.id.to_string())));
            }
        }
        // The field `was` tells the form which checkboxes were shown as selected. The checkboxes match the draft, so no
        // confirmation is needed.
        hidden_fields.push(("was", super::draft::names(&draft.selected)));
        let headline = format!("Review the change to {}", before.map_or(&draft.name, |before| &before.name));
        let (new_risks, removed_risks) = findings(&viewer.visibility_in(&planned.next), before, after);
        Some(Self {
            layout: viewer.layout(headline.clone()),
            headline,
            action: before.map_or_else(|| format!("{LIST}/new"), |before| address(before.id)),
            cancel: before.map_or_else(|| LIST.to_owned(), |before| address(before.id)),
            hidden_fields,
            changes: changes(&viewer.visibility_in(&planned.next), before, after),
            impact: Impact::new(viewer, &effect, Some(id)),
            warnings,
            new_risks,
            removed_risks,
            exposed,
        })
    }
}

impl Impact {
    /// Describes an effect. If `profile` is set, the description links to the list of users with this profile.
    pub(super) fn new(viewer: &CurrentUser, effect: &Effect, profile: Option<SecurityProfileId>) -> Self {
        let visibility = viewer.visibility();
        if !visibility.sees_all_permissions() {
            return Self::hidden(viewer, profile);
        }
        let mut users_left = USERS_MAX;
        let group = |group: &GroupEffect| {
            let users: Vec<UserLink> = group
                .users
                .iter()
                .filter(|id| visibility.user(**id).shows_details())
                .filter_map(|id| viewer.directory.user(*id))
                .take(users_left)
                .map(|user| UserLink::new(user))
                .collect();
            users_left -= users.len();
            let unlisted = group.count - users.len();
            EffectGroup {
                count: text::count_noun(group.count, "user"),
                what: effect_text::phrases(&group.effect, PERMISSIONS_MAX),
                users,
                unlisted: (unlisted > 0).then(|| text::figure(unlisted)),
            }
        };
        let groups = effect.groups.iter().map(group).collect();
        Self {
            counts: effect_text::user_counts(effect),
            affects_no_one: effect.affected() == 0,
            hidden: false,
            bar: bar(effect),
            groups,
            all: profile.filter(|_| viewer.sees_users()).map(|id| format!("/connect/users?profile={id}")),
        }
    }
}

impl Impact {
    /// Creates the description for viewers who cannot see the permissions of all users. The description hides the
    /// effects, because the effects also depend on profiles other than the changed profile.
    fn hidden(viewer: &CurrentUser, profile: Option<SecurityProfileId>) -> Self {
        let affected = profile.map(|id| ProfileUsers::for_viewer(viewer, id));
        Self {
            counts: affected.iter().map(|affected| (affected.count.clone(), " have this profile")).collect(),
            affects_no_one: false,
            hidden: true,
            bar: Vec::new(),
            groups: Vec::new(),
            all: affected.and_then(|affected| affected.all),
        }
    }
}

/// Divides a bar with a length of 100 into three segments. The segments represent users who can do more, users who can
/// do both more and less, and users who can do less.
fn bar(effect: &Effect) -> Vec<(usize, usize, &'static str)> {
    let total = (effect.affected() + effect.unchanged).max(1);
    let mut begin = 0;
    let parts = [(effect.users_with_more, "gain"), (effect.users_with_both, "both"), (effect.users_with_less, "lose")];
    let parts_with_width = parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, css_class)| {
        // Every segment has a minimum width, so that small numbers remain visible.
        let part = (begin, (count * 100 / total).max(1), css_class);
        begin += part.1;
        part
    });
    parts_with_width.collect()
}

/// Describes the escalation guard's flags for the user who saves the change.
pub(super) fn warnings(viewer: &CurrentUser, flags: &[Flag]) -> Vec<String> {
    flags.iter().filter_map(|flag| guard_flags::in_review(viewer, &ReviewSubject::Profile, flag)).collect()
}

/// Returns the risks that the change adds and removes, one sentence each. If an existing risk increases, it is listed
/// as a change instead.
fn findings(
    visibility: &visibility::Viewer<'_>,
    before: Option<&SecurityProfile>,
    after: &SecurityProfile,
) -> (Vec<String>, Vec<String>) {
    let all = |profile: &SecurityProfile| {
        risks::risks(&Grants::from_profile(profile), |scope, noun| effect_text::scope_text(visibility, scope, noun))
    };
    let (old, new) = (before.map(all).unwrap_or_default(), all(after));
    // Two escalation risks that lead to different permissions are different risks.
    let same = |a: &Finding, b: &Finding| a.risk == b.risk && (a.risk != Risk::Escalation || a.ability == b.ability);
    let only = |here: &[Finding], there: &[Finding]| {
        let added = here.iter().filter(|finding| !there.iter().any(|other| same(finding, other)));
        added.map(|finding| finding.sentence(SUBJECT)).collect()
    };
    (only(&new, &old), only(&old, &new))
}

/// Describes the changes to the profile itself.
fn changes(
    visibility: &visibility::Viewer<'_>,
    before: Option<&SecurityProfile>,
    after: &SecurityProfile,
) -> Vec<ProfileChange> {
    let nothing =
        SecurityProfile::new(after.id, after.name.clone(), String::new(), PermissionSet::EMPTY, after.modified);
    let old = before.unwrap_or(&nothing);
    let mut lines = Vec::new();
    if old.name != after.name {
        lines.push(ProfileChange::new("changed", label("name"), format!("from “{}” to “{}”", old.name, after.name)));
    }
    if old.description != after.description {
        lines.push(ProfileChange::new("changed", label("description"), format!("now “{}”", after.description)));
    }
    permissions(visibility, &compare(old, after), after, &mut lines);
    let names = |profile: &SecurityProfile| -> Vec<String> {
        profile.assignable.iter().map(|id| text::profile(visibility, *id)).collect()
    };
    if old.assignable != after.assignable {
        let names = names(after);
        let text = if names.is_empty() { "none".to_owned() } else { text::join_names(&names, 8) };
        lines.push(ProfileChange::new("changed", label("assignable"), text));
    }
    if old.tags != after.tags {
        let tags: Vec<String> = after.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let text = if tags.is_empty() { "none".to_owned() } else { tags.join(", ") };
        lines.push(ProfileChange::new("changed", label("tags"), text));
    }
    lines
}

fn permissions(
    visibility: &visibility::Viewer<'_>,
    differs: &Comparison,
    after: &SecurityProfile,
    lines: &mut Vec<ProfileChange>,
) {
    let line = |kind, label, permission: Permission| {
        let mut line = ProfileChange::new(kind, label, text::permission(permission));
        line.badges = risk::badges(permission);
        line
    };
    for permission in differs.only_second.iter() {
        let mut line = line("added", "Adds", permission);
        if !after.selected.contains(permission) {
            let why = after.permissions.required_by(permission);
            if !why.is_empty() {
                line.note = format!("required by {}", text::permissions(&why, 3));
            }
        }
        lines.push(line);
    }
    lines.extend(
        differs
            .only_first
            .iter()
            .map(|permission| ProfileChange { badges: Vec::new(), ..line("removed", "Removes", permission) }),
    );
    lines.extend(
        differs.restrictions_only_second.iter().map(|permission| line("removed", "Adds the restriction", permission)),
    );
    lines.extend(
        differs.restrictions_only_first.iter().map(|permission| line("added", "Removes the restriction", permission)),
    );
    for reach in &differs.scope_differences {
        let (old, new) = (scope(visibility, reach.first.as_ref()), scope(visibility, reach.second.as_ref()));
        lines.push(ProfileChange {
            note: format!("{old} before, {new} now"),
            ..line("changed", "Access control of", reach.permission)
        });
    }
    let application = |kind, label| {
        move |(namespace, name): &(String, String)| ProfileChange::new(kind, label, format!("{name} in {namespace}"))
    };
    lines.extend(differs.applications_only_second.iter().map(application("added", "Adds")));
    lines.extend(differs.applications_only_first.iter().map(application("removed", "Removes")));
}

/// Describes the scope of a permission.
pub(super) fn scope(visibility: &visibility::Viewer<'_>, scope: Option<&Scope>) -> String {
    let Some(scope) = scope else { return "everything".to_owned() };
    let is_limited = scope.hierarchy.is_some() || !scope.tags.is_empty();
    effect_text::scope_text(visibility, scope, if is_limited { "what is" } else { "everything" })
}
