//! Provides the requests to try for each route. Planted records replace the parameters in the route's path, and the
//! queries and forms refer to planted records.

use std::fmt;

use floorkey::{FindingId, SecurityProfileId};

use super::secrets::{LOGIN, MIXED, NAMESPACE, PERMISSION, RESOURCE, Secrets};

/// The content type of a submitted form.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// A request. The response may repeat the request's content.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    method: &'static str,
    pub(super) target: String,
    pub(super) body: String,
}

impl Probe {
    pub(super) fn new(method: &'static str, target: String, body: String) -> Self {
        Self { method, target, body }
    }

    /// Whether the request itself contains the given text.
    pub(super) fn says(&self, text: &str) -> bool {
        self.target.contains(text) || self.body.contains(text)
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.method, self.target, self.body)
    }
}

/// Returns the requests to try for a route.
pub(super) fn of(method: &'static str, path: &str, secrets: &Secrets) -> Vec<Probe> {
    // The first of these routes ends the session, and the other routes are not pages.
    if path == "/connect/logout" || path.starts_with("/connect/assets/") {
        return Vec::new();
    }
    let mut probes = Vec::new();
    for filled in filled(path, secrets) {
        match method {
            "GET" => {
                let queries = queries(path, secrets).into_iter().map(|query| format!("{filled}?{query}"));
                let targets = std::iter::once(filled.clone()).chain(queries);
                probes.extend(targets.map(|target| Probe::new(method, target, String::new())));
            }
            _ => {
                let bodies = forms(path, secrets).into_iter();
                probes.extend(bodies.map(|body| Probe::new("POST", filled.clone(), body)));
            }
        }
    }
    probes
}

/// Returns the route's paths. Planted records replace the parameters.
fn filled(path: &str, secrets: &Secrets) -> Vec<String> {
    let ids: Vec<&str> = match path {
        path if path.contains("/security-profiles/{id}") => secrets.profiles.iter().map(String::as_str).collect(),
        path if path.contains("/users/{id}") => secrets.users.iter().map(String::as_str).collect(),
        _ => vec!["none"],
    };
    let permissions = ["Rules.Delete", "Users.Edit"];
    let names: &[&str] = if path.contains("/permissions/{name}") { &permissions } else { &["none"] };
    // Some of these four events are about planted records.
    let events: &[&str] = if path.contains("{seq}") { &["3", "9", "12", "15"] } else { &["none"] };
    let mut filled = Vec::new();
    for id in &ids {
        for name in names {
            for event in events {
                let path = path.replace("{id}", id).replace("{name}", name).replace("{seq}", event);
                filled.push(path.replace("{alias}", "floorkey").replace("{action}", "none").replace("{token}", "none"));
            }
        }
    }
    if path.contains("{finding}") {
        let of_profiles = secrets.profiles.iter().map(|profile| FindingId::EscalationPath(parsed(profile)));
        let findings: Vec<FindingId> = FindingId::GENERAL.into_iter().chain(of_profiles).collect();
        let each = |path: String| findings.iter().map(move |id| path.replace("{finding}", &id.to_string()));
        filled = filled.into_iter().flat_map(each).collect();
    }
    assert!(filled.iter().all(|path| !path.contains('{')), "{path} has a label that the sweep does not fill");
    filled
}

fn parsed(profile: &str) -> SecurityProfileId {
    SecurityProfileId::parse(profile).unwrap()
}

/// Returns queries that refer to planted records, for the given path.
fn queries(path: &str, secrets: &Secrets) -> Vec<String> {
    let [open, hidden, mixed] = &secrets.users;
    let [open_profile, profile] = &secrets.profiles;
    let (group, routing) = (&secrets.groups[1], &secrets.routing);
    let own = |queries: &[&str]| queries.iter().map(|query| (*query).to_owned()).collect::<Vec<String>>();
    match path {
        "/connect/users" | "/connect/users/download" => [
            own(&[
                "q=zq",
                "add=profile",
                "add=tag&operator=is&value=zq",
                "sort=profiles&columns=profiles.routing.hierarchy.tags",
                "tag.empty=1",
                "finding=any",
                "permission=Rules.Delete",
                "permission=Users.Edit",
                "can=see-personal-data",
                "sort=-seen",
                "factor=none",
            ]),
            vec![format!("profile={profile}"), format!("group={group}"), format!("routing={routing}")],
            vec![format!("profiles={profile}"), format!("profiles={open_profile}"), format!("in-group={group}")],
        ]
        .concat(),
        "/connect/users/suggest" | "/connect/security-profiles/suggest" | "/connect/permissions/suggest" => own(&[
            "text=",
            "text=zq",
            "text=Security+profile",
            "text=Hierarchy+group+is+in",
            "text=Routing+profile+is+not+z",
            "text=Tag+is",
            "text=Application+is",
            "text=Can+assign+is",
        ]),
        "/connect/users/{id}" => own(&["can=Rules.Delete", "can=Queues.Edit", "can=users"]),
        "/connect/users/{id}/details" => vec![
            format!("give={profile}"),
            format!("give={open_profile}"),
            format!("like={hidden}"),
            format!("like={mixed}"),
        ],
        "/connect/users/{id}/same" => own(&["q=zq"]),
        "/connect/users/new" => vec![format!("like={hidden}"), format!("like={mixed}")],
        path if path.starts_with("/connect/users/") && !path.contains('{') => {
            vec![format!("user={open}&user={hidden}&user={mixed}"), "all=1&q=zq".to_owned()]
        }
        "/connect/security-profiles" | "/connect/security-profiles/download" => [
            own(&["q=zq", "permission=Rules.Delete", "users=none", "sort=users", "sort=assigns&columns=assigns"]),
            vec![format!("assigns={profile}"), "columns=description.applications.control.users".to_owned()],
        ]
        .concat(),
        "/connect/security-profiles/new" => vec![format!("from={profile}"), format!("from={open_profile}")],
        "/connect/security-profiles/compare" => vec![format!("a={profile}&b={open_profile}&all=1"), "all=1".to_owned()],
        "/connect/search" => own(&["q=zq", "q=zq&palette=1", "q=side"]),
        "/connect/permissions" | "/connect/permissions/download" => {
            vec!["held=yes".to_owned(), "users=none&sort=users".to_owned(), format!("profile={profile}")]
        }
        "/connect/who-has-what" => [
            own(&["by=profiles", "by=profiles&columns=groups", "by=team&level=1", "by=user&sort=see-personal-data"]),
            vec![format!("profile={profile}"), format!("group={group}")],
        ]
        .concat(),
        "/connect/history" | "/connect/history.csv" => {
            let users = vec![format!("user={hidden}"), format!("actor={mixed}")];
            [users, own(&["user=zq.none", "user=zq", "actor=zq", "outcome=refused", "category=users"])].concat()
        }
        "/connect/history/suggest" => own(&["q=zq"]),
        path => questions(path),
    }
}

/// Returns queries about planted records, for the pages that check access.
fn questions(path: &str) -> Vec<String> {
    let own = |queries: &[&str]| queries.iter().map(|query| (*query).to_owned()).collect::<Vec<String>>();
    match path {
        "/connect/check-access" => vec![
            format!("who={MIXED}&can=Rules.Delete"),
            format!("who={LOGIN}&can=Rules.Delete"),
            "who=zq&can=Rules.Delete".to_owned(),
            "who=zq.open.login&can=Rules.Delete".to_owned(),
            "who=zq.open.login&can=refund".to_owned(),
            format!("who=zq.open.login&can={PERMISSION}&kind={NAMESPACE}&to={RESOURCE}"),
            "who=zq.open.login&can=Queues.View&kind=queue&to=zq".to_owned(),
            format!("who={MIXED}&can=see-personal-data"),
            "ask=who&can=see-personal-data".to_owned(),
            "ask=what&who=zq.open.login".to_owned(),
        ],
        path if path.starts_with("/connect/check-access/who-can") => {
            let ask = |ask: &&str| {
                [
                    format!("ask={ask}&who={MIXED}&can=Rules.Delete"),
                    format!("ask={ask}&can=Rules.Delete"),
                    format!("ask={ask}&who=zq.open.login&can=Queues.View&kind=queue"),
                    format!("ask={ask}&who={MIXED}&can={PERMISSION}&kind={NAMESPACE}"),
                ]
            };
            ["who", "what", "on-what"].iter().flat_map(ask).collect()
        }
        "/connect/check-access/suggest" => [
            own(&[
                "for=who&q=zq",
                "for=can&q=zq",
                "kind=user&q=zq",
                "kind=security-profile&q=zq",
                "kind=queue&q=zq",
                "can=refund&q=zq",
            ]),
            own(&["kind=routing-profile&q=zq", "kind=agent-group&q=zq", "kind=hours-of-operation&q=zq"]),
            vec![format!("kind={NAMESPACE}&q=zq"), format!("can={NAMESPACE}: {PERMISSION}&q=zq").replace(' ', "+")],
        ]
        .concat(),
        _ => Vec::new(),
    }
}

/// Returns forms that refer to planted records. Omits forms that would delete these records.
fn forms(path: &str, secrets: &Secrets) -> Vec<String> {
    let [open, hidden, mixed] = &secrets.users;
    let [open_profile, profile] = &secrets.profiles;
    let (group, routing) = (&secrets.groups[1], &secrets.routing);
    let selected = format!("user={open}&user={hidden}&user={mixed}");
    match path {
        "/connect/users/edit" => vec![
            format!("{selected}&do=review&add={profile}"),
            format!("{selected}&do=review&remove={profile}&add={open_profile}"),
            format!("{selected}&do=review&to-group={group}&to-routing={routing}"),
            format!("{selected}&pick=Zq"),
        ],
        "/connect/users/new" => vec![format!("section=profiles&add={profile}&username=zq.new&section=login")],
        path if path.starts_with("/connect/users/") && !path.contains('{') => vec![selected],
        "/connect/users/{id}/details" => vec![
            format!("modified=0&section=profiles&profile={open_profile}"),
            format!("modified=0&section=profiles&add={profile}&step=more"),
            format!("modified=0&section=hierarchy&hierarchy_group={group}&step=more"),
        ],
        "/connect/security-profiles/{id}" => {
            vec![format!("do=tick&assignable={profile}&hierarchy={group}"), "do=copy".to_owned()]
        }
        "/connect/security-profiles/{id}/delete" => vec![format!("do=review&with={open_profile}"), String::new()],
        _ => vec![String::new()],
    }
}

/// Returns the HTML after the end of a note.
fn after_note(part: &str) -> &str {
    part.split_once("</div>").map_or("", |(_, rest)| rest)
}

/// Whether the page contains a newly generated secret and therefore differs between requests.
pub(super) fn is_random(probe: &Probe) -> bool {
    ["/connect/access/authenticator", "/connect/access/passkey"].iter().any(|path| probe.target.starts_with(path))
}

/// Returns a page without values that differ between requests, such as times and the state that a form was created
/// from. The guard's warning is also removed, because every interface tells the actor whether the guard would flag a
/// change.
pub(super) fn settled(text: &str) -> String {
    let text: Vec<&str> = text.split("<div class=\"note warn\">").collect();
    let is_warning = |part: &&str| part.contains("than you") || part.contains("don’t have yourself");
    let says_what =
        |part: &&str| !is_warning(part) || part.contains("than you:") || part.contains("don’t have yourself:");
    let text: Vec<&str> = text.into_iter().map(|part| if says_what(&part) { part } else { after_note(part) }).collect();
    let mut settled = String::new();
    for line in text.concat().lines() {
        let timed =
            ["<time", " ago", "just now", "name=\"modified\"", "name=modified", "UTC", "name=\"mark\"", "evision"];
        if !timed.iter().any(|word| line.contains(word)) {
            settled.push_str(line);
            settled.push('\n');
        }
    }
    settled
}
