//! Compares two ways to find all users who have a permission. There are a million users. Floorkey searches for the
//! users, and the rival reads a precomputed bitmap.

use std::hint::black_box;

use floorkey::search::Position;
use floorkey::{Directory, Permission, Request, RequestedAction, Target, Timestamp, UserId, catalog};

use crate::ratio::{Bound, Figure, in_turn, time};
use crate::world::world;

const USERS: usize = 1_000_000;

/// The number of users per page.
const PAGE: usize = 100;

/// The number of pages that are read in a round, each for a different permission.
const PAGES: usize = 1_000;

/// The rival: a precomputed bitmap with one bit for each user.
struct Ready(Vec<u64>);

impl Ready {
    fn of(members: impl Iterator<Item = Position>) -> Self {
        let mut words = vec![0; USERS.div_ceil(64)];
        for Position(member) in members {
            words[member as usize / 64] |= 1 << (member % 64);
        }
        Self(words)
    }

    fn members(&self) -> impl Iterator<Item = Position> + '_ {
        self.0.iter().zip(0_u32..).flat_map(|(word, at)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(Position(at * 64 + bit))
            })
        })
    }
}

/// Measures the time to read a page of 100 users with their login names.
pub(crate) fn page() -> Figure {
    let directory = world(USERS).0;
    let permissions: Vec<Permission> = catalog().granting().iter().collect();
    let permissions: Vec<Permission> = permissions.iter().cycle().take(PAGES).copied().collect();
    let ready: Vec<Ready> = catalog()
        .granting()
        .iter()
        .map(|permission| Ready::of(directory.search_subjects(&asking(permission), None)))
        .collect();
    let named = |directory: &Directory, members: &mut dyn Iterator<Item = Position>| {
        let users = members.take(PAGE).filter_map(|member| directory.user_at_position(member));
        users.map(|user| user.username.len()).sum::<usize>()
    };
    let (mut ours, mut theirs) = (0, 0);
    let (ratio, us, them) = in_turn(
        || {
            let (elapsed, sum) = time(|| {
                let page = |permission: &Permission| {
                    named(&directory, &mut directory.search_subjects(&asking(*permission), None))
                };
                permissions.iter().map(page).sum::<usize>()
            });
            ours = sum;
            elapsed
        },
        || {
            let (elapsed, sum) = time(|| {
                ready.iter().cycle().take(PAGES).map(|ready| named(&directory, &mut ready.members())).sum::<usize>()
            });
            theirs = sum;
            elapsed
        },
    );
    assert_eq!(ours, theirs, "both sides find the same");
    let micros = |elapsed: std::time::Duration| elapsed.as_secs_f64() * 1e6 / PAGES as f64;
    Figure {
        name: "who_can_page",
        ratio,
        bound: Bound::AtMost(5.0),
        against: "reading 100 members of a ready bitmap",
        detail: format!("{:.1} us a page, {:.1} us the rival; {USERS} users", micros(us), micros(them)),
    }
}

/// Measures the time to find all users who have a permission.
pub(crate) fn all() -> Figure {
    let directory = world(USERS).0;
    let widest = catalog()
        .granting()
        .iter()
        .max_by_key(|permission| directory.search_subjects(&asking(*permission), None).count());
    let widest = widest.expect("there are permissions that grant");
    let ready = Ready::of(directory.search_subjects(&asking(widest), None));
    let sum = |members: &mut dyn Iterator<Item = Position>| members.map(|member| u64::from(member.0)).sum::<u64>();
    let (mut ours, mut theirs) = (0, 0);
    let (ratio, us, them) = in_turn(
        || {
            let (elapsed, found) = time(|| sum(&mut black_box(&directory).search_subjects(&asking(widest), None)));
            ours = found;
            elapsed
        },
        || {
            let (elapsed, found) = time(|| sum(&mut black_box(&ready).members()));
            theirs = found;
            elapsed
        },
    );
    assert_eq!(ours, theirs, "both sides find the same");
    let count = ready.members().count();
    Figure {
        name: "who_can_all",
        ratio,
        bound: Bound::AtMost(1.5),
        against: "iterating a ready bitmap",
        detail: format!("{us:.1?} for {count} of {USERS} users, {them:.1?} the rival"),
    }
}

fn asking(permission: Permission) -> Request<'static> {
    Request::new(
        UserId::from_bits(0),
        RequestedAction::Permission(permission),
        Target::Instance,
        Timestamp::from_millis(0),
    )
}
