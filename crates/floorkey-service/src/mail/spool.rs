//! The spool: letters that a mail server does not have yet, a file each, kept over a restart and a power cut.
//!
//! Everything here blocks: it is called on threads that may wait.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Letter;

/// What a spool held at a start.
#[derive(Default)]
pub(super) struct Found {
    /// The letters with their files, the oldest first.
    pub(super) letters: Vec<(PathBuf, Letter)>,
    /// Files that hold no letter, with what is wrong. They are put aside under another name.
    pub(super) corrupt: Vec<(PathBuf, String)>,
    /// Files that were put aside at earlier starts.
    pub(super) put_aside: usize,
}

/// How the files of letters end, those that are being written, and those that hold no letter.
const LETTER: &str = "json";
const UNFINISHED: &str = "tmp";
const CORRUPT: &str = "corrupt";

/// Reads the letters that an earlier run did not get rid of.
///
/// # Errors
/// If the folder is there and can't be read.
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
            // A write that a crash broke off: nobody was told that it was kept.
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

/// Keeps a letter. When this returns it is on the disk.
///
/// # Errors
/// What keeps it from being written.
pub(super) fn keep(folder: &Path, name: &str, letter: &Letter) -> Result<PathBuf, String> {
    let text = serde_json::to_vec(letter).map_err(|error| error.to_string())?;
    write(folder, &format!("{name}.{LETTER}"), &text)
}

/// Writes a file that only its owner reads, because letters have links in them: whole and on the disk, or not at all.
///
/// # Errors
/// What keeps it from being written.
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

/// A file's name is on the disk when its folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// Removes the file of a letter that was dealt with.
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
    fn letters_come_back_in_order_and_what_is_no_letter_is_named_and_put_aside() {
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
        // Nothing of it is lost, and the next start says that it is still there.
        let again = read(&spool).unwrap();
        assert_eq!((again.letters.len(), again.corrupt.len(), again.put_aside), (2, 0, 1));
        forget(&found.letters[0].0);
        assert_eq!(read(&spool).unwrap().letters.len(), 1);
    }

    #[test]
    fn a_file_is_its_owners_and_takes_no_others_place() {
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
