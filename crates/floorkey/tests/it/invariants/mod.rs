//! Tests invariants that hold after any sequence of commands by any actors.

mod access;
mod account_takeover;
mod batch;
mod guard;
mod logins;
mod rebuild;
mod scope;

use std::sync::LazyLock;

use floorkey::{
    Actor, Change, Command, Directory, GuardMode, HierarchyGroupId, RecordKey, Refusal, SecurityProfileEdit, Target,
    plan,
};
use proptest::prelude::ProptestConfig;

use crate::commands::{CommandGenerator, NOW};
use crate::rng::TestRng;
use crate::test_instance::{TestInstance, granting, granting_below, granting_tagged, operator, tags};

/// A command that the test ran, with its outcome.
struct Attempt {
    before: Directory,
    actor: Actor,
    command: Command,
    outcome: Result<(Change, Directory), Refusal>,
}

/// The actors that run random commands.
#[derive(Clone, Copy)]
enum Actors {
    All,
    Users,
}

/// Runs `steps` random commands, each on the previous command's result.
fn run_random(seed: u64, steps: usize, guard: Option<GuardMode>, actors: Actors) -> Vec<Attempt> {
    let mut rng = TestRng::new(seed);
    let mut directory = build_instance(guard);
    let mut attempts = Vec::new();
    for _ in 0..steps {
        let attempt = run_one(&mut rng, &directory, actors);
        if let Ok((_, next)) = &attempt.outcome {
            directory = next.clone();
        }
        attempts.push(attempt);
    }
    attempts
}

fn run_one(rng: &mut TestRng, directory: &Directory, actors: Actors) -> Attempt {
    // Most random commands by users are refused because a permission is missing. Refused commands test little, so the
    // test tries other commands.
    let mut attempts_left = 6;
    loop {
        let mut generator = CommandGenerator::new(rng, directory);
        let actor = match actors {
            Actors::All => generator.actor(),
            Actors::Users => generator.user_actor(),
        };
        let command = generator.command();
        let attempt = run(directory, actor, command);
        attempts_left -= 1;
        let is_useful = attempt.outcome.as_ref().map_or_else(|refusal| refusal.code() == "guard", |_| true);
        if is_useful || attempts_left == 0 || matches!(actors, Actors::All) {
            return attempt;
        }
    }
}

fn run(before: &Directory, actor: Actor, command: Command) -> Attempt {
    let outcome = plan(before, &actor, &command, NOW).map(|planned| (planned.change, planned.next));
    Attempt { before: before.clone(), actor, command, outcome }
}

/// Returns a configuration with `usual` cases, or with the number of cases in `PROPTEST_CASES`.
fn cases(usual: u32) -> ProptestConfig {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let is_set = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig { cases: if is_set { config.cases } else { usual }, ..config }
}

/// Returns the contact center that every test run starts from. It is built only once per guard mode.
fn build_instance(guard: Option<GuardMode>) -> Directory {
    static INSTANCES: LazyLock<[Directory; 3]> =
        LazyLock::new(|| [None, Some(GuardMode::Warn), Some(GuardMode::Enforce)].map(new_instance));
    let [unset, warn, enforce] = &*INSTANCES;
    match guard {
        None => unset.clone(),
        Some(GuardMode::Warn) => warn.clone(),
        Some(GuardMode::Enforce) => enforce.clone(),
    }
}

/// Returns the record as a request's target. Returns `None` if scopes do not apply to this kind of record.
fn target(key: &RecordKey) -> Option<Target<'static>> {
    match key {
        RecordKey::User(id) => Some(Target::User(*id)),
        RecordKey::Profile(id) => Some(Target::Profile(*id)),
        RecordKey::Group(id) => Some(Target::Group(*id)),
        RecordKey::Resource(id) => Some(Target::Resource(*id)),
        RecordKey::Settings
        | RecordKey::Structure
        | RecordKey::AccessKey(_)
        | RecordKey::Application(_)
        | RecordKey::ApplicationResource(..)
        | RecordKey::ApiToken(_)
        | RecordKey::Login(_)
        | RecordKey::Finding(_) => None,
    }
}

/// The permissions of user managers.
const USERS: &[&str] = &[
    "Users.Edit",
    "Users.Create",
    "Users.Delete",
    "Users.EditPermission",
    "Users.EnableAndDisable",
    "BasicAgentAccess",
];

const PROFILES: &[&str] = &["SecurityProfiles.Edit", "SecurityProfiles.Create", "SecurityProfiles.Delete"];

const OTHERS: &[&str] = &[
    "AgentGrouping.Create",
    "AgentGrouping.Edit",
    "Queues.Create",
    "Queues.Edit",
    "Queues.Delete",
    "RoutingPolicies.Create",
    "RoutingPolicies.Delete",
    "HoursOfOperation.Create",
    "HoursOfOperation.Delete",
];

/// Returns a contact center with three kinds of managers. One kind manages all users, one manages a team by its tag,
/// and one manages a site by its hierarchy group.
fn new_instance(guard: Option<GuardMode>) -> Directory {
    let mut instance = TestInstance::new();
    instance.now = NOW;
    instance.levels(&["Region", "Site", "Team"]);
    let north = instance.group("North", None);
    let harbor = instance.group("Harbour", Some(north));
    let south = instance.group("South", None);
    let all = [USERS, PROFILES, OTHERS].concat();
    let red = ("team", "red");
    let profiles: Vec<(&str, SecurityProfileEdit)> = vec![
        ("Manager of all", granting(&all)),
        ("Manager of users", granting(USERS)),
        ("Manager of profiles", granting(PROFILES)),
        ("Red manager", granting_tagged(&all, &["User", "SecurityProfile", "Queue"], red)),
        ("Red deleter", granting_tagged(&["Users.Delete"], &["User"], red)),
        ("Tagger", granting(&["Users.Edit"])),
        ("Red profile", granting_tagged(&["Users.Edit"], &["User"], red)),
        ("North manager", granting_below(USERS, Some(north))),
        ("Own manager", granting_below(USERS, None)),
        ("Limited manager", granting(&[USERS, &["RestrictTaskCreation.Access"]].concat())),
        ("Calls", granting(&["CallRecordings.Unredacted.Access"])),
        ("Transcripts", granting(&["ContactTranscripts.Unredacted.Access"])),
    ];
    for (name, edit) in profiles {
        instance.create_profile(name, edit);
    }
    let assignable = [instance.profile("Agent"), instance.profile("Own manager")].into();
    let profile = instance.profile("Limited manager");
    instance.run_ok(&operator(), Command::SetAssignableProfiles { profile, assignable });
    for name in ["Red profile", "Calls"] {
        let target = RecordKey::Profile(instance.profile(name));
        instance.run_ok(&operator(), Command::TagResource { target, tags: tags(&[red]) });
    }
    add_users(&mut instance, north, harbor, south);
    if let Some(mode) = guard {
        instance.set_guard(mode);
    }
    instance.directory
}

fn add_users(instance: &mut TestInstance, north: HierarchyGroupId, harbor: HierarchyGroupId, south: HierarchyGroupId) {
    type Person<'a> = (&'a str, &'a [&'a str], Option<HierarchyGroupId>, &'a [(&'a str, &'a str)]);
    let people: &[Person<'_>] = &[
        ("ada", &["Admin"], None, &[]),
        ("carl", &["CallCenterManager"], Some(north), &[]),
        ("agnes", &["Agent"], Some(harbor), &[("team", "red")]),
        ("quinn", &["QualityAnalyst"], Some(south), &[("team", "red")]),
        ("mia", &["Manager of all"], None, &[]),
        ("max", &["Manager of all", "Calls"], Some(south), &[]),
        ("uma", &["Manager of users", "Transcripts"], None, &[]),
        ("pia", &["Manager of profiles", "Calls"], None, &[]),
        ("rea", &["Red manager"], Some(north), &[("team", "red")]),
        ("ron", &["Red manager", "Manager of profiles"], None, &[]),
        ("rex", &["Red deleter"], None, &[]),
        ("tia", &["Tagger"], None, &[]),
        ("tess", &["Tagger", "Agent"], Some(south), &[]),
        ("nils", &["North manager"], Some(north), &[]),
        ("olga", &["Own manager"], Some(harbor), &[]),
        ("otto", &["Own manager", "Agent"], None, &[]),
        ("lara", &["Limited manager"], Some(south), &[]),
    ];
    for (login, profiles, group, pairs) in people {
        let mut new = instance.new_user(login, profiles);
        (new.hierarchy_group, new.tags) = (*group, tags(pairs));
        let id = instance.create_user_from(new);
        if ["mia", "carl"].contains(login) {
            instance.key(id);
        }
    }
    // The user theo has assignments with dates: manager for a short time, and administrator later.
    let theo = instance.create_user("theo", &["Agent"]);
    let dated = |name: &str, from, until| floorkey::user::Assignment { profile: instance.profile(name), from, until };
    let soon = |millis| Some(floorkey::Timestamp::from_millis(millis));
    let assignments = vec![dated("Manager of all", None, soon(1_050)), dated("Admin", soon(1_020), soon(1_200))];
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: theo, assignments });
}
