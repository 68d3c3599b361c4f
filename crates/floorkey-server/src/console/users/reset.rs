//! Other passwords for many users: made here, shown once, to be changed at the first sign-in.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::Path;
use floorkey::{Act, Command, NewPassword, Opaque, User, UserId};
use floorkey_store::user_bucket;
use http::{HeaderValue, Response, StatusCode, header};

use super::super::fields::{Form, Query};
use super::super::layout::{Layout, lead_to, page, page_with};
use super::super::problem::{Problem, sentence};
use super::super::viewer::Viewer;
use super::super::words;
use super::acts::signed_in;
use super::review::{not_permitted, review};
use super::roster::Rosters;
use super::selection::{Selection, select};
use super::work::{Progress, Slip, Task, Works};
use crate::failure::Failure;
use crate::passwords::Password;

#[derive(Template)]
#[template(path = "users/reset.html")]
struct ResetPage {
    layout: Layout,
    who: String,
    names: String,
    signed_in: Option<String>,
    keys: usize,
    revoke: bool,
    guard: Vec<String>,
    selection: Vec<(String, String)>,
    mark: String,
    back: String,
    /// Whether the viewer was selected too, and is left out.
    without_you: bool,
    stale: bool,
    problem: Option<String>,
}

pub(super) async fn form(
    viewer: Viewer,
    Extension(rosters): Extension<Arc<Rosters>>,
    Query(query): Query,
) -> Result<Response<Body>, Problem> {
    let selection = without_oneself(&viewer, select(&viewer, &rosters, &query).await?);
    match selection.nobody(&viewer) {
        Some(response) => Ok(response),
        None => look(&viewer, &selection, true, false).await,
    }
}

pub(super) async fn submit(
    viewer: Viewer,
    Extension(rosters): Extension<Arc<Rosters>>,
    Extension(works): Extension<Arc<Works>>,
    Form(fields): Form,
) -> Result<Response<Body>, Problem> {
    let selection = without_oneself(&viewer, select(&viewer, &rosters, &fields).await?);
    if let Some(response) = selection.nobody(&viewer) {
        return Ok(response);
    }
    let revoke = fields.has("revoke");
    if fields.raw("mark") != selection.mark() {
        return look(&viewer, &selection, revoke, fields.has("mark")).await;
    }
    let users: Vec<UserId> = selection.users.iter().map(|user| user.id).collect();
    // Nobody can keep the server hashing by asking for what is refused anyhow.
    let dry = command(&users, revoke, users.iter().map(|_| Some(blank())).collect());
    if let Err(failure) = review(&viewer, dry).await {
        return match failure {
            Failure::Refused(refusal) => {
                let (service, actor) = (&viewer.app().service, viewer.actor());
                let targets = Vec::new();
                service.refuse(viewer.instance(), actor, Act::ResetUserPasswords, targets, refusal).await;
                look(&viewer, &selection, revoke, false).await
            }
            failure => Err(failure.into()),
        };
    }
    let slips = selection.users.iter().map(slip).collect();
    // A lockout ends with the password that people failed at.
    let buckets: Vec<_> = users.iter().map(|user| user_bucket(viewer.instance(), *user)).collect();
    let task = Task {
        title: format!("One-time {}", if users.len() == 1 { "password" } else { "passwords" }),
        back: selection.back.clone(),
        slips,
        unlock: buckets,
        invite: Vec::new(),
        command: Box::new(move |passwords| command(&users, revoke, passwords)),
    };
    Ok(lead_to(&works.begin(&viewer, task)?))
}

/// Nobody gets a one-time password for themselves: it would sign them out before it is shown.
fn without_oneself(viewer: &Viewer, mut selection: Selection) -> Selection {
    selection.users.retain(|user| user.id != viewer.user.id);
    selection
}

/// A slip with a new one-time password.
fn slip(user: &Arc<User>) -> Slip {
    Slip { name: user.display_name(), login: user.username.clone(), password: Some(Password::one_time()) }
}

/// What stands for a password that is not hashed yet.
pub(super) fn blank() -> NewPassword {
    NewPassword { hash: Opaque::new(Vec::new()), one_time: true }
}

fn command(users: &[UserId], revoke_access_keys: bool, passwords: Vec<Option<NewPassword>>) -> Command {
    let reset = |(user, password): (&UserId, Option<NewPassword>)| {
        password.map(|password| Command::ResetUserPassword { user: *user, password, revoke_access_keys })
    };
    Command::Batch { act: Act::ResetUserPasswords, commands: users.iter().zip(passwords).filter_map(reset).collect() }
}

async fn look(viewer: &Viewer, selection: &Selection, revoke: bool, stale: bool) -> Result<Response<Body>, Problem> {
    let users: Vec<_> = selection.users.iter().collect();
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let tried = review(viewer, command(&ids, revoke, ids.iter().map(|_| Some(blank())).collect())).await;
    let (guard, problem) = match &tried {
        Ok(outcome) => (outcome.guard(), None),
        Err(failure) => match not_permitted(failure) {
            Some(refusal) => return Err(refusal.into()),
            None => (Vec::new(), Some(sentence(failure))),
        },
    };
    let status = if problem.is_some() || stale { StatusCode::CONFLICT } else { StatusCode::OK };
    let own = viewer.user.id.to_string();
    let page = ResetPage {
        layout: viewer.layout(format!("Reset the password of {}", selection.words())),
        who: selection.words(),
        names: selection.names(),
        signed_in: signed_in(viewer, &users).await?,
        keys: ids.iter().map(|user| viewer.directory.access_keys_of(*user).count()).sum(),
        revoke,
        guard,
        selection: selection.fields.clone(),
        mark: if problem.is_some() { String::new() } else { selection.mark() },
        back: selection.back.clone(),
        without_you: selection.fields.iter().any(|(name, value)| name == "user" && *value == own),
        stale,
        problem,
    };
    Ok(page_with(status, &page))
}

#[derive(Template)]
#[template(path = "users/work.html")]
struct WorkPage {
    layout: Layout,
    title: String,
    back: String,
    total: usize,
    done: usize,
    failed: Option<String>,
}

#[derive(Template)]
#[template(path = "users/slips.html")]
struct SlipsPage {
    layout: Layout,
    title: String,
    back: String,
    count: String,
    address: String,
    slips: Vec<ShownSlip>,
}

struct ShownSlip {
    number: usize,
    name: String,
    login: String,
    password: Option<zeroize::Zeroizing<String>>,
}

/// How far the work is, or what came of it.
pub(super) async fn work(
    viewer: Viewer,
    Extension(works): Extension<Arc<Works>>,
    Path(id): Path<String>,
) -> Result<Response<Body>, Problem> {
    let Some(work) = works.of(&viewer, &id) else {
        let text = "This was shown already, or it was too long ago: passwords are shown once. Reset them again if you \
                    still need them.";
        return Err(Problem::Wrong(StatusCode::GONE, text.to_owned()));
    };
    let (title, back, total) = (work.title.clone(), work.back.clone(), work.total);
    match work.progress(viewer.now) {
        Progress::Running(done) => {
            let layout = viewer.layout(format!("{done} of {total}"));
            let mut response = page(&WorkPage { layout, title, back, total, done, failed: None });
            response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("1"));
            Ok(response)
        }
        Progress::Failed(problem) => {
            let layout = viewer.layout(title.clone());
            let page = WorkPage { layout, title, back, total, done: 0, failed: Some(problem) };
            Ok(page_with(StatusCode::CONFLICT, &page))
        }
        Progress::Ready(slips) => {
            let shown = |(slip, number): (Slip, usize)| ShownSlip {
                number,
                name: slip.name,
                login: slip.login,
                password: slip.password.map(|password| zeroize::Zeroizing::new(password.reveal().to_owned())),
            };
            let alias = viewer.directory.settings().alias.clone();
            let several = viewer.app().service.engine().all().len() > 1;
            let path = alias.filter(|_| several).map(|alias| format!("/{alias}")).unwrap_or_default();
            Ok(page(&SlipsPage {
                layout: viewer.layout(title.clone()),
                title,
                back,
                count: words::count(total, "user"),
                address: format!("{}/connect/login{path}", viewer.app().public_url),
                slips: slips.into_iter().zip(1..).map(shown).collect(),
            }))
        }
    }
}
