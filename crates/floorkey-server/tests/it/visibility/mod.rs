//! Tests that the console does not reveal what the API refuses. If the API does not show information to a user's access
//! key, the console must not show it to the user. This applies to pages, files, suggestions and messages.
//!
//! The test plants secrets of every kind in an instance. Every viewer then requests each route of the console, with
//! values that refer to the secrets. Every viewer also calls each read operation of the API. If no successful API
//! response shows a secret to a viewer, no other response to this viewer may contain the secret.
//!
//! A full administrator must find each secret on the page that is meant to show it. This proves that the test can find
//! secrets at all.

mod known;
mod probes;
mod secrets;
mod viewers;

use std::collections::BTreeSet;

use floorkey_authzen::PATHS as AUTHZEN_PATHS;
use floorkey_console::console_routes;
use serde_json::{Value, json};

use crate::client::unsigned;
use crate::http::Answer;
use crate::visitor::page;
use known::Known;
use probes::Probe;
use secrets::{Secret, Secrets};
use viewers::Person;

/// A response from any interface, together with its request.
struct Seen {
    asked: Probe,
    text: String,
}

impl Seen {
    fn new(asked: Probe, answer: &Answer) -> Self {
        // Redirect targets and file names are also visible to the user.
        let headers = ["location", "content-disposition"].map(|name| answer.header(name).unwrap_or_default());
        let body = String::from_utf8_lossy(&answer.body);
        Self { text: format!("{} {}\n{body}", answer.status, headers.join(" ")), asked }
    }

    /// Returns the secrets in the response, except secrets that the viewer already knows and secrets that the request
    /// contains.
    fn leaks<'a>(&'a self, secrets: &'a [Secret], known: &'a Known) -> impl Iterator<Item = &'a Secret> {
        secrets.iter().filter(move |secret| {
            self.text.contains(&secret.text)
                && !known.has(&secret.text)
                && !secret.with.is_some_and(|other| known.has(other))
                && !self.asked.says(&secret.text)
        })
    }
}

/// Sends every request that the person can make to the console.
fn pages(person: &Person, secrets: &Secrets, method: &'static str) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (_, path) in console_routes().iter().filter(|(known, _)| *known == method) {
        for probe in probes::of(method, path, secrets) {
            let answer = match method {
                "GET" => person.visitor.get(&probe.target),
                _ => person.visitor.send("POST", &probe.target, Some(probes::FORM), probe.body.as_bytes()),
            };
            assert!(answer.status < 500, "{probe:?} by {}: {}", person.name, page(&answer));
            seen.push(Seen::new(probe, &answer));
        }
    }
    seen
}

#[test]
fn what_the_api_refuses_to_a_user_is_not_shown_by_any_other_interface() {
    let secrets = Secrets::plant();
    let people = viewers::all(&secrets.world);
    let knowledge: Vec<Known> = people.iter().map(|person| Known::of(&person.client, &secrets)).collect();
    let mut leaks = BTreeSet::new();
    let mut missing = vec!["no full administrator looked".to_owned()];
    let mut tell = |person: &Person, known: &Known, seen: &[Seen]| {
        for one in seen {
            for secret in one.leaks(&secrets.all, known) {
                leaks.insert(format!("{} reads the {} in {}", person.name, secret.kind, one.asked));
            }
        }
    };
    // Submitting forms would change the pages that later viewers see. All viewers therefore request all pages first.
    for (person, known) in people.iter().zip(&knowledge) {
        tell(person, known, &known.refused);
        let seen = pages(person, &secrets, "GET");
        tell(person, known, &seen);
        if person.is_administrator {
            missing = secrets.missing_in(&seen);
        } else {
            secrets.are_not_all_known(person, known);
        }
        let foreign: Vec<Seen> = AUTHZEN_PATHS.iter().map(|path| authzen(person, path, &secrets)).collect();
        tell(person, known, &foreign);
    }
    for (person, known) in people.iter().zip(&knowledge).filter(|(person, _)| !person.is_administrator) {
        tell(person, known, &pages(person, &secrets, "POST"));
    }
    let leaks: Vec<String> = leaks.into_iter().collect();
    assert!(leaks.is_empty() && missing.is_empty(), "{} leaks:\n{}\n{missing:#?}", leaks.len(), leaks.join("\n"));
}

/// Requests a decision with reasons, but without an API token. Sessions and access keys do not replace an API token.
fn authzen(person: &Person, path: &str, secrets: &Secrets) -> Seen {
    let body = json!({
        "subject": { "type": "user", "id": "anybody" },
        "action": { "name": "Users.View" },
        "resource": { "type": "instance", "id": secrets.world.instance },
        "options": { "explain": true },
    });
    let answer = unsigned(person.client.address, "POST", path, "", body.to_string().as_bytes());
    assert_eq!(answer.status, 401, "{path}");
    Seen::new(Probe::new("POST", path.to_owned(), body.to_string()), &answer)
}

#[test]
fn facts_that_a_user_may_not_know_change_none_of_their_pages() {
    let secrets = Secrets::plant();
    let people = viewers::without_history(&secrets.world);
    let look = |person: &Person| -> Vec<(Probe, String)> {
        let seen = pages(person, &secrets, "GET");
        let steady = seen.into_iter().filter(|seen| !probes::is_random(&seen.asked));
        steady.map(|seen| (seen.asked, probes::settled(&seen.text))).collect()
    };
    let mut before: Vec<_> = people.iter().map(|person| (Known::of(&person.client, &secrets), look(person))).collect();
    let mut told = BTreeSet::new();
    for (number, fact) in secrets::FACTS.iter().enumerate() {
        fact(&secrets);
        for (person, before) in people.iter().zip(&mut before) {
            let now = (Known::of(&person.client, &secrets), look(person));
            let pairs = now.1.iter().zip(&before.1).filter(|((_, now), (_, then))| now != then);
            let changed: Vec<String> = pairs.map(|((asked, now), (_, then))| difference(asked, then, now)).collect();
            if person.is_administrator {
                assert!(!changed.is_empty(), "no page shows the fact {number} to an administrator");
            } else if before.0.is_same_as(&now.0) {
                told.extend(changed.into_iter().map(|page| format!("{} learns fact {number}: {page}", person.name)));
            }
            *before = now;
        }
    }
    let told: Vec<String> = told.into_iter().collect();
    assert!(told.is_empty(), "{} pages tell something by what changes on them:\n{}", told.len(), told.join("\n"));
}

/// Describes the first difference between two versions of a page.
fn difference(asked: &Probe, then: &str, now: &str) -> String {
    let lines = then.lines().zip(now.lines()).find(|(then, now)| then != now).unwrap_or_default();
    let short = |line: &str| line.chars().take(200).collect::<String>();
    format!("{asked}\n  - {}\n  + {}", short(lines.0), short(lines.1))
}

/// Returns a string in a response.
fn member(value: &Value, name: &str) -> String {
    crate::world::text(&value[name])
}
