//! Records: what a directory is made of, one stored row each.

use std::sync::Arc;

use crate::access_key::{AccessKey, AccessKeyId};
use crate::api_token::ApiToken;
use crate::application::{ApplicationResource, RegisteredApplication};
use crate::hierarchy::{HierarchyGroup, HierarchyStructure};
use crate::id::{ApiTokenId, HierarchyGroupId, ResourceId, SecurityProfileId, UserId};
use crate::login_history::LoginHistory;
use crate::profile::SecurityProfile;
use crate::resource::Resource;
use crate::settings::Settings;
use crate::time::Timestamp;
use crate::user::User;

/// Something that decides, at one version.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// The instance's settings; one a directory.
    Settings(Arc<Settings>),
    /// The levels of the hierarchy; one a directory.
    Structure(Arc<HierarchyStructure>),
    /// A group of the hierarchy.
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
    /// A thing of an application.
    ApplicationResource(Arc<ApplicationResource>),
    /// A token of an application.
    ApiToken(Arc<ApiToken>),
    /// Who had a login name.
    Login(Arc<LoginHistory>),
}

/// Which record: its kind and its id. Ordered so that what others refer to comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKey {
    /// The settings.
    Settings,
    /// The hierarchy's levels.
    Structure,
    /// A group.
    Group(HierarchyGroupId),
    /// A resource.
    Resource(ResourceId),
    /// A profile.
    Profile(SecurityProfileId),
    /// A user.
    User(UserId),
    /// An access key.
    AccessKey(AccessKeyId),
    /// A registered application, by its namespace.
    Application(String),
    /// A thing of an application: the namespace and its id there.
    ApplicationResource(String, String),
    /// A token of an application.
    ApiToken(ApiTokenId),
    /// The history of a login name in its folded form.
    Login(String),
}

impl RecordKey {
    /// The id as text, as the API writes it; empty for the records of which a directory has one.
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
        }
    }
}

impl Record {
    /// Which record it is.
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
        }
    }
}

impl Record {
    /// The same without the time at which it last changed.
    pub(crate) fn untimed(&self) -> Self {
        const NEVER: Timestamp = Timestamp::from_millis(0);
        let mut untimed = self.clone();
        match &mut untimed {
            Self::Group(group) => Arc::make_mut(group).modified = NEVER,
            Self::Resource(resource) => Arc::make_mut(resource).modified = NEVER,
            Self::Profile(profile) => Arc::make_mut(profile).modified = NEVER,
            Self::User(user) => Arc::make_mut(user).modified = NEVER,
            Self::Application(application) => Arc::make_mut(application).modified = NEVER,
            Self::ApplicationResource(resource) => Arc::make_mut(resource).modified = NEVER,
            Self::Settings(_) | Self::Structure(_) | Self::AccessKey(_) | Self::ApiToken(_) | Self::Login(_) => {}
        }
        untimed
    }
}

/// A step of one record.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordChange {
    /// It is new, or has a new version.
    Put(Record),
    /// It is gone.
    Remove(RecordKey),
}

impl RecordChange {
    /// Which record changes.
    #[must_use]
    pub fn key(&self) -> RecordKey {
        match self {
            Self::Put(record) => record.key(),
            Self::Remove(key) => key.clone(),
        }
    }
}
