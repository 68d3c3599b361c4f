//! The demo's security profiles, in addition to the four default profiles of a new instance.

use std::collections::BTreeSet;

use floorkey::{Command, HierarchyGroupId, NewSecurityProfile, SecurityProfileEdit, SecurityProfileId};

use super::resources::Resources;
use super::{CommandRunner, CreatedIds, tags};
use floorkey_service::entropy;
use floorkey_service::failure::Failure;

/// The scope of a profile's permissions.
enum ProfileScope {
    /// All resources.
    All,
    /// Users in this hierarchy group and in the groups below it.
    Group(&'static str),
    /// Users in the user's own hierarchy group and in the groups below it.
    Own,
    /// Queues and routing profiles of this brand.
    Brand(&'static str),
}

/// A profile with a name, a description, a scope and permissions.
type Profile = (&'static str, &'static str, ProfileScope, &'static [&'static str]);

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
        ProfileScope::Group("Lisbon"),
        SUPERVISOR,
    ),
    (
        "Supervisor - Cork",
        "Runs the Cork floor: its people, live monitoring, time cards",
        ProfileScope::Group("Cork"),
        SUPERVISOR,
    ),
    (
        "Supervisor - Krakow",
        "Runs the Kraków floor: its people, live monitoring, time cards",
        ProfileScope::Group("Kraków"),
        SUPERVISOR,
    ),
    (
        "Team lead",
        "Sees their own team and its metrics, and coaches",
        ProfileScope::Own,
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
        ProfileScope::All,
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
        ProfileScope::All,
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
        ProfileScope::All,
        &["Users.View", "Users.Edit", "Users.EnableAndDisable", "SecurityProfiles.View", "AgentStates.View"],
    ),
    (
        "Knowledge author",
        "Writes and edits the articles that agents use",
        ProfileScope::All,
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
        ProfileScope::All,
        &["BasicAgentAccess", "RestrictTaskCreation.Access", "RequireEndContactConfirmation.Enabled"],
    ),
    (
        "Chat and social team",
        "Answers chats and picks waiting contacts",
        ProfileScope::All,
        &["BasicAgentAccess", "SelfAssignContacts.Access", "Cases.View", "CustomerProfiles.View"],
    ),
    (
        "Auditor",
        "Reads historical changes, and can't change anything",
        ProfileScope::All,
        &["HistoricalChanges.View", "Users.View", "SecurityProfiles.View"],
    ),
    (
        "Brand manager - Northstar",
        "Queues and routing of Northstar only",
        ProfileScope::Brand("northstar"),
        &["Queues.View", "Queues.Edit", "RoutingPolicies.View", "RoutingPolicies.Edit"],
    ),
    // This profile has legacy permissions for recordings. Such permissions existed before redaction was introduced.
    (
        "Call listening 2019",
        "Created for the 2019 audit: recordings and transcripts, with legacy permissions",
        ProfileScope::All,
        &["ContactSearch.View", "ListenCallRecordings", "UnredactedData.View"],
    ),
    (
        "Recruiting",
        "Creates accounts for new employees",
        ProfileScope::All,
        &["Users.View", "Users.Create", "AgentGrouping.View"],
    ),
    // This profile is not assigned to any user, but everyone who can edit users could assign it.
    (
        "Temp - do not use",
        "Migration of the old phone system, delete after go-live",
        ProfileScope::All,
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

/// Permissions that profiles did not have when they were created.
const ADDED_LATER: [(&str, &str); 2] =
    [("IT helpdesk", "Users.EnableAndDisable"), ("Quality lead", "ScreenRecording.Redacted.Access")];

/// Returns the permissions that a profile has today. They are empty if the demo has no such profile.
pub(super) fn permissions(profile: &str) -> Vec<String> {
    let all = PROFILES.iter().find(|(name, ..)| *name == profile).map(|(.., permissions)| *permissions);
    all.into_iter().flatten().map(|name| (*name).to_owned()).collect()
}

/// The default profiles of a new instance, which the demo assigns to some users.
const DEFAULT_PROFILES: [&str; 4] = ["Admin", "Agent", "CallCenterManager", "QualityAnalyst"];

/// Creates the profiles, and specifies which profiles supervisors can assign.
pub(super) async fn create(
    runner: &CommandRunner,
    resources: &Resources,
) -> Result<CreatedIds<SecurityProfileId>, Failure> {
    let mut ids = CreatedIds([].into());
    let mut commands = Vec::new();
    for (name, description, scope, _) in PROFILES {
        let id = SecurityProfileId::from_bits(entropy::random_id());
        ids.0.insert(name, id);
        let content = SecurityProfileEdit {
            description: Some(description.to_owned()),
            permissions: Some(first_permissions(name)),
            ..scope_edit(&scope, resources)?
        };
        let new = NewSecurityProfile { id, name: name.to_owned(), content, tags: tags([("owner", "operations")]) };
        commands.push(Command::CreateSecurityProfile(Box::new(new)));
    }
    runner.execute_all(commands).await?;
    let directory = runner.service.engine().current(runner.instance);
    for name in DEFAULT_PROFILES {
        let profile = directory.as_ref().and_then(|directory| directory.profile_by_name(name));
        if let Some(profile) = profile {
            ids.0.insert(name, profile.id);
        }
    }
    let agents = ["Agent", "Payments team", "Chat and social team"].map(|name| ids.id(name));
    let assignable = agents.into_iter().collect::<Result<BTreeSet<_>, _>>()?;
    let mut commands = Vec::new();
    for name in ["Supervisor - Lisbon", "Supervisor - Cork", "Supervisor - Krakow", "Recruiting"] {
        let (profile, assignable) = (ids.id(name)?, assignable.clone());
        commands.push(Command::SetAssignableProfiles { profile, assignable });
    }
    runner.execute_all(commands).await?;
    Ok(ids)
}

/// Returns the permissions that a profile has when it is created.
fn first_permissions(profile: &str) -> Vec<String> {
    let is_added_later = |name: &str| ADDED_LATER.contains(&(profile, name));
    permissions(profile).into_iter().filter(|name| !is_added_later(name)).collect()
}

fn scope_edit(scope: &ProfileScope, resources: &Resources) -> Result<SecurityProfileEdit, Failure> {
    let users_in_group = |group: Option<HierarchyGroupId>| SecurityProfileEdit {
        hierarchy_restricted: Some(vec!["User".to_owned()]),
        hierarchy_group: group.map(|group| group.to_string()),
        ..SecurityProfileEdit::default()
    };
    Ok(match scope {
        ProfileScope::All => SecurityProfileEdit::default(),
        ProfileScope::Own => users_in_group(None),
        ProfileScope::Group(name) => users_in_group(Some(resources.groups.id(name)?)),
        ProfileScope::Brand(brand) => SecurityProfileEdit {
            access_control_tags: Some(tags([("brand", brand)])),
            tag_restricted: Some(vec!["Queue".to_owned(), "RoutingProfile".to_owned()]),
            ..SecurityProfileEdit::default()
        },
    })
}
