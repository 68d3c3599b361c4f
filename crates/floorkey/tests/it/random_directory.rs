//! Generates random directories whose scopes, dates and names affect decisions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use floorkey::application::ApplicationPermission;
use floorkey::condition::AttributeOwner;
use floorkey::hierarchy::HierarchyGroup;
use floorkey::login_history::Tenure;
use floorkey::profile::{AccessControl, ApplicationGrant};
use floorkey::resource::{HoursOfOperation, Queue, ResourceDetails};
use floorkey::tags::Tags;
use floorkey::user::{Assignment, PasswordState, Phone};
use floorkey::{
    AnyPermission, ApplicationResource, Condition, Directory, HierarchyGroupId, InstanceId, LoginHistory, Permission,
    PermissionSet, Record, RecordChange, RecordKey, RegisteredApplication, Request, RequestAttributes, RequestedAction,
    Resource, ResourceAttributes, ResourceId, ResourceType, Revision, SecurityProfile, SecurityProfileId,
    SuppliedAttributes, Target, Timestamp, User, UserId, ValueRevisions, catalog,
};

use crate::rng::TestRng;
use crate::test_instance::{identity, tags};

/// Permissions that scopes, inheritance, legacy names or restrictions affect. The generator picks them more often.
const RELEVANT_PERMISSIONS: &[&str] = &[
    "Users.View",
    "Users.Edit",
    "Users.Create",
    "Users.EditPermission",
    "SecurityProfiles.View",
    "SecurityProfiles.Edit",
    "RoutingPolicies.Edit",
    "Queues.View",
    "Queues.Edit",
    "HoursOfOperation.View",
    "AgentGrouping.View",
    "TransferDestinations.View",
    "TransferDestinations.Edit",
    "PhoneNumbers.View",
    "ListenCallRecordings",
    "RedactedData.View",
    "DownloadCallRecordings",
    "CallRecordings.Unredacted.Access",
    "CallRecordings.Redacted.Access",
    "ContactTranscripts.Unredacted.Access",
    "ContactTranscripts.Redacted.Access",
    "CallRecordings.Unredacted.DownloadButton",
    "CallRecordings.Redacted.DownloadButton",
    "ContactTranscripts.Unredacted.DownloadButton",
    "RestrictTaskCreation.Access",
    "RestrictContactAccessByHierarchy.View",
];

/// The times when assignments begin and end. Requests use these times, or differ by one millisecond.
const TIMES: [i64; 4] = [10, 20, 30, 40];

const TAGS: &[(&str, &str)] = &[("site", "north"), ("site", "south"), ("team", "red"), ("team", "blue")];

/// The permissions of the application `crm`.
const CRM: [&str; 3] = ["ACCESS", "WRITE", "REFUND"];

/// The IDs of resources of `crm`. The last ID is not registered.
const RESOURCE_IDS: [&str; 4] = ["1", "2", "3", "4"];

/// The IDs that a random directory can contain. Some IDs have no record in a given directory.
pub(crate) struct Ids {
    pub(crate) users: Vec<UserId>,
    pub(crate) profiles: Vec<SecurityProfileId>,
    pub(crate) groups: Vec<HierarchyGroupId>,
    pub(crate) resources: Vec<ResourceId>,
    /// The tags of described resources. They are also used as supplied attributes of subjects, actions and targets.
    tags: Vec<Tags>,
    /// The names of supplied attributes whose values are not strings.
    non_text: Vec<Vec<String>>,
}

/// Returns a random directory. Part of the directory is built from records, and part comes from changes that are
/// applied later.
pub(crate) fn directory(rng: &mut TestRng) -> (Directory, Ids) {
    let users: Vec<UserId> = (0..3 + rng.below(30)).map(|_| UserId::from_bits(rng.id())).collect();
    let ids = Ids {
        profiles: (0..2 + rng.below(10)).map(|_| SecurityProfileId::from_bits(rng.id())).collect(),
        groups: (0..1 + rng.below(12)).map(|_| HierarchyGroupId::from_bits(rng.id())).collect(),
        resources: (0..8).map(|_| ResourceId::from_bits(rng.id())).collect(),
        tags: (0..16).map(|_| owned_tags(rng, &users)).collect(),
        non_text: (0..4)
            .map(|_| rng.sample(&["site", "team", "owner"], 2).into_iter().map(str::to_owned).collect())
            .collect(),
        users,
    };
    let mut records = Vec::new();
    // For each kind of record, one ID initially has no record, so that requests also contain IDs of nonexistent
    // records.
    records.extend((0..ids.groups.len() - 1).map(|at| Record::Group(Arc::new(group(rng, &ids, at)))));
    records.extend(ids.resources.iter().skip(1).map(|id| Record::Resource(Arc::new(resource(rng, *id)))));
    records.extend(ids.profiles.iter().skip(1).map(|id| Record::Profile(Arc::new(profile(rng, &ids, *id)))));
    records.extend((1..4).map(|at| Record::ApplicationResource(Arc::new(crm_resource(rng, &ids, at)))));
    if rng.percent(70) {
        records.push(Record::Application(Arc::new(crm(rng))));
    }
    records.extend(ids.users.iter().skip(1).map(|id| Record::User(Arc::new(user(rng, &ids, *id)))));
    records.extend(ids.users.iter().filter_map(|id| login_history(rng, &ids, *id)).map(Record::Login));
    let mut directory = Directory::from_records(InstanceId::from_bits(1), Revision(1), records);
    for step in 0..rng.below(30) {
        let change = match rng.below(12) {
            10 => RecordChange::Upsert(Record::Application(Arc::new(crm(rng)))),
            11 if rng.percent(20) => RecordChange::Remove(RecordKey::Application("crm".to_owned())),
            0 => RecordChange::Remove(RecordKey::User(*rng.choose(&ids.users))),
            1 => RecordChange::Remove(RecordKey::Resource(*rng.choose(&ids.resources))),
            2..5 => {
                let id = *rng.choose(&ids.profiles);
                RecordChange::Upsert(Record::Profile(Arc::new(profile(rng, &ids, id))))
            }
            _ => {
                let id = *rng.choose(&ids.users);
                RecordChange::Upsert(Record::User(Arc::new(user(rng, &ids, id))))
            }
        };
        directory = directory.apply(Revision(2 + step as u64), &[change]);
    }
    (directory, ids)
}

/// Returns a random request for a directory with the given IDs.
pub(crate) fn random_request<'a>(
    rng: &mut TestRng,
    directory: &Directory,
    ids: &'a Ids,
    supplied: &'a [RequestAttributes<'a>],
) -> Request<'a> {
    let subject = *rng.choose(&ids.users);
    let action = match rng.below(50) {
        0 => RequestedAction::Unknown("Users.Everything"),
        1 => RequestedAction::parse("RoutingProfiles.View"),
        2 => RequestedAction::Application { namespace: "erp", permission: "ACCESS" },
        3..11 => RequestedAction::Application { namespace: "crm", permission: rng.choose::<&str>(&CRM) },
        11..30 => {
            RequestedAction::Permission(selected_permission(rng, directory, subject).unwrap_or_else(|| permission(rng)))
        }
        _ => RequestedAction::Permission(permission(rng)),
    };
    let mut target = target(rng, ids);
    if let (RequestedAction::Permission(permission), Target::Described(resource)) = (action, &mut target)
        && rng.percent(70)
    {
        resource.resource_type = permission.info().resource_type;
    }
    let given = (!supplied.is_empty() && rng.percent(30)).then(|| rng.choose(supplied));
    Request { attributes: given, ..Request::new(subject, action, target, at(rng)) }
}

/// Returns random supplied attributes of subjects, actions and targets, as in requests.
pub(crate) fn supplied_attributes<'a>(rng: &mut TestRng, ids: &'a Ids) -> Vec<RequestAttributes<'a>> {
    let one = |_| RequestAttributes {
        subject: supplied_for_one(rng, ids),
        action: rng.percent(60).then(|| rng.choose(&ids.tags)),
        target: supplied_for_one(rng, ids),
    };
    (0..8).map(one).collect()
}

fn supplied_for_one<'a>(rng: &mut TestRng, ids: &'a Ids) -> SuppliedAttributes<'a> {
    SuppliedAttributes {
        attributes: if rng.percent(60) { rng.choose(&ids.tags) } else { SuppliedAttributes::NONE.attributes },
        non_strings: if rng.percent(40) { rng.choose::<Vec<String>>(&ids.non_text) } else { &[] },
        hierarchy_group: rng.percent(40).then(|| *rng.choose(&ids.groups)),
    }
}

/// Returns a permission that is selected in one of the user's profiles.
fn selected_permission(rng: &mut TestRng, directory: &Directory, user: UserId) -> Option<Permission> {
    let assignments = &directory.user(user)?.assignments;
    let profile = assignments.get(rng.below(assignments.len().max(1)))?.profile;
    let chosen = &directory.profile(profile)?.selected;
    chosen.iter().nth(rng.below(chosen.len().max(1)))
}

pub(crate) fn target<'a>(rng: &mut TestRng, ids: &'a Ids) -> Target<'a> {
    match rng.below(10) {
        0 => Target::Instance,
        8 | 9 => Target::Application { namespace: "crm", id: rng.choose::<&str>(&RESOURCE_IDS) },
        1 | 2 => Target::User(*rng.choose(&ids.users)),
        3 => Target::Profile(*rng.choose(&ids.profiles)),
        4 => Target::Group(*rng.choose(&ids.groups)),
        5 => Target::Resource(*rng.choose(&ids.resources)),
        _ => Target::Described(ResourceAttributes {
            resource_type: (!rng.percent(20)).then(|| *rng.choose(ResourceType::ALL)),
            tags: rng.choose(&ids.tags),
            tag_revisions: None,
            hierarchy_group: rng.percent(60).then(|| *rng.choose(&ids.groups)),
            user: rng.percent(30).then(|| *rng.choose(&ids.users)),
        }),
    }
}

pub(crate) fn at(rng: &mut TestRng) -> Timestamp {
    Timestamp::from_millis(rng.choose(&TIMES) + rng.below(3) as i64 - 1)
}

fn permission(rng: &mut TestRng) -> Permission {
    if rng.percent(70) {
        return Permission::parse(RELEVANT_PERMISSIONS[rng.below(RELEVANT_PERMISSIONS.len())]).unwrap();
    }
    let mut all = catalog().permissions();
    let at = rng.below(all.len());
    all.nth(at).unwrap()
}

fn some_tags(rng: &mut TestRng) -> Tags {
    tags(&rng.sample(TAGS, 3))
}

/// Returns random tags, often including an `owner`.
fn owned_tags(rng: &mut TestRng, users: &[UserId]) -> Tags {
    let mut tags = some_tags(rng);
    if rng.percent(60) {
        let owner = *rng.choose(users);
        let names = [owner.to_string(), format!("USER-{owner}"), format!("arn:agent/{owner}"), "nobody".to_owned()];
        tags.insert("owner".to_owned(), rng.choose(&names).clone());
    }
    tags
}

/// Returns the application `crm`. `WRITE` sometimes requires `ACCESS`, and `REFUND` sometimes requires `WRITE`.
fn crm(rng: &mut TestRng) -> RegisteredApplication {
    let names = if rng.percent(90) { &["ACCESS", "WRITE", "REFUND"][..] } else { &["ACCESS", "WRITE"][..] };
    let permission = |name: &&str| {
        let requires = match *name {
            "WRITE" if rng.percent(70) => ["ACCESS".to_owned()].into(),
            "REFUND" if rng.percent(70) => ["WRITE".to_owned()].into(),
            _ => BTreeSet::new(),
        };
        ApplicationPermission { name: (*name).to_owned(), description: String::new(), requires }
    };
    RegisteredApplication {
        namespace: "crm".to_owned(),
        name: String::new(),
        description: String::new(),
        permissions: names.iter().map(permission).collect(),
        modified: Timestamp::default(),
    }
}

fn crm_resource(rng: &mut TestRng, ids: &Ids, at: usize) -> ApplicationResource {
    let attributes = rng.choose(&ids.tags).clone();
    ApplicationResource {
        namespace: "crm".to_owned(),
        id: at.to_string(),
        attribute_revisions: ValueRevisions::from_values(&attributes, |_| Revision(rng.below(6) as u64)),
        attributes,
        hierarchy_group: rng.percent(50).then(|| *rng.choose(&ids.groups)),
        modified: Timestamp::default(),
    }
}

/// Returns a random history of the given user's login. Different users have the login one after another.
fn login_history(rng: &mut TestRng, ids: &Ids, id: UserId) -> Option<Arc<LoginHistory>> {
    let (mut history, mut from) = (LoginHistory::new(format!("user-{id}")), 0);
    history.forgotten_before = Revision(rng.below(2) as u64);
    while from < 5 && rng.percent(80) {
        let end = from + 1 + rng.below(2) as u64;
        let user = if rng.percent(40) { id } else { *rng.choose(&ids.users) };
        let (created, until) = (rng.percent(50), (end < 6).then_some(Revision(end)));
        history.tenures.push(Tenure { user, from: Revision(from), until, created });
        from = end + rng.below(2) as u64;
    }
    rng.percent(40).then(|| Arc::new(history))
}

fn condition(rng: &mut TestRng) -> Condition {
    let name = |rng: &mut TestRng| (*rng.choose(&["site", "team"])).to_owned();
    match rng.below(5) {
        0 | 1 => Condition::OwnedBySubject { attribute: "owner".to_owned() },
        2 => Condition::SameHierarchy,
        3 => Condition::EqualsSubject { attribute: name(rng), subject_attribute: name(rng) },
        _ => Condition::OneOf {
            owner: *rng.choose(&[AttributeOwner::Subject, AttributeOwner::Resource, AttributeOwner::Action]),
            attribute: name(rng),
            values: rng.sample(TAGS, 2).into_iter().chain([("", "north")]).map(|(_, value)| value.to_owned()).collect(),
        },
    }
}

/// Returns conditions on some of the profile's permissions, but not on legacy permissions or restrictions.
fn conditions(rng: &mut TestRng, profile: &SecurityProfile) -> BTreeMap<AnyPermission, BTreeSet<Condition>> {
    let granting = profile.permissions.permissions().intersection(catalog().granting());
    let mut names: Vec<AnyPermission> =
        granting.iter().filter(|name| name.info().replacements.is_empty()).map(AnyPermission::Catalog).collect();
    // If a legacy permission includes a successor, a condition on the successor also limits the legacy permission.
    let newer = granting.iter().flat_map(|name| name.info().replacements.iter().collect::<Vec<_>>());
    names.extend(newer.map(AnyPermission::Catalog));
    let crm_permission = |name: &str| AnyPermission::Application { namespace: "crm".to_owned(), name: name.to_owned() };
    names.extend(["ACCESS", "WRITE", "REFUND"].map(crm_permission));
    let mut conditions = BTreeMap::new();
    for _ in 0..rng.below(6) {
        let all = (0..1 + rng.below(2)).map(|_| condition(rng)).collect();
        conditions.insert(rng.choose(&names).clone(), all);
    }
    conditions
}

fn group(rng: &mut TestRng, ids: &Ids, at: usize) -> HierarchyGroup {
    // Parents come before their children in the list, so there are no cycles. Every fifth group is the root of a tree.
    let parent = (!at.is_multiple_of(5)).then(|| ids.groups[at - 1 - rng.below(at % 5)]);
    HierarchyGroup {
        id: ids.groups[at],
        name: format!("Group {at}"),
        parent,
        level: 1,
        tags: some_tags(rng),
        tag_revisions: ValueRevisions::default(),
        modified: Timestamp::default(),
    }
}

fn resource(rng: &mut TestRng, id: ResourceId) -> Resource {
    let details = match rng.below(2) {
        0 => {
            let hours = HoursOfOperation { time_zone: "UTC".to_owned(), periods: vec![], parents: vec![] };
            ResourceDetails::HoursOfOperation(hours)
        }
        _ => ResourceDetails::Queue(Queue {
            hours: id,
            max_contacts: None,
            enabled: true,
            caller_id_name: None,
            caller_id_number: None,
            outbound_flow: None,
            outbound_email: None,
            quick_connects: [].into(),
        }),
    };
    let (name, tags, modified) = (format!("Resource {id}"), some_tags(rng), Timestamp::default());
    Resource { id, name, description: None, tags, tag_revisions: ValueRevisions::default(), modified, details }
}

pub(crate) fn profile(rng: &mut TestRng, ids: &Ids, id: SecurityProfileId) -> SecurityProfile {
    let chosen: PermissionSet = match rng.below(12) {
        0 if rng.percent(50) => *catalog().granting(),
        _ => (0..rng.below(16)).map(|_| permission(rng)).collect(),
    };
    let mut profile = SecurityProfile::new(id, format!("Profile {id}"), String::new(), chosen, Timestamp::default());
    profile.tags = some_tags(rng);
    if rng.percent(75) {
        profile.access_control = access_control(rng, ids);
    }
    if rng.percent(40) {
        let permissions = rng.sample(&["ACCESS", "WRITE", "REFUND"], 2).into_iter().map(str::to_owned).collect();
        profile.applications = vec![ApplicationGrant { namespace: "crm".to_owned(), permissions, kind: None }];
    }
    if rng.percent(40) {
        profile.conditions = conditions(rng, &profile);
    }
    profile
}

fn access_control(rng: &mut TestRng, ids: &Ids) -> AccessControl {
    let telling = [ResourceType::User, ResourceType::SecurityProfile, ResourceType::Queue];
    let types = if rng.percent(70) { &telling } else { ResourceType::ALL };
    let tag_restricted: BTreeSet<_> = rng.sample(types, 5).into_iter().collect();
    let hierarchy_restricted = rng.percent(50);
    AccessControl {
        tags: tags(&rng.sample(TAGS, 1)),
        tag_restricted,
        hierarchy_restricted,
        hierarchy_group: (hierarchy_restricted && rng.percent(50)).then(|| *rng.choose(&ids.groups)),
    }
}

fn user(rng: &mut TestRng, ids: &Ids, id: UserId) -> User {
    let most = if rng.percent(80) { 3 } else { 10 };
    let mut profiles = rng.sample(&ids.profiles, most);
    profiles.sort();
    profiles.dedup();
    let mut time = || rng.percent(20).then(|| Timestamp::from_millis(*rng.choose(&TIMES)));
    let assignments = profiles.into_iter().map(|profile| Assignment { profile, from: time(), until: time() }).collect();
    User {
        id,
        username: format!("user-{id}"),
        identity: identity(),
        verified_email: None,
        email_verified_at: None,
        email_unverified: false,
        directory_user_id: None,
        assignments,
        routing_profile: ids.resources[1],
        hierarchy_group: rng.percent(60).then(|| ids.groups[rng.below(ids.groups.len())]),
        phone: Phone::default(),
        proficiencies: Vec::new(),
        tags: some_tags(rng),
        tag_revisions: ValueRevisions::default(),
        enabled: rng.percent(85),
        password: if rng.percent(80) { PasswordState::Set } else { PasswordState::None },
        password_set_at: None,
        custody: floorkey::custody::Custody::default(),
        mfa_methods: Vec::new(),
        security_epoch: 0,
        modified: Timestamp::default(),
    }
}
