//! Undoes the creation, the renaming and the deletion of resources, through the management API and in the console.

use floorkey_aws::operation::Operation::{self, *};
use serde_json::{Value, json};

use crate::visitor::{Visitor, hidden};
use crate::world::{World, text, timeless};

/// A type of resources: its operations, the input member with the ID, and the output member of the description.
struct Kind {
    create: Operation,
    rename: Operation,
    delete: Operation,
    describe: Operation,
    id: &'static str,
    member: &'static str,
}

const KINDS: [Kind; 3] = [
    Kind {
        create: CreateQueue,
        rename: UpdateQueueName,
        delete: DeleteQueue,
        describe: DescribeQueue,
        id: "QueueId",
        member: "Queue",
    },
    Kind {
        create: CreateQuickConnect,
        rename: UpdateQuickConnectName,
        delete: DeleteQuickConnect,
        describe: DescribeQuickConnect,
        id: "QuickConnectId",
        member: "QuickConnect",
    },
    Kind {
        create: CreatePrompt,
        rename: UpdatePrompt,
        delete: DeletePrompt,
        describe: DescribePrompt,
        id: "PromptId",
        member: "Prompt",
    },
];

/// Returns the description of a resource, or `None` if the resource does not exist.
fn described(world: &World, kind: &Kind, id: &str) -> Option<Value> {
    let answer = world.operator.call(kind.describe, &world.in_instance(json!({ kind.id: id })));
    match answer.status {
        404 => None,
        200 => Some(timeless(answer.json()[kind.member].clone())),
        status => panic!("{:?}: {status}", kind.describe),
    }
}

/// Returns the revision of the last change.
fn last_revision(world: &World) -> u64 {
    let events = world.extension("GET", "/audit?maxResults=1", &Value::Null);
    events["Events"][0]["Outcome"]["Revision"].as_u64().unwrap()
}

/// Creates, renames and deletes a resource of each type. After each change, calls `undo` with the revision. Checks that
/// the resource is as before the change, and repeats the change.
fn undo_each_change(world: &World, undo: impl Fn(u64)) {
    let hours = world.id_in(ListHoursOfOperations, "HoursOfOperationSummaryList", "Name", "Basic Hours");
    for kind in &KINDS {
        let mut input = json!({ "Name": "North", "Description": "First", "Tags": { "site": "cork" } });
        match kind.create {
            CreateQueue => input["HoursOfOperationId"] = hours.clone().into(),
            CreatePrompt => input["S3Uri"] = "s3://bucket/north.wav".into(),
            _ => {
                let phone = json!({ "PhoneNumber": "+4922112345" });
                input["QuickConnectConfig"] = json!({ "QuickConnectType": "PHONE_NUMBER", "PhoneConfig": phone });
            }
        }
        let created = text(&world.ok(kind.create, input.clone())[kind.id]);
        undo(last_revision(world));
        assert_eq!(described(world, kind, &created), None, "{:?}", kind.create);

        // The name is available again.
        let id = text(&world.ok(kind.create, input)[kind.id]);
        let named = |name: &str| json!({ kind.id: id, "Name": name, "Description": "Second" });
        let changes = [(kind.rename, named("South")), (kind.delete, json!({ kind.id: id }))];
        for (operation, input) in changes {
            let before = described(world, kind, &id).unwrap();
            world.ok(operation, input);
            assert_ne!(described(world, kind, &id), Some(before.clone()), "{operation:?}");
            undo(last_revision(world));
            assert_eq!(described(world, kind, &id), Some(before), "{operation:?}");
        }
    }
}

#[test]
fn changes_to_resources_are_undone_through_the_management_api() {
    let world = World::new();
    undo_each_change(&world, |revision| {
        world.extension("POST", "/undo", &json!({ "Revision": revision }));
        // A change can't be undone twice.
        let again = world.try_extension(&world.operator, "POST", "/undo", &json!({ "Revision": revision }));
        assert_eq!(again.status, 409);
    });
}

#[test]
fn changes_to_resources_are_undone_with_the_button_of_the_console() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    undo_each_change(&world, |revision| {
        let press = |revision: &str| {
            let page = admin.submit("/connect/undo", &[("revision", revision), ("back", "/connect/history")]);
            assert_eq!(page.flash(), "Undone: everything is as it was before.");
            assert!(page.has_button("Undo"));
            page
        };
        // The button beside the message undoes the undo, so the third undo restores the resource again.
        let undone = press(&revision.to_string());
        let redone = press(&hidden(&undone, "revision"));
        press(&hidden(&redone, "revision"));
    });
}

#[test]
fn a_deleted_quick_connect_returns_to_its_queues() {
    let world = World::new();
    let queue = world.id_in(ListQueues, "QueueSummaryList", "Name", "BasicQueue");
    let config = json!({ "QuickConnectType": "PHONE_NUMBER", "PhoneConfig": { "PhoneNumber": "+4922112345" } });
    let input = json!({ "Name": "North", "QuickConnectConfig": config });
    let id = text(&world.ok(CreateQuickConnect, input)["QuickConnectId"]);
    world.ok(AssociateQueueQuickConnects, json!({ "QueueId": queue, "QuickConnectIds": [id] }));
    let listed = || {
        let listed = world.ok(ListQueueQuickConnects, json!({ "QueueId": queue }));
        crate::world::column(&listed["QuickConnectSummaryList"], "Id")
    };
    world.ok(DeleteQuickConnect, json!({ "QuickConnectId": id }));
    assert!(listed().is_empty());
    // The page of the event names the queue before the line about it.
    let (revision, seq) = (last_revision(&world), world.newest_event());
    let event = Visitor::administrator(&world.server).see(&format!("/connect/history/{seq}"));
    event.assert_shows(&format!("BasicQueue Field Before After Quick connect quick connect {id} (deleted)"));
    world.extension("POST", "/undo", &json!({ "Revision": revision }));
    assert_eq!(listed(), [id]);
}
