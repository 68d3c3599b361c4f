//! Tests that the tables of settings and commands contain exactly what the program has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{documents, text};
use crate::program::{program, ran};

/// A flag of the program, as its help describes it.
#[derive(Debug, PartialEq)]
struct Flag {
    variable: Option<String>,
    default: Option<String>,
}

/// The names of the subcommands of a command, and its flags.
type CommandHelp = (Vec<String>, BTreeMap<String, Flag>);

/// Returns the program's help for a command, such as `["token", "create"]`.
fn help(command: &[String]) -> String {
    let ran = ran(program(Path::new("/")).args(command).arg("--help"));
    assert_eq!(ran.code, 0, "{command:?}: {}", ran.err);
    ran.out
}

/// Returns the names of the subcommands in a help text.
fn subcommands(help: &str) -> Vec<String> {
    let list =
        help.split_once("\nCommands:\n").map_or("", |(_, rest)| rest.split_once("\n\n").map_or(rest, |(list, _)| list));
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    names.filter_map(|line| line.split(' ').next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

/// Returns the long flags in a help text.
fn flags(help: &str) -> BTreeMap<String, Flag> {
    let options = help.split_once("\nOptions:\n").map_or("", |(_, options)| options);
    let mut entries: Vec<String> = Vec::new();
    for line in options.lines().map(str::trim) {
        if line.starts_with("--") || line.starts_with("-h,") || line.starts_with("-V,") {
            entries.push(String::new());
        }
        if let Some(entry) = entries.last_mut() {
            entry.push_str(line);
            entry.push(' ');
        }
    }
    let part = |entry: &str, begin: &str, ends: &[char]| {
        let (_, rest) = entry.split_once(begin)?;
        Some(rest.trim_start().split(ends).next()?.trim().to_owned())
    };
    let flag = |entry: String| {
        let name = entry.split_once("--")?.1.split([' ', '[']).next()?.to_owned();
        let (variable, default) = (part(&entry, "[env:", &['=', ']']), part(&entry, "[default:", &[']']));
        Some((format!("--{name}"), Flag { variable, default }))
    };
    entries.into_iter().filter_map(flag).collect()
}

/// Returns the texts between backticks in a line.
fn code(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

#[test]
fn the_page_on_settings_has_all_settings_with_their_defaults() {
    let program = flags(&help(&["serve".to_owned()]));
    let page = text("docs/settings.md");
    let mut documented = BTreeSet::new();
    for row in page.lines().filter(|line| line.starts_with("| `FLOORKEY_")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [variables, names, default, ..] = cells.as_slice() else { panic!("{row}") };
        assert_eq!(code(variables).count(), code(names).count(), "{row}");
        for (variable, name) in code(variables).zip(code(names)) {
            let flag = program.get(name).unwrap_or_else(|| panic!("{name} is not a flag of `floorkey serve`"));
            assert_eq!(flag.variable.as_deref(), Some(variable), "{name}");
            // A default in words is not compared.
            if let Some(value) = default.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
                let known = flag.default.as_deref();
                let is_known = known == Some(value) || known.is_none() && value == "false";
                assert!(is_known, "{name}: the page says {value}, the program {known:?}");
            }
            assert!(documented.insert(name.to_owned()), "{name} is documented twice");
        }
    }
    // The variable that names the file of settings is described above the table.
    let in_file = program.iter().filter(|(name, flag)| flag.variable.is_some() && *name != "--config");
    let known: BTreeSet<String> = in_file.map(|(name, _)| name.clone()).collect();
    assert_eq!(documented, known);
    assert!(page.contains("`FLOORKEY_CONFIG`"));
}

#[test]
fn the_page_on_commands_has_all_commands() {
    let page = text("docs/commands.md");
    let named: Vec<&str> = page.lines().flat_map(code).collect();
    let mut pending = vec![Vec::new()];
    let mut count = 0;
    while let Some(command) = pending.pop() {
        let below = subcommands(&help(&command));
        if below.is_empty() {
            let line = format!("floorkey {}", command.join(" "));
            let is_named = named.iter().any(|text| *text == line || text.starts_with(&format!("{line} ")));
            assert!(is_named, "docs/commands.md does not have `{line}`");
            count += 1;
        }
        pending.extend(below.into_iter().map(|name| [command.clone(), vec![name]].concat()));
    }
    assert!(count > 20, "only {count} commands were found in the help");
}

#[test]
fn all_commands_in_documents_exist_with_their_flags() {
    let mut known = BTreeMap::<Vec<String>, CommandHelp>::new();
    for document in documents() {
        // The changelog names commands of earlier versions too.
        if document == "CHANGELOG.md" {
            continue;
        }
        let page = text(&document);
        let blocks = super::extract::blocks(&page).unwrap();
        let typed = blocks.iter().flat_map(|block| block.text.lines()).map(str::trim);
        let spans = page.lines().filter(|line| !line.starts_with("```")).flat_map(code);
        for line in typed.chain(spans).filter(|line| line.starts_with("floorkey ")) {
            let (mut command, mut words) = (Vec::new(), line.split_whitespace().skip(1).peekable());
            loop {
                let (below, _) = known.entry(command.clone()).or_insert_with(|| {
                    let help = help(&command);
                    (subcommands(&help), flags(&help))
                });
                let Some(name) = words.next_if(|word| below.iter().any(|name| name == word)) else { break };
                command.push(name.to_owned());
            }
            let (below, flags) = &known[&command];
            // `floorkey bundle` stands for the group of commands; a word that begins like a command is a mistake.
            let next = words.peek().copied().unwrap_or("…");
            let is_name = next.starts_with(|c: char| c.is_ascii_lowercase()) && next != "help";
            assert!(below.is_empty() || !is_name, "{document}: `{line}`: there is no command {next}");
            for flag in words.filter(|word| word.starts_with("--")) {
                let name = flag.split(['=', ')']).next().unwrap_or(flag);
                assert!(flags.contains_key(name) || name == "--help", "{document}: `{line}`: there is no flag {name}");
            }
        }
    }
    assert!(known.len() > 20, "only {} commands were found in the documents", known.len());
}

#[test]
fn the_help_of_the_program_is_read_whole() {
    let help = "Usage\n\nCommands:\n  serve  Run\n           more\n  help   Print\n\nOptions:\n      --listen <A>\n          \
                Listen [default: 127.0.0.1:8080] [env:\n          FLOORKEY_LISTEN=]\n      --demo\n          Fill\n";
    assert_eq!(subcommands(help), ["serve"]);
    let flags = flags(help);
    let listen = Flag { variable: Some("FLOORKEY_LISTEN".to_owned()), default: Some("127.0.0.1:8080".to_owned()) };
    assert_eq!(flags["--listen"], listen);
    assert_eq!(flags["--demo"], Flag { variable: None, default: None });
}
