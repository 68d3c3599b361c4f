//! The fields of a security profile.

use floorkey::{EntityKind, Permission, ResourceType, SecurityProfile};

use crate::web::fields::{Field, text_of};

/// All fields of a security profile.
pub(crate) static FIELDS: &[Field<SecurityProfile>] = &[
    Field::new("name", "Name", "basics")
        .hint("Letters, digits, spaces, and _ @ -. At most 127 characters.")
        .required()
        .wire(&["SecurityProfileName", "Name"])
        .unique(EntityKind::Resource(ResourceType::SecurityProfile))
        .get(|profile: &SecurityProfile| profile.name.clone()),
    Field::new("description", "Description", "basics")
        .wire(&["Description"])
        .get(|profile: &SecurityProfile| profile.description.clone()),
    Field::list("permissions", "Permissions", "Permission", "grid")
        .wire(&["Permissions"])
        .get(|profile: &SecurityProfile| joined(profile.permissions.permissions().iter().map(Permission::name))),
    Field::list("conditions", "Conditions", "Condition", "conditions")
        .wire(&["Conditions"])
        .get(|profile: &SecurityProfile| format!("{:?}", profile.conditions)),
    Field::read_only("hierarchy_restricted", "Restricted to a hierarchy group")
        .wire(&["HierarchyRestrictedResources"])
        .get(|profile: &SecurityProfile| profile.access_control.hierarchy_restricted.to_string()),
    Field::new("hierarchy", "Users they can manage", "access_control")
        .wire(&["AllowedAccessControlHierarchyGroupId"])
        .refers_to(EntityKind::Resource(ResourceType::HierarchyGroup))
        .history("hierarchy_group")
        .get(|profile: &SecurityProfile| profile.access_control.hierarchy_group.map(|group| group.to_string()).unwrap_or_default()),
    Field::list("control", "Access-control tags", "Access-control tag", "access_control")
        .hint("A resource of a type selected below must have all of these tags. Up to four tags.")
        .wire(&["AllowedAccessControlTags"])
        .history("access_control_tags")
        .get(|profile: &SecurityProfile| format!("{:?}", profile.access_control.tags)),
    Field::list("restricted", "Resource types restricted by tags", "Resource type restricted by tags", "access_control")
        .wire(&["TagRestrictedResources"])
        .history("tag_restricted_resources")
        .get(|profile: &SecurityProfile| joined(profile.access_control.tag_restricted.iter().map(|one| one.as_str()))),
    Field::list("applications", "Applications", "Application permission", "more")
        .hint("Permissions in programs that ask Floorkey for decisions. Up to ten applications.")
        .wire(&["Applications", "Namespace", "ApplicationPermissions"])
        .get(|profile: &SecurityProfile| format!("{:?}", profile.applications)),
    Field::list("assignable", "Can assign", "Can assign", "more")
        .hint("If the escalation guard is in enforce mode, users can assign only access that they have themselves. Users with this profile can also assign these profiles.")
        .wire(&["Assignable"])
        .refers_to(EntityKind::Resource(ResourceType::SecurityProfile))
        .get(|profile: &SecurityProfile| format!("{:?}", profile.assignable)),
    Field::list("tags", "Tags of this profile", "Tag", "more")
        .hint("Other profiles can be limited to security profiles with certain tags.")
        .wire(&["Tags", "tags"])
        .get(|profile: &SecurityProfile| format!("{:?}", profile.tags)),
    Field::list("flow_modules", "Flow modules", "Flow module", "")
        .get(|profile: &SecurityProfile| joined(profile.flow_modules.iter().map(|module| module.id.as_str()))),
    Field::list("ai_agents", "AI agents", "AI agent", "")
        .get(|profile: &SecurityProfile| joined(profile.ai_agents.iter().map(|agent| agent.arn.as_str()))),
    Field::read_only("data_table_values", "Data table values")
        .get(|profile: &SecurityProfile| format!("{:?}", profile.data_table_values)),
];

/// Returns the label of a field, or an empty string if there is no such field.
pub(crate) fn label(id: &str) -> &'static str {
    text_of(FIELDS, id, |field| field.label)
}

/// Returns the hint of a field, or an empty string if there is none.
pub(super) fn hint(id: &str) -> &'static str {
    text_of(FIELDS, id, |field| field.hint)
}

fn joined<'a>(values: impl Iterator<Item = &'a str>) -> String {
    values.collect::<Vec<_>>().join("|")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use floorkey::condition::{AnyPermission, Condition};
    use floorkey::profile::{AccessControl, AiAgent, ApplicationGrant, FlowModule};
    use floorkey::tags::Tags;
    use floorkey::{HierarchyGroupId, PermissionSet, Refusal, ResourceType, SecurityProfileId, Timestamp};

    use super::*;
    use crate::web::fields::{FieldErrors, assert_one_field_each, assert_unambiguous};

    fn empty() -> SecurityProfile {
        let (id, name) = (SecurityProfileId::from_bits(1), "Agent".to_owned());
        SecurityProfile::new(id, name, String::new(), PermissionSet::EMPTY, Timestamp::default())
    }

    /// Returns a profile in which each member of the record differs from [`empty`], with the name of the member.
    fn changed() -> Vec<(&'static str, SecurityProfile)> {
        // A new member of the record doesn't compile here until it is either changed below or left out with a reason.
        let SecurityProfile {
            id: _, // shown for the API
            name: _,
            description: _,
            selected: _, // the permissions without those that they require
            permissions: _,
            applications: _,
            access_control: AccessControl { tags: _, tag_restricted: _, hierarchy_restricted: _, hierarchy_group: _ },
            conditions: _,
            assignable: _,
            pinned: _, // copies of assignable profiles
            flow_modules: _,
            ai_agents: _,
            data_table_values: _,
            tags: _,
            tag_revisions: _,    // bookkeeping of the tags
            unedited_default: _, // bookkeeping of the permissions
            modified: _,         // the version of the record
        } = empty();
        let with = |member: &'static str, change: &dyn Fn(&mut SecurityProfile)| {
            let mut profile = empty();
            change(&mut profile);
            (member, profile)
        };
        let permission = Permission::parse("Users.View").unwrap();
        let tags = || Tags::from([("a".to_owned(), "b".to_owned())]);
        let text = || "x".to_owned();
        vec![
            with("name", &|profile| profile.name = text()),
            with("description", &|profile| profile.description = text()),
            with("permissions", &|profile| profile.select([permission].into_iter().collect())),
            with("applications", &|profile| {
                profile.applications.push(ApplicationGrant { namespace: text(), permissions: Vec::new(), kind: None });
            }),
            with("access_control.tags", &|profile| profile.access_control.tags = tags()),
            with("tag_restricted", &|profile| {
                profile.access_control.tag_restricted.insert(ResourceType::User);
            }),
            with("hierarchy_restricted", &|profile| profile.access_control.hierarchy_restricted = true),
            with("hierarchy_group", &|profile| {
                profile.access_control.hierarchy_group = Some(HierarchyGroupId::from_bits(1));
            }),
            with("conditions", &|profile| {
                let all = BTreeSet::from([Condition::SameHierarchy]);
                profile.conditions.insert(AnyPermission::Catalog(permission), all);
            }),
            with("assignable", &|profile| {
                profile.assignable.insert(SecurityProfileId::from_bits(2));
            }),
            with("flow_modules", &|profile| profile.flow_modules.push(FlowModule { id: text(), kind: None })),
            with("ai_agents", &|profile| profile.ai_agents.push(AiAgent { arn: text(), kind: None })),
            with("data_table_values", &|profile| profile.data_table_values = Some(Vec::new())),
            with("tags", &|profile| profile.tags = tags()),
        ]
    }

    #[test]
    fn each_member_of_a_profile_is_in_exactly_one_field() {
        assert_unambiguous(FIELDS);
        let changed = changed();
        assert_one_field_each(FIELDS, &empty(), &changed);
        assert_eq!(FIELDS.len(), changed.len(), "a field of the table is not in the record");
    }

    #[test]
    fn refusals_are_placed_at_the_field_that_caused_them() {
        for (refusal, id) in [
            (
                Refusal::NotFound { kind: floorkey::ResourceType::HierarchyGroup.into(), id: "x".to_owned() },
                "hierarchy",
            ),
            (
                Refusal::NotFound { kind: floorkey::ResourceType::SecurityProfile.into(), id: "x".to_owned() },
                "assignable",
            ),
            (Refusal::Duplicate { kind: floorkey::ResourceType::SecurityProfile.into(), name: "x".to_owned() }, "name"),
            (Refusal::LimitExceeded { input: "ApplicationPermissions", problem: "x".to_owned() }, "applications"),
            (Refusal::LimitExceeded { input: "AllowedAccessControlTags", problem: "x".to_owned() }, "control"),
            (Refusal::LimitExceeded { input: "", problem: "tags".to_owned() }, ""),
        ] {
            let mut errors = FieldErrors::default();
            errors.add_refusal(FIELDS, &refusal);
            assert!(errors.has(&[id]), "{id}: {errors:?}");
        }
    }
}
