//! The quick connects and the prompts.

use std::collections::BTreeMap;

use floorkey::resource::{Document, DocumentRules, PROMPT, QUICK_CONNECT, ResourceDetails};
use floorkey::{Command, ResourceId};
use floorkey_service::entropy;
use floorkey_service::failure::Failure;

use super::resources::resource;
use super::{CreatedIds, tags};

/// The quick connects to queues. Each entry has a name, a description and a queue.
const QUEUES: [(&str, &str, &str); 4] = [
    ("Complaints desk", "Second line for complaints", "Complaints"),
    ("Payments desk", "Card payments", "Payments"),
    ("VIP desk", "Northstar Gold travelers", "VIP"),
    ("Technical help", "App, tickets that won't scan, accounts", "Technical Help"),
];

/// The quick connects to telephone numbers. Each entry has a name, a description and a number.
const NUMBERS: [(&str, &str, &str); 2] = [
    ("Port of Lisbon", "Information desk of the port", "+351210000100"),
    ("Interpreters", "Interpreting by telephone, around the clock", "+35315550142"),
];

/// The prompts. Each entry has a name, a description and the key of the recording.
const PROMPTS: [(&str, &str, &str); 3] = [
    ("Welcome Harbour", "Greeting of Harbour Ferries", "welcome-harbour.wav"),
    ("Welcome Northstar", "Greeting of Northstar Rail", "welcome-northstar.wav"),
    ("Hold music", "Played while a contact waits", "hold.wav"),
];

/// The flow that quick connects to queues use. Floorkey stores no flows, so any ID is valid.
const TRANSFER_FLOW: &str = "5f1c1b1e-0000-4000-8000-000000000001";

/// Returns the commands that create the quick connects and the prompts.
pub(super) fn commands(queues: &CreatedIds<ResourceId>) -> Result<Vec<Command>, Failure> {
    let mut commands = Vec::new();
    for (name, about, queue) in QUEUES {
        let queue = queues.id(queue)?.to_string();
        let fields = [("quick_connect_type", "QUEUE"), ("queue", &queue), ("flow", TRANSFER_FLOW)];
        commands.push(document(&QUICK_CONNECT, name, about, &fields));
    }
    for (name, about, number) in NUMBERS {
        let fields = [("quick_connect_type", "PHONE_NUMBER"), ("phone_number", number)];
        commands.push(document(&QUICK_CONNECT, name, about, &fields));
    }
    for (name, about, key) in PROMPTS {
        let uri = format!("s3://harbourline-prompts/{key}");
        commands.push(document(&PROMPT, name, about, &[("s3_uri", &uri)]));
    }
    Ok(commands)
}

fn document(rules: &'static DocumentRules, name: &str, description: &str, fields: &[(&str, &str)]) -> Command {
    let fields: BTreeMap<_, _> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let id = ResourceId::from_bits(entropy::random_id());
    resource(id, name, description, tags([]), ResourceDetails::Document(Document { rules, fields }))
}
