//! The inputs of a decision: every way in which access can grow or shrink.
//!
//! [`Directory::decide`](crate::Directory::decide) reads records and nothing else. Each field of each record that it
//! reads is an [`Input`], and each input has a [`Comparison`], by which the guard finds what a change gives and takes.
//! Records are taken apart field by field, without `..`: a new field doesn't compile until it is said here whether
//! decisions depend on it.

use std::collections::BTreeSet;

use crate::access_key::AccessKey;
use crate::api_token::ApiToken;
use crate::application::{ApplicationResource, RegisteredApplication};
use crate::hierarchy::{HierarchyGroup, HierarchyStructure};
use crate::login_history::LoginHistory;
use crate::profile::SecurityProfile;
use crate::record::Record;
use crate::resource::Resource;
use crate::settings::Settings;
use crate::user::User;

/// Something stored that decisions depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Input {
    /// A user's profiles, with the dates they are assigned for.
    Assignments,
    /// The hierarchy group a user belongs to.
    UserGroup,
    /// A user's tags, which scopes and conditions read.
    UserTags,
    /// A user's login, which `Own` conditions read in values supplied with a question.
    Login,
    /// Which users had a login when, which says whom a login in a value names.
    LoginHistory,
    /// Whether a user is enabled.
    Enabled,
    /// What a profile grants and restricts.
    Permissions,
    /// How far a profile's permissions reach.
    AccessControl,
    /// Under which conditions a profile's permissions apply.
    Conditions,
    /// What a profile grants in applications.
    ApplicationPermissions,
    /// Which profiles the users with a profile can assign.
    Assignable,
    /// A profile's name, by which people and programs choose it.
    ProfileName,
    /// The tags of a profile, a group or a resource.
    ResourceTags,
    /// Where a group stands in the hierarchy.
    GroupParent,
    /// What a registered application's permissions require.
    ApplicationRequires,
    /// What is registered of an application's resource.
    ApplicationResource,
    /// Who an access key signs for, and whether it is suspended.
    AccessKey,
    /// What an API token opens.
    ApiToken,
}

/// How the guard compares what decided before with what will decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Comparison {
    /// What the user has and can assign, before and after.
    User,
    /// What the profile grants, before and after: by itself for gains, by the users who have it for losses.
    Profile,
    /// What newly can be assigned by users with the profile.
    Assignable,
    /// Whose profile it is.
    Name,
    /// Which scoped grants reach the resource, before and after.
    Reach,
    /// Whose account it is.
    Account,
    /// Only full administrators and the operator may change it.
    FullAdministrator,
}

impl Input {
    /// How the guard compares it.
    pub(super) const fn comparisons(self) -> &'static [Comparison] {
        match self {
            Self::Assignments => &[Comparison::User, Comparison::Account],
            Self::UserGroup | Self::UserTags => &[Comparison::User, Comparison::Reach, Comparison::Account],
            Self::Login | Self::LoginHistory | Self::Enabled | Self::AccessKey => &[Comparison::Account],
            Self::Permissions | Self::AccessControl | Self::Conditions | Self::ApplicationPermissions => {
                &[Comparison::Profile]
            }
            Self::Assignable => &[Comparison::Profile, Comparison::Assignable],
            Self::ProfileName => &[Comparison::Name],
            Self::ResourceTags | Self::GroupParent => &[Comparison::Reach],
            Self::ApplicationRequires | Self::ApplicationResource | Self::ApiToken => &[Comparison::FullAdministrator],
        }
    }
}

/// The comparisons that a change of this record asks for. The record is new where there is nothing before, and removed
/// where there is nothing after.
pub(super) fn comparisons(before: Option<&Record>, after: Option<&Record>) -> BTreeSet<Comparison> {
    let inputs = match (before, after) {
        (Some(before), Some(after)) => changed(before, after),
        (Some(record), None) | (None, Some(record)) => all(record),
        (None, None) => BTreeSet::new(),
    };
    inputs.into_iter().flat_map(|input| input.comparisons().iter().copied()).collect()
}

/// Every input that the record has.
fn all(record: &Record) -> BTreeSet<Input> {
    let inputs: &[Input] = match record {
        Record::User(_) => &[Input::Assignments, Input::UserGroup, Input::UserTags, Input::Login, Input::Enabled],
        Record::Profile(_) => &[
            Input::Permissions,
            Input::AccessControl,
            Input::Conditions,
            Input::ApplicationPermissions,
            Input::Assignable,
            Input::ProfileName,
            Input::ResourceTags,
        ],
        Record::Group(_) => &[Input::GroupParent, Input::ResourceTags],
        Record::Resource(_) => &[Input::ResourceTags],
        Record::Application(_) => &[Input::ApplicationRequires],
        Record::ApplicationResource(_) => &[Input::ApplicationResource],
        Record::AccessKey(_) => &[Input::AccessKey],
        Record::ApiToken(_) => &[Input::ApiToken],
        // A history follows from users' logins.
        Record::Login(_) => &[Input::LoginHistory],
        Record::Settings(_) | Record::Structure(_) => &[],
    };
    inputs.iter().copied().collect()
}

/// The inputs that differ between two versions of a record.
fn changed(before: &Record, after: &Record) -> BTreeSet<Input> {
    match (before, after) {
        (Record::User(before), Record::User(after)) => user(before, after),
        (Record::Profile(before), Record::Profile(after)) => profile(before, after),
        (Record::Group(before), Record::Group(after)) => group(before, after),
        (Record::Resource(before), Record::Resource(after)) => resource(before, after),
        (Record::Application(before), Record::Application(after)) => application(before, after),
        (Record::ApplicationResource(before), Record::ApplicationResource(after)) => {
            application_resource(before, after)
        }
        (Record::AccessKey(before), Record::AccessKey(after)) => access_key(before, after),
        (Record::ApiToken(before), Record::ApiToken(after)) => api_token(before, after),
        (Record::Settings(before), Record::Settings(after)) => settings(before, after),
        (Record::Structure(before), Record::Structure(after)) => structure(before, after),
        // A history follows from users' logins.
        (Record::Login(before), Record::Login(after)) => login_history(before, after),
        // Two kinds under one key don't exist; both count in full if they ever do.
        (before, after) => all(before).union(&all(after)).copied().collect(),
    }
}

/// The inputs whose flag is set.
fn those(inputs: &[(Input, bool)]) -> BTreeSet<Input> {
    inputs.iter().filter(|(_, differs)| *differs).map(|(input, _)| *input).collect()
}

fn user(before: &User, after: &User) -> BTreeSet<Input> {
    let User {
        id: _,
        username,
        // Names, addresses, phone, routing, proficiencies and credentials decide nothing. Who may touch them is asked
        // by the act.
        identity: _,
        confirmed_email: _,
        email_confirmed_at: _,
        email_unverified: _,
        directory_user_id: _,
        assignments,
        routing_profile: _,
        hierarchy_group,
        phone: _,
        proficiencies: _,
        tags,
        tags_set,
        enabled,
        password: _,
        password_set_at: _,
        custody: _,
        second_factors: _,
        security_epoch: _,
        modified: _,
    } = before;
    those(&[
        (Input::Login, *username != after.username),
        (Input::Assignments, *assignments != after.assignments),
        (Input::UserGroup, *hierarchy_group != after.hierarchy_group),
        (Input::UserTags, *tags != after.tags || *tags_set != after.tags_set),
        (Input::Enabled, *enabled != after.enabled),
    ])
}

fn profile(before: &SecurityProfile, after: &SecurityProfile) -> BTreeSet<Input> {
    let SecurityProfile {
        id: _,
        name,
        description: _,
        // What was chosen is for display; what is in force is in `permissions`.
        chosen: _,
        permissions,
        applications,
        access_control,
        conditions,
        assignable,
        pinned,
        // Stored for clients that read them back; Floorkey decides nothing by them.
        flow_modules: _,
        ai_agents: _,
        data_table_values: _,
        tags,
        tags_set,
        unedited_default: _,
        modified: _,
    } = before;
    those(&[
        (Input::ProfileName, *name != after.name),
        (Input::Permissions, *permissions != after.permissions),
        (Input::ApplicationPermissions, *applications != after.applications),
        (Input::AccessControl, *access_control != after.access_control),
        (Input::Conditions, *conditions != after.conditions),
        (Input::Assignable, *assignable != after.assignable || *pinned != after.pinned),
        (Input::ResourceTags, *tags != after.tags || *tags_set != after.tags_set),
    ])
}

fn group(before: &HierarchyGroup, after: &HierarchyGroup) -> BTreeSet<Input> {
    let HierarchyGroup { id: _, name: _, parent, level: _, tags, tags_set, modified: _ } = before;
    those(&[
        (Input::GroupParent, *parent != after.parent),
        (Input::ResourceTags, *tags != after.tags || *tags_set != after.tags_set),
    ])
}

fn resource(before: &Resource, after: &Resource) -> BTreeSet<Input> {
    let Resource { id: _, name: _, description: _, tags, tags_set, modified: _, details: _ } = before;
    those(&[(Input::ResourceTags, *tags != after.tags || *tags_set != after.tags_set)])
}

fn application(before: &RegisteredApplication, after: &RegisteredApplication) -> BTreeSet<Input> {
    let RegisteredApplication { namespace: _, name: _, description: _, permissions, modified: _ } = before;
    those(&[(Input::ApplicationRequires, *permissions != after.permissions)])
}

fn application_resource(before: &ApplicationResource, after: &ApplicationResource) -> BTreeSet<Input> {
    let ApplicationResource { namespace: _, id: _, attributes, attributes_set, hierarchy_group, modified: _ } = before;
    let differs = *attributes != after.attributes
        || *attributes_set != after.attributes_set
        || *hierarchy_group != after.hierarchy_group;
    those(&[(Input::ApplicationResource, differs)])
}

fn access_key(before: &AccessKey, after: &AccessKey) -> BTreeSet<Input> {
    let AccessKey { id: _, owner, label: _, created: _, suspended_until, known_to: _ } = before;
    those(&[(Input::AccessKey, *owner != after.owner || *suspended_until != after.suspended_until)])
}

fn api_token(before: &ApiToken, after: &ApiToken) -> BTreeSet<Input> {
    let ApiToken { id: _, label: _, hash, scopes, created: _, expires, settings } = before;
    let differs =
        *hash != after.hash || *scopes != after.scopes || *expires != after.expires || *settings != after.settings;
    those(&[(Input::ApiToken, differs)])
}

fn login_history(before: &LoginHistory, after: &LoginHistory) -> BTreeSet<Input> {
    // Who may take a reserved login is asked when it is taken.
    let LoginHistory { login: _, tenures, forgotten_before, reservation: _ } = before;
    let differs = *tenures != after.tenures || *forgotten_before != after.forgotten_before;
    those(&[(Input::LoginHistory, differs)])
}

fn settings(before: &Settings, _after: &Settings) -> BTreeSet<Input> {
    let Settings {
        alias: _,
        identity_management: _,
        directory_id: _,
        attributes: _,
        // How strict the guard is has a rule of its own (`SetEscalationGuard`).
        guard: _,
        tags: _,
        known_permissions: _,
        keeps_login_histories: _,
        created: _,
    } = before;
    BTreeSet::new()
}

fn structure(before: &HierarchyStructure, _after: &HierarchyStructure) -> BTreeSet<Input> {
    let HierarchyStructure { levels: _ } = before;
    BTreeSet::new()
}
