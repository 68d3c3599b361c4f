//! Handlers of the profile form: showing it, changing the selection, and saving.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Path;
use floorkey::catalogue::Strength;
use floorkey::{
    Act, Command, PermissionSet, Planned, Refusal, SecurityProfile, SecurityProfileId, Target, Timestamp, UserId,
    catalogue,
};
use http::{Response, StatusCode};

use super::draft::{self, Draft};
use super::errors::{Errors, innermost};
use super::filter::Filter;
use super::form::{FormPage, Note, Place};
use super::grid::State;
use super::{address, find, grid, review, save, stale};
use crate::web::current_user::CurrentUser;
use crate::web::flash::Flash;
use crate::web::form::{Fields, Form, Query};
use crate::web::guard_flags;
use crate::web::layout::{page, page_with};
use crate::web::page_error::PageError;
use crate::web::text;
use floorkey_service::failure::Failure;
use floorkey_service::outside;

pub(super) async fn new(viewer: CurrentUser, Query(query): Query) -> Result<Response<Body>, PageError> {
    allow_creating(&viewer)?;
    let from = query.text("from").map(|id| find(&viewer, id)).transpose()?;
    let draft = from.as_deref().map(|from| copy_of(&viewer, Draft::of(from))).unwrap_or_default();
    let form = FormPage::new(&viewer, &Place::New { from }, &draft, &Filter::read(&query), None);
    Ok(page(&form))
}

pub(super) async fn show(
    viewer: CurrentUser,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Response<Body>, PageError> {
    let profile = find(&viewer, &id)?;
    let draft = Draft::of(&profile);
    Ok(page(&FormPage::new(&viewer, &Place::Known(profile), &draft, &Filter::read(&query), None)))
}

pub(super) async fn make(viewer: CurrentUser, Form(fields): Form) -> Result<Response<Body>, PageError> {
    allow_creating(&viewer)?;
    let from = fields.text("from").map(|id| find(&viewer, id)).transpose()?;
    Sent::new(&viewer, Place::New { from }, &fields).answer().await
}

pub(super) async fn change(
    viewer: CurrentUser,
    Path(id): Path<String>,
    Form(fields): Form,
) -> Result<Response<Body>, PageError> {
    let profile = find(&viewer, &id)?;
    Sent::new(&viewer, Place::Known(profile), &fields).answer().await
}

fn allow_creating(viewer: &CurrentUser) -> Result<(), PageError> {
    match viewer.authorize(Act::CreateSecurityProfile, &Target::Instance) {
        // Creating may be possible within a scope; saving checks that.
        Ok(()) | Err(Refusal::OutOfScope { .. }) => Ok(()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// A submitted form.
struct Sent<'a> {
    viewer: &'a CurrentUser,
    place: Place,
    fields: &'a Fields,
    draft: Draft,
    filter: Filter,
    /// The modification time of the profile when the form was opened.
    modified: Option<Timestamp>,
}

impl<'a> Sent<'a> {
    fn new(viewer: &'a CurrentUser, place: Place, fields: &'a Fields) -> Self {
        let modified = fields.raw("modified").parse().ok().map(Timestamp::from_millis);
        Self { viewer, place, fields, draft: Draft::read(fields), filter: Filter::read(fields), modified }
    }

    /// Performs the action of the pressed button. Actions other than saving render the form again.
    async fn answer(mut self) -> Result<Response<Body>, PageError> {
        if self.fields.has("tick") {
            self.tick_all();
            return Ok(page(&self.form()));
        }
        if let Some(name) = self.fields.text("untick") {
            self.untick(&draft::set(name));
            return Ok(page(&self.form()));
        }
        if let Some(condition) = self.fields.text("uncondition") {
            self.draft.drop_condition(condition);
            self.draft.settle();
            return Ok(page(&self.form()));
        }
        match self.fields.raw("do") {
            "save" | "confirm" => self.save().await,
            "condition" => {
                self.draft.settle();
                match self.draft.add_condition() {
                    Ok(()) => Ok(page(&self.form())),
                    Err(problem) => Ok(self.unconditional(problem)),
                }
            }
            "copy" => self.copy(),
            "convert" => {
                self.convert();
                Ok(page(&self.form()))
            }
            _ => {
                self.draft.settle();
                Ok(page(&self.form()))
            }
        }
    }

    fn form(&self) -> FormPage {
        FormPage::new(self.viewer, &self.place, &self.draft, &self.filter, self.modified)
    }

    /// Selects the visible permissions of a row or a group, or clears them if all are selected.
    fn tick_all(&mut self) {
        let default = self.place.default();
        let state = State {
            conditions: &self.draft.conditions,
            ticked: &self.draft.ticked,
            needed: &self.draft.needed,
            default: default.as_ref(),
            filter: &self.filter,
            open: false,
        };
        let own = grid::selectable(&state, self.fields.raw("tick"));
        self.draft.ticked = match own.is_subset(&self.draft.ticked) {
            true => self.draft.ticked.difference(&own),
            false => self.draft.ticked.union(&own),
        };
        // Selected permissions count as chosen, even if others require them.
        self.draft.needed = self.draft.needed.intersection(&self.draft.ticked).difference(&own);
        self.draft.settle();
    }

    /// Clears permissions, and those that require them.
    fn untick(&mut self, gone: &PermissionSet) {
        let stays = |permission: &floorkey::Permission| {
            !gone.contains(*permission) && catalogue().requires(*permission).intersection(gone).is_empty()
        };
        self.draft.ticked = self.draft.ticked.iter().filter(stays).collect();
        self.draft.settle();
    }

    /// Replaces legacy permissions with newer ones.
    fn convert(&mut self) {
        for (old, newer) in catalogue().legacy() {
            if self.draft.ticked.contains(*old) {
                self.draft.ticked.remove(*old);
                self.draft.needed.remove(*old);
                self.draft.ticked = self.draft.ticked.union(newer);
            }
        }
        self.draft.settle();
    }

    /// Shows the draft as a new profile.
    fn copy(mut self) -> Result<Response<Body>, PageError> {
        allow_creating(self.viewer)?;
        self.draft.settle();
        let from = match &self.place {
            Place::Known(profile) => Some(profile.clone()),
            Place::New { from } => from.clone(),
        };
        let draft = copy_of(self.viewer, self.draft);
        Ok(page(&FormPage::new(self.viewer, &Place::New { from }, &draft, &self.filter, None)))
    }

    async fn save(mut self) -> Result<Response<Body>, PageError> {
        if let Some(note) = self.doubts() {
            let mut form = self.form();
            form.notes.push(note);
            return Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &form));
        }
        let came_along = self.draft.held().difference(&self.draft.ticked);
        self.draft.settle();
        if let Err(problem) = self.draft.add_condition() {
            return Ok(self.unconditional(problem));
        }
        let errors = Errors::in_form(&self.draft);
        if !errors.is_empty() {
            return Ok(self.wrong(StatusCode::UNPROCESSABLE_ENTITY, errors));
        }
        let (id, command) = match &self.place {
            Place::New { from } => {
                let id = SecurityProfileId::from_bits(outside::id());
                (id, Some(save::create(&self.draft, id, from.as_deref())))
            }
            Place::Known(profile) => {
                let modified = self.modified.unwrap_or(profile.modified);
                (profile.id, save::update(&self.draft, profile, modified))
            }
        };
        let Some(mut command) = command else {
            let flash = Flash::info("Nothing was changed, so nothing was saved.");
            return Ok(self.viewer.context.redirect_with_flash(&address(id), &flash));
        };
        let confirms = self.fields.raw("do") == "confirm";
        if confirms && self.fields.has("replace_credentials") {
            command = save::replacing(command, id);
        }
        let planned = match self.viewer.plan(&command) {
            Ok(planned) => planned,
            // Executing the command fails too, and records the attempt in the audit log.
            Err(_) => return self.carry_out(id, command, &came_along).await,
        };
        if !confirms {
            let offer = self.offer(id, &planned, &command);
            let review = review::ReviewPage::new(self.viewer, &self.place, &self.draft, self.modified, &planned, offer);
            if let Some(review) = review {
                return Ok(page(&review));
            }
        }
        self.carry_out(id, command, &came_along).await
    }

    /// Names the users whose credentials can be replaced in the same transaction: users with this profile whose
    /// credentials could be known to another user with less access. Returns `None` if there are none, if the change
    /// does not widen the profile, or if the viewer cannot replace them.
    fn offer(&self, id: SecurityProfileId, planned: &Planned, command: &Command) -> Option<String> {
        let (before, after) = (self.viewer.directory.profile(id)?, planned.next.profile(id)?);
        let (had, has) = (self.viewer.directory.grants(id)?, planned.next.grants(id)?);
        let lifts = !had.limits.difference(&has.limits).is_empty();
        if !lifts && has.beyond(had).is_empty() && after.assignable.is_subset(&before.assignable) {
            return None;
        }
        let users: Vec<UserId> =
            floorkey::exposed_users(&planned.next, Some(id), self.viewer.now).into_keys().collect();
        let is_possible = !users.is_empty() && self.viewer.plan(&save::replacing(command.clone(), id)).is_ok();
        is_possible.then(|| guard_flags::user_names(self.viewer, &users, users.len() as u64))
    }

    async fn carry_out(
        self,
        id: SecurityProfileId,
        command: Command,
        came_along: &PermissionSet,
    ) -> Result<Response<Body>, PageError> {
        match self.viewer.execute(command).await {
            Ok(done) => {
                let mut text = saved(&self.draft.name, matches!(self.place, Place::New { .. }), came_along);
                text.push_str(&text::credentials_replaced_note(done.credentials_replaced));
                let flash = Flash::good(text).undo(done.revision);
                Ok(self.viewer.context.redirect_with_flash(&address(id), &flash))
            }
            Err(Failure::Refused(refusal)) => match (innermost(&refusal), &self.place) {
                (Refusal::Stale { .. }, Place::Known(profile)) => {
                    let now = self.viewer.app().service.engine().current(self.viewer.instance());
                    let now = now.and_then(|directory| directory.profile(profile.id).cloned());
                    self.stale(now).await
                }
                (
                    Refusal::NotPermitted { .. }
                    | Refusal::OutOfScope { .. }
                    | Refusal::Restricted { .. }
                    | Refusal::SignatureUsed
                    | Refusal::NotFresh { .. }
                    | Refusal::CredentialsEnded,
                    _,
                ) => Err(refusal.into()),
                (Refusal::Guard(_) | Refusal::LastAdministrator { .. } | Refusal::Duplicate { .. }, _) => {
                    let errors = Errors::of(&refusal, &self.draft);
                    Ok(self.wrong(StatusCode::CONFLICT, errors))
                }
                _ => {
                    let errors = Errors::of(&refusal, &self.draft);
                    Ok(self.wrong(StatusCode::UNPROCESSABLE_ENTITY, errors))
                }
            },
            Err(failure) => Err(failure.into()),
        }
    }

    /// Renders the form with errors beside its fields.
    fn wrong(&self, status: StatusCode, errors: Errors) -> Response<Body> {
        let mut form = self.form();
        if let Some(text) = &errors.whole {
            form.notes.push(Note::new("bad", "Not saved", text.clone()));
        } else {
            form.notes.push(Note::new(
                "bad",
                "Not saved",
                "Something below needs another look; nothing you typed is lost.",
            ));
        }
        form.errors = errors;
        page_with(status, &form)
    }

    /// Renders the form with an error about the condition that is being added.
    fn unconditional(&self, problem: String) -> Response<Body> {
        self.wrong(StatusCode::UNPROCESSABLE_ENTITY, Errors { conditions: Some(problem), ..Errors::default() })
    }

    /// Renders the form after an edit conflict, with the other changes.
    async fn stale(self, now: Option<Arc<SecurityProfile>>) -> Result<Response<Body>, PageError> {
        let Some(now) = now else { return Err(PageError::NotFound("security profile any more".to_owned())) };
        let note = stale::note(self.viewer, &now, self.modified).await?;
        let place = Place::Known(now.clone());
        let mut form = FormPage::new(self.viewer, &place, &self.draft, &self.filter, Some(now.modified));
        form.notes.push(note);
        Ok(page_with(StatusCode::CONFLICT, &form))
    }

    /// Returns a note that requires confirmation if a permission was cleared although a selected one requires it, or if
    /// a newly selected permission selects others by default. With JavaScript, the page has already handled the latter.
    fn doubts(&mut self) -> Option<Note> {
        let was = draft::set(self.fields.raw("was"));
        let gone = was.difference(&self.draft.ticked).intersection(&self.draft.held());
        if !gone.is_empty() {
            return Some(self.unticked(&gone));
        }
        let fresh = self.draft.ticked.difference(&was);
        let live = self.fields.has("live");
        let edges = catalogue().dependencies().iter().filter(|edge| edge.strength == Strength::DefaultOn);
        let added: Vec<_> = edges
            .filter(|edge| !live && fresh.contains(edge.permission) && !self.draft.ticked.contains(edge.requires))
            .collect();
        if added.is_empty() {
            return None;
        }
        let words: Vec<String> = added.iter().map(|edge| text::permission(edge.requires)).collect();
        let mut note = Note::new(
            "info",
            format!("{} ticked as well", text::join_names(&words, 3)),
            "Nothing is saved yet. Untick what is not wanted, and save again.",
        );
        note.lines = added.iter().map(|edge| edge.because.clone()).collect();
        self.draft.ticked = added.iter().fold(self.draft.ticked, |mut set, edge| {
            set.insert(edge.requires);
            set
        });
        self.draft.settle();
        Some(note)
    }

    fn unticked(&mut self, gone: &PermissionSet) -> Note {
        let needing: PermissionSet = self
            .draft
            .ticked
            .iter()
            .filter(|permission| !catalogue().requires(*permission).intersection(gone).is_empty())
            .collect();
        let (gone_words, needing_words) = (worded(gone), worded(&needing));
        let mut note = Note::new(
            "warn",
            format!("{gone_words}: still needed"),
            format!("{needing_words} can't go without. Nothing is saved yet; it is ticked again for now."),
        );
        note.buttons.push(("untick", draft::names(gone), format!("Untick {needing_words} too")));
        self.draft.settle();
        note
    }
}

/// Lists the names of permissions.
fn worded(set: &PermissionSet) -> String {
    text::join_names(&set.iter().map(text::permission).collect::<Vec<_>>(), 4)
}

/// Gives the draft a name that is not in use.
fn copy_of(viewer: &CurrentUser, draft: Draft) -> Draft {
    let of = |number: usize| match number {
        1 => format!("Copy of {}", draft.name),
        number => format!("Copy {number} of {}", draft.name),
    };
    let free = (1..100).map(of).find(|name| viewer.directory.profile_by_name(name).is_none());
    Draft { name: free.unwrap_or_default(), ..draft }
}

fn saved(name: &str, is_new: bool, came_along: &PermissionSet) -> String {
    let mut text = match is_new {
        true => format!("The security profile “{name}” is there. Nobody holds it yet."),
        false => format!("The security profile “{name}” is saved."),
    };
    if !came_along.is_empty() {
        let came = if came_along.len() == 1 { "came" } else { "also came" };
        text.push_str(&format!(" {} {came} along, because something you chose needs it.", worded(came_along)));
    }
    text
}
