//! Valid inputs for the operations that change stored resources.

use floorkey_aws::operation::Operation::{self, *};
use serde_json::{Value, json};

use super::{Things, phone, with};

impl Things {
    pub(super) fn changes_of_resources(&self) -> Vec<(Operation, Value)> {
        let (queue, routing) = (&self.queue, &self.routing);
        let reference = with(queue, json!({ "Channel": "VOICE" }));
        let link = json!({ "QueueConfigs": [{ "QueueReference": reference, "Priority": 2, "Delay": 3 }] });
        let chat = with(queue, json!({ "Channel": "CHAT" }));
        let new = json!({ "QueueConfigs": [{ "QueueReference": chat, "Priority": 2, "Delay": 3 }] });
        let concurrency = json!({ "MediaConcurrencies": [{ "Channel": "CHAT", "Concurrency": 2 }] });
        let quick_connects = with(queue, json!({ "QuickConnectIds": ["x"] }));
        let caller = json!({ "OutboundCallerConfig": { "OutboundCallerIdName": "x" } });
        vec![
            (AssociateQueueQuickConnects, quick_connects.clone()),
            (AssociateRoutingProfileQueues, with(routing, new)),
            (DisassociateQueueQuickConnects, quick_connects),
            (DisassociateRoutingProfileQueues, with(routing, json!({ "QueueReferences": [reference] }))),
            (UpdateHoursOfOperation, with(&self.hours, json!({ "Name": "x" }))),
            (UpdatePrompt, with(&self.prompt, json!({ "Name": "y" }))),
            (UpdateQuickConnectConfig, with(&self.quick_connect, json!({ "QuickConnectConfig": phone() }))),
            (UpdateQuickConnectName, with(&self.quick_connect, json!({ "Name": "y" }))),
            (UpdateQueueHoursOfOperation, with(queue, self.hours.clone())),
            (UpdateQueueMaxContacts, with(queue, json!({ "MaxContacts": 1 }))),
            (UpdateQueueName, with(queue, json!({ "Name": "x" }))),
            (UpdateQueueOutboundCallerConfig, with(queue, caller)),
            (UpdateQueueStatus, with(queue, json!({ "Status": "DISABLED" }))),
            (UpdateRoutingProfileConcurrency, with(routing, concurrency)),
            (
                UpdateRoutingProfileDefaultOutboundQueue,
                with(routing, json!({ "DefaultOutboundQueueId": queue["QueueId"] })),
            ),
            (UpdateRoutingProfileName, with(routing, json!({ "Name": "x" }))),
            (UpdateRoutingProfileQueues, with(routing, link)),
        ]
    }
}
