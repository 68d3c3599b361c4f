//! The benchmarks of `cargo xtask bench`.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::program::cargo;
use crate::{tools, workspace};

/// All benchmark figures, in the order of measurement.
const FIGURES: [(&str, Bench); 23] = [
    ("check_1k", Bench::Ratios),
    ("check_100k", Bench::Ratios),
    ("check_1m", Bench::Ratios),
    ("check_changed", Bench::Ratios),
    ("profile_edit_1m", Bench::Ratios),
    ("write_1", Bench::Ratios),
    ("write_64", Bench::Ratios),
    ("write_bytes", Bench::Ratios),
    ("start_100k", Bench::Ratios),
    ("users_page_100k", Bench::Ratios),
    ("users_search_100k", Bench::Ratios),
    ("http_single", Bench::Ratios),
    ("http_p99", Bench::Ratios),
    ("http_batch", Bench::Ratios),
    ("connect_describe", Bench::Ratios),
    ("connect_list_100", Bench::Ratios),
    ("moto_describe", Bench::Ratios),
    ("who_can_page", Bench::Ratios),
    ("who_can_all", Bench::Ratios),
    ("memory_1m", Bench::Memory),
    ("cedar", Bench::Peers),
    ("casbin", Bench::Peers),
    ("regorus", Bench::Peers),
];

/// The program that measures a figure.
#[derive(Clone, Copy, PartialEq)]
enum Bench {
    /// The program `floorkey-ratios` in `benches/figures`, which also starts the program `floorkey`.
    Ratios,
    /// The program `floorkey-memory` in `benches/figures`. It is a separate program because counting memory takes time.
    Memory,
    /// The program in `benches/peers`. It is the only program that is built with other authorization engines.
    Peers,
}

/// Returns the names of all figures.
pub(crate) fn names() -> [&'static str; FIGURES.len()] {
    FIGURES.map(|(name, _)| name)
}

/// Builds the required programs, and measures the given figures. If `only` is empty, measures all figures. Each figure
/// compares Floorkey with a rival.
///
/// # Errors
/// Returns an error if a benchmark can't be built or fails. If a figure exceeds its bound, the figure is printed, but
/// there is no error.
pub(crate) fn run(json: bool, only: &[String]) -> Result<(), String> {
    let begin = Instant::now();
    let chosen = |bench: Bench| -> Vec<&str> {
        let of_bench = FIGURES.iter().filter(|(_, of)| *of == bench).map(|(name, _)| *name);
        of_bench.filter(|name| only.is_empty() || only.iter().any(|chosen| chosen == name)).collect()
    };
    let (ratios, memory, peers) = (chosen(Bench::Ratios), chosen(Bench::Memory), chosen(Bench::Peers));
    if ratios.iter().any(|name| ["http_", "connect_", "moto_"].iter().any(|prefix| name.starts_with(prefix))) {
        tools::wrk()?;
    }
    let moto = ratios.contains(&"moto_describe").then(tools::moto).transpose()?;
    let before = begin.elapsed();
    let rivals = match !peers.is_empty() || ratios.contains(&"http_batch") {
        true => Some(build_peers()?),
        false => None,
    };
    let folder = build_figures(!ratios.is_empty(), !memory.is_empty())?;
    let building = begin.elapsed() - before;
    for (name, figures) in [("floorkey-ratios", &ratios), ("floorkey-memory", &memory)] {
        if figures.is_empty() {
            continue;
        }
        let mut program = Command::new(folder.join(name));
        program.args(figures).env("FLOORKEY_BENCH_PROGRAM", folder.join("floorkey"));
        if let Some(rivals) = &rivals {
            program.env("FLOORKEY_BENCH_PEERS", rivals);
        }
        if let Some(moto) = &moto {
            program.env("FLOORKEY_BENCH_MOTO", moto);
        }
        measure(program, json)?;
    }
    if let Some(rivals) = rivals.filter(|_| !peers.is_empty()) {
        let mut program = Command::new(rivals);
        program.args(&peers);
        measure(program, json)?;
    }
    if !json {
        println!("measured in {} s, including {} s for building", begin.elapsed().as_secs(), building.as_secs());
    }
    Ok(())
}

fn measure(mut bench: Command, json: bool) -> Result<(), String> {
    if json {
        bench.arg("--json");
    }
    let status = bench.stdin(Stdio::null()).status().map_err(|error| format!("can't run a bench: {error}"))?;
    if status.success() { Ok(()) } else { Err("a bench failed; its output is above".to_owned()) }
}

/// Builds the required programs in `benches/figures`, with the same settings as the packages of Floorkey. Returns the
/// folder that contains the programs.
fn build_figures(ratios: bool, memory: bool) -> Result<PathBuf, String> {
    // The command always builds the same packages, so that the enabled features do not depend on the selected figures.
    let mut build = cargo(["build", "--profile", "dist", "--locked", "--quiet"]);
    build.args(["-p", "floorkey-figures", "-p", "floorkey-server"]);
    if ratios {
        build.args(["--bin", "floorkey", "--bin", "floorkey-ratios"]);
    }
    if memory {
        build.args(["--bin", "floorkey-memory"]);
    }
    match ratios || memory {
        true => built(build, "benches/figures", "dist"),
        false => Ok(workspace::target().join("dist")),
    }
}

/// Builds the program in `benches/peers`, and returns the program's path. Its workspace has no profile `dist`, because
/// link-time optimization makes none of its engines faster.
fn build_peers() -> Result<PathBuf, String> {
    let mut build = cargo(["build", "--release", "--locked", "--quiet", "--manifest-path", workspace::PEERS]);
    build.arg("--target-dir").arg(workspace::target());
    Ok(built(build, workspace::PEERS, "release")?.join("floorkey-peers"))
}

/// Runs a build. Returns the folder that contains the programs of the given profile.
fn built(mut build: Command, what: &str, profile: &str) -> Result<PathBuf, String> {
    let status = build.status().map_err(|error| format!("can't run cargo: {error}"))?;
    match status.success() {
        true => Ok(workspace::target().join(profile)),
        false => Err(format!("{what} can't be built; the compiler's output is above")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_on_figures_has_a_row_for_every_figure_and_no_other() {
        let page = std::fs::read_to_string(workspace::root().join("docs/figures.md")).unwrap();
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `")).filter_map(|row| row.split_once(" |"));
        let mut on_page: Vec<&str> =
            rows.flat_map(|(names, _)| names.split(", ").map(|name| name.trim_matches('`'))).collect();
        let mut known = names();
        on_page.sort_unstable();
        known.sort_unstable();
        assert_eq!(on_page, known);
    }
}
