//! Which permission is meant: by its name, its name in the API, or what it lets one do; of the catalogue or of an
//! application.

use floorkey::text::folded;
use floorkey::{AnyPermission, catalogue};

use super::typed::Slip;
use crate::console::fields::Fields;
use crate::console::search_words::search_words;
use crate::console::user::why::fitting;
use crate::console::viewer::Viewer;
use crate::console::words;

/// Permissions that are offered where several may be meant.
const OFFERED: usize = 8;

/// A permission as pages call it.
pub(super) struct Called {
    /// `Users: Edit`; `orders: refund`. The field takes it back.
    pub(super) name: String,
    /// What it lets one do, in a sentence.
    pub(super) about: String,
    /// The API's name.
    pub(super) api: String,
}

impl Called {
    pub(super) fn of(viewer: &Viewer, permission: &AnyPermission) -> Self {
        match permission {
            AnyPermission::Catalogue(permission) => Self {
                name: words::permission(*permission),
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

/// Every permission that can be asked about: the catalogue's, then those of registered applications, for those who see
/// which there are.
pub(super) fn all(viewer: &Viewer) -> impl Iterator<Item = AnyPermission> + '_ {
    let shown = viewer.visibility().sees_applications();
    let applications = viewer.directory.applications().filter(move |_| shown).flat_map(|application| {
        application.permissions.iter().map(|permission| AnyPermission::Application {
            namespace: application.namespace.clone(),
            name: permission.name.clone(),
        })
    });
    catalogue().permissions().map(AnyPermission::Catalogue).chain(applications)
}

/// The permission that is meant.
///
/// # Errors
/// None is, or several may be.
pub(super) fn permission(viewer: &Viewer, text: &str, page: &str, fields: &Fields) -> Result<AnyPermission, Slip> {
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

/// The permissions that may be meant, the best first; one where it is named exactly.
pub(super) fn like(viewer: &Viewer, text: &str) -> Vec<AnyPermission> {
    let asked = folded(text);
    if let Some(exact) = exactly(viewer, text, &asked) {
        return vec![exact];
    }
    let words = search_words(&asked);
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

fn exactly(viewer: &Viewer, text: &str, asked: &str) -> Option<AnyPermission> {
    let named = |permission: &floorkey::Permission| {
        folded(permission.name()) == asked || folded(&words::permission(*permission)) == asked
    };
    if let Some(found) = catalogue().permissions().find(named) {
        return Some(AnyPermission::Catalogue(found));
    }
    let mut of_applications =
        all(viewer).filter(|permission| matches!(permission, AnyPermission::Application { name, .. } if name == text));
    let by_name = of_applications.next().filter(|_| of_applications.next().is_none());
    // Letter case counts in applications, and there may be a colon in their names.
    let whole = all(viewer).find(|permission| permission.to_string() == text);
    whole.or(by_name).or_else(|| unregistered(viewer, text).filter(|_| viewer.visibility().sees_applications()))
}

/// A permission that profiles hold in an application that nobody registered: it is denied with that reason.
fn unregistered(viewer: &Viewer, text: &str) -> Option<AnyPermission> {
    let held = viewer.directory.profiles().flat_map(|profile| &profile.applications);
    let unknown = held.filter(|held| viewer.directory.application(&held.namespace).is_none());
    let mut all = unknown.flat_map(|held| {
        held.permissions
            .iter()
            .map(|name| AnyPermission::Application { namespace: held.namespace.clone(), name: name.clone() })
    });
    all.find(|permission| permission.to_string() == text)
}
