//! Compares in-process checks by Floorkey and by other engines on the same data. Each engine uses its fastest
//! configuration. The program also verifies that all engines make the same decisions.
//!
//! `cargo xtask bench` runs this program. With `--json`, the program prints one object per line. With
//! `--serve-batches`, it runs as the rival server for batches over HTTP. All other arguments are names of benchmarks to
//! run.

#[path = "../../figures/src/http/bare_hyper.rs"]
mod bare_hyper;
mod batches;
mod casbin;
mod cedar;
#[path = "../../figures/src/ratio.rs"]
#[expect(dead_code, reason = "other benches use the rest")]
mod ratio;
mod regorus;
#[path = "../../figures/src/world.rs"]
mod world;

use std::time::Duration;

use floorkey::{
    Directory, Permission, PermissionSet, Request, RequestedAction, SecurityProfileId, Target, Timestamp, UserId,
    catalog,
};

use crate::ratio::{Bound, Figure, medians, rounds, time};
use crate::world::{Dice, world};

/// An engine with which Floorkey is compared. It has the same data as Floorkey.
trait Peer {
    /// The name and configuration of the engine.
    const AGAINST: &'static str;
    /// The number of checks per round, which is lower for slow engines.
    const QUESTIONS: usize;
    /// The minimum ratio between the engine's time per check and Floorkey's time per check.
    const TIMES: f64;

    /// Creates the engine and loads the data.
    fn new(world: &World) -> Self;

    /// Whether the user has the permission.
    fn allows(&mut self, user: UserId, permission: Permission) -> bool;
}

/// The data for the checks.
struct World {
    directory: Directory,
    users: Vec<UserId>,
    permissions: Vec<Permission>,
}

impl World {
    /// Returns all profiles, each with the permissions that the profile grants.
    fn profiles(&self) -> impl Iterator<Item = (SecurityProfileId, &PermissionSet)> {
        let granted = |id| self.directory.grants(id).map(|grants| (id, &grants.everywhere));
        self.directory.profiles().filter_map(move |profile| granted(profile.id))
    }

    /// Returns the profiles of a user.
    fn held(&self, user: UserId) -> Vec<SecurityProfileId> {
        let user = self.directory.user(user).expect("a user of the world");
        let mut held: Vec<_> = user.profiles_at(Timestamp::from_millis(0)).collect();
        held.sort();
        held
    }
}

const USERS: usize = 1_000;

/// The number of checks by Floorkey per round.
const QUESTIONS: usize = 20_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--serve-batches") {
        return batches::serve();
    }
    ratio::run(
        &arguments,
        &[
            ("cedar", || against::<cedar::Cedar>("cedar")),
            ("casbin", || against::<casbin::Casbin>("casbin")),
            ("regorus", || against::<regorus::Regorus>("regorus")),
        ],
    );
}

fn against<P: Peer>(name: &'static str) -> Figure {
    let (directory, users) = world(USERS);
    let world = World { directory, users, permissions: catalog().granting().iter().collect() };
    let mut dice = Dice(7);
    let questions: Vec<(UserId, Permission)> = (0..QUESTIONS)
        .map(|_| {
            let user = world.users[dice.below(world.users.len())];
            (user, world.permissions[dice.below(world.permissions.len())])
        })
        .collect();
    let mut peer = P::new(&world);
    let at = Timestamp::from_millis(0);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let pairs = rounds(
        || {
            let ask = |&(user, permission): &(UserId, Permission)| {
                let request = Request::new(user, RequestedAction::Permission(permission), Target::Instance, at);
                world.directory.decide(&request).allowed()
            };
            let (elapsed, answers) = time(|| questions.iter().map(ask).collect::<Vec<_>>());
            ours = answers;
            each(elapsed, QUESTIONS)
        },
        || {
            let asked = &questions[..P::QUESTIONS];
            let ask = |&(user, permission): &(UserId, Permission)| peer.allows(user, permission);
            let (elapsed, answers) = time(|| asked.iter().map(ask).collect::<Vec<_>>());
            theirs = answers;
            each(elapsed, P::QUESTIONS)
        },
    );
    let (ratio, us, them) = medians(&pairs, |nanos| *nanos);
    assert!(ours[..P::QUESTIONS] == theirs, "both sides answer alike");
    assert!(theirs.contains(&true) && theirs.contains(&false), "both answers come up");
    Figure {
        name,
        ratio: 1.0 / ratio,
        bound: Bound::AtLeast(P::TIMES),
        against: P::AGAINST,
        detail: format!("{us:.1} ns a check, {them:.0} ns there; {} answers compared", P::QUESTIONS),
    }
}

/// Returns the average time per check, in nanoseconds.
fn each(elapsed: Duration, count: usize) -> f64 {
    elapsed.as_secs_f64() * 1e9 / count as f64
}
