//! Compares how long Floorkey and a simple rival take to start. The store has 100,000 users with ten versions each. The
//! rival only reads and decodes the current rows, and builds one hash map.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use floorkey_service::service::Service;
use floorkey_store::{Store, StoreSettings};
use foldhash::fast::FixedState;
use rusqlite::Connection;
use serde::Deserialize;
use tokio::runtime::Runtime;

use crate::ratio::{Bound, Figure, in_turn, time};
use crate::writes;

const USERS: usize = 100_000;
const VERSIONS: usize = 10;

pub(crate) fn start() -> Figure {
    let folder = crate::folder();
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let (service, instance, users) = writes::service(folder.path(), USERS).await;
        for turn in 1..VERSIONS {
            writes::change_users(&service, instance, &users, 256, USERS, turn).await;
        }
        service.stop().await;
    });
    drop(runtime);
    let (ratio, us, them) = in_turn(|| ours(folder.path()), || rival(folder.path()));
    Figure {
        name: "start_100k",
        ratio,
        bound: Bound::AtMost(1.3),
        against: "reading and decoding the current rows and building one hash map",
        detail: format!(
            "{:.0} ms until the first answer, {:.0} ms the rival; {VERSIONS} versions of each user in the history",
            us.as_secs_f64() * 1e3,
            them.as_secs_f64() * 1e3
        ),
    }
}

/// Measures the time to open the store, load the data, and read the number of users.
fn ours(folder: &Path) -> Duration {
    let runtime = Runtime::new().expect("a runtime");
    let (elapsed, service) = time(|| {
        runtime.block_on(async {
            let store = Store::open(&StoreSettings { folder: folder.to_owned() }).expect("the store");
            let service = Service::start(store).await.expect("the service");
            assert_eq!(service.engine().all().first().expect("an instance").user_count(), USERS);
            service
        })
    });
    runtime.block_on(service.stop());
    drop(service);
    drop(runtime);
    elapsed
}

/// A user's row in the store. Only the fields that are used in this benchmark are listed.
#[derive(Deserialize)]
#[expect(dead_code, reason = "decoded for the work, not read")]
struct Row {
    username: String,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    profiles: Vec<Profile>,
    routing_profile: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    enabled: bool,
    password: String,
    epoch: u64,
    modified: i64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoded for the work, not read")]
struct Profile {
    profile: String,
}

fn rival(folder: &Path) -> Duration {
    let file = writes::database(folder);
    let (elapsed, map) = time(|| {
        let connection = Connection::open(&file).expect("the database");
        let mut read = connection
            .prepare("SELECT id, body FROM record WHERE body IS NOT NULL AND kind = 'user'")
            .expect("the rows can be read");
        let mut rows = read.query([]).expect("rows");
        let mut map = hashbrown::HashMap::<u128, Row, FixedState>::default();
        while let Some(row) = rows.next().expect("a row") {
            let bytes = |column| row.get_ref(column).and_then(|value| Ok(value.as_bytes()?)).expect("bytes");
            let id = u128::from_be_bytes(bytes(0).try_into().expect("an id"));
            let body = floorkey_store::unpack(bytes(1)).expect("a body");
            map.insert(id, serde_json::from_str(&body).expect("a user"));
        }
        map
    });
    assert_eq!(map.len(), USERS);
    elapsed
}
