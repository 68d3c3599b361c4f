//! Sends two long strings to every place that accepts text. One string consists of the characters that are most
//! expensive to process. The other string consists of ordinary letters and has the same size in bytes.
//!
//! The tests find these places in the tables of operations, in the OpenAPI document and in the console's source. New
//! places are therefore included automatically.

use std::collections::BTreeSet;
use std::path::Path;

use floorkey_aws::text_places::{Step, TextPlace, text_places};
use serde_json::{Value, json};

use super::openapi_calls::{MARK, calls};
use crate::authzen::Application;
use crate::client::{Client, encode, request};
use crate::console_sweep;
use crate::http;
use crate::server::Server;
use crate::sweep;
use crate::visitor::Visitor;
use crate::world::World;

/// The size in bytes of a string in a body, and of a string in a request head. A complete head is limited to 16 KiB.
const BODY: usize = 1024 * 1024;
const HEAD: usize = 11 * 1024;

/// The maximum ratio of the processor time for the most expensive characters to the processor time for ordinary
/// letters.
const RATIO_MAX: f64 = 3.0;

/// The processor time, in nanoseconds, that the server may spend on other work during a request. An attack would cost
/// hundreds of times as much.
const NOISE: f64 = 4e6;

/// Two strings with the same size in bytes.
struct Texts {
    harmless: String,
    worst: String,
}

impl Texts {
    /// Creates two strings with the given size in bytes. They contain no characters that forms or JSON escape, because
    /// escaping would change the size.
    fn new(bytes: usize) -> Self {
        // The strings contain a ligature of eighteen letters, a letter that becomes longer in lowercase, and marks that
        // are reordered. Many words follow, and then characters that markup, spreadsheets and logs escape.
        let kinds =
            ["\u{fdfa}", "\u{130}", "a\u{301}\u{327}\u{315}\u{300}", "a b ", "<>'", "=-@ ", "\u{200b}\u{1d15e}"];
        let mut worst = String::new();
        for kind in kinds {
            worst.push_str(&kind.repeat(bytes / kinds.len() / kind.len()));
        }
        worst.push_str(&"a".repeat(bytes - worst.len()));
        Self { harmless: "a".repeat(bytes), worst }
    }
}

/// Returns the processor time of the server's threads in nanoseconds, or `None` if the operating system does not report
/// it.
fn processor_time(server: &Server) -> Option<u64> {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", server.pid())).ok()?;
    let time = |task: std::fs::DirEntry| {
        let told = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        told.split(' ').next()?.parse::<u64>().ok()
    };
    Some(tasks.filter_map(|task| time(task.ok()?)).sum()).filter(|time| *time > 0)
}

/// Measures the processor time of requests, and collects the names of requests that need too much.
struct Meter<'a> {
    server: &'a Server,
    places: usize,
    costly: Vec<String>,
}

impl Meter<'_> {
    /// Sends the request with each of the two strings, and compares the processor times. If the time seems too long,
    /// measures again, because other work of the server may have disturbed the first measurement.
    fn compare(&mut self, name: &str, texts: &Texts, send: impl Fn(&str)) {
        let cost = |text: &str| {
            let before = processor_time(self.server).unwrap();
            send(text);
            processor_time(self.server).unwrap().saturating_sub(before).max(1) as f64
        };
        self.places += 1;
        let (mut harmless, mut worst) = (cost(&texts.harmless), cost(&texts.worst));
        for _ in 0..4 {
            if worst <= RATIO_MAX * harmless + NOISE {
                return;
            }
            // The processor time of the expensive string is the minimum of several measurements, because other work can
            // only increase a measurement.
            harmless = (harmless + cost(&texts.harmless)) / 2.0;
            worst = worst.min(cost(&texts.worst));
        }
        self.costly.push(format!("{name}: {:.1} times {:.1} ms", worst / harmless, harmless / 1e6));
    }
}

/// Whether the operating system reports a process's processor time. Prints a line if it does not.
fn is_told(server: &Server) -> bool {
    let told = processor_time(server).is_some();
    if !told {
        println!("the processor time of a process is not told here: nothing is measured");
    }
    told
}

#[test]
fn worst_case_texts_cost_little_more_than_letters_in_signed_calls() {
    let world = World::new();
    if !is_told(&world.server) {
        return;
    }
    let levels = json!({ "HierarchyStructure": { "LevelOne": { "Name": "Site" } } });
    world.ok(floorkey_aws::operation::Operation::UpdateUserHierarchyStructure, levels);
    let (body, head) = (Texts::new(BODY), Texts::new(HEAD / 9));
    let mut meter = Meter { server: &world.server, places: 0, costly: Vec::new() };
    for (operation, base) in sweep::operations(&world) {
        for TextPlace { steps, is_in_body } in text_places(operation) {
            let name = format!("{} {steps:?}", operation.name());
            let mut input = base.clone();
            put(&mut input, &steps, &json!(MARK));
            let (path, query, template) = request(operation, &input);
            let template = String::from_utf8(template).unwrap();
            let texts = if is_in_body { &body } else { &head };
            let times = if is_in_body { 1 } else { 5 };
            meter.compare(&name, texts, |text| {
                let in_head = if is_in_body { String::new() } else { encode(text) };
                let (path, query) = (path.replace(MARK, &in_head), query.replace(MARK, &in_head));
                let body = if is_in_body { template.replace(MARK, text) } else { template.clone() };
                (0..times).for_each(|_| {
                    world.operator.send(operation.method(), &path, &query, body.as_bytes());
                });
            });
        }
    }
    assert!(meter.places > 250, "{}", meter.places);
    assert!(meter.costly.is_empty(), "{} of {}: {:#?}", meter.costly.len(), meter.places, meter.costly);
}

/// Sets the value at the place that `steps` leads to.
fn put(input: &mut Value, steps: &[Step], value: &Value) {
    let Some((step, rest)) = steps.split_first() else {
        *input = value.clone();
        return;
    };
    match step {
        Step::Member(name) => {
            // An input can't contain both a single condition and lists of conditions.
            if *name == "AndConditions" || *name == "OrConditions" || name.ends_with("Condition") {
                *input = json!({});
            }
            if !input.is_object() {
                *input = json!({});
            }
            put(&mut input[*name], rest, value);
        }
        Step::Item => {
            let mut item = input.get(0).cloned().unwrap_or_default();
            put(&mut item, rest, value);
            *input = json!([item]);
        }
        Step::Key => *input = json!({ MARK: "a" }),
        Step::Value => *input = json!({ "a": value }),
    }
}

#[test]
fn worst_case_texts_cost_little_more_than_letters_in_the_management_and_decision_apis() {
    let world = World::new();
    if !is_told(&world.server) {
        return;
    }
    let (body, head) = (Texts::new(BODY - 8 * 1024), Texts::new(HEAD / 9));
    let mut meter = Meter { server: &world.server, places: 0, costly: Vec::new() };
    let address = world.server.address;
    let orders = json!({ "Permissions": [{ "Name": "refund" }] });
    world.extension("PUT", "/applications/a", &orders);
    for call in calls("/floorkey/") {
        let real = |path: &str| {
            let path = path.replace("{InstanceId}", &world.instance).replace("{UserId}", &world.user("admin"));
            path.replace("{SecurityProfileId}", &world.profile("Agent")).replace("{Namespace}", "a")
        };
        let path = real(&call.path);
        let rest = |path: &str| path.replace(['{', '}'], "");
        for template in &call.bodies {
            meter.compare(&format!("{} {template}", call.name), &body, |text| {
                world.operator.send(&call.method, &rest(&path), "", template.replace(MARK, text).as_bytes());
            });
        }
        for (name, is_in_query) in &call.parameters {
            meter.compare(&format!("{} {name}", call.name), &head, |text| {
                let query = if *is_in_query { format!("{name}={}", encode(text)) } else { String::new() };
                let path = real(&call.path.replace(&format!("{{{name}}}"), &encode(text)));
                (0..5).for_each(|_| drop(world.operator.send(&call.method, &rest(&path), &query, b"")));
            });
        }
    }
    let application = Application::of(&world);
    let headers = [
        ("Authorization".to_owned(), format!("Bearer {}", application.token)),
        ("Content-Type".to_owned(), "application/json".to_owned()),
    ];
    for call in calls("/access/") {
        for template in &call.bodies {
            meter.compare(&format!("{} {template}", call.name), &body, |text| {
                http::send(address, &call.method, &call.path, &headers, template.replace(MARK, text).as_bytes());
            });
        }
    }
    assert!(meter.places > 150, "{}", meter.places);
    assert!(meter.costly.is_empty(), "{} of {}: {:#?}", meter.costly.len(), meter.places, meter.costly);
}

/// Returns the names of the fields that the console's source reads, grouped by section of the source. The table of a
/// noun's fields contains names too.
fn fields() -> Vec<(String, BTreeSet<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../floorkey-console/src");
    let mut waiting = vec![(String::new(), root)];
    let mut fields: Vec<(String, BTreeSet<String>)> = Vec::new();
    while let Some((section, at)) = waiting.pop() {
        if at.is_dir() {
            for entry in std::fs::read_dir(&at).unwrap().map(Result::unwrap) {
                let name = entry.file_name().to_string_lossy().trim_end_matches(".rs").to_owned();
                waiting.push((if section.is_empty() { name } else { section.clone() }, entry.path()));
            }
            continue;
        }
        let source = std::fs::read_to_string(&at).unwrap();
        let calls = [".raw(\"", ".text(\"", ".all(\"", ".has(\"", ".bulk(\"", "Field::new(\""];
        let names = calls.iter().flat_map(|call| source.split(call).skip(1).filter_map(|rest| rest.split('"').next()));
        let names: BTreeSet<String> = names.map(str::to_owned).collect();
        match fields.iter_mut().find(|(known, _)| *known == section) {
            Some((_, known)) => known.extend(names),
            None => fields.push((section, names)),
        }
    }
    fields
}

#[test]
fn worst_case_texts_cost_little_more_than_letters_in_pages_and_forms() {
    let world = World::new();
    if !is_told(&world.server) {
        return;
    }
    let victim = world.new_user("victim", &[&world.profile("Agent")]);
    let admin = Visitor::administrator(&world.server);
    assert_eq!(admin.get("/connect/guard?later=1").status, 303);
    let mut meter = Meter { server: &world.server, places: 0, costly: Vec::new() };
    let (body, value, head) = (Texts::new(BODY), Texts::new(60 * 1024), Texts::new(HEAD / 9 / 4));
    let fields = fields();
    for (method, path) in console_sweep::routes() {
        // These routes end the session or delete records that other requests need.
        if path == "/connect/logout" || path.contains("assets") || path.ends_with("/delete") {
            continue;
        }
        let section = path.trim_start_matches("/connect/").split('/').next().unwrap_or_default();
        let section = match section {
            "login" | "forgot" | "factor" | "link" | "password" | "prove" | "theme" => "sign_in",
            "security-profiles" => "profiles",
            "who-has-what" => "who_has_what",
            "check-access" => "check_access",
            "about" | "api-tokens" | "applications" | "preferences" => "settings",
            "users" if path.contains("{id}") => "user",
            other => other,
        };
        let names: Vec<&String> =
            fields.iter().filter(|(known, _)| known == section).flat_map(|(_, names)| names).collect();
        let filled = console_sweep::filled(&world, &path, &victim);
        if method == "GET" {
            meter.compare(&format!("GET {path} with every field"), &head, |text| {
                for names in names.chunks(4) {
                    let query: Vec<_> = names.iter().map(|name| format!("{name}={}", encode(text))).collect();
                    admin.get(&format!("{filled}?{}", query.join("&")));
                }
            });
            continue;
        }
        meter.compare(&format!("POST {path}"), &body, |text| {
            admin.send("POST", &filled, Some(FORM), format!("name={text}").as_bytes());
        });
        meter.compare(&format!("POST {path} with every field"), &value, |text| {
            for names in names.chunks(8) {
                let form: Vec<_> = names.iter().map(|name| format!("{name}={text}")).collect();
                admin.send("POST", &filled, Some(FORM), form.join("&").as_bytes());
            }
        });
    }
    meter.compare("a file", &body, |text| {
        let start =
            "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nUser login,Security profile,Routing profile\n";
        for cells in [format!("{text},Agent,x"), format!("a,{text},x"), format!("a,Agent,{text}"), text.to_owned()] {
            let file = format!("{start}{cells}\r\n--x--\r\n");
            admin.send("POST", "/connect/users/import", Some("multipart/form-data; boundary=x"), file.as_bytes());
        }
    });
    assert!(meter.places > 100, "{}", meter.places);
    assert!(meter.costly.is_empty(), "{} of {}: {:#?}", meter.costly.len(), meter.places, meter.costly);
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn worst_case_texts_cost_little_more_than_letters_in_heads() {
    let world = World::new();
    if !is_told(&world.server) {
        return;
    }
    let mut meter = Meter { server: &world.server, places: 0, costly: Vec::new() };
    let address = world.server.address;
    let (fitting, long) = (Texts::new(HEAD), Texts::new(BODY));
    let nobody = Client { address, key: crate::sign::Key { id: "AKIANOBODY0000000000".into(), secret: "x".into() } };
    let headers = [
        "Accept",
        "Accept-Encoding",
        "Accept-Language",
        "Authorization",
        "Connection",
        "Content-Encoding",
        "Content-Type",
        "Cookie",
        "Expect",
        "If-None-Match",
        "Origin",
        "Range",
        "Referer",
        "Sec-Fetch-Site",
        "User-Agent",
        "X-Amz-Content-Sha256",
        "X-Amz-Date",
        "X-Amz-Security-Token",
        "X-Forwarded-For",
        "X-Request-ID",
        "X-Other",
    ];
    for target in ["/connect/login", "/access/v1/evaluation", "/users/x/y", "/openapi.json"] {
        for name in headers {
            for (texts, size, times) in [(&fitting, "fitting", 10), (&long, "long", 1)] {
                meter.compare(&format!("{target} {name} {size}"), texts, |text| {
                    let text = if name == "Cookie" { format!("floorkey-session={text}") } else { text.to_owned() };
                    let header = [("Host".to_owned(), "x".to_owned()), (name.to_owned(), text)];
                    (0..times).for_each(|_| drop(http::try_send(address, "GET", target, &header, b"")));
                });
            }
        }
    }
    let encoded =
        Texts { harmless: encode(&Texts::new(HEAD / 9).harmless), worst: encode(&Texts::new(HEAD / 9).worst) };
    for name in ["username", "password", "next"] {
        meter.compare(&format!("sign in {name}"), &Texts::new(15 * 1024), |text| {
            let form = [("Host".to_owned(), "x".to_owned()), ("Content-Type".to_owned(), FORM.to_owned())];
            (0..5).for_each(|_| {
                drop(http::send(address, "POST", "/connect/login", &form, format!("{name}={text}").as_bytes()))
            });
        });
    }
    meter.compare("a path", &encoded, |text| {
        (0..10).for_each(|_| drop(nobody.send("GET", &format!("/users/{text}"), "", b"")));
    });
    assert!(meter.costly.is_empty(), "{} of {}: {:#?}", meter.costly.len(), meter.places, meter.costly);
}
