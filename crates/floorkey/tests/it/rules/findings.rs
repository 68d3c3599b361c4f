//! Tests the findings of an instance, and the rules for dismissing and assigning them.

use floorkey::audit::ValueChange;
use floorkey::review::findings::{InstanceFinding, InstanceReview, Severity, is_about, users};
use floorkey::user::{Assignment, MfaMethod, MfaMethodKind};
use floorkey::visibility::Viewer;
use floorkey::{
    Actor, Command, FindingEdit, FindingId, MfaMethodId, NewPassword, Principal, Record, RecordKey, Timestamp, UserId,
};

use crate::test_instance::{
    TestInstance, actor_of, assign, fresh_actor_of, granting, granting_below, operator, secret, undo,
};

const WITHOUT_MFA: FindingId = FindingId::AdministratorsWithoutMfa;

fn dismiss(instance: &TestInstance, id: FindingId, days: u16) -> Command {
    let edit = FindingEdit::Dismiss { reason: " until the move ".to_owned(), until: instance.now.plus_days(days) };
    Command::UpdateFinding(id, edit)
}

fn review(instance: &TestInstance, principal: &Principal) -> InstanceReview {
    InstanceReview::new(&Viewer::new(&instance.directory, principal, instance.now))
}

fn open(instance: &TestInstance) -> Vec<InstanceFinding> {
    review(instance, &Principal::System).open
}

/// Returns the number that the open finding counts; 0 if there is no such finding.
fn count(instance: &TestInstance, id: FindingId) -> usize {
    open(instance).iter().find(|finding| finding.id == id).map_or(0, |finding| finding.count)
}

fn add_mfa(instance: &mut TestInstance, user: UserId) {
    let id = MfaMethodId::from_bits(1);
    let factor = MfaMethod { id, kind: MfaMethodKind::Totp, label: "phone".to_owned(), added: instance.now };
    instance.run_ok(&fresh_actor_of(user), Command::AddSecondFactor { user, factor, secret: secret() });
}

fn later(instance: &mut TestInstance, days: u16) {
    instance.now = instance.now.plus_days(days);
}

#[test]
fn a_new_instance_has_one_administrator_without_mfa_and_unused_profiles() {
    let instance = TestInstance::new();
    let found: Vec<_> = open(&instance).iter().map(|finding| (finding.id, finding.severity, finding.count)).collect();
    assert_eq!(
        found,
        [
            (WITHOUT_MFA, Severity::High, 1),
            (FindingId::SingleAdministrator, Severity::Medium, 1),
            (FindingId::UnusedProfiles, Severity::Low, 3),
        ]
    );
    let figures = review(&instance, &Principal::System);
    assert_eq!((figures.users, figures.profiles, figures.administrators), (1, 4, 1));
}

#[test]
fn each_finding_counts_the_users_it_is_about() {
    let mut instance = TestInstance::new();
    let admin = instance.user("admin");
    instance.create_profile_granting("Desk", &["Users.Edit"]);
    for login in ["ann", "bob", "cid", "dan"] {
        instance.create_user(login, &["Desk"]);
    }
    let desk = FindingId::EscalationPath(instance.profile("Desk"));
    assert_eq!(count(&instance, desk), 0, "few users");
    let eve = instance.create_user("eve", &["Desk"]);
    assert_eq!(count(&instance, desk), 5);
    // An email address that is not verified, and a temporary password that is old.
    assert_eq!(count(&instance, FindingId::UnverifiedEmails), 5);
    let password = NewPassword { hash: secret(), temporary: true };
    let reset = Command::ResetUserPassword { user: eve, password, revoke_access_keys: false };
    instance.run_ok(&operator(), reset);
    later(&mut instance, 7);
    assert_eq!(count(&instance, FindingId::UnusedTemporaryPasswords), 0, "exactly a week");
    instance.now = Timestamp::from_millis(instance.now.as_millis() + 1);
    assert_eq!(count(&instance, FindingId::UnusedTemporaryPasswords), 1);
    let listed = |id| {
        let viewer = Viewer::new(&instance.directory, &Principal::System, instance.now);
        users(&viewer, id).iter().map(|user| user.username.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(listed(FindingId::UnusedTemporaryPasswords), ["eve"]);
    assert_eq!(listed(desk), ["ann", "bob", "cid", "dan", "eve"]);
    assert_eq!(listed(WITHOUT_MFA), ["admin"]);
    assert!(is_about(&instance.directory, desk, eve, instance.now));
    assert!(!is_about(&instance.directory, desk, admin, instance.now));
    for finding in open(&instance).iter().filter(|finding| !finding.id.counts_profiles()) {
        assert_eq!(listed(finding.id).len(), finding.count, "{finding:?}");
    }
}

#[test]
fn a_path_within_a_scope_matters_less_than_one_to_all_users() {
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    instance.create_profile("Lead", granting_below(&["Users.Edit"], None));
    instance.create_profile("Desk", granting(&["Users.Edit"]));
    for number in 0..5 {
        instance.create_user(&format!("user{number}"), &["Lead", "Desk"]);
    }
    let severity = |name| {
        let id = FindingId::EscalationPath(instance.profile(name));
        open(&instance).iter().find(|finding| finding.id == id).map(|finding| finding.severity)
    };
    assert_eq!((severity("Lead"), severity("Desk")), (Some(Severity::Low), Some(Severity::Medium)));
}

#[test]
fn administrators_whose_access_ends_are_not_counted_as_lasting() {
    let mut instance = TestInstance::new();
    let (ann, admin) = (instance.create_user("ann", &["Agent"]), instance.profile("Admin"));
    let until = Some(instance.now.plus_days(10));
    let assignments = vec![Assignment { until, ..Assignment::always(admin) }];
    instance.run_ok(&operator(), Command::UpdateUserSecurityProfiles { user: ann, assignments });
    let all = open(&instance);
    let single = all.iter().find(|finding| finding.id == FindingId::SingleAdministrator).unwrap();
    assert!(single.others_end && single.count == 1, "{single:?}");
    assert_eq!(count(&instance, WITHOUT_MFA), 2);
    later(&mut instance, 10);
    let all = open(&instance);
    assert!(all.iter().any(|finding| finding.id == FindingId::SingleAdministrator && !finding.others_end));
    assert_eq!(count(&instance, WITHOUT_MFA), 1);
}

#[test]
fn viewers_get_only_findings_about_what_they_see() {
    let mut instance = TestInstance::new();
    instance.create_profile_granting("Reader", &["Users.View"]);
    let reader = instance.create_user("rea", &["Reader"]);
    let agent = instance.create_user("agnes", &["Agent"]);
    let of = |user| review(&instance, &actor_of(user).principal);
    let kinds: Vec<_> = of(reader).open.iter().map(|finding| finding.id).collect();
    assert_eq!(kinds, [FindingId::UnverifiedEmails], "nothing about access");
    assert_eq!((of(reader).users, of(reader).profiles, of(reader).administrators), (3, 0, 0));
    assert_eq!(of(agent), InstanceReview::default());
    assert!(of(instance.user("admin")).open.iter().any(|finding| finding.id == WITHOUT_MFA && finding.is_about_viewer));
}

#[test]
fn users_cannot_dismiss_findings_about_themselves() {
    let mut instance = TestInstance::new();
    let admin = instance.user("admin");
    let ada = instance.create_user("ada", &["Admin"]);
    let command = dismiss(&instance, WITHOUT_MFA, 30);
    assert_eq!(instance.refusal_code(&actor_of(admin), command.clone()), "own-finding");
    assert_eq!(instance.refusal_code(&actor_of(ada), command.clone()), "own-finding");
    add_mfa(&mut instance, ada);
    instance.run_ok(&actor_of(ada), command);
    let state = instance.directory.finding_state(WITHOUT_MFA).unwrap().clone();
    let dismissal = state.dismissal.clone().unwrap();
    assert_eq!((dismissal.reason.as_str(), dismissal.count, dismissal.by), ("until the move", 1, Some(ada)));
    // The user whom the finding is about can reopen it.
    instance.run_ok(&actor_of(admin), Command::UpdateFinding(WITHOUT_MFA, FindingEdit::Reopen));
    assert!(instance.directory.finding_state(WITHOUT_MFA).is_none(), "nothing is decided any more");
}

#[test]
fn only_users_who_govern_access_everywhere_dismiss_findings() {
    let mut instance = TestInstance::new();
    instance.levels(&["Site"]);
    let everywhere = instance.create_profile_granting("Auditor", &["SecurityProfiles.Edit", "Users.View"]);
    let scoped = granting_below(&["SecurityProfiles.Edit", "Users.View"], None);
    let scoped = instance.create_profile("Local auditor", scoped);
    let users = instance.create_profile_granting("Desk", &["Users.Edit"]);
    let auditor = |instance: &mut TestInstance, profile| {
        let user = instance.create_user(&format!("user{}", instance.directory.user_count()), &["Agent"]);
        instance.run_ok(&operator(), assign(user, &[profile]));
        actor_of(user)
    };
    let (all, some, desk) =
        (auditor(&mut instance, everywhere), auditor(&mut instance, scoped), auditor(&mut instance, users));
    let command = dismiss(&instance, WITHOUT_MFA, 30);
    assert_eq!(instance.refusal_code(&some, command.clone()), "out-of-scope");
    assert_eq!(instance.refusal_code(&desk, command.clone()), "not-permitted");
    instance.run_ok(&all, command);
}

#[test]
fn a_dismissal_needs_a_reason_and_an_end_within_a_year() {
    let mut instance = TestInstance::new();
    let edit = |reason: &str, until| {
        Command::UpdateFinding(WITHOUT_MFA, FindingEdit::Dismiss { reason: reason.to_owned(), until })
    };
    let now = instance.now;
    for (reason, until) in [
        ("", now.plus_days(1)),
        ("  ", now.plus_days(1)),
        (&*"x".repeat(501), now.plus_days(1)),
        ("a\nb", now.plus_days(1)),
        ("moving", now),
        ("moving", now.plus_days(367)),
    ] {
        assert_eq!(instance.refusal_code(&operator(), edit(reason, until)), "invalid", "{reason} {until:?}");
    }
    instance.run_ok(&operator(), edit("moving", now.plus_days(366)));
    let unknown = dismiss(&instance, FindingId::ManyAdministrators, 1);
    assert_eq!(instance.refusal_code(&operator(), unknown), "not-found");
    let reopen = Command::UpdateFinding(FindingId::UnusedProfiles, FindingEdit::Reopen);
    assert_eq!(instance.refusal_code(&operator(), reopen), "invalid");
}

#[test]
fn a_dismissed_finding_comes_back_at_the_end_and_when_it_gets_worse() {
    let mut instance = TestInstance::new();
    let command = dismiss(&instance, WITHOUT_MFA, 30);
    instance.run_ok(&operator(), command);
    let is_open = |instance: &TestInstance| count(instance, WITHOUT_MFA) > 0;
    let dismissed = |instance: &TestInstance| review(instance, &Principal::System).dismissed.len();
    assert!(!is_open(&instance) && dismissed(&instance) == 1);
    let ada = instance.create_user("ada", &["Admin"]);
    assert!(is_open(&instance), "two administrators instead of one");
    add_mfa(&mut instance, ada);
    assert!(!is_open(&instance), "one again");
    later(&mut instance, 30);
    assert!(is_open(&instance) && dismissed(&instance) == 0);
}

#[test]
fn findings_are_assigned_to_users_who_can_view_them() {
    let mut instance = TestInstance::new();
    instance.create_profile_granting("Reader", &["Users.View"]);
    let (reader, agent) = (instance.create_user("rea", &["Reader"]), instance.create_user("agnes", &["Agent"]));
    let admin = actor_of(instance.user("admin"));
    let to = |user| Command::UpdateFinding(WITHOUT_MFA, FindingEdit::Assign(user));
    assert_eq!(instance.refusal_code(&admin, to(Some(agent))), "invalid");
    assert_eq!(instance.refusal_code(&admin, to(Some(UserId::from_bits(1)))), "not-found");
    instance.run_ok(&admin, to(Some(reader)));
    assert_eq!(instance.directory.finding_state(WITHOUT_MFA).unwrap().assignee, Some(reader));
    assert_eq!(count(&instance, WITHOUT_MFA), 1, "an assigned finding stays open");
    instance.run_ok(&admin, to(None));
    assert!(instance.directory.finding_state(WITHOUT_MFA).is_none());
}

#[test]
fn decisions_about_findings_are_recorded_and_can_be_undone() {
    let mut instance = TestInstance::new();
    let ada = instance.create_user("ada", &["Admin"]);
    add_mfa(&mut instance, ada);
    let ada = actor_of(ada);
    let run = |instance: &mut TestInstance, actor: &Actor, command: Command| {
        let before = instance.directory.clone();
        let change = instance.run_ok(actor, command);
        assert_eq!(change.event().targets, [RecordKey::Finding(WITHOUT_MFA)]);
        (undo(&before, &change), change)
    };
    let command = dismiss(&instance, WITHOUT_MFA, 30);
    let (undo_dismissal, change) = run(&mut instance, &ada, command);
    let fields: Vec<_> = change.event().changes.iter().map(|change| change.field).collect();
    assert_eq!(fields, ["dismissed_until", "dismissal_reason"]);
    assert!(change.event().changes[1].personal.is_some(), "the reason is free text");
    let ValueChange::Value { after, .. } = &change.event().changes[1].change else { panic!("{change:?}") };
    assert_eq!(after.as_deref(), Some("until the move"));
    let dismissed = instance.directory.finding_state(WITHOUT_MFA).unwrap().clone();
    let reopen = Command::UpdateFinding(WITHOUT_MFA, FindingEdit::Reopen);
    let (undo_reopening, _) = run(&mut instance, &operator(), reopen);
    later(&mut instance, 1);
    // The undo restores who dismissed the finding, and when.
    instance.run_ok(&ada, undo_reopening.clone());
    let restored = instance.directory.finding_state(WITHOUT_MFA).unwrap();
    assert_eq!((&restored.dismissal, restored.assignee), (&dismissed.dismissal, None));
    // The user whom the finding is about can't restore the dismissal.
    instance.run_ok(&operator(), Command::UpdateFinding(WITHOUT_MFA, FindingEdit::Reopen));
    let admin = actor_of(instance.user("admin"));
    assert_eq!(instance.refusal_code(&admin, undo_reopening.clone()), "own-finding");
    instance.run_ok(&ada, undo_reopening);
    instance.run_ok(&ada, undo_dismissal);
    assert!(instance.directory.finding_state(WITHOUT_MFA).is_none());
    let records = instance.directory.records();
    assert!(!records.iter().any(|record| matches!(record, Record::Finding(_))));
}
