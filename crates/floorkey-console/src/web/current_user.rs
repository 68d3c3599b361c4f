//! The signed-in user of a request, resolved once from the session cookie.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::FromRequestParts;
use floorkey::visibility;
use floorkey::{
    Action, Actor, Authentication, Command, Directory, InstanceId, Permission, Principal, Refusal, Target, Timestamp,
    User, UserId,
};
use floorkey_store::{Session, StoreError};
use http::request::Parts;
use http::{Response, header};

use super::flash::Flash;
use super::layout::{Theme, add_cookie};
use super::page_error::PageError;
use super::preferences::Preferences;
use super::session;
use crate::ConsoleState;
use floorkey_service::failure::Failure;
use floorkey_service::service::CommandResult;
use floorkey_service::{clock, entropy};

/// The name of the cookie that records that the user postponed the choice of the escalation guard's mode.
const GUARD_POSTPONED: &str = "floorkey-guard-later";

/// The maximum length of a user agent, in characters.
const USER_AGENT_CHARS_MAX: usize = 256;

/// The client that sent a request, and the signed-in user if there is one.
#[derive(Clone)]
pub(crate) struct ClientInfo {
    /// The network address of the client.
    pub(crate) address: IpAddr,
    /// The user agent string of the client.
    pub(crate) user_agent: String,
    /// The path and query of the request.
    pub(crate) current_path: String,
    /// The color theme that was chosen in this browser.
    pub(crate) theme: Option<Theme>,
    /// Whether the choice of the escalation guard's mode was postponed in this browser.
    pub(crate) guard_postponed: bool,
    /// The flash message that the previous response set.
    pub(crate) flash: Option<Flash>,
    /// The number of unread notifications. `None` if the user gets none, or if no user is signed in.
    pub(crate) unread: Option<usize>,
    /// The signed-in user. `None` if no user is signed in.
    signed_in: Option<SignedIn>,
}

#[derive(Clone)]
struct SignedIn {
    directory: Arc<Directory>,
    user: Arc<User>,
    session: Arc<Session>,
    preferences: Arc<Preferences>,
    now: Timestamp,
}

impl ClientInfo {
    /// Resolves the client and the session of a request.
    ///
    /// # Errors
    /// Returns an error if the store fails.
    pub(crate) async fn identify(app: &Arc<ConsoleState>, parts: &Parts, address: IpAddr) -> Result<Self, Failure> {
        let header_text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut client = Self {
            address,
            user_agent: header_text(header::USER_AGENT).chars().take(USER_AGENT_CHARS_MAX).collect(),
            current_path: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            theme: session::request_cookie(&parts.headers, Theme::COOKIE).and_then(|value| Theme::parse(&value)),
            guard_postponed: session::request_cookie(&parts.headers, GUARD_POSTPONED).is_some(),
            flash: session::request_cookie(&parts.headers, Flash::COOKIE)
                .and_then(|sealed| Flash::open(&app.sealer, &sealed)),
            unread: None,
            signed_in: None,
        };
        if let Some(value) = session::request_cookie(&parts.headers, session::cookie_name(app.is_secure())) {
            client.signed_in = Self::signed_in(app, &value).await?;
        }
        Ok(client)
    }

    /// Whether a user is signed in.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.signed_in.is_some()
    }

    async fn signed_in(app: &ConsoleState, cookie: &str) -> Result<Option<SignedIn>, StoreError> {
        let Some(hash) = session::token_hash(cookie) else { return Ok(None) };
        let Some(session) = app.service.store().session(&hash).await? else { return Ok(None) };
        let Some(directory) = app.service.engine().current(session.instance) else { return Ok(None) };
        let Some(user) = directory.user(session.user).cloned() else { return Ok(None) };
        let now = clock::now();
        if !session::is_valid(&session, &user, now) {
            return Ok(None);
        }
        if session::is_touch_due(&session, now) {
            app.service.store().update_last_use(&hash, now).await?;
            app.activity.record_activity(session.instance, user.id, now);
        }
        let preferences = Arc::new(Preferences::load(app, session.instance, session.user).await?);
        Ok(Some(SignedIn { directory, user, session: Arc::new(session), preferences, now }))
    }
}

/// A request for a page that does not require a session.
#[derive(Clone)]
pub(crate) struct RequestContext {
    pub(crate) app: Arc<ConsoleState>,
    pub(crate) client: ClientInfo,
}

impl RequestContext {
    /// Sets a cookie that postpones the choice of the escalation guard's mode until the browser is closed.
    pub(crate) fn postpone_guard(&self, mut response: Response<Body>) -> Response<Body> {
        add_cookie(&mut response, &session::http_only_cookie(self.app.is_secure(), GUARD_POSTPONED, "1".to_owned()));
        response
    }

    /// Returns the actor of an unauthenticated request, for the audit log.
    pub(crate) fn anonymous_actor(&self) -> Actor {
        Actor {
            principal: Principal::System,
            request_id: uuid::Uuid::from_u128(entropy::random_id()).to_string(),
            address: Some(self.client.address.to_string()),
            user_agent: Some(self.client.user_agent.clone()),
            security_epoch: None,
            signature: None,
        }
    }

    /// Returns the actor for a user who is authenticating. `epoch` is the user's security epoch when the user proved
    /// their identity.
    pub(crate) fn authenticating_actor(&self, user: UserId, epoch: u64) -> Actor {
        let principal =
            Principal::User { id: user, authentication: Authentication::Session { recently_authenticated: true } };
        Actor { principal, security_epoch: Some(epoch), ..self.anonymous_actor() }
    }

    /// Returns the signed-in user, even if they must still change a temporary password.
    pub(crate) fn signed_in_user(&self) -> Option<CurrentUser> {
        let SignedIn { directory, user, session, preferences, now } = self.client.signed_in.clone()?;
        let has_recent_sign_in = session::is_recent(&session, now);
        let principal = Principal::User {
            id: user.id,
            authentication: Authentication::Session { recently_authenticated: has_recent_sign_in },
        };
        let context = self.clone();
        Some(CurrentUser { context, directory, principal, user, session, preferences, now, has_recent_sign_in })
    }
}

/// A signed-in user.
#[derive(Clone)]
pub(crate) struct CurrentUser {
    pub(crate) context: RequestContext,
    /// The directory of the user's instance at the time of the request.
    pub(crate) directory: Arc<Directory>,
    pub(crate) principal: Principal,
    pub(crate) user: Arc<User>,
    pub(crate) session: Arc<Session>,
    /// The user's preferences at the time of the request.
    pub(crate) preferences: Arc<Preferences>,
    /// The time of the request.
    pub(crate) now: Timestamp,
    /// Whether the user signed in or confirmed their identity recently.
    pub(crate) has_recent_sign_in: bool,
}

/// A signed-in user who may still have to change a temporary password.
pub(crate) struct PartialSession(pub(crate) CurrentUser);

impl CurrentUser {
    pub(crate) fn app(&self) -> &Arc<ConsoleState> {
        &self.context.app
    }

    pub(crate) fn instance(&self) -> InstanceId {
        self.directory.instance()
    }

    pub(crate) fn principal(&self) -> Principal {
        self.principal.clone()
    }

    /// Returns the rules that determine which records the viewer can see. Pages show only these records.
    pub(crate) fn visibility(&self) -> visibility::Viewer<'_> {
        visibility::Viewer::new(&self.directory, &self.principal, self.now)
    }

    /// Returns the same rules as [`Self::visibility`], but for the directory that a planned change would produce.
    pub(crate) fn visibility_in<'a>(&'a self, planned: &'a Directory) -> visibility::Viewer<'a> {
        visibility::Viewer::new(planned, &self.principal, self.now)
    }

    /// Returns the actor for commands and the audit log.
    pub(crate) fn actor(&self) -> Actor {
        Actor {
            principal: self.principal(),
            security_epoch: Some(self.session.epoch),
            ..self.context.anonymous_actor()
        }
    }

    /// Checks whether the viewer can perform the operation on the target.
    ///
    /// # Errors
    /// Returns a refusal if the viewer can't perform the operation.
    pub(crate) fn authorize(&self, action: Action, target: &Target<'_>) -> Result<(), Refusal> {
        floorkey::authorize(&self.directory, &self.principal(), action, target, self.now)?;
        // This function records only the use of read operations. Pages also call it to decide whether to offer actions
        // that make changes. The use of an operation that makes changes is recorded when the operation is performed.
        self.record_read(action);
        Ok(())
    }

    /// Records the use of the permissions that a read operation requires.
    pub(crate) fn record_read(&self, action: Action) {
        self.app().service.usage().count_read(&self.directory, &self.principal(), action, None, self.now);
    }

    /// Whether the viewer can perform the operation on the target.
    pub(crate) fn can(&self, action: Action, target: &Target<'_>) -> bool {
        floorkey::authorize(&self.directory, &self.principal(), action, target, self.now).is_ok()
    }

    /// Whether the viewer has a permission for at least some resources. `permission` is the permission's API name.
    pub(crate) fn has_permission(&self, permission: &str) -> bool {
        let grants = self.directory.grants_at(&self.user, self.now);
        self.user.enabled
            && Permission::parse(permission).is_ok_and(|permission| grants.all_permissions().contains(permission))
    }

    /// Executes a command as the viewer.
    ///
    /// # Errors
    /// Returns a failure if the command can't be executed. The command then changes nothing.
    pub(crate) async fn execute(&self, command: Command) -> Result<CommandResult, Failure> {
        self.app().service.execute(self.instance(), self.actor(), command).await
    }

    /// Plans a command against the directory of this request without executing it.
    ///
    /// # Errors
    /// Returns a refusal if the command would be refused.
    pub(crate) fn plan(&self, command: &Command) -> Result<floorkey::PlannedChange, Refusal> {
        floorkey::plan(&self.directory, &self.actor(), command, self.now)
    }
}

impl FromRequestParts<Arc<ConsoleState>> for RequestContext {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<ConsoleState>) -> Result<Self, PageError> {
        let client = parts.extensions.get::<ClientInfo>().cloned();
        Ok(Self { app: app.clone(), client: client.ok_or(PageError::SignIn)? })
    }
}

impl FromRequestParts<Arc<ConsoleState>> for PartialSession {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<ConsoleState>) -> Result<Self, PageError> {
        let context = RequestContext::from_request_parts(parts, app).await?;
        context.signed_in_user().map(Self).ok_or(PageError::SignIn)
    }
}

impl FromRequestParts<Arc<ConsoleState>> for CurrentUser {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<ConsoleState>) -> Result<Self, PageError> {
        let PartialSession(viewer) = PartialSession::from_request_parts(parts, app).await?;
        match viewer.user.password {
            floorkey::user::PasswordState::Temporary => Err(PageError::PasswordChangeRequired),
            _ => Ok(viewer),
        }
    }
}
