//! Uses an allocator that counts bytes to measure the memory of the decision index. This benchmark is a separate
//! program, because such an allocator would slow down the other benchmarks.

#![expect(clippy::indexing_slicing, clippy::print_stdout, reason = "a bench prints figures")]

#[expect(dead_code, reason = "this figure takes no times")]
mod ratio;
mod world;

use std::alloc::System;
use std::hint::black_box;

use floorkey::DecisionIndexCopy;
use foldhash::fast::FixedState;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use ratio::{Bound, Figure};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const USERS: usize = 1_000_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    ratio::run(&arguments, &[("memory_1m", memory)]);
}

/// Compares the memory of the decision index with a hash map from the same user IDs to numbers. Each number stands for
/// a permission set. The index also lists the users of each profile. Only Floorkey's result includes the memory of the
/// permission sets.
fn memory() -> Figure {
    let (directory, ids) = world::world(USERS);
    let (ours, half) = kept(|| DecisionIndexCopy::from_directory(&directory));
    let (rival, map) = kept(|| {
        let mut map =
            hashbrown::HashMap::<u128, u32, FixedState>::with_capacity_and_hasher(USERS, FixedState::default());
        map.extend(ids.iter().map(|id| id.bits()).zip(0..));
        map
    });
    let each = |bytes: usize| bytes as f64 / USERS as f64;
    let detail = format!(
        "{:.1} bytes a user, {:.1} the rival; {} users in {} combinations of {} profiles",
        each(ours),
        each(rival),
        map.len(),
        half.combinations(),
        world::PROFILES
    );
    black_box((half, map));
    Figure {
        name: "memory_1m",
        ratio: ours as f64 / rival as f64,
        bound: Bound::AtMost(1.0),
        against: "a bare hash of the same keys",
        detail,
    }
}

/// Creates a value. Returns the number of bytes that the value occupies, and the value itself.
fn kept<T>(make: impl FnOnce() -> T) -> (usize, T) {
    let region = Region::new(COUNTING);
    let made = make();
    let change = region.change();
    (change.bytes_allocated - change.bytes_deallocated, made)
}
