use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::*;
use crate::catalog::{Permission, catalog};

/// Parses the given rows. The rows can refer to all permissions in the catalog.
fn read(text: &str) -> Result<BTreeMap<Action, Requirement>, InvalidCatalog> {
    let by_name: HashMap<String, Permission, FixedState> = catalog().by_name.clone();
    parse(text, &PermissionNames(&by_name), &catalog().permissions)
}

/// Returns a row that has a name, a kind of evidence and the given lines.
fn row(lines: &str) -> String {
    format!("[[action]]\nname = \"CreateUser\"\nevidence = \"decided\"\n{lines}\n")
}

fn set(names: &[&str]) -> PermissionSet {
    names.iter().map(|name| Permission::parse(name).unwrap()).collect()
}

#[test]
fn the_shipped_rows_parse() {
    let actions = read(super::super::ACTS).unwrap();
    assert!(actions[&Action::ViewHistoricalChanges].view_of_target);
    let agents = actions[&Action::AssociateSecurityProfiles].by_entity[&Entity::AiAgent];
    assert_eq!(agents.all_of, set(&["QConnectAIAgents.Edit", "SecurityProfiles.View"]));
}

#[test]
fn unknown_or_contradictory_input_is_an_error_that_names_it() {
    let ask = "all_of = [\"Users.Edit\"]";
    let planned = |name: &str| format!("{}[[planned]]\nname = \"{name}\"\nevidence = \"decided\"\n{ask}\n", row(ask));
    for (text, named) in [
        (row(&format!("{ask}\nmust_not_have = [\"RestrictTaskCreation.Access\"]")), "must_not_have"),
        (row("all_of = [\"Users.Edit\", \"Users.Edti\"]"), "Users.Edti"),
        (row(&format!("{ask}\nmust_not_hold = [\"Users.View\"]")), "Users.View"),
        (row("all_of = [\"RestrictTaskCreation.Access\"]"), "RestrictTaskCreation.Access"),
        (row("[action.by_resource_type]\nusers = [\"Users.Edit\"]"), "users"),
        (row("[action.by_resource_type]\nuser = []"), "user"),
        (row("[action.by_entity_type.USERS]\nall_of = [\"Users.Edit\"]"), "USERS"),
        (row("[action.by_entity_type.AI_AGENT]\nall_of = [\"Users.Edit\"]"), "USER"),
        (row("[action.by_entity_type.USER]\nall_of = [\"Users.Edit\"]\nmust_not_hold = []"), "must_not_hold"),
        (row(&format!("{ask}\n[action.by_entity_type.USER]\nall_of = [\"Users.View\"]")), "by_entity_type"),
        (row(""), "exactly one"),
        (row(&format!("{ask}\noperator_only = true")), "exactly one"),
        (row("any_valid_key = true\npublish_needs = [\"ContactFlows.Publish\"]"), "further conditions require"),
        (row(&format!("{ask}\nplus_view_of = \"the record's resource type\"")), "the record's resource type"),
        (row(&format!("{ask}\nrestricted_by = [\"RestrictContactAccessByHierarchy.View\"]")), "restricted_by"),
        (row(&format!("{ask}\nalso = \"access-of-the-same-kind\"")), "also"),
        (row(ask).replace("decided", "guessed"), "guessed"),
        (row(ask).replace("CreateUser", "CreateUsr"), "CreateUsr"),
        (row(ask).repeat(2), "more than one row"),
        (planned("CreateUser"), "more than one row"),
        (planned("DeleteUser"), "must be in [[action]]"),
        (row(ask).replace("[[action]]", "[[act]]"), "act"),
    ] {
        let problem = read(&text).expect_err(&text).to_string();
        assert!(problem.contains(named), "{text}\n{problem}");
    }
    assert!(read(&planned("StartTaskContact")).is_ok());
}

#[test]
fn each_condition_is_required() {
    let lines = "all_of = [\"Users.Edit\"]\nany_of = [\"Users.View\", \"Queues.View\"]\nand_any_of = [\"Prompts.View\"]\n\
                 must_not_hold = [\"RestrictTaskCreation.Access\"]\npublish_needs = [\"ContactFlows.Publish\"]\n\
                 state_change_needs = [\"AgentStates.EnableAndDisable\"]\nbarge_needs = [\"ManagerBargeIn\"]\n\
                 plus_view_of = \"target\"\n[action.by_resource_type]\nqueue = [\"Queues.Edit\"]";
    let actions = read(&row(lines)).unwrap();
    let requirement = &actions[&Action::CreateUser];
    let mut always = set(&["Users.Edit", "ContactFlows.Publish", "AgentStates.EnableAndDisable", "ManagerBargeIn"]);
    assert_eq!(requirement.required_permissions(None).unwrap().all_of, always);
    // If a resource type is not listed, no user can meet the requirements for it.
    assert_eq!(requirement.required_permissions(Some(ResourceType::Prompt)), None);
    let required = requirement.required_permissions(Some(ResourceType::Queue)).unwrap();
    always.insert(Permission::parse("Queues.Edit").unwrap());
    always.insert(Permission::parse("Queues.View").unwrap());
    assert_eq!(required.all_of, always);

    let all = required.names();
    let none = PermissionSet::EMPTY;
    let met = |without: &str, restrictions: &PermissionSet| {
        required.are_granted(|permission| all.contains(permission) && permission.name() != without, restrictions)
    };
    assert!(met("", &none) && met("Users.View", &none));
    for missing in always.iter().map(Permission::name).chain(["Prompts.View"]) {
        assert!(!met(missing, &none), "{missing}");
    }
    assert!(!met("", &set(&["RestrictTaskCreation.Access"])));
    assert!(met("", &set(&["RestrictPhoneTypeSettings.Access"])));
}
