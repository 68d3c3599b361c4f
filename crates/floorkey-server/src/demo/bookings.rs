//! The booking desk, an application that requests decisions. Some profiles grant the application's permissions under
//! conditions. The application's registered resources are bookings.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::application::ApplicationPermission;
use floorkey::profile::ApplicationGrant;
use floorkey::{
    AnyPermission, ApplicationResource, Command, Condition, RegisteredApplication, SecurityProfileEdit,
    SecurityProfileId, Timestamp,
};

use super::resources::Resources;
use super::users::Member;
use super::{CommandRunner, CreatedIds, tags};
use floorkey_service::failure::Failure;

const NAMESPACE: &str = "bookings";

/// The application's permissions. Each entry has a name, a description and the required permissions.
const PERMISSIONS: [(&str, &str, &[&str]); 4] = [
    ("view", "View bookings and their terms.", &[]),
    ("change", "Change the dates, rooms and travelers of a booking.", &["view"]),
    ("refund", "Refund a booking.", &["view"]),
    ("waive-fee", "Waive the fee for a late change.", &["change"]),
];

/// The bookings. Each entry has a booking number, a brand, the responsible team and a status.
const BOOKINGS: [(&str, &str, &str, &str); 10] = [
    ("NS-20417", "northstar", "Lisbon Bookings", "confirmed"),
    ("NS-20431", "northstar", "Lisbon Payments", "refund asked"),
    ("NS-20466", "northstar", "Lisbon Payments", "confirmed"),
    ("NS-20502", "northstar", "Cork Bookings", "confirmed"),
    ("NS-20588", "northstar", "Lisbon Complaints", "disputed"),
    ("HB-77104", "harbour", "Cork Bookings", "confirmed"),
    ("HB-77129", "harbour", "Cork VIP Desk", "refund asked"),
    ("HB-77163", "harbour", "Lisbon Payments", "traveled"),
    ("HB-77180", "harbour", "Kraków Night Desk", "confirmed"),
    ("HB-77195", "harbour", "Kraków Technical Help", "canceled"),
];

/// Registers the application, adds its permissions to profiles, and registers the bookings.
pub(super) async fn create(
    runner: &CommandRunner,
    resources: &Resources,
    profiles: &CreatedIds<SecurityProfileId>,
    staff: &[Member],
) -> Result<(), Failure> {
    let permission = |(name, description, requires): (&str, &str, &[&str])| ApplicationPermission {
        name: name.to_owned(),
        description: description.to_owned(),
        requires: requires.iter().map(|name| (*name).to_owned()).collect(),
    };
    let application = RegisteredApplication {
        namespace: NAMESPACE.to_owned(),
        name: "Booking desk".to_owned(),
        description: "Where agents manage travelers’ bookings.".to_owned(),
        permissions: PERMISSIONS.map(permission).into(),
        modified: Timestamp::from_millis(0),
    };
    runner.execute_all(vec![Command::RegisterApplication(Box::new(application))]).await?;
    let mut commands = vec![
        // The agents of the payments team can refund only their own bookings.
        grant_command(profiles.id("Payments team")?, &["refund"], &[("refund", own_booking())]),
        grant_command(profiles.id("Team lead")?, &["change", "refund"], &[("refund", Condition::SameHierarchy)]),
        grant_command(
            profiles.id("Brand manager - Northstar")?,
            &["waive-fee"],
            &[("waive-fee", brand_is("northstar"))],
        ),
    ];
    for name in ["Supervisor - Lisbon", "Supervisor - Cork", "Supervisor - Krakow"] {
        commands.push(grant_command(profiles.id(name)?, &["waive-fee", "refund"], &[]));
    }
    let resources = bookings(resources, profiles.id("Payments team")?, staff)?;
    commands.push(Command::PutApplicationResources { namespace: NAMESPACE.to_owned(), resources });
    runner.execute_all(commands).await
}

fn own_booking() -> Condition {
    Condition::OwnedBySubject { attribute: "owner".to_owned() }
}

fn brand_is(brand: &str) -> Condition {
    let (of, attribute) = (floorkey::condition::AttributeOwner::Resource, "brand".to_owned());
    Condition::OneOf { owner: of, attribute, values: BTreeSet::from([brand.to_owned()]) }
}

/// Returns the command that adds permissions of the application to a profile. Permissions in `conditions` are granted
/// only under a condition.
fn grant_command(profile: SecurityProfileId, names: &[&str], conditions: &[(&str, Condition)]) -> Command {
    let permissions = names.iter().map(|name| (*name).to_owned()).collect();
    let any = |name: &str| AnyPermission::Application { namespace: NAMESPACE.to_owned(), name: name.to_owned() };
    let conditions: BTreeMap<_, _> =
        conditions.iter().map(|(name, condition)| (any(name), BTreeSet::from([condition.clone()]))).collect();
    let edit = SecurityProfileEdit {
        applications: Some(vec![ApplicationGrant { namespace: NAMESPACE.to_owned(), permissions, kind: None }]),
        conditions: Some(conditions),
        ..SecurityProfileEdit::default()
    };
    Command::UpdateSecurityProfile { profile, edit: Box::new(edit) }
}

/// Returns the bookings. Each booking of the payments team belongs to a different agent of that team. All other
/// bookings belong to the lead of their team.
fn bookings(
    resources: &Resources,
    payments: SecurityProfileId,
    staff: &[Member],
) -> Result<Vec<ApplicationResource>, Failure> {
    let mut payment_agents = staff.iter().filter(|member| member.new.profiles.contains(&payments));
    let mut all = Vec::new();
    for (id, brand, team, status) in BOOKINGS {
        let group = resources.groups.id(team)?;
        let mut attributes = tags([("brand", brand), ("status", status)]);
        let team_lead = || staff.iter().find(|member| member.new.hierarchy_group == Some(group));
        let owner = if team == "Lisbon Payments" { payment_agents.next() } else { team_lead() };
        attributes.extend(owner.map(|owner| ("owner".to_owned(), owner.new.username.clone())));
        all.push(ApplicationResource {
            attribute_revisions: floorkey::ValueRevisions::default(),
            namespace: NAMESPACE.to_owned(),
            id: id.to_owned(),
            attributes,
            hierarchy_group: Some(group),
            modified: Timestamp::from_millis(0),
        });
    }
    Ok(all)
}
