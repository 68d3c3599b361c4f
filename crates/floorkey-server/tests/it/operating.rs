//! Tests that `docs/operating.md` is true: its metrics, its alerts, and its settings of proxies.
//!
//! The tests of proxies need nginx and Caddy. Without them, a test prints a line and passes.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use floorkey_aws::operation::Operation;
use serde_json::json;
use tempfile::TempDir;

use crate::authzen::{Application, question};
use crate::client::Client;
use crate::http;
use crate::server::{OPERATOR_ID, OPERATOR_SECRET};
use crate::sign::Key;
use crate::world::World;

const DOCUMENT: &str = include_str!("../../../../docs/operating.md");

/// Returns the first code block in this language.
fn block(language: &str) -> &'static str {
    let (_, rest) = DOCUMENT.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

/// Returns the metrics of a server that has answered a question.
fn metrics(world: &World) -> String {
    Application::of(world).reason(&question("admin", "Users.View", "instance", "this"));
    let address = world.server.address;
    String::from_utf8(http::send(address, "GET", "/metrics", &[], b"").body).unwrap()
}

#[test]
fn the_page_contains_exactly_the_metrics() {
    let world = World::new();
    let text = metrics(&world);
    // The name of a counter ends with `_total` in its samples, but not in its declaration.
    let served: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
        .map(|(name, kind)| (format!("{name}{}", if kind == "counter" { "_total" } else { "" }), kind.to_owned()))
        .collect();
    let described: BTreeSet<_> = DOCUMENT
        .lines()
        .filter_map(|line| line.strip_prefix("| `floorkey_")?.split_once("` | "))
        .map(|(name, rest)| (format!("floorkey_{name}"), rest.split_once(" |").unwrap().0.to_owned()))
        .collect();
    assert_eq!(described, served);
}

#[test]
fn the_alerts_use_metrics_that_exist() {
    let world = World::new();
    let text = metrics(&world);
    let rules = block("yaml");
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let used: BTreeSet<_> = rules.split(|c: char| !is_name(c)).filter(|word| word.starts_with("floorkey_")).collect();
    assert!(used.len() >= 5, "{used:?}");
    for name in used {
        let is_sample = |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']));
        assert!(text.lines().any(is_sample), "{name} is not in /metrics");
    }
    let labels = ["surface=\"authzen\"", "status=\"200\"", "operation=\"evaluation\""];
    assert!(labels.iter().all(|label| text.contains(label)), "{text}");
}

/// A running proxy. Dropping this value stops the proxy.
struct Proxy {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Proxy {
    /// Starts a program with a settings file, and waits until the program accepts connections. Returns `None` if the
    /// program is not installed.
    fn start(program: &str, address: SocketAddr, arguments: &[&str], settings: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("settings"), settings.replace("FOLDER", folder.path().to_str().unwrap()))
            .unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder.path()).env("HOME", folder.path()).stdin(Stdio::null());
        let child = command.stdout(Stdio::null()).stderr(log).spawn();
        if child.is_err() {
            println!("skipped: {program} is not installed");
            return None;
        }
        let mut proxy = Self { child: child.unwrap(), address, _folder: folder };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = proxy.child.try_wait().unwrap();
            let log = std::fs::read_to_string(proxy._folder.path().join("log")).unwrap();
            assert!(ended.is_none() && begun.elapsed() < Duration::from_secs(30), "{program}: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(proxy)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // SIGTERM, so that nginx stops its workers as well.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Replaces lines of the sample with those for the test. Each line must be in the sample.
fn adapted(sample: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(sample.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from} is not in the sample");
        text.replace(from, to)
    })
}

/// Tests that signed calls succeed through the proxy, also with an ARN in the path and a query.
fn check(world: &World, proxy: &Proxy) {
    let client = Client::new(proxy.address, Key { id: OPERATOR_ID.to_owned(), secret: OPERATOR_SECRET.to_owned() });
    let listed = client.ok(Operation::ListInstances, &json!({}));
    assert_eq!(listed["InstanceSummaryList"][0]["Id"], world.instance.as_str());
    let page = client.ok(Operation::ListUsers, &world.in_instance(json!({ "MaxResults": 1 })));
    let arn = page["UserSummaryList"][0]["Arn"].as_str().unwrap();
    client.ok(Operation::TagResource, &json!({ "resourceArn": arn, "tags": { "proxy": "a b/c" } }));
    let tags = client.ok(Operation::ListTagsForResource, &json!({ "resourceArn": arn }));
    assert_eq!(tags, json!({ "tags": { "proxy": "a b/c" } }));
}

#[test]
fn signed_calls_succeed_through_nginx_as_on_the_page() {
    let world = World::new();
    let address = free_address();
    let sample = adapted(
        block("nginx"),
        &[
            ("server 127.0.0.1:8080;", &format!("server {};", world.server.address)),
            ("listen 443 ssl http2;", &format!("listen {address};")),
            ("    ssl_certificate /etc/ssl/floorkey.example.com.pem;\n", ""),
            ("    ssl_certificate_key /etc/ssl/private/floorkey.example.com.key;\n", ""),
        ],
    );
    let folder = |name| format!("{name}_temp_path FOLDER/{name};\n");
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(folder).concat();
    let settings = format!(
        "daemon off;\nmaster_process off;\npid FOLDER/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{sample}\n}}\n"
    );
    let arguments = ["-p", ".", "-e", "stderr", "-c", "settings"];
    let program = if Path::new("/usr/sbin/nginx").exists() { "/usr/sbin/nginx" } else { "nginx" };
    if let Some(proxy) = Proxy::start(program, address, &arguments, &settings) {
        check(&world, &proxy);
    }
}

#[test]
fn signed_calls_succeed_through_caddy_as_on_the_page() {
    let world = World::new();
    let address = free_address();
    let sample = adapted(
        block("caddyfile"),
        &[
            ("floorkey.example.com {", &format!("http://{address} {{")),
            ("reverse_proxy 127.0.0.1:8080", &format!("reverse_proxy {}", world.server.address)),
        ],
    );
    let settings = format!("{{\n\tadmin off\n}}\n{sample}");
    let arguments = ["run", "--config", "settings", "--adapter", "caddyfile"];
    if let Some(proxy) = Proxy::start("caddy", address, &arguments, &settings) {
        check(&world, &proxy);
    }
}
