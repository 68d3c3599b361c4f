//! Generates random resources and random changes to them.

use std::collections::BTreeMap;

use floorkey::resource::{
    Document, DocumentRules, HoursOfOperation, ManualQueueLink, MediaConcurrency, OpeningPeriod, Queue, QueueLink,
    ResourceChange, ResourceDetails, ResourceEdit, RoutingProfile,
};
use floorkey::{NewResource, ResourceId, ResourceType, StoredResourceType};

use super::CommandGenerator;

impl CommandGenerator<'_> {
    pub(super) fn new_resource(&mut self) -> NewResource {
        let (queue, hours) =
            (self.resource_of(StoredResourceType::Queue), self.resource_of(StoredResourceType::HoursOfOperation));
        let channel = ["VOICE", "CHAT", "FAX"][self.rng.below(3)].to_owned();
        let documents: Vec<_> = StoredResourceType::ALL.iter().filter_map(|stored| stored.document_rules()).collect();
        let details = match self.rng.below(3 + documents.len()) {
            0 => ResourceDetails::RoutingProfile(RoutingProfile {
                default_outbound_queue: queue,
                queues: vec![QueueLink { queue, channel: channel.clone(), priority: 1, delay_seconds: 0 }],
                manual_queues: vec![ManualQueueLink { queue, channel: channel.clone() }],
                concurrencies: vec![MediaConcurrency { channel, concurrency: 1, cross_channel: None }],
                availability_timer: None,
            }),
            1 => ResourceDetails::Queue(Queue {
                hours,
                max_contacts: None,
                enabled: true,
                caller_id_name: None,
                caller_id_number: None,
                outbound_flow: None,
                outbound_email: None,
                quick_connects: [].into(),
            }),
            2 => {
                let parents = if self.rng.percent(30) { vec![hours] } else { Vec::new() };
                let (time_zone, periods) = ("UTC".to_owned(), Vec::new());
                ResourceDetails::HoursOfOperation(HoursOfOperation { time_zone, periods, parents })
            }
            at => {
                let rules = documents[at - 3];
                ResourceDetails::Document(Document { rules, fields: self.fields(rules) })
            }
        };
        let id = ResourceId::from_bits(self.rng.id());
        NewResource { id, name: self.name(), description: None, tags: self.tags(), details }
    }

    /// Returns a change to a random resource. Usually, the change fits the resource's type.
    pub(super) fn resource_edit(&mut self) -> ResourceEdit {
        let change = self.resource_change();
        ResourceEdit { id: self.resource_of(change.stored_type()), change }
    }

    /// Returns values for some of the fields that a document can have. Now and then, adds an unknown field.
    fn fields(&mut self, rules: &DocumentRules) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        for field in rules.fields {
            let value = match field.refers_to {
                Some(ResourceType::User) => self.user().to_string(),
                Some(other) => self.resource_of(StoredResourceType::of(other).unwrap()).to_string(),
                None => self.name(),
            };
            if self.rng.percent(60) {
                fields.insert(field.name.to_owned(), value);
            }
        }
        if self.rng.percent(5) {
            fields.insert("unknown".to_owned(), "value".to_owned());
        }
        fields
    }

    fn resource_change(&mut self) -> ResourceChange {
        let (queue, hours) =
            (self.resource_of(StoredResourceType::Queue), self.resource_of(StoredResourceType::HoursOfOperation));
        let channel = ["VOICE", "CHAT", "FAX"][self.rng.below(3)].to_owned();
        let link = QueueLink { queue, channel: channel.clone(), priority: 2, delay_seconds: 10 };
        let name = self.rng.percent(60).then(|| self.name());
        let description = self.rng.percent(40).then(|| self.name());
        let quick_connect = self.resource_of(StoredResourceType::QuickConnect);
        let documents: Vec<_> = StoredResourceType::ALL.iter().filter_map(|stored| stored.document_rules()).collect();
        match self.rng.below(16) {
            0 => ResourceChange::Name { stored_type: StoredResourceType::Queue, name, description },
            1 => ResourceChange::QueueHours(hours),
            2 => ResourceChange::QueueMaxContacts([None, Some(-1), Some(0), Some(7)][self.rng.below(4)]),
            3 => ResourceChange::QueueEnabled(self.rng.percent(50)),
            4 => ResourceChange::QueueOutboundCaller { name, number: description, flow: None },
            5 => ResourceChange::Name { stored_type: StoredResourceType::RoutingProfile, name, description },
            6 => ResourceChange::RoutingProfileConcurrency(vec![MediaConcurrency {
                channel,
                concurrency: 1,
                cross_channel: None,
            }]),
            7 => ResourceChange::RoutingProfileDefaultOutboundQueue(queue),
            8 => ResourceChange::RoutingProfileQueues(vec![link]),
            9 => ResourceChange::AddRoutingProfileQueues {
                queues: vec![link],
                manual: vec![ManualQueueLink { queue, channel }],
            },
            10 => ResourceChange::RemoveRoutingProfileQueues {
                queues: vec![(queue, channel.clone())],
                manual: vec![(queue, channel)],
            },
            11 => ResourceChange::AddQueueQuickConnects(vec![quick_connect]),
            12 => ResourceChange::RemoveQueueQuickConnects(vec![quick_connect]),
            13 | 14 => {
                let rules = documents[self.rng.below(documents.len())];
                let fields = self.rng.percent(60).then(|| self.fields(rules));
                ResourceChange::Document { rules, name, description, fields }
            }
            _ => {
                let day = ["MONDAY", "FUNDAY"][self.rng.below(2)].to_owned();
                let periods = vec![OpeningPeriod { day, start_minute: 60, end_minute: 120 }];
                let periods = self.rng.percent(60).then_some(periods);
                ResourceChange::HoursOfOperation { name, description, time_zone: None, periods }
            }
        }
    }
}
