//! Tests that the library can load a bundle that the real program has exported.

use std::collections::BTreeSet;

use floorkey::bundle::PublicKey;
use floorkey::{Permission, Request, RequestedAction, Target, Timestamp, catalog};
use serde_json::Value;

use crate::program::Program;

#[test]
fn an_exported_bundle_decides_in_process_as_the_server_does() {
    let program = Program::start(&["--demo"]);
    let exported = program.extension(&program.operator, "GET", "/bundle", None);
    assert_eq!(exported.status, 200);
    let key = program.extension(&program.key_of("tom.okafor"), "GET", "/bundle-key", None);
    let key = PublicKey::parse(key.body["PublicKey"].as_str().unwrap()).unwrap();
    assert_eq!(exported.body["PublicKey"], key.to_string());
    let bundle = key.load(exported.body["Bundle"].as_str().unwrap()).unwrap();
    assert_eq!(exported.body["Revision"], bundle.directory.revision().0);

    let at = Timestamp::from_millis(4_000_000_000_000);
    for login in ["admin", "sofia.marin", "tom.okafor"] {
        let user = bundle.directory.user_by_login(login).unwrap();
        let shown = program.extension(&program.operator, "GET", &format!("/users/{}/permissions", user.id), None).body;
        // A permission applies everywhere if at least one of its grants has no scope. The request is about the
        // instance, which is outside every scope.
        let everywhere =
            |held: &&Value| held["Grants"].as_array().unwrap().iter().any(|grant| grant["Scope"].is_null());
        let held = shown["Permissions"].as_array().unwrap().iter().filter(everywhere);
        let held: BTreeSet<&str> = held.map(|held| held["Permission"].as_str().unwrap()).collect();
        let may = |permission: &Permission| {
            let request = Request::new(user.id, RequestedAction::Permission(*permission), Target::Instance, at);
            bundle.directory.decide(&request).allowed()
        };
        let allowed: BTreeSet<&str> = catalog().permissions().filter(may).map(Permission::name).collect();
        assert!(!held.is_empty());
        assert_eq!(allowed, held, "{login}");
    }
    let refused = program.extension(&program.key_of("sofia.marin"), "GET", "/bundle", None);
    assert_eq!((refused.status, refused.refusal().1), (403, "AccessDeniedException"));
}
