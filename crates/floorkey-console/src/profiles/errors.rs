//! The errors of a draft. Each error is assigned to the form field that caused it.

use floorkey::{EntityKind, Refusal, ResourceType, limits};

use super::draft::ProfileDraft;
use crate::web::page_error::to_sentence;
use floorkey_service::failure::Failure;

/// The error messages of the form, by field.
#[derive(Clone, Debug, Default)]
pub(super) struct ProfileFormErrors {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) applications: Option<String>,
    pub(super) assignable: Option<String>,
    pub(super) tags: Option<String>,
    pub(super) control: Option<String>,
    pub(super) hierarchy: Option<String>,
    pub(super) conditions: Option<String>,
    /// An error that does not belong to a single field.
    pub(super) whole: Option<String>,
}

impl ProfileFormErrors {
    /// Finds errors that prevent building a command.
    pub(super) fn in_form(draft: &ProfileDraft) -> Self {
        Self {
            name: draft.name.is_empty().then(|| "Give the profile a name.".to_owned()),
            tags: tag_error(&draft.tags),
            control: tag_error(&draft.control_tags),
            ..Self::default()
        }
    }

    /// Assigns a refusal to the field that caused it.
    pub(super) fn from_refusal(refusal: &Refusal, draft: &ProfileDraft) -> Self {
        let mut errors = Self::default();
        let root = refusal.innermost();
        let text = match root {
            Refusal::Invalid(invalid) => {
                floorkey::text::capitalized(&format!("{}.", invalid.problem.trim_end_matches('.')))
            }
            // If details are withheld, the refusal has a reference code. Only the outer refusal contains this code.
            _ => to_sentence(&Failure::Refused(refusal.clone())),
        };
        *errors.field_for(root, draft) = Some(text);
        errors
    }

    pub(super) fn is_empty(&self) -> bool {
        let all = [&self.name, &self.description, &self.applications, &self.assignable, &self.tags, &self.control];
        all.into_iter().chain([&self.hierarchy, &self.conditions, &self.whole]).all(Option::is_none)
    }

    /// Whether the access control section has an error. If so, the section is expanded.
    pub(super) fn in_access_control(&self) -> bool {
        self.control.is_some() || self.hierarchy.is_some()
    }

    /// Whether the section for applications, assignable profiles and tags has an error.
    pub(super) fn in_advanced(&self) -> bool {
        self.applications.is_some() || self.assignable.is_some() || self.tags.is_some()
    }

    fn field_for(&mut self, refusal: &Refusal, draft: &ProfileDraft) -> &mut Option<String> {
        match refusal {
            Refusal::Duplicate { .. } => &mut self.name,
            Refusal::NotFound { kind: EntityKind::Resource(ResourceType::HierarchyGroup), .. } => &mut self.hierarchy,
            Refusal::NotFound { .. } => &mut self.assignable,
            Refusal::Invalid(invalid) => match invalid.input {
                "SecurityProfileName" | "Name" => &mut self.name,
                "Description" => &mut self.description,
                "Applications" | "Namespace" | "ApplicationPermissions" => &mut self.applications,
                "Tags" | "tags" => &mut self.tags,
                "Conditions" => &mut self.conditions,
                "HierarchyRestrictedResources" | "AllowedAccessControlHierarchyGroupId" => &mut self.hierarchy,
                input if input.contains("AllowedAccessControlTags") || input.contains("TagRestricted") => {
                    &mut self.control
                }
                _ => &mut self.whole,
            },
            Refusal::LimitExceeded { .. } => {
                let applications = draft.applications();
                let too_many = |names: &Vec<String>| names.len() > limits::APPLICATION_PERMISSIONS_MAX;
                if applications.len() > limits::APPLICATIONS_MAX
                    || applications.iter().any(|application| too_many(&application.permissions))
                {
                    &mut self.applications
                } else if draft.control_tags.len() > limits::ACCESS_CONTROL_TAGS_MAX
                    || draft.restricted.len() > limits::RESTRICTED_TYPES_MAX
                {
                    &mut self.control
                } else {
                    &mut self.whole
                }
            }
            _ => &mut self.whole,
        }
    }
}

fn tag_error(pairs: &[(String, String)]) -> Option<String> {
    let is_repeated = |at: usize, key: &str| pairs.iter().take(at).any(|(other, _)| other == key);
    pairs.iter().enumerate().find_map(|(at, (key, value))| match key.as_str() {
        "" => Some(format!("The value “{value}” has no key: give it one, or clear it.")),
        key if is_repeated(at, key) => Some(format!("The key “{key}” is there twice: each key has one value.")),
        _ => None,
    })
}
