//! The security profiles that the contact center has created, besides the four of a new instance.

use std::collections::BTreeSet;

use floorkey::{Command, HierarchyGroupId, NewSecurityProfile, SecurityProfileEdit, SecurityProfileId};

use super::places::Places;
use super::{Door, Made, tags};
use floorkey_service::failure::Failure;
use floorkey_service::outside;

/// The scope of a profile's permissions.
enum Reach {
    /// All resources.
    All,
    /// Users in this hierarchy group and below.
    Group(&'static str),
    /// Users in the user's own hierarchy group and below.
    Own,
    /// Queues and routing profiles of this brand.
    Brand(&'static str),
}

/// A profile: its name, its description, its scope, its permissions.
type Profile = (&'static str, &'static str, Reach, &'static [&'static str]);

const SUPERVISOR: &[&str] = &[
    "Users.View",
    "Users.Edit",
    "AgentStates.View",
    "AccessMetrics",
    "AgentTimeCard.View",
    "ContactSearch.View",
    "ManagerListenIn",
    "TeamCalendar.View",
    "TimeOff.Approve",
];

const PROFILES: [Profile; 15] = [
    (
        "Supervisor - Lisbon",
        "Runs the Lisbon floor: its people, live monitoring, time cards",
        Reach::Group("Lisbon"),
        SUPERVISOR,
    ),
    (
        "Supervisor - Cork",
        "Runs the Cork floor: its people, live monitoring, time cards",
        Reach::Group("Cork"),
        SUPERVISOR,
    ),
    (
        "Supervisor - Krakow",
        "Runs the Kraków floor: its people, live monitoring, time cards",
        Reach::Group("Kraków"),
        SUPERVISOR,
    ),
    (
        "Team lead",
        "Sees their own team and its metrics, and coaches",
        Reach::Own,
        &[
            "Users.View",
            "AccessMetrics.RealTimeMetrics.Access",
            "AgentTimeCard.View",
            "CoachingSessions.Create",
            "TeamCalendar.View",
        ],
    ),
    (
        "Workforce planner",
        "Forecasts, capacity and rosters of all sites",
        Reach::All,
        &[
            "Forecasting.Edit",
            "Capacity.Edit",
            "Scheduling.Edit",
            "Scheduling.Publish",
            "TimeOff.Approve",
            "TimeOffBalance.Edit",
            "TeamCalendar.Edit",
            "Users.View",
        ],
    ),
    (
        "Quality lead",
        "Forms, evaluations and calibration, on redacted recordings",
        Reach::All,
        &[
            "EvaluationForms.Edit",
            "EvaluationForms.Create",
            "Evaluation.Edit",
            "Evaluation.Create",
            "EvaluationCalibrationSessions.Create",
            "ContactSearch.View",
            "CallRecordings.Redacted.Access",
            "ContactTranscripts.Redacted.Access",
            "ScreenRecording.Redacted.Access",
            "Users.View",
        ],
    ),
    (
        "IT helpdesk",
        "Helps users sign in: resets passwords, enables and disables users",
        Reach::All,
        &["Users.View", "Users.Edit", "Users.EnableAndDisable", "SecurityProfiles.View", "AgentStates.View"],
    ),
    (
        "Knowledge author",
        "Writes and edits the articles that agents use",
        Reach::All,
        &[
            "ContentManagement.Create",
            "ContentManagement.Edit",
            "ContentManagement.MessageTemplates.Edit",
            "Wisdom.View",
        ],
    ),
    (
        "Payments team",
        "Takes card payments; can't create tasks, and must confirm the end of a contact",
        Reach::All,
        &["BasicAgentAccess", "RestrictTaskCreation.Access", "RequireEndContactConfirmation.Enabled"],
    ),
    (
        "Chat and social team",
        "Answers chats and picks waiting contacts",
        Reach::All,
        &["BasicAgentAccess", "SelfAssignContacts.Access", "Cases.View", "CustomerProfiles.View"],
    ),
    (
        "Auditor",
        "Reads historical changes, and can't change anything",
        Reach::All,
        &["HistoricalChanges.View", "Users.View", "SecurityProfiles.View"],
    ),
    (
        "Brand manager - Northstar",
        "Queues and routing of Northstar only",
        Reach::Brand("northstar"),
        &["Queues.View", "Queues.Edit", "RoutingPolicies.View", "RoutingPolicies.Edit"],
    ),
    // Legacy recording permissions, from before redaction.
    (
        "Call listening 2019",
        "Created for the 2019 audit: recordings and transcripts, with legacy permissions",
        Reach::All,
        &["ContactSearch.View", "ListenCallRecordings", "UnredactedData.View"],
    ),
    (
        "Recruiting",
        "Creates accounts for new employees",
        Reach::All,
        &["Users.View", "Users.Create", "AgentGrouping.View"],
    ),
    // Not assigned to any user, but every user who can edit users could assign it.
    (
        "Temp - do not use",
        "Migration of the old phone system, delete after go-live",
        Reach::All,
        &[
            "Users.Create",
            "Users.Delete",
            "Users.EditPermission",
            "SecurityProfiles.Edit",
            "SecurityProfiles.Create",
            "DownloadCallRecordings",
        ],
    ),
];

/// The profiles of a new instance that are assigned to the demo's users.
const FOUNDED: [&str; 4] = ["Admin", "Agent", "CallCenterManager", "QualityAnalyst"];

/// Creates the profiles, and sets which ones supervisors can assign.
pub(super) async fn make(door: &Door, places: &Places) -> Result<Made<SecurityProfileId>, Failure> {
    let mut made = Made([].into());
    let mut wave = Vec::new();
    for (name, description, reach, permissions) in PROFILES {
        let id = SecurityProfileId::from_bits(outside::id());
        made.0.insert(name, id);
        let content = SecurityProfileEdit {
            description: Some(description.to_owned()),
            permissions: Some(permissions.iter().map(|name| (*name).to_owned()).collect()),
            ..reached(&reach, places)?
        };
        let new = NewSecurityProfile { id, name: name.to_owned(), content, tags: tags([("owner", "operations")]) };
        wave.push(Command::CreateSecurityProfile(Box::new(new)));
    }
    door.all(wave).await?;
    let directory = door.service.engine().current(door.instance);
    for name in FOUNDED {
        let profile = directory.as_ref().and_then(|directory| directory.profile_by_name(name));
        if let Some(profile) = profile {
            made.0.insert(name, profile.id);
        }
    }
    let agents = ["Agent", "Payments team", "Chat and social team"].map(|name| made.id(name));
    let assignable = agents.into_iter().collect::<Result<BTreeSet<_>, _>>()?;
    let mut wave = Vec::new();
    for name in ["Supervisor - Lisbon", "Supervisor - Cork", "Supervisor - Krakow", "Recruiting"] {
        let (profile, assignable) = (made.id(name)?, assignable.clone());
        wave.push(Command::SetAssignableProfiles { profile, assignable });
    }
    door.all(wave).await?;
    Ok(made)
}

fn reached(reach: &Reach, places: &Places) -> Result<SecurityProfileEdit, Failure> {
    let users_of = |group: Option<HierarchyGroupId>| SecurityProfileEdit {
        hierarchy_restricted: Some(vec!["User".to_owned()]),
        hierarchy_group: group.map(|group| group.to_string()),
        ..SecurityProfileEdit::default()
    };
    Ok(match reach {
        Reach::All => SecurityProfileEdit::default(),
        Reach::Own => users_of(None),
        Reach::Group(name) => users_of(Some(places.groups.id(name)?)),
        Reach::Brand(brand) => SecurityProfileEdit {
            access_control_tags: Some(tags([("brand", brand)])),
            tag_restricted: Some(vec!["Queue".to_owned(), "RoutingProfile".to_owned()]),
            ..SecurityProfileEdit::default()
        },
    })
}
