//! Logins over time: the user that a login means at a revision, compared with a record of every revision.

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
struct Book {
    had: Vec<(Revision, BTreeMap<String, UserId>)>,
    created: Vec<(Revision, String, UserId)>,
}

impl Book {
    fn note(&mut self, directory: &Directory) {
        let users = directory.users_after(None).map(|user| (folded(&user.username), user.id));
        self.had.push((directory.revision(), users.collect()));
    }

    /// Returns the user who had the login at the revision, else the first user who was created with it later.
    fn named(&self, login: &str, set: Revision) -> Option<UserId> {
        let had = self.had.iter().rev().find(|(revision, _)| *revision <= set).and_then(|(_, had)| had.get(login));
        let later = || self.created.iter().find(|(revision, with, _)| *revision > set && with == login);
        had.copied().or_else(|| later().map(|(_, _, user)| *user))
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn a_login_means_the_user_who_had_it_then_else_the_first_created_with_it_later(seed: u64, steps in 1..60_usize) {
        let mut rng = TestRng::new(seed);
        let mut world = TestInstance::new();
        let mut book = Book::default();
        let (mut users, mut gone): (Vec<UserId>, Vec<User>) = (Vec::new(), Vec::new());
        let mut last = None;
        book.note(&world.directory);
        for _ in 0..steps {
            let login = *rng.choose(&LOGINS);
            let is_there = !users.is_empty();
            let command = match rng.below(8) {
                0..3 => Command::CreateUser(Box::new(world.new_user(login, &["Agent"]))),
                3 | 4 if is_there => Command::RenameUserLogin { user: *rng.choose(&users), username: login.to_owned() },
                5 if is_there => Command::DeleteUser { user: *rng.choose(&users) },
                6 if !gone.is_empty() => {
                    Command::RestoreUser { user: Box::new(rng.choose(&gone).clone()), password: None }
                }
                7 if last.is_some() => last.take().unwrap(),
                _ => continue,
            };
            let Ok(planned) = plan(&world.directory, &operator(), &command, world.now) else { continue };
            let before = std::mem::replace(&mut world.directory, planned.next);
            let revision = world.directory.revision();
            match &command {
                Command::CreateUser(new) => book.created.push((revision, folded(&new.username), new.id)),
                Command::DeleteUser { user } => gone.push(User::clone(before.user(*user).unwrap())),
                _ => {}
            }
            users = world.directory.users_after(None).map(|user| user.id).collect();
            users.retain(|user| *user != world.user("admin"));
            last = Some(undo(&before, &planned.change));
            book.note(&world.directory);
        }
        let records = world.directory.records();
        let rebuilt = Directory::from_records(world.directory.instance(), world.directory.revision(), records);
        for login in ["ann", "bob", "cy", "dan"] {
            for set in 0..=world.directory.revision().0 {
                let expected = book.named(login, Revision(set));
                for directory in [&world.directory, &rebuilt] {
                    prop_assert_eq!(directory.user_id_by_login_at(login, Revision(set)), expected, "{} at {}", login, set);
                }
            }
        }
    }
}
