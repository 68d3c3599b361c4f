//! The users of the demo.

use floorkey::user::{ChannelSettings, Identity, Proficiency};
use floorkey::{Command, NewUser, SecurityProfileId};

use super::names::{login, names};
use super::places::{Places, SITES, TEAMS};
use super::{Made, tags, user_id};
use floorkey_service::failure::Failure;

/// Number of agents in each team, not counting its lead.
const AGENTS_A_TEAM: usize = 13;

/// A user of the demo.
pub(super) struct Member {
    /// The account.
    pub(super) new: NewUser,
    /// Whether the user has a password to sign in with.
    pub(super) signs_in: bool,
    /// The user's proficiencies.
    skills: Vec<(&'static str, &'static str, f32)>,
}

/// A user with a fixed name: given name, family name, login, group, routing profile, profiles.
struct Named(&'static str, &'static str, &'static str, Option<&'static str>, &'static str, &'static [&'static str]);

/// Users with a role in the demo. Those after the leads are findings for an access review (`habits` has further ones).
const NAMED: [Named; 38] = [
    Named("Sofia", "Marin", "sofia.marin", Some("Lisbon"), "Leads", &["CallCenterManager"]),
    Named("Tom", "Okafor", "tom.okafor", Some("Cork Bookings"), "Bookings agents", &["Agent"]),
    Named("Isabel", "Tavares", "isabel.tavares", Some("Lisbon"), "Leads", &["Supervisor - Lisbon"]),
    Named("Hugo", "Meireles", "hugo.meireles", Some("Lisbon"), "Leads", &["Supervisor - Lisbon"]),
    Named("Orla", "Deasy", "orla.deasy", Some("Cork"), "Leads", &["Supervisor - Cork"]),
    Named("Fergus", "Mangan", "fergus.mangan", Some("Cork"), "Leads", &["Supervisor - Cork"]),
    Named("Danuta", "Rybak", "danuta.rybak", Some("Kraków"), "Leads", &["Supervisor - Krakow"]),
    Named("Artur", "Zych", "artur.zych", Some("Kraków"), "Leads", &["Supervisor - Krakow"]),
    Named("Mairéad", "Foley", "mairead.foley", Some("Ireland"), "Leads", &["CallCenterManager"]),
    Named("Grzegorz", "Banaś", "grzegorz.banas", Some("Poland"), "Leads", &["CallCenterManager"]),
    Named("Wei", "Zhang", "wei.zhang", Some("Ireland"), "Leads", &["Workforce planner"]),
    Named("Carla", "Benavides", "carla.benavides", Some("Portugal"), "Leads", &["Workforce planner"]),
    Named("Radek", "Hajduk", "radek.hajduk", Some("Poland"), "Leads", &["Workforce planner"]),
    Named("Fatima", "El Idrissi", "fatima.elidrissi", Some("Portugal"), "Leads", &["Quality lead"]),
    Named("Eoin", "Bracken", "eoin.bracken", Some("Ireland"), "Leads", &["Quality lead", "QualityAnalyst"]),
    Named("Luiza", "Kępa", "luiza.kepa", Some("Poland"), "Leads", &["QualityAnalyst"]),
    Named("Rosa", "Valente", "rosa.valente", Some("Portugal"), "Leads", &["QualityAnalyst"]),
    Named("Tariq", "Siddiqui", "tariq.siddiqui", Some("Ireland"), "Leads", &["IT helpdesk"]),
    Named("Bożena", "Stec", "bozena.stec", Some("Poland"), "Leads", &["IT helpdesk"]),
    Named("Miguel", "Arantes", "miguel.arantes", Some("Portugal"), "Leads", &["IT helpdesk"]),
    Named("Siobhán", "Tuohy", "siobhan.tuohy", Some("Ireland"), "Leads", &["Knowledge author"]),
    Named("Julia", "Marczak", "julia.marczak", Some("Poland"), "Leads", &["Knowledge author"]),
    Named("Kofi", "Asante", "kofi.asante", Some("Ireland"), "Leads", &["Auditor"]),
    Named("Vera", "Lindner", "vera.lindner", Some("Ireland"), "Leads", &["Brand manager - Northstar"]),
    Named("Nelson", "Quaresma", "nelson.quaresma", Some("Portugal"), "Leads", &["Recruiting"]),
    Named("Elif", "Demir", "elif.demir", Some("Cork Bookings"), "Bookings agents", &["Agent"]),
    Named("Jonas", "Brandão", "jonas.brandao", Some("Lisbon Complaints"), "Complaints agents", &["Agent", "Team lead"]),
    Named("Halina", "Mróz", "halina.mroz", Some("Kraków Night Desk"), "Night desk agents", &["Agent", "Team lead"]),
    // Five administrators besides `admin`, where two would be enough; one of them is disabled and still has all
    // permissions.
    Named("Gavin", "Prendergast", "gavin.prendergast", Some("Ireland"), "Leads", &["Admin"]),
    Named("Lídia", "Rocha", "lidia.rocha", Some("Portugal"), "Leads", &["Admin", "CallCenterManager"]),
    Named("Bartek", "Zawadzki", "bartek.zawadzki", Some("Poland"), "Leads", &["Admin"]),
    Named("Moira", "Tierney", "moira.tierney", Some("Cork Chat and Social"), "Chat agents", &["Agent", "Admin"]),
    Named("Rasmus", "Lindqvist", "ext.lindqvist", None, "Leads", &["Admin"]),
    // Returned to taking calls long ago, but still has access to every account.
    Named("Paula", "Sampaio", "paula.sampaio", Some("Lisbon Bookings"), "Bookings agents", &["Agent", "IT helpdesk"]),
    // An agent who downloads recordings, and one who listens to them through a legacy permission.
    Named("Nkechi", "Obi", "nkechi.obi", Some("Cork VIP Desk"), "VIP agents", &["Agent", "QualityAnalyst"]),
    Named(
        "Ulrich",
        "Petri",
        "ulrich.petri",
        Some("Kraków Technical Help"),
        "Technical help agents",
        &["Agent", "Call listening 2019"],
    ),
    // One shared account for the night desk, with a bit of everything.
    Named(
        "Night",
        "Desk",
        "night.desk",
        None,
        "Night desk agents",
        &["Agent", "Team lead", "Supervisor - Krakow", "Chat and social team", "Call listening 2019"],
    ),
    // Looks like tom.okafor, but is a different account.
    Named("Test", "Account", "tom.okaf0r", None, "Leads", &["IT helpdesk", "Recruiting"]),
];

/// Returns all users.
pub(super) fn staff(places: &Places, profiles: &Made<SecurityProfileId>) -> Result<Vec<Member>, Failure> {
    let mut staff = Vec::new();
    for Named(given, family, login, group, routing, held) in NAMED {
        let mut member = member(places, profiles, (given, family), login.to_owned(), group, routing, held)?;
        member.signs_in = matches!(login, "sofia.marin" | "tom.okafor");
        staff.push(member);
    }
    let mut names = names();
    for (team, site, routing, brand) in TEAMS {
        let language = SITES.iter().find(|(_, name, ..)| *name == site).map_or("English", |(.., language)| *language);
        for at in 0..=AGENTS_A_TEAM {
            let Some((given, family)) = names.next() else { break };
            let held = profiles_of(team, at);
            let login = login(given, family);
            let mut member = member(places, profiles, (given, family), login, Some(team), routing, held)?;
            member.new.tags.insert("brand".to_owned(), brand.to_owned());
            member.skills = skills(language, brand, at);
            staff.push(member);
        }
    }
    Ok(staff)
}

/// The first user of a team leads it.
fn profiles_of(team: &str, at: usize) -> &'static [&'static str] {
    match (team, at) {
        (_, 0) => &["Agent", "Team lead"],
        ("Lisbon Payments", _) => &["Payments team"],
        ("Cork Chat and Social", _) => &["Chat and social team"],
        _ => &["Agent"],
    }
}

fn skills(language: &'static str, brand: &'static str, at: usize) -> Vec<(&'static str, &'static str, f32)> {
    let level = |step: usize| [3.0, 4.0, 5.0, 2.0].get(step % 4).copied().unwrap_or(3.0);
    let mut skills = vec![("Language", language, 5.0), ("Brand", brand, level(at))];
    if at.is_multiple_of(3) && language != "English" {
        skills.push(("Language", "English", level(at + 1)));
    }
    if at.is_multiple_of(5) {
        skills.push(("Language", "Spanish", level(at + 2)));
    }
    skills
}

fn member(
    places: &Places,
    profiles: &Made<SecurityProfileId>,
    (given, family): (&str, &str),
    username: String,
    group: Option<&str>,
    routing: &str,
    held: &[&str],
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
        profiles: held.iter().map(|name| profiles.id(name)).collect::<Result<_, _>>()?,
        routing_profile: places.routing.id(routing)?,
        hierarchy_group: group.map(|group| places.groups.id(group)).transpose()?,
        channels: vec![voice],
        tags: site.map_or_else(|| tags([]), |(_, _, word, ..)| tags([("site", word)])),
    };
    Ok(Member { new, signs_in: false, skills: Vec::new() })
}

/// The commands that associate the proficiencies of all users.
pub(super) fn proficiencies(staff: &[Member]) -> Vec<Command> {
    let skilled = staff.iter().filter(|member| !member.skills.is_empty());
    let proficiency = |(attribute, value, level): &(&str, &str, f32)| Proficiency {
        attribute: (*attribute).to_owned(),
        value: (*value).to_owned(),
        level: *level,
    };
    let command = |member: &Member| Command::AssociateUserProficiencies {
        user: member.new.id,
        proficiencies: member.skills.iter().map(proficiency).collect(),
    };
    skilled.map(command).collect()
}
