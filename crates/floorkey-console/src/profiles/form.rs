//! The page with the security profile form.

use std::sync::Arc;

use askama::Template;
use floorkey::scope::Grants;
use floorkey::{
    Action, HierarchyGroupId, PermissionSet, Refusal, ResourceType, SecurityProfile, Target, Timestamp, catalog, limits,
};

use super::applications::{Registered, registered};
use super::conditions::{ConditionRow, NewCondition};
use super::draft::{self, Hierarchy, Pairs, ProfileDraft};
use super::filter::{GridFilter, View};
use super::grid::{Grid, GridInput};
use super::hints::{InheritedList, NeedsOthers, Suggestion, inherited_lists, need_others, suggestions};
use super::profile_users::ProfileUsers;
use super::risk::{self, RiskBadge};
use super::{LIST, address, can_see, default_of};
use crate::profile_fields::{self as fields, FIELDS};
use crate::users::filter_options;
use crate::web::current_user::CurrentUser;
use crate::web::fields::{Field, FieldErrors, FormInput, SelectOption};
use crate::web::granting_profiles::granting_profiles;
use crate::web::layout::Layout;
use crate::web::page_error::to_sentence;
use crate::web::text;
use floorkey_service::failure::Failure;

/// The form for a new or existing profile.
#[derive(Template)]
#[template(path = "profiles/form.html")]
pub(super) struct FormPage {
    pub(super) layout: Layout,
    headline: String,
    /// The address that the form is submitted to.
    action: String,
    existing: Option<ExistingProfile>,
    /// The ID of the profile that a new profile is copied from.
    from: String,
    errors: FieldErrors,
    pub(super) messages: Vec<FormMessage>,
    /// The inputs for the name and the description.
    basics: Vec<FormInput>,
    grid: Grid,
    required_by_others: String,
    shown_selection: String,
    search: String,
    views: Vec<SelectOption>,
    inherited_lists: Vec<InheritedList>,
    suggestions: Vec<Suggestion>,
    need_others: Vec<NeedsOthers>,
    applications: Vec<(String, String, String)>,
    registered: Vec<Registered>,
    /// Whether the viewer can see the registered applications.
    knows_applications: bool,
    conditions: Vec<ConditionRow>,
    /// The condition that the user is adding.
    adding: NewCondition,
    /// The permissions that the condition can apply to.
    conditionable: Vec<String>,
    assignable: Vec<SelectOption>,
    tags: Pairs,
    control_tags: Pairs,
    restricted: Vec<SelectOption>,
    /// The input for the users whom the permissions apply to.
    hierarchy: Vec<FormInput>,
    open_access_control: bool,
    open_advanced: bool,
    /// The reason why the viewer can't change the profile. `None` if the viewer can change the profile.
    read_only_reason: Option<String>,
    legacy: Vec<&'static str>,
    total: String,
}

/// Information about an existing profile.
struct ExistingProfile {
    id: String,
    href: String,
    users: ProfileUsers,
    /// A sentence that summarizes what users with this profile can do.
    summary: String,
    badges: Vec<RiskBadge>,
    default: Option<&'static str>,
    changed: String,
    changed_at: String,
    changed_iso: String,
    modified: i64,
    arn: String,
    can_copy: bool,
    can_delete: bool,
    sees_history: bool,
}

/// A message above the form.
pub(super) struct FormMessage {
    pub(super) kind: &'static str,
    pub(super) heading: String,
    pub(super) text: String,
    /// The buttons of the message, each with a name, a value and a label.
    pub(super) buttons: Vec<(&'static str, String, String)>,
    /// Lines of text that list changes.
    pub(super) lines: Vec<String>,
    /// A link, which consists of an address and a text.
    pub(super) link: Option<(String, String)>,
}

impl FormMessage {
    pub(super) fn new(kind: &'static str, heading: impl Into<String>, text: impl Into<String>) -> Self {
        let (heading, text) = (heading.into(), text.into());
        Self { kind, heading, text, buttons: Vec::new(), lines: Vec::new(), link: None }
    }
}

/// Whether the form is for a new profile or for an existing profile.
#[derive(Clone)]
pub(super) enum FormSubject {
    New { from: Option<Arc<SecurityProfile>> },
    Existing(Arc<SecurityProfile>),
}

impl FormSubject {
    fn profile(&self) -> Option<&Arc<SecurityProfile>> {
        match self {
            Self::New { from } => from.as_ref(),
            Self::Existing(profile) => Some(profile),
        }
    }

    /// Returns the permissions of the default profile that corresponds to this profile, if there is one.
    pub(super) fn default(&self) -> Option<PermissionSet> {
        default_of(self.profile()?)
    }
}

impl FormPage {
    /// Creates the form for a draft. `modified` is the profile's modification time when the form was first opened.
    pub(super) fn new(
        viewer: &CurrentUser,
        subject: &FormSubject,
        draft: &ProfileDraft,
        filter: &GridFilter,
        modified: Option<Timestamp>,
        errors: FieldErrors,
    ) -> Self {
        let default = subject.default();
        let input = GridInput::new(draft, default.as_ref(), filter);
        let granted = draft.granted();
        let (headline, action, existing) = match subject {
            FormSubject::New { .. } => ("Add new security profile".to_owned(), format!("{LIST}/new"), None),
            FormSubject::Existing(profile) => {
                let existing = ExistingProfile::new(viewer, profile, modified.unwrap_or(profile.modified));
                (profile.name.clone(), address(profile.id), Some(existing))
            }
        };
        Self {
            layout: viewer.layout(headline.clone()),
            headline,
            action,
            existing,
            from: match subject {
                FormSubject::New { from: Some(from) } => from.id.to_string(),
                _ => String::new(),
            },
            messages: Vec::new(),
            basics: inputs("basics", draft, &errors),
            grid: Grid::new(&input),
            required_by_others: draft::names(&draft.required_by_others),
            shown_selection: draft::names(&draft.selected),
            search: filter.search.clone(),
            views: views(filter, default.is_some()),
            inherited_lists: inherited_lists(&granted),
            suggestions: suggestions(&granted),
            need_others: need_others(&granted),
            applications: applications(viewer, draft),
            registered: registered(viewer, draft),
            knows_applications: viewer.visibility().sees_applications(),
            conditions: draft.condition_rows(),
            adding: draft.adding.clone(),
            conditionable: draft.conditionable(),
            assignable: assignable(viewer, subject, draft),
            tags: with_empty_rows(&draft.tags, limits::TAGS_MAX),
            control_tags: with_empty_rows(&draft.control_tags, limits::ACCESS_CONTROL_TAGS_MAX),
            restricted: restricted(draft),
            hierarchy: hierarchy(viewer, draft, &errors),
            open_access_control: !draft.restricted.is_empty()
                || !draft.control_tags.is_empty()
                || draft.hierarchy != Hierarchy::AllUsers
                || errors.has(&["control", "restricted", "hierarchy", "hierarchy_restricted"]),
            open_advanced: !draft.applications.is_empty()
                || !draft.assignable.is_empty()
                || !draft.tags.is_empty()
                || errors.has(&["applications", "assignable", "tags"]),
            read_only_reason: read_only_reason(viewer, subject),
            legacy: legacy(draft),
            total: text::count_noun(floorkey::countable_permissions(&draft.selected).len(), "permission"),
            errors,
        }
    }
}

impl ExistingProfile {
    fn new(viewer: &CurrentUser, profile: &SecurityProfile, modified: Timestamp) -> Self {
        let granted = floorkey::effective(profile.permissions.permissions());
        let full = catalog().granting().is_subset(&granted);
        let app = viewer.app();
        let (region, account, instance) = (&app.region, &app.account, viewer.instance());
        Self {
            id: profile.id.to_string(),
            href: address(profile.id),
            users: ProfileUsers::for_viewer(viewer, profile.id),
            summary: summary(profile),
            badges: match full {
                true => vec![RiskBadge { kind: "bad", text: "full access" }],
                false => risk::badges_of_set(&granted),
            },
            default: super::list::default_label(profile),
            changed: text::relative_time(profile.modified, viewer.now),
            changed_at: viewer.time(profile.modified),
            changed_iso: text::iso_time(profile.modified),
            modified: modified.as_millis(),
            arn: format!("arn:aws:connect:{region}:{account}:instance/{instance}/security-profile/{}", profile.id),
            can_copy: super::can_create(viewer),
            can_delete: viewer.can(Action::DeleteSecurityProfile, &Target::Profile(profile.id)),
            sees_history: viewer.sees_history(),
        }
    }
}

/// Summarizes what users with this profile can do.
fn summary(profile: &SecurityProfile) -> String {
    format!(
        "Users with this profile {}.",
        floorkey::review::summary::summary(&Grants::from_profile(profile)).sentence()
    )
}

/// Explains why the viewer can't change the profile, and names security profiles that grant the missing permissions.
fn read_only_reason(viewer: &CurrentUser, subject: &FormSubject) -> Option<String> {
    let result = match subject {
        FormSubject::Existing(profile) => viewer.authorize(Action::UpdateSecurityProfile, &Target::Profile(profile.id)),
        FormSubject::New { .. } => return None,
    };
    let refusal = result.err()?;
    let mut text = to_sentence(&Failure::Refused(refusal.clone()));
    if let Refusal::NotPermitted { all_of, any_of, .. } = &refusal {
        let names = granting_profiles(viewer, all_of, any_of).names;
        if !names.is_empty() {
            text = format!("{text} Users with {} can.", text::join_names(&names, 4));
        }
    }
    Some(text)
}

fn views(filter: &GridFilter, has_default: bool) -> Vec<SelectOption> {
    let visible = View::ALL.into_iter().filter(|(view, ..)| has_default || *view != View::Differs);
    let choice = |(view, word, text): (View, &str, &str)| SelectOption {
        value: word.to_owned(),
        text: text.to_owned(),
        is_selected: view == filter.view,
    };
    visible.map(choice).collect()
}

/// Returns the applications that have no checkboxes in the form, followed by an empty row.
fn applications(viewer: &CurrentUser, draft: &ProfileDraft) -> Vec<(String, String, String)> {
    let row = |row: &draft::ApplicationRow| (row.namespace.clone(), row.permissions.clone(), row.kind.clone());
    let has_boxes = viewer.visibility().sees_applications();
    let is_text = |row: &&draft::ApplicationRow| !has_boxes || viewer.directory.application(&row.namespace).is_none();
    let mut rows: Vec<_> = draft.applications.iter().filter(is_text).map(row).collect();
    if draft.applications.len() < limits::APPLICATIONS_MAX {
        rows.push(Default::default());
    }
    rows
}

/// Returns the profiles that can be made assignable: all profiles that the viewer can see, and all profiles that are
/// already selected.
fn assignable(viewer: &CurrentUser, subject: &FormSubject, draft: &ProfileDraft) -> Vec<SelectOption> {
    let own = match subject {
        FormSubject::Existing(profile) => Some(profile.id),
        FormSubject::New { .. } => None,
    };
    let others = viewer.directory.profiles().filter(|other| Some(other.id) != own);
    let visible = others.filter(|other| draft.assignable.contains(&other.id) || can_see(viewer, other.id));
    let visibility = viewer.visibility();
    let choice = |other: &Arc<SecurityProfile>| SelectOption {
        value: other.id.to_string(),
        text: text::profile(&visibility, other.id),
        is_selected: draft.assignable.contains(&other.id),
    };
    visible.map(choice).collect()
}

/// Adds up to two empty rows for new pairs. The total number of rows does not exceed `max`.
fn with_empty_rows(pairs: &Pairs, max: usize) -> Pairs {
    let mut rows = pairs.clone();
    rows.resize((pairs.len() + 2).min(max).max(pairs.len()), Default::default());
    rows
}

fn restricted(draft: &ProfileDraft) -> Vec<SelectOption> {
    let choice = |kind: &ResourceType| SelectOption {
        value: kind.as_str().to_owned(),
        text: split_words(kind.as_str()),
        is_selected: draft.restricted.contains(kind.as_str()),
    };
    ResourceType::ALL.iter().map(choice).collect()
}

/// Formats `HoursOfOperation` as `Hours of operation`.
fn split_words(word: &str) -> String {
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

/// Returns the inputs of a section.
fn inputs(section: &str, draft: &ProfileDraft, errors: &FieldErrors) -> Vec<FormInput> {
    let input = |field: &Field<SecurityProfile>| {
        let value = match field.id {
            "name" => &draft.name,
            "description" => &draft.description,
            _ => draft.hierarchy.as_str(),
        };
        field.form_input(value, Vec::new(), errors)
    };
    FIELDS.iter().filter(|field| field.section == section && field.has_single_value()).map(input).collect()
}

fn hierarchy(viewer: &CurrentUser, draft: &ProfileDraft, errors: &FieldErrors) -> Vec<FormInput> {
    let selected = draft.hierarchy.as_str();
    let mut groups = filter_options::groups(viewer);
    if let Hierarchy::Group(id) = &draft.hierarchy
        && !groups.iter().any(|(known, _)| known == id)
    {
        let path = HierarchyGroupId::parse(id).map(|group| text::group(&viewer.visibility(), group));
        groups.push((id.clone(), path.unwrap_or_else(|| id.clone())));
    }
    let fixed = [("", "All users"), ("own", "Users in their own hierarchy group or below")];
    let fixed = fixed.map(|(value, text)| (value.to_owned(), text.to_owned()));
    let groups = groups.into_iter().map(|(id, path)| (id, format!("Users in {path} or below")));
    let choices: Vec<_> = fixed.into_iter().chain(groups).collect();
    let mut inputs = inputs("access_control", draft, errors);
    for input in &mut inputs {
        input.options = SelectOption::all(choices.clone(), |value| value == selected);
    }
    inputs
}

/// Returns the selected legacy permissions.
fn legacy(draft: &ProfileDraft) -> Vec<&'static str> {
    let old = catalog().legacy().iter().map(|(old, _)| *old);
    old.filter(|old| draft.selected.contains(*old)).map(floorkey::Permission::name).collect()
}
