//! A data folder that an earlier version wrote opens, and everything in it is read.
//!
//! `tests/data-folder-0.1.0` was written by the first version with stored data; it is never written anew. Whatever
//! changes about stored forms has to read it.

use std::path::Path;

use serde_json::Value;

use crate::program::{Program, ran};

fn old() -> Program {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data-folder-0.1.0");
    Program::start_on_copy_of(&folder, &[])
}

fn names(list: &Value, member: &str) -> Vec<String> {
    let name = |item: &Value| item[member].as_str().unwrap().to_owned();
    let mut names: Vec<String> = list.as_array().unwrap().iter().map(name).collect();
    names.sort();
    names
}

#[test]
fn a_data_folder_of_the_first_version_opens_with_everything_in_it() {
    let mut program = old();
    for round in 0..2 {
        let operator = program.operator.clone();
        let get = |path: &str| program.call(&operator, "GET", &format!("{path}/{}", program.instance), None).body;
        let users = get("/users-summary");
        assert_eq!(
            names(&users["UserSummaryList"], "Username"),
            ["admin", "ann", "mia", "quinn", "renamed-after", "root2", "tom"]
        );
        let profiles = names(&get("/security-profiles-summary")["SecurityProfileSummaryList"], "Name");
        let expected = [
            "Admin",
            "Agent",
            "CallCenterManager",
            "North users",
            "QualityAnalyst",
            "Restricted search",
            "Tagged queues",
            "Team lead",
        ];
        assert_eq!(profiles, expected);
        let guard = program.extension(&operator, "GET", "/guard", None);
        assert_eq!(guard.text("Mode"), "enforce", "{guard:?}");
        let ann = program.user("ann");
        let keys = program.extension(&operator, "GET", &format!("/users/{}/access-keys", program.user("mia")), None);
        assert_eq!(keys.body["AccessKeys"].as_array().unwrap().len(), 1, "{keys:?}");
        let described = program.call(&operator, "GET", &format!("/users/{}/{ann}", program.instance), None);
        assert_eq!(described.body["User"]["Tags"]["team"], "north", "{described:?}");
        let audit = program.extension(&operator, "GET", "/audit", None);
        assert!(audit.body["Events"].as_array().unwrap().len() >= 28, "{audit:?}");
        // What was granted still decides as it did.
        let token = program.run(&["token", "create", "--label", &format!("check {round}"), "--json"]);
        let token: Value = serde_json::from_str(&token.out).unwrap();
        let check = |user| {
            let mut command = program.command(&["check", user, "refund", "orders:order-1"]);
            command.env("FLOORKEY_ENDPOINT", &program.endpoint);
            ran(command.env("FLOORKEY_API_TOKEN", token["Token"].as_str().unwrap()))
        };
        let (tom, ann) = (check("tom"), check("ann"));
        assert_eq!((tom.code, ann.code), (0, 1), "{tom:?} {ann:?}");
        assert_eq!(program.stop(), Some(0));
        program.restart(&[]);
    }
}
