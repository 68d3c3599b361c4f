//! Finds the catalog permission or application permission that the user's input refers to. The input can be the
//! permission's name, its API name, or words from its description.

use floorkey::text::folded;
use floorkey::{AnyPermission, catalog};

use super::form_input::FieldError;
use crate::user::why_denied::matching_permissions;
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::search_terms::search_terms;
use crate::web::text;

/// The maximum number of permissions to suggest if the input is ambiguous.
const CHOICES_MAX: usize = 8;

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

/// Iterates over all permissions that the viewer can choose. The catalog's permissions come first. If the viewer can
/// see applications, the permissions of registered applications follow.
pub(super) fn all(viewer: &CurrentUser) -> impl Iterator<Item = AnyPermission> + '_ {
    let visible = viewer.visibility().sees_applications();
    let applications = viewer.directory.applications().filter(move |_| visible).flat_map(|application| {
        application.permissions.iter().map(|permission| AnyPermission::Application {
            namespace: application.namespace.clone(),
            name: permission.name.clone(),
        })
    });
    catalog().permissions().map(AnyPermission::Catalog).chain(applications)
}

/// Finds the permission that the input refers to.
///
/// # Errors
/// Returns an error if no permission matches, or if several permissions match.
pub(super) fn resolve(
    viewer: &CurrentUser,
    text: &str,
    page: &str,
    fields: &Fields,
) -> Result<AnyPermission, FieldError> {
    let found = matches(viewer, text);
    if let [only] = found.as_slice() {
        return Ok(only.clone());
    }
    if found.is_empty() {
        return Err(FieldError::new(format!(
            "No permission is called “{text}” or says that. Try another word, or a name such as Users: Edit."
        )));
    }
    let more = if found.len() > CHOICES_MAX { "; these fit best" } else { "" };
    let choices = found.iter().take(CHOICES_MAX).map(|permission| {
        let label = PermissionLabel::new(viewer, permission);
        (label.name.clone(), label.name)
    });
    Err(FieldError::ambiguous(
        format!("Several permissions fit “{text}”{more}. Which one?"),
        page,
        fields,
        "can",
        choices,
    ))
}

/// Returns the matching permissions, best match first. If the text exactly matches a name, returns only the permission
/// with this name.
pub(super) fn matches(viewer: &CurrentUser, text: &str) -> Vec<AnyPermission> {
    let folded_text = folded(text);
    if let Some(exact) = exact_match(viewer, text, &folded_text) {
        return vec![exact];
    }
    let words = search_terms(&folded_text);
    let in_catalog = matching_permissions(&folded_text).into_iter().map(AnyPermission::Catalog);
    let in_applications = all(viewer).filter(|permission| {
        let AnyPermission::Application { namespace, .. } = permission else { return false };
        let label = PermissionLabel::new(viewer, permission);
        let title = viewer.directory.application(namespace).map_or("", |application| application.name.as_str());
        let text = folded(&format!("{} {title} {}", label.name, label.about));
        words.iter().all(|word| text.contains(word.as_str()))
    });
    let mut found: Vec<_> = in_applications.collect();
    found.extend(in_catalog);
    found
}

fn exact_match(viewer: &CurrentUser, text: &str, folded_text: &str) -> Option<AnyPermission> {
    let is_named = |permission: &floorkey::Permission| {
        folded(permission.name()) == folded_text || folded(&text::permission(*permission)) == folded_text
    };
    if let Some(found) = catalog().permissions().find(is_named) {
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
