//! The users of the demo.

use floorkey::user::{ChannelSettings, Identity, Proficiency};
use floorkey::{Command, NewUser, SecurityProfileId};

use super::names::{login, names};
use super::resources::{Resources, SITES, TEAMS};
use super::{CreatedIds, tags, user_id};
use floorkey_service::failure::Failure;

/// The number of agents in each team, not including the lead.
const AGENTS_PER_TEAM: usize = 13;

/// A user of the demo.
pub(super) struct Member {
    /// The account to create.
    pub(super) new: NewUser,
    /// Whether the user gets a password that is printed, to sign in to the demo with.
    pub(super) signs_in: bool,
    /// Whether the account is created later than the others, when the user is hired.
    pub(super) is_hired: bool,
    /// Whether the user has no password, because the user has never signed in or has left.
    pub(super) has_no_password: bool,
    /// The user's proficiencies.
    proficiencies: Vec<(&'static str, &'static str, f32)>,
}

/// A user with a fixed given name, family name, login name, hierarchy group, routing profile and security profiles.
struct NamedUser(&'static str, &'static str, &'static str, Option<&'static str>, &'static str, &'static [&'static str]);

/// Users with a specific role in the demo, as they were created. The users after the leads are findings for an access
/// review. The module `history` gives some of them more profiles.
const NAMED_USERS: [NamedUser; 38] = [
    NamedUser("Sofia", "Marin", "sofia.marin", Some("Lisbon"), "Leads", &["CallCenterManager"]),
    NamedUser("Tom", "Okafor", "tom.okafor", Some("Cork Bookings"), "Bookings agents", &["Agent"]),
    NamedUser("Isabel", "Tavares", "isabel.tavares", Some("Lisbon"), "Leads", &["Supervisor - Lisbon"]),
    NamedUser("Hugo", "Meireles", "hugo.meireles", Some("Lisbon"), "Leads", &["Supervisor - Lisbon"]),
    NamedUser("Orla", "Deasy", "orla.deasy", Some("Cork"), "Leads", &["Supervisor - Cork"]),
    NamedUser("Fergus", "Mangan", "fergus.mangan", Some("Cork"), "Leads", &["Supervisor - Cork"]),
    NamedUser("Danuta", "Rybak", "danuta.rybak", Some("Kraków"), "Leads", &["Supervisor - Krakow"]),
    NamedUser("Artur", "Zych", "artur.zych", Some("Kraków"), "Leads", &["Supervisor - Krakow"]),
    NamedUser("Mairéad", "Foley", "mairead.foley", Some("Ireland"), "Leads", &["CallCenterManager"]),
    NamedUser("Grzegorz", "Banaś", "grzegorz.banas", Some("Poland"), "Leads", &["CallCenterManager"]),
    NamedUser("Wei", "Zhang", "wei.zhang", Some("Ireland"), "Leads", &["Workforce planner"]),
    NamedUser("Carla", "Benavides", "carla.benavides", Some("Portugal"), "Leads", &["Workforce planner"]),
    NamedUser("Radek", "Hajduk", "radek.hajduk", Some("Poland"), "Leads", &["Workforce planner"]),
    NamedUser("Fatima", "El Idrissi", "fatima.elidrissi", Some("Portugal"), "Leads", &["Quality lead"]),
    NamedUser("Eoin", "Bracken", "eoin.bracken", Some("Ireland"), "Leads", &["Quality lead", "QualityAnalyst"]),
    NamedUser("Luiza", "Kępa", "luiza.kepa", Some("Poland"), "Leads", &["QualityAnalyst"]),
    NamedUser("Rosa", "Valente", "rosa.valente", Some("Portugal"), "Leads", &["QualityAnalyst"]),
    NamedUser("Tariq", "Siddiqui", "tariq.siddiqui", Some("Ireland"), "Leads", &["IT helpdesk"]),
    NamedUser("Bożena", "Stec", "bozena.stec", Some("Poland"), "Leads", &["IT helpdesk"]),
    NamedUser("Miguel", "Arantes", "miguel.arantes", Some("Portugal"), "Leads", &["IT helpdesk"]),
    NamedUser("Siobhán", "Tuohy", "siobhan.tuohy", Some("Ireland"), "Leads", &["Knowledge author"]),
    NamedUser("Julia", "Marczak", "julia.marczak", Some("Poland"), "Leads", &["Knowledge author"]),
    NamedUser("Kofi", "Asante", "kofi.asante", Some("Ireland"), "Leads", &["Auditor"]),
    NamedUser("Vera", "Lindner", "vera.lindner", Some("Ireland"), "Leads", &["Brand manager - Northstar"]),
    NamedUser("Nelson", "Quaresma", "nelson.quaresma", Some("Portugal"), "Leads", &["Recruiting"]),
    NamedUser("Elif", "Demir", "elif.demir", Some("Cork Bookings"), "Bookings agents", &["Agent"]),
    NamedUser(
        "Jonas",
        "Brandão",
        "jonas.brandao",
        Some("Lisbon Complaints"),
        "Complaints agents",
        &["Agent", "Team lead"],
    ),
    NamedUser("Halina", "Mróz", "halina.mroz", Some("Kraków Night Desk"), "Night desk agents", &["Agent", "Team lead"]),
    // There are five administrators in addition to `admin`, although two would be enough. One of the five is an agent,
    // and one is disabled but still has all permissions.
    NamedUser("Gavin", "Prendergast", "gavin.prendergast", Some("Ireland"), "Leads", &["Admin"]),
    NamedUser("Lídia", "Rocha", "lidia.rocha", Some("Portugal"), "Leads", &["Admin", "CallCenterManager"]),
    NamedUser("Bartek", "Zawadzki", "bartek.zawadzki", Some("Poland"), "Leads", &["Admin"]),
    NamedUser("Moira", "Tierney", "moira.tierney", Some("Cork Chat and Social"), "Chat agents", &["Agent"]),
    NamedUser("Rasmus", "Lindqvist", "ext.lindqvist", None, "Leads", &["Admin"]),
    // This user went back to taking calls long ago, but still has access to every account.
    NamedUser("Paula", "Sampaio", "paula.sampaio", Some("Lisbon Bookings"), "Bookings agents", &["IT helpdesk"]),
    // The first agent can download recordings. The second agent can listen to recordings through a legacy permission.
    NamedUser("Nkechi", "Obi", "nkechi.obi", Some("Cork VIP Desk"), "VIP agents", &["Agent"]),
    NamedUser("Ulrich", "Petri", "ulrich.petri", Some("Kraków Technical Help"), "Technical help agents", &["Agent"]),
    // The agents of the night desk share this account, which has permissions for several different jobs.
    NamedUser(
        "Night",
        "Desk",
        "night.desk",
        None,
        "Night desk agents",
        &["Agent", "Team lead", "Supervisor - Krakow", "Chat and social team", "Call listening 2019"],
    ),
    // This login name looks like tom.okafor, but belongs to a different account.
    NamedUser("Test", "Account", "tom.okaf0r", None, "Leads", &["IT helpdesk", "Recruiting"]),
];

/// Users who left, and whose accounts were deleted.
const LEAVERS: [NamedUser; 2] = [
    NamedUser("Gerard", "Nolan", "gerard.nolan", Some("Cork Bookings"), "Bookings agents", &["Agent"]),
    NamedUser("Marcin", "Sroka", "marcin.sroka", Some("Kraków Night Desk"), "Night desk agents", &["Agent"]),
];

impl Member {
    /// Whether the user has had a password from the start.
    pub(super) fn has_password(&self) -> bool {
        !self.is_hired && !self.has_no_password
    }
}

/// Returns all users of the demo, also those who are hired later and those who leave.
pub(super) fn staff(resources: &Resources, profiles: &CreatedIds<SecurityProfileId>) -> Result<Vec<Member>, Failure> {
    let mut staff = Vec::new();
    for NamedUser(given, family, login, group, routing, profile_names) in NAMED_USERS {
        let mut member =
            new_member(resources, profiles, (given, family), login.to_owned(), group, routing, profile_names)?;
        member.signs_in = matches!(login, "sofia.marin" | "tom.okafor");
        staff.push(member);
    }
    let mut names = names();
    for (team, site, routing, brand) in TEAMS {
        let language = SITES.iter().find(|(_, name, ..)| *name == site).map_or("English", |(.., language)| *language);
        for at in 0..=AGENTS_PER_TEAM {
            let Some((given, family)) = names.next() else { break };
            let profile_names = team_profile_names(team, at);
            let login = login(given, family);
            let mut member =
                new_member(resources, profiles, (given, family), login, Some(team), routing, profile_names)?;
            member.new.tags.insert("brand".to_owned(), brand.to_owned());
            member.proficiencies = new_proficiencies(language, brand, at);
            staff.push(member);
        }
    }
    for NamedUser(given, family, login, group, routing, profile_names) in LEAVERS {
        staff.push(new_member(resources, profiles, (given, family), login.to_owned(), group, routing, profile_names)?);
    }
    Ok(staff)
}

/// Returns the names of the profiles of a user in a team. The first user of each team, at position 0, is the lead.
fn team_profile_names(team: &str, at: usize) -> &'static [&'static str] {
    match (team, at) {
        (_, 0) => &["Agent", "Team lead"],
        ("Lisbon Payments", _) => &["Payments team"],
        ("Cork Chat and Social", _) => &["Chat and social team"],
        _ => &["Agent"],
    }
}

fn new_proficiencies(language: &'static str, brand: &'static str, at: usize) -> Vec<(&'static str, &'static str, f32)> {
    let level = |step: usize| [3.0, 4.0, 5.0, 2.0].get(step % 4).copied().unwrap_or(3.0);
    let mut proficiencies = vec![("Language", language, 5.0), ("Brand", brand, level(at))];
    if at.is_multiple_of(3) && language != "English" {
        proficiencies.push(("Language", "English", level(at + 1)));
    }
    if at.is_multiple_of(5) {
        proficiencies.push(("Language", "Spanish", level(at + 2)));
    }
    proficiencies
}

fn new_member(
    resources: &Resources,
    profiles: &CreatedIds<SecurityProfileId>,
    (given, family): (&str, &str),
    username: String,
    group: Option<&str>,
    routing: &str,
    profile_names: &[&str],
) -> Result<Member, Failure> {
    let site = SITES
        .iter()
        .find(|(country, site, ..)| group.is_some_and(|group| group.starts_with(site) || group == *country));
    let voice = ChannelSettings {
        channel: "VOICE".to_owned(),
        auto_accept: Some(false),
        after_contact_work_seconds: Some(60),
        phone_type: Some("SOFT_PHONE".to_owned()),
        ..ChannelSettings::default()
    };
    let new = NewUser {
        id: user_id(),
        identity: Identity {
            first_name: Some(given.to_owned()),
            last_name: Some(family.to_owned()),
            email: Some(format!("{username}@example.com")),
            ..Identity::default()
        },
        username,
        password: None,
        directory_user_id: None,
        profiles: profile_names.iter().map(|name| profiles.id(name)).collect::<Result<_, _>>()?,
        routing_profile: resources.routing.id(routing)?,
        hierarchy_group: group.map(|group| resources.groups.id(group)).transpose()?,
        channels: vec![voice],
        tags: site.map_or_else(|| tags([]), |(_, _, word, ..)| tags([("site", word)])),
    };
    Ok(Member { new, signs_in: false, is_hired: false, has_no_password: false, proficiencies: Vec::new() })
}

/// Returns the commands that set the proficiencies of all users who are not hired later.
pub(super) fn proficiency_commands(staff: &[Member]) -> Vec<Command> {
    let members = staff.iter().filter(|member| !member.is_hired && !member.proficiencies.is_empty());
    let proficiency = |(attribute, value, level): &(&str, &str, f32)| Proficiency {
        attribute: (*attribute).to_owned(),
        value: (*value).to_owned(),
        level: *level,
    };
    let command = |member: &Member| Command::AssociateUserProficiencies {
        user: member.new.id,
        proficiencies: member.proficiencies.iter().map(proficiency).collect(),
    };
    members.map(command).collect()
}
