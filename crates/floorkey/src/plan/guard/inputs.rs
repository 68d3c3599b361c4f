//! The inputs of decisions, which are the stored values that decisions depend on. Access can change only if an input
//! changes.
//!
//! [`Directory::decide`](crate::Directory::decide) reads only records. Each record field that decisions depend on is an
//! [`Input`]. Each input requires one or more [`Comparison`]s, which determine the access that a change grants and
//! removes.
//!
//! This module destructures records field by field, without `..`. If a field is added to a record, the code therefore
//! does not compile until this module specifies whether decisions depend on the new field.

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

/// A stored value that decisions depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Input {
    /// A user's profiles and the dates of the assignments.
    Assignments,
    /// A user's hierarchy group.
    UserGroup,
    /// A user's tags, which scopes and conditions depend on.
    UserTags,
    /// A user's login name. `Own` conditions compare this name with values that are supplied in a request.
    Login,
    /// The users who have had a login name. This history determines which user a login name in a stored value refers
    /// to.
    LoginHistory,
    /// Whether a user is enabled.
    Enabled,
    /// The permissions and restrictions of a profile.
    Permissions,
    /// A profile's access control, which limits the scope of the profile's permissions.
    AccessControl,
    /// The conditions under which a profile's permissions apply.
    Conditions,
    /// A profile's permissions in applications.
    ApplicationPermissions,
    /// The profiles that users with a profile can assign.
    Assignable,
    /// A profile's name, which people and programs use to select the profile.
    ProfileName,
    /// The tags of a profile, a group or a resource.
    ResourceTags,
    /// The parent of a hierarchy group.
    GroupParent,
    /// The permissions that an application's permissions require.
    ApplicationRequires,
    /// The registered attributes and the hierarchy group of an application's resource.
    ApplicationResource,
    /// The owner of an access key, and whether the key is suspended.
    AccessKey,
    /// An API token's hash, scopes, expiration time and settings.
    ApiToken,
}

/// A way in which the guard compares the states before and after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Comparison {
    /// Compares the access that the user has and can assign.
    User,
    /// Compares the access that the profile grants. To determine lost access, the guard compares the access of the
    /// profile's users instead.
    Profile,
    /// Compares the access that users with the profile can assign.
    Assignable,
    /// Determines which users have the renamed profile.
    Name,
    /// Compares the scoped grants that apply to the resource.
    Scope,
    /// Determines which user's account is affected.
    Account,
    /// Compares nothing. Only full administrators, the operator and the system can change the input.
    FullAdministrator,
}

impl Input {
    /// Returns the comparisons that a change of the input requires.
    pub(super) const fn comparisons(self) -> &'static [Comparison] {
        match self {
            Self::Assignments => &[Comparison::User, Comparison::Account],
            Self::UserGroup | Self::UserTags => &[Comparison::User, Comparison::Scope, Comparison::Account],
            Self::Login | Self::LoginHistory | Self::Enabled | Self::AccessKey => &[Comparison::Account],
            Self::Permissions | Self::AccessControl | Self::Conditions | Self::ApplicationPermissions => {
                &[Comparison::Profile]
            }
            Self::Assignable => &[Comparison::Profile, Comparison::Assignable],
            Self::ProfileName => &[Comparison::Name],
            Self::ResourceTags | Self::GroupParent => &[Comparison::Scope],
            Self::ApplicationRequires | Self::ApplicationResource | Self::ApiToken => &[Comparison::FullAdministrator],
        }
    }
}

/// Returns the comparisons that a change of the record requires. `before` is `None` for a new record, and `after` is
/// `None` for a removed record.
pub(super) fn comparisons(before: Option<&Record>, after: Option<&Record>) -> BTreeSet<Comparison> {
    let inputs = match (before, after) {
        (Some(before), Some(after)) => changed(before, after),
        (Some(record), None) | (None, Some(record)) => all(record),
        (None, None) => BTreeSet::new(),
    };
    inputs.into_iter().flat_map(|input| input.comparisons().iter().copied()).collect()
}

/// Returns every input of the record.
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
        // Login histories are derived from users' login names.
        Record::Login(_) => &[Input::LoginHistory],
        // Decisions about findings don't affect access.
        Record::Settings(_) | Record::Structure(_) | Record::Finding(_) => &[],
    };
    inputs.iter().copied().collect()
}

/// Returns the inputs that differ between two versions of a record.
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
        // Login histories are derived from users' login names.
        (Record::Login(before), Record::Login(after)) => login_history(before, after),
        (Record::Finding(_), Record::Finding(_)) => BTreeSet::new(),
        // This case does not occur, because records of different kinds never have the same key. As a precaution, the
        // result includes all inputs of both records.
        (before, after) => all(before).union(&all(after)).copied().collect(),
    }
}

/// Returns the inputs whose second value is `true`.
fn flagged_inputs(inputs: &[(Input, bool)]) -> BTreeSet<Input> {
    inputs.iter().filter(|(_, differs)| *differs).map(|(input, _)| *input).collect()
}

fn user(before: &User, after: &User) -> BTreeSet<Input> {
    let User {
        id: _,
        username,
        // Decisions do not depend on these fields. The module `accounts` checks whether the actor is allowed to change
        // them.
        identity: _,
        verified_email: _,
        email_verified_at: _,
        email_unverified: _,
        directory_user_id: _,
        assignments,
        routing_profile: _,
        hierarchy_group,
        phone: _,
        proficiencies: _,
        tags,
        tag_revisions: tags_set,
        enabled,
        password: _,
        password_set_at: _,
        custody: _,
        mfa_methods: _,
        security_epoch: _,
        modified: _,
    } = before;
    flagged_inputs(&[
        (Input::Login, *username != after.username),
        (Input::Assignments, *assignments != after.assignments),
        (Input::UserGroup, *hierarchy_group != after.hierarchy_group),
        (Input::UserTags, *tags != after.tags || *tags_set != after.tag_revisions),
        (Input::Enabled, *enabled != after.enabled),
    ])
}

fn profile(before: &SecurityProfile, after: &SecurityProfile) -> BTreeSet<Input> {
    let SecurityProfile {
        id: _,
        name,
        description: _,
        // The chosen permissions are stored only for display. Decisions depend on `permissions` instead.
        selected: _,
        permissions,
        applications,
        access_control,
        conditions,
        assignable,
        pinned,
        // The next three fields are stored only for clients that read them, so decisions do not depend on these fields.
        flow_modules: _,
        ai_agents: _,
        data_table_values: _,
        tags,
        tag_revisions: tags_set,
        unedited_default: _,
        modified: _,
    } = before;
    flagged_inputs(&[
        (Input::ProfileName, *name != after.name),
        (Input::Permissions, *permissions != after.permissions),
        (Input::ApplicationPermissions, *applications != after.applications),
        (Input::AccessControl, *access_control != after.access_control),
        (Input::Conditions, *conditions != after.conditions),
        (Input::Assignable, *assignable != after.assignable || *pinned != after.pinned),
        (Input::ResourceTags, *tags != after.tags || *tags_set != after.tag_revisions),
    ])
}

fn group(before: &HierarchyGroup, after: &HierarchyGroup) -> BTreeSet<Input> {
    let HierarchyGroup { id: _, name: _, parent, level: _, tags, tag_revisions: tags_set, modified: _ } = before;
    flagged_inputs(&[
        (Input::GroupParent, *parent != after.parent),
        (Input::ResourceTags, *tags != after.tags || *tags_set != after.tag_revisions),
    ])
}

fn resource(before: &Resource, after: &Resource) -> BTreeSet<Input> {
    let Resource { id: _, name: _, description: _, tags, tag_revisions: tags_set, modified: _, details: _ } = before;
    flagged_inputs(&[(Input::ResourceTags, *tags != after.tags || *tags_set != after.tag_revisions)])
}

fn application(before: &RegisteredApplication, after: &RegisteredApplication) -> BTreeSet<Input> {
    let RegisteredApplication { namespace: _, name: _, description: _, permissions, modified: _ } = before;
    flagged_inputs(&[(Input::ApplicationRequires, *permissions != after.permissions)])
}

fn application_resource(before: &ApplicationResource, after: &ApplicationResource) -> BTreeSet<Input> {
    let ApplicationResource {
        namespace: _,
        id: _,
        attributes,
        attribute_revisions: attributes_set,
        hierarchy_group,
        modified: _,
    } = before;
    let differs = *attributes != after.attributes
        || *attributes_set != after.attribute_revisions
        || *hierarchy_group != after.hierarchy_group;
    flagged_inputs(&[(Input::ApplicationResource, differs)])
}

fn access_key(before: &AccessKey, after: &AccessKey) -> BTreeSet<Input> {
    let AccessKey { id: _, owner, label: _, created: _, suspended_until, known_to: _ } = before;
    flagged_inputs(&[(Input::AccessKey, *owner != after.owner || *suspended_until != after.suspended_until)])
}

fn api_token(before: &ApiToken, after: &ApiToken) -> BTreeSet<Input> {
    let ApiToken { id: _, label: _, hash, scopes, created: _, expires, settings } = before;
    let differs =
        *hash != after.hash || *scopes != after.scopes || *expires != after.expires || *settings != after.settings;
    flagged_inputs(&[(Input::ApiToken, differs)])
}

fn login_history(before: &LoginHistory, after: &LoginHistory) -> BTreeSet<Input> {
    // Reservations are not compared here. They are checked when a user gets the login name.
    let LoginHistory { login: _, tenures, forgotten_before, reservation: _ } = before;
    let differs = *tenures != after.tenures || *forgotten_before != after.forgotten_before;
    flagged_inputs(&[(Input::LoginHistory, differs)])
}

fn settings(before: &Settings, _after: &Settings) -> BTreeSet<Input> {
    let Settings {
        alias: _,
        identity_management: _,
        directory_id: _,
        attributes: _,
        // The command `SetEscalationGuard` has separate checks for changes of the guard's mode.
        guard: _,
        tags: _,
        seen_permissions: _,
        keeps_login_histories: _,
        created: _,
    } = before;
    BTreeSet::new()
}

fn structure(before: &HierarchyStructure, _after: &HierarchyStructure) -> BTreeSet<Input> {
    let HierarchyStructure { levels: _ } = before;
    BTreeSet::new()
}
