//! Tests idle connections, hostile connections and a flood of form submissions, while other users work. A normal test
//! run uses small numbers. `cargo xtask soak` runs the full version of the test.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{connect_from, loopback, read_head};
use crate::authzen::Application;
use crate::http::send;
use crate::server::ADMIN_PASSWORD;
use crate::world::World;

/// The default number of idle connections, and the number that the full version of the test uses.
const IDLE: usize = 1_000;
const IDLE_IN_FULL: usize = 10_000;

/// The number of rounds in which the test measures the latency for other users. The test uses the median of all rounds.
const ROUNDS: usize = 5;

/// Latencies below this value are caused by the operating system and not by the server.
const UNNOTICED: Duration = Duration::from_millis(1);

/// The maximum duration of a sign-in by another user.
const SIGN_IN_MAX: Duration = Duration::from_secs(2);

#[test]
fn other_users_are_served_during_hostile_connections_and_a_flood_of_forms() {
    let idle = std::env::var("FLOORKEY_TEST_IDLE").ok().map_or(IDLE, |count| count.parse().unwrap());
    let is_full = idle >= IDLE_IN_FULL;
    let world = World::new();
    let (address, application) = (world.server.address, Application::of(&world));
    let questions = if is_full { 2_000 } else { 200 };
    let before = slowest(|| ask(address, &application.token, questions));

    let idle: Vec<TcpStream> =
        (0..idle).map(|number| connect_from(loopback(10 + (number % 10) as u8), address)).collect();
    let (stop, mut during, mut sign_ins) = (AtomicBool::new(false), Duration::ZERO, Vec::new());
    std::thread::scope(|scope| {
        let hostile = scope.spawn(|| hold(address, idle.len() / 20, &stop));
        let floods: Vec<_> = (0..4)
            .map(|number| {
                scope.spawn({
                    let stop = &stop;
                    move || flood(address, 30 + number, stop)
                })
            })
            .collect();
        during = slowest(|| ask(address, &application.token, questions));
        sign_ins = (0..if is_full { 100 } else { 5 }).map(|_| sign_in(address)).collect();
        stop.store(true, Ordering::Relaxed);
        hostile.join().unwrap();
        let sent: usize = floods.into_iter().map(|flood| flood.join().unwrap()).sum();
        assert!(sent > 0, "the flood was none");
    });
    let sign_in = percentile(sign_ins);
    println!("{} idle: p99 of others {before:?} before, {during:?} meanwhile; of sign-ins {sign_in:?}", idle.len());
    if is_full {
        assert!(during <= 2 * before.max(UNNOTICED), "{during:?} is more than twice {before:?}");
        assert!(sign_in <= SIGN_IN_MAX, "{sign_in:?}");
    }
}

/// Sends evaluation requests on one connection, and returns each request's duration. The server must respond to all
/// requests.
fn ask(address: SocketAddr, token: &str, count: usize) -> Vec<Duration> {
    let body = r#"{"subject":{"type":"user","id":"admin"},"action":{"name":"Users.Edit"},"resource":{"type":"instance","id":"x"}}"#;
    let request = format!(
        "POST /access/v1/evaluation HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: \
         application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = connect_from(loopback(50), address);
    let mut once = || {
        let begun = Instant::now();
        stream.write_all(request.as_bytes()).expect("a neighbor's connection stays open");
        let head = read_head(&mut stream);
        assert!(head.starts_with("HTTP/1.1 200"), "{head:?}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
        stream.read_exact(&mut vec![0; length]).unwrap();
        begun.elapsed()
    };
    (0..count).map(|_| once()).collect()
}

/// Signs in on a new connection, and returns the duration of the sign-in.
fn sign_in(address: SocketAddr) -> Duration {
    let headers = [
        ("Host".to_owned(), address.to_string()),
        ("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
    ];
    let begun = Instant::now();
    let form = format!("username=admin&password={ADMIN_PASSWORD}");
    let answer = send(address, "POST", "/connect/login", &headers, form.as_bytes());
    assert_eq!(answer.status, 303, "a sign-in among hostile connections");
    begun.elapsed()
}

/// Repeatedly submits the form for a forgotten password until `stop` is set. Returns the number of submitted forms.
fn flood(address: SocketAddr, from: u8, stop: &AtomicBool) -> usize {
    let form = "username=admin";
    let request = format!(
        "POST /connect/forgot HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: \
         application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut sent = 0;
    while !stop.load(Ordering::Relaxed) {
        let mut stream = connect_from(loopback(from), address);
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.read_to_end(&mut Vec::new());
        sent += 1;
        std::thread::sleep(Duration::from_millis(10));
    }
    sent
}

/// Keeps connections open until `stop` is set. Some connections send heads and bodies byte by byte, and others never
/// read the response.
fn hold(address: SocketAddr, count: usize, stop: &AtomicBool) {
    let begin = |number: usize| {
        let mut stream = connect_from(loopback(70 + (number % 5) as u8), address);
        let begun = match number % 3 {
            0 => "GET /connect/login HTTP/1.1\r\nhost: x\r\nx-slow: ".to_owned(),
            1 => "POST /connect/login HTTP/1.1\r\nhost: x\r\ncontent-length: 16000\r\n\r\n".to_owned(),
            _ => "GET /connect/login HTTP/1.1\r\nhost: x\r\n\r\n".repeat(20),
        };
        let _ = stream.write_all(begun.as_bytes());
        stream
    };
    let mut held: Vec<TcpStream> = (0..count).map(begin).collect();
    while !stop.load(Ordering::Relaxed) {
        for (number, stream) in held.iter_mut().enumerate() {
            if number % 3 != 2 && stream.write_all(b"a").is_err() {
                *stream = begin(number);
            }
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Computes the 99th percentile of each round, and returns the median of these percentiles.
fn slowest(mut round: impl FnMut() -> Vec<Duration>) -> Duration {
    let mut rounds: Vec<_> = (0..ROUNDS).map(|_| percentile(round())).collect();
    rounds.sort_unstable();
    rounds[ROUNDS / 2]
}

/// Returns the 99th percentile of the given times.
fn percentile(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[(times.len() * 99).div_ceil(100).saturating_sub(1)]
}
