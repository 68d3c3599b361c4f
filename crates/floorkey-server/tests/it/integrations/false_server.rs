//! A server in place of Floorkey whose answers a test chooses.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long a connection stays open without an answer.
const SILENCE: Duration = Duration::from_secs(30);

/// The server. Its threads end with the test program.
pub(super) struct FalseServer {
    address: SocketAddr,
    /// The bytes of the next answer. `None` means that no answer is sent.
    answer: Arc<Mutex<Option<Vec<u8>>>>,
}

impl FalseServer {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(Mutex::new(None));
        let shared = answer.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = shared.clone();
                std::thread::spawn(move || respond(stream, &answer));
            }
        });
        Self { address, answer }
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on, every request gets this answer.
    pub(super) fn answer_with(&self, status: u16, body: &str) {
        let head = format!(
            "HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            body.len()
        );
        *self.answer.lock().unwrap() = Some([head.as_bytes(), body.as_bytes()].concat());
    }

    /// From now on, no request gets an answer.
    pub(super) fn never_answer(&self) {
        *self.answer.lock().unwrap() = None;
    }
}

/// Reads one whole request and answers it.
fn respond(mut stream: TcpStream, answer: &Mutex<Option<Vec<u8>>>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !is_complete(&request) {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(read) => request.extend_from_slice(&buffer[..read]),
        }
    }
    let answer = answer.lock().unwrap().clone();
    match answer {
        Some(bytes) => drop(stream.write_all(&bytes)),
        None => std::thread::sleep(SILENCE),
    }
}

/// Whether the head of the request and the body that it announces have been read.
fn is_complete(request: &[u8]) -> bool {
    let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    request.len() >= end + 4 + length.map_or(0, |length| length.trim().parse::<usize>().unwrap())
}
