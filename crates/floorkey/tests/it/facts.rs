//! Compares the catalog with collected facts, which are not part of this repository. If the folder with the facts does
//! not exist beside the repository, the tests pass without checking anything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use floorkey::catalog::{Polarity, Strength};
use floorkey::{Action, Permission, PermissionSet, ResourceType, catalog};
use serde_json::Value;

/// Reads a file of facts. If the file does not exist, prints a line and returns `None`.
fn facts(name: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/facts").join(name);
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("{name} is not there: the catalog is not compared with the facts");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn set(value: &Value) -> PermissionSet {
    value.as_array().unwrap().iter().map(|name| Permission::parse(name.as_str().unwrap()).unwrap()).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn names_groups_risks_and_polarity_match_the_facts() {
    let Some(facts) = facts("permissions.json") else { return };
    let mut known: BTreeMap<&str, Permission> =
        catalog().permissions().map(|permission| (permission.name(), permission)).collect();
    for fact in facts.as_array().unwrap() {
        let permission = known.remove(text(&fact["api_name"])).unwrap_or_else(|| panic!("{fact} is missing"));
        let info = permission.info();
        assert_eq!(info.group, text(&fact["group"]), "{permission:?}");
        let risks: BTreeSet<&str> = fact["risks"].as_array().unwrap().iter().map(text).collect();
        assert_eq!(info.risks.iter().map(|risk| risk.as_str()).collect::<BTreeSet<_>>(), risks, "{permission:?}");
        let limit = text(&fact["polarity"]) == "restrictive";
        assert_eq!(info.polarity == Polarity::Restriction, limit, "{permission:?}");
        let aliases = fact.get("aliases").and_then(Value::as_array).into_iter().flatten().map(text);
        assert_eq!(info.aliases, aliases.collect::<Vec<_>>(), "{permission:?}");
    }
    assert!(known.is_empty(), "the facts don't have {known:?}");
}

#[test]
fn dependencies_match_the_facts() {
    let Some(facts) = facts("implies.json") else { return };
    let word = |strength| match strength {
        Strength::Required => "required",
        Strength::DefaultOn => "default-on",
        Strength::Offered => "offered",
    };
    let actual: BTreeSet<_> = catalog()
        .dependencies()
        .iter()
        .map(|edge| (edge.permission.name(), edge.requires.name(), word(edge.strength)))
        .collect();
    let edges = facts["edges"].as_array().unwrap();
    let expected: BTreeSet<_> =
        edges.iter().map(|edge| (text(&edge["from"]), text(&edge["to"]), text(&edge["strength"]))).collect();
    assert_eq!(actual, expected);
    for refuted in facts["refuted_edges"].as_array().unwrap() {
        // In some real instances, profiles have the first of these permissions but not the second.
        let edge = (text(&refuted["from"]), text(&refuted["to"]), "required");
        assert!(!actual.contains(&edge), "{edge:?} is refuted");
    }
    let legacy: Vec<_> = facts["legacy_migrations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (Permission::parse(text(&row["legacy"])).unwrap(), set(&row["becomes"])))
        .collect();
    assert_eq!(catalog().legacy(), legacy);
    let needs: Vec<_> = facts["runtime_prerequisites"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (set(&row["permissions"]), set(&row["needs_at_run_time"])))
        .collect();
    assert_eq!(catalog().works_with().iter().map(|row| (row.permissions, row.needs)).collect::<Vec<_>>(), needs);
}

#[test]
fn default_profiles_match_the_facts() {
    let Some(facts) = facts("default_profiles.json") else { return };
    let expected = facts["profiles"].as_array().unwrap();
    assert_eq!(expected.len(), catalog().default_profiles().len());
    for fact in expected {
        let actual = catalog().default_profiles().iter().find(|actual| actual.name == text(&fact["name"])).unwrap();
        assert_eq!(actual.permissions, set(&fact["permissions"]), "{}", actual.name);
        let assignable = fact.get("assignable").and_then(Value::as_array).into_iter().flatten().map(text);
        assert_eq!(actual.assignable, assignable.collect::<Vec<_>>(), "{}", actual.name);
    }
}

#[test]
fn inherited_lists_match_the_facts() {
    let Some(facts) = facts("inherited_views.json") else { return };
    let expected: Vec<_> = facts["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            let lists = entry["lists"].as_array().unwrap().iter();
            // If the collected lists conflict, the catalog contains the more restrictive variant.
            let agreed = lists.filter(|list| !text(&list["evidence"]).starts_with("CONFLICT"));
            let lists: PermissionSet =
                agreed.map(|list| Permission::parse(text(&list["equivalent"])).unwrap()).collect();
            (set(&entry["dedicated"]), lists)
        })
        .collect();
    let actual: Vec<_> = catalog().inherited().iter().map(|row| (row.permissions, row.views)).collect();
    assert_eq!(actual, expected);
}

#[test]
fn the_permissions_of_operations_match_the_facts() {
    let Some(facts) = facts("op_permissions.json") else { return };
    let mut compared = 0;
    for action in Action::ALL {
        let Some(fact) = facts["operations"].get(action.name()) else { continue };
        let requirement = catalog().requirement(*action);
        let user = fact.get("by_entity_type").map(|by_type| &by_type["USER"]);
        let expected_permissions = |key| user.unwrap_or(fact).get(key).map(set).unwrap_or_default();
        assert_eq!(requirement.all_of, expected_permissions("all_of"), "{}", action.name());
        assert_eq!(requirement.any_of, expected_permissions("any_of"), "{}", action.name());
        assert_eq!(requirement.any_valid_key, fact.get("any_valid_key").is_some(), "{}", action.name());
        let by_type = fact.get("by_resource_type").and_then(Value::as_object).map_or(0, serde_json::Map::len);
        assert_eq!(requirement.by_type.len(), by_type, "{}", action.name());
        compared += 1;
    }
    assert!(compared > 50, "{compared}");
    let tagging = &catalog().requirement(Action::TagResource).by_type;
    for (resource_type, word) in [(ResourceType::User, "user"), (ResourceType::HierarchyGroup, "agent-group")] {
        let fact = &facts["operations"]["TagResource"]["by_resource_type"][word];
        assert_eq!(tagging.get(&resource_type), Some(&set(fact)), "{word}");
    }
}

#[test]
fn every_row_matches_the_facts_in_every_key() {
    let Some(facts) = facts("op_permissions.json") else { return };
    let file: toml::Table = toml::from_str(include_str!("../../data/actions.toml")).unwrap();
    let file = serde_json::to_value(file).unwrap();
    let rows = ["action", "planned"].map(|list| file[list].as_array().unwrap());
    let operations = facts["operations"].as_object().unwrap();
    for (name, fact) in operations {
        let row = rows.iter().copied().flatten().find(|row| row["name"] == name.as_str());
        let row = row.unwrap_or_else(|| panic!("{name} has no row"));
        let keys =
            fact.as_object().unwrap().keys().filter(|key| !["evidence", "source", "note"].contains(&key.as_str()));
        for key in keys {
            let (actual, expected) = (row.get(key).unwrap_or(&Value::Null), &without_empty(&fact[key]));
            assert_eq!(actual, expected, "{name}: {key}");
        }
    }
    assert!(operations.len() > 250, "{}", operations.len());
}

/// Returns the fact without empty lists, because the catalog's rows do not contain empty lists.
fn without_empty(fact: &Value) -> Value {
    match fact {
        Value::Array(list) if list.is_empty() => Value::Null,
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| (key.clone(), without_empty(value)));
            Value::Object(members.filter(|(_, value)| !value.is_null()).collect())
        }
        other => other.clone(),
    }
}

#[test]
fn the_permissions_of_actions_without_an_operation_match_the_facts() {
    let Some(facts) = facts("op_permissions.json") else { return };
    let named: &[(&str, &[Action])] = &[
        ("reset another user's password", &[Action::ResetUserPassword]),
        ("enable or disable a user", &[Action::EnableUser, Action::DisableUser]),
        ("change a user's login name", &[Action::RenameUserLogin]),
        ("list or revoke a user's access keys", &[Action::ListAccessKeys, Action::RevokeAccessKey]),
        ("rename a security profile", &[Action::RenameSecurityProfile]),
        ("make an access key", &[Action::CreateAccessKey]),
    ];
    let rows = facts["acts_without_api"].as_array().unwrap();
    for (words, actions) in named {
        let fact = rows.iter().find(|fact| text(&fact["act"]) == *words).unwrap();
        for action in *actions {
            let requirement = catalog().requirement(*action);
            assert_eq!(requirement.all_of, set(&fact["all_of"]), "{words}");
            assert_eq!(requirement.any_of, set(&fact["any_of"]), "{words}");
            assert_eq!(requirement.owner_only, fact.get("owner_only").is_some(), "{words}");
        }
    }
}

#[test]
fn permissions_to_refuse_are_refused() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/facts/rules.md");
    let Ok(rules) = std::fs::read_to_string(path) else {
        println!("rules.md is not there: the names to refuse are not compared with it");
        return;
    };
    let (_, section) = rules.split_once("## Names to refuse").unwrap();
    let (refused, accepted) = section.split_once("Contactflow.View.").unwrap();
    let named = refused.split_once(": ").unwrap().1.split([',', '\n', ' ']).filter(|name| name.len() > 3);
    let mut count = 0;
    for name in named.chain(["Contactflow.View"]) {
        assert!(Permission::parse(name).is_err(), "{name} is taken");
        count += 1;
    }
    assert_eq!(count, 8);
    for alias in ["RealTimeMetrics.Access", "HistoricalMetrics.Access", "AgentActivityAudit.Access"] {
        assert!(accepted.contains(alias) && Permission::parse(alias).is_ok(), "{alias}");
    }
}
