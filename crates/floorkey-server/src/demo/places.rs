//! The hierarchy, and the resources for routing contacts.

use floorkey::resource::{
    HoursOfOperation, MediaConcurrency, OpeningPeriod, Queue, QueueLink, ResourceDetails, RoutingProfile,
};
use floorkey::{Command, HierarchyGroupId, HierarchyLevelId, NewResource, ResourceId};

use super::{Door, Made, tags};
use floorkey_service::failure::Failure;
use floorkey_service::outside;

/// Sites: country, site, value of its tag, time zone, language.
pub(super) const SITES: [(&str, &str, &str, &str, &str); 3] = [
    ("Portugal", "Lisbon", "lisbon", "Europe/Lisbon", "Portuguese"),
    ("Ireland", "Cork", "cork", "Europe/Dublin", "English"),
    ("Poland", "Kraków", "krakow", "Europe/Warsaw", "Polish"),
];

/// Teams: name, site, routing profile of its agents, brand.
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
    ("Kraków E-mail Office", "Kraków", "E-mail agents", "harbour"),
];

/// Queues: name, description, hours of operation, brand.
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
    ("E-mail Office", "Letters and emails of both brands", "Office hours", "harbour"),
];

/// A routing profile: name, description, queues with their channels. The first queue is the one for outbound calls.
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
    ("E-mail agents", "Written answers", &[("E-mail Office", "EMAIL"), ("E-mail Office", "TASK")]),
    ("Leads", "Handles escalations", &[("Complaints", "VOICE"), ("VIP", "VOICE"), ("Complaints", "TASK")]),
];

/// The created groups and routing profiles.
pub(super) struct Places {
    /// Countries, sites and teams.
    pub(super) groups: Made<HierarchyGroupId>,
    /// Routing profiles.
    pub(super) routing: Made<ResourceId>,
}

/// Creates hierarchy, hours of operation, queues and routing profiles, each after those that it depends on.
pub(super) async fn make(door: &Door) -> Result<Places, Failure> {
    let level = |name: &str| (name.to_owned(), HierarchyLevelId::from_bits(outside::id()));
    let levels = ["Country", "Site", "Team"].map(level).into();
    door.all(vec![Command::UpdateUserHierarchyStructure { levels }]).await?;
    let (groups, routing) = tokio::try_join!(groups(door), routing(door))?;
    Ok(Places { groups, routing })
}

async fn groups(door: &Door) -> Result<Made<HierarchyGroupId>, Failure> {
    let mut made = Made([].into());
    let mut waves: [Vec<Command>; 3] = Default::default();
    let [countries, sites, teams] = &mut waves;
    let mut group = |name: &'static str, parent: Option<&str>, site: &str| -> Result<Command, Failure> {
        let id = HierarchyGroupId::from_bits(outside::id());
        let parent = parent.map(|parent| made.id(parent)).transpose()?;
        made.0.insert(name, id);
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
    for wave in waves {
        door.all(wave).await?;
    }
    Ok(made)
}

async fn routing(door: &Door) -> Result<Made<ResourceId>, Failure> {
    let fresh = || ResourceId::from_bits(outside::id());
    let hours = Made(HOURS.map(|(name, ..)| (name, fresh())).into());
    let queues = Made(QUEUES.map(|(name, ..)| (name, fresh())).into());
    let routing = Made(ROUTING.map(|(name, ..)| (name, fresh())).into());
    let mut wave = Vec::new();
    for (name, about, days, open) in HOURS {
        wave.push(resource(hours.id(name)?, name, about, tags([]), opening(days, open)));
    }
    door.all(std::mem::take(&mut wave)).await?;
    for (name, about, open, brand) in QUEUES {
        let details = ResourceDetails::Queue(Queue {
            hours: hours.id(open)?,
            max_contacts: Some(200),
            enabled: true,
            caller_id_name: Some("Harbourline".to_owned()),
            caller_id_number: None,
            outbound_flow: None,
            outbound_email: None,
        });
        wave.push(resource(queues.id(name)?, name, about, tags([("brand", brand)]), details));
    }
    door.all(std::mem::take(&mut wave)).await?;
    for (name, about, links) in ROUTING {
        let details = ResourceDetails::RoutingProfile(routing_profile(&queues, links)?);
        wave.push(resource(routing.id(name)?, name, about, tags([]), details));
    }
    door.all(wave).await?;
    Ok(routing)
}

const WEEK: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

/// Hours of operation: name, description, number of days from Monday on, start and end in minutes after midnight.
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

fn routing_profile(queues: &Made<ResourceId>, links: &[(&str, &str)]) -> Result<RoutingProfile, Failure> {
    let mut linked = Vec::new();
    for ((name, channel), priority) in links.iter().zip(1..) {
        let queue = queues.id(name)?;
        linked.push(QueueLink { queue, channel: (*channel).to_owned(), priority, delay_seconds: 0 });
    }
    let Some(first) = linked.first() else {
        return Err(Failure::Internal("a routing profile has no queue".to_owned()));
    };
    let at_a_time = [("VOICE", 1), ("CHAT", 3), ("TASK", 2), ("EMAIL", 2)];
    let used = at_a_time.into_iter().filter(|(channel, _)| linked.iter().any(|link| link.channel == *channel));
    let concurrencies = used.map(|(channel, concurrency)| MediaConcurrency {
        channel: channel.to_owned(),
        concurrency,
        cross_channel: None,
    });
    Ok(RoutingProfile {
        default_outbound_queue: first.queue,
        concurrencies: concurrencies.collect(),
        queues: linked,
        manual_queues: Vec::new(),
        availability_timer: Some("TIME_SINCE_LAST_ACTIVITY".to_owned()),
    })
}

fn resource(
    id: ResourceId,
    name: &str,
    description: &str,
    tags: floorkey::tags::Tags,
    details: ResourceDetails,
) -> Command {
    let (name, description) = (name.to_owned(), Some(description.to_owned()));
    Command::CreateResource(Box::new(NewResource { id, name, description, tags, details }))
}
