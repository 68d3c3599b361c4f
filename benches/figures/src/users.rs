//! Compares two ways to create the pages of the console's list of users. Floorkey runs the query and renders the HTML.
//! The rival only renders the same pages from prepared data.

use std::sync::Arc;
use std::time::Duration;

use floorkey::profile::SecurityProfile;
use floorkey::user::{Identity, PasswordState};
use floorkey::{Directory, InstanceId, PermissionSet, Record, Revision, SecurityProfileId, Timestamp, UserId, catalog};
use floorkey_console::UserList;

use crate::ratio::{Bound, Figure, in_turn, time};
use crate::world::{Dice, user};

/// The number of users in the list.
const USERS: usize = 100_000;

/// The number of times that Floorkey and the rival each render all pages in a round.
const TURNS: usize = 20;

/// The first and last names of users. There are only a few names, so many users have the same full name, as in large
/// contact centers.
const FIRST: [&str; 24] = [
    "Adaeze",
    "Agnieszka",
    "Amina",
    "Ana",
    "Anjali",
    "Bartek",
    "Chidi",
    "Dmytro",
    "Eoin",
    "Fatima",
    "Grace",
    "Hamza",
    "Inês",
    "João",
    "Katarzyna",
    "Liam",
    "Marta",
    "Niamh",
    "Oksana",
    "Pedro",
    "Rui",
    "Siobhán",
    "Tomasz",
    "Zofia",
];
const LAST: [&str; 24] = [
    "Almeida",
    "Bondarenko",
    "Costa",
    "Dąbrowski",
    "Egan",
    "Ferreira",
    "Gallagher",
    "Haddad",
    "Kaczmarek",
    "Keane",
    "Lewandowska",
    "Lynch",
    "Machado",
    "Nowak",
    "O'Brien",
    "Pereira",
    "Quinn",
    "Ramos",
    "Sheehan",
    "Teixeira",
    "Vieira",
    "Wójcik",
    "Zawadzki",
    "Zych",
];

pub(crate) fn page() -> Figure {
    let deep: Vec<String> = (1..17).map(|at| format!("page={}", at * USERS / 17 / 50)).collect();
    let queries: Vec<&str> =
        ["", "sort=-login", "sort=name", "sort=-email"].into_iter().chain(deep.iter().map(String::as_str)).collect();
    measure("users_page_100k", &queries)
}

pub(crate) fn search() -> Figure {
    // Typical queries: full and partial names, a login name, an email address, a number, and a string that matches no
    // user.
    let queries = [
        "q=marta+lynch",
        "q=tomasz+nowak",
        "q=kaczm",
        "q=siobh",
        "q=o'brien",
        "q=w%C3%B3jcik+zofia",
        "q=grace.egan4217",
        "q=costa77%40",
        "q=9999",
        "q=fatima+9",
        "q=quinnn",
        "q=eoin+sheehan+42",
        "q=rui",
        "q=hamza",
        "q=zych+pedro",
        "q=in%C3%AAs+ramos",
    ];
    measure("users_search_100k", &queries)
}

fn measure(name: &'static str, queries: &[&str]) -> Figure {
    let (directory, viewer) = directory();
    let list = UserList::new(Arc::new(directory), viewer);
    let ready: Vec<_> = queries.iter().map(|query| list.ready(query)).collect();
    for (query, ready) in queries.iter().zip(&ready) {
        assert_eq!(list.page(query), ready(), "{query}");
    }
    let (ratio, us, them) = in_turn(
        || sum(|| queries.iter().map(|query| list.page(query).len()).sum()),
        || sum(|| ready.iter().map(|ready| ready().len()).sum()),
    );
    let each = |elapsed: Duration| elapsed.as_secs_f64() * 1e6 / (TURNS * queries.len()) as f64;
    Figure {
        name,
        ratio,
        bound: Bound::AtMost(3.0),
        against: "rendering the same pages from ready data",
        detail: format!("{:.0} us a page, {:.0} us the rendering alone, {USERS} users", each(us), each(them)),
    }
}

fn sum(work: impl Fn() -> usize) -> Duration {
    let (elapsed, bytes) = time(|| (0..TURNS).map(|_| work()).sum::<usize>());
    assert!(bytes > 0);
    elapsed
}

/// Creates a directory of users with common names. Also returns the ID of a user who can see all users.
fn directory() -> (Directory, UserId) {
    let mut dice = Dice(7);
    let now = Timestamp::from_millis(0);
    let mut profile = |name: String, permissions: PermissionSet| {
        let id = SecurityProfileId::from_bits(dice.bits());
        (id, Record::Profile(Arc::new(SecurityProfile::new(id, name, String::new(), permissions, now))))
    };
    let (admin, record) = profile("Admin".to_owned(), *catalog().granting());
    let mut records = vec![record];
    let mut teams = Vec::new();
    for at in 0..50 {
        let (team, record) = profile(format!("Team {at}"), PermissionSet::default());
        teams.push(team);
        records.push(record);
    }
    let viewer = UserId::from_bits(dice.bits());
    records.push(Record::User(Arc::new(user(viewer, USERS, vec![admin]))));
    for at in 0..USERS {
        let mut one = user(UserId::from_bits(dice.bits()), at, vec![teams[at % 50], teams[(at / 50 + 7 + at) % 50]]);
        one.assignments.dedup();
        one.username = login(at);
        one.identity = Identity {
            first_name: Some(FIRST[at % 24].to_owned()),
            last_name: Some(LAST[at / 24 % 24].to_owned()),
            email: Some(format!("{}@example.com", one.username)),
            ..Identity::default()
        };
        one.password = PasswordState::Set;
        records.push(Record::User(Arc::new(one)));
    }
    (Directory::from_records(InstanceId::from_bits(1), Revision(1), records), viewer)
}

fn login(at: usize) -> String {
    format!("{}.{}{at}", FIRST[at % 24], LAST[at / 24 % 24]).to_lowercase().replace('\'', "")
}
