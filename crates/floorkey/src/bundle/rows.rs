//! The JSON format of a bundle. Each kind of record has a struct with the fields that decisions depend on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::owners::{self, Owners};
use super::profile_row::ProfileRow;
use super::{Bundle, BundleError};
use crate::application::{ApplicationPermission, ApplicationResource, RegisteredApplication};
use crate::custody::Custody;
use crate::directory::Directory;
use crate::hierarchy::HierarchyGroup;
use crate::id::{HierarchyGroupId, InstanceId, ResourceId, SecurityProfileId, UserId};
use crate::permission_set::PermissionSet;
use crate::record::Record;
use crate::resource::{
    AgentStatus, Document, HoursOfOperation, Queue, Resource, ResourceDetails, ResourceType, RoutingProfile,
    StoredResourceType,
};
use crate::revision::Revision;
use crate::tags::Tags;
use crate::time::Timestamp;
use crate::user::{Assignment, Identity, PasswordState, Phone, User};
use crate::{Permission, catalog};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    instance: String,
    revision: u64,
    /// When the bundle was created, in milliseconds since 1970-01-01T00:00:00Z.
    made: i64,
    groups: Vec<GroupRow>,
    resources: Vec<ResourceRow>,
    profiles: Vec<ProfileRow>,
    users: Vec<UserRow>,
    applications: Vec<ApplicationRow>,
    #[serde(rename = "things")]
    application_resources: Vec<ApplicationResourceRow>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupRow {
    id: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tags: Tags,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owners: Owners,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourceRow {
    id: String,
    #[serde(rename = "type")]
    resource_type: String,
    name: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tags: Tags,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owners: Owners,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UserRow {
    id: String,
    username: String,
    enabled: bool,
    profiles: Vec<AssignmentRow>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hierarchy_group: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    tags: Tags,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owners: Owners,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AssignmentRow {
    profile: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApplicationRow {
    namespace: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    permissions: Vec<PermissionRow>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PermissionRow {
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    requires: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApplicationResourceRow {
    namespace: String,
    id: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attributes: Tags,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owners: Owners,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hierarchy_group: Option<String>,
}

pub(super) fn to_json(directory: &Directory, now: Timestamp) -> Result<String, BundleError> {
    let mut rows = Rows {
        instance: directory.instance().to_string(),
        revision: directory.revision().0,
        made: now.as_millis(),
        groups: Vec::new(),
        resources: Vec::new(),
        profiles: Vec::new(),
        users: Vec::new(),
        applications: Vec::new(),
        application_resources: Vec::new(),
    };
    for record in directory.records() {
        match record {
            Record::Group(group) => rows.groups.push(GroupRow {
                id: group.id.to_string(),
                name: group.name.clone(),
                parent: group.parent.map(|parent| parent.to_string()),
                owners: owners::from_values(directory, &group.tags, &group.tag_revisions),
                tags: group.tags.clone(),
            }),
            Record::Resource(resource) => rows.resources.push(ResourceRow {
                id: resource.id.to_string(),
                resource_type: resource.resource_type().as_str().to_owned(),
                name: resource.name.clone(),
                owners: owners::from_values(directory, &resource.tags, &resource.tag_revisions),
                tags: resource.tags.clone(),
            }),
            Record::Profile(profile) => rows.profiles.push(ProfileRow::from_profile(directory, &profile)),
            Record::User(user) => rows.users.push(UserRow::from_user(directory, &user)),
            Record::Application(application) => rows.applications.push(ApplicationRow::from_application(&application)),
            Record::ApplicationResource(resource) => rows.application_resources.push(ApplicationResourceRow {
                namespace: resource.namespace.clone(),
                id: resource.id.clone(),
                owners: owners::from_values(directory, &resource.attributes, &resource.attribute_revisions),
                attributes: resource.attributes.clone(),
                hierarchy_group: resource.hierarchy_group.map(|group| group.to_string()),
            }),
            // Bundles need no login histories, because values in a bundle refer to users by id.
            Record::Settings(_)
            | Record::Structure(_)
            | Record::AccessKey(_)
            | Record::ApiToken(_)
            | Record::Login(_)
            | Record::Finding(_) => {}
        }
    }
    serde_json::to_string(&rows).map_err(|error| BundleError::Unwritable(error.to_string()))
}

pub(super) fn from_json(content: &str) -> Result<Bundle, BundleError> {
    let rows: Rows = serde_json::from_str(content).map_err(|error| BundleError::Content(error.to_string()))?;
    let instance = id(&rows.instance, InstanceId::parse)?;
    let mut records = Vec::new();
    for row in rows.groups {
        records.push(Record::Group(Arc::new(row.into_record()?)));
    }
    for row in rows.resources {
        records.push(Record::Resource(Arc::new(row.into_record()?)));
    }
    for row in rows.profiles {
        records.push(Record::Profile(Arc::new(row.into_record()?)));
    }
    for row in rows.applications {
        records.push(Record::Application(Arc::new(row.into_record())));
    }
    for row in rows.application_resources {
        let hierarchy_group = row.hierarchy_group.map(|group| id(&group, HierarchyGroupId::parse)).transpose()?;
        let ApplicationResourceRow { namespace, id, attributes, owners, .. } = row;
        let (attributes_set, modified) = (owners::to_revisions(owners)?, Timestamp::default());
        let resource = ApplicationResource {
            namespace,
            id,
            attributes,
            attribute_revisions: attributes_set,
            hierarchy_group,
            modified,
        };
        records.push(Record::ApplicationResource(Arc::new(resource)));
    }
    for row in rows.users {
        records.push(Record::User(Arc::new(row.into_record()?)));
    }
    let directory = Directory::from_records(instance, Revision(rows.revision), records);
    Ok(Bundle { directory, created: Timestamp::from_millis(rows.made) })
}

pub(super) fn id<T>(text: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, BundleError> {
    parse(text).ok_or_else(|| BundleError::Content(format!("`{text}` is not an id")))
}

pub(super) fn names(set: &PermissionSet) -> Vec<String> {
    set.iter().map(|permission| permission.name().to_owned()).collect()
}

pub(super) fn permission(name: &str) -> Result<Permission, BundleError> {
    Permission::parse(name).map_err(|_| {
        BundleError::Content(format!("`{name}` is not among the {} permissions", catalog().permissions().len()))
    })
}

pub(super) fn permissions(names: &[String]) -> Result<PermissionSet, BundleError> {
    names.iter().map(|name| permission(name)).collect()
}

impl GroupRow {
    fn into_record(self) -> Result<HierarchyGroup, BundleError> {
        Ok(HierarchyGroup {
            id: id(&self.id, HierarchyGroupId::parse)?,
            name: self.name,
            parent: self.parent.map(|parent| id(&parent, HierarchyGroupId::parse)).transpose()?,
            level: 1,
            tags: self.tags,
            tag_revisions: owners::to_revisions(self.owners)?,
            modified: Timestamp::default(),
        })
    }
}

impl ResourceRow {
    fn into_record(self) -> Result<Resource, BundleError> {
        let placeholder_id = ResourceId::from_bits(0);
        // The details are placeholders, because decisions depend only on a resource's type and tags.
        let details = match ResourceType::parse(&self.resource_type) {
            Some(ResourceType::RoutingProfile) => ResourceDetails::RoutingProfile(RoutingProfile {
                default_outbound_queue: placeholder_id,
                queues: Vec::new(),
                manual_queues: Vec::new(),
                concurrencies: Vec::new(),
                availability_timer: None,
            }),
            Some(ResourceType::Queue) => ResourceDetails::Queue(Queue {
                hours: placeholder_id,
                max_contacts: None,
                enabled: true,
                caller_id_name: None,
                caller_id_number: None,
                outbound_flow: None,
                outbound_email: None,
                quick_connects: BTreeSet::new(),
            }),
            Some(ResourceType::HoursOfOperation) => ResourceDetails::HoursOfOperation(HoursOfOperation {
                time_zone: String::new(),
                periods: Vec::new(),
                parents: Vec::new(),
            }),
            Some(ResourceType::AgentStatus) => ResourceDetails::AgentStatus(AgentStatus {
                status_type: String::new(),
                display_order: None,
                enabled: true,
            }),
            other => {
                let rules = other.and_then(StoredResourceType::of).and_then(StoredResourceType::document_rules);
                let unknown = || format!("`{}` is not a type of stored resources", self.resource_type);
                let rules = rules.ok_or_else(|| BundleError::Content(unknown()))?;
                ResourceDetails::Document(Document { rules, fields: BTreeMap::new() })
            }
        };
        Ok(Resource {
            id: id(&self.id, ResourceId::parse)?,
            name: self.name,
            description: None,
            tags: self.tags,
            tag_revisions: owners::to_revisions(self.owners)?,
            modified: Timestamp::default(),
            details,
        })
    }
}

impl UserRow {
    fn from_user(directory: &Directory, user: &User) -> Self {
        let millis = |time: Option<Timestamp>| time.map(Timestamp::as_millis);
        let row = |assignment: &Assignment| AssignmentRow {
            profile: assignment.profile.to_string(),
            from: millis(assignment.from),
            until: millis(assignment.until),
        };
        Self {
            id: user.id.to_string(),
            username: user.username.clone(),
            enabled: user.enabled,
            profiles: user.assignments.iter().map(row).collect(),
            hierarchy_group: user.hierarchy_group.map(|group| group.to_string()),
            owners: owners::from_values(directory, &user.tags, &user.tag_revisions),
            tags: user.tags.clone(),
        }
    }

    fn into_record(self) -> Result<User, BundleError> {
        let assignment = |row: AssignmentRow| {
            Ok::<_, BundleError>(Assignment {
                profile: id(&row.profile, SecurityProfileId::parse)?,
                from: row.from.map(Timestamp::from_millis),
                until: row.until.map(Timestamp::from_millis),
            })
        };
        Ok(User {
            id: id(&self.id, UserId::parse)?,
            username: self.username,
            identity: Identity::default(),
            verified_email: None,
            email_verified_at: None,
            email_unverified: false,
            directory_user_id: None,
            assignments: self.profiles.into_iter().map(assignment).collect::<Result<_, _>>()?,
            routing_profile: ResourceId::from_bits(0),
            hierarchy_group: self.hierarchy_group.map(|group| id(&group, HierarchyGroupId::parse)).transpose()?,
            phone: Phone::default(),
            proficiencies: Vec::new(),
            tags: self.tags,
            tag_revisions: owners::to_revisions(self.owners)?,
            enabled: self.enabled,
            password: PasswordState::None,
            password_set_at: None,
            // Bundles have no sign-in data, because decisions do not depend on how users sign in.
            custody: Custody::default(),
            mfa_methods: Vec::new(),
            security_epoch: 0,
            modified: Timestamp::default(),
        })
    }
}

impl ApplicationRow {
    fn from_application(application: &RegisteredApplication) -> Self {
        let permission = |permission: &ApplicationPermission| PermissionRow {
            name: permission.name.clone(),
            description: permission.description.clone(),
            requires: permission.requires.clone(),
        };
        Self {
            namespace: application.namespace.clone(),
            name: application.name.clone(),
            description: application.description.clone(),
            permissions: application.permissions.iter().map(permission).collect(),
        }
    }

    fn into_record(self) -> RegisteredApplication {
        let permission = |row: PermissionRow| ApplicationPermission {
            name: row.name,
            description: row.description,
            requires: row.requires,
        };
        RegisteredApplication {
            namespace: self.namespace,
            name: self.name,
            description: self.description,
            permissions: self.permissions.into_iter().map(permission).collect(),
            modified: Timestamp::default(),
        }
    }
}
