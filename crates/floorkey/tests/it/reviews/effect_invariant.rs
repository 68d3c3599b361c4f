//! Tests the invariant of reviews. A review counts each user exactly once, and the result for each user matches the
//! decisions. For a user who gains access, some request becomes allowed. For a user who loses access, some request
//! becomes denied. For any other user, no decision changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use floorkey::condition::AttributeOwner;
use floorkey::review::effect::{AccessChange, Effect, UserEffect, effect};
use floorkey::scope::{Grants, Scope};
use floorkey::tags::Tags;
use floorkey::user::Assignment;
use floorkey::{
    Condition, Directory, HierarchyGroupId, Permission, Record, RecordChange, RecordKey, Request, RequestAttributes,
    RequestedAction, ResourceAttributes, Revision, SecurityProfile, SuppliedAttributes, Target, Timestamp, User,
    UserId,
};
use proptest::prelude::*;

use super::{cases, granting_permissions};
use crate::random_directory::{Ids, directory, profile, random_request};
use crate::rng::TestRng;

const AT: Timestamp = Timestamp::from_millis(15);

/// The maximum number of requests per permission. A permission that would need more requests is skipped.
const REQUESTS_MAX: usize = 4_000;

/// The approximate number of scoped permissions per user that the test checks with every possible request.
const PERMISSIONS: usize = 4;

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn the_figures_of_a_profile_change_match_decisions(seed: u64) {
        let mut rng = TestRng::new(seed);
        let (before, ids) = directory(&mut rng);
        let known: Vec<_> = ids.profiles.iter().filter_map(|id| before.profile(*id)).collect();
        prop_assume!(!known.is_empty());
        let now = SecurityProfile::clone(rng.choose::<&std::sync::Arc<SecurityProfile>>(&known));
        let changed = edited(&mut rng, &ids, &now);
        let id = changed.id;
        let change = RecordChange::Upsert(Record::Profile(changed.into()));
        let after = before.apply(Revision(1_000), &[change]);
        let found = effect(&before, &after, [RecordKey::Profile(id)], AT, usize::MAX);
        prop_assert_eq!(found.users_with_more + found.users_with_less + found.users_with_both + found.unchanged, before.profile_user_count_at(id, AT));
        check(&mut rng, &before, &after, (&ids, &[RecordKey::Profile(id)]), &found)?;
        let by_user: HashMap<UserId, &UserEffect> = found.users().collect();
        for _ in 0..300 {
            let random = random_request(&mut rng, &before, &ids, &[]);
            let at = review_time(&before, &[RecordKey::Profile(id)], random.subject);
            let request = Request { at, ..random };
            let (allowed_before, allowed_after) = (before.decide(&request).allowed(), after.decide(&request).allowed());
            let shown = by_user.get(&request.subject);
            prop_assert!(
                allowed_before || !allowed_after || shown.is_some_and(|effect| effect.gains()),
                "gains {request:?}"
            );
            prop_assert!(
                allowed_after || !allowed_before || shown.is_some_and(|effect| effect.loses()),
                "loses {request:?}"
            );
        }
    }

    #[test]
    fn the_figures_of_several_changes_match_decisions(seed: u64) {
        several_changes(seed)?;
    }
}

#[test]
fn attributes_that_a_change_removes_can_be_supplied() {
    several_changes(5_918_032_285_881_863_794).unwrap();
}

fn several_changes(seed: u64) -> Result<(), TestCaseError> {
    let mut rng = TestRng::new(seed);
    let (before, ids) = directory(&mut rng);
    let changes: Vec<_> = (0..1 + rng.below(4)).filter_map(|_| change(&mut rng, &before, &ids)).collect();
    let after = before.apply(Revision(1_000), &changes);
    let keys: Vec<RecordKey> = changes.iter().map(RecordChange::key).collect();
    let found = effect(&before, &after, keys.iter().cloned(), AT, usize::MAX);
    check(&mut rng, &before, &after, (&ids, &keys), &found)
}

/// Returns the profile with random changes. The profile's own tags do not change, because some requests have profiles
/// as targets.
fn edited(rng: &mut TestRng, ids: &Ids, profile_now: &SecurityProfile) -> SecurityProfile {
    let other = profile(rng, ids, profile_now.id);
    let mut edited = profile_now.clone();
    if rng.percent(40) {
        edited.access_control = other.access_control.clone();
    }
    if rng.percent(40) {
        edited.conditions = other.conditions.clone();
    }
    if rng.percent(40) {
        edited.applications = other.applications.clone();
    }
    if rng.percent(40) {
        edited.select(other.selected);
    }
    edited
}

fn change(rng: &mut TestRng, before: &Directory, ids: &Ids) -> Option<RecordChange> {
    let known: Vec<_> = ids.profiles.iter().filter_map(|id| before.profile(*id)).collect();
    if rng.percent(30) {
        let now = known.get(rng.below(known.len().max(1)))?;
        return Some(RecordChange::Upsert(Record::Profile(edited(rng, ids, now).into())));
    }
    let id = *rng.choose(&ids.users);
    if rng.percent(10) {
        return Some(RecordChange::Remove(RecordKey::User(id)));
    }
    let mut user = User::clone(before.user(id)?);
    match rng.below(5) {
        0 => user.enabled = !user.enabled,
        1 => user.assignments = vec![Assignment::always(known.get(rng.below(known.len().max(1)))?.id)],
        2 => user.hierarchy_group = rng.percent(80).then(|| *rng.choose(&ids.groups)),
        3 => user.tags = crate::test_instance::tags(&rng.sample(&[("site", "north"), ("team", "red")], 2)),
        _ => {
            let profile = known.get(rng.below(known.len().max(1)))?.id;
            user.assignments.push(Assignment { from: Some(AT), ..Assignment::always(profile) });
        }
    }
    Some(RecordChange::Upsert(Record::User(user.into())))
}

/// Returns the point in time for which the review computes a user's access. If the change writes the user, this is the
/// current time. For any other user, it is the time when the first of the user's changed profiles begins to apply.
fn review_time(before: &Directory, keys: &[RecordKey], id: UserId) -> Timestamp {
    let untouched = before.user(id).filter(|_| !keys.contains(&RecordKey::User(id)));
    let assignments = untouched.into_iter().flat_map(|user| &user.assignments);
    let changed = assignments.filter(|one| keys.contains(&RecordKey::Profile(one.profile)) && !one.has_ended(AT));
    changed.map(|one| one.from.map_or(AT, |from| from.max(AT))).min().unwrap_or(AT)
}

/// Compares the effect with the decisions. For each user, makes every request about some of the permissions.
fn check(
    rng: &mut TestRng,
    before: &Directory,
    after: &Directory,
    (ids, keys): (&Ids, &[RecordKey]),
    found: &Effect,
) -> Result<(), TestCaseError> {
    let by_user: HashMap<UserId, &UserEffect> = found.users().collect();
    prop_assert_eq!(found.affected(), by_user.len());
    let count =
        |gains, loses| by_user.values().filter(|effect| (effect.gains(), effect.loses()) == (gains, loses)).count();
    prop_assert_eq!(
        (found.users_with_more, found.users_with_less, found.users_with_both),
        (count(true, false), count(false, true), count(true, true))
    );
    let nothing = UserEffect::default();
    for id in &ids.users {
        let shown = by_user.get(id).copied().unwrap_or(&nothing);
        let requests = UserRequests::new(before, after, ids, *id, review_time(before, keys, *id));
        for permission in granting_permissions() {
            let scoped = requests.scopes(|set| set.contains(permission)).next().is_some();
            if scoped && rng.percent(100 - 100 * PERMISSIONS / 30) {
                continue;
            }
            let action = RequestedAction::Permission(permission);
            let Some(expected) = requests.change(action, requests.scopes(|set| set.contains(permission))) else {
                continue;
            };
            prop_assert_eq!(change_of(shown, permission), expected, "{:?} {:?}", id, permission);
        }
        for name in ["ACCESS", "WRITE", "REFUND"] {
            let pair = ("crm".to_owned(), name.to_owned());
            let scopes = requests.grants.iter().flat_map(|grants| grants.application_scopes(&pair));
            let action = RequestedAction::Application { namespace: "crm", permission: name };
            let Some(expected) = requests.change(action, scopes) else { continue };
            prop_assert_eq!(shown.applications.get(&pair).copied(), expected, "{:?} {}", id, name);
        }
    }
    Ok(())
}

fn change_of(effect: &UserEffect, permission: Permission) -> Option<AccessChange> {
    let sets = [
        (&effect.gained, AccessChange::Gained),
        (&effect.lost, AccessChange::Lost),
        (&effect.widened, AccessChange::Widened),
        (&effect.narrowed, AccessChange::Narrowed),
        (&effect.moved, AccessChange::Moved),
    ];
    let found: Vec<_> = sets.into_iter().filter(|(set, _)| set.contains(permission)).collect();
    assert!(found.len() < 2, "{permission:?} is in one set at most");
    found.first().map(|(_, change)| *change)
}

/// Builds all requests about a user.
struct UserRequests<'a> {
    before: &'a Directory,
    after: &'a Directory,
    ids: &'a Ids,
    user: UserId,
    /// The time for which the review computes the user's access.
    at: Timestamp,
    /// What the user's profiles grant before and after the change.
    grants: Vec<Grants>,
}

impl<'a> UserRequests<'a> {
    fn new(before: &'a Directory, after: &'a Directory, ids: &'a Ids, user: UserId, at: Timestamp) -> Self {
        let grants = |directory: &Directory| directory.user(user).map(|user| directory.grants_at(user, at));
        Self { before, after, ids, user, at, grants: grants(before).into_iter().chain(grants(after)).collect() }
    }

    fn scopes(&self, grants: impl Fn(&floorkey::PermissionSet) -> bool) -> impl Iterator<Item = &Scope> {
        self.grants.iter().flat_map(|all| &all.scoped).filter(move |(_, set)| grants(set)).map(|(scope, _)| scope)
    }

    /// Returns how the change affects the decisions on all requests for the action. Returns `None` if there are too
    /// many requests.
    fn change<'s>(
        &self,
        action: RequestedAction<'_>,
        scopes: impl Iterator<Item = &'s Scope>,
    ) -> Option<Option<AccessChange>> {
        let inputs = ScopeInputs::from_scopes(scopes, self.user);
        let stored = |directory: &Directory| directory.user(self.user).map(|user| user.tags.clone());
        let stored = [stored(self.before), stored(self.after)];
        let is_stored = |name: &String| stored.iter().flatten().all(|tags| tags.contains_key(name));
        let targets = inputs.tags(AttributeOwner::Resource, |_| false)?;
        let subjects = inputs.tags(AttributeOwner::Subject, is_stored)?;
        let actions = inputs.tags(AttributeOwner::Action, |_| false)?;
        let groups: Vec<Option<HierarchyGroupId>> = match inputs.group {
            true => std::iter::once(None).chain(self.ids.groups.iter().copied().map(Some)).collect(),
            false => vec![None],
        };
        let users = if inputs.own { vec![None, Some(self.user)] } else { vec![None] };
        if targets.len() * subjects.len() * actions.len() * groups.len() * users.len() > REQUESTS_MAX {
            return None;
        }
        let [mut gains, mut loses, mut had, mut has] = [false; 4];
        for (tags, subject) in targets.iter().flat_map(|tags| subjects.iter().map(move |subject| (tags, subject))) {
            // Supplied attributes must agree with stored attributes. Losses are checked against the attributes before
            // the change, and gains against the attributes after the change.
            let [agrees_before, agrees_after] =
                [0, 1].map(|at| stored[at].as_ref().is_none_or(|tags| agree(tags, subject)));
            for (attributes, group) in
                actions.iter().flat_map(|attributes| groups.iter().map(move |group| (attributes, group)))
            {
                for user in &users {
                    let resource = ResourceAttributes {
                        resource_type: None,
                        tags,
                        tag_revisions: None,
                        hierarchy_group: *group,
                        user: *user,
                    };
                    let subject = SuppliedAttributes { attributes: subject, ..SuppliedAttributes::NONE };
                    let given =
                        RequestAttributes { subject, action: Some(attributes), target: SuppliedAttributes::NONE };
                    let without_supplied = Request::new(self.user, action, Target::Described(resource), self.at);
                    let request = Request { attributes: Some(&given), ..without_supplied };
                    let allowed_before = self.before.decide(&request).allowed();
                    let allowed_after = self.after.decide(&request).allowed();
                    (had, has) = (had || (allowed_before && agrees_before), has || (allowed_after && agrees_after));
                    gains |= !allowed_before && allowed_after && agrees_after;
                    loses |= allowed_before && !allowed_after && agrees_before;
                }
            }
        }
        Some(match (gains, loses) {
            (false, false) => None,
            (true, true) => Some(AccessChange::Moved),
            (true, false) => Some(if had { AccessChange::Widened } else { AccessChange::Gained }),
            (false, true) => Some(if has { AccessChange::Narrowed } else { AccessChange::Lost }),
        })
    }
}

/// Whether a user's supplied attributes agree with all of the user's stored tags.
fn agree(stored: &Tags, supplied: &Tags) -> bool {
    supplied.iter().all(|(name, value)| stored.get(name).is_none_or(|stored| stored == value))
}

/// The inputs that scopes depend on: attribute names by owner (such as user or resource), and values that can change a
/// decision.
#[derive(Default)]
struct ScopeInputs {
    names: BTreeMap<AttributeOwner, BTreeSet<String>>,
    values: BTreeSet<String>,
    group: bool,
    own: bool,
}

impl ScopeInputs {
    fn from_scopes<'a>(scopes: impl Iterator<Item = &'a Scope>, user: UserId) -> Self {
        // The value `elsewhere` represents all other values.
        let mut all = Self { values: ["elsewhere".to_owned()].into(), ..Self::default() };
        let mut add_name =
            |side: AttributeOwner, name: &str| all.names.entry(side).or_default().insert(name.to_owned());
        let mut values = BTreeSet::new();
        for scope in scopes {
            all.group |= scope.hierarchy.is_some();
            for (key, value) in &scope.tags {
                add_name(AttributeOwner::Resource, key);
                values.insert(value.clone());
            }
            for condition in &scope.conditions {
                match condition {
                    Condition::SameHierarchy => all.group = true,
                    Condition::OwnedBySubject { attribute } => {
                        all.own = true;
                        add_name(AttributeOwner::Resource, attribute);
                        values.insert(user.to_string());
                    }
                    Condition::EqualsSubject { attribute, subject_attribute: of_subject } => {
                        add_name(AttributeOwner::Resource, attribute);
                        add_name(AttributeOwner::Subject, of_subject);
                        // The user's stored tags can have these values.
                        values.extend(["north", "south", "red", "blue"].map(str::to_owned));
                    }
                    Condition::OneOf { owner: of, attribute, values: one_of } => {
                        add_name(*of, attribute);
                        values.extend(one_of.iter().cloned());
                    }
                }
            }
        }
        all.values.extend(values);
        all
    }

    /// Returns all combinations of attributes for the given owner. Returns `None` if there are too many combinations.
    fn tags(&self, side: AttributeOwner, is_stored: impl Fn(&String) -> bool) -> Option<Vec<Tags>> {
        let mut all = vec![Tags::new()];
        for name in self.names.get(&side).into_iter().flatten().filter(|name| !is_stored(name)) {
            let with = |tags: &Tags| {
                let mut with: Vec<Tags> = vec![tags.clone()];
                with.extend(self.values.iter().map(|value| {
                    let mut tags = tags.clone();
                    tags.insert(name.clone(), value.clone());
                    tags
                }));
                with
            };
            all = all.iter().flat_map(with).collect();
            if all.len() > REQUESTS_MAX {
                return None;
            }
        }
        Some(all)
    }
}
