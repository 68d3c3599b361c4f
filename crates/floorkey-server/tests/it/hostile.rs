//! Tests that the server limits connections, memory and processor time. The limits protect the server against unknown
//! clients, and protect users from one another.

/// Tests connections and bodies.
mod connections;
/// Tests request heads with bare line feeds.
mod heads;
/// Tests idle connections, hostile connections and a flood of form submissions, while other users work.
mod load;
/// Provides the calls that the OpenAPI document describes.
mod openapi_calls;
/// Tests searches, files and jobs that take a long time.
mod shares;
/// Tests hostile text in every field.
mod texts;

use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use tokio::net::TcpSocket;

/// Returns the loopback address `127.0.0.LAST`.
fn loopback(last: u8) -> IpAddr {
    Ipv4Addr::new(127, 0, 0, last).into()
}

/// Connects to the server from the given loopback address.
fn connect_from(from: IpAddr, to: SocketAddr) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(from, 0)).unwrap();
    let stream = runtime.block_on(socket.connect(to)).unwrap().into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Reads until the server closes the connection.
fn read_all(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    String::from_utf8_lossy(&all).into_owned()
}

/// Reads the head of a response.
fn read_head(stream: &mut TcpStream) -> String {
    let (mut all, mut byte) = (Vec::new(), [0]);
    while !all.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        all.push(byte[0]);
    }
    String::from_utf8_lossy(&all).into_owned()
}
