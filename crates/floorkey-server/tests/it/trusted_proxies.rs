//! Tests which client address the server records for a request that arrives through proxies.

use serde_json::Value;

use crate::server::ADMIN_PASSWORD;
use crate::visitor::Visitor;
use crate::world::World;

/// Returns the client address in the newest audit event.
fn newest_address(world: &World) -> String {
    let events = world.extension("GET", "/audit", &Value::Null);
    let address = &events["Events"][0]["Address"];
    address.as_str().unwrap_or_else(|| panic!("no address: {events}")).to_owned()
}

#[test]
fn behind_trusted_proxies_the_rightmost_untrusted_address_counts_else_the_peers() {
    let chain = "203.0.113.5, 198.51.100.7, 10.1.2.3";
    for (trusted, counts) in [("127.0.0.1, 10.0.0.0/8", "198.51.100.7"), ("127.0.0.1", "10.1.2.3"), ("", "127.0.0.1")] {
        let world = World::with(&[("FLOORKEY_TRUSTED_PROXIES", trusted)]);
        Visitor::behind_proxy(&world.server, chain).sign_in("admin", ADMIN_PASSWORD);
        assert_eq!(newest_address(&world), counts, "with `{trusted}` trusted");
    }
}
