//! Tests the example with a bundle that a server has exported. In it, the profile Team lead of the user `ann` grants
//! `Users.Edit` and the permission `refund` of the application `orders`.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The public key of the server that has exported the bundle.
const KEY: &str = "fkpub_0C0omXiM7WbYeEp2TeiC9pi1Vb4_38KKtYstRvyaTTI";

fn bundle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/orders.bundle")
}

fn decide(bundle: &Path, key: &str, question: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_decide-in-process"));
    command.arg(bundle).arg(key).args(question).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn questions_about_the_catalog_and_about_applications_are_decided() {
    for (question, answer) in [
        (&["ann", "Users.Edit"][..], "ann can Users.Edit: a profile grants it"),
        (&["ann", "Users.Delete"], "ann can't Users.Delete: no profile grants it"),
        (&["ann", "Users.Edti"], "ann can't Users.Edti: there is no such permission"),
        (&["ann", "refund", "orders:o-17"], "ann can refund on orders:o-17: a profile grants it"),
        (&["admin", "refund", "orders:o-17"], "admin can't refund on orders:o-17: no profile grants it"),
        (&["bob", "Users.Edit"], "no user is named bob"),
    ] {
        let output = decide(&bundle(), KEY, question);
        assert_eq!(text(&output.stdout), format!("revision 9: {answer}\n"), "{output:?}");
    }
}

#[test]
fn a_bundle_that_was_modified_or_signed_by_another_server_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let modified = folder.path().join("modified.bundle");
    let text_of_bundle = std::fs::read_to_string(bundle()).unwrap();
    assert!(text_of_bundle.contains("\"username\":\"ann\""));
    std::fs::write(&modified, text_of_bundle.replace("\"username\":\"ann\"", "\"username\":\"bob\"")).unwrap();
    let other_key = "fkpub_ICYjOsRCTDwVsWrFFXPXGS1QzCyhLv6PU90OSYG-gZo";
    for (bundle, key) in [(modified.as_path(), KEY), (&bundle(), other_key)] {
        let output = decide(bundle, key, &["bob", "Users.Edit"]);
        assert!(!output.status.success() && text(&output.stdout).is_empty(), "{output:?}");
    }
}

#[test]
fn with_watch_a_changed_file_is_loaded_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("center.bundle");
    let replace = |content: &str| {
        let next = folder.path().join("next");
        std::fs::write(&next, content).unwrap();
        std::fs::rename(&next, &file).unwrap();
    };
    let original = std::fs::read_to_string(bundle()).unwrap();
    replace(&original);
    let mut child = Command::new(env!("CARGO_BIN_EXE_decide-in-process"))
        .arg(&file)
        .args([KEY, "ann", "Users.Edit", "--watch"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut problems = BufReader::new(child.stderr.take().unwrap()).lines();
    let first = answers.next().unwrap().unwrap();
    // A broken bundle is reported, and the loaded one stays in use.
    replace("floorkey-bundle 1\nx\ny\n");
    let problem = problems.next().unwrap().unwrap();
    assert!(problem.starts_with("not loaded: "), "{problem}");
    assert_eq!(answers.next().unwrap().unwrap(), first);
    replace(&original);
    assert_eq!(answers.next().unwrap().unwrap(), first);
    child.kill().unwrap();
    child.wait().unwrap();
}
