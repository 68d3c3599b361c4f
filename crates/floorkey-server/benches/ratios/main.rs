//! Figures as ratios: each against a named rival, in the same run on the same machine.
//!
//! `cargo xtask bench` runs this. With `--json` it prints one object a line; words after it pick figures by name.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench prints figures, and stops where it can't measure"
)]

mod checks;
mod http;
mod peers;
mod profile_edit;
mod ratio;
mod start;
mod users;
mod who_can;
mod world;
mod writes;

use ratio::Figure;

/// Takes one figure.
type Measure = fn() -> Figure;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [http::rival::ARGUMENT, batch] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        return http::rival::serve(batch == "batch");
    }
    let json = arguments.iter().any(|argument| argument == "--json");
    let picked: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let wanted = |name: &str| picked.is_empty() || picked.iter().any(|pick| *pick == name);
    let figures: [(&str, Measure); 18] = [
        ("check_1k", || checks::check("check_1k", 1_000)),
        ("check_100k", || checks::check("check_100k", 100_000)),
        ("check_1m", || checks::check("check_1m", 1_000_000)),
        ("check_changed", checks::changed),
        ("profile_edit_1m", profile_edit::profile_edit),
        ("write_1", || writes::write("write_1", 1)),
        ("write_64", || writes::write("write_64", 64)),
        ("start_100k", start::start),
        ("users_page_100k", users::page),
        ("users_search_100k", users::search),
        ("cedar", peers::cedar),
        ("casbin", peers::casbin),
        ("regorus", peers::regorus),
        ("http_single", http::single),
        ("http_p99", http::p99),
        ("http_batch", http::batch),
        ("who_can_page", who_can::page),
        ("who_can_all", who_can::all),
    ];
    for (name, measure) in figures {
        if wanted(name) {
            measure().print(json);
        }
    }
}
