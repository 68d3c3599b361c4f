//! Compares how fast Floorkey and two rivals respond to signed GET requests of Amazon Connect's API. One rival is a
//! bare hyper server that verifies the same signatures and returns the same bytes. The other rival is moto.

use std::collections::HashMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::floorkey::{self, Floorkey};
use super::rival::Rival;
use super::signed_hyper::{Answer, Key, Known, now, signed};
use super::wrk::{self, Run, Target};
use crate::ratio::{Bound, Figure, medians, rounds};

/// The number of concurrent connections.
const CONNECTIONS: usize = 64;

/// The number of concurrent connections to moto, which uses one thread for each connection.
const MOTO_CONNECTIONS: usize = 16;

/// The ID of the prepared instance.
const INSTANCE: &str = "00000000-0000-0000-0000-000000000001";

pub(crate) fn describe() -> Figure {
    let world = World::new();
    let pairs = world.against_hyper(&world.describes);
    figure(
        "connect_describe",
        0.55,
        &pairs,
        "a bare hyper server that verifies with aws-sigv4 and answers the same bytes",
    )
}

pub(crate) fn list() -> Figure {
    let world = World::new();
    let pairs = world.against_hyper(&world.pages);
    figure(
        "connect_list_100",
        0.45,
        &pairs,
        "a bare hyper server that verifies with aws-sigv4 and answers the same bytes",
    )
}

pub(crate) fn moto() -> Figure {
    let world = World::new();
    let pairs = rounds(
        || world.ours(&[format!("/instance/{INSTANCE}")], MOTO_CONNECTIONS),
        || {
            let moto = Rival::moto();
            let operator = operator();
            let body = json!({
                "IdentityManagementType": "CONNECT_MANAGED", "InstanceAlias": "bench",
                "InboundCallsEnabled": true, "OutboundCallsEnabled": true,
            });
            let made = call(&moto.address, &operator, "PUT", "/instance", &body.to_string());
            let path = format!("/instance/{}", text(&made, "Id"));
            assert_eq!(call(&moto.address, &operator, "GET", &path, "")["Instance"]["InstanceAlias"], "bench");
            world.load(&moto, &[path], MOTO_CONNECTIONS)
        },
    );
    figure("moto_describe", 20.0, &pairs, "a server of moto 5.2.5, which verifies no signature")
}

fn figure(name: &'static str, least: f64, pairs: &[(Run, Run)], against: &'static str) -> Figure {
    let (ratio, us, them) = medians(pairs, |run| run.per_second);
    let (_, our_cost, their_cost) = medians(pairs, |run| run.micros);
    let detail = format!(
        "{us:.0} requests/s, {them:.0} the rival; {our_cost:.2} us of processor a request, {their_cost:.2} the rival"
    );
    Figure { name, ratio, bound: Bound::AtLeast(least), against, detail }
}

/// The test setup: a data folder, and the requests to send to servers.
struct World {
    folder: TempDir,
    data: PathBuf,
    /// The access key of a full administrator.
    key: Key,
    describes: Vec<String>,
    pages: Vec<String>,
    /// The file with the access key and the responses that the bare hyper server uses.
    known: PathBuf,
}

impl World {
    fn new() -> Self {
        let folder = crate::folder();
        let data = floorkey::prepare(folder.path());
        let server = Floorkey::start(&data);
        let operator = operator();
        let ask = |path: &str| call(&server.address, &operator, "GET", path, "");
        let (mut describes, mut pages, mut next) = (Vec::new(), Vec::new(), String::new());
        loop {
            let path = format!("/users-summary/{INSTANCE}?maxResults=100{next}");
            let page = ask(&path);
            let users = page["UserSummaryList"].as_array().expect("users");
            describes.extend(users.iter().map(|user| format!("/users/{INSTANCE}/{}", text(user, "Id"))));
            if users.len() == 100 {
                pages.push(path);
            }
            match page["NextToken"].as_str() {
                Some(token) => next = format!("&nextToken={token}"),
                None => break,
            }
        }
        let key = administrator(&server.address, &describes[0]);
        describes.truncate(super::REQUESTS);
        let asked = describes.iter().chain(&pages);
        // These requests are signed with the same access key as the measured requests, because the response depends on
        // what the caller can see.
        let answers: HashMap<String, Answer> = asked
            .map(|path| {
                let answer = call(&server.address, &key, "GET", path, "");
                (path.clone(), serde_json::from_value(answer).expect("an answer"))
            })
            .collect();
        let known = folder.path().join("known.json");
        fs::write(&known, serde_json::to_vec(&Known { key: key.clone(), answers }).expect("JSON")).expect("a file");
        Self { folder, data, key, describes, pages, known }
    }

    fn against_hyper(&self, paths: &[String]) -> Vec<(Run, Run)> {
        let (ours, rival) = (Floorkey::start(&self.data), Rival::signed(&self.known));
        for path in paths {
            let [us, them] = [&ours.address, &rival.address].map(|at| send(at, &self.key, "GET", path, ""));
            assert_eq!(us, them, "both answer with the same bytes");
        }
        drop((ours, rival));
        rounds(|| self.ours(paths, CONNECTIONS), || self.load(&Rival::signed(&self.known), paths, CONNECTIONS))
    }

    fn ours(&self, paths: &[String], connections: usize) -> Run {
        let server = Floorkey::start(&self.data);
        let target = Target { address: &server.address, process: server.process() };
        wrk::run_signed(&target, &self.lines(&server.address, paths), connections, self.folder.path())
    }

    fn load(&self, rival: &Rival, paths: &[String], connections: usize) -> Run {
        let target = Target { address: &rival.address, process: rival.process() };
        wrk::run_signed(&target, &self.lines(&rival.address, paths), connections, self.folder.path())
    }

    /// Signs the requests with the current time. Returns the signed requests in the format of [`wrk::run_signed`].
    fn lines(&self, address: &str, paths: &[String]) -> Vec<String> {
        let (identity, at) = (self.key.identity(), now());
        let line = |path: &String| {
            let (date, authorization) = signed(&identity, ("GET", &format!("http://{address}{path}"), b""), at);
            format!("{path}\t{date}\t{authorization}")
        };
        paths.iter().map(line).collect()
    }
}

fn operator() -> Key {
    Key { id: floorkey::OPERATOR_ID.to_owned(), secret: floorkey::OPERATOR_SECRET.to_owned() }
}

/// Makes the user a full administrator, and creates and returns an access key of the user.
fn administrator(address: &str, user: &str) -> Key {
    let operator = operator();
    let profiles = call(address, &operator, "GET", &format!("/security-profiles-summary/{INSTANCE}"), "");
    let profiles = profiles["SecurityProfileSummaryList"].as_array().expect("profiles");
    let admin = profiles.iter().find(|profile| profile["Name"] == "Admin").expect("a default profile");
    let body = json!({ "SecurityProfileIds": [admin["Id"]] }).to_string();
    call(address, &operator, "POST", &format!("{user}/security-profiles"), &body);
    let id = user.rsplit('/').next().expect("an id");
    let path = format!("/floorkey/v1/instances/{INSTANCE}/users/{id}/access-keys");
    let made = call(address, &operator, "POST", &path, &json!({ "Label": "bench" }).to_string());
    Key { id: text(&made, "AccessKeyId"), secret: text(&made, "SecretAccessKey") }
}

fn call(address: &str, key: &Key, method: &str, path: &str, body: &str) -> Value {
    serde_json::from_str(&send(address, key, method, path, body)).expect("JSON")
}

/// Sends a signed request, and returns the body of the response.
fn send(address: &str, key: &Key, method: &str, path: &str, body: &str) -> String {
    let uri = format!("http://{address}{path}");
    let (date, authorization) = signed(&key.identity(), (method, &uri, body.as_bytes()), now());
    let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nx-amz-date: {date}\r\nauthorization: {authorization}\r\n\
         content-type: application/json\r\n{length}connection: close\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.write_all(request.as_bytes()).expect("it is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200"), "{method} {path}: {answer}");
    body.to_owned()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().expect("a text").to_owned()
}
