//! Starts an application in `examples/integrations`, and calls it.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::aws_clients::tool;
use crate::http;

/// How to start an application.
pub(super) struct Framework {
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
    /// Contains the folder if it is not part of the repository.
    _copy: Option<TempDir>,
}

impl Framework {
    /// The axum application. `cargo xtask test` builds it.
    pub(super) fn axum() -> Option<Self> {
        let program = installed("axum/debug/orders-axum")?;
        Some(Self { program, arguments: Vec::new(), folder: source("axum"), _copy: None })
    }

    /// The Express application. Node.js looks for Express in the folder of the source, so the source is copied to where
    /// Express is installed.
    pub(super) fn express() -> Option<Self> {
        let modules = installed("express/node_modules")?;
        let copy = tempfile::tempdir_in(modules.parent().unwrap()).unwrap();
        for file in ["floorkey.js", "server.js", "package.json"] {
            std::fs::copy(source("express").join(file), copy.path().join(file)).unwrap();
        }
        let arguments = vec!["server.js".to_owned()];
        Some(Self { program: "node".into(), arguments, folder: copy.path().to_owned(), _copy: Some(copy) })
    }

    /// The FastAPI application. FastAPI is in the Python environment of the tests.
    pub(super) fn fastapi() -> Option<Self> {
        let arguments = ["main:app", "--host", "127.0.0.1", "--port", "0"].map(str::to_owned).to_vec();
        Some(Self { program: tool("uvicorn")?, arguments, folder: source("fastapi"), _copy: None })
    }
}

/// Returns a path in `target/tools`. If it does not exist, prints a line and returns `None`.
fn installed(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools").join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: there is no {}", path.display());
    None
}

fn source(example: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/integrations").join(example)
}

/// A running application. Dropping this value stops the application.
pub(super) struct Example {
    child: Child,
    address: SocketAddr,
}

impl Example {
    /// Starts an application on a free port, and waits until it prints its address.
    pub(super) fn start(framework: &Framework, endpoint: &str, token: &str) -> Self {
        let mut child = Command::new(&framework.program)
            .args(&framework.arguments)
            .current_dir(&framework.folder)
            .env("FLOORKEY_ENDPOINT", endpoint)
            .env("FLOORKEY_API_TOKEN", token)
            .env("PORT", "0")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            // A proxy of this machine must not be used for the loopback address.
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = std::sync::mpsc::channel();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let streams: [Box<dyn std::io::Read + Send>; 2] = [Box::new(out), Box::new(err)];
        for stream in streams {
            let sender = sender.clone();
            // All output is read, so that the application never blocks on a full pipe.
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        drop(sender);
        let mut printed = Vec::new();
        let address = loop {
            let line = lines.recv().unwrap_or_else(|_| panic!("the application ended: {printed:?}"));
            let url = line.split_once("http://").map(|(_, url)| url.split_whitespace().next().unwrap_or_default());
            if let Some(address) = url.and_then(|url| url.parse().ok()) {
                break address;
            }
            printed.push(line);
        };
        Self { child, address }
    }

    /// Sends a request as a signed-in user, and returns the status and body of the response.
    pub(super) fn call(&self, method: &str, path: &str, user: Option<&str>) -> (u16, String) {
        let mut headers = vec![("Host".to_owned(), self.address.to_string())];
        headers.extend(user.map(|user| ("X-Signed-In-User".to_owned(), user.to_owned())));
        let answer = http::send(self.address, method, path, &headers, b"");
        (answer.status, String::from_utf8(answer.body).unwrap())
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
