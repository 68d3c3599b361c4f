//! Bundles, exported by the real program and loaded without it.

use floorkey::bundle::PublicKey;
use floorkey::{Action, Request, Target, Timestamp};

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
        let held: Vec<&str> =
            shown["Permissions"].as_array().unwrap().iter().map(|held| held["Permission"].as_str().unwrap()).collect();
        assert!(!held.is_empty());
        for permission in floorkey::catalogue().permissions() {
            let request = Request::new(user.id, Action::Permission(permission), Target::Instance, at);
            // Within a scope counts as held in the list, and the instance lies in none.
            if bundle.directory.decide(&request).allowed() {
                assert!(held.contains(&permission.name()), "{login} {permission:?}");
            }
        }
    }
    let refused = program.extension(&program.key_of("sofia.marin"), "GET", "/bundle", None);
    assert_eq!((refused.status, refused.refusal().1), (403, "AccessDeniedException"));
}
