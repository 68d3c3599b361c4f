//! A program that makes decisions in process, based on a bundle. With `--watch`, it loads the bundle again when the
//! file changes.
//!
//! ```text
//! floorkey bundle export center.bundle      # prints the public key: fkpub_…
//! cargo run --package decide-in-process -- center.bundle fkpub_… ann Users.Edit
//! cargo run --package decide-in-process -- center.bundle fkpub_… ann refund orders:o-17
//! ```
//!
//! The program needs neither the server nor an async runtime. A separate process exports the bundle again from time to
//! time. `floorkey bundle export` replaces the file atomically, so this program never reads an incomplete one.

use std::error::Error;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use floorkey::bundle::{Bundle, PublicKey};
use floorkey::{Request, RequestedAction, Target, Timestamp};

/// How to call the program.
const USAGE: &str = "usage: decide-in-process BUNDLE PUBLIC_KEY LOGIN ACTION [NAMESPACE:RESOURCE] [--watch]";

/// How often the program looks whether the file has changed.
const INTERVAL: Duration = Duration::from_millis(500);

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "an example of a program, which prints its answers")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let watch = arguments.pop_if(|last| last == "--watch").is_some();
    let (path, key, login, action, resource) = match arguments.as_slice() {
        [path, key, login, action] => (path, key, login, action, None),
        [path, key, login, action, resource] => (path, key, login, action, Some(resource.as_str())),
        _ => return Err(USAGE.into()),
    };
    let key = PublicKey::parse(key)?;
    let mut modified = std::fs::metadata(path)?.modified()?;
    // Many threads can decide at the same time: each clones the pointer and releases the lock before it decides.
    let current: RwLock<Arc<Bundle>> = RwLock::new(Arc::new(key.load(&std::fs::read_to_string(path)?)?));
    loop {
        let bundle = Arc::clone(&current.read().unwrap_or_else(PoisonError::into_inner));
        println!("{}", answer(&bundle, login, action, resource)?);
        if !watch {
            return Ok(());
        }
        loop {
            std::thread::sleep(INTERVAL);
            let latest = std::fs::metadata(path)?.modified()?;
            if latest != modified {
                modified = latest;
                break;
            }
        }
        // A bundle that is broken or older than the loaded bundle is not used. The program continues with the loaded
        // bundle.
        match key.load_newer(&std::fs::read_to_string(path)?, &bundle.directory) {
            Ok(next) => *current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next),
            Err(error) => eprintln!("not loaded: {error}"),
        }
    }
}

/// Decides whether the user can take the action. Without a resource, the action is a permission of the catalog, in the
/// instance as a whole. With a resource, it is a permission of the application whose namespace the resource has.
fn answer(bundle: &Bundle, login: &str, action: &str, resource: Option<&str>) -> Result<String, Box<dyn Error>> {
    let at = Timestamp::from_millis(i64::try_from(now()?.as_millis())?);
    let directory = &bundle.directory;
    let Some(user) = directory.user_by_login(login) else {
        return Ok(format!("revision {}: no user is named {login}", directory.revision()));
    };
    let (requested, target) = match resource.map(|resource| resource.split_once(':').ok_or(USAGE)).transpose()? {
        None => (RequestedAction::parse(action), Target::Instance),
        Some((namespace, id)) => {
            (RequestedAction::Application { namespace, permission: action }, Target::Application { namespace, id })
        }
    };
    let decision = directory.decide(&Request::new(user.id, requested, target, at));
    let verb = if decision.allowed() { "can" } else { "can't" };
    let on = resource.map(|resource| format!(" on {resource}")).unwrap_or_default();
    Ok(format!("revision {}: {login} {verb} {action}{on}: {}", decision.revision, decision.reason.as_str()))
}

/// Reads the clock, which the library does not do: programs supply the time.
#[expect(clippy::disallowed_methods, reason = "an example of a program, which has a clock")]
fn now() -> Result<Duration, std::time::SystemTimeError> {
    SystemTime::now().duration_since(UNIX_EPOCH)
}
