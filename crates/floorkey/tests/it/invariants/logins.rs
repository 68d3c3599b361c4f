//! Tests which user a login refers to over time. The test compares the result for each revision with a log of all
//! logins.

use std::collections::BTreeMap;

use floorkey::text::folded;
use floorkey::{Command, Directory, Revision, User, UserId, plan};
use proptest::prelude::*;

use super::cases;
use crate::rng::TestRng;
use crate::test_instance::{TestInstance, operator, undo};

const LOGINS: [&str; 4] = ["ann", "Ann", "bob", "cy"];

/// The logins of all users at each revision, and the logins with which users were created.
#[derive(Default)]
struct LoginLog {
    logins_by_revision: Vec<(Revision, BTreeMap<String, UserId>)>,
    created: Vec<(Revision, String, UserId)>,
}

impl LoginLog {
    fn record(&mut self, directory: &Directory) {
        let users = directory.users_after(None).map(|user| (folded(&user.username), user.id));
        self.logins_by_revision.push((directory.revision(), users.collect()));
    }

    /// Returns the user who had the login at the given revision. If no user had the login, returns the first user who
    /// was later created with it.
    fn user_at(&self, login: &str, revision: Revision) -> Option<UserId> {
        let had = self
            .logins_by_revision
            .iter()
            .rev()
            .find(|(known, _)| *known <= revision)
            .and_then(|(_, had)| had.get(login));
        let later = || self.created.iter().find(|(known, with, _)| *known > revision && with == login);
        had.copied().or_else(|| later().map(|(_, _, user)| *user))
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn a_login_means_the_user_who_had_it_then_else_the_first_created_with_it_later(seed: u64, steps in 1..60_usize) {
        let mut rng = TestRng::new(seed);
        let mut instance = TestInstance::new();
        let mut log = LoginLog::default();
        let (mut users, mut deleted): (Vec<UserId>, Vec<User>) = (Vec::new(), Vec::new());
        let mut last = None;
        log.record(&instance.directory);
        for _ in 0..steps {
            let login = *rng.choose(&LOGINS);
            let is_there = !users.is_empty();
            let command = match rng.below(8) {
                0..3 => Command::CreateUser(Box::new(instance.new_user(login, &["Agent"]))),
                3 | 4 if is_there => Command::RenameUserLogin { user: *rng.choose(&users), username: login.to_owned() },
                5 if is_there => Command::DeleteUser { user: *rng.choose(&users) },
                6 if !deleted.is_empty() => {
                    Command::RestoreUser { user: Box::new(rng.choose(&deleted).clone()), password: None }
                }
                7 if last.is_some() => last.take().unwrap(),
                _ => continue,
            };
            let Ok(planned) = plan(&instance.directory, &operator(), &command, instance.now) else { continue };
            let before = std::mem::replace(&mut instance.directory, planned.next);
            let revision = instance.directory.revision();
            match &command {
                Command::CreateUser(new) => log.created.push((revision, folded(&new.username), new.id)),
                Command::DeleteUser { user } => deleted.push(User::clone(before.user(*user).unwrap())),
                _ => {}
            }
            users = instance.directory.users_after(None).map(|user| user.id).collect();
            users.retain(|user| *user != instance.user("admin"));
            last = Some(undo(&before, &planned.change));
            log.record(&instance.directory);
        }
        let records = instance.directory.records();
        let rebuilt = Directory::from_records(instance.directory.instance(), instance.directory.revision(), records);
        for login in ["ann", "bob", "cy", "dan"] {
            for at in 0..=instance.directory.revision().0 {
                let expected = log.user_at(login, Revision(at));
                for directory in [&instance.directory, &rebuilt] {
                    let user = directory.user_id_by_login_at(login, Revision(at));
                    prop_assert_eq!(user, expected, "{} at {}", login, at);
                }
            }
        }
    }
}
