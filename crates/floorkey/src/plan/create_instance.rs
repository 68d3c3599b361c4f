//! Creates an instance and its initial content.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::change_builder::ChangeBuilder;
use super::{PlannedChange, check, instance};
use crate::action::Action;
use crate::catalog::catalog;
use crate::change::AuxiliaryWrite;
use crate::command::NewPassword;
use crate::directory::Directory;
use crate::id::{InstanceId, ResourceId, SecurityProfileId, UserId};
use crate::invalid::invalid;
use crate::principal::Actor;
use crate::profile::SecurityProfile;
use crate::record::{Record, RecordKey};
use crate::refusal::Refusal;
use crate::resource::{
    AgentStatus, HoursOfOperation, MediaConcurrency, OpeningPeriod, Queue, QueueLink, Resource, ResourceDetails,
    RoutingProfile,
};
use crate::settings::{GuardMode, Settings};
use crate::tags::{self, Tags};
use crate::time::Timestamp;
use crate::user::{Assignment, CHANNELS, PasswordState, User};
use crate::value_revisions::ValueRevisions;

/// An instance to create.
#[derive(Clone, Debug)]
pub struct NewInstance {
    /// The instance's id.
    pub id: InstanceId,
    /// The instance's name in URLs: 1 to 45 letters, digits and inner hyphens. The alias must not start with `d-`.
    pub alias: Option<String>,
    /// How identities are managed: `CONNECT_MANAGED`, `SAML` or `EXISTING_DIRECTORY`.
    pub identity_management: String,
    /// The id of the external directory, if there is one.
    pub directory_id: Option<String>,
    /// The instance's attributes by name.
    pub attributes: BTreeMap<String, String>,
    /// The instance's tags.
    pub tags: Tags,
    /// The escalation guard's initial mode. If it is `None`, the first administrator will choose the mode.
    pub guard: Option<GuardMode>,
    /// The login name and password of the first administrator. If this is `None`, the instance is created without
    /// users.
    pub administrator: Option<(String, NewPassword)>,
}

/// Plans the creation of an instance. The instance gets the default profiles, a basic routing profile, a queue, hours
/// of operation, and agent statuses. It also gets an administrator if `new` specifies one. `ids` returns a new id on
/// every call.
///
/// # Errors
/// Returns a refusal if the alias, a tag or the login name is invalid. This function does not check that the alias is
/// unique, because only the server knows all instances.
pub fn create_instance(
    new: &NewInstance,
    actor: &Actor,
    now: Timestamp,
    mut ids: impl FnMut() -> u128,
) -> Result<PlannedChange, Refusal> {
    check_alias(new.alias.as_deref())?;
    tags::check("Tags", &new.tags)?;
    let empty = Directory::empty(new.id);
    let mut builder = ChangeBuilder::new(&empty, actor, Action::CreateInstance, now, empty.revision().next());
    builder.targets.push(RecordKey::Settings);
    builder.put(Record::Settings(Arc::new(Settings {
        alias: new.alias.clone(),
        identity_management: new.identity_management.clone(),
        directory_id: new.directory_id.clone(),
        attributes: new.attributes.clone(),
        guard: new.guard,
        tags: new.tags.clone(),
        seen_permissions: instance::known_permissions(),
        keeps_login_histories: true,
        created: now,
    })));
    let routing_profile = add_basic_resources(&mut builder, &mut ids);
    let profiles = add_default_profiles(&mut builder, &mut ids);
    if let (Some((username, password)), Some(admin)) = (&new.administrator, profiles.get("Admin")) {
        check::new_username(username)?;
        add_administrator(&mut builder, UserId::from_bits(ids()), username, password, *admin, routing_profile);
    }
    let next = empty.apply(empty.revision().next(), &builder.records);
    Ok(builder.finish(next))
}

fn add_default_profiles(
    builder: &mut ChangeBuilder<'_>,
    ids: &mut impl FnMut() -> u128,
) -> BTreeMap<String, SecurityProfileId> {
    let defaults = catalog().default_profiles();
    let ids_by_name: BTreeMap<_, _> =
        defaults.iter().map(|default| (default.name.clone(), SecurityProfileId::from_bits(ids()))).collect();
    for default in defaults {
        let Some(id) = ids_by_name.get(&default.name) else { continue };
        let mut profile = SecurityProfile::new(
            *id,
            default.name.clone(),
            default.description.clone(),
            default.permissions,
            builder.now,
        );
        profile.assignable = default.assignable.iter().filter_map(|name| ids_by_name.get(name)).copied().collect();
        profile.unedited_default = Some(default.name.clone());
        builder.put_profile(profile);
    }
    ids_by_name
}

fn add_basic_resources(builder: &mut ChangeBuilder<'_>, ids: &mut impl FnMut() -> u128) -> ResourceId {
    let mut id = || ResourceId::from_bits(ids());
    let (hours, queue, routing_profile) = (id(), id(), id());
    let day = |day: &str| OpeningPeriod { day: day.to_owned(), start_minute: 0, end_minute: 23 * 60 + 59 };
    let week = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];
    let basics = [
        (
            hours,
            "Basic Hours",
            "Open all day, every day, in UTC",
            ResourceDetails::HoursOfOperation(HoursOfOperation {
                time_zone: "UTC".to_owned(),
                periods: week.map(day).into(),
                parents: Vec::new(),
            }),
        ),
        (
            queue,
            "BasicQueue",
            "A basic queue",
            ResourceDetails::Queue(Queue {
                hours,
                max_contacts: None,
                enabled: true,
                caller_id_name: None,
                caller_id_number: None,
                outbound_flow: None,
                outbound_email: None,
                quick_connects: BTreeSet::new(),
            }),
        ),
        (
            routing_profile,
            "Basic Routing Profile",
            "Contacts of every channel from BasicQueue",
            ResourceDetails::RoutingProfile(RoutingProfile {
                default_outbound_queue: queue,
                queues: CHANNELS
                    .map(|channel| QueueLink { queue, channel: channel.to_owned(), priority: 1, delay_seconds: 0 })
                    .into(),
                manual_queues: Vec::new(),
                concurrencies: CHANNELS
                    .map(|channel| MediaConcurrency {
                        channel: channel.to_owned(),
                        concurrency: 1,
                        cross_channel: None,
                    })
                    .into(),
                availability_timer: Some("TIME_SINCE_LAST_ACTIVITY".to_owned()),
            }),
        ),
        (id(), "Available", "Ready for contacts", status("ROUTABLE", 1)),
        (id(), "Offline", "Not working", status("OFFLINE", 2)),
    ];
    for (id, name, description, details) in basics {
        builder.put_resource(Resource {
            id,
            name: name.to_owned(),
            description: Some(description.to_owned()),
            tags: Tags::new(),
            tag_revisions: ValueRevisions::default(),
            modified: builder.now,
            details,
        });
    }
    routing_profile
}

fn status(status_type: &str, order: i64) -> ResourceDetails {
    ResourceDetails::AgentStatus(AgentStatus {
        status_type: status_type.to_owned(),
        display_order: Some(order),
        enabled: true,
    })
}

fn add_administrator(
    builder: &mut ChangeBuilder<'_>,
    id: UserId,
    username: &str,
    password: &NewPassword,
    admin: SecurityProfileId,
    routing_profile: ResourceId,
) {
    builder.targets.push(RecordKey::User(id));
    builder.side.push(AuxiliaryWrite::PutPassword { user: id, hash: password.hash.clone() });
    builder.put_user(User {
        assignments: vec![Assignment::always(admin)],
        password: if password.temporary { PasswordState::Temporary } else { PasswordState::Set },
        password_set_at: Some(builder.now),
        ..User::administrator(id, username, routing_profile, builder.now)
    });
}

fn check_alias(alias: Option<&str>) -> Result<(), Refusal> {
    let Some(alias) = alias else { return Ok(()) };
    let is_valid = (1..=45).contains(&alias.len())
        && !alias.starts_with("d-")
        && alias.starts_with(|c: char| c.is_ascii_alphanumeric())
        && alias.ends_with(|c: char| c.is_ascii_alphanumeric())
        && alias.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match is_valid {
        true => Ok(()),
        false => Err(invalid(
            "InstanceAlias",
            "an alias must be 1 to 45 letters, digits and inner hyphens, and must not begin with `d-`",
        )
        .into()),
    }
}
