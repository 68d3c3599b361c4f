//! The signed-in user of a request, resolved once from the session cookie.

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
use super::page_error::Problem;
use super::session;
use crate::ConsoleState;
use floorkey_service::failure::Failure;
use floorkey_service::outside;
use floorkey_service::service::Done;

/// The cookie that records that the choice of the guard's mode was postponed in this browser.
const GUARD_PUT_OFF: &str = "floorkey-guard-later";

/// The maximum length of a user agent, in characters.
const AGENT_CHARS_MAX: usize = 256;

/// The client of a request and its signed-in user, if any.
#[derive(Clone)]
pub(crate) struct Visitor {
    /// The network address of the client.
    pub(crate) client: IpAddr,
    /// The user agent.
    pub(crate) agent: String,
    /// The path and query of the request.
    pub(crate) here: String,
    /// The theme chosen in this browser.
    pub(crate) theme: Option<Theme>,
    /// Whether the choice of the escalation guard's mode was postponed in this browser.
    pub(crate) guard_put_off: bool,
    /// The flash message of the previous page.
    pub(crate) flash: Option<Flash>,
    /// The signed-in user.
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
    /// Resolves the client and the session of a request.
    ///
    /// # Errors
    /// A failure to read from the store.
    pub(crate) async fn identify(app: &Arc<ConsoleState>, parts: &Parts, client: IpAddr) -> Result<Self, Failure> {
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

    /// Whether a user is signed in.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.signed_in.is_some()
    }

    async fn signed_in(app: &ConsoleState, cookie: &str) -> Result<Option<SignedIn>, StoreError> {
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

/// A request for a page that does not require a session.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) app: Arc<ConsoleState>,
    pub(crate) visitor: Visitor,
}

impl Visit {
    /// Sets a cookie that postpones the choice of the guard's mode until the browser is closed.
    pub(crate) fn put_off_guard(&self, mut response: Response<Body>) -> Response<Body> {
        add_cookie(&mut response, &session::private(self.app.is_secure(), GUARD_PUT_OFF, "1".to_owned()));
        response
    }

    /// The actor of an unauthenticated request, for the audit log.
    pub(crate) fn nobody(&self) -> Actor {
        Actor {
            principal: Principal::System,
            request_id: uuid::Uuid::from_u128(outside::id()).to_string(),
            address: Some(self.visitor.client.to_string()),
            agent: Some(self.visitor.agent.clone()),
            security_epoch: None,
            signature: None,
        }
    }

    /// The actor for a user who is authenticating, with the security epoch for which their proof was accepted.
    pub(crate) fn acting(&self, user: UserId, epoch: u64) -> Actor {
        let principal = Principal::User { id: user, via: Via::Session { fresh: true } };
        Actor { principal, security_epoch: Some(epoch), ..self.nobody() }
    }

    /// Returns the signed-in user, even if they must still change a temporary password.
    pub(crate) fn newcomer(&self) -> Option<Viewer> {
        let SignedIn { directory, user, session, now } = self.visitor.signed_in.clone()?;
        let fresh = session::is_fresh(&session, now);
        let principal = Principal::User { id: user.id, via: Via::Session { fresh } };
        Some(Viewer { visit: self.clone(), directory, principal, user, session, now, fresh })
    }
}

/// A signed-in user.
#[derive(Clone)]
pub(crate) struct Viewer {
    pub(crate) visit: Visit,
    /// The directory at the time of the request.
    pub(crate) directory: Arc<Directory>,
    pub(crate) principal: Principal,
    pub(crate) user: Arc<User>,
    pub(crate) session: Arc<Session>,
    /// The time of the request.
    pub(crate) now: Timestamp,
    /// Whether the user signed in or confirmed their identity recently.
    pub(crate) fresh: bool,
}

/// A signed-in user who may still have to change a temporary password.
pub(crate) struct Newcomer(pub(crate) Viewer);

impl Viewer {
    pub(crate) fn app(&self) -> &Arc<ConsoleState> {
        &self.visit.app
    }

    pub(crate) fn instance(&self) -> InstanceId {
        self.directory.instance()
    }

    pub(crate) fn principal(&self) -> Principal {
        self.principal.clone()
    }

    /// What the viewer can see of each record. Every page filters its content by it.
    pub(crate) fn visibility(&self) -> visibility::Viewer<'_> {
        visibility::Viewer::new(&self.directory, &self.principal, self.now)
    }

    /// The same for the directory that a planned change would produce.
    pub(crate) fn visibility_in<'a>(&'a self, planned: &'a Directory) -> visibility::Viewer<'a> {
        visibility::Viewer::new(planned, &self.principal, self.now)
    }

    /// The actor for commands and the audit log.
    pub(crate) fn actor(&self) -> Actor {
        Actor { principal: self.principal(), security_epoch: Some(self.session.epoch), ..self.visit.nobody() }
    }

    /// Checks whether the viewer can perform the operation on the target.
    ///
    /// # Errors
    /// The reason for the refusal.
    pub(crate) fn authorize(&self, act: Act, target: &Target<'_>) -> Result<(), Refusal> {
        floorkey::authorize(&self.directory, &self.principal(), act, target, self.now)?;
        // Only the use of read operations is recorded here: pages call this for changing operations to decide what to
        // offer, and those are recorded when they are performed.
        self.reads(act);
        Ok(())
    }

    /// Records the use of the permissions that a read operation requires.
    pub(crate) fn reads(&self, act: Act) {
        self.app().service.usage().looked(&self.directory, &self.principal(), act, None, self.now);
    }

    /// Whether the viewer can perform the operation on the target.
    pub(crate) fn may(&self, act: Act, target: &Target<'_>) -> bool {
        floorkey::authorize(&self.directory, &self.principal(), act, target, self.now).is_ok()
    }

    /// Whether the viewer has a permission for at least some resources, by its API name.
    pub(crate) fn holds(&self, permission: &str) -> bool {
        let grants = self.directory.grants_at(&self.user, self.now);
        self.user.enabled
            && Permission::parse(permission).is_ok_and(|permission| grants.anywhere().contains(permission))
    }

    /// Executes a command as the viewer.
    ///
    /// # Errors
    /// A failure; nothing has changed.
    pub(crate) async fn execute(&self, command: Command) -> Result<Done, Failure> {
        self.app().service.execute(self.instance(), self.actor(), command).await
    }

    /// Plans a command against the directory of this request without executing it.
    ///
    /// # Errors
    /// The refusal that the command would return.
    pub(crate) fn plan(&self, command: &Command) -> Result<floorkey::Planned, Refusal> {
        floorkey::plan(&self.directory, &self.actor(), command, self.now)
    }
}

impl FromRequestParts<Arc<ConsoleState>> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<ConsoleState>) -> Result<Self, Problem> {
        let visitor = parts.extensions.get::<Visitor>().cloned();
        Ok(Self { app: app.clone(), visitor: visitor.ok_or(Problem::SignIn)? })
    }
}

impl FromRequestParts<Arc<ConsoleState>> for Newcomer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<ConsoleState>) -> Result<Self, Problem> {
        let visit = Visit::from_request_parts(parts, app).await?;
        visit.newcomer().map(Self).ok_or(Problem::SignIn)
    }
}

impl FromRequestParts<Arc<ConsoleState>> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<ConsoleState>) -> Result<Self, Problem> {
        let Newcomer(viewer) = Newcomer::from_request_parts(parts, app).await?;
        match viewer.user.password {
            floorkey::user::PasswordState::OneTime => Err(Problem::ChoosePassword),
            _ => Ok(viewer),
        }
    }
}
