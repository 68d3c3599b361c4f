//! Finds the permissions that the user's input refers to. The input can be a phrase such as `download recordings`, the
//! name or API name of a permission, or words from its description.

use floorkey::review::capabilities::Capability;
use floorkey::text::folded;
use floorkey::{AnyPermission, Permission, PermissionSet, catalog};

use super::form_input::FieldError;
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::permission_search;
use crate::web::search_terms::search_terms;
use crate::web::text;

/// The maximum number of permissions to suggest if the input is ambiguous.
const CHOICES_MAX: usize = 8;

/// The maximum number of permissions that a search by words can refer to. If more match, the words are too vague.
const MATCHES_MAX: usize = 20;

/// A permission as shown on pages.
pub(super) struct PermissionLabel {
    /// The name, such as `Users: Edit` or `orders: refund`. The form field accepts this name as input.
    pub(super) name: String,
    /// A sentence that describes what the permission allows.
    pub(super) about: String,
    /// The API name.
    pub(super) api_name: String,
}

impl PermissionLabel {
    pub(super) fn new(viewer: &CurrentUser, permission: &AnyPermission) -> Self {
        match permission {
            AnyPermission::Catalog(permission) => Self {
                name: text::permission(*permission),
                about: permission.info().description.clone(),
                api_name: permission.name().to_owned(),
            },
            AnyPermission::Application { namespace, name } => {
                let registered = viewer.directory.application(namespace);
                let known = registered.and_then(|application| application.permission(name));
                Self {
                    name: permission.to_string(),
                    about: known.map(|known| known.description.clone()).unwrap_or_default(),
                    api_name: name.clone(),
                }
            }
        }
    }
}

/// The permissions that the input refers to. Having any of them is what the user asks about.
pub(super) struct RequestedPermissions {
    /// The capability that the input names.
    pub(super) capability: Option<&'static Capability>,
    /// The permissions; at least one.
    pub(super) permissions: Vec<AnyPermission>,
    /// Permissions that match the input less well.
    pub(super) others: Vec<AnyPermission>,
    text: String,
}

impl RequestedPermissions {
    /// Finds the permissions that the input refers to.
    ///
    /// # Errors
    /// Returns an error if no permission matches, or if too many match.
    pub(super) fn parse(viewer: &CurrentUser, text: &str, page: &str, fields: &Fields) -> Result<Self, FieldError> {
        let requested = |permissions| Self { capability: None, permissions, others: Vec::new(), text: text.to_owned() };
        if let Some(exact) = exact_match(viewer, text) {
            return Ok(requested(vec![exact]));
        }
        let found = permission_search::search(text);
        let mut permissions = Vec::new();
        if found.capability.is_none() {
            permissions.extend(application_matches(viewer, text));
        }
        permissions.extend(found.best.into_iter().map(AnyPermission::Catalog));
        if permissions.is_empty() {
            return Err(FieldError::new(format!(
                "No permission is called “{text}” or says that. Try other words, such as “download recordings”."
            )));
        }
        let count = permissions.len();
        let others = found.others.into_iter().map(AnyPermission::Catalog).collect();
        let requested = Self { capability: found.capability, others, ..requested(permissions) };
        if found.capability.is_none() && count > MATCHES_MAX {
            let question =
                format!("“{text}” matches {}. Add another word, or choose one.", text::count_noun(count, "permission"));
            return Err(requested.ambiguous(viewer, question, page, fields));
        }
        Ok(requested)
    }

    /// Returns the only permission that the input refers to.
    ///
    /// # Errors
    /// Returns an error if the input refers to several permissions.
    pub(super) fn single(self, viewer: &CurrentUser, page: &str, fields: &Fields) -> Result<Self, FieldError> {
        match self.permissions.len() {
            1 => Ok(self),
            count => {
                let question = format!("“{}” means {}. Which one?", self.text, text::count_noun(count, "permission"));
                Err(self.ambiguous(viewer, question, page, fields))
            }
        }
    }

    fn ambiguous(&self, viewer: &CurrentUser, question: String, page: &str, fields: &Fields) -> FieldError {
        let choices = self.permissions.iter().take(CHOICES_MAX).map(|permission| {
            let label = PermissionLabel::new(viewer, permission);
            (label.name.clone(), label.name)
        });
        FieldError::ambiguous(question, page, fields, "can", choices)
    }

    /// Returns a phrase that follows "can", such as `download recordings` or `use Users: Edit`.
    pub(super) fn phrase(&self, viewer: &CurrentUser) -> String {
        match (self.capability, self.permissions.as_slice()) {
            (Some(capability), _) => capability.phrase.to_owned(),
            (None, [only]) => format!("use {}", PermissionLabel::new(viewer, only).name),
            (None, several) => {
                format!("use one of {} that match “{}”", text::count_noun(several.len(), "permission"), self.text)
            }
        }
    }

    /// Returns the permissions of the catalog.
    pub(super) fn in_catalog(&self) -> PermissionSet {
        let in_catalog = |permission: &AnyPermission| match permission {
            AnyPermission::Catalog(permission) => Some(*permission),
            AnyPermission::Application { .. } => None,
        };
        self.permissions.iter().filter_map(in_catalog).collect()
    }
}

/// Iterates over all permissions that the viewer can choose. The catalog's permissions come first. If the viewer can
/// see applications, the permissions of registered applications follow.
fn all(viewer: &CurrentUser) -> impl Iterator<Item = AnyPermission> + '_ {
    catalog().permissions().map(AnyPermission::Catalog).chain(in_applications(viewer))
}

/// Iterates over the permissions of registered applications, if the viewer can see applications.
fn in_applications(viewer: &CurrentUser) -> impl Iterator<Item = AnyPermission> + '_ {
    let visible = viewer.visibility().sees_applications();
    viewer.directory.applications().filter(move |_| visible).flat_map(|application| {
        application.permissions.iter().map(|permission| AnyPermission::Application {
            namespace: application.namespace.clone(),
            name: permission.name.clone(),
        })
    })
}

/// Returns the permissions of applications whose texts contain all words of the input.
fn application_matches(viewer: &CurrentUser, text: &str) -> Vec<AnyPermission> {
    let words = search_terms(text);
    if words.is_empty() {
        return Vec::new();
    }
    let is_match = |permission: &AnyPermission| {
        let AnyPermission::Application { namespace, .. } = permission else { return false };
        let label = PermissionLabel::new(viewer, permission);
        let title = viewer.directory.application(namespace).map_or("", |application| application.name.as_str());
        let text = folded(&format!("{} {title} {}", label.name, label.about));
        words.iter().all(|word| text.contains(word.as_str()))
    };
    in_applications(viewer).filter(is_match).collect()
}

/// Returns the permission with exactly this name.
fn exact_match(viewer: &CurrentUser, text: &str) -> Option<AnyPermission> {
    if let Some(found) = permission_search::exact_match(&folded(text)) {
        return Some(AnyPermission::Catalog(found));
    }
    let mut in_applications =
        all(viewer).filter(|permission| matches!(permission, AnyPermission::Application { name, .. } if name == text));
    let by_name = in_applications.next().filter(|_| in_applications.next().is_none());
    // Permission names of applications are case-sensitive and can contain a colon.
    let whole = all(viewer).find(|permission| permission.to_string() == text);
    whole.or(by_name).or_else(|| unregistered(viewer, text).filter(|_| viewer.visibility().sees_applications()))
}

/// Finds a permission of an unregistered application that at least one profile grants. Decisions about such a
/// permission are always denials, because the application is not registered.
fn unregistered(viewer: &CurrentUser, text: &str) -> Option<AnyPermission> {
    let applications = viewer.directory.profiles().flat_map(|profile| &profile.applications);
    let unknown = applications.filter(|application| viewer.directory.application(&application.namespace).is_none());
    let mut all = unknown.flat_map(|application| {
        application
            .permissions
            .iter()
            .map(|name| AnyPermission::Application { namespace: application.namespace.clone(), name: name.clone() })
    });
    all.find(|permission| permission.to_string() == text)
}

/// Returns suggestions for the input while the user types: phrases first, then permissions. Each suggestion consists of
/// a value and its description.
pub(super) fn suggestions(viewer: &CurrentUser, text: &str, max: usize) -> Vec<(String, String)> {
    let phrase = |capability: &Capability| {
        let count = text::count_noun(capability.current_permissions().len(), "permission");
        (capability.phrase.to_owned(), count)
    };
    let phrases = permission_search::suggested_capabilities(text).map(phrase);
    let found = permission_search::search(text);
    let named =
        found.best.iter().chain(&found.others).map(|permission: &Permission| AnyPermission::Catalog(*permission));
    let permissions = application_matches(viewer, text).into_iter().chain(named).map(|permission| {
        let label = PermissionLabel::new(viewer, &permission);
        (label.name, label.about)
    });
    phrases.chain(permissions).take(max).collect()
}
