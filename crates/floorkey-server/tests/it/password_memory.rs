//! Tests that the memory of a server does not grow with the number of passwords that it has hashed.

use std::fs;

use floorkey_aws::operation::Operation;

use crate::world::World;

/// The memory of a server without users, with two hashes at a time, is far below this. Each hash needs 19 MiB.
const KIB_MAX: u64 = 200 * 1024;

#[test]
fn the_memory_of_hashes_is_used_again() {
    let world = World::new();
    let profile = world.profile("Agent");
    let inputs: Vec<_> = (0..32).map(|number| world.user_input(&format!("user{number}"), &[&profile])).collect();
    std::thread::scope(|scope| {
        for inputs in inputs.chunks(4) {
            let operator = &world.operator;
            scope.spawn(move || {
                for input in inputs {
                    operator.ok(Operation::CreateUser, input);
                }
            });
        }
    });
    let Ok(status) = fs::read_to_string(format!("/proc/{}/status", world.server.pid())) else {
        return println!("skipped: this system has no /proc");
    };
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    let kib: u64 = line.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    assert!(kib < KIB_MAX, "the server uses {kib} KiB after 32 passwords");
}
