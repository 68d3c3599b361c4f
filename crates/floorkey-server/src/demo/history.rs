//! The demo's history: what people changed and tried since the contact center was set up.
//!
//! Mistakes have accumulated in these changes, and temporary assignments are part of them. They are findings for an
//! access review. The module `users` creates other findings.

use std::collections::BTreeSet;

use floorkey::resource::{ResourceChange, ResourceEdit};
use floorkey::user::Assignment;
use floorkey::{
    Command, FindingEdit, FindingId, NewPassword, NewSecurityProfile, NewUser, RecordKey, SecurityProfileEdit,
    SecurityProfileId, StoredResourceType, Timestamp, UserId,
};

use super::resources::Resources;
use super::timeline::{DAY_MILLIS, Entry, Past};
use super::users::Member;
use super::{CreatedIds, profiles, tags};
use floorkey_service::entropy;
use floorkey_service::failure::Failure;

/// How many days ago the contact center was set up.
pub(super) const SET_UP_DAYS_AGO: i64 = 430;

/// A profile that is created and deleted in the history.
const PILOT: &str = "Pilot - voice bot";

/// A change in the history. Users, profiles, groups and resources are named.
enum Step {
    /// Assigns a profile to a user.
    Assign(&'static str, &'static str),
    /// Assigns a profile to a user between two days, counted from today, in addition to the user's other profiles.
    AssignBetween(&'static str, &'static [&'static str], &'static str, Option<i64>, Option<i64>),
    /// Removes a profile from a user.
    Remove(&'static str, &'static str),
    Disable(&'static str),
    Enable(&'static str),
    Unlock(&'static str),
    /// Moves a user to a hierarchy group.
    Move(&'static str, &'static str),
    /// Assigns a routing profile to a user.
    Route(&'static str, &'static str),
    /// Sets a temporary password for a user.
    ResetPassword(&'static str),
    /// A user replaces the temporary password.
    ChoosePassword(&'static str),
    /// Adds the tag `left-on` to a user. HR uses this tag to mark users who have left.
    MarkAsLeft(&'static str),
    /// Creates the account of a new employee.
    Hire(&'static str),
    Delete(&'static str),
    /// Creates a profile.
    CreateProfile(&'static str, &'static str),
    /// Adds the permissions that the profile did not have when it was created.
    ExtendProfile(&'static str),
    DescribeProfile(&'static str, &'static str),
    DeleteProfile(&'static str),
    DescribeQueue(&'static str, &'static str),
    /// Dismisses a finding, with a reason, until a day after today.
    DismissFinding(FindingId, &'static str, u16),
    AssignFinding(FindingId, &'static str),
    /// A change that is refused.
    Refused(&'static Step),
}

use Step::{
    Assign, AssignBetween, AssignFinding, ChoosePassword, CreateProfile, Delete, DeleteProfile, DescribeProfile,
    DescribeQueue, Disable, DismissFinding, Enable, ExtendProfile, Hire, MarkAsLeft, Move, Refused, Remove,
    ResetPassword, Route, Unlock,
};

/// The history, in order of time. Each entry has the number of days ago, the time of day in UTC, the actor and the
/// change.
const HISTORY: &[(i64, (i64, i64), &str, Step)] = &[
    // A contractor who set up the contact center has left. The contractor's account is disabled, but still has the
    // Admin profile.
    (300, (9, 30), "gavin.prendergast", Disable("ext.lindqvist")),
    // An agent got full access for a migration, and kept it.
    (262, (14, 5), "lidia.rocha", Assign("moira.tierney", "Admin")),
    // This user went back to taking calls, but still has access to every account.
    (240, (11, 20), "lidia.rocha", Assign("paula.sampaio", "Agent")),
    (212, (9, 50), "lidia.rocha", Assign("ulrich.petri", "Call listening 2019")),
    // This user has left, but still has an enabled account.
    (169, (16, 40), "mairead.foley", MarkAsLeft("eoin.bracken")),
    (70, (9, 12), "grzegorz.banas", Move("wanda.jablonska", "Kraków Night Desk")),
    (68, (10, 5), "mairead.foley", Route("lucia.pawlak", "VIP agents")),
    (66, (16, 45), "mairead.foley", Route("lucia.pawlak", "Bookings agents")),
    // This user substituted for a supervisor. The assignment has ended.
    (
        61,
        (9, 0),
        "bartek.zawadzki",
        AssignBetween("halina.mroz", &["Agent", "Team lead"], "Supervisor - Krakow", Some(-60), Some(-18)),
    ),
    (58, (15, 25), "tariq.siddiqui", ResetPassword("noor.figueira")),
    (58, (15, 40), "noor.figueira", ChoosePassword("noor.figueira")),
    (56, (11, 0), "gavin.prendergast", ExtendProfile("IT helpdesk")),
    (54, (9, 40), "vera.lindner", DescribeQueue("Bookings Northstar", "New bookings with Northstar Rail, by phone")),
    (52, (14, 30), "orla.deasy", Assign("grainne.doyle", "Chat and social team")),
    (49, (9, 12), "grzegorz.banas", Move("wanda.jablonska", "Kraków Bookings")),
    (47, (17, 5), "mairead.foley", MarkAsLeft("gerard.nolan")),
    (45, (9, 10), "gavin.prendergast", Delete("gerard.nolan")),
    (43, (10, 20), "nelson.quaresma", Refused(&DeleteProfile("Temp - do not use"))),
    // This agent can download recordings since then.
    (40, (13, 30), "mairead.foley", Assign("nkechi.obi", "QualityAnalyst")),
    (38, (9, 5), "bozena.stec", ResetPassword("tadeusz.twomey")),
    (38, (9, 20), "tadeusz.twomey", ChoosePassword("tadeusz.twomey")),
    (36, (16, 0), "wei.zhang", Refused(&Assign("wei.zhang", "Supervisor - Cork"))),
    (35, (11, 45), "lidia.rocha", ExtendProfile("Quality lead")),
    (33, (8, 50), "danuta.rybak", Assign("ifeoma.pinheiro", "Team lead")),
    (31, (15, 10), "orla.deasy", Remove("grainne.doyle", "Chat and social team")),
    (30, (10, 0), "nelson.quaresma", Hire("teresa.twomey")),
    (30, (10, 10), "nelson.quaresma", Hire("viktor.esteves")),
    (29, (8, 30), "teresa.twomey", ChoosePassword("teresa.twomey")),
    (29, (8, 41), "viktor.esteves", ChoosePassword("viktor.esteves")),
    (28, (14, 25), "danuta.rybak", Remove("ifeoma.pinheiro", "Team lead")),
    (27, (15, 0), "gavin.prendergast", Delete("marcin.sroka")),
    (26, (8, 30), "bartek.zawadzki", CreateProfile(PILOT, "Callers who ask for the voice bot, until the pilot ends")),
    (24, (22, 10), "night.desk", Refused(&ResetPassword("isabel.tavares"))),
    (23, (10, 0), "miguel.arantes", Disable("rui.sikora")),
    (23, (14, 0), "miguel.arantes", Enable("rui.sikora")),
    // This user substitutes for a supervisor for a limited time.
    (
        21,
        (10, 30),
        "lidia.rocha",
        AssignBetween("jonas.brandao", &["Agent", "Team lead"], "Supervisor - Lisbon", Some(-20), Some(9)),
    ),
    // This user had full access while the telephone system was replaced.
    (19, (8, 20), "gavin.prendergast", Assign("mairead.foley", "Admin")),
    (17, (11, 0), "nelson.quaresma", Hire("declan.twomey")),
    (16, (9, 0), "declan.twomey", ChoosePassword("declan.twomey")),
    (16, (10, 15), "nelson.quaresma", Refused(&Delete("elif.demir"))),
    (14, (15, 30), "vera.lindner", Refused(&DescribeQueue("Payments", "Card payments, Northstar first"))),
    // Two temporary assignments end soon.
    (
        12,
        (10, 0),
        "lidia.rocha",
        AssignBetween("rosa.valente", &["QualityAnalyst"], "Workforce planner", None, Some(2)),
    ),
    // The password of this new employee was never used.
    (10, (11, 15), "nelson.quaresma", Hire("wanda.neves")),
    (
        9,
        (9, 45),
        "bartek.zawadzki",
        AssignBetween("artur.zych", &["Supervisor - Krakow"], "Workforce planner", None, Some(21)),
    ),
    (9, (15, 20), "gavin.prendergast", DismissFinding(FindingId::UnusedProfiles, "Kept for the audit in spring", 60)),
    (8, (9, 30), "gavin.prendergast", AssignFinding(FindingId::AdministratorsWithoutMfa, "lidia.rocha")),
    (8, (14, 0), "kofi.asante", Refused(&Remove("night.desk", "Supervisor - Krakow"))),
    (6, (9, 10), "vera.lindner", Refused(&DeleteProfile("Call listening 2019"))),
    (6, (9, 55), "gavin.prendergast", Remove("mairead.foley", "Admin")),
    (6, (10, 40), "tariq.siddiqui", ResetPassword("pawel.hennessy")),
    (6, (10, 55), "pawel.hennessy", ChoosePassword("pawel.hennessy")),
    (5, (10, 5), "nelson.quaresma", Hire("rui.figueira")),
    (5, (10, 20), "nelson.quaresma", Hire("ewa.nolan")),
    // The helpdesk reset the password of an administrator.
    (5, (16, 20), "miguel.arantes", ResetPassword("lidia.rocha")),
    (5, (16, 31), "lidia.rocha", ChoosePassword("lidia.rocha")),
    (5, (17, 10), "bartek.zawadzki", DeleteProfile(PILOT)),
    (4, (8, 30), "rui.figueira", ChoosePassword("rui.figueira")),
    (4, (8, 35), "ewa.nolan", ChoosePassword("ewa.nolan")),
    (4, (9, 0), "sofia.marin", Assign("priya.jablonska", "Team lead")),
    (4, (13, 20), "hugo.meireles", Refused(&ResetPassword("roisin.krawczyk"))),
    // This assignment starts next week.
    (3, (9, 15), "nelson.quaresma", Hire("beatriz.barros")),
    (3, (10, 5), "mairead.foley", AssignBetween("elif.demir", &["Agent"], "Team lead", Some(7), None)),
    (3, (15, 45), "orla.deasy", Route("niamh.szewczyk", "VIP agents")),
    (2, (9, 0), "beatriz.barros", ChoosePassword("beatriz.barros")),
    (2, (11, 30), "isabel.tavares", Route("marta.jardim", "Changes and refunds agents")),
    (
        2,
        (17, 50),
        "bartek.zawadzki",
        DescribeProfile("Call listening 2019", "Created for the 2019 audit, with legacy permissions. To be replaced"),
    ),
    (1, (3, 12), "night.desk", Refused(&ResetPassword("moira.tierney"))),
    (1, (9, 35), "danuta.rybak", Assign("emeka.machado", "Chat and social team")),
    (1, (10, 0), "sofia.marin", Remove("priya.jablonska", "Team lead")),
    (1, (12, 10), "gavin.prendergast", Unlock("kofi.asante")),
    (1, (16, 25), "fergus.mangan", ResetPassword("conor.crowley")),
    (1, (16, 40), "conor.crowley", ChoosePassword("conor.crowley")),
];

/// What the history is about.
pub(super) struct World<'a> {
    pub(super) resources: &'a Resources,
    pub(super) profiles: &'a CreatedIds<SecurityProfileId>,
    pub(super) staff: &'a [Member],
    /// A password that no person knows, which stands for the passwords that users choose.
    pub(super) password: &'a NewPassword,
    pub(super) now: Timestamp,
}

/// Returns the entries of the history, in order of time.
pub(super) fn entries(world: &World<'_>) -> Result<Vec<Past>, Failure> {
    let pilot = SecurityProfileId::from_bits(entropy::random_id());
    let mut entries = Vec::new();
    for (days_ago, time_of_day, actor, step) in HISTORY {
        let at = super::timeline::past_day(world.now, *days_ago, *time_of_day);
        let (step, is_refused) = match step {
            Refused(step) => (*step, true),
            step => (step, false),
        };
        let entry = Entry::Command(Box::new(world.command(step, at, pilot)?));
        entries.push(Past { at, actor: Some(world.user(actor)?), entry, is_refused });
    }
    Ok(entries)
}

/// Returns the login names of all actors in the history.
pub(super) fn actors() -> BTreeSet<&'static str> {
    HISTORY.iter().map(|(_, _, actor, _)| *actor).collect()
}

/// Whether the account with this login name is created in the history.
pub(super) fn hires(login: &str) -> bool {
    HISTORY.iter().any(|(.., step)| matches!(step, Hire(user) if *user == login))
}

/// Whether the account with this login name is deleted in the history.
pub(super) fn deletes(login: &str) -> bool {
    HISTORY.iter().any(|(.., step)| matches!(step, Delete(user) if *user == login))
}

impl World<'_> {
    fn member(&self, login: &str) -> Result<&Member, Failure> {
        let member = self.staff.iter().find(|member| member.new.username == login);
        member.ok_or_else(|| Failure::Internal(format!("the demo has no user `{login}`")))
    }

    fn user(&self, login: &str) -> Result<UserId, Failure> {
        self.member(login).map(|member| member.new.id)
    }

    fn temporary_password(&self) -> NewPassword {
        NewPassword { temporary: true, ..self.password.clone() }
    }

    fn command(&self, step: &Step, at: Timestamp, pilot: SecurityProfileId) -> Result<Command, Failure> {
        let profile = |name: &str| if name == PILOT { Ok(pilot) } else { self.profiles.id(name) };
        let change_profiles = |user: &str, add: Option<&str>, remove: Option<&str>| {
            let set = |name: Option<&str>| name.map(profile).into_iter().collect::<Result<BTreeSet<_>, _>>();
            Ok(Command::ChangeSecurityProfiles { user: self.user(user)?, add: set(add)?, remove: set(remove)? })
        };
        Ok(match step {
            Assign(user, name) => return change_profiles(user, Some(*name), None),
            Remove(user, name) => return change_profiles(user, None, Some(*name)),
            AssignBetween(user, always, name, from, until) => {
                let day = |days: &i64| Timestamp::from_millis(self.now.as_millis() + days * DAY_MILLIS);
                let always = always.iter().map(|name| Ok(Assignment::always(profile(name)?)));
                let mut assignments = always.collect::<Result<Vec<_>, Failure>>()?;
                let (from, until) = (from.as_ref().map(day), until.as_ref().map(day));
                assignments.push(Assignment { profile: profile(name)?, from, until });
                Command::UpdateUserSecurityProfiles { user: self.user(user)?, assignments }
            }
            Disable(user) => Command::SetUserEnabled { user: self.user(user)?, enabled: false },
            Enable(user) => Command::SetUserEnabled { user: self.user(user)?, enabled: true },
            Unlock(user) => Command::UnlockUser { user: self.user(user)? },
            Move(user, group) => {
                Command::UpdateUserHierarchy { user: self.user(user)?, group: Some(self.resources.groups.id(group)?) }
            }
            Route(user, name) => Command::UpdateUserRoutingProfile {
                user: self.user(user)?,
                routing_profile: self.resources.routing.id(name)?,
            },
            ResetPassword(user) => Command::ResetUserPassword {
                user: self.user(user)?,
                password: self.temporary_password(),
                revoke_access_keys: true,
            },
            ChoosePassword(user) => {
                Command::ChangeOwnPassword { user: self.user(user)?, password: self.password.clone() }
            }
            MarkAsLeft(user) => mark_as_left(self.user(user)?, at),
            Hire(user) => {
                let new = self.member(user)?.new.clone();
                Command::CreateUser(Box::new(NewUser { password: Some(self.temporary_password()), ..new }))
            }
            Delete(user) => Command::DeleteUser { user: self.user(user)? },
            CreateProfile(name, description) => create_profile(profile(name)?, name, description),
            ExtendProfile(name) => {
                edit_profile(profile(name)?, |edit| edit.permissions = Some(profiles::permissions(name)))
            }
            DescribeProfile(name, description) => {
                edit_profile(profile(name)?, |edit| edit.description = Some((*description).to_owned()))
            }
            DeleteProfile(name) => Command::DeleteSecurityProfile { profile: profile(name)? },
            DescribeQueue(name, description) => Command::UpdateResource(Box::new(ResourceEdit {
                id: self.resources.queues.id(name)?,
                change: ResourceChange::Name {
                    stored_type: StoredResourceType::Queue,
                    name: None,
                    description: Some((*description).to_owned()),
                },
            })),
            DismissFinding(id, reason, days) => {
                let (reason, until) = ((*reason).to_owned(), self.now.plus_days(*days));
                Command::UpdateFinding(*id, FindingEdit::Dismiss { reason, until })
            }
            AssignFinding(id, user) => Command::UpdateFinding(*id, FindingEdit::Assign(Some(self.user(user)?))),
            Refused(step) => return self.command(step, at, pilot),
        })
    }
}

/// Returns the command that adds the tag `left-on`, with the day before the given time.
fn mark_as_left(user: UserId, at: Timestamp) -> Command {
    let on = jiff::Timestamp::from_millisecond(at.as_millis() - DAY_MILLIS).unwrap_or_default();
    let day = on.strftime("%Y-%m-%d").to_string();
    Command::TagResource { target: RecordKey::User(user), tags: tags([("left-on", day.as_str())]) }
}

fn create_profile(id: SecurityProfileId, name: &str, description: &str) -> Command {
    let content = SecurityProfileEdit {
        description: Some(description.to_owned()),
        permissions: Some(vec!["BasicAgentAccess".to_owned()]),
        ..SecurityProfileEdit::default()
    };
    let tags = tags([("owner", "operations")]);
    Command::CreateSecurityProfile(Box::new(NewSecurityProfile { id, name: name.to_owned(), content, tags }))
}

fn edit_profile(profile: SecurityProfileId, change: impl FnOnce(&mut SecurityProfileEdit)) -> Command {
    let mut edit = SecurityProfileEdit::default();
    change(&mut edit);
    Command::UpdateSecurityProfile { profile, edit: Box::new(edit) }
}
