//! Resolves a permission by its name, its API name, or words of its description, in the catalog or in an application.

use floorkey::text::folded;
use floorkey::{AnyPermission, catalogue};

use super::typed::Slip;
use crate::user::why::fitting;
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use crate::web::search_terms::search_terms;
use crate::web::text;

/// The maximum number of choices for an ambiguous permission.
const OFFERED: usize = 8;

/// A permission as shown on pages.
pub(super) struct Called {
    /// `Users: Edit` or `orders: refund`. The form field accepts it.
    pub(super) name: String,
    /// What it allows, in one sentence.
    pub(super) about: String,
    /// The API name.
    pub(super) api: String,
}

impl Called {
    pub(super) fn of(viewer: &CurrentUser, permission: &AnyPermission) -> Self {
        match permission {
            AnyPermission::Catalogue(permission) => Self {
                name: text::permission(*permission),
                about: permission.info().about.clone(),
                api: permission.name().to_owned(),
            },
            AnyPermission::Application { namespace, name } => {
                let registered = viewer.directory.application(namespace);
                let known = registered.and_then(|application| application.permission(name));
                Self {
                    name: permission.to_string(),
                    about: known.map(|known| known.description.clone()).unwrap_or_default(),
                    api: name.clone(),
                }
            }
        }
    }
}

/// Iterates over all permissions that can be chosen: those of the catalog, then those of registered applications if the
/// viewer can see applications.
pub(super) fn all(viewer: &CurrentUser) -> impl Iterator<Item = AnyPermission> + '_ {
    let shown = viewer.visibility().sees_applications();
    let applications = viewer.directory.applications().filter(move |_| shown).flat_map(|application| {
        application.permissions.iter().map(|permission| AnyPermission::Application {
            namespace: application.namespace.clone(),
            name: permission.name.clone(),
        })
    });
    catalogue().permissions().map(AnyPermission::Catalogue).chain(applications)
}

/// Resolves the permission.
///
/// # Errors
/// No permission matches, or several do.
pub(super) fn permission(viewer: &CurrentUser, text: &str, page: &str, fields: &Fields) -> Result<AnyPermission, Slip> {
    let found = like(viewer, text);
    if let [only] = found.as_slice() {
        return Ok(only.clone());
    }
    if found.is_empty() {
        return Err(Slip::new(format!(
            "No permission is called “{text}” or says that. Try another word, or a name such as Users: Edit."
        )));
    }
    let more = if found.len() > OFFERED { "; these fit best" } else { "" };
    let choices = found.iter().take(OFFERED).map(|permission| {
        let called = Called::of(viewer, permission);
        (called.name.clone(), called.name)
    });
    Err(Slip::which(format!("Several permissions fit “{text}”{more}. Which one?"), page, fields, "can", choices))
}

/// Returns the matching permissions, the best match first, or a single one if the name matches exactly.
pub(super) fn like(viewer: &CurrentUser, text: &str) -> Vec<AnyPermission> {
    let asked = folded(text);
    if let Some(exact) = exactly(viewer, text, &asked) {
        return vec![exact];
    }
    let words = search_terms(&asked);
    let of_catalogue = fitting(&asked).into_iter().map(AnyPermission::Catalogue);
    let of_applications = all(viewer).filter(|permission| {
        let AnyPermission::Application { namespace, .. } = permission else { return false };
        let called = Called::of(viewer, permission);
        let title = viewer.directory.application(namespace).map_or("", |application| application.name.as_str());
        let text = folded(&format!("{} {title} {}", called.name, called.about));
        words.iter().all(|word| text.contains(word.as_str()))
    });
    let mut found: Vec<_> = of_applications.collect();
    found.extend(of_catalogue);
    found
}

fn exactly(viewer: &CurrentUser, text: &str, asked: &str) -> Option<AnyPermission> {
    let named = |permission: &floorkey::Permission| {
        folded(permission.name()) == asked || folded(&text::permission(*permission)) == asked
    };
    if let Some(found) = catalogue().permissions().find(named) {
        return Some(AnyPermission::Catalogue(found));
    }
    let mut of_applications =
        all(viewer).filter(|permission| matches!(permission, AnyPermission::Application { name, .. } if name == text));
    let by_name = of_applications.next().filter(|_| of_applications.next().is_none());
    // Permission names of applications are case-sensitive and can contain a colon.
    let whole = all(viewer).find(|permission| permission.to_string() == text);
    whole.or(by_name).or_else(|| unregistered(viewer, text).filter(|_| viewer.visibility().sees_applications()))
}

/// Finds a permission in an application that is not registered but used in profiles. The decision is a denial that
/// gives this as the reason.
fn unregistered(viewer: &CurrentUser, text: &str) -> Option<AnyPermission> {
    let held = viewer.directory.profiles().flat_map(|profile| &profile.applications);
    let unknown = held.filter(|held| viewer.directory.application(&held.namespace).is_none());
    let mut all = unknown.flat_map(|held| {
        held.permissions
            .iter()
            .map(|name| AnyPermission::Application { namespace: held.namespace.clone(), name: name.clone() })
    });
    all.find(|permission| permission.to_string() == text)
}
