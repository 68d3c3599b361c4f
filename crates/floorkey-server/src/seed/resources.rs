//! The hierarchy, hours of operation, queues, prompts, routing profiles, quick connects and agent statuses of a seed.

use std::collections::BTreeMap;

use floorkey::resource::{
    AgentStatus, Document, DocumentRules, HoursOfOperation, MediaConcurrency, OpeningPeriod, PROMPT, QUICK_CONNECT,
    Queue, QueueLink, ResourceChange, ResourceDetails, RoutingProfile,
};
use floorkey::tags::Tags;
use floorkey::{Command, HierarchyGroupId, HierarchyLevelId, NewResource, ResourceEdit, ResourceId};

use super::error::SeedError;
use super::format::{
    AgentStatusEntry, GroupEntry, HierarchyEntry, HoursEntry, Name, PeriodEntry, PromptEntry, QueueEntry,
    QuickConnectEntry, RoutingProfileEntry,
};
use super::ids::Kind;
use super::names::{BASIC_HOURS, BASIC_QUEUE, Names, group_path};
use super::steps::{Steps, Target};

/// The flow of quick connects without a flow. Floorkey stores no flows, so any ID is valid.
const TRANSFER_FLOW: &str = "5f1c1b1e-0000-4000-8000-000000000001";

const WEEK: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

/// Creates the levels and groups of the hierarchy.
pub(super) async fn create_hierarchy(target: &Target<'_>, hierarchy: &HierarchyEntry) -> Result<(), SeedError> {
    if !hierarchy.levels.is_empty() {
        let level = |name: &String| (name.clone(), HierarchyLevelId::from_bits(Kind::HierarchyLevel.id(name)));
        let levels = hierarchy.levels.iter().map(level).collect();
        let command = Command::UpdateUserHierarchyStructure { levels };
        let created = target.runner.execute_all(vec![command]).await;
        created.map_err(|failure| target.names.refused("hierarchy: levels", failure))?;
    }
    let mut groups: Vec<(String, &GroupEntry)> = hierarchy.groups.iter().map(|group| (String::new(), group)).collect();
    // All groups of one level are created together, because each group needs its parent.
    while !groups.is_empty() {
        let mut steps = Steps::default();
        for (parent, group) in &groups {
            let id = |path: &str| HierarchyGroupId::from_bits(Kind::HierarchyGroup.id(path));
            let command = Command::CreateUserHierarchyGroup {
                id: id(&group_path(parent, &group.name.value)),
                name: group.name.value.clone(),
                parent: (!parent.is_empty()).then(|| id(parent)),
                tags: group.tags.clone(),
            };
            steps.push(Kind::HierarchyGroup, &group.name, command);
        }
        steps.execute(target).await?;
        groups = groups
            .into_iter()
            .flat_map(|(parent, group)| {
                let path = group_path(&parent, &group.name.value);
                group.groups.iter().map(move |child| (path.clone(), child))
            })
            .collect();
    }
    Ok(())
}

/// Returns the commands that create the hours of operation.
pub(super) fn hours(names: &Names, entries: Vec<HoursEntry>) -> Result<Steps, SeedError> {
    let mut steps = Steps::default();
    for HoursEntry { name, description, tags, time_zone, periods } in entries {
        let periods = match periods {
            None => WEEK.map(|day| period(day, 0, 23 * 60 + 59)).into(),
            Some(periods) => opening_periods(names, &periods)?,
        };
        let details = ResourceDetails::HoursOfOperation(HoursOfOperation {
            time_zone: time_zone.unwrap_or_else(|| "UTC".to_owned()),
            periods,
            parents: Vec::new(),
        });
        push(&mut steps, Kind::HoursOfOperation, &name, (description, &tags), details);
    }
    Ok(steps)
}

fn opening_periods(names: &Names, entries: &[PeriodEntry]) -> Result<Vec<OpeningPeriod>, SeedError> {
    let mut periods = Vec::new();
    for PeriodEntry { days, open, close } in entries {
        let (open, close) = (minute(names, open)?, minute(names, close)?);
        periods.extend(days.iter().map(|day| period(day, open, close)));
    }
    Ok(periods)
}

fn period(day: &str, start_minute: u16, end_minute: u16) -> OpeningPeriod {
    OpeningPeriod { day: day.to_owned(), start_minute, end_minute }
}

/// Parses a time of day, such as `08:30`, and returns the minutes after midnight.
fn minute(names: &Names, time: &Name) -> Result<u16, SeedError> {
    let parse = |text: &str, below: u16| text.parse::<u16>().ok().filter(|number| *number < below && text.len() == 2);
    let parsed = time.value.split_once(':').and_then(|(hour, minute)| Some((parse(hour, 24)?, parse(minute, 60)?)));
    let problem = || format!("`{}` is not a time of day: write \"08:30\", in quotation marks", time.value);
    let (hour, minute) = parsed.ok_or_else(|| names.error(time, &problem()))?;
    Ok(hour * 60 + minute)
}

/// Returns the commands that create the queues, without their quick connects.
pub(super) fn queues(names: &Names, entries: &[QueueEntry]) -> Result<Steps, SeedError> {
    let mut steps = Steps::default();
    for entry in entries {
        let details = ResourceDetails::Queue(Queue {
            hours: resource_id(names, Kind::HoursOfOperation, entry.hours_of_operation.as_ref(), BASIC_HOURS)?,
            max_contacts: entry.max_contacts,
            enabled: entry.enabled.unwrap_or(true),
            caller_id_name: entry.caller_id_name.clone(),
            caller_id_number: None,
            outbound_flow: None,
            outbound_email: None,
            quick_connects: [].into(),
        });
        push(&mut steps, Kind::Queue, &entry.name, (entry.description.clone(), &entry.tags), details);
    }
    Ok(steps)
}

/// Returns the commands that make quick connects available in queues.
pub(super) fn queue_quick_connects(names: &Names, entries: &[QueueEntry]) -> Result<Steps, SeedError> {
    let mut steps = Steps::default();
    for entry in entries.iter().filter(|entry| !entry.quick_connects.is_empty()) {
        let id = |name: &Name| names.id(Kind::QuickConnect, name).map(ResourceId::from_bits);
        let quick_connects = entry.quick_connects.iter().map(id).collect::<Result<_, _>>()?;
        let id = ResourceId::from_bits(Kind::Queue.id(&entry.name.value));
        let edit = ResourceEdit { id, change: ResourceChange::AddQueueQuickConnects(quick_connects) };
        steps.push(Kind::Queue, &entry.name, Command::UpdateResource(Box::new(edit)));
    }
    Ok(steps)
}

/// Returns the commands that create the prompts.
pub(super) fn prompts(entries: Vec<PromptEntry>) -> Steps {
    let mut steps = Steps::default();
    for PromptEntry { name, description, tags, s3_uri } in entries {
        let details = document(&PROMPT, [("s3_uri", s3_uri)].into());
        push(&mut steps, Kind::Prompt, &name, (description, &tags), details);
    }
    steps
}

/// Returns the commands that create the quick connects.
pub(super) fn quick_connects(names: &Names, entries: Vec<QuickConnectEntry>) -> Result<Steps, SeedError> {
    let mut steps = Steps::default();
    for QuickConnectEntry { name, description, tags, phone_number, queue, user, flow } in entries {
        let flow = ("flow", flow.unwrap_or_else(|| TRANSFER_FLOW.to_owned()));
        let id = |kind, name| names.id(kind, name).map(|id| ResourceId::from_bits(id).to_string());
        let word = |word: &str| ("quick_connect_type", word.to_owned());
        let fields = match (phone_number, &queue, &user) {
            (Some(number), None, None) => [word("PHONE_NUMBER"), ("phone_number", number)].into(),
            (None, Some(queue), None) => [word("QUEUE"), ("queue", id(Kind::Queue, queue)?), flow].into(),
            (None, None, Some(user)) => [word("USER"), ("user", id(Kind::User, user)?), flow].into(),
            _ => {
                let problem = format!("quick connect `{}` must have one of phone_number, queue and user", name.value);
                return Err(names.error(&name, &problem));
            }
        };
        push(&mut steps, Kind::QuickConnect, &name, (description, &tags), document(&QUICK_CONNECT, fields));
    }
    Ok(steps)
}

/// Returns the commands that create the routing profiles.
pub(super) fn routing_profiles(names: &Names, entries: Vec<RoutingProfileEntry>) -> Result<Steps, SeedError> {
    let mut steps = Steps::default();
    for entry in entries {
        let mut queues = Vec::new();
        for link in &entry.queues {
            queues.push(QueueLink {
                queue: names.id(Kind::Queue, &link.queue).map(ResourceId::from_bits)?,
                channel: link.channel.clone().unwrap_or_else(|| "VOICE".to_owned()),
                priority: link.priority.unwrap_or(1),
                delay_seconds: link.delay_seconds.unwrap_or(0),
            });
        }
        let mut channels = entry.channels.clone();
        if channels.is_empty() {
            channels = queues.iter().map(|link| (link.channel.clone(), 1)).collect();
        }
        if channels.is_empty() {
            channels.insert("VOICE".to_owned(), 1);
        }
        let first = entry.queues.first().map(|link| &link.queue);
        let outbound = entry.default_outbound_queue.as_ref().or(first);
        let concurrency = |(channel, concurrency)| MediaConcurrency { channel, concurrency, cross_channel: None };
        let details = ResourceDetails::RoutingProfile(RoutingProfile {
            default_outbound_queue: resource_id(names, Kind::Queue, outbound, BASIC_QUEUE)?,
            queues,
            manual_queues: Vec::new(),
            concurrencies: channels.into_iter().map(concurrency).collect(),
            availability_timer: Some("TIME_SINCE_LAST_ACTIVITY".to_owned()),
        });
        push(&mut steps, Kind::RoutingProfile, &entry.name, (entry.description, &entry.tags), details);
    }
    Ok(steps)
}

/// Returns the commands that create the agent statuses.
pub(super) fn agent_statuses(entries: Vec<AgentStatusEntry>) -> Steps {
    let mut steps = Steps::default();
    for AgentStatusEntry { name, description, tags, display_order, enabled } in entries {
        let status_type = "CUSTOM".to_owned();
        let status = AgentStatus { status_type, display_order, enabled: enabled.unwrap_or(true) };
        push(&mut steps, Kind::AgentStatus, &name, (description, &tags), ResourceDetails::AgentStatus(status));
    }
    steps
}

/// Returns the ID of the resource with this name, or of the resource with the default name.
pub(super) fn resource_id(
    names: &Names,
    kind: Kind,
    name: Option<&Name>,
    default: &str,
) -> Result<ResourceId, SeedError> {
    let id = name.map_or_else(|| Ok(kind.id(default)), |name| names.id(kind, name));
    id.map(ResourceId::from_bits)
}

fn document(rules: &'static DocumentRules, fields: BTreeMap<&str, String>) -> ResourceDetails {
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    ResourceDetails::Document(Document { rules, fields })
}

/// Adds the command that creates a resource.
fn push(
    steps: &mut Steps,
    kind: Kind,
    name: &Name,
    (description, tags): (Option<String>, &Tags),
    details: ResourceDetails,
) {
    let new = NewResource {
        id: ResourceId::from_bits(kind.id(&name.value)),
        name: name.value.clone(),
        description,
        tags: tags.clone(),
        details,
    };
    steps.push(kind, name, Command::CreateResource(Box::new(new)));
}
