//! Handlers of the profile form: showing it, changing the selection, and saving.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Path;
use floorkey::catalog::Strength;
use floorkey::{
    Action, Command, PermissionSet, PlannedChange, Refusal, SecurityProfile, SecurityProfileId, Target, Timestamp,
    UserId, catalog,
};
use http::{Response, StatusCode};

use super::draft::{self, ProfileDraft};
use super::filter::GridFilter;
use super::form::{FormMessage, FormPage, FormSubject};
use super::grid::GridInput;
use super::{address, edit_conflict, find, grid, review, save};
use crate::profile_fields::FIELDS;
use crate::web::current_user::CurrentUser;
use crate::web::edit::{self, Saved};
use crate::web::fields::{FieldErrors, InvalidInput};
use crate::web::form::{Fields, Form, Query};
use crate::web::guard_flags;
use crate::web::layout::{page, page_with};
use crate::web::page_error::PageError;
use crate::web::text;
use floorkey_service::entropy;

pub(super) async fn new(viewer: CurrentUser, Query(query): Query) -> Result<Response<Body>, PageError> {
    allow_creating(&viewer)?;
    let from = query.text("from").map(|id| find(&viewer, id)).transpose()?;
    let draft = match from.as_deref() {
        Some(from) => draft::copy_of(&viewer, ProfileDraft::from_profile(from)),
        None => ProfileDraft::from_link(&query),
    };
    let form = FormPage::new(
        &viewer,
        &FormSubject::New { from },
        &draft,
        &GridFilter::parse(&query),
        None,
        FieldErrors::default(),
    );
    Ok(page(&form))
}

pub(super) async fn show(
    viewer: CurrentUser,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response<Body>, PageError> {
    let profile = find(&viewer, &id)?;
    let draft = ProfileDraft::from_profile(&profile);
    Ok(page(&FormPage::new(
        &viewer,
        &FormSubject::Existing(profile),
        &draft,
        &GridFilter::parse(&query),
        None,
        FieldErrors::default(),
    )))
}

pub(super) async fn create(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    allow_creating(&viewer)?;
    let from = fields.text("from").map(|id| find(&viewer, id)).transpose()?;
    SubmittedForm::new(&viewer, FormSubject::New { from }, &fields).respond().await
}

pub(super) async fn change(
    viewer: CurrentUser,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    let profile = find(&viewer, &id)?;
    SubmittedForm::new(&viewer, FormSubject::Existing(profile), &fields).respond().await
}

fn allow_creating(viewer: &CurrentUser) -> Result<(), PageError> {
    match viewer.authorize(Action::CreateSecurityProfile, &Target::Instance) {
        // The viewer may have permission to create profiles only within a scope. The scope is checked when the profile
        // is saved.
        Ok(()) | Err(Refusal::OutOfScope { .. }) => Ok(()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// A submitted profile form.
struct SubmittedForm<'a> {
    viewer: &'a CurrentUser,
    subject: FormSubject,
    fields: &'a Fields,
    draft: ProfileDraft,
    filter: GridFilter,
    /// The modification time of the profile when the form was opened.
    modified: Option<Timestamp>,
}

impl<'a> SubmittedForm<'a> {
    fn new(viewer: &'a CurrentUser, subject: FormSubject, fields: &'a Fields) -> Self {
        let modified = fields.raw("modified").parse().ok().map(Timestamp::from_millis);
        Self {
            viewer,
            subject,
            fields,
            draft: ProfileDraft::parse(fields),
            filter: GridFilter::parse(fields),
            modified,
        }
    }

    /// Performs the action of the button that the user pressed. Actions other than saving render the form again.
    async fn respond(mut self) -> Result<Response<Body>, PageError> {
        if self.fields.has("tick") {
            self.toggle_all();
            return Ok(page(&self.form(FieldErrors::default())));
        }
        if let Some(name) = self.fields.text("untick") {
            self.clear(&draft::set(name));
            return Ok(page(&self.form(FieldErrors::default())));
        }
        if let Some(condition) = self.fields.text("uncondition") {
            self.draft.remove_condition(condition);
            self.draft.normalize();
            return Ok(page(&self.form(FieldErrors::default())));
        }
        match self.fields.raw("do") {
            "save" | "confirm" => self.save().await,
            "condition" => {
                self.draft.normalize();
                match self.draft.add_condition() {
                    Ok(()) => Ok(page(&self.form(FieldErrors::default()))),
                    Err(InvalidInput(problem)) => Ok(self.condition_error(problem)),
                }
            }
            "copy" => self.copy(),
            "convert" => {
                self.convert();
                Ok(page(&self.form(FieldErrors::default())))
            }
            _ => {
                self.draft.normalize();
                Ok(page(&self.form(FieldErrors::default())))
            }
        }
    }

    fn form(&self, errors: FieldErrors) -> FormPage {
        FormPage::new(self.viewer, &self.subject, &self.draft, &self.filter, self.modified, errors)
    }

    /// Selects the visible permissions of a row or a group. If all these permissions are already selected, clears them.
    fn toggle_all(&mut self) {
        let default = self.subject.default();
        let input = GridInput::new(&self.draft, default.as_ref(), &self.filter);
        let own = grid::selectable(&input, self.fields.raw("tick"));
        self.draft.selected = match own.is_subset(&self.draft.selected) {
            true => self.draft.selected.difference(&own),
            false => self.draft.selected.union(&own),
        };
        // Permissions that the button selects count as chosen, even if other permissions require them.
        self.draft.required_by_others =
            self.draft.required_by_others.intersection(&self.draft.selected).difference(&own);
        self.draft.normalize();
    }

    /// Clears the given permissions, and all permissions that require any of the given permissions.
    fn clear(&mut self, cleared: &PermissionSet) {
        let is_kept = |permission: &floorkey::Permission| {
            !cleared.contains(*permission) && catalog().requires(*permission).intersection(cleared).is_empty()
        };
        self.draft.selected = self.draft.selected.iter().filter(is_kept).collect();
        self.draft.normalize();
    }

    /// Replaces the selected legacy permissions with the newer permissions that supersede them.
    fn convert(&mut self) {
        for (old, newer) in catalog().legacy() {
            if self.draft.selected.contains(*old) {
                self.draft.selected.remove(*old);
                self.draft.required_by_others.remove(*old);
                self.draft.selected = self.draft.selected.union(newer);
            }
        }
        self.draft.normalize();
    }

    /// Shows the form for a new profile, filled in with the draft.
    fn copy(mut self) -> Result<Response<Body>, PageError> {
        allow_creating(self.viewer)?;
        self.draft.normalize();
        let from = match &self.subject {
            FormSubject::Existing(profile) => Some(profile.clone()),
            FormSubject::New { from } => from.clone(),
        };
        let draft = draft::copy_of(self.viewer, self.draft);
        Ok(page(&FormPage::new(
            self.viewer,
            &FormSubject::New { from },
            &draft,
            &self.filter,
            None,
            FieldErrors::default(),
        )))
    }

    async fn save(mut self) -> Result<Response<Body>, PageError> {
        if let Some(message) = self.confirmation_needed() {
            let mut form = self.form(FieldErrors::default());
            form.messages.push(message);
            return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &form));
        }
        let added_required = self.draft.granted().difference(&self.draft.selected);
        self.draft.normalize();
        if let Err(InvalidInput(problem)) = self.draft.add_condition() {
            return Ok(self.condition_error(problem));
        }
        let errors = self.draft.errors();
        if !errors.is_empty() {
            return Ok(self.with_errors(StatusCode::UNPROCESSABLE_ENTITY, errors));
        }
        let (id, command) = match &self.subject {
            FormSubject::New { from } => {
                let id = SecurityProfileId::from_bits(entropy::random_id());
                (id, Some(save::create(&self.draft, id, from.as_deref())))
            }
            FormSubject::Existing(profile) => {
                let modified = self.modified.unwrap_or(profile.modified);
                (profile.id, save::update(&self.draft, profile, modified))
            }
        };
        let Some(mut command) = command else {
            return Ok(edit::unchanged(self.viewer, &address(id)));
        };
        let confirms = self.fields.raw("do") == "confirm";
        if confirms && self.fields.has("replace_credentials") {
            command = save::replacing(command, id);
        }
        // A stale form is refused as well. Saving then shows the changes that were made in the meantime.
        let planned = match self.viewer.plan(&command) {
            Ok(planned) => planned,
            Err(_) => return self.execute_command(id, command, &added_required).await,
        };
        if !confirms {
            let exposed_users = self.exposed_users(id, &planned, &command);
            let review = review::ProfileReviewPage::new(
                self.viewer,
                &self.subject,
                &self.draft,
                self.modified,
                &planned,
                exposed_users,
            );
            if let Some(review) = review {
                return Ok(page(&review));
            }
        }
        self.execute_command(id, command, &added_required).await
    }

    /// Names the users with this profile whose credentials another user with less access could know. These credentials
    /// can be replaced in the transaction that saves the profile.
    ///
    /// Returns `None` if there are no such users, or if the viewer cannot replace the credentials. Also returns `None`
    /// if the change does not extend the profile.
    fn exposed_users(&self, id: SecurityProfileId, planned: &PlannedChange, command: &Command) -> Option<String> {
        let (before, after) = (self.viewer.directory.profile(id)?, planned.next.profile(id)?);
        let (had, has) = (self.viewer.directory.grants(id)?, planned.next.grants(id)?);
        let lifts = !had.restrictions.difference(&has.restrictions).is_empty();
        if !lifts && has.not_covered_by(had).is_empty() && after.assignable.is_subset(&before.assignable) {
            return None;
        }
        let users: Vec<UserId> =
            floorkey::exposed_users(&planned.next, Some(id), self.viewer.now).into_keys().collect();
        let is_possible = !users.is_empty() && self.viewer.plan(&save::replacing(command.clone(), id)).is_ok();
        is_possible.then(|| guard_flags::user_names(self.viewer, &users, users.len() as u64))
    }

    async fn execute_command(
        self,
        id: SecurityProfileId,
        command: Command,
        added_required: &PermissionSet,
    ) -> Result<Response<Body>, PageError> {
        let refusal = match edit::save(self.viewer, command).await? {
            Saved::Done(done) => {
                let is_new = matches!(self.subject, FormSubject::New { .. });
                let mut text = save::saved_message(&self.draft.name, is_new, added_required);
                text.push_str(&text::credentials_replaced_note(done.credentials_replaced));
                return Ok(edit::saved(self.viewer, &address(id), text, &done));
            }
            Saved::Stale(directory) => return self.conflict_page(directory.profile(id).cloned()).await,
            Saved::Refused(refusal) => refusal,
        };
        let status = match refusal.root() {
            Refusal::NotPermitted { .. }
            | Refusal::OutOfScope { .. }
            | Refusal::Restricted { .. }
            | Refusal::SignatureUsed
            | Refusal::NotRecentlyAuthenticated { .. }
            | Refusal::CredentialsEnded => return Err(refusal.into()),
            Refusal::Guard(_) | Refusal::LastAdministrator { .. } | Refusal::Duplicate { .. } => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let mut errors = FieldErrors::default();
        errors.add_refusal(FIELDS, &refusal);
        Ok(self.with_errors(status, errors))
    }

    /// Renders the form with errors beside its fields.
    fn with_errors(&self, status: StatusCode, errors: FieldErrors) -> Response<Body> {
        let text = errors.get("").unwrap_or_else(|| "Correct the errors below. Your changes are kept.".to_owned());
        let mut form = self.form(errors);
        form.messages.push(FormMessage::new("bad", "Not saved", text));
        page_with(status, &form)
    }

    /// Renders the form with an error about the condition that the user is adding.
    fn condition_error(&self, problem: String) -> Response<Body> {
        let mut errors = FieldErrors::default();
        errors.add("conditions", problem);
        self.with_errors(StatusCode::UNPROCESSABLE_ENTITY, errors)
    }

    /// Renders the form after an edit conflict, with the changes that were saved in the meantime.
    async fn conflict_page(self, now: Option<Arc<SecurityProfile>>) -> Result<Response<Body>, PageError> {
        let Some(now) = now else { return Err(PageError::NotFound("security profile".to_owned())) };
        let message = edit_conflict::message(self.viewer, &now, self.modified).await?;
        let subject = FormSubject::Existing(now.clone());
        let (modified, errors) = (Some(now.modified), FieldErrors::default());
        let mut form = FormPage::new(self.viewer, &subject, &self.draft, &self.filter, modified, errors);
        form.messages.push(message);
        Ok(page_with(StatusCode::CONFLICT, &form))
    }

    /// Returns a note if the user must confirm the draft. Confirmation is needed if a permission was cleared although a
    /// selected permission requires it. It is also needed if a newly selected permission selects others by default. If
    /// JavaScript is enabled, the page itself selects these other permissions.
    fn confirmation_needed(&mut self) -> Option<FormMessage> {
        let shown_selection = draft::set(self.fields.raw("was"));
        let cleared = shown_selection.difference(&self.draft.selected).intersection(&self.draft.granted());
        if !cleared.is_empty() {
            return Some(self.still_required_note(&cleared));
        }
        let newly_selected = self.draft.selected.difference(&shown_selection);
        let has_script = self.fields.has("live");
        let dependencies =
            catalog().dependencies().iter().filter(|dependency| dependency.strength == Strength::DefaultOn);
        let added: Vec<_> = dependencies
            .filter(|dependency| {
                !has_script
                    && newly_selected.contains(dependency.permission)
                    && !self.draft.selected.contains(dependency.requires)
            })
            .collect();
        if added.is_empty() {
            return None;
        }
        let names: Vec<String> = added.iter().map(|dependency| text::permission(dependency.requires)).collect();
        let mut message = FormMessage::new(
            "info",
            format!("{} selected as well", text::join_names(&names, 3)),
            "Nothing is saved yet. Clear what you don’t want, and save again.",
        );
        message.lines = added.iter().map(|dependency| dependency.because.clone()).collect();
        self.draft.selected = added.iter().fold(self.draft.selected, |mut set, dependency| {
            set.insert(dependency.requires);
            set
        });
        self.draft.normalize();
        Some(message)
    }

    fn still_required_note(&mut self, cleared: &PermissionSet) -> FormMessage {
        let requiring: PermissionSet = self
            .draft
            .selected
            .iter()
            .filter(|permission| !catalog().requires(*permission).intersection(cleared).is_empty())
            .collect();
        let [cleared_names, requiring_names] =
            [cleared, &requiring].map(|set| text::permissions(set, save::PERMISSIONS_NAMED));
        let mut message = FormMessage::new(
            "warn",
            format!("{cleared_names}: still required"),
            format!("{requiring_names} requires it. It is selected again, and nothing is saved yet."),
        );
        message.buttons.push(("untick", draft::names(cleared), format!("Clear {requiring_names} too")));
        self.draft.normalize();
        message
    }
}
