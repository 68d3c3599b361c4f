//! The page with the form of a security profile.

use std::sync::Arc;

use askama::Template;
use floorkey::scope::Grants;
use floorkey::text::folded;
use floorkey::{
    Act, HierarchyGroupId, PermissionSet, Refusal, ResourceType, SecurityProfile, Target, Timestamp, catalogue, limits,
};

use super::affected::Affected;
use super::along::{Comes, Offer, Works, comes, offers, works};
use super::applications::{Registered, registered};
use super::conditions::{Adding, ConditionRow};
use super::draft::{self, Draft, Hierarchy, Pairs};
use super::errors::Errors;
use super::filter::{Filter, View};
use super::grid::{Grid, State};
use super::risk::{self, Mark};
use super::{LIST, address, default_of, sees};
use crate::web::current_user::CurrentUser;
use crate::web::granting_profiles::granting_profiles;
use crate::web::layout::Layout;
use crate::web::page_error::to_sentence;
use crate::web::text;
use floorkey_service::failure::Failure;

/// The form of a new or existing profile.
#[derive(Template)]
#[template(path = "profiles/form.html")]
pub(super) struct FormPage {
    pub(super) layout: Layout,
    headline: String,
    /// The address that the form is submitted to.
    action: String,
    known: Option<Known>,
    /// The id of the profile that a new one is copied from.
    from: String,
    pub(super) errors: Errors,
    pub(super) notes: Vec<Note>,
    name: String,
    description: String,
    grid: Grid,
    needed: String,
    was: String,
    search: String,
    views: Vec<Choice>,
    comes: Vec<Comes>,
    offers: Vec<Offer>,
    works: Vec<Works>,
    applications: Vec<(String, String, String)>,
    registered: Vec<Registered>,
    /// Whether the viewer can see the registered applications.
    knows_applications: bool,
    conditions: Vec<ConditionRow>,
    /// A condition that is being added, and the permissions it can apply to.
    adding: Adding,
    conditionable: Vec<String>,
    assignable: Vec<Choice>,
    tags: Pairs,
    control_tags: Pairs,
    restricted: Vec<Choice>,
    hierarchy: Vec<Choice>,
    open_reach: bool,
    open_more: bool,
    /// The reason why the viewer can't make changes, or `None` if they can.
    locked: Option<String>,
    legacy: Vec<&'static str>,
    total: String,
}

/// Information about an existing profile.
struct Known {
    id: String,
    href: String,
    holders: Affected,
    /// What users with this profile can do, in one sentence.
    summary: String,
    marks: Vec<Mark>,
    default: Option<&'static str>,
    changed: String,
    changed_at: String,
    changed_iso: String,
    modified: i64,
    arn: String,
    may_copy: bool,
    may_delete: bool,
    sees_history: bool,
}

/// A message above the form.
pub(super) struct Note {
    pub(super) kind: &'static str,
    pub(super) head: String,
    pub(super) text: String,
    /// Buttons: name, value, text.
    pub(super) buttons: Vec<(&'static str, String, String)>,
    /// Lines that list changes.
    pub(super) lines: Vec<String>,
    /// A link: address, text.
    pub(super) link: Option<(String, String)>,
}

impl Note {
    pub(super) fn new(kind: &'static str, head: impl Into<String>, text: impl Into<String>) -> Self {
        let (head, text) = (head.into(), text.into());
        Self { kind, head, text, buttons: Vec::new(), lines: Vec::new(), link: None }
    }
}

/// An option: value, text, and whether it is selected.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) on: bool,
}

/// The subject of the form.
#[derive(Clone)]
pub(super) enum Place {
    New { from: Option<Arc<SecurityProfile>> },
    Known(Arc<SecurityProfile>),
}

impl Place {
    fn profile(&self) -> Option<&Arc<SecurityProfile>> {
        match self {
            Self::New { from } => from.as_ref(),
            Self::Known(profile) => Some(profile),
        }
    }

    /// Returns the permissions of the profile's default, if it has one.
    pub(super) fn default(&self) -> Option<PermissionSet> {
        default_of(self.profile()?)
    }
}

impl FormPage {
    /// Creates the form for a draft. `modified` is the modification time of the profile when the form was first opened.
    pub(super) fn new(
        viewer: &CurrentUser,
        place: &Place,
        draft: &Draft,
        filter: &Filter,
        modified: Option<Timestamp>,
    ) -> Self {
        let default = place.default();
        let state = State {
            conditions: &draft.conditions,
            ticked: &draft.ticked,
            needed: &draft.needed,
            default: default.as_ref(),
            filter,
            open: false,
        };
        let held = draft.held();
        let (headline, action, known) = match place {
            Place::New { .. } => ("Add new security profile".to_owned(), format!("{LIST}/new"), None),
            Place::Known(profile) => {
                let known = Known::new(viewer, profile, modified.unwrap_or(profile.modified));
                (profile.name.clone(), address(profile.id), Some(known))
            }
        };
        Self {
            layout: viewer.layout(headline.clone()),
            headline,
            action,
            known,
            from: match place {
                Place::New { from: Some(from) } => from.id.to_string(),
                _ => String::new(),
            },
            errors: Errors::default(),
            notes: Vec::new(),
            name: draft.name.clone(),
            description: draft.description.clone(),
            grid: Grid::new(&state),
            needed: draft::names(&draft.needed),
            was: draft::names(&draft.ticked),
            search: filter.search.clone(),
            views: views(filter, default.is_some()),
            comes: comes(&held),
            offers: offers(&held),
            works: works(&held),
            applications: applications(viewer, draft),
            registered: registered(viewer, draft),
            knows_applications: viewer.visibility().sees_applications(),
            conditions: draft.condition_rows(),
            adding: draft.adding.clone(),
            conditionable: draft.conditionable(),
            assignable: assignable(viewer, place, draft),
            tags: padded(&draft.tags, limits::TAGS_MAX),
            control_tags: padded(&draft.control_tags, limits::ACCESS_CONTROL_TAGS_MAX),
            restricted: restricted(draft),
            hierarchy: hierarchy(viewer, draft),
            open_reach: !draft.restricted.is_empty()
                || !draft.control_tags.is_empty()
                || draft.hierarchy != Hierarchy::Everybody,
            open_more: !draft.applications.is_empty() || !draft.assignable.is_empty() || !draft.tags.is_empty(),
            locked: locked(viewer, place),
            legacy: legacy(draft),
            total: text::count_noun(floorkey::granted_once(&draft.ticked).len(), "permission"),
        }
    }
}

impl Known {
    fn new(viewer: &CurrentUser, profile: &SecurityProfile, modified: Timestamp) -> Self {
        let held = floorkey::effective(profile.permissions.permissions());
        let full = catalogue().granting().is_subset(&held);
        let app = viewer.app();
        let (region, account, instance) = (&app.region, &app.account, viewer.instance());
        Self {
            id: profile.id.to_string(),
            href: address(profile.id),
            holders: Affected::of(viewer, profile.id),
            summary: summary(profile),
            marks: match full {
                true => vec![Mark { kind: "bad", text: "full access" }],
                false => risk::marks_of_set(&held),
            },
            default: super::list::default_mark(profile),
            changed: text::relative_time(profile.modified, viewer.now),
            changed_at: text::utc_time(profile.modified),
            changed_iso: text::iso_time(profile.modified),
            modified: modified.as_millis(),
            arn: format!("arn:aws:connect:{region}:{account}:instance/{instance}/security-profile/{}", profile.id),
            may_copy: super::may_create(viewer),
            may_delete: viewer.can(Act::DeleteSecurityProfile, &Target::Profile(profile.id)),
            sees_history: viewer.sees_history(),
        }
    }
}

/// Summarizes what users with this profile can do.
fn summary(profile: &SecurityProfile) -> String {
    format!("Holders {}.", floorkey::review::summary::summary(&Grants::of(profile)).sentence())
}

/// Explains why the viewer can't change the profile, and which profiles would allow it.
fn locked(viewer: &CurrentUser, place: &Place) -> Option<String> {
    let asked = match place {
        Place::Known(profile) => viewer.authorize(Act::UpdateSecurityProfile, &Target::Profile(profile.id)),
        Place::New { .. } => return None,
    };
    let refusal = asked.err()?;
    let mut text = to_sentence(&Failure::Refused(refusal.clone()));
    if let Refusal::NotPermitted { all_of, any_of, .. } = &refusal {
        let names = granting_profiles(viewer, all_of, any_of).names;
        if !names.is_empty() {
            text = format!("{text} Holders of {} could.", text::join_names(&names, 4));
        }
    }
    Some(text)
}

fn views(filter: &Filter, has_default: bool) -> Vec<Choice> {
    let shown = View::ALL.into_iter().filter(|(view, ..)| has_default || *view != View::Differs);
    let choice = |(view, word, text): (View, &str, &str)| Choice {
        value: word.to_owned(),
        text: text.to_owned(),
        on: view == filter.view,
    };
    shown.map(choice).collect()
}

/// Returns the applications without checkboxes, and an empty row.
fn applications(viewer: &CurrentUser, draft: &Draft) -> Vec<(String, String, String)> {
    let row = |row: &draft::ApplicationRow| (row.namespace.clone(), row.permissions.clone(), row.kind.clone());
    let has_boxes = viewer.visibility().sees_applications();
    let is_text = |row: &&draft::ApplicationRow| !has_boxes || viewer.directory.application(&row.namespace).is_none();
    let mut rows: Vec<_> = draft.applications.iter().filter(is_text).map(row).collect();
    if draft.applications.len() < limits::APPLICATIONS_MAX {
        rows.push(Default::default());
    }
    rows
}

/// Returns the profiles that can be made assignable: those that the viewer can see, and those already selected.
fn assignable(viewer: &CurrentUser, place: &Place, draft: &Draft) -> Vec<Choice> {
    let own = match place {
        Place::Known(profile) => Some(profile.id),
        Place::New { .. } => None,
    };
    let others = viewer.directory.profiles().filter(|other| Some(other.id) != own);
    let shown = others.filter(|other| draft.assignable.contains(&other.id) || sees(viewer, other.id));
    let visibility = viewer.visibility();
    let choice = |other: &Arc<SecurityProfile>| Choice {
        value: other.id.to_string(),
        text: text::profile(&visibility, other.id),
        on: draft.assignable.contains(&other.id),
    };
    shown.map(choice).collect()
}

/// Adds empty rows to fill in, within the limit.
fn padded(pairs: &Pairs, max: usize) -> Pairs {
    let mut rows = pairs.clone();
    rows.resize((pairs.len() + 2).min(max).max(pairs.len()), Default::default());
    rows
}

fn restricted(draft: &Draft) -> Vec<Choice> {
    let choice = |kind: &ResourceType| Choice {
        value: kind.word().to_owned(),
        text: spaced(kind.word()),
        on: draft.restricted.contains(kind.word()),
    };
    ResourceType::ALL.iter().map(choice).collect()
}

/// Formats `HoursOfOperation` as `Hours of operation`.
fn spaced(word: &str) -> String {
    let mut text = String::new();
    for c in word.chars() {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push(' ');
            text.push(c.to_ascii_lowercase());
        } else {
            text.push(c);
        }
    }
    text
}

fn hierarchy(viewer: &CurrentUser, draft: &Draft) -> Vec<Choice> {
    let choice =
        |value: &str, text: String| Choice { value: value.to_owned(), text, on: draft.hierarchy.word() == value };
    let mut choices = vec![
        choice("", "All users".to_owned()),
        choice("own", "Users in their own hierarchy group, and below".to_owned()),
    ];
    let visibility = viewer.visibility();
    let seen =
        |group: &HierarchyGroupId| draft.hierarchy.word() == group.to_string() || visibility.group(*group).shows_name();
    let groups = viewer.directory.groups().filter(|group| seen(&group.id));
    let mut groups: Vec<_> = groups.map(|group| (text::group(&visibility, group.id), group.id)).collect();
    // Sorts by each level of the path, so that a group precedes those below it.
    groups.sort_by_cached_key(|(path, _)| path.split(" / ").map(folded).collect::<Vec<_>>());
    choices.extend(groups.into_iter().map(|(path, id)| choice(&id.to_string(), format!("Users in {path}, and below"))));
    choices
}

/// Returns the selected legacy permissions.
fn legacy(draft: &Draft) -> Vec<&'static str> {
    let old = catalogue().legacy().iter().map(|(old, _)| *old);
    old.filter(|old| draft.ticked.contains(*old)).map(floorkey::Permission::name).collect()
}
