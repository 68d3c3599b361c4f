use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use super::read_all;
use crate::authzen::Application;
use crate::world::World;

#[test]
fn bare_line_feeds_are_refused_in_heads_and_accepted_in_bodies() {
    let world = World::new();
    let application = Application::of(&world);
    let answer = |pieces: &[&str]| {
        let mut stream = TcpStream::connect(world.server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        for piece in pieces {
            stream.write_all(piece.as_bytes()).unwrap();
            // Waits after each piece, so that the pieces arrive separately.
            std::thread::sleep(Duration::from_millis(if pieces.len() > 1 { 30 } else { 0 }));
        }
        read_all(&mut stream)
    };
    let statuses = |answer: &str| -> Vec<String> {
        answer.split("HTTP/1.1 ").skip(1).map(|rest| rest.chars().take(3).collect()).collect()
    };
    let live = "GET /health/live HTTP/1.1\r\nhost: x\r\n";
    let closing = format!("{live}connection: close\r\n\r\n");
    assert_eq!(statuses(&answer(&[&closing])), ["200"]);
    for refused in [
        "GET /health/live HTTP/1.1\nhost: x\r\n\r\n".to_owned(),
        "GET /health/live HTTP/1.1\r\nhost: x\n\r\n".to_owned(),
        "GET /health/live HTTP/1.1\r\nhost: x\r\nx-one: 1\nx-two: 2\r\n\r\n".to_owned(),
        "GET /health/live HTTP/1.1\nhost: x\n\n".to_owned(),
    ] {
        assert_eq!(statuses(&answer(&[&refused])), ["400"], "{refused:?}");
        let (head, tail) = refused.split_once('\n').unwrap();
        assert_eq!(statuses(&answer(&[head, "\n", tail])), ["400"], "{refused:?} in pieces");
    }

    let question = "{\n\"subject\": {\"type\": \"user\", \"id\": \"admin\"},\n\n\"action\": {\"name\": \"Users.Edit\"},\n\
                    \"resource\": {\"type\": \"instance\", \"id\": \"x\"}\n}\n";
    let asked = |framing: &str, body: &str| {
        format!(
            "POST /access/v1/evaluation HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: \
             application/json\r\n{framing}\r\n\r\n{body}",
            application.token
        )
    };
    let whole = asked(&format!("content-length: {}", question.len()), question);
    let (first, second) = question.split_at(20);
    let chunks = format!("{:x}\r\n{first}\r\n{:x};x=y\r\n{second}\r\n0\r\n\r\n", first.len(), second.len());
    let chunked = asked("transfer-encoding: chunked", &chunks);
    for sound in [&whole, &chunked] {
        assert_eq!(statuses(&answer(&[sound, &closing])), ["200", "200"]);
        let both = format!("{sound}{closing}");
        assert_eq!(statuses(&answer(&[&both])), ["200", "200"], "at once");
        let pieces: Vec<&str> = both.split_inclusive('\n').collect();
        assert_eq!(statuses(&answer(&pieces)), ["200", "200"], "line by line");
        // The server also checks the second head on the connection.
        let smuggling = format!("{sound}{live}x-one: 1\nx-two: 2\r\n\r\n{closing}");
        assert_eq!(statuses(&answer(&[&smuggling])), ["200", "400"]);
    }
}
