//! A program that makes decisions in process, based on a bundle. It reloads the bundle when the file changes.
//!
//! ```text
//! floorkey bundle key                       # prints the public key: fkpub_…
//! floorkey bundle export contact-centre.bundle
//! cargo run --example decide_in_process -- contact-centre.bundle fkpub_… admin Users.Edit
//! ```
//!
//! The program needs neither the server nor an async runtime. A separate process can export the bundle again at any
//! time. It should write the new bundle to a different file, and then rename that file to replace the old bundle.
//! Otherwise, this program could read an incomplete file.

use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use floorkey::bundle::{Bundle, PublicKey};
use floorkey::{Request, RequestedAction, Target, Timestamp};

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "an example of a program, which prints its answers")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, key, login, permission, ..] = arguments.as_slice() else {
        return Err("usage: decide_in_process BUNDLE PUBLIC_KEY LOGIN PERMISSION [once]".into());
    };
    let key = PublicKey::parse(key)?;
    let bundle: Arc<RwLock<Bundle>> = Arc::new(RwLock::new(key.load(&std::fs::read_to_string(path)?)?));
    let mut seen = std::fs::metadata(path)?.modified()?;
    loop {
        let held = bundle.read().map_err(|_| "a reader panicked")?;
        println!("{}", answer(&held, login, permission)?);
        drop(held);
        if arguments.get(4).is_some_and(|word| word == "once") {
            return Ok(());
        }
        loop {
            std::thread::sleep(Duration::from_millis(500));
            let changed = std::fs::metadata(path)?.modified()?;
            if changed != seen {
                seen = changed;
                break;
            }
        }
        let mut held = bundle.write().map_err(|_| "a reader panicked")?;
        // A bundle that is broken or older than the loaded bundle is not used. The program continues with the loaded
        // bundle.
        match key.load_newer(&std::fs::read_to_string(path)?, &held.directory) {
            Ok(next) => *held = next,
            Err(error) => eprintln!("not loaded: {error}"),
        }
    }
}

fn answer(bundle: &Bundle, login: &str, permission: &str) -> Result<String, Box<dyn std::error::Error>> {
    let at = Timestamp::from_millis(i64::try_from(now()?.as_millis())?);
    let directory = &bundle.directory;
    let Some(user) = directory.user_by_login(login) else {
        return Ok(format!("revision {}: nobody is called {login}", directory.revision()));
    };
    let decision = directory.decide(&Request::new(user.id, RequestedAction::parse(permission), Target::Instance, at));
    let verb = if decision.allowed() { "may" } else { "may not" };
    Ok(format!("revision {}: {login} {verb} {permission}: {}", decision.revision, decision.reason.as_str()))
}

/// The library does not read the clock, so programs must supply the time.
#[expect(clippy::disallowed_methods, reason = "an example of a program, which has a clock")]
fn now() -> Result<Duration, std::time::SystemTimeError> {
    SystemTime::now().duration_since(UNIX_EPOCH)
}
