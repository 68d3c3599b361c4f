//! Records: the parts of a directory. Each record is stored as one row.

use std::sync::Arc;

use crate::access_key::{AccessKey, AccessKeyId};
use crate::api_token::ApiToken;
use crate::application::{ApplicationResource, RegisteredApplication};
use crate::finding::{FindingId, FindingState};
use crate::hierarchy::{HierarchyGroup, HierarchyStructure};
use crate::id::{ApiTokenId, HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::login_history::LoginHistory;
use crate::profile::SecurityProfile;
use crate::resource::Resource;
use crate::settings::Settings;
use crate::time::Timestamp;
use crate::user::User;

/// One version of a record that decisions depend on.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// The settings of the instance; one per directory.
    Settings(Arc<Settings>),
    /// The levels of the hierarchy; one per directory.
    Structure(Arc<HierarchyStructure>),
    /// A hierarchy group.
    Group(Arc<HierarchyGroup>),
    /// A routing profile, queue, hours of operation or agent status.
    Resource(Arc<Resource>),
    /// A security profile.
    Profile(Arc<SecurityProfile>),
    /// A user.
    User(Arc<User>),
    /// An access key.
    AccessKey(Arc<AccessKey>),
    /// A registered application.
    Application(Arc<RegisteredApplication>),
    /// A resource of an application.
    ApplicationResource(Arc<ApplicationResource>),
    /// An API token of an application.
    ApiToken(Arc<ApiToken>),
    /// The history of a login name.
    Login(Arc<LoginHistory>),
    /// What users decided about a finding.
    Finding(Arc<FindingState>),
}

/// The kind and ID of a record. If other records refer to a record, its key is ordered before their keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKey {
    /// The settings.
    Settings,
    /// The levels of the hierarchy.
    Structure,
    /// A hierarchy group.
    Group(HierarchyGroupId),
    /// A routing profile, queue, hours of operation or agent status.
    Resource(ResourceId),
    /// A profile.
    Profile(SecurityProfileId),
    /// A user.
    User(UserId),
    /// An access key.
    AccessKey(AccessKeyId),
    /// A registered application, identified by its namespace.
    Application(String),
    /// A resource of an application, identified by the namespace and by its ID within the application.
    ApplicationResource(String, String),
    /// An API token of an application.
    ApiToken(ApiTokenId),
    /// The history of a login name, identified by the login name in folded form.
    Login(String),
    /// What users decided about a finding.
    Finding(FindingId),
}

impl RecordKey {
    /// Returns the ID as a string in the API's format. Empty for the settings and the hierarchy levels, which have no
    /// ID.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Settings | Self::Structure => String::new(),
            Self::Group(id) => id.to_string(),
            Self::Resource(id) => id.to_string(),
            Self::Profile(id) => id.to_string(),
            Self::User(id) => id.to_string(),
            Self::AccessKey(id) => id.to_string(),
            Self::Application(namespace) => namespace.clone(),
            Self::ApplicationResource(_, id) => id.clone(),
            Self::ApiToken(id) => id.to_string(),
            Self::Login(login) => login.clone(),
            Self::Finding(id) => id.to_string(),
        }
    }
}

impl Record {
    /// Returns the key of the record.
    #[must_use]
    pub fn key(&self) -> RecordKey {
        match self {
            Self::Settings(_) => RecordKey::Settings,
            Self::Structure(_) => RecordKey::Structure,
            Self::Group(group) => RecordKey::Group(group.id),
            Self::Resource(resource) => RecordKey::Resource(resource.id),
            Self::Profile(profile) => RecordKey::Profile(profile.id),
            Self::User(user) => RecordKey::User(user.id),
            Self::AccessKey(key) => RecordKey::AccessKey(key.id.clone()),
            Self::Application(application) => RecordKey::Application(application.namespace.clone()),
            Self::ApplicationResource(resource) => {
                RecordKey::ApplicationResource(resource.namespace.clone(), resource.id.clone())
            }
            Self::ApiToken(token) => RecordKey::ApiToken(token.id),
            Self::Login(history) => RecordKey::Login(history.login.clone()),
            Self::Finding(state) => RecordKey::Finding(state.id),
        }
    }
}

impl Record {
    /// Returns a copy of the record without the time of its last change.
    pub(crate) fn without_modified(&self) -> Self {
        const NEVER: Timestamp = Timestamp::from_millis(0);
        let mut without_modified = self.clone();
        match &mut without_modified {
            Self::Group(group) => Arc::make_mut(group).modified = NEVER,
            Self::Resource(resource) => Arc::make_mut(resource).modified = NEVER,
            Self::Profile(profile) => Arc::make_mut(profile).modified = NEVER,
            Self::User(user) => Arc::make_mut(user).modified = NEVER,
            Self::Application(application) => Arc::make_mut(application).modified = NEVER,
            Self::Finding(state) => Arc::make_mut(state).modified = NEVER,
            Self::ApplicationResource(resource) => Arc::make_mut(resource).modified = NEVER,
            Self::Settings(_) | Self::Structure(_) | Self::AccessKey(_) | Self::ApiToken(_) | Self::Login(_) => {}
        }
        without_modified
    }
}

/// A change to one record.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordChange {
    /// Adds a record, or replaces it with a new version.
    Upsert(Record),
    /// Removes a record.
    Remove(RecordKey),
}

impl RecordChange {
    /// Returns the key of the record.
    #[must_use]
    pub fn key(&self) -> RecordKey {
        match self {
            Self::Upsert(record) => record.key(),
            Self::Remove(key) => key.clone(),
        }
    }
}
