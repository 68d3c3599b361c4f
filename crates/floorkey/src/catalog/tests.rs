use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn set(names: &[&str]) -> PermissionSet {
    names.iter().map(|name| Permission::parse(name).unwrap()).collect()
}

#[test]
fn the_data_parses() {
    data::parse().unwrap();
}

#[test]
fn there_are_327_permissions_in_these_groups() {
    let mut counts = BTreeMap::new();
    for permission in catalog().permissions() {
        *counts.entry(permission.info().group.as_str()).or_insert(0) += 1;
    }
    let expected = [
        ("Routing", 33),
        ("Numbers and flows", 42),
        ("Users and permissions", 24),
        ("Contact Control Panel (CCP)", 13),
        ("Metrics and Quality", 108),
        ("Historical Changes", 1),
        ("Recordings and Transcripts", 18),
        ("Contact Actions", 6),
        ("Customer Profiles", 19),
        ("Scheduling", 10),
        ("Agent Applications", 5),
        ("Content Management", 8),
        ("Cases", 23),
        ("Campaigns", 5),
        ("Amazon Q", 12),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
    assert_eq!(catalog().permissions().len(), 327);
    // The rows of each group are contiguous, and the six groups from the original guide of 2020 come first.
    assert_eq!(catalog().groups(), expected.map(|(group, _)| group));
}

#[test]
fn the_original_guide_lists_72_permissions() {
    let file: toml::Table = toml::from_str(include_str!("../../data/permissions.toml")).unwrap();
    let rows = file["permission"].as_array().unwrap();
    let seed = |row: &&toml::Value| row.get("seed").and_then(toml::Value::as_bool) == Some(true);
    assert_eq!(rows.iter().filter(seed).count(), 72);
    let first_six = &catalog().groups()[..6];
    for row in rows.iter().filter(seed) {
        assert!(first_six.contains(&row["group"].as_str().unwrap()), "{row}");
    }
}

#[test]
fn permissions_marked_as_legacy_are_those_with_successors() {
    let file: toml::Table = toml::from_str(include_str!("../../data/permissions.toml")).unwrap();
    for row in file["permission"].as_array().unwrap() {
        let legacy = row.get("legacy").and_then(toml::Value::as_bool).unwrap_or(false);
        let permission = Permission::parse(row["name"].as_str().unwrap()).unwrap();
        assert_eq!(permission.info().is_legacy(), legacy, "{row}");
    }
}

#[test]
fn each_permission_has_its_own_description() {
    let mut seen = BTreeSet::new();
    for permission in catalog().permissions() {
        let about = permission.info().description.as_str();
        assert!(about.len() >= 20 && about.chars().count() <= 200, "{permission:?}: {about}");
        assert!(about.ends_with('.') && !about.contains('\n'), "{permission:?}: {about}");
        assert!(about.starts_with(|first: char| first.is_uppercase()), "{permission:?}: {about}");
        assert!(seen.insert(about), "{permission:?} says what another one says: {about}");
    }
}

#[test]
fn each_cell_of_the_grid_has_one_permission_and_rows_are_contiguous() {
    let mut cells = BTreeSet::new();
    let mut rows = Vec::new();
    for permission in catalog().permissions() {
        let info = permission.info();
        assert!(cells.insert((&info.group, &info.resource, &info.action)), "{permission:?} has a cell of another one");
        rows.push((&info.group, &info.resource));
    }
    rows.dedup();
    let distinct: BTreeSet<_> = rows.iter().collect();
    assert_eq!(distinct.len(), rows.len(), "a row stands in two pieces");
}

#[test]
fn no_permission_requires_itself_transitively() {
    for permission in catalog().permissions() {
        assert!(!catalog().requires(permission).contains(permission), "{permission:?}");
    }
}

#[test]
fn each_dependency_is_listed_once_with_a_reason() {
    let mut seen = BTreeSet::new();
    for edge in catalog().dependencies() {
        assert!(seen.insert((edge.permission, edge.requires)), "{edge:?} stands twice");
        assert!(!edge.because.trim().is_empty(), "{edge:?}");
        assert_ne!(edge.permission, edge.requires);
        let required = catalog().requires(edge.permission).contains(edge.requires);
        assert!(required || edge.strength != Strength::Required, "{edge:?}");
    }
    let required = catalog().dependencies().iter().filter(|edge| edge.strength == Strength::Required).count();
    let direct: usize = catalog().direct_requirements.iter().map(PermissionSet::len).sum();
    assert_eq!(direct, required);
}

#[test]
fn changing_a_resource_requires_viewing_it() {
    for name in ["Users.Edit", "Users.Create", "SecurityProfiles.Delete", "Queues.Edit", "RoutingPolicies.Create"] {
        let view = format!("{}.View", name.split('.').next().unwrap());
        let requires = catalog().requires(Permission::parse(name).unwrap());
        assert!(requires.contains(Permission::parse(&view).unwrap()), "{name}");
    }
}

#[test]
fn download_permissions_are_never_selected_automatically() {
    let is_download = |permission: Permission| permission.name().contains("Download");
    let edges = catalog().dependencies().iter().filter(|edge| is_download(edge.requires));
    for edge in edges {
        assert!(is_download(edge.permission) || edge.strength == Strength::Offered, "{edge:?}");
    }
}

#[test]
fn aliases_are_the_same_permission() {
    for permission in catalog().permissions() {
        assert_eq!(Permission::parse(permission.name()), Ok(permission));
        for alias in &permission.info().aliases {
            assert_eq!(Permission::parse(alias), Ok(permission));
            assert_ne!(alias, permission.name());
        }
    }
    let named = |alias: &str| Permission::parse(alias).unwrap().name();
    assert_eq!(named("RealTimeMetrics.Access"), "AccessMetrics.RealTimeMetrics.Access");
    assert_eq!(named("HistoricalMetrics.Access"), "AccessMetrics.HistoricalMetrics.Access");
    assert_eq!(named("AgentActivityAudit.Access"), "AccessMetrics.AgentActivityAudit.Access");
}

#[test]
fn refused_names_have_a_suggestion() {
    let expected = [
        ("RoutingProfiles.View", "RoutingPolicies.View"),
        ("Dashboard.Access", "AccessMetrics.Dashboards.Access"),
        ("MetricsDashboard.Access", "AccessMetrics.Dashboards.Access"),
        ("MetricsAgentActivity.Access", "AccessMetrics.AgentActivityAudit.Access"),
        ("QueueMetrics.Access", "AccessMetrics.RealTimeMetrics.Access"),
        ("TransferContact", "TransferContact.Enabled"),
        ("AdministerContact", "StopContact.Enabled"),
        ("Contactflow.View", "ContactFlows.View"),
    ];
    for (name, instead) in expected {
        let error = Permission::parse(name).unwrap_err();
        assert_eq!(error.suggestion(), Some(instead), "{name}");
        assert_eq!(error.to_string(), format!("`{name}` is not a permission; did you mean `{instead}`?"));
        assert!(Permission::parse(instead).is_ok(), "{instead}");
    }
    assert_eq!(catalog().known_mistakes.len(), expected.len());
}

#[test]
fn a_name_in_the_wrong_case_is_refused_with_the_right_one() {
    assert_eq!(Permission::parse("users.edit").unwrap_err().suggestion(), Some("Users.Edit"));
    let error = Permission::parse("Users.Everything").unwrap_err();
    assert_eq!(error.to_string(), "`Users.Everything` is not a permission");
    assert!(Permission::parse("").is_err());
}

#[test]
fn misspelled_names_and_labels_have_a_suggestion() {
    for (name, meant) in [
        ("Users.Veiw", Some("Users.View")),
        ("User.Edit", Some("Users.Edit")),
        ("HoursOfOperations.Edit", Some("HoursOfOperation.Edit")),
        ("SecurityProfile.Delete", Some("SecurityProfiles.Delete")),
        // Users could derive these names from labels in the console.
        ("Users.Remove", Some("Users.Delete")),
        ("Security profiles: Remove", Some("SecurityProfiles.Delete")),
        // These names are not similar to any permission's name.
        ("Users", None),
        ("x", None),
        ("", None),
        ("Weather.Forecast", None),
    ] {
        assert_eq!(UnknownPermission { name: name.to_owned() }.suggestion(), meant, "{name}");
    }
    let long = UnknownPermission { name: "Users.Edit\n".repeat(10_000) };
    assert!(long.suggestion().is_none() && long.to_string().len() < 200 && !long.to_string().contains('\n'));
}

#[test]
fn four_permissions_restrict_and_all_others_grant() {
    let limits: PermissionSet =
        catalog().permissions().filter(|permission| permission.info().polarity == Polarity::Restriction).collect();
    let expected = [
        "RestrictTaskCreation.Access",
        "RestrictContactAccessByHierarchy.View",
        "RestrictPhoneTypeSettings.Access",
        "RequireEndContactConfirmation.Enabled",
    ];
    assert_eq!(limits, set(&expected));
    assert!(catalog().granting().intersection(&limits).is_empty());
    assert_eq!(catalog().granting().len(), 323);
    // Selecting a permission that grants an ability never adds a restriction.
    for permission in catalog().granting().iter() {
        assert!(catalog().requires(permission).intersection(&limits).is_empty(), "{permission:?}");
    }
}

#[test]
fn legacy_permissions_and_their_successors_are_not_scoped() {
    // A user can have a legacy permission because several profiles together grant it. The explanation of such a grant
    // contains no scopes, so the permissions must not be scoped.
    for (old, newer) in catalog().legacy() {
        for permission in newer.iter().chain([*old]) {
            assert_eq!(permission.info().resource_type, None, "{permission:?}");
            assert_eq!(permission.info().polarity, Polarity::Grant);
        }
        assert!(old.info().is_legacy());
        assert!(newer.iter().all(|permission| !permission.info().is_legacy()));
        // A legacy permission requires nothing that its successors do not require.
        let with_newer = crate::closure::with_requirements(newer);
        assert!(catalog().requires(*old).is_subset(with_newer.permissions()), "{old:?}");
    }
    assert_eq!(catalog().legacy().len(), 3);
}

#[test]
fn a_new_instance_has_these_four_profiles() {
    let defaults = catalog().default_profiles();
    let names: Vec<&str> = defaults.iter().map(|profile| profile.name.as_str()).collect();
    assert_eq!(names, ["Admin", "Agent", "CallCenterManager", "QualityAnalyst"]);
    assert_eq!(defaults[0].permissions, *catalog().granting());
    assert_eq!(defaults[1].permissions, set(&["BasicAgentAccess", "OutboundCallAccess"]));
    for profile in defaults {
        let length = profile.description.chars().count();
        assert!((1..=crate::limits::DESCRIPTION_CHARS_MAX).contains(&length), "{}", profile.name);
        let assignable: &[&str] = if profile.name == "CallCenterManager" { &["Agent"] } else { &[] };
        assert_eq!(profile.assignable, assignable, "{}", profile.name);
    }
}

#[test]
fn each_action_has_a_row_or_is_for_the_operator_only() {
    // These operations apply to the instance as a whole and have separate rules in `plan`.
    let special = [
        Action::RestoreAdministrator,
        Action::ForgetSealed,
        Action::SetEscalationGuard,
        Action::UpgradeCatalogue,
        Action::RecordFormerLogins,
        Action::RegisterApplication,
        Action::UnregisterApplication,
        Action::PutApplicationResources,
        Action::DeleteApplicationResources,
        Action::CreateApiToken,
        Action::UpdateApiToken,
        Action::RevokeApiToken,
        Action::ListApiTokens,
        Action::ExportBundle,
    ];
    let operators =
        [Action::CreateInstance, Action::DeleteInstance, Action::DeleteAgentStatus, Action::UpdateInstanceAttribute];
    for action in Action::ALL {
        assert_eq!(catalog().requirements.contains_key(action), !special.contains(action), "{}", action.name());
        let operator = special.contains(action) || operators.contains(action);
        assert_eq!(catalog().requirement(*action).is_operator_only(), operator, "{}", action.name());
        assert_eq!(Action::parse(action.name()), Some(*action));
    }
}

#[test]
fn only_owners_create_credentials_and_few_actions_are_open_to_all() {
    for action in Action::ALL {
        let requirement = catalog().requirement(*action);
        let own = [Action::CreateAccessKey, Action::ChangeOwnPassword, Action::AddSecondFactor, Action::ConfirmEmail];
        assert_eq!(requirement.owner_only, own.contains(action), "{}", action.name());
        let open = [
            Action::DescribeInstance,
            Action::DescribeInstanceAttribute,
            Action::FailedSignIn,
            Action::ListInstanceAttributes,
            Action::ListInstances,
            Action::SignIn,
            Action::SignOut,
            Action::Undo,
        ]
        .contains(action);
        assert_eq!(requirement.any_valid_key, open, "{}", action.name());
    }
}

#[test]
fn each_resource_type_has_one_view_permission() {
    for resource_type in ResourceType::ALL {
        let is_view = |permission: &Permission| {
            permission.info().resource_type == Some(*resource_type) && permission.info().action == "View"
        };
        assert_eq!(catalog().permissions().filter(is_view).collect::<Vec<_>>(), Vec::from_iter(resource_type.view()));
    }
    for row in catalog().inherited() {
        for view in row.views.iter() {
            assert!(view.info().resource_type.is_some() && view.name().ends_with(".View"), "{view:?}");
        }
    }
}
