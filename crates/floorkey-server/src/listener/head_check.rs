//! Detects bare line feeds in the heads of requests.
//!
//! RFC 9112 permits recipients to accept a bare line feed as the end of a line, and hyper does so. A proxy that doesn't
//! accept a bare line feed sees one header where this server sees two headers. Attackers can exploit this difference.
//! Bodies can contain any bytes, so the check must track where bodies start and end.

use std::mem;

/// The maximum number of bytes that are buffered if a line arrives in pieces. Longer lines can be ignored, because they
/// don't determine the length of a body.
const LINE_BYTES_MAX: usize = 128;

/// Tracks where the heads and bodies of requests begin and end in the bytes that arrive on a connection.
#[derive(Debug)]
pub(super) struct HeadCheck {
    position: StreamPosition,
    /// How the end of the body that follows the current head is found.
    framing: Framing,
    /// The received part of an incomplete line.
    line: Vec<u8>,
    /// The last received byte of the current line; `None` at the beginning of a line.
    last: Option<u8>,
}

/// The part of a request that the next byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StreamPosition {
    /// Before a request, where empty lines are allowed.
    Between,
    Head,
    /// In a body that has this number of remaining bytes.
    Body(u64),
    Chunk(u64),
    ChunkSize,
    Trailers,
    /// After bytes that hyper rejects.
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Length(u64),
    Chunked,
}

/// The position of a bare line feed, as the number of bytes before the line feed.
struct BareLineFeed(usize);

impl HeadCheck {
    pub(super) fn new() -> Self {
        Self { position: StreamPosition::Between, framing: Framing::Length(0), line: Vec::new(), last: None }
    }

    /// Whether the head of a request has started to arrive and is incomplete.
    pub(super) fn is_in_head(&self) -> bool {
        match self.position {
            StreamPosition::Between => self.last.is_some(),
            StreamPosition::Head => true,
            _ => false,
        }
    }

    /// Whether the next byte will start a new request.
    pub(super) fn is_between(&self) -> bool {
        self.position == StreamPosition::Between && self.last.is_none()
    }

    /// Processes the next bytes. If a head contains a bare line feed, returns the number of bytes before the line feed.
    pub(super) fn check(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = match self.position {
                StreamPosition::Refused => return None,
                StreamPosition::Body(left) => self.skip(rest, left, StreamPosition::Body, StreamPosition::Between),
                StreamPosition::Chunk(left) => self.skip(rest, left, StreamPosition::Chunk, StreamPosition::ChunkSize),
                StreamPosition::Between
                | StreamPosition::Head
                | StreamPosition::ChunkSize
                | StreamPosition::Trailers => match self.take_line(rest) {
                    Ok(rest) => rest,
                    Err(BareLineFeed(before)) => return Some(bytes.len() - rest.len() + before),
                },
            };
        }
        None
    }

    fn skip<'a>(
        &mut self,
        bytes: &'a [u8],
        left: u64,
        within: fn(u64) -> StreamPosition,
        after: StreamPosition,
    ) -> &'a [u8] {
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let left = left.saturating_sub(count as u64);
        self.position = if left > 0 { within(left) } else { after };
        bytes.get(count..).unwrap_or_default()
    }

    /// Consumes bytes up to the end of a line.
    fn take_line<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], BareLineFeed> {
        let Some(end) = memchr::memchr(b'\n', bytes) else {
            self.buffer_line(bytes);
            self.last = bytes.last().copied().or(self.last);
            return Ok(&[]);
        };
        let (before, rest) = (bytes.get(..end).unwrap_or_default(), bytes.get(end + 1..).unwrap_or_default());
        if before.last().copied().or(self.last) != Some(b'\r') {
            self.position = StreamPosition::Refused;
            return Err(BareLineFeed(end));
        }
        self.position = if self.last.is_none() {
            self.after_line(before.strip_suffix(b"\r").unwrap_or_default())
        } else {
            self.buffer_line(before);
            let line = mem::take(&mut self.line);
            self.after_line(line.strip_suffix(b"\r").unwrap_or(&line))
        };
        self.last = None;
        Ok(rest)
    }

    fn buffer_line(&mut self, bytes: &[u8]) {
        let room = LINE_BYTES_MAX.saturating_sub(self.line.len());
        self.line.extend(bytes.iter().take(room));
    }

    /// Returns the part of the request that follows a line. `line` does not include the end of the line.
    fn after_line(&mut self, line: &[u8]) -> StreamPosition {
        match self.position {
            StreamPosition::Between if line.is_empty() => StreamPosition::Between,
            StreamPosition::Between => {
                self.framing = Framing::Length(0);
                StreamPosition::Head
            }
            StreamPosition::Head if line.is_empty() => match self.framing {
                Framing::Length(0) => StreamPosition::Between,
                Framing::Length(length) => StreamPosition::Body(length),
                Framing::Chunked => StreamPosition::ChunkSize,
            },
            StreamPosition::Head => self.after_header(line),
            StreamPosition::ChunkSize => match chunk_size(line) {
                None => StreamPosition::Refused,
                Some(0) => StreamPosition::Trailers,
                Some(size) => StreamPosition::Chunk(size.saturating_add(2)),
            },
            StreamPosition::Trailers if line.is_empty() => StreamPosition::Between,
            other => other,
        }
    }

    fn after_header(&mut self, line: &[u8]) -> StreamPosition {
        // Only headers that start with these letters can determine the length of the body. Other headers need not be
        // parsed.
        let Some(b'c' | b'C' | b't' | b'T') = line.first() else { return StreamPosition::Head };
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (name, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.framing = Framing::Chunked;
        } else if name.eq_ignore_ascii_case(b"content-length") && self.framing != Framing::Chunked {
            match decimal(value.trim_ascii()) {
                Some(length) => self.framing = Framing::Length(length),
                None => return StreamPosition::Refused,
            }
        }
        StreamPosition::Head
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| std::str::from_utf8(digits).ok()?.parse().ok()).flatten()
}

/// Parses the chunk size at the beginning of a line. Chunk extensions can follow the chunk size.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|byte| matches!(byte, b';' | b' ' | b'\t')).next()?;
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks bytes that arrive in pieces of `size` bytes. Returns the number of bytes before the first bare line feed,
    /// if there is one, and whether all requests are complete at the end.
    fn checked(bytes: &[u8], size: usize) -> (Option<usize>, bool) {
        let mut check = HeadCheck::new();
        let refused =
            bytes.chunks(size).enumerate().find_map(|(piece, bytes)| Some(piece * size + check.check(bytes)?));
        (refused, check.is_between())
    }

    const SOUND: [&str; 8] = [
        "GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        "\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\na\n\nbGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\ncontent-length:  4 \r\nCONTENT-length: 4\r\n\r\n\n\n\n\nGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na\nb\r\nA;x=y\r\n\n\n\n\n\n\n\n\n\n\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\nx: y\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nx-content-length: 9\r\ntransfer: 1\r\ncontent-length-x: 8\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    ];

    #[test]
    fn line_feeds_in_bodies_are_accepted_however_the_bytes_are_split() {
        for sound in SOUND {
            for size in 1..=sound.len() {
                assert_eq!(checked(sound.as_bytes(), size), (None, true), "{sound:?} by {size}");
            }
        }
    }

    #[test]
    fn a_bare_line_feed_in_any_head_is_found() {
        for refused in [
            "\nGET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\nhost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: a\nx: y\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: a\r\n\n",
            "POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n\n\nGET / HTTP/1.1\r\nx: y\nz: 0\r\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\r\n\n\r\n0\r\nx: y\nz: 0\r\n\r\n",
        ] {
            // Unless a string starts with a line feed, the first bare line feed in a head is also the last bare line
            // feed in the string.
            let is_bare = |(at, _): &(usize, &str)| !refused.get(..*at).is_some_and(|before| before.ends_with('\r'));
            let at = if refused.starts_with('\n') { 0 } else { refused.rmatch_indices('\n').find(is_bare).unwrap().0 };
            for size in 1..=refused.len() {
                assert_eq!(checked(refused.as_bytes(), size), (Some(at), false), "{refused:?} by {size}");
            }
        }
    }

    #[test]
    fn incomplete_heads_and_bodies_are_tracked() {
        let mut check = HeadCheck::new();
        assert!(check.is_between() && !check.is_in_head());
        assert_eq!(check.check(b"G"), None);
        assert!(!check.is_between() && check.is_in_head());
        assert_eq!(check.check(b"ET / HTTP/1.1\r\ncontent-length: 5\r\n"), None);
        assert!(check.is_in_head());
        assert_eq!(check.check(b"\r\nab"), None);
        assert!(!check.is_between() && !check.is_in_head());
        assert_eq!(check.check(b"cde"), None);
        assert!(check.is_between());
        assert_eq!(check.check(b"POST / HTTP/1.1\r\ncontent-length: x\r\n"), None);
        assert!(!check.is_between() && !check.is_in_head(), "hyper refuses it");
    }
}
