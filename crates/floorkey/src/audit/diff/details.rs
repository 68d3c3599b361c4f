//! The fields that are specific to a resource type, each with a unique name, and the texts of values with several parts.

use std::collections::BTreeMap;

use crate::profile::PrimaryAttributeValue;
use crate::resource::{ResourceDetails, RoutingProfile};
use crate::user::ChannelSettings;

/// The content of a field.
pub(super) enum FieldContent {
    /// A single value.
    Value(String),
    /// The members of a list.
    List(Vec<String>),
}

impl FieldContent {
    /// Returns the content if it is a single value, or `None` if it is a list.
    pub(super) fn value(&self) -> Option<&String> {
        match self {
            Self::Value(value) => Some(value),
            Self::List(_) => None,
        }
    }

    /// Returns the list's members. The result is empty if the content is a single value.
    pub(super) fn members(&self) -> Vec<String> {
        match self {
            Self::Value(_) => Vec::new(),
            Self::List(members) => members.clone(),
        }
    }
}

/// Returns the fields that have content. If a field describes a linked resource, its text begins with that resource's
/// id.
pub(super) fn fields(details: &ResourceDetails) -> BTreeMap<&'static str, FieldContent> {
    let value_field = |field, value: Option<String>| Some((field, FieldContent::Value(value?)));
    match details {
        ResourceDetails::RoutingProfile(profile) => routing_profile(profile),
        ResourceDetails::Queue(queue) => [
            Some((
                "quick_connects",
                FieldContent::List(queue.quick_connects.iter().map(ToString::to_string).collect()),
            )),
            value_field("hours_of_operation", Some(queue.hours.to_string())),
            value_field("max_contacts", queue.max_contacts.map(|max| max.to_string())),
            value_field("takes_contacts", Some(queue.enabled.to_string())),
            value_field("outbound_caller_id_name", queue.caller_id_name.clone()),
            value_field("outbound_caller_id_number", queue.caller_id_number.clone()),
            value_field("outbound_flow", queue.outbound_flow.clone()),
            value_field("outbound_email_address", queue.outbound_email.clone()),
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
                ("time_zone", FieldContent::Value(hours.time_zone.clone())),
                ("opening_times", FieldContent::List(hours.periods.iter().map(period).collect())),
                ("parent_hours", FieldContent::List(hours.parents.iter().map(ToString::to_string).collect())),
            ])
        }
        ResourceDetails::Document(document) => {
            let fields = document.rules.fields.iter();
            fields.filter_map(|field| value_field(field.name, document.field(field.name).map(str::to_owned))).collect()
        }
        ResourceDetails::AgentStatus(status) => [
            value_field("status_type", Some(status.status_type.clone())),
            value_field("display_order", status.display_order.map(|order| order.to_string())),
            value_field("can_be_chosen", Some(status.enabled.to_string())),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

/// Describes the settings of a channel.
pub(super) fn channel(settings: &ChannelSettings) -> String {
    let ChannelSettings {
        channel,
        auto_accept,
        callback_auto_accept,
        after_contact_work_seconds,
        callback_after_contact_work_seconds,
        phone_type,
        phone_number,
        persistent_connection,
        voice_enhancement,
    } = settings;
    let switch = |name: &str, on: &Option<bool>| on.map(|on| format!("{name} {}", if on { "on" } else { "off" }));
    let seconds = |name: &str, seconds: &Option<i64>| seconds.map(|seconds| format!("{name} {seconds} s"));
    let text = |name: &str, text: &Option<String>| text.as_ref().map(|text| format!("{name} {text}"));
    let parts = [
        switch("auto-accept", auto_accept),
        switch("auto-accept of callbacks", callback_auto_accept),
        seconds("after-contact work", after_contact_work_seconds),
        seconds("after-contact work of callbacks", callback_after_contact_work_seconds),
        text("phone", phone_type),
        text("number", phone_number),
        switch("persistent connection", persistent_connection),
        text("voice enhancement", voice_enhancement),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    format!("{channel}: {}", parts.join(", "))
}

/// Describes the values of an attribute that grant access to rows of data tables.
pub(super) fn primary_attribute(value: &PrimaryAttributeValue) -> String {
    let PrimaryAttributeValue { access, attribute, values } = value;
    let (access, attribute) = (access.as_deref().unwrap_or("ALLOW"), attribute.as_deref().unwrap_or("-"));
    format!("{access} {attribute}: {}", values.join(", "))
}

fn routing_profile(profile: &RoutingProfile) -> BTreeMap<&'static str, FieldContent> {
    let queues = profile.queues.iter().map(|link| {
        format!("{} for {}, priority {}, delay {} s", link.queue, link.channel, link.priority, link.delay_seconds)
    });
    let manual = profile.manual_queues.iter().map(|link| format!("{} for {}", link.queue, link.channel));
    let concurrencies = profile.concurrencies.iter().map(|media| {
        let across = media.cross_channel.as_deref().map(|across| format!(", {across}")).unwrap_or_default();
        format!("{} {}{across}", media.channel, media.concurrency)
    });
    let mut fields = BTreeMap::from([
        ("default_outbound_queue", FieldContent::Value(profile.default_outbound_queue.to_string())),
        ("queues", FieldContent::List(queues.collect())),
        ("manual_assignment_queues", FieldContent::List(manual.collect())),
        ("concurrencies", FieldContent::List(concurrencies.collect())),
    ]);
    if let Some(timer) = &profile.availability_timer {
        fields.insert("agent_availability_timer", FieldContent::Value(timer.clone()));
    }
    fields
}
