//! The fields that only resources of one type have, each under a name of its own.

use std::collections::BTreeMap;

use crate::resource::{ResourceDetails, RoutingProfile};

/// The content of a field.
pub(super) enum Words {
    /// A value.
    One(String),
    /// The members of a list.
    Many(Vec<String>),
}

impl Words {
    /// The value; `None` for a list.
    pub(super) fn one(&self) -> Option<&String> {
        match self {
            Self::One(value) => Some(value),
            Self::Many(_) => None,
        }
    }

    /// The members; empty for a value.
    pub(super) fn many(&self) -> Vec<String> {
        match self {
            Self::One(_) => Vec::new(),
            Self::Many(members) => members.clone(),
        }
    }
}

/// Returns the fields that have content. A text about another resource begins with the id of that resource.
pub(super) fn fields(details: &ResourceDetails) -> BTreeMap<&'static str, Words> {
    let one = |field, value: Option<String>| Some((field, Words::One(value?)));
    match details {
        ResourceDetails::RoutingProfile(profile) => routing_profile(profile),
        ResourceDetails::Queue(queue) => [
            one("hours_of_operation", Some(queue.hours.to_string())),
            one("max_contacts", queue.max_contacts.map(|max| max.to_string())),
            one("takes_contacts", Some(queue.enabled.to_string())),
            one("outbound_caller_id_name", queue.caller_id_name.clone()),
            one("outbound_caller_id_number", queue.caller_id_number.clone()),
            one("outbound_flow", queue.outbound_flow.clone()),
            one("outbound_email_address", queue.outbound_email.clone()),
        ]
        .into_iter()
        .flatten()
        .collect(),
        ResourceDetails::HoursOfOperation(hours) => {
            let clock = |minute: u16| format!("{}:{:02}", minute / 60, minute % 60);
            let period = |period: &crate::resource::OpeningPeriod| {
                format!("{} {} to {}", period.day, clock(period.start_minute), clock(period.end_minute))
            };
            BTreeMap::from([
                ("time_zone", Words::One(hours.time_zone.clone())),
                ("opening_times", Words::Many(hours.periods.iter().map(period).collect())),
                ("parent_hours", Words::Many(hours.parents.iter().map(ToString::to_string).collect())),
            ])
        }
        ResourceDetails::AgentStatus(status) => [
            one("status_type", Some(status.status_type.clone())),
            one("display_order", status.display_order.map(|order| order.to_string())),
            one("can_be_chosen", Some(status.enabled.to_string())),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

fn routing_profile(profile: &RoutingProfile) -> BTreeMap<&'static str, Words> {
    let queues = profile.queues.iter().map(|link| {
        format!("{} for {}, priority {}, delay {} s", link.queue, link.channel, link.priority, link.delay_seconds)
    });
    let manual = profile.manual_queues.iter().map(|link| format!("{} for {}", link.queue, link.channel));
    let concurrencies = profile.concurrencies.iter().map(|media| {
        let across = media.cross_channel.as_deref().map(|across| format!(", {across}")).unwrap_or_default();
        format!("{} {}{across}", media.channel, media.concurrency)
    });
    let mut fields = BTreeMap::from([
        ("default_outbound_queue", Words::One(profile.default_outbound_queue.to_string())),
        ("queues", Words::Many(queues.collect())),
        ("manual_assignment_queues", Words::Many(manual.collect())),
        ("concurrencies", Words::Many(concurrencies.collect())),
    ]);
    if let Some(timer) = &profile.availability_timer {
        fields.insert("agent_availability_timer", Words::One(timer.clone()));
    }
    fields
}
