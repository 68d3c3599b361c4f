//! The review of a change to many users. It shows the profiles that are assigned and removed, the changes in access,
//! and the escalation guard's warnings.

use std::collections::BTreeSet;
use std::sync::Arc;

use floorkey::audit::Flag;
use floorkey::review::effect::{Effect, GroupEffect, effect};
use floorkey::visibility::Viewer;
use floorkey::{Command, Directory, RecordChange, RecordKey, Refusal, SecurityProfileId, User, UserId};

use super::selection::{NAMED_MAX, list_names};
use crate::web::current_user::CurrentUser;
use crate::web::effect_text;
use crate::web::form::Fields;
use crate::web::guard_flags::{self, ReviewSubject};
use crate::web::text;
use floorkey_service::bulk_edit::BulkEdit;
use floorkey_service::failure::Failure;

/// Maximum number of permissions that a line names. The line only states how many more permissions there are.
const PERMISSIONS_NAMED: usize = 12;

/// Maximum number of users for whom a review offers a new invitation.
const INVITABLE_MAX: usize = 100;

/// Maximum number of groups of users on a page. The change has the same effects on all users of a group.
const GROUPS_SHOWN: usize = 12;

/// The effects of a command.
pub(super) struct PlannedEffects {
    effect: Effect,
    flags: Vec<Flag>,
    /// Whether the viewer can see the effective permissions of all affected users before and after the change.
    permissions_shown: bool,
    /// Whether the profiles, hierarchy group, tags or status of any user change.
    changes_access_inputs: bool,
    /// Sentences about users who become full administrators, or who stop being full administrators.
    administrators: Vec<String>,
}

/// Plans a command in the viewer's directory and returns the command's effects.
///
/// # Errors
/// Returns the refusal if the command would be refused.
pub(super) async fn review(viewer: &CurrentUser, command: Command) -> Result<PlannedEffects, Failure> {
    let (directory, actor, now) = (viewer.directory.clone(), viewer.actor(), viewer.now);
    // Planning for thousands of users takes a long time, so it must not block the threads that serve requests.
    let planned = tokio::task::spawn_blocking(move || {
        let planned = floorkey::plan(&directory, &actor, &command, now)?;
        let changed = planned.change.records().iter().map(RecordChange::key);
        let effect = effect(&directory, &planned.next, changed, now, NAMED_MAX);
        let changed = || planned.change.records().iter().map(RecordChange::key);
        let administrators = administrators(&directory, &planned.next, changed());
        // A command that ends sessions does not change any records. The affected users are only targets of the event.
        let about: BTreeSet<RecordKey> = changed().chain(planned.change.event().targets.iter().cloned()).collect();
        let users = about.into_iter().filter_map(|key| match key {
            RecordKey::User(id) => Some((directory.user(id), planned.next.user(id))),
            _ => None,
        });
        let pairs: Vec<_> = users.collect();
        let before = Viewer::new(&directory, &actor.principal, now);
        let after = Viewer::new(&planned.next, &actor.principal, now);
        let is_shown = |(was, is): &(Option<&Arc<User>>, Option<&Arc<User>>)| {
            was.is_none_or(|user| before.check_effective_permissions(user).is_ok())
                && is.is_none_or(|user| after.check_effective_permissions(user).is_ok())
        };
        let access_inputs = |user: Option<&Arc<User>>| {
            user.map(|user| (user.assignments.clone(), user.hierarchy_group, user.tags.clone(), user.enabled))
        };
        Ok::<_, Refusal>(PlannedEffects {
            effect,
            flags: planned.change.event().flags.clone(),
            permissions_shown: pairs.iter().all(is_shown),
            changes_access_inputs: pairs.iter().any(|(was, is)| access_inputs(*was) != access_inputs(*is)),
            administrators,
        })
    });
    Ok(planned.await.map_err(|error| Failure::Internal(error.to_string()))??)
}

/// Describes the users who become full administrators, and the users who stop being full administrators.
pub(crate) fn administrators(
    before: &Directory,
    after: &Directory,
    changed: impl Iterator<Item = RecordKey>,
) -> Vec<String> {
    let users = changed.filter_map(|key| match key {
        RecordKey::User(id) => Some(id),
        _ => None,
    });
    // A user who gets full access counts as a new administrator even if the user has no password.
    let is_new = |id: UserId| after.has_full_access(id) && !before.has_full_access(id);
    let is_old = |id: UserId| before.is_administrator(id) && !after.is_administrator(id);
    let moved = users.filter(|id| is_new(*id) || is_old(*id));
    let (new_administrators, removed_administrators): (Vec<_>, Vec<_>) = moved.partition(|id| is_new(*id));
    let sentence = |ids: Vec<UserId>, one: &str, many: &str| {
        let users: Vec<_> = ids.iter().filter_map(|id| after.user(*id).or_else(|| before.user(*id))).collect();
        let what = if users.len() == 1 { one } else { many };
        (!users.is_empty()).then(|| format!("{} {what}", list_names(users.into_iter())))
    };
    let new_administrators = sentence(
        new_administrators,
        "becomes a full administrator, who can do everything.",
        "become full administrators, who can do everything.",
    );
    let removed_administrators = sentence(
        removed_administrators,
        "will no longer be a full administrator.",
        "will no longer be full administrators.",
    );
    new_administrators.into_iter().chain(removed_administrators).collect()
}

/// If the failure means that the viewer lacks a permission, returns the refusal. A separate page then shows this
/// refusal and suggests solutions.
pub(super) fn not_permitted(failure: &Failure) -> Option<Refusal> {
    let Failure::Refused(outer) = failure else { return None };
    let refusal = outer.root();
    matches!(refusal, Refusal::NotPermitted { .. }).then(|| refusal.clone())
}

/// The effects of a command, as text.
pub(super) struct BulkReview {
    pub(super) summary: String,
    pub(super) assigned: Vec<AssignmentChange>,
    pub(super) removed: Vec<AssignmentChange>,
    pub(super) groups: Vec<GroupText>,
    /// A sentence about the groups that the page does not list.
    pub(super) more: Option<String>,
    pub(super) guard: Vec<String>,
    /// Sentences about users who become full administrators, or who stop being full administrators.
    pub(super) administrators: Vec<String>,
    /// The users who need a new invitation and have an email address.
    pub(super) invitable: Vec<Invitable>,
}

/// A user whose credentials are replaced.
pub(super) struct Invitable {
    /// The value of a checkbox: the user's ID and email address, separated by a space.
    pub(super) value: String,
    pub(super) name: String,
    pub(super) address: String,
}

/// A profile that is assigned to users or removed from them.
pub(super) struct AssignmentChange {
    pub(super) name: String,
    pub(super) count: String,
    pub(super) names: String,
}

/// A group of users for whom the change has the same effects.
pub(super) struct GroupText {
    pub(super) count: String,
    pub(super) names: String,
    /// The effects, each with its kind (`added`, `removed` or `changed`) and a text.
    pub(super) lines: Vec<(&'static str, String)>,
}

impl PlannedEffects {
    /// Whether the actor must confirm the change, because a user's access changes or because the escalation guard has
    /// warnings.
    ///
    /// Whether a review appears must not reveal effects that are hidden from the viewer. Every change that could affect
    /// access therefore needs confirmation.
    pub(super) fn needs_confirmation(&self, viewer: &CurrentUser) -> bool {
        let matters = if self.permissions_shown { self.effect.affected() > 0 } else { self.changes_access_inputs };
        matters || !self.guard(viewer).is_empty()
    }

    /// Returns sentences about users who become full administrators, or who stop being full administrators.
    pub(super) fn administrators(&self) -> Vec<String> {
        self.administrators.clone()
    }

    /// Returns the warnings of the escalation guard.
    pub(super) fn guard(&self, viewer: &CurrentUser) -> Vec<String> {
        guard_warnings(viewer, &self.flags, self.permissions_shown)
    }

    pub(super) fn to_review(&self, viewer: &CurrentUser, edit: &BulkEdit, users: &[Arc<User>]) -> BulkReview {
        let directory = &viewer.directory;
        let effect = &self.effect;
        let summary = match effect.affected() {
            _ if !self.permissions_shown => {
                "You can’t see what these users can do afterwards, because you can’t view all of their security profiles."
                    .to_owned()
            }
            0 => "No user can do more or less afterwards.".to_owned(),
            _ => {
                let figures = effect_text::user_counts(effect).into_iter();
                let figures: Vec<_> = figures.map(|(users, text)| format!("{users}{text}")).collect();
                format!("{}.", figures.join("; "))
            }
        };
        let groups = if self.permissions_shown { effect.groups.as_slice() } else { &[] };
        let visible = groups.iter().take(GROUPS_SHOWN);
        let rest: usize = groups.iter().skip(GROUPS_SHOWN).map(|group| group.count).sum();
        BulkReview {
            summary,
            assigned: assignment_changes(&viewer.visibility(), users, |user| edit.profiles(user).0),
            removed: assignment_changes(&viewer.visibility(), users, |user| edit.profiles(user).1),
            groups: visible.map(|group| group_text(directory, group)).collect(),
            more: (rest > 0).then(|| format!("{} more in other ways.", text::count_noun(rest, "user"))),
            guard: self.guard(viewer),
            administrators: self.administrators(),
            invitable: self.invitable(viewer),
        }
    }

    /// Returns the users whose credentials are replaced, with the email address for a new invitation.
    fn invitable(&self, viewer: &CurrentUser) -> Vec<Invitable> {
        let replaced = self.flags.iter().flat_map(|flag| match flag {
            Flag::CredentialsReplaced { users, .. } => users.as_slice(),
            _ => &[],
        });
        let visibility = viewer.visibility();
        let visible = replaced.filter(|id| visibility.user(**id).shows_details());
        let user = |id: &UserId| {
            let user = viewer.directory.user(*id)?;
            let address = user.identity.email.clone()?;
            Some(Invitable { value: format!("{id} {address}"), name: text::user(user), address })
        };
        visible.filter_map(user).take(INVITABLE_MAX).collect()
    }
}

/// Parses the users to invite from a form, each with the email address that the actor confirmed.
pub(super) fn invited(fields: &Fields) -> Vec<(UserId, Option<String>)> {
    let user = |value: &str| {
        let (id, address) = value.split_once(' ')?;
        Some((UserId::parse(id)?, Some(address.to_owned())))
    };
    fields.all("invite").filter_map(user).take(INVITABLE_MAX).collect()
}

/// Returns the profiles that are assigned to users or removed from users, sorted by name.
fn assignment_changes(
    visibility: &Viewer<'_>,
    users: &[Arc<User>],
    profiles_of: impl Fn(&User) -> BTreeSet<SecurityProfileId>,
) -> Vec<AssignmentChange> {
    let mut by_profile = std::collections::BTreeMap::<SecurityProfileId, Vec<&Arc<User>>>::new();
    for user in users {
        for profile in profiles_of(user) {
            by_profile.entry(profile).or_default().push(user);
        }
    }
    let change = |(id, users): (&SecurityProfileId, &Vec<&Arc<User>>)| AssignmentChange {
        name: text::profile(visibility, *id),
        count: text::count_noun(users.len(), "user"),
        names: list_names(users.iter().copied()),
    };
    let mut assignment_changes: Vec<_> = by_profile.iter().map(change).collect();
    assignment_changes.sort_by_cached_key(|change| floorkey::text::folded(&change.name));
    assignment_changes
}

fn group_text(directory: &Directory, group: &GroupEffect) -> GroupText {
    let mut names: Vec<String> =
        group.users.iter().filter_map(|id| directory.user(*id)).map(|user| text::user(user)).collect();
    let unlisted = group.count.saturating_sub(names.len());
    if unlisted > 0 {
        names.push(format!("{} more", text::figure(unlisted)));
    }
    GroupText {
        count: text::count_noun(group.count, "user"),
        names: text::join_names(&names, NAMED_MAX + 1),
        lines: effect_text::phrases(&group.effect, PERMISSIONS_NAMED),
    }
}

/// Returns the escalation guard's warnings about a change that the guard allows.
fn guard_warnings(viewer: &CurrentUser, flags: &[Flag], shows_permissions: bool) -> Vec<String> {
    let subject = ReviewSubject::Users { shows_permissions };
    flags.iter().filter_map(|flag| guard_flags::in_review(viewer, &subject, flag)).collect()
}
