//! The engine casbin with roles. Its model compares the actions first, because that is cheaper than searching through
//! roles.

use std::collections::HashMap;

use casbin::{CoreApi as _, DefaultModel, Enforcer, MemoryAdapter, MgmtApi as _};
use floorkey::{Permission, UserId};
use tokio::runtime::Runtime;

use super::{Peer, World};

const MODEL: &str = "
[request_definition]
r = sub, act
[policy_definition]
p = sub, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && g(r.sub, p.sub)
";

pub(super) struct Casbin {
    enforcer: Enforcer,
    names: HashMap<UserId, String>,
}

impl Peer for Casbin {
    const AGAINST: &'static str = "casbin: profiles as roles, actions compared first";
    // The number of checks is small, because casbin takes milliseconds to scan all rules before it denies a request.
    const QUESTIONS: usize = 200;
    const TIMES: f64 = 100.0;

    fn new(world: &World) -> Self {
        let enforcer = async {
            let model = DefaultModel::from_str(MODEL).await.expect("a sound model");
            let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await.expect("an enforcer");
            let rules = world.profiles().flat_map(|(id, granted)| {
                granted.iter().map(move |permission| vec![id.to_string(), permission.name().to_owned()])
            });
            enforcer.add_policies(rules.collect()).await.expect("rules");
            let holders = world
                .users
                .iter()
                .flat_map(|id| world.held(*id).into_iter().map(|profile| vec![id.to_string(), profile.to_string()]));
            enforcer.add_grouping_policies(holders.collect()).await.expect("roles");
            enforcer
        };
        Self {
            enforcer: Runtime::new().expect("a runtime").block_on(enforcer),
            names: world.users.iter().map(|id| (*id, id.to_string())).collect(),
        }
    }

    fn allows(&mut self, user: UserId, permission: Permission) -> bool {
        self.enforcer.enforce((self.names[&user].as_str(), permission.name())).expect("an answer")
    }
}
