//! The rows of the table: each command with each target for which its outcome can differ.

use std::collections::BTreeSet;

use floorkey::tags::Tags;
use floorkey::user::{Assignment, ChannelSettings, Identity, Proficiency};
use floorkey::{
    Command, GuardMode, HierarchyGroupId, HierarchyLevelId, RecordKey, ResourceType, SecurityProfileEdit,
    SecurityProfileId, UserId,
};

use crate::test_instance::{
    TestInstance, actor_of, assign, create_key, granting, granting_below, granting_tagged, identity, key_id, operator,
    password, reset, tags, update,
};

pub(super) struct Row {
    pub(super) words: String,
    /// Whether the actor has just signed in.
    pub(super) fresh: bool,
    /// Builds the command for the acting user. Returns `None` if the command does not apply to the operator.
    pub(super) command: Box<Make>,
}

type Make = dyn Fn(&mut TestInstance, Option<UserId>) -> Option<Command>;

pub(super) fn row(
    words: impl Into<String>,
    command: impl Fn(&mut TestInstance, Option<UserId>) -> Option<Command> + 'static,
) -> Row {
    Row { words: words.into(), fresh: false, command: Box::new(command) }
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    on_users(&mut rows);
    super::applications::on_applications(&mut rows);
    giving_profiles(&mut rows);
    on_the_last_administrator(&mut rows);
    on_profiles(&mut rows);
    on_the_hierarchy(&mut rows);
    super::resources::on_resources(&mut rows);
    super::resources::on_agent_statuses(&mut rows);
    on_tags(&mut rows);
    on_the_instance(&mut rows);
    super::console::on_credentials(&mut rows);
    super::console::on_many(&mut rows);
    rows
}

const PROFILES: [&str; 4] = ["Agent", "QualityAnalyst", "CallCenterManager", "Admin"];

/// The targets of commands on users: the description, and the login. Without a login the target is the actor.
pub(super) const USERS: [(&str, Option<&str>); 5] = [
    ("an agent", Some("tom")),
    ("an analyst", Some("tina")),
    ("a manager", Some("mona")),
    ("an administrator", Some("admin")),
    ("oneself", None),
];

fn on_users(rows: &mut Vec<Row>) {
    type OnUser = fn(&mut TestInstance, UserId) -> Command;
    let acts: [(&str, OnUser); 22] = [
        ("change the name of", |world, user| {
            let identity = world.directory.user(user).unwrap().identity.clone();
            let identity = Identity { first_name: Some("Bea".to_owned()), ..identity };
            Command::UpdateUserIdentityInfo { user, identity }
        }),
        ("change the e-mail of", |_, user| {
            let identity = Identity { email: Some("else@example.com".to_owned()), ..identity() };
            Command::UpdateUserIdentityInfo { user, identity }
        }),
        ("rename the login of", |_, user| Command::RenameUserLogin { user, username: "renamed".to_owned() }),
        ("reset the password of", |_, user| reset(user)),
        ("enable", |_, user| Command::SetUserEnabled { user, enabled: true }),
        ("disable", |_, user| Command::SetUserEnabled { user, enabled: false }),
        ("delete", |_, user| Command::DeleteUser { user }),
        ("set the phone of", |_, user| Command::UpdateUserPhoneConfig { user, channels: voice() }),
        ("set a channel of", |_, user| Command::UpdateUserConfig { user, channels: voice() }),
        ("reroute", |world, user| Command::UpdateUserRoutingProfile { user, routing_profile: world.routing_profile() }),
        ("move to a group", |world, user| Command::UpdateUserHierarchy { user, group: Some(harbour(world)) }),
        ("add a proficiency of", |_, user| Command::AssociateUserProficiencies {
            user,
            proficiencies: vec![skill(3.0)],
        }),
        ("change a proficiency of", |world, user| {
            let proficiencies = vec![skill(3.0)];
            world.run_ok(&operator(), Command::AssociateUserProficiencies { user, proficiencies });
            Command::UpdateUserProficiencies { user, proficiencies: vec![skill(4.0)] }
        }),
        ("drop a proficiency of", |world, user| {
            let proficiencies = vec![skill(3.0)];
            world.run_ok(&operator(), Command::AssociateUserProficiencies { user, proficiencies });
            let proficiencies = vec![("Language".to_owned(), "German".to_owned())];
            Command::DisassociateUserProficiencies { user, proficiencies }
        }),
        ("tag", |_, user| tag(RecordKey::User(user))),
        ("untag", |_, user| untag(RecordKey::User(user))),
        ("make an access key for", |_, user| create_key(user, &key_id(9_999))),
        ("revoke an access key of", |world, user| {
            let first = world.directory.access_keys_of(user).next().map(|key| key.id.clone());
            let id = first.unwrap_or_else(|| {
                world.run_ok(&actor_of(user), create_key(user, &key_id(9_998)));
                key_id(9_998)
            });
            Command::RevokeAccessKey { id }
        }),
        ("confirm the address of", |world, user| {
            let email = world.unverified_email(user);
            Command::VouchForEmail { user, email }
        }),
        ("invite at an address that is not confirmed", |world, user| {
            let email = world.unverified_email(user);
            Command::InviteUser { user, email }
        }),
        ("reinstate an access key of", |world, user| {
            let id = key_id(9_997);
            world.suspended_key(user, &id);
            Command::ReinstateAccessKey { id }
        }),
        ("take the only profile of", |world, user| {
            let profiles = world.directory.user(user).unwrap().assignments.iter().map(|held| held.profile).collect();
            Command::DisassociateSecurityProfiles { user, profiles }
        }),
    ];
    for (act, command) in acts {
        for (whom, login) in USERS {
            rows.push(row(format!("{act} {whom}"), move |world, me| {
                let user = login.map(|login| world.user(login)).or(me)?;
                Some(command(world, user))
            }));
        }
    }
}

fn giving_profiles(rows: &mut Vec<Row>) {
    for profile in PROFILES {
        rows.push(row(format!("make a user who holds {profile}"), move |world, _| {
            Some(Command::CreateUser(Box::new(world.new_user("nora", &[profile]))))
        }));
    }
    for (whom, login) in USERS {
        for profile in PROFILES {
            rows.push(row(format!("give {profile} to {whom}"), move |world, me| {
                let user = login.map(|login| world.user(login)).or(me)?;
                Some(Command::AssociateSecurityProfiles { user, profiles: vec![world.profile(profile)] })
            }));
            rows.push(row(format!("leave {whom} with {profile} only"), move |world, me| {
                let user = login.map(|login| world.user(login)).or(me)?;
                Some(assign(user, &[world.profile(profile)]))
            }));
        }
    }
    rows.push(row("take Agent from a manager who holds both", |world, _| {
        let (user, profiles) = (world.user("mona"), vec![world.profile("Agent")]);
        world.run_ok(&operator(), Command::AssociateSecurityProfiles { user, profiles: profiles.clone() });
        Some(Command::DisassociateSecurityProfiles { user, profiles })
    }));
    rows.push(row("give Admin to an agent from tomorrow on", |world, _| {
        let from = Some(floorkey::Timestamp::from_millis(world.now.as_millis() + 86_400_000));
        let later = Assignment { profile: world.profile("Admin"), from, until: None };
        let assignments = vec![Assignment::always(world.profile("Agent")), later];
        Some(Command::UpdateUserSecurityProfiles { user: world.user("tom"), assignments })
    }));
}

fn on_the_last_administrator(rows: &mut Vec<Row>) {
    type OnUser = fn(&TestInstance, UserId) -> Command;
    let acts: [(&str, OnUser); 4] = [
        ("disable", |_, user| Command::SetUserEnabled { user, enabled: false }),
        ("delete", |_, user| Command::DeleteUser { user }),
        ("leave with Agent only", |world, user| assign(user, &[world.profile("Agent")])),
        ("reset the password of", |_, user| reset(user)),
    ];
    for (act, command) in acts {
        rows.push(row(format!("{act} the last administrator"), move |world, _| {
            let gone = world.user("admin");
            world.run_ok(&operator(), Command::DeleteUser { user: gone });
            Some(command(world, world.user("ada")))
        }));
    }
}

fn on_profiles(rows: &mut Vec<Row>) {
    type Content = fn(&TestInstance) -> SecurityProfileEdit;
    let contents: [(&str, Content); 4] = [
        ("make a profile that grants little", |_| granting(&["BasicAgentAccess"])),
        ("make a profile that grants everything", |world| {
            let admin = world.directory.profile_by_name("Admin").unwrap();
            let names = admin.chosen.iter().map(|name| name.name().to_owned()).collect();
            SecurityProfileEdit { permissions: Some(names), ..SecurityProfileEdit::default() }
        }),
        ("make a profile with a tag scope", |_| granting_tagged(&["Users.View"], &["User"], ("team", "red"))),
        ("make a profile with a hierarchy scope", |_| granting_below(&["Users.View"], None)),
    ];
    for (words, content) in contents {
        rows.push(row(words, move |world, _| {
            let content = content(world);
            Some(Command::CreateSecurityProfile(Box::new(world.new_profile("New", content))))
        }));
    }
    for name in PROFILES.into_iter().chain(["Unheld"]) {
        type OnProfile = fn(&TestInstance, SecurityProfileId) -> Command;
        let acts: [(&str, OnProfile); 9] = [
            ("describe", |_, profile| {
                let description = Some("Better words".to_owned());
                update(profile, SecurityProfileEdit { description, ..SecurityProfileEdit::default() })
            }),
            ("let grant nothing", |_, profile| update(profile, granting(&[]))),
            ("let delete users", |world, profile| {
                let mut names: Vec<_> = world.directory.profile(profile).unwrap().chosen.iter().collect();
                names.push(floorkey::Permission::parse("Users.Delete").unwrap());
                let names = names.into_iter().map(|name| name.name().to_owned()).collect();
                update(profile, SecurityProfileEdit { permissions: Some(names), ..SecurityProfileEdit::default() })
            }),
            ("narrow by tags", |_, profile| {
                let scoped = granting_tagged(&[], &["User"], ("team", "red"));
                update(profile, SecurityProfileEdit { permissions: None, ..scoped })
            }),
            ("rename", |_, profile| Command::RenameSecurityProfile { profile, name: "Renamed".to_owned() }),
            ("let hand out Agent", |world, profile| Command::SetAssignableProfiles {
                profile,
                assignable: [world.profile("Agent")].into(),
            }),
            ("let hand out Admin", |world, profile| Command::SetAssignableProfiles {
                profile,
                assignable: [world.profile("Admin")].into(),
            }),
            ("tag", |_, profile| tag(RecordKey::Profile(profile))),
            ("delete", |_, profile| Command::DeleteSecurityProfile { profile }),
        ];
        for (act, command) in acts {
            rows.push(row(format!("profile {name}: {act}"), move |world, _| Some(command(world, world.profile(name)))));
        }
    }
}

fn on_the_hierarchy(rows: &mut Vec<Row>) {
    rows.push(row("name the levels of the hierarchy", |world, _| {
        let mut level = |name: &str| (name.to_owned(), HierarchyLevelId::from_bits(world.next_id()));
        Some(Command::UpdateUserHierarchyStructure { levels: vec![level("Country"), level("Team"), level("Desk")] })
    }));
    rows.push(row("make a group", |world, _| {
        let (id, name) = (HierarchyGroupId::from_bits(world.next_id()), "Night".to_owned());
        Some(Command::CreateUserHierarchyGroup { id, name, parent: Some(harbour(world)), tags: Tags::new() })
    }));
    rows.push(row("rename a group", |world, _| {
        Some(Command::UpdateUserHierarchyGroupName { group: harbour(world), name: "Port".to_owned() })
    }));
    rows.push(row("delete a group with groups below", |world, _| {
        Some(Command::DeleteUserHierarchyGroup { group: harbour(world) })
    }));
    rows.push(row("delete an empty group", |world, _| {
        let group = world.directory.group_by_name(Some(harbour(world)), "Red").unwrap().id;
        Some(Command::DeleteUserHierarchyGroup { group })
    }));
}

fn on_tags(rows: &mut Vec<Row>) {
    type Target = fn(&TestInstance) -> RecordKey;
    let targets: [(&str, Target); 4] = [
        ("a group", |world| RecordKey::Group(harbour(world))),
        ("a queue", |world| {
            RecordKey::Resource(world.directory.resource_by_name(ResourceType::Queue, "BasicQueue").unwrap().id)
        }),
        ("a routing profile", |world| RecordKey::Resource(world.routing_profile())),
        ("the instance", |_| RecordKey::Settings),
    ];
    for (what, target) in targets {
        rows.push(row(format!("tag {what}"), move |world, _| Some(tag(target(world)))));
        rows.push(row(format!("untag {what}"), move |world, _| Some(untag(target(world)))));
    }
}

fn on_the_instance(rows: &mut Vec<Row>) {
    rows.push(row("set an attribute of the instance", |_, _| {
        Some(Command::UpdateInstanceAttribute { name: "INBOUND_CALLS".to_owned(), value: "true".to_owned() })
    }));
    let guard = |mode, reason: &str| Command::SetEscalationGuard { mode, reason: reason.to_owned() };
    rows.push(row("set the guard to enforce", move |_, _| Some(guard(GuardMode::Enforce, ""))));
    rows.push(row("set the guard to warn", move |_, _| Some(guard(GuardMode::Warn, "an audit"))));
    let loosen = |reason: &'static str, words: &str| Row {
        fresh: true,
        ..row(words, move |_, _| Some(guard(GuardMode::Warn, reason)))
    };
    rows.push(loosen("an audit", "set the guard to warn, freshly signed in"));
    rows.push(loosen(" ", "set the guard to warn, freshly signed in, without a reason"));
    rows.push(row("restore the administrator", |world, _| {
        let (profile, user) = (world.next_id(), world.next_id());
        Some(Command::RestoreAdministrator {
            profile: SecurityProfileId::from_bits(profile),
            user: UserId::from_bits(user),
            username: "admin".to_owned(),
            password: password(),
        })
    }));
    rows.push(row("forget what is sealed", |_, _| Some(Command::ForgetSealed)));
    rows.push(row("upgrade the catalogue", |_, _| Some(Command::UpgradeCatalogue)));
    rows.push(row("record former login names", |_, _| Some(Command::RecordFormerLogins(Vec::new()))));
}

fn harbour(world: &TestInstance) -> HierarchyGroupId {
    world.directory.group_by_name(None, "Harbour").unwrap().id
}

fn tag(target: RecordKey) -> Command {
    Command::TagResource { target, tags: tags(&[("team", "red")]) }
}

fn untag(target: RecordKey) -> Command {
    Command::UntagResource { target, keys: BTreeSet::from(["team".to_owned()]) }
}

fn voice() -> Vec<ChannelSettings> {
    vec![ChannelSettings { channel: "VOICE".to_owned(), auto_accept: Some(true), ..ChannelSettings::default() }]
}

fn skill(level: f32) -> Proficiency {
    Proficiency { attribute: "Language".to_owned(), value: "German".to_owned(), level }
}
