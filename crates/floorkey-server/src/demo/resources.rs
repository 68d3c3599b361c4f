//! The hierarchy, and the resources that route contacts.

use floorkey::resource::{
    HoursOfOperation, MediaConcurrency, OpeningPeriod, Queue, QueueLink, ResourceDetails, RoutingProfile,
};
use floorkey::{Command, HierarchyGroupId, HierarchyLevelId, NewResource, ResourceId};

use super::{CommandRunner, CreatedIds, quick_connects, tags};
use floorkey_service::entropy;
use floorkey_service::failure::Failure;

/// The sites. Each entry has a country, a site, the value of the site's tag, a time zone and a language.
pub(super) const SITES: [(&str, &str, &str, &str, &str); 3] = [
    ("Portugal", "Lisbon", "lisbon", "Europe/Lisbon", "Portuguese"),
    ("Ireland", "Cork", "cork", "Europe/Dublin", "English"),
    ("Poland", "Kraków", "krakow", "Europe/Warsaw", "Polish"),
];

/// The teams. Each entry has a name, a site, the routing profile of the team's agents and a brand.
pub(super) const TEAMS: [(&str, &str, &str, &str); 12] = [
    ("Lisbon Bookings", "Lisbon", "Bookings agents", "harbour"),
    ("Lisbon Changes and Refunds", "Lisbon", "Changes and refunds agents", "harbour"),
    ("Lisbon Payments", "Lisbon", "Payment agents", "harbour"),
    ("Lisbon Complaints", "Lisbon", "Complaints agents", "northstar"),
    ("Cork Bookings", "Cork", "Bookings agents", "northstar"),
    ("Cork VIP Desk", "Cork", "VIP agents", "northstar"),
    ("Cork Chat and Social", "Cork", "Chat agents", "harbour"),
    ("Cork Changes and Refunds", "Cork", "Changes and refunds agents", "northstar"),
    ("Kraków Bookings", "Kraków", "Bookings agents", "harbour"),
    ("Kraków Technical Help", "Kraków", "Technical help agents", "northstar"),
    ("Kraków Night Desk", "Kraków", "Night desk agents", "northstar"),
    ("Kraków Email Office", "Kraków", "Email agents", "harbour"),
];

/// The queues. Each entry has a name, a description, hours of operation and a brand.
const QUEUES: [(&str, &str, &str, &str); 10] = [
    ("Bookings Harbour", "New bookings with Harbour Ferries", "Day shift", "harbour"),
    ("Bookings Northstar", "New bookings with Northstar Rail", "Day shift", "northstar"),
    ("Changes and Refunds", "Changed plans, missed departures, refunds", "Day shift", "harbour"),
    ("Payments", "Card payments; pauses the recording while a card is read out", "Office hours", "harbour"),
    ("Complaints", "Second line for complaints, answered within two days", "Office hours", "northstar"),
    ("VIP", "Northstar Gold travelers, answered within twenty seconds", "Round the clock", "northstar"),
    ("Chat and Social", "Chats from both websites, and messages from social media", "Day shift", "harbour"),
    ("Technical Help", "App, tickets that won't scan, accounts", "Day shift", "northstar"),
    ("Night Desk", "Urgent contacts at night", "Night shift", "northstar"),
    ("Email Office", "Letters and emails of both brands", "Office hours", "harbour"),
];

/// A routing profile with a name, a description, and queues with their channels. The first queue is used for outbound
/// calls.
type Routing = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const ROUTING: [Routing; 10] = [
    ("Bookings agents", "New bookings by phone", &[("Bookings Harbour", "VOICE"), ("Bookings Northstar", "VOICE")]),
    ("Changes and refunds agents", "Changes by phone", &[("Changes and Refunds", "VOICE"), ("Payments", "VOICE")]),
    ("Payment agents", "Payments, nothing else", &[("Payments", "VOICE")]),
    ("Complaints agents", "Complaints by phone and task", &[("Complaints", "VOICE"), ("Complaints", "TASK")]),
    ("VIP agents", "Gold travelers first", &[("VIP", "VOICE"), ("VIP", "CHAT"), ("Bookings Northstar", "VOICE")]),
    ("Chat agents", "Up to three chats at a time", &[("Chat and Social", "CHAT")]),
    ("Technical help agents", "Help by phone and chat", &[("Technical Help", "VOICE"), ("Technical Help", "CHAT")]),
    (
        "Night desk agents",
        "All contacts at night",
        &[("Night Desk", "VOICE"), ("VIP", "VOICE"), ("Night Desk", "CHAT")],
    ),
    ("Email agents", "Written answers", &[("Email Office", "EMAIL"), ("Email Office", "TASK")]),
    ("Leads", "Handles escalations", &[("Complaints", "VOICE"), ("VIP", "VOICE"), ("Complaints", "TASK")]),
];

/// The IDs of the created hierarchy groups, queues and routing profiles.
pub(super) struct Resources {
    /// The hierarchy groups of countries, sites and teams.
    pub(super) groups: CreatedIds<HierarchyGroupId>,
    /// The queues.
    pub(super) queues: CreatedIds<ResourceId>,
    /// The routing profiles.
    pub(super) routing: CreatedIds<ResourceId>,
}

/// Creates the hierarchy, hours of operation, queues, quick connects, prompts and routing profiles. Each resource is created after the resources
/// that it depends on.
pub(super) async fn create(runner: &CommandRunner) -> Result<Resources, Failure> {
    let level = |name: &str| (name.to_owned(), HierarchyLevelId::from_bits(entropy::random_id()));
    let levels = ["Country", "Site", "Team"].map(level).into();
    runner.execute_all(vec![Command::UpdateUserHierarchyStructure { levels }]).await?;
    let (groups, (queues, routing)) = tokio::try_join!(groups(runner), routing(runner))?;
    Ok(Resources { groups, queues, routing })
}

async fn groups(runner: &CommandRunner) -> Result<CreatedIds<HierarchyGroupId>, Failure> {
    let mut ids = CreatedIds([].into());
    let mut batches: [Vec<Command>; 3] = Default::default();
    let [countries, sites, teams] = &mut batches;
    let mut group = |name: &'static str, parent: Option<&str>, site: &str| -> Result<Command, Failure> {
        let id = HierarchyGroupId::from_bits(entropy::random_id());
        let parent = parent.map(|parent| ids.id(parent)).transpose()?;
        ids.0.insert(name, id);
        Ok(Command::CreateUserHierarchyGroup { id, name: name.to_owned(), parent, tags: tags([("site", site)]) })
    };
    for (country, site, word, ..) in SITES {
        countries.push(group(country, None, word)?);
        sites.push(group(site, Some(country), word)?);
    }
    for (team, site, ..) in TEAMS {
        let word = SITES.iter().find(|(_, name, ..)| *name == site).map_or("", |(_, _, word, ..)| word);
        teams.push(group(team, Some(site), word)?);
    }
    for commands in batches {
        runner.execute_all(commands).await?;
    }
    Ok(ids)
}

/// Creates hours of operation, queues and routing profiles. Returns the IDs of the queues and the routing profiles.
async fn routing(runner: &CommandRunner) -> Result<(CreatedIds<ResourceId>, CreatedIds<ResourceId>), Failure> {
    let new_id = || ResourceId::from_bits(entropy::random_id());
    let hours = CreatedIds(HOURS.map(|(name, ..)| (name, new_id())).into());
    let queues = CreatedIds(QUEUES.map(|(name, ..)| (name, new_id())).into());
    let routing = CreatedIds(ROUTING.map(|(name, ..)| (name, new_id())).into());
    let mut commands = Vec::new();
    for (name, about, days, open) in HOURS {
        commands.push(resource(hours.id(name)?, name, about, tags([]), opening(days, open)));
    }
    runner.execute_all(std::mem::take(&mut commands)).await?;
    for (name, about, open, brand) in QUEUES {
        let details = ResourceDetails::Queue(Queue {
            hours: hours.id(open)?,
            max_contacts: Some(200),
            enabled: true,
            caller_id_name: Some("Harbourline".to_owned()),
            caller_id_number: None,
            outbound_flow: None,
            outbound_email: None,
            quick_connects: [].into(),
        });
        commands.push(resource(queues.id(name)?, name, about, tags([("brand", brand)]), details));
    }
    runner.execute_all(std::mem::take(&mut commands)).await?;
    runner.execute_all(quick_connects::commands(&queues)?).await?;
    for (name, about, links) in ROUTING {
        let details = ResourceDetails::RoutingProfile(routing_profile(&queues, links)?);
        commands.push(resource(routing.id(name)?, name, about, tags([]), details));
    }
    runner.execute_all(commands).await?;
    Ok((queues, routing))
}

const WEEK: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

/// Hours of operation with a name, a description, the number of open days starting with Monday, and the opening
/// periods. Each period has a start and an end in minutes after midnight.
type Hours = (&'static str, &'static str, usize, &'static [(u16, u16)]);

const HOURS: [Hours; 4] = [
    ("Office hours", "Monday to Friday", 5, &[(8 * 60, 18 * 60)]),
    ("Day shift", "Every day from early to late", 7, &[(6 * 60, 22 * 60)]),
    ("Night shift", "Every night", 7, &[(0, 6 * 60), (22 * 60, 23 * 60 + 59)]),
    ("Round the clock", "Always", 7, &[(0, 23 * 60 + 59)]),
];

fn opening(days: usize, open: &[(u16, u16)]) -> ResourceDetails {
    let day = |day: &'static str| {
        let period = move |(start_minute, end_minute)| OpeningPeriod { day: day.to_owned(), start_minute, end_minute };
        open.iter().copied().map(period)
    };
    ResourceDetails::HoursOfOperation(HoursOfOperation {
        time_zone: "Europe/Lisbon".to_owned(),
        periods: WEEK.into_iter().take(days).flat_map(day).collect(),
        parents: Vec::new(),
    })
}

fn routing_profile(queues: &CreatedIds<ResourceId>, links: &[(&str, &str)]) -> Result<RoutingProfile, Failure> {
    let mut queue_links = Vec::new();
    for ((name, channel), priority) in links.iter().zip(1..) {
        let queue = queues.id(name)?;
        queue_links.push(QueueLink { queue, channel: (*channel).to_owned(), priority, delay_seconds: 0 });
    }
    let Some(first) = queue_links.first() else {
        return Err(Failure::Internal("a routing profile has no queue".to_owned()));
    };
    let concurrency_by_channel = [("VOICE", 1), ("CHAT", 3), ("TASK", 2), ("EMAIL", 2)];
    let used = concurrency_by_channel
        .into_iter()
        .filter(|(channel, _)| queue_links.iter().any(|link| link.channel == *channel));
    let concurrencies = used.map(|(channel, concurrency)| MediaConcurrency {
        channel: channel.to_owned(),
        concurrency,
        cross_channel: None,
    });
    Ok(RoutingProfile {
        default_outbound_queue: first.queue,
        concurrencies: concurrencies.collect(),
        queues: queue_links,
        manual_queues: Vec::new(),
        availability_timer: Some("TIME_SINCE_LAST_ACTIVITY".to_owned()),
    })
}

/// Returns the command that creates a resource.
pub(super) fn resource(
    id: ResourceId,
    name: &str,
    description: &str,
    tags: floorkey::tags::Tags,
    details: ResourceDetails,
) -> Command {
    let (name, description) = (name.to_owned(), Some(description.to_owned()));
    Command::CreateResource(Box::new(NewResource { id, name, description, tags, details }))
}
