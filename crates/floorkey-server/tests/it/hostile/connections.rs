use std::io::{Read as _, Write as _};
use std::net::{IpAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{connect_from, loopback, read_all, read_head};
use crate::authzen::Application;
use crate::server::{OPERATOR_ID, Server};
use crate::sign::{Key, Scope, Unsigned, sign};
use crate::visitor::Visitor;
use crate::world::World;

const LIVE: &[u8] = b"HEAD /health/live HTTP/1.1\r\nhost: x\r\n\r\n";

/// Whether the server responds to a request on the connection.
fn is_answered(stream: &mut TcpStream) -> bool {
    stream.write_all(LIVE).is_ok() && read_head(stream).starts_with("HTTP/1.1 200")
}

#[test]
fn connections_are_limited_per_address_except_for_trusted_proxies() {
    let server =
        Server::start_with(&[("FLOORKEY_CONNECTIONS_PER_ADDRESS", "5"), ("FLOORKEY_TRUSTED_PROXIES", "127.0.0.9")]);
    let open = |from: IpAddr, count: usize| -> Vec<TcpStream> {
        (0..count).map(|_| connect_from(from, server.address)).collect()
    };
    let mut first = open(loopback(2), 5);
    assert!(first.iter_mut().all(is_answered));
    let mut more = open(loopback(2), 3);
    assert!(!more.iter_mut().any(is_answered), "the address has its share");
    assert!(open(loopback(3), 5).iter_mut().all(is_answered), "another address has its own");
    assert!(open(loopback(9), 20).iter_mut().all(is_answered), "a trusted proxy has any number");
    assert!(first.iter_mut().all(is_answered), "nobody was closed for it");
    first.clear();
    let begun = Instant::now();
    while !is_answered(&mut connect_from(loopback(2), server.address)) {
        assert!(begun.elapsed() < Duration::from_secs(10), "there is room when others have gone");
    }
}

/// Returns the head of a call that is signed with the given key. The signature does not match the body that follows the
/// head.
fn wrongly_signed(world: &World, key: &Key, length: usize) -> String {
    let (path, host) = (format!("/users/{}", world.instance), world.server.address.to_string());
    let signed = sign(&Unsigned { method: "PUT", path: &path, query: "", host: &host, body: b"" }, key, &Scope::now());
    let headers: String = signed.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("PUT {path} HTTP/1.1\r\nhost: {host}\r\n{headers}content-length: {length}\r\n\r\n")
}

#[test]
fn callers_are_checked_before_the_body_arrives() {
    let world = World::new();
    let nobody = Key { id: "AKIANOBODY0000000000".to_owned(), secret: "x".to_owned() };
    let path = format!("/users/{}", world.instance);
    let bare = |more: &str| format!("PUT {path} HTTP/1.1\r\nhost: x\r\n{more}content-length: 2000000\r\n\r\n");
    let page = "POST /connect/users/import HTTP/1.1\r\nhost: x\r\ncontent-length: 2000000\r\n\r\n";
    let form = "POST /connect/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                content-length: 16385\r\n\r\n";
    for (head, status) in [
        (bare(""), "403"),
        (bare("authorization: AWS4-HMAC-SHA256 Credential=x\r\n"), "4"),
        (wrongly_signed(&world, &nobody, 2_000_000), "403"),
        (bare("content-encoding: gzip\r\n"), "415"),
        (page.to_owned(), "303"),
        (form.to_owned(), "413"),
    ] {
        let mut stream = TcpStream::connect(world.server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let answer = read_head(&mut stream);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{head}: {answer:?}");
    }
    assert_eq!(Visitor::new(&world.server).post("/connect/login", &[("username", &"a".repeat(16_000))]).status, 401);
}

#[test]
fn a_client_that_sends_its_whole_body_first_can_read_the_refusal() {
    let world = World::new();
    let application = Application::of(&world);
    let address = world.server.address;
    for length in [1_100_000, 2_000_000] {
        let question = format!("{{\"subject\": {{\"type\": \"user\", \"id\": \"{}\"}}}}", "a".repeat(length));
        let head = format!(
            "POST /access/v1/evaluation HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: \
             application/json\r\ncontent-length: {}\r\n\r\n",
            application.token,
            question.len()
        );
        for (head, status) in [
            (head, "413"),
            (format!("PUT /users/x HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", question.len()), "403"),
        ] {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(question.as_bytes()).expect("the body is read");
            std::thread::sleep(Duration::from_millis(100));
            let answer = read_all(&mut stream);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{length}: {answer:?}");
        }
    }
}

#[test]
fn large_bodies_of_unverified_callers_are_limited_per_address_and_ordinary_calls_succeed() {
    let world = World::new();
    let key = Key { id: OPERATOR_ID.to_owned(), secret: "wrong".to_owned() };
    let flood = |from: u8, count: usize| -> Vec<TcpStream> {
        let begin = || {
            let mut stream = connect_from(loopback(from), world.server.address);
            stream.write_all(wrongly_signed(&world, &key, 2_000_000).as_bytes()).unwrap();
            stream.write_all(&vec![b' '; 1_900_000]).unwrap();
            stream
        };
        (0..count).map(|_| begin()).collect()
    };
    let refused = |streams: &mut [TcpStream]| {
        let is_refused = |stream: &mut TcpStream| {
            stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
            let mut status = [0; 12];
            stream.read_exact(&mut status).is_ok() && status.ends_with(b"429")
        };
        streams.iter_mut().map(is_refused).filter(|refused| *refused).count()
    };
    let mut held = flood(2, 6);
    let beyond = refused(&mut held);
    assert!((2..6).contains(&beyond), "one address has room for some of these and not for all: {beyond} are refused");
    assert_eq!(refused(&mut flood(3, 1)), 0, "another one has its own");
    let mine = world.extension("POST", "/api-tokens", &json!({ "Label": "mine", "Scopes": ["search"] }));
    assert!(mine["Token"].is_string(), "ordinary calls go on");
}

#[test]
fn a_body_that_arrives_too_slowly_is_rejected() {
    let world = World::new();
    let mut stream = TcpStream::connect(world.server.address).unwrap();
    let key = Key { id: OPERATOR_ID.to_owned(), secret: "wrong".to_owned() };
    stream.write_all(wrongly_signed(&world, &key, 100_000).as_bytes()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let begun = Instant::now();
    let mut byte = [0];
    while begun.elapsed() < Duration::from_secs(25) {
        let _ = stream.write_all(b" ");
        if stream.read(&mut byte).is_ok_and(|read| read == 1) {
            assert!(begun.elapsed() < Duration::from_secs(20), "long before a body has to be whole");
            return;
        }
    }
    panic!("it is still waited for");
}
