//! Random resources.

use super::*;

fn routing_profile() -> BoxedStrategy<ResourceDetails> {
    let link = (resource_id(), text(), any::<i64>(), any::<i64>())
        .prop_map(|(queue, channel, priority, delay_seconds)| QueueLink { queue, channel, priority, delay_seconds });
    let manual = (resource_id(), text()).prop_map(|(queue, channel)| ManualQueueLink { queue, channel });
    let media = (text(), any::<i64>(), of(text())).prop_map(|(channel, concurrency, cross_channel)| MediaConcurrency {
        channel,
        concurrency,
        cross_channel,
    });
    (resource_id(), vec(link, 0..3), vec(manual, 0..3), vec(media, 0..3), of(text()))
        .prop_map(|(default_outbound_queue, queues, manual_queues, concurrencies, availability_timer)| {
            ResourceDetails::RoutingProfile(RoutingProfile {
                default_outbound_queue,
                queues,
                manual_queues,
                concurrencies,
                availability_timer,
            })
        })
        .boxed()
}

fn queue() -> BoxedStrategy<ResourceDetails> {
    let outbound = (of(text()), of(text()), of(text()), of(text()));
    (resource_id(), of(any::<i64>()), any::<bool>(), outbound, btree_set(resource_id(), 0..3))
        .prop_map(|(hours, max_contacts, enabled, outbound, quick_connects)| {
            let (caller_id_name, caller_id_number, outbound_flow, outbound_email) = outbound;
            ResourceDetails::Queue(Queue {
                hours,
                max_contacts,
                enabled,
                caller_id_name,
                caller_id_number,
                outbound_flow,
                outbound_email,
                quick_connects,
            })
        })
        .boxed()
}

fn hours() -> BoxedStrategy<ResourceDetails> {
    let period = (text(), any::<u16>(), any::<u16>()).prop_map(|(day, start_minute, end_minute)| OpeningPeriod {
        day,
        start_minute,
        end_minute,
    });
    (text(), vec(period, 0..3), vec(resource_id(), 0..3))
        .prop_map(|(time_zone, periods, parents)| {
            ResourceDetails::HoursOfOperation(HoursOfOperation { time_zone, periods, parents })
        })
        .boxed()
}

fn agent_status() -> BoxedStrategy<ResourceDetails> {
    (text(), of(any::<i64>()), any::<bool>())
        .prop_map(|(status_type, display_order, enabled)| {
            ResourceDetails::AgentStatus(AgentStatus { status_type, display_order, enabled })
        })
        .boxed()
}

fn document() -> BoxedStrategy<ResourceDetails> {
    let rules: Vec<_> = StoredResourceType::ALL.iter().filter_map(|stored| stored.document_rules()).collect();
    (select(rules), btree_map(text(), text(), 0..3))
        .prop_map(|(rules, fields)| ResourceDetails::Document(Document { rules, fields }))
        .boxed()
}

pub(super) fn resource() -> impl Strategy<Value = Record> {
    let details = prop_oneof![routing_profile(), queue(), hours(), agent_status(), document()];
    (resource_id(), text(), of(text()), tags_with_revisions(), time(), details).prop_map(
        |(id, name, description, (tags, tags_set), modified, details)| {
            Record::Resource(Arc::new(Resource {
                id,
                name,
                description,
                tags,
                tag_revisions: tags_set,
                modified,
                details,
            }))
        },
    )
}
