//! Runs benchmarks. Each result is a ratio between Floorkey and a *rival*: other software that does comparable work.
//! Both are measured in the same run on the same machine.
//!
//! `cargo xtask bench` runs this program. With `--json`, the program prints one object per line. All other arguments
//! are names of benchmarks to run.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench prints figures, and stops where it can't measure"
)]

mod checks;
mod http;
mod profile_edit;
mod ratio;
mod start;
mod users;
mod who_can;
mod world;
mod writes;

use ratio::Measure;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == http::rival::ARGUMENT) {
        return http::rival::serve();
    }
    if arguments.iter().any(|argument| argument == http::signed_hyper::ARGUMENT) {
        return http::signed_hyper::serve();
    }
    let figures: [(&str, Measure); 19] = [
        ("check_1k", || checks::check("check_1k", 1_000)),
        ("check_100k", || checks::check("check_100k", 100_000)),
        ("check_1m", || checks::check("check_1m", 1_000_000)),
        ("check_changed", checks::changed),
        ("profile_edit_1m", profile_edit::profile_edit),
        ("write_1", || writes::write("write_1", 1)),
        ("write_64", || writes::write("write_64", 64)),
        ("write_bytes", writes::bytes),
        ("start_100k", start::start),
        ("users_page_100k", users::page),
        ("users_search_100k", users::search),
        ("http_single", http::single),
        ("http_p99", http::p99),
        ("http_batch", http::batch),
        ("connect_describe", http::signed::describe),
        ("connect_list_100", http::signed::list),
        ("moto_describe", http::signed::moto),
        ("who_can_page", who_can::page),
        ("who_can_all", who_can::all),
    ];
    ratio::run(&arguments, &figures);
}

/// Creates a temporary folder next to this program. The system's temporary folder might be in memory instead of on a
/// disk.
fn folder() -> tempfile::TempDir {
    let program = std::env::current_exe().expect("this program");
    tempfile::tempdir_in(program.parent().expect("its folder")).expect("a folder")
}
