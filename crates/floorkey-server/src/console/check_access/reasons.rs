//! Grants in words: which profile, how it came to it, how far it reaches.

use floorkey::{Grant, Origin, Permission, PermissionSet, User};

use crate::console::viewer::Viewer;
use crate::console::words;
use crate::extension::scope_in_words;

/// One way in which somebody holds a permission.
pub(super) struct Held {
    pub(super) profile: String,
    /// Where the profile's page is, for who may open it.
    pub(super) href: Option<String>,
    /// `chosen`, `required by Users: Edit`.
    pub(super) how: String,
    /// How far it reaches, to go on after "only"; everywhere if `None`.
    pub(super) only: Option<String>,
    /// Whether it reaches the thing that was asked about.
    pub(super) reaches: bool,
}

impl Held {
    pub(super) fn of(viewer: &Viewer, holder: &User, grant: &Grant) -> Self {
        let visibility = viewer.visibility();
        let may_open = visibility.profile(grant.profile).shows_details();
        Self {
            profile: profile(viewer, grant.profile),
            href: may_open.then(|| format!("/connect/security-profiles/{}", grant.profile)),
            how: match &grant.origin {
                Origin::Chosen => "chosen".to_owned(),
                Origin::RequiredBy(set) => format!("required by {}", listed(set)),
                Origin::RequiredInApplication(names) => format!("required by {}", words::list(names, 3)),
                Origin::SameAs(set) => format!("the same as {}", listed(set)),
            },
            only: grant.scope.as_ref().map(|scope| scope_in_words(&visibility, holder, scope)),
            reaches: grant.reaches,
        }
    }

    /// In one line: `Team lead: chosen; only in Lisbon, and below`.
    pub(super) fn line(&self) -> String {
        let only = self.only.as_ref().map(|only| format!("; only {only}")).unwrap_or_default();
        format!("{}: {}{only}", self.profile, self.how)
    }
}

/// A profile's name, for who may read it.
pub(super) fn profile(viewer: &Viewer, id: floorkey::SecurityProfileId) -> String {
    words::profile(&viewer.visibility(), id)
}

/// Permissions in a row.
pub(super) fn listed(set: &PermissionSet) -> String {
    let names: Vec<String> = set.iter().map(words::permission).collect();
    words::list(&names, 3)
}

/// Where somebody sees the name of a thing in a list, without holding the permission to view it.
pub(super) fn listed_in(held: &PermissionSet, view: Permission) -> Vec<String> {
    let sources = floorkey::review::inherited::sources(held).filter(|source| source.lists.contains(view));
    sources
        .map(|source| {
            let because = listed(&source.permissions.intersection(held));
            format!("Its name is still in their lists, in {}, because of {because}.", source.place)
        })
        .collect()
}
