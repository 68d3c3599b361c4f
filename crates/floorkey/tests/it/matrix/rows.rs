//! The table's rows. Each command has a row for each target that can change the outcome.

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
    pub(super) description: String,
    /// Whether the actor has just signed in.
    pub(super) fresh: bool,
    /// Builds the command for the actor. Returns `None` if the actor is the operator and the command does not apply to
    /// the operator.
    pub(super) command: Box<Make>,
}

type Make = dyn Fn(&mut TestInstance, Option<UserId>) -> Option<Command>;

pub(super) fn row(
    description: impl Into<String>,
    command: impl Fn(&mut TestInstance, Option<UserId>) -> Option<Command> + 'static,
) -> Row {
    Row { description: description.into(), fresh: false, command: Box::new(command) }
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    user_rows(&mut rows);
    super::applications::application_rows(&mut rows);
    assignment_rows(&mut rows);
    last_administrator_rows(&mut rows);
    profile_rows(&mut rows);
    hierarchy_rows(&mut rows);
    super::resources::resource_rows(&mut rows);
    super::resources::document_rows(&mut rows);
    super::resources::agent_status_rows(&mut rows);
    tag_rows(&mut rows);
    instance_rows(&mut rows);
    super::findings::finding_rows(&mut rows);
    super::credentials_and_batches::credential_rows(&mut rows);
    super::credentials_and_batches::batch_rows(&mut rows);
    rows
}

const PROFILES: [&str; 4] = ["Agent", "QualityAnalyst", "CallCenterManager", "Admin"];

/// The targets of commands on users. Each target has a description and a login. If there is no login, the target is the
/// actor.
pub(super) const USERS: [(&str, Option<&str>); 5] = [
    ("an agent", Some("tom")),
    ("an analyst", Some("tina")),
    ("a manager", Some("mona")),
    ("an administrator", Some("admin")),
    ("oneself", None),
];

fn user_rows(rows: &mut Vec<Row>) {
    type OnUser = fn(&mut TestInstance, UserId) -> Command;
    let actions: [(&str, OnUser); 22] = [
        ("change the name of", |instance, user| {
            let identity = instance.directory.user(user).unwrap().identity.clone();
            let identity = Identity { first_name: Some("Bea".to_owned()), ..identity };
            Command::UpdateUserIdentityInfo { user, identity }
        }),
        ("change the email of", |_, user| {
            let identity = Identity { email: Some("else@example.com".to_owned()), ..identity() };
            Command::UpdateUserIdentityInfo { user, identity }
        }),
        ("rename the login of", |_, user| Command::RenameUserLogin { user, username: "renamed".to_owned() }),
        ("reset the password of", |_, user| reset(user)),
        ("enable", |_, user| Command::SetUserEnabled { user, enabled: true }),
        ("disable", |_, user| Command::SetUserEnabled { user, enabled: false }),
        ("delete", |_, user| Command::DeleteUser { user }),
        ("set the phone of", |_, user| Command::UpdateUserPhoneConfig { user, channels: voice_settings() }),
        ("set a channel of", |_, user| Command::UpdateUserConfig { user, channels: voice_settings() }),
        ("reroute", |instance, user| Command::UpdateUserRoutingProfile {
            user,
            routing_profile: instance.routing_profile(),
        }),
        ("move to a group", |instance, user| Command::UpdateUserHierarchy { user, group: Some(harbor(instance)) }),
        ("add a proficiency of", |_, user| Command::AssociateUserProficiencies {
            user,
            proficiencies: vec![skill(3.0)],
        }),
        ("change a proficiency of", |instance, user| {
            let proficiencies = vec![skill(3.0)];
            instance.run_ok(&operator(), Command::AssociateUserProficiencies { user, proficiencies });
            Command::UpdateUserProficiencies { user, proficiencies: vec![skill(4.0)] }
        }),
        ("drop a proficiency of", |instance, user| {
            let proficiencies = vec![skill(3.0)];
            instance.run_ok(&operator(), Command::AssociateUserProficiencies { user, proficiencies });
            let proficiencies = vec![("Language".to_owned(), "German".to_owned())];
            Command::DisassociateUserProficiencies { user, proficiencies }
        }),
        ("tag", |_, user| tag(RecordKey::User(user))),
        ("untag", |_, user| untag(RecordKey::User(user))),
        ("make an access key for", |_, user| create_key(user, &key_id(9_999))),
        ("revoke an access key of", |instance, user| {
            let first = instance.directory.access_keys_of(user).next().map(|key| key.id.clone());
            let id = first.unwrap_or_else(|| {
                instance.run_ok(&actor_of(user), create_key(user, &key_id(9_998)));
                key_id(9_998)
            });
            Command::RevokeAccessKey { id }
        }),
        ("confirm the address of", |instance, user| {
            let email = instance.unverified_email(user);
            Command::VerifyEmailOfUser { user, email }
        }),
        ("invite at an address that is not confirmed", |instance, user| {
            let email = instance.unverified_email(user);
            Command::InviteUser { user, email }
        }),
        ("reinstate an access key of", |instance, user| {
            let id = key_id(9_997);
            instance.suspended_key(user, &id);
            Command::ReinstateAccessKey { id }
        }),
        ("take the only profile of", |instance, user| {
            let profiles = instance.directory.user(user).unwrap().assignments.iter().map(|held| held.profile).collect();
            Command::DisassociateSecurityProfiles { user, profiles }
        }),
    ];
    for (action, command) in actions {
        for (whom, login) in USERS {
            rows.push(row(format!("{action} {whom}"), move |instance, actor_user| {
                let user = login.map(|login| instance.user(login)).or(actor_user)?;
                Some(command(instance, user))
            }));
        }
    }
}

fn assignment_rows(rows: &mut Vec<Row>) {
    for profile in PROFILES {
        rows.push(row(format!("make a user who holds {profile}"), move |instance, _| {
            Some(Command::CreateUser(Box::new(instance.new_user("nora", &[profile]))))
        }));
    }
    for (whom, login) in USERS {
        for profile in PROFILES {
            rows.push(row(format!("give {profile} to {whom}"), move |instance, actor_user| {
                let user = login.map(|login| instance.user(login)).or(actor_user)?;
                Some(Command::AssociateSecurityProfiles { user, profiles: vec![instance.profile(profile)] })
            }));
            rows.push(row(format!("leave {whom} with {profile} only"), move |instance, actor_user| {
                let user = login.map(|login| instance.user(login)).or(actor_user)?;
                Some(assign(user, &[instance.profile(profile)]))
            }));
        }
    }
    rows.push(row("take Agent from a manager who holds both", |instance, _| {
        let (user, profiles) = (instance.user("mona"), vec![instance.profile("Agent")]);
        instance.run_ok(&operator(), Command::AssociateSecurityProfiles { user, profiles: profiles.clone() });
        Some(Command::DisassociateSecurityProfiles { user, profiles })
    }));
    rows.push(row("give Admin to an agent from tomorrow on", |instance, _| {
        let from = Some(floorkey::Timestamp::from_millis(instance.now.as_millis() + 86_400_000));
        let later = Assignment { profile: instance.profile("Admin"), from, until: None };
        let assignments = vec![Assignment::always(instance.profile("Agent")), later];
        Some(Command::UpdateUserSecurityProfiles { user: instance.user("tom"), assignments })
    }));
}

fn last_administrator_rows(rows: &mut Vec<Row>) {
    type OnUser = fn(&TestInstance, UserId) -> Command;
    let actions: [(&str, OnUser); 4] = [
        ("disable", |_, user| Command::SetUserEnabled { user, enabled: false }),
        ("delete", |_, user| Command::DeleteUser { user }),
        ("leave with Agent only", |instance, user| assign(user, &[instance.profile("Agent")])),
        ("reset the password of", |_, user| reset(user)),
    ];
    for (action, command) in actions {
        rows.push(row(format!("{action} the last administrator"), move |instance, _| {
            let gone = instance.user("admin");
            instance.run_ok(&operator(), Command::DeleteUser { user: gone });
            Some(command(instance, instance.user("ada")))
        }));
    }
}

fn profile_rows(rows: &mut Vec<Row>) {
    type Content = fn(&TestInstance) -> SecurityProfileEdit;
    let contents: [(&str, Content); 4] = [
        ("make a profile that grants little", |_| granting(&["BasicAgentAccess"])),
        ("make a profile that grants everything", |instance| {
            let admin = instance.directory.profile_by_name("Admin").unwrap();
            let names = admin.selected.iter().map(|name| name.name().to_owned()).collect();
            SecurityProfileEdit { permissions: Some(names), ..SecurityProfileEdit::default() }
        }),
        ("make a profile with a tag scope", |_| granting_tagged(&["Users.View"], &["User"], ("team", "red"))),
        ("make a profile with a hierarchy scope", |_| granting_below(&["Users.View"], None)),
    ];
    for (description, content) in contents {
        rows.push(row(description, move |instance, _| {
            let content = content(instance);
            Some(Command::CreateSecurityProfile(Box::new(instance.new_profile("New", content))))
        }));
    }
    for name in PROFILES.into_iter().chain(["Unheld"]) {
        type OnProfile = fn(&TestInstance, SecurityProfileId) -> Command;
        let actions: [(&str, OnProfile); 9] = [
            ("describe", |_, profile| {
                let description = Some("Better words".to_owned());
                update(profile, SecurityProfileEdit { description, ..SecurityProfileEdit::default() })
            }),
            ("let grant nothing", |_, profile| update(profile, granting(&[]))),
            ("let delete users", |instance, profile| {
                let mut names: Vec<_> = instance.directory.profile(profile).unwrap().selected.iter().collect();
                names.push(floorkey::Permission::parse("Users.Delete").unwrap());
                let names = names.into_iter().map(|name| name.name().to_owned()).collect();
                update(profile, SecurityProfileEdit { permissions: Some(names), ..SecurityProfileEdit::default() })
            }),
            ("narrow by tags", |_, profile| {
                let scoped = granting_tagged(&[], &["User"], ("team", "red"));
                update(profile, SecurityProfileEdit { permissions: None, ..scoped })
            }),
            ("rename", |_, profile| Command::RenameSecurityProfile { profile, name: "Renamed".to_owned() }),
            ("let hand out Agent", |instance, profile| Command::SetAssignableProfiles {
                profile,
                assignable: [instance.profile("Agent")].into(),
            }),
            ("let hand out Admin", |instance, profile| Command::SetAssignableProfiles {
                profile,
                assignable: [instance.profile("Admin")].into(),
            }),
            ("tag", |_, profile| tag(RecordKey::Profile(profile))),
            ("delete", |_, profile| Command::DeleteSecurityProfile { profile }),
        ];
        for (action, command) in actions {
            rows.push(row(format!("profile {name}: {action}"), move |instance, _| {
                Some(command(instance, instance.profile(name)))
            }));
        }
    }
}

fn hierarchy_rows(rows: &mut Vec<Row>) {
    rows.push(row("name the levels of the hierarchy", |instance, _| {
        let mut level = |name: &str| (name.to_owned(), HierarchyLevelId::from_bits(instance.next_id()));
        Some(Command::UpdateUserHierarchyStructure { levels: vec![level("Country"), level("Team"), level("Desk")] })
    }));
    rows.push(row("make a group", |instance, _| {
        let (id, name) = (HierarchyGroupId::from_bits(instance.next_id()), "Night".to_owned());
        Some(Command::CreateUserHierarchyGroup { id, name, parent: Some(harbor(instance)), tags: Tags::new() })
    }));
    rows.push(row("rename a group", |instance, _| {
        Some(Command::UpdateUserHierarchyGroupName { group: harbor(instance), name: "Port".to_owned() })
    }));
    rows.push(row("delete a group with groups below", |instance, _| {
        Some(Command::DeleteUserHierarchyGroup { group: harbor(instance) })
    }));
    rows.push(row("delete an empty group", |instance, _| {
        let group = instance.directory.group_by_name(Some(harbor(instance)), "Red").unwrap().id;
        Some(Command::DeleteUserHierarchyGroup { group })
    }));
}

fn tag_rows(rows: &mut Vec<Row>) {
    type Target = fn(&TestInstance) -> RecordKey;
    let targets: [(&str, Target); 4] = [
        ("a group", |instance| RecordKey::Group(harbor(instance))),
        ("a queue", |instance| {
            RecordKey::Resource(instance.directory.resource_by_name(ResourceType::Queue, "BasicQueue").unwrap().id)
        }),
        ("a routing profile", |instance| RecordKey::Resource(instance.routing_profile())),
        ("the instance", |_| RecordKey::Settings),
    ];
    for (what, target) in targets {
        rows.push(row(format!("tag {what}"), move |instance, _| Some(tag(target(instance)))));
        rows.push(row(format!("untag {what}"), move |instance, _| Some(untag(target(instance)))));
    }
}

fn instance_rows(rows: &mut Vec<Row>) {
    rows.push(row("set an attribute of the instance", |_, _| {
        Some(Command::UpdateInstanceAttribute { name: "INBOUND_CALLS".to_owned(), value: "true".to_owned() })
    }));
    let guard = |mode, reason: &str| Command::SetEscalationGuard { mode, reason: reason.to_owned() };
    rows.push(row("set the guard to enforce", move |_, _| Some(guard(GuardMode::Enforce, ""))));
    rows.push(row("set the guard to warn", move |_, _| Some(guard(GuardMode::Warn, "an audit"))));
    let loosen = |reason: &'static str, description: &str| Row {
        fresh: true,
        ..row(description, move |_, _| Some(guard(GuardMode::Warn, reason)))
    };
    rows.push(loosen("an audit", "set the guard to warn, freshly signed in"));
    rows.push(loosen(" ", "set the guard to warn, freshly signed in, without a reason"));
    rows.push(row("restore the administrator", |instance, _| {
        let (profile, user) = (instance.next_id(), instance.next_id());
        Some(Command::RestoreAdministrator {
            profile: SecurityProfileId::from_bits(profile),
            user: UserId::from_bits(user),
            username: "admin".to_owned(),
            password: password(),
        })
    }));
    rows.push(row("forget what is sealed", |_, _| Some(Command::DeleteSealed)));
    rows.push(row("upgrade the catalog", |_, _| Some(Command::UpgradeCatalog)));
    rows.push(row("record former login names", |_, _| Some(Command::RecordFormerLogins(Vec::new()))));
}

fn harbor(instance: &TestInstance) -> HierarchyGroupId {
    instance.directory.group_by_name(None, "Harbour").unwrap().id
}

fn tag(target: RecordKey) -> Command {
    Command::TagResource { target, tags: tags(&[("team", "red")]) }
}

fn untag(target: RecordKey) -> Command {
    Command::UntagResource { target, keys: BTreeSet::from(["team".to_owned()]) }
}

fn voice_settings() -> Vec<ChannelSettings> {
    vec![ChannelSettings { channel: "VOICE".to_owned(), auto_accept: Some(true), ..ChannelSettings::default() }]
}

fn skill(level: f32) -> Proficiency {
    Proficiency { attribute: "Language".to_owned(), value: "German".to_owned(), level }
}
