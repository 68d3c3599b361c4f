//! The workspace's root folder, and the project's files.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that don't contain files of the project: build output, installed packages and version control.
const NOT_OURS: [&str; 4] = ["target", "node_modules", ".venv", ".git"];

/// The ending of the names of folders with a server's data, such as `floorkey-data` and `demo-data`.
const DATA_FOLDER: &str = "-data";

/// The manifest of the benchmarks that use other engines. These benchmarks are a separate workspace.
pub(crate) const PEERS: &str = "benches/peers/Cargo.toml";

/// The manifest of the axum application in the examples. It is a separate workspace, as it would be outside this
/// repository.
pub(crate) const AXUM_EXAMPLE: &str = "examples/integrations/axum/Cargo.toml";

/// The manifest of the example for `cargo test`, which is a separate workspace, as a program elsewhere would be.
pub(crate) const TESTING_EXAMPLE: &str = "examples/testing/cargo/Cargo.toml";

/// Returns the workspace's root folder.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// Returns cargo's output folder.
pub(crate) fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// A file of the project.
pub(crate) struct File {
    /// The file's path relative to the workspace, with `/` between folders.
    pub(crate) path: String,
    /// The file's content.
    pub(crate) text: String,
}

impl File {
    /// Whether the file is a Rust source file.
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether the file is generated code, which is not edited by hand.
    pub(crate) fn is_generated(&self) -> bool {
        self.path.contains("/generated/")
    }
}

/// Returns all text files of the project, ordered by path.
///
/// Walks the folders instead of running git, because a bare machine may have the source but not git.
///
/// # Errors
/// Returns an error if a folder or file can't be read.
pub(crate) fn files() -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder)? {
            if path.is_dir() {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if !NOT_OURS.contains(&name.as_str()) && !name.ends_with(DATA_FOLDER) {
                    folders.push(path);
                }
            } else {
                let bytes = fs::read(&path).map_err(|error| format!("can't read {}: {error}", path.display()))?;
                if let Ok(text) = String::from_utf8(bytes) {
                    files.push(File { path: relative(&path), text });
                }
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: std::io::Error| format!("can't read the folder {}: {error}", folder.display());
    fs::read_dir(folder).map_err(failed)?.map(|entry| entry.map(|entry| entry.path()).map_err(failed)).collect()
}

fn relative(path: &Path) -> String {
    let below = path.strip_prefix(root()).unwrap_or(path);
    below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
