//! The spool: messages that the mail server has not accepted yet, one file each, durable across restarts and power
//! failures.
//!
//! All functions block: call them only on threads that may block.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Letter;

/// The content of the spool at startup.
#[derive(Default)]
pub(super) struct Found {
    /// The messages with their files, oldest first.
    pub(super) letters: Vec<(PathBuf, Letter)>,
    /// Files that contain no message, with the error. They are renamed and kept.
    pub(super) corrupt: Vec<(PathBuf, String)>,
    /// Number of files that were renamed at earlier starts.
    pub(super) put_aside: usize,
}

/// File extensions: of messages, of files that are being written, and of files that contain no message.
const LETTER: &str = "json";
const UNFINISHED: &str = "tmp";
const CORRUPT: &str = "corrupt";

/// Reads the messages that an earlier run left.
///
/// # Errors
/// If the folder exists and can't be read.
pub(super) fn read(folder: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    files.sort();
    for file in files {
        match file.extension().and_then(|kind| kind.to_str()) {
            Some(LETTER) => match letter_in(&file) {
                Ok(letter) => found.letters.push((file, letter)),
                Err(problem) => {
                    let aside = file.with_extension(format!("{LETTER}.{CORRUPT}"));
                    fs::rename(&file, &aside)?;
                    found.corrupt.push((aside, problem));
                }
            },
            // A crash interrupted this write before it was acknowledged.
            Some(UNFINISHED) => fs::remove_file(&file)?,
            Some(CORRUPT) => found.put_aside += 1,
            _ => {}
        }
    }
    Ok(found)
}

fn letter_in(file: &Path) -> Result<Letter, String> {
    let text = fs::read(file).map_err(|error| error.to_string())?;
    serde_json::from_slice(&text).map_err(|error| error.to_string())
}

/// Stores a message. It is on disk when this function returns.
///
/// # Errors
/// If the file can't be written.
pub(super) fn keep(folder: &Path, name: &str, letter: &Letter) -> Result<PathBuf, String> {
    let text = serde_json::to_vec(letter).map_err(|error| error.to_string())?;
    write(folder, &format!("{name}.{LETTER}"), &text)
}

/// Writes a file atomically and durably. Only its owner can read it, because messages contain links.
///
/// # Errors
/// If the file can't be written.
pub(super) fn write(folder: &Path, name: &str, content: &[u8]) -> Result<PathBuf, String> {
    let path = folder.join(name);
    let unfinished = folder.join(format!("{name}.{UNFINISHED}"));
    let written = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&unfinished)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        sync_folder(folder)
    };
    written().map_err(|error| format!("can't write {}: {error}", path.display()))?;
    Ok(path)
}

/// Syncs the folder, which makes the file's name durable.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// Removes the file of a message that was sent or discarded.
pub(super) fn forget(file: &Path) {
    if let Err(error) = fs::remove_file(file) {
        tracing::warn!(%error, file = %file.display(), "can't delete an email that was sent");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(subject: &str) -> Letter {
        let text = serde_json::json!({ "to": "ann@example.com", "subject": subject, "text": "Hello", "until": null });
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn messages_are_read_in_order_and_corrupt_files_are_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let spool = folder.path().join("mail");
        assert!(read(&spool).unwrap().letters.is_empty());
        keep(&spool, "2", &letter("second")).unwrap();
        keep(&spool, "1", &letter("first")).unwrap();
        fs::write(spool.join("3.json"), b"{\"to\":\"ann@exam").unwrap();
        fs::write(spool.join("4.json.tmp"), b"{").unwrap();
        let found = read(&spool).unwrap();
        let subjects: Vec<_> = found.letters.iter().map(|(_, letter)| letter.subject.as_str()).collect();
        assert_eq!(subjects, ["first", "second"]);
        let [(aside, problem)] = found.corrupt.as_slice() else { panic!("{:?}", found.corrupt) };
        assert_eq!((aside, problem.contains("EOF")), (&spool.join("3.json.corrupt"), true), "{problem}");
        assert_eq!(found.put_aside, 0);
        // The file is kept, and the next start reports it.
        let again = read(&spool).unwrap();
        assert_eq!((again.letters.len(), again.corrupt.len(), again.put_aside), (2, 0, 1));
        forget(&found.letters[0].0);
        assert_eq!(read(&spool).unwrap().letters.len(), 1);
    }

    #[test]
    fn only_the_owner_can_read_a_file_and_no_temporary_file_remains() {
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path(), "1.eml", b"hello").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::read(path).unwrap(), b"hello");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
