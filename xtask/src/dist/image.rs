//! The files of the container image, and a reader for the Dockerfile that copies them.

use std::fs;
use std::path::Path;

use super::{Source, copy, empty_folder, failed, write};

/// The certificates of public authorities, which the program needs for mail servers and links over TLS.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The account in the image. The number is above those that distributions assign.
const ACCOUNT: (&str, &str) = ("floorkey:x:10001:10001:Floorkey:/data:/sbin/nologin\n", "floorkey:x:10001:\n");

/// Fills the folder that an image is built in: the Dockerfile, and the files that it copies.
///
/// # Errors
/// Returns an error if a file is missing.
pub(super) fn prepare(source: &Source, program: &Path, folder: &Path) -> Result<(), String> {
    empty_folder(folder)?;
    copy(program, &folder.join("floorkey"), 0o755)?;
    copy(&source.root.join("packaging/Dockerfile"), &folder.join("Dockerfile"), 0o644)?;
    for name in ["LICENSE", "NOTICE"] {
        copy(&source.root.join(name), &folder.join(name), 0o644)?;
    }
    copy(Path::new(CERTIFICATES), &folder.join("ca-certificates.crt"), 0o644)
        .map_err(|problem| format!("{problem}\nInstall the package ca-certificates"))?;
    write(&folder.join("passwd"), ACCOUNT.0, 0o644)?;
    write(&folder.join("group"), ACCOUNT.1, 0o644)?;
    let data = folder.join("data");
    fs::create_dir(&data).map_err(|error| failed("create", &data, &error))
}

/// A line `COPY` of a Dockerfile.
#[derive(Debug, PartialEq)]
pub(super) struct Copy {
    /// The mode of the files, in octal digits.
    pub(super) mode: Option<String>,
    /// The user and the group that own the files, as numbers.
    pub(super) owner: Option<String>,
    /// The names of the files in the folder of the Dockerfile.
    pub(super) from: Vec<String>,
    /// The path in the image. Ends with a slash if it is the folder that contains the files.
    pub(super) to: String,
}

/// The content of a Dockerfile that starts from an empty image.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Dockerfile {
    pub(super) copies: Vec<Copy>,
    /// Environment variables with their values.
    pub(super) environment: Vec<(String, String)>,
    /// The user and the group that the program runs as.
    pub(super) user: String,
    /// The working directory.
    pub(super) folder: String,
    /// The command that runs the program, with its arguments.
    pub(super) command: Vec<String>,
    /// The command that checks the program's health.
    pub(super) health: Vec<String>,
}

impl Dockerfile {
    /// Parses a Dockerfile.
    ///
    /// # Errors
    /// Returns an error about an instruction that is not supported here.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut file = Self::default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines {
            let unknown = || format!("Dockerfile: `{line}` is not an instruction that this check can follow");
            let (instruction, rest) = line.split_once(' ').ok_or_else(unknown)?;
            match instruction {
                "FROM" if rest == "scratch" => {}
                "VOLUME" | "EXPOSE" => {}
                "COPY" => file.copies.push(Copy::parse(rest).ok_or_else(unknown)?),
                "ENV" => {
                    let (name, value) = rest.split_once('=').ok_or_else(unknown)?;
                    file.environment.push((name.to_owned(), value.to_owned()));
                }
                "USER" => rest.clone_into(&mut file.user),
                "WORKDIR" => rest.clone_into(&mut file.folder),
                "ENTRYPOINT" | "CMD" => file.command.extend(words(rest).ok_or_else(unknown)?),
                "HEALTHCHECK" => {
                    let (_, command) = rest.split_once("CMD ").ok_or_else(unknown)?;
                    file.health = words(command).ok_or_else(unknown)?;
                }
                _ => return Err(unknown()),
            }
        }
        Ok(file)
    }
}

impl Copy {
    fn parse(text: &str) -> Option<Self> {
        let (options, mut paths): (Vec<&str>, Vec<&str>) =
            text.split_whitespace().partition(|word| word.starts_with("--"));
        let option = |name: &str| options.iter().find_map(|word| word.strip_prefix(name)).map(str::to_owned);
        let to = paths.pop()?.to_owned();
        let from = paths.into_iter().map(str::to_owned).collect();
        Some(Self { mode: option("--chmod="), owner: option("--chown="), from, to })
    }
}

/// Parses the words of a command, which are a JSON array.
fn words(text: &str) -> Option<Vec<String>> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::root;

    #[test]
    fn a_dockerfile_is_parsed() {
        let text = "# comment\nFROM scratch\nCOPY --chmod=644 a b /etc/\nCOPY --chown=1:2 d /d\nENV A=b=c\nUSER 1:2\n\
            WORKDIR /d\nEXPOSE 1\nHEALTHCHECK --interval=1s CMD [\"p\", \"health\"]\nENTRYPOINT [\"p\"]\nCMD [\"serve\"]\n";
        let copy = |mode: Option<&str>, owner: Option<&str>, from: &[&str], to: &str| Copy {
            mode: mode.map(str::to_owned),
            owner: owner.map(str::to_owned),
            from: from.iter().map(|name| (*name).to_owned()).collect(),
            to: to.to_owned(),
        };
        let expected = Dockerfile {
            copies: vec![copy(Some("644"), None, &["a", "b"], "/etc/"), copy(None, Some("1:2"), &["d"], "/d")],
            environment: vec![("A".to_owned(), "b=c".to_owned())],
            user: "1:2".to_owned(),
            folder: "/d".to_owned(),
            command: vec!["p".to_owned(), "serve".to_owned()],
            health: vec!["p".to_owned(), "health".to_owned()],
        };
        assert_eq!(Dockerfile::parse(text), Ok(expected));
        for unsupported in ["RUN true", "FROM debian", "ENV A", "CMD serve", "COPY"] {
            assert!(Dockerfile::parse(unsupported).unwrap_err().contains(unsupported));
        }
    }

    #[test]
    fn the_image_runs_the_program_as_the_account_that_owns_its_data() {
        let file = Dockerfile::parse(&fs::read_to_string(root().join("packaging/Dockerfile")).unwrap()).unwrap();
        let data = file.copies.iter().find(|copy| copy.to == file.folder).unwrap();
        assert_eq!(data.owner.as_ref(), Some(&file.user));
        let (passwd, group) = ACCOUNT;
        assert!(passwd.contains(&format!(":{}:", file.user)) && group.ends_with(":10001:\n"));
        assert!(file.environment.contains(&("FLOORKEY_DATA".to_owned(), file.folder)));
    }
}
