//! Compares the decisions of `decide` with Cedar's decisions on equivalent policies. Cedar is an independent engine
//! with a different design.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet,
    RestrictedExpression,
};
use floorkey::catalog::Polarity;
use floorkey::condition::AttributeOwner;
use floorkey::tags::Tags;
use floorkey::{
    AnyPermission, Condition, HierarchyGroupId, Record, Request, RequestedAction, ResourceAttributes, ResourceType,
    SecurityProfile, Target, User,
};

use crate::oracle::{Oracle, permissions_with, restricts, with_supplied};
use crate::random_directory::{directory, random_request, supplied_attributes};
use crate::rng::TestRng;

#[test]
fn a_hundred_thousand_questions_are_answered_as_cedar_answers_them() {
    const WORLDS: usize = 100;
    let mut rng = TestRng::new(0x00ce_da44);
    let (authorizer, mut allowed, mut denied) = (Authorizer::new(), 0, 0);
    for world in 0..WORLDS {
        let (directory, ids) = directory(&mut rng);
        let records = directory.records();
        let oracle = Oracle::new(&records);
        let policies: PolicySet = policies(&records).parse().unwrap_or_else(|error| panic!("{error}"));
        let said = supplied_attributes(&mut rng, &ids);
        let mut asked = 0;
        while asked < 1_000 {
            let request = random_request(&mut rng, &directory, &ids, &said);
            // Requests for legacy permissions are skipped. A user may have a legacy permission because of a combination
            // of profiles, which Cedar policies can't express.
            if matches!(request.action, RequestedAction::Permission(name) if name.info().is_legacy()) {
                continue;
            }
            asked += 1;
            let action = uid("Action", &action(&request.action));
            let principal = uid("User", &request.subject.to_string());
            let resource = uid("Thing", "it");
            let entities = [
                principal_entity(&principal, oracle.users.get(&request.subject).copied(), &request),
                resource_entity(&resource, &oracle, &request),
            ];
            let entities = Entities::from_entities(entities, None).unwrap();
            let said = request.given.and_then(|given| given.action).cloned().unwrap_or_default();
            let context = Context::from_pairs([("action".to_owned(), record(&said))]).unwrap();
            let asking = cedar_policy::Request::new(principal, action, resource, context, None).unwrap();
            let theirs = authorizer.is_authorized(&asking, &policies, &entities).decision() == Decision::Allow;
            assert_eq!(directory.decide(&request).allowed(), theirs, "world {world}: {request:?}");
            *(if theirs { &mut allowed } else { &mut denied }) += 1;
        }
    }
    assert!(allowed > 10_000 && denied > 10_000, "{allowed} {denied}");
}

fn action(action: &RequestedAction<'_>) -> String {
    match action {
        RequestedAction::Permission(permission) => permission.name().to_owned(),
        RequestedAction::Application { namespace, permission } => format!("{namespace}: {permission}"),
        RequestedAction::Unknown(name) => (*name).to_owned(),
    }
}

/// Generates Cedar policies for all profiles. For each profile, permissions with the same conditions share one policy.
fn policies(records: &[Record]) -> String {
    let applications: HashMap<&str, _> = records
        .iter()
        .filter_map(|record| match record {
            Record::Application(application) => Some((application.namespace.as_str(), application)),
            _ => None,
        })
        .collect();
    let mut text = String::new();
    for record in records {
        let Record::Profile(profile) = record else { continue };
        let mut by_clause: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for name in permissions_with(profile.chosen.iter().collect()) {
            if name.info().polarity == Polarity::Grant && !name.info().is_legacy() {
                let clause = clause(profile, &AnyPermission::Catalog(name), name.info().resource_type);
                by_clause.entry(clause).or_default().push(name.name().to_owned());
            }
        }
        for held in &profile.applications {
            let Some(application) = applications.get(held.namespace.as_str()) else { continue };
            let known = held.permissions.iter().filter(|name| application.permission(name).is_some());
            let mut names: BTreeSet<String> = known.cloned().collect();
            while let Some(more) = names
                .iter()
                .flat_map(|name| application.permission(name).map(|known| known.requires.clone()))
                .flatten()
                .find(|name| !names.contains(name))
            {
                names.insert(more);
            }
            for name in names {
                let key = AnyPermission::Application { namespace: held.namespace.clone(), name: name.clone() };
                by_clause.entry(clause(profile, &key, None)).or_default().push(format!("{}: {name}", held.namespace));
            }
        }
        for (clause, names) in by_clause {
            let actions: Vec<String> = names.iter().map(|name| format!("Action::\"{name}\"")).collect();
            writeln!(
                text,
                "permit(principal in Profile::\"{}\", action in [{}], resource) when {{ {clause} }};",
                profile.id,
                actions.join(", ")
            )
            .unwrap();
        }
    }
    text
}

/// Returns a Cedar expression that is true if all of the profile's conditions for the permission are met.
fn clause(profile: &SecurityProfile, name: &AnyPermission, of: Option<ResourceType>) -> String {
    let mut all = vec!["resource.there".to_owned()];
    let control = &profile.access_control;
    if let Some(of) = of {
        all.push(format!("(!(resource has kind) || resource.kind == \"{}\")", of.word()));
        if restricts(control, Some(of)) && control.tag_restricted.contains(&of) {
            all.extend(control.tags.iter().map(|(key, value)| equals("resource.tags", key, value)));
        }
        if control.hierarchy_restricted && of == ResourceType::User {
            all.push(match control.hierarchy_group {
                Some(group) => format!("resource in Group::\"{group}\""),
                None => "principal has group && resource in principal.group".to_owned(),
            });
        }
    }
    all.extend(profile.conditions.get(name).into_iter().flatten().map(condition));
    all.into_iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" && ")
}

fn equals(of: &str, key: &str, value: &str) -> String {
    format!("{of} has {key} && {of}.{key} == \"{value}\"")
}

fn condition(condition: &Condition) -> String {
    match condition {
        // Cedar's comparison is case-sensitive, so the test data contains owners and names in lowercase.
        Condition::OwnedBySubject { .. } => "(resource has user && resource.user == principal) || \
                                  (resource has owner && principal.names.contains(resource.owner))"
            .to_owned(),
        Condition::SameHierarchy => "principal has group && resource in principal.group".to_owned(),
        Condition::EqualsSubject { attribute, subject_attribute } => format!(
            "resource.tags has {attribute} && principal.tags has {subject_attribute} && \
             resource.tags.{attribute} == principal.tags.{subject_attribute}"
        ),
        Condition::OneOf { of, attribute, values } => {
            let of = match of {
                AttributeOwner::Subject => "principal.tags",
                AttributeOwner::Resource => "resource.tags",
                AttributeOwner::Action => "context.action",
            };
            let values: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
            format!("{of} has {attribute} && [{}].contains({of}.{attribute})", values.join(", "))
        }
    }
}

fn principal_entity(id: &EntityUid, user: Option<&User>, request: &Request<'_>) -> Entity {
    let Some(user) = user.filter(|user| user.enabled) else { return Entity::new_no_attrs(id.clone(), HashSet::new()) };
    let given = request.given.copied().unwrap_or_default();
    let tags = with_supplied(&user.tags, &given.subject);
    let names = [user.id.to_string(), user.username.to_lowercase(), format!("arn:agent/{}", user.id)];
    let mut attributes = HashMap::from([
        ("tags".to_owned(), record(&tags)),
        ("names".to_owned(), RestrictedExpression::new_set(names.map(RestrictedExpression::new_string))),
    ]);
    if let Some(group) = given.subject.hierarchy_group.or(user.hierarchy_group) {
        attributes.insert("group".to_owned(), RestrictedExpression::new_entity_uid(uid("Group", &group.to_string())));
    }
    let held = user.assignments.iter().filter(|held| {
        held.from.is_none_or(|from| from <= request.at) && held.until.is_none_or(|until| request.at < until)
    });
    let profiles = held.map(|held| uid("Profile", &held.profile.to_string())).collect();
    Entity::new(id.clone(), attributes, profiles).unwrap()
}

fn resource_entity<'a>(id: &EntityUid, oracle: &Oracle<'a>, request: &Request<'a>) -> Entity {
    let thing = match request.target {
        Target::Instance => Some(ResourceAttributes::UNKNOWN),
        ref target => oracle.thing(target),
    };
    let truth = |truth: bool| RestrictedExpression::new_bool(truth);
    let Some(thing) = thing else {
        let attributes = HashMap::from([("there".to_owned(), truth(false)), ("tags".to_owned(), record(&Tags::new()))]);
        return Entity::new(id.clone(), attributes, HashSet::new()).unwrap();
    };
    let said =
        request.given.filter(|_| !matches!(request.target, Target::Instance)).copied().unwrap_or_default().target;
    let tags = with_supplied(thing.tags, &said);
    let mut attributes = HashMap::from([("there".to_owned(), truth(true)), ("tags".to_owned(), record(&tags))]);
    if let Some(kind) = thing.resource_type {
        attributes.insert("kind".to_owned(), RestrictedExpression::new_string(kind.word().to_owned()));
    }
    if let Some(owner) = tags.get("owner") {
        attributes.insert("owner".to_owned(), RestrictedExpression::new_string(owner.to_lowercase()));
    }
    if let Some(user) = thing.user {
        attributes.insert("user".to_owned(), RestrictedExpression::new_entity_uid(uid("User", &user.to_string())));
    }
    let groups: HashSet<EntityUid> = above(oracle, said.hierarchy_group.or(thing.hierarchy_group))
        .iter()
        .map(|id| uid("Group", &id.to_string()))
        .collect();
    Entity::new(id.clone(), attributes, groups).unwrap()
}

/// Returns a hierarchy group and all of its ancestors.
fn above(oracle: &Oracle<'_>, group: Option<HierarchyGroupId>) -> Vec<HierarchyGroupId> {
    std::iter::successors(group.filter(|id| oracle.groups.contains_key(id)), |id| oracle.groups[id]).collect()
}

fn record(tags: &Tags) -> RestrictedExpression {
    let fields = tags.iter().map(|(key, value)| (key.clone(), RestrictedExpression::new_string(value.clone())));
    RestrictedExpression::new_record(fields).unwrap()
}

fn uid(kind: &str, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.parse::<EntityTypeName>().unwrap(), EntityId::new(id))
}
