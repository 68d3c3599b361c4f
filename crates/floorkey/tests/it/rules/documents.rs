//! The contract of all types of documents. A type that is added to the table of stored resources is tested here without
//! changes to this file.

use std::collections::BTreeMap;

use floorkey::audit::ValueChange;
use floorkey::resource::{Document, DocumentRules, QUICK_CONNECT, ResourceChange, ResourceDetails, ResourceEdit};
use floorkey::{
    Action, Actor, Command, NewResource, RecordKey, Refusal, ResourceId, ResourceType, StoredResourceType, Target,
    authorize,
};

use crate::test_instance::{TestInstance, actor_of, granting, granting_tagged, operator, tags, undo};

type Fields = BTreeMap<String, String>;

/// Runs a test for each type of document.
fn for_each_type(test: impl Fn(&'static DocumentRules)) {
    let mut types = StoredResourceType::ALL.iter().filter_map(|stored| stored.document_rules()).peekable();
    assert!(types.peek().is_some());
    types.for_each(test);
}

/// Returns a value for each field of a document.
fn all_fields(instance: &TestInstance, rules: &DocumentRules) -> Fields {
    let value = |refers_to: Option<ResourceType>| match refers_to {
        None => "some text".to_owned(),
        Some(ResourceType::User) => instance.user("admin").to_string(),
        Some(other) => instance.directory.resources(other).next().unwrap().id.to_string(),
    };
    rules.fields.iter().map(|field| (field.name.to_owned(), value(field.refers_to))).collect()
}

fn create(instance: &mut TestInstance, rules: &'static DocumentRules, name: &str, fields: Fields) -> Command {
    let id = ResourceId::from_bits(instance.next_id());
    let details = ResourceDetails::Document(Document { rules, fields });
    let (name, tags) = (name.to_owned(), tags(&[("team", "red")]));
    Command::CreateResource(Box::new(NewResource { id, name, description: None, tags, details }))
}

fn created(instance: &mut TestInstance, rules: &'static DocumentRules, name: &str, fields: Fields) -> ResourceId {
    let command = create(instance, rules, name, fields);
    instance.run_ok(&operator(), command);
    instance.directory.resource_by_name(rules.stored_type.resource_type(), name).unwrap().id
}

fn update(id: ResourceId, rules: &'static DocumentRules, fields: Fields) -> Command {
    let change = ResourceChange::Document { rules, name: None, description: None, fields: Some(fields) };
    Command::UpdateResource(Box::new(ResourceEdit { id, change }))
}

fn delete(id: ResourceId, rules: &DocumentRules) -> Command {
    Command::DeleteResource { kind: rules.stored_type, id }
}

#[test]
fn a_document_is_created_changed_deleted_and_restored() {
    for_each_type(|rules| {
        let mut instance = TestInstance::new();
        let fields = all_fields(&instance, rules);
        let id = created(&mut instance, rules, "North", fields.clone());
        let resource = instance.directory.resource(id).unwrap().clone();
        assert_eq!(resource.details, ResourceDetails::Document(Document { rules, fields: fields.clone() }));

        // The event names each field, with its value before and after the change.
        let before = instance.directory.clone();
        let change = instance.run_ok(&operator(), update(id, rules, Fields::new()));
        let changes: BTreeMap<_, _> =
            change.event().changes.iter().map(|change| (change.field, change.change.clone())).collect();
        for (field, value) in &fields {
            let removed = ValueChange::Value { before: Some(value.clone()), after: None };
            assert_eq!(changes.get(field.as_str()), Some(&removed), "{field}");
        }
        let undone = undo(&before, &change);
        instance.run_ok(&operator(), undone);
        assert_eq!(instance.directory.resource(id).unwrap().details, resource.details);
        instance.run_ok(&operator(), update(id, rules, Fields::new()));

        let before = instance.directory.clone();
        assert!(
            matches!(&before.resource(id).unwrap().details, ResourceDetails::Document(document) if document.fields.is_empty())
        );

        let change = instance.run_ok(&operator(), delete(id, rules));
        assert!(instance.directory.resource(id).is_none());
        let undone = undo(&before, &change);
        instance.run_ok(&operator(), undone);
        assert_eq!(instance.directory.resource(id).map(|resource| &resource.name), Some(&"North".to_owned()));
    });
}

#[test]
fn names_are_unique_and_can_be_changed() {
    for_each_type(|rules| {
        let mut instance = TestInstance::new();
        created(&mut instance, rules, "North", Fields::new());
        let again = create(&mut instance, rules, "NORTH", Fields::new());
        assert_eq!(instance.refusal_code(&operator(), again), "duplicate");
        let south = created(&mut instance, rules, "South", Fields::new());
        let rename = |name: &str| {
            let (name, description) = (Some(name.to_owned()), Some("Renamed".to_owned()));
            let change = ResourceChange::Name { stored_type: rules.stored_type, name, description };
            Command::UpdateResource(Box::new(ResourceEdit { id: south, change }))
        };
        assert_eq!(instance.refusal_code(&operator(), rename("north")), "duplicate");
        let before = instance.directory.clone();
        let change = instance.run_ok(&operator(), rename("West"));
        let undone = undo(&before, &change);
        instance.run_ok(&operator(), undone);
        assert_eq!(instance.directory.resource(south).unwrap().name, "South");
        instance.run_ok(&operator(), rename("West"));
        assert_eq!(instance.directory.resource(south).unwrap().description.as_deref(), Some("Renamed"));
    });
}

#[test]
fn invalid_fields_are_refused_with_the_name_of_the_input() {
    for_each_type(|rules| {
        let mut instance = TestInstance::new();
        let id = created(&mut instance, rules, "North", Fields::new());
        let unknown = Fields::from([("colour".to_owned(), "red".to_owned())]);
        let command = create(&mut instance, rules, "South", unknown.clone());
        assert_eq!(instance.refusal_code(&operator(), command), "invalid");
        assert_eq!(instance.refusal_code(&operator(), update(id, rules, unknown)), "invalid");
        for field in rules.fields {
            for value in [String::new(), "x".repeat(field.chars_max + 1), "a\u{7}".to_owned()] {
                let fields = Fields::from([(field.name.to_owned(), value)]);
                let refusal = instance.run(&operator(), update(id, rules, fields)).unwrap_err();
                let Refusal::Invalid(invalid) = &refusal else { panic!("{refusal:?}") };
                assert_eq!(invalid.input, field.input);
            }
        }
    });
}

#[test]
fn references_must_exist_and_resources_in_use_cannot_be_deleted() {
    for_each_type(|rules| {
        let mut instance = TestInstance::new();
        let id = created(&mut instance, rules, "North", Fields::new());
        for field in rules.fields {
            let Some(refers_to) = field.refers_to else { continue };
            for missing in [ResourceId::from_bits(7).to_string(), "no id".to_owned()] {
                let fields = Fields::from([(field.name.to_owned(), missing)]);
                assert_eq!(
                    instance.refusal_code(&operator(), update(id, rules, fields)),
                    "not-found",
                    "{}",
                    field.name
                );
            }
            let Some(stored) = StoredResourceType::of(refers_to) else { continue };
            // Nothing else refers to the new resource.
            let details = instance.directory.resources(refers_to).next().unwrap().details.clone();
            let known = ResourceId::from_bits(instance.next_id());
            let (name, tags) = ("New".to_owned(), tags(&[]));
            let new = NewResource { id: known, name, description: None, tags, details };
            instance.run_ok(&operator(), Command::CreateResource(Box::new(new)));
            let known = known.to_string();
            instance.run_ok(&operator(), update(id, rules, Fields::from([(field.name.to_owned(), known.clone())])));
            let command = Command::DeleteResource { kind: stored, id: ResourceId::parse(&known).unwrap() };
            let refusal = instance.run(&operator(), command).unwrap_err();
            assert_eq!(refusal.code(), "in-use");
        }
    });
}

#[test]
fn each_change_requires_the_permission_for_its_type() {
    for_each_type(|rules| {
        let mut instance = TestInstance::new();
        let id = created(&mut instance, rules, "North", Fields::new());
        let agent = actor_of(instance.create_user("ann", &["Agent"]));
        let command = create(&mut instance, rules, "South", Fields::new());
        for command in [command, update(id, rules, Fields::new()), delete(id, rules)] {
            assert_eq!(instance.refusal_code(&agent, command), "not-permitted");
        }
    });
}

#[test]
fn a_user_who_can_edit_a_document_can_change_its_tags() {
    for_each_type(|rules| {
        let mut instance = TestInstance::new();
        let id = created(&mut instance, rules, "North", Fields::new());
        let view = rules.stored_type.resource_type().view().unwrap().name();
        instance.create_profile("Editor", granting(&[view, &view.replace(".View", ".Edit")]));
        let ann = actor_of(instance.create_user("ann", &["Editor"]));
        let target = RecordKey::Resource(id);
        let new = tags(&[("site", "Cork")]);
        instance.run_ok(&ann, Command::TagResource { target: target.clone(), tags: new });
        instance.run_ok(&ann, Command::UntagResource { target: target.clone(), keys: ["site".to_owned()].into() });
        let target = Target::Resource(id);
        let read = authorize(&instance.directory, &ann.principal, Action::ListTagsForResource, &target, instance.now);
        assert!(read.is_ok(), "{read:?}");
    });
}

#[test]
fn permissions_can_be_restricted_to_documents_with_a_tag() {
    for_each_type(|rules| {
        let mut instance = TestInstance::new();
        let resource_type = rules.stored_type.resource_type();
        let view = resource_type.view().unwrap().name();
        let edit = view.replace(".View", ".Edit");
        let (red, blue) = (
            created(&mut instance, rules, "North", Fields::new()),
            created(&mut instance, rules, "South", Fields::new()),
        );
        let keys = ["team".to_owned()].into();
        instance.run_ok(&operator(), Command::UntagResource { target: RecordKey::Resource(blue), keys });
        instance.create_profile("Red", granting_tagged(&[view, &edit], &[resource_type.as_str()], ("team", "red")));
        let ann = instance.create_user("ann", &["Red"]);
        for (id, allowed) in [(red, true), (blue, false)] {
            assert_eq!(instance.decide(ann, view, Target::Resource(id)).allowed(), allowed);
        }
        let ann: Actor = actor_of(ann);
        instance.run_ok(&ann, update(red, rules, Fields::new()));
        assert_eq!(instance.refusal_code(&ann, update(blue, rules, Fields::new())), "out-of-scope");
    });
}

#[test]
fn a_user_outside_the_actors_scope_cannot_be_entered_but_can_stay() {
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    let north = instance.group("North", None);
    let mut edit = crate::test_instance::granting_below(&["Users.View", "TransferDestinations.Edit"], Some(north));
    edit.hierarchy_group = Some(north.to_string());
    instance.create_profile("Local", edit);
    let ann = actor_of(instance.create_user("ann", &["Local"]));
    let outside = Fields::from([("user".to_owned(), instance.user("admin").to_string())]);
    let id = created(&mut instance, &QUICK_CONNECT, "Admin", outside.clone());
    // The reference is already there, so it discloses nothing and can stay.
    instance.run_ok(&ann, update(id, &QUICK_CONNECT, outside.clone()));
    instance.run_ok(&ann, update(id, &QUICK_CONNECT, Fields::new()));
    let refused = instance.refusal_code(&ann, update(id, &QUICK_CONNECT, outside));
    assert_eq!(refused, "out-of-scope");
}

#[test]
fn deleting_a_quick_connect_removes_it_from_its_queues() {
    let mut instance = TestInstance::new();
    let quick_connect = created(&mut instance, &QUICK_CONNECT, "North", Fields::new());
    let queue = instance.directory.resource_by_name(ResourceType::Queue, "BasicQueue").unwrap().id;
    let edit = |change| Command::UpdateResource(Box::new(ResourceEdit { id: queue, change }));
    let missing = ResourceChange::AddQueueQuickConnects(vec![ResourceId::from_bits(7)]);
    assert_eq!(instance.refusal_code(&operator(), edit(missing)), "not-found");
    let many = ResourceChange::AddQueueQuickConnects(vec![quick_connect; 51]);
    assert_eq!(instance.refusal_code(&operator(), edit(many)), "limit-exceeded");
    instance.run_ok(&operator(), edit(ResourceChange::AddQueueQuickConnects(vec![quick_connect])));
    let quick_connects = |instance: &TestInstance| match &instance.directory.resource(queue).unwrap().details {
        ResourceDetails::Queue(queue) => queue.quick_connects.iter().copied().collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(quick_connects(&instance), [quick_connect]);
    let before = instance.directory.clone();
    let change = instance.run_ok(&operator(), delete(quick_connect, &QUICK_CONNECT));
    assert!(quick_connects(&instance).is_empty());
    let undone = undo(&before, &change);
    instance.run_ok(&operator(), undone);
    assert_eq!(quick_connects(&instance), [quick_connect]);
    instance.run_ok(&operator(), edit(ResourceChange::RemoveQueueQuickConnects(vec![quick_connect])));
    assert!(quick_connects(&instance).is_empty());
}
