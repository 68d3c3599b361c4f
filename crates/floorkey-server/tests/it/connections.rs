//! Tests that the server closes open but unused connections. In the meantime, the server serves other connections.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::server::Server;

/// How long the test waits for the server to close a connection. This time is long enough even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads until the server closes the connection, and repeatedly sends `trickle`. Returns the received bytes, or `None`
/// if the connection stays open.
fn until_closed(stream: &mut TcpStream, trickle: Option<&[u8]>) -> Option<Vec<u8>> {
    let (begun, mut came) = (Instant::now(), Vec::new());
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    while begun.elapsed() < PATIENCE {
        if let Some(bytes) = trickle
            && stream.write_all(bytes).is_err()
        {
            return Some(came);
        }
        let mut bytes = [0; 4096];
        match stream.read(&mut bytes) {
            Ok(0) => return Some(came),
            Ok(many) => came.extend_from_slice(&bytes[..many]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return Some(came),
        }
    }
    None
}

#[test]
fn connections_with_a_slow_or_missing_head_are_closed_and_active_ones_are_not() {
    let server = Server::start_with(&[]);
    let hasty = Server::start_with(&[("FLOORKEY_IDLE_SECONDS", "5")]);
    let connect = || TcpStream::connect(server.address).unwrap();
    let idle = |server: &Server| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: floorkey\r\n\r\n").unwrap();
        until_closed(&mut stream, None)
    };
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| {
            let mut stream = connect();
            stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: floorkey\r\nx-slow: ").unwrap();
            until_closed(&mut stream, Some(b"a"))
        });
        let silent = scope.spawn(|| until_closed(&mut connect(), None));
        let (patient, closed) = (scope.spawn(|| idle(&server)), scope.spawn(|| idle(&hasty)));
        let busy = scope.spawn(|| {
            let mut stream = connect();
            let begun = Instant::now();
            let mut answered = 0;
            while begun.elapsed() < Duration::from_secs(20) {
                stream.write_all(b"GET /health/live HTTP/1.1\r\nhost: floorkey\r\n\r\n").unwrap();
                let mut bytes = [0; 1024];
                let many = stream.read(&mut bytes).unwrap();
                answered += usize::from(bytes[..many].starts_with(b"HTTP/1.1 200"));
                std::thread::sleep(Duration::from_secs(2));
            }
            answered
        });
        assert_eq!(slow.join().unwrap().as_deref(), Some(&b""[..]), "a head that comes byte by byte");
        assert_eq!(silent.join().unwrap().as_deref(), Some(&b""[..]), "no head at all");
        let closed = closed.join().unwrap().expect("an idle connection is closed after what is set");
        assert!(closed.starts_with(b"HTTP/1.1 200"), "it was answered before");
        assert_eq!(patient.join().unwrap(), None, "it lives 75 seconds by default");
        assert!(busy.join().unwrap() >= 8, "who asks now and then stays connected");
    });
}
