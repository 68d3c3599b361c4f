//! casbin: its model of roles, with the cheap comparison before the search through roles.

use std::collections::HashMap;

use casbin::{CoreApi as _, DefaultModel, Enforcer, MemoryAdapter, MgmtApi as _};
use floorkey::{Permission, Timestamp, UserId};
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
    // It goes through all rules for a denial, which takes milliseconds.
    const QUESTIONS: usize = 200;
    const TIMES: f64 = 100.0;

    fn new(World { directory, users, .. }: &World) -> Self {
        let enforcer = async {
            let model = DefaultModel::from_str(MODEL).await.expect("a sound model");
            let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await.expect("an enforcer");
            let rules = directory.profiles().flat_map(|profile| {
                let id = profile.id.to_string();
                profile.permissions.permissions().iter().map(move |it| vec![id.clone(), it.name().to_owned()])
            });
            enforcer.add_policies(rules.collect()).await.expect("rules");
            let at = Timestamp::from_millis(0);
            let holders = users.iter().flat_map(|id| {
                let held = directory.user(*id).expect("a user of the world").profiles_at(at);
                held.map(|profile| vec![id.to_string(), profile.to_string()]).collect::<Vec<_>>()
            });
            enforcer.add_grouping_policies(holders.collect()).await.expect("roles");
            enforcer
        };
        Self {
            enforcer: Runtime::new().expect("a runtime").block_on(enforcer),
            names: users.iter().map(|id| (*id, id.to_string())).collect(),
        }
    }

    fn allows(&mut self, user: UserId, permission: Permission) -> bool {
        self.enforcer.enforce((self.names[&user].as_str(), permission.name())).expect("an answer")
    }
}
