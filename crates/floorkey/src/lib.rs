//! Security profiles for contact centers. This crate decides in memory which users can perform which actions.
//!
//! A [`Directory`] is an immutable value with the authorization state of one instance. [`Directory::decide`] decides
//! requests; [`plan()`] turns a [`Command`] into a [`Change`] or a [`Refusal`]; and [`Directory::apply`] creates the
//! next directory from a change.
//!
//! This crate does not depend on HTTP, SQL, files, environment variables, a clock, a random number generator or an
//! async runtime. Times, IDs and secrets are parameters. Therefore the crate can be embedded in other programs, and its
//! tests need no setup.

pub mod access_key;
pub mod action;
pub mod api_token;
pub mod application;
pub mod audit;
mod authorization;
pub mod bundle;
pub mod catalog;
mod change;
mod closure;
mod command;
pub mod condition;
pub mod custody;
mod decision;
mod directory;
pub mod finding;
pub mod hierarchy;
mod id;
pub mod inherited;
mod invalid;
pub mod limits;
pub mod login_history;
pub mod lookalike;
mod permission_set;
mod plan;
mod principal;
pub mod profile;
mod record;
mod refusal;
pub mod resource;
pub mod review;
mod revision;
pub mod scope;
pub mod search;
mod secret;
pub mod settings;
pub mod tags;
pub mod text;
mod time;
pub mod user;
pub mod value_revisions;
pub mod visibility;

pub use access_key::{AccessKey, AccessKeyId};
pub use action::Action;
pub use api_token::{ApiToken, TokenScope, TokenSettings, TokenSettingsEdit};
pub use application::{ApplicationResource, RegisteredApplication};
pub use audit::AuditEvent;
pub use authorization::{authorize, can_list, require_administrator};
pub use catalog::{Permission, UnknownPermission, catalog};
pub use change::{AuxiliaryWrite, Change};
pub use closure::{ClosedSet, countable_permissions, effective, with_requirements};
pub use command::{
    Command, FormerLogin, NewPassword, NewResource, NewSecurityProfile, NewUser, SecurityProfileEdit, UndoStep,
};
pub use condition::{AnyPermission, Condition};
pub use decision::{
    ComparedValue, Decision, Explanation, Grant, Grantee, Origin, Reason, Request, RequestAttributes, RequestedAction,
    ResourceAttributes, ResourceView, ScopeRequirement, SuppliedAttributes, Target, Unmet,
};
pub use directory::{DecisionIndexCopy, Directory};
pub use finding::{FindingEdit, FindingId, FindingState};
pub use id::{
    ApiTokenId, HierarchyGroupId, HierarchyLevelId, InstanceId, MfaMethodId, ResourceId, SecurityProfileId, UserId,
};
pub use invalid::Invalid;
pub use login_history::LoginHistory;
pub use permission_set::PermissionSet;
pub use plan::{
    NewInstance, PlannedChange, UNDO_NAMED_MAX, can_undo, check_credentials, create_instance, exposed_users,
    not_found_or_denied, performed_event, plan, refused_event,
};
pub use principal::{Actor, Authentication, CallSignature, Principal};
pub use profile::SecurityProfile;
pub use record::{Record, RecordChange, RecordKey};
pub use refusal::{EntityKind, Escalation, EscalationKind, Reference, Refusal};
pub use resource::{Resource, ResourceEdit, ResourceType, StoredResourceType};
pub use revision::Revision;
pub use secret::SecretBytes;
pub use settings::{GuardMode, Settings};
pub use time::Timestamp;
pub use user::User;
pub use value_revisions::ValueRevisions;
pub use visibility::Visibility;
