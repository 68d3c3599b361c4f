//! Runs wrk, a load generator for HTTP servers, pinned to the second processor.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

/// The duration of the warm-up before a measured run, and the duration of the measured run, in seconds.
const WARM_UP: u64 = 1;
const SECONDS: u64 = 2;

/// Linux reports the processor time of a process in clock ticks. This is the number of ticks per second.
const TICKS: f64 = 100.0;

/// A script for wrk that sends prepared requests in rotation, and prints one line with the results at the end. It is
/// appended to a script that builds the requests from the lines of a file.
const SCRIPT: &str = r#"
local at = 0
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format("figures %d %d %d %d", summary.requests, summary.duration, latency:percentile(99), failed))
end
"#;

/// A script for wrk that builds evaluation requests from a file. Each line of the file is the body of a request.
const QUESTIONS: &str = r#"
requests = {}
function init(arguments)
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. arguments[3]
  for body in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("POST", arguments[2], nil, body)
  end
end
"#;

/// A script for wrk that builds signed GET requests from a file. Each line contains the path and query of a request, a
/// time, and the value of the header `Authorization`.
const SIGNED_READS: &str = r#"
requests = {}
function init(arguments)
  for line in io.lines(arguments[1]) do
    local path, date, authorization = line:match("^([^\t]+)\t([^\t]+)\t(.+)$")
    requests[#requests + 1] = wrk.format("GET", path, { ["X-Amz-Date"] = date, ["Authorization"] = authorization })
  end
end
"#;

/// The requests that are sent to a server.
pub(super) struct Load<'a> {
    pub(super) path: &'a str,
    pub(super) token: &'a str,
    pub(super) connections: usize,
    /// The bodies of the requests. Each body is a single line.
    pub(super) bodies: &'a [String],
    /// A folder for temporary files.
    pub(super) folder: &'a Path,
}

/// A running server.
pub(super) struct Target<'a> {
    /// The host and port.
    pub(super) address: &'a str,
    pub(super) process: u32,
}

/// The requests for wrk: a script, and the lines from which the script builds the requests.
struct Requests<'a> {
    /// The script that builds the requests from the lines.
    script: &'a str,
    lines: &'a [String],
    /// Additional arguments for the script.
    arguments: &'a [&'a str],
    connections: usize,
    folder: &'a Path,
}

/// The results of a measured run.
pub(super) struct Run {
    pub(super) per_second: f64,
    /// The 99th percentile of response times, in microseconds.
    pub(super) p99: f64,
    /// The server's processor time per request, in microseconds.
    pub(super) micros: f64,
}

/// Sends signed GET requests to a newly started server. Each line describes one request. Warms up the server and
/// measures a run in the same way as [`Load::run`].
pub(super) fn run_signed(target: &Target<'_>, lines: &[String], connections: usize, folder: &Path) -> Run {
    Requests { script: SIGNED_READS, lines, arguments: &[], connections, folder }.run(target)
}

impl Load<'_> {
    /// Warms up a newly started server by sending requests. Then measures a run.
    pub(super) fn run(&self, address: &str, process: u32) -> Run {
        let arguments = &[self.path, self.token];
        let (lines, connections, folder) = (self.bodies, self.connections, self.folder);
        Requests { script: QUESTIONS, lines, arguments, connections, folder }.run(&Target { address, process })
    }

    /// Sends one request, and returns the body of the response.
    pub(super) fn ask(&self, address: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let request = format!(
            "POST {} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\nauthorization: Bearer {}\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.path,
            self.token,
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("it is taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        body.to_owned()
    }
}

impl Requests<'_> {
    fn run(&self, target: &Target<'_>) -> Run {
        self.load(target, WARM_UP);
        self.load(target, SECONDS)
    }

    fn load(&self, target: &Target<'_>, seconds: u64) -> Run {
        let (script, lines) = (self.folder.join("load.lua"), self.folder.join("lines.txt"));
        fs::write(&script, [self.script, SCRIPT].concat()).expect("a file");
        fs::write(&lines, self.lines.join("\n")).expect("a file");
        let before = processor_time(target.process);
        let wrk = Command::new("taskset")
            .args(["--cpu-list", "1", "wrk", "--threads", "1"])
            .args(["--connections", &self.connections.to_string(), "--duration", &format!("{seconds}s"), "--script"])
            .args([&script])
            .args([&format!("http://{}", target.address), "--"])
            .arg(&lines)
            .args(self.arguments)
            .output()
            .expect("taskset");
        let spent = processor_time(target.process) - before;
        let out = String::from_utf8_lossy(&wrk.stdout);
        let line = out.lines().find_map(|line| line.strip_prefix("figures "));
        let line = line.expect("wrk, a package of Debian, is installed and reaches the server");
        let figures: Vec<f64> = line.split(' ').map(|figure| figure.parse().expect("a figure")).collect();
        let (requests, micros, p99, failed) = (figures[0], figures[1], figures[2], figures[3]);
        assert_eq!(failed, 0.0, "every request is answered: {out}");
        Run { per_second: requests / (micros / 1e6), p99, micros: spent * 1e6 / requests }
    }
}

/// Returns the processor time that a process has used, in seconds.
fn processor_time(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("Linux, and a process that runs");
    // The user time and the system time are the 12th and 13th fields after the process's name. The name ends with the
    // last parenthesis.
    let numbers: Vec<&str> = stat.rsplit(')').next().expect("some").split_whitespace().collect();
    let ticks: f64 = numbers[11..13].iter().map(|number| number.parse::<f64>().expect("a number")).sum();
    ticks / TICKS
}
