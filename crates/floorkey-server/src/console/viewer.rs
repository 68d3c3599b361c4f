//! Who looks at a page: found out once for each request, from the session's cookie.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::FromRequestParts;
use floorkey::visibility;
use floorkey::{
    Act, Actor, Command, Directory, InstanceId, Permission, Principal, Refusal, Target, Timestamp, User, UserId, Via,
};
use floorkey_store::{Session, StoreError};
use http::request::Parts;
use http::{Response, header};

use super::flash::Flash;
use super::layout::{Theme, add_cookie};
use super::problem::Problem;
use super::session;
use crate::app::App;
use crate::failure::Failure;
use crate::outside;
use crate::service::Done;

/// The cookie of a browser in which the choice of the guard was put off.
const GUARD_PUT_OFF: &str = "floorkey-guard-later";

/// Characters of what a browser calls itself that are kept.
const AGENT_CHARS_MAX: usize = 256;

/// Where a request comes from, and who is signed in there.
#[derive(Clone)]
pub(super) struct Visitor {
    /// The network address of the client.
    pub(super) client: IpAddr,
    /// What the browser calls itself.
    pub(super) agent: String,
    /// The address of the page, with its query.
    pub(super) here: String,
    /// The colours that were chosen in this browser.
    pub(super) theme: Option<Theme>,
    /// Whether the choice of the escalation guard's mode was put off in this browser.
    pub(super) guard_put_off: bool,
    /// What the last page left to say.
    pub(super) flash: Option<Flash>,
    /// Who is signed in.
    signed_in: Option<SignedIn>,
}

#[derive(Clone)]
struct SignedIn {
    directory: Arc<Directory>,
    user: Arc<User>,
    session: Arc<Session>,
    now: Timestamp,
}

impl Visitor {
    /// Finds out who sends a request.
    ///
    /// # Errors
    /// What the store can't read.
    pub(super) async fn identify(app: &Arc<App>, parts: &Parts, client: IpAddr) -> Result<Self, Failure> {
        let said = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut visitor = Self {
            client,
            agent: said(header::USER_AGENT).chars().take(AGENT_CHARS_MAX).collect(),
            here: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            theme: session::sent(&parts.headers, Theme::COOKIE).and_then(|word| Theme::parse(&word)),
            guard_put_off: session::sent(&parts.headers, GUARD_PUT_OFF).is_some(),
            flash: session::sent(&parts.headers, Flash::COOKIE).and_then(|sealed| Flash::open(&app.sealer, &sealed)),
            signed_in: None,
        };
        if let Some(value) = session::sent(&parts.headers, session::cookie_name(app.is_secure())) {
            visitor.signed_in = Self::signed_in(app, &value).await?;
        }
        Ok(visitor)
    }

    /// Whether somebody is signed in.
    pub(super) fn is_signed_in(&self) -> bool {
        self.signed_in.is_some()
    }

    async fn signed_in(app: &App, cookie: &str) -> Result<Option<SignedIn>, StoreError> {
        let Some(hash) = session::hash_of(cookie) else { return Ok(None) };
        let Some(session) = app.service.store().session(&hash).await? else { return Ok(None) };
        let Some(directory) = app.service.engine().current(session.instance) else { return Ok(None) };
        let Some(user) = directory.user(session.user).cloned() else { return Ok(None) };
        let now = outside::now();
        if !session::holds(&session, &user, now) {
            return Ok(None);
        }
        if session::is_worth_noting(&session, now) {
            app.service.store().touch_session(&hash, now).await?;
            app.activity.seen(session.instance, user.id, now);
        }
        Ok(Some(SignedIn { directory, user, session: Arc::new(session), now }))
    }
}

/// A request for a page that anybody may see.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) app: Arc<App>,
    pub(super) visitor: Visitor,
}

impl Visit {
    /// Has this browser not ask for the guard's mode again until it is closed.
    pub(super) fn put_off_guard(&self, mut response: Response<Body>) -> Response<Body> {
        add_cookie(&mut response, &session::private(self.app.is_secure(), GUARD_PUT_OFF, "1".to_owned()));
        response
    }

    /// Somebody who isn't known, for the audit.
    pub(super) fn nobody(&self) -> Actor {
        Actor {
            principal: Principal::System,
            request_id: uuid::Uuid::from_u128(outside::id()).to_string(),
            address: Some(self.visitor.client.to_string()),
            agent: Some(self.visitor.agent.clone()),
            security_epoch: None,
            signature: None,
        }
    }

    /// A user who is just proving who they are, with the security epoch for which the proof was accepted.
    pub(super) fn acting(&self, user: UserId, epoch: u64) -> Actor {
        let principal = Principal::User { id: user, via: Via::Session { fresh: true } };
        Actor { principal, security_epoch: Some(epoch), ..self.nobody() }
    }

    /// Who is signed in, whether or not they still have to choose a password.
    pub(super) fn newcomer(&self) -> Option<Viewer> {
        let SignedIn { directory, user, session, now } = self.visitor.signed_in.clone()?;
        let fresh = session::is_fresh(&session, now);
        let principal = Principal::User { id: user.id, via: Via::Session { fresh } };
        Some(Viewer { visit: self.clone(), directory, principal, user, session, now, fresh })
    }
}

/// Somebody who is signed in.
#[derive(Clone)]
pub(super) struct Viewer {
    pub(super) visit: Visit,
    /// The instance as it stood when the request came.
    pub(super) directory: Arc<Directory>,
    pub(super) principal: Principal,
    pub(super) user: Arc<User>,
    pub(super) session: Arc<Session>,
    /// When the request came.
    pub(super) now: Timestamp,
    /// Whether they proved who they are within the last minutes.
    pub(super) fresh: bool,
}

/// Somebody who is signed in, and may still have to choose a password of their own.
pub(super) struct Newcomer(pub(super) Viewer);

impl Viewer {
    pub(super) fn app(&self) -> &Arc<App> {
        &self.visit.app
    }

    pub(super) fn instance(&self) -> InstanceId {
        self.directory.instance()
    }

    pub(super) fn principal(&self) -> Principal {
        self.principal.clone()
    }

    /// What the viewer may be shown of each record. Everything on a page asks it.
    pub(super) fn visibility(&self) -> visibility::Viewer<'_> {
        visibility::Viewer::new(&self.directory, &self.principal, self.now)
    }

    /// The same in the directory that a planned change would lead to.
    pub(super) fn visibility_in<'a>(&'a self, planned: &'a Directory) -> visibility::Viewer<'a> {
        visibility::Viewer::new(planned, &self.principal, self.now)
    }

    /// Who acts, for the audit.
    pub(super) fn actor(&self) -> Actor {
        Actor { principal: self.principal(), security_epoch: Some(self.session.epoch), ..self.visit.nobody() }
    }

    /// Asks the engine whether the viewer may do the act to the target.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn authorize(&self, act: Act, target: &Target<'_>) -> Result<(), Refusal> {
        floorkey::authorize(&self.directory, &self.principal(), act, target, self.now)?;
        // Of acts that change something, pages ask what they may offer: those are counted when they are done.
        self.reads(act);
        Ok(())
    }

    /// Counts that the viewer reads something by the permissions that the act asks for.
    pub(super) fn reads(&self, act: Act) {
        self.app().service.usage().looked(&self.directory, &self.principal(), act, None, self.now);
    }

    /// Whether the viewer may do the act to the target.
    pub(super) fn may(&self, act: Act, target: &Target<'_>) -> bool {
        floorkey::authorize(&self.directory, &self.principal(), act, target, self.now).is_ok()
    }

    /// Whether the viewer holds a permission for at least some things, by its name in the catalogue.
    pub(super) fn holds(&self, permission: &str) -> bool {
        let grants = self.directory.grants_at(&self.user, self.now);
        self.user.enabled
            && Permission::parse(permission).is_ok_and(|permission| grants.anywhere().contains(permission))
    }

    /// Has a command carried out in the viewer's name.
    ///
    /// # Errors
    /// A failure; nothing has changed.
    pub(super) async fn execute(&self, command: Command) -> Result<Done, Failure> {
        self.app().service.execute(self.instance(), self.actor(), command).await
    }

    /// Dry-runs a command on the directory as the viewer saw it: what would be written, or why it would be refused.
    ///
    /// # Errors
    /// The refusal that the command would meet.
    pub(super) fn plan(&self, command: &Command) -> Result<floorkey::Planned, Refusal> {
        floorkey::plan(&self.directory, &self.actor(), command, self.now)
    }
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let visitor = parts.extensions.get::<Visitor>().cloned();
        Ok(Self { app: app.clone(), visitor: visitor.ok_or(Problem::SignIn)? })
    }
}

impl FromRequestParts<Arc<App>> for Newcomer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let visit = Visit::from_request_parts(parts, app).await?;
        visit.newcomer().map(Self).ok_or(Problem::SignIn)
    }
}

impl FromRequestParts<Arc<App>> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let Newcomer(viewer) = Newcomer::from_request_parts(parts, app).await?;
        match viewer.user.password {
            floorkey::user::PasswordState::OneTime => Err(Problem::ChoosePassword),
            _ => Ok(viewer),
        }
    }
}
