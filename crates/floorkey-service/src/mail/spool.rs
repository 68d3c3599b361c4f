//! The spool: messages that the mail server has not accepted yet. Each message is stored in a separate file that
//! survives restarts and power failures.
//!
//! All functions in this module block, so call them only on threads that are allowed to block.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{MailError, MailMessage};

/// The content of the spool at startup.
#[derive(Default)]
pub(super) struct LoadedSpool {
    /// The messages with their files, oldest first.
    pub(super) messages: Vec<(PathBuf, MailMessage)>,
    /// Files that don't contain a valid message, each with the error. These files are renamed, but not deleted.
    pub(super) corrupt: Vec<(PathBuf, MailError)>,
    /// The number of invalid files that were renamed at earlier starts.
    pub(super) put_aside: usize,
}

/// The file extensions of messages, of unfinished files, and of files that don't contain a valid message.
const MESSAGE_EXTENSION: &str = "json";
const UNFINISHED_EXTENSION: &str = "tmp";
const CORRUPT_EXTENSION: &str = "corrupt";

/// Reads the messages that an earlier run left in the spool.
///
/// # Errors
/// Returns an error if the folder exists but can't be read.
pub(super) fn load(folder: &Path) -> io::Result<LoadedSpool> {
    let mut loaded = LoadedSpool::default();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(loaded),
        entries => entries?,
    };
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    files.sort();
    for file in files {
        match file.extension().and_then(|kind| kind.to_str()) {
            Some(MESSAGE_EXTENSION) => match read_message(&file) {
                Ok(message) => loaded.messages.push((file, message)),
                Err(problem) => {
                    let aside = file.with_extension(format!("{MESSAGE_EXTENSION}.{CORRUPT_EXTENSION}"));
                    fs::rename(&file, &aside)?;
                    loaded.corrupt.push((aside, problem));
                }
            },
            // A crash interrupted the writing of this file. The sender was not told that the message was stored, so the
            // file is removed.
            Some(UNFINISHED_EXTENSION) => fs::remove_file(&file)?,
            Some(CORRUPT_EXTENSION) => loaded.put_aside += 1,
            _ => {}
        }
    }
    Ok(loaded)
}

fn read_message(file: &Path) -> Result<MailMessage, MailError> {
    Ok(serde_json::from_slice(&fs::read(file)?)?)
}

/// Stores a message. The message is on disk when this function returns.
///
/// # Errors
/// Returns an error if the file can't be written.
pub(super) fn store(folder: &Path, name: &str, message: &MailMessage) -> Result<PathBuf, MailError> {
    let text = serde_json::to_vec(message)?;
    write(folder, &format!("{name}.{MESSAGE_EXTENSION}"), &text)
}

/// Writes a file atomically and durably. Only the file's owner can read it, because messages contain links.
///
/// # Errors
/// Returns an error if the file can't be written.
pub(super) fn write(folder: &Path, name: &str, content: &[u8]) -> Result<PathBuf, MailError> {
    let path = folder.join(name);
    let unfinished = folder.join(format!("{name}.{UNFINISHED_EXTENSION}"));
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
    match written() {
        Ok(()) => Ok(path),
        Err(error) => Err(MailError::NotWritten { path, error }),
    }
}

/// Syncs the folder, which makes the file's name durable.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// Removes the file of a sent or discarded message.
pub(super) fn remove(file: &Path) {
    if let Err(error) = fs::remove_file(file) {
        tracing::warn!(%error, file = %file.display(), "can't delete an email that was sent");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(subject: &str) -> MailMessage {
        let text = serde_json::json!({ "to": "ann@example.com", "subject": subject, "text": "Hello", "until": null });
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn messages_are_read_in_order_and_corrupt_files_are_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let spool = folder.path().join("mail");
        assert!(load(&spool).unwrap().messages.is_empty());
        store(&spool, "2", &message("second")).unwrap();
        store(&spool, "1", &message("first")).unwrap();
        fs::write(spool.join("3.json"), b"{\"to\":\"ann@exam").unwrap();
        fs::write(spool.join("4.json.tmp"), b"{").unwrap();
        let loaded = load(&spool).unwrap();
        let subjects: Vec<_> = loaded.messages.iter().map(|(_, message)| message.subject.as_str()).collect();
        assert_eq!(subjects, ["first", "second"]);
        let [(aside, problem)] = loaded.corrupt.as_slice() else { panic!("{:?}", loaded.corrupt) };
        assert_eq!((aside, problem.to_string().contains("EOF")), (&spool.join("3.json.corrupt"), true), "{problem}");
        assert_eq!(loaded.put_aside, 0);
        // The corrupt file is kept, and the next start reports it.
        let again = load(&spool).unwrap();
        assert_eq!((again.messages.len(), again.corrupt.len(), again.put_aside), (2, 0, 1));
        remove(&loaded.messages[0].0);
        assert_eq!(load(&spool).unwrap().messages.len(), 1);
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
