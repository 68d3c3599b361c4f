//! The engine regorus. Users, profiles and permissions are stored as objects. A Rego rule is compiled for the engine's
//! virtual machine, which is reused for all checks.

use std::collections::HashMap;
use std::sync::Arc;

use floorkey::{Permission, UserId};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Rc, Value};
use serde_json::json;

use super::{Peer, World};

const RULE: &str = "data.floorkey.allow";

const POLICY: &str = "
package floorkey
import rego.v1

default allow := false

allow if {
    some profile in data.users[input.user]
    data.profiles[profile][input.permission]
}
";

pub(super) struct Regorus {
    machine: RegoVM,
    names: HashMap<UserId, Value>,
}

impl Peer for Regorus {
    const AGAINST: &'static str = "regorus: compiled for its virtual machine, kept from question to question";
    const QUESTIONS: usize = 2_000;
    const TIMES: f64 = 100.0;

    fn new(world: &World) -> Self {
        let held = |id: &UserId| world.held(*id).iter().map(ToString::to_string).collect::<Vec<_>>();
        let users: HashMap<String, Vec<String>> = world.users.iter().map(|id| (id.to_string(), held(id))).collect();
        let profiles: HashMap<String, HashMap<&str, bool>> = world
            .profiles()
            .map(|(id, granted)| (id.to_string(), granted.iter().map(|permission| (permission.name(), true)).collect()))
            .collect();
        let data = json!({ "users": users, "profiles": profiles });
        let data = Value::from_json_str(&data.to_string()).expect("sound data");
        let mut engine = Engine::new();
        engine.add_policy("floorkey.rego".to_owned(), POLICY.to_owned()).expect("a sound policy");
        engine.add_data(data.clone()).expect("the data");
        let compiled = engine.compile_with_entrypoint(&Rc::from(RULE)).expect("a rule");
        let program = Compiler::compile_from_policy(&compiled, &[RULE]).expect("a program");
        let mut machine = RegoVM::new();
        machine.load_program(Arc::clone(&program));
        machine.set_data(data).expect("the data");
        Self { machine, names: world.users.iter().map(|id| (*id, Value::from(id.to_string()))).collect() }
    }

    fn allows(&mut self, user: UserId, permission: Permission) -> bool {
        let mut input = Value::new_object();
        let fields = input.as_object_mut().expect("an object");
        fields.insert(Value::from("user"), self.names[&user].clone());
        fields.insert(Value::from("permission"), Value::from(permission.name()));
        self.machine.set_input(input);
        self.machine.execute().expect("an answer") == Value::from(true)
    }
}
