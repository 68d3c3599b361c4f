//! The navigation: the sections of the console, as far as the viewer can open them, and the document about each.

use super::current_user::CurrentUser;

/// The path of the outbox, which exists only in the demo.
pub(crate) const OUTBOX: &str = "/connect/outbox";

/// A group of navigation links.
pub(crate) struct NavGroup {
    pub(crate) title: Option<&'static str>,
    pub(crate) links: Vec<NavLink>,
}

/// A navigation link.
pub(crate) struct NavLink {
    pub(crate) text: &'static str,
    pub(crate) href: &'static str,
    pub(crate) icon: &'static str,
    /// Whether the link points to the current page or to the section of the current page.
    pub(crate) is_current: bool,
    /// The keyboard shortcut, which requires JavaScript.
    pub(crate) keys: Option<&'static str>,
}

/// A document about a section.
pub(crate) struct HelpLink {
    pub(crate) title: &'static str,
    pub(crate) href: String,
}

/// A page that the navigation links to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NavPage {
    pub(crate) text: &'static str,
    pub(crate) href: &'static str,
    /// The name of an icon.
    pub(crate) icon: &'static str,
    pub(crate) keys: Option<&'static str>,
    /// Other words that users may search the page by.
    pub(crate) keywords: &'static str,
    /// The viewers who can open the page.
    audience: Audience,
}

/// The viewers who can open a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    Everyone,
    /// Viewers who can open at least one page other than those about their own access.
    Administrative,
    Users,
    Profiles,
    UsersAndProfiles,
    History,
    Applications,
    FullAdministrators,
    Outbox,
}

/// The groups of the navigation, with their pages.
static GROUPS: [(Option<&str>, &[NavPage]); 5] = [
    (None, &[page("Home", crate::ROOT, "house", Some("g h"), "start findings figures", Audience::Administrative)]),
    (
        Some("Users"),
        &[
            page("User management", "/connect/users", "users", Some("g u"), "people agents", Audience::Users),
            page(
                "Security profiles",
                "/connect/security-profiles",
                "shield",
                Some("g p"),
                "roles access",
                Audience::Profiles,
            ),
        ],
    ),
    (
        Some("Access"),
        &[
            page(
                "Check access",
                "/connect/check-access",
                "search-check",
                Some("g k"),
                "who can decision why",
                Audience::UsersAndProfiles,
            ),
            page(
                "Who has what",
                "/connect/who-has-what",
                "grid-3x3",
                Some("g w"),
                "map overview teams",
                Audience::UsersAndProfiles,
            ),
        ],
    ),
    (
        Some("Records"),
        &[page(
            "Historical changes",
            "/connect/history",
            "history",
            Some("g a"),
            "audit log events",
            Audience::History,
        )],
    ),
    (
        Some("Settings"),
        &[
            page(
                "Escalation guard",
                "/connect/guard",
                "shield-alert",
                Some("g e"),
                "warn enforce",
                Audience::Administrative,
            ),
            page(
                "Applications",
                "/connect/applications",
                "app-window",
                None,
                "authzen namespaces resources",
                Audience::Applications,
            ),
            page(
                "API tokens",
                "/connect/api-tokens",
                "key-round",
                None,
                "authzen secrets",
                Audience::FullAdministrators,
            ),
            page(
                "Permissions",
                "/connect/permissions",
                "list-checks",
                Some("g c"),
                "catalog",
                Audience::Administrative,
            ),
            page("Outbox", OUTBOX, "mail", None, "email demo", Audience::Outbox),
            page("About", "/connect/about", "info", None, "version health documents", Audience::Administrative),
        ],
    ),
];

/// The pages that the user menu links to.
static OWN: [NavPage; 2] = [
    page(
        "My access",
        "/connect/access",
        "key-round",
        Some("g m"),
        "password mfa passkey sessions access keys",
        Audience::Everyone,
    ),
    page(
        "Preferences",
        "/connect/preferences",
        "sliders-horizontal",
        None,
        "time zone theme density dates",
        Audience::Everyone,
    ),
];

const fn page(
    text: &'static str,
    href: &'static str,
    icon: &'static str,
    keys: Option<&'static str>,
    keywords: &'static str,
    audience: Audience,
) -> NavPage {
    NavPage { text, href, icon, keys, keywords, audience }
}

impl CurrentUser {
    /// Returns the pages that the viewer can open, in the order of the navigation.
    pub(crate) fn pages(&self) -> impl Iterator<Item = &'static NavPage> {
        let all = GROUPS.iter().flat_map(|(_, pages)| *pages).chain(&OWN);
        all.filter(|page| self.is_in(page.audience))
    }

    /// Returns the navigation for the viewer.
    pub(super) fn nav(&self) -> Vec<NavGroup> {
        let path = self.context.client.current_path.split('?').next().unwrap_or_default();
        let link = |page: &NavPage| NavLink {
            text: page.text,
            href: page.href,
            icon: page.icon,
            is_current: path == page.href || (page.href != crate::ROOT && path.starts_with(&format!("{}/", page.href))),
            keys: page.keys,
        };
        if !self.is_administrative() {
            return vec![NavGroup { title: None, links: OWN.iter().map(link).collect() }];
        }
        let group = |(title, pages): &(Option<&'static str>, &[NavPage])| NavGroup {
            title: *title,
            links: pages.iter().filter(|page| self.is_in(page.audience)).map(link).collect(),
        };
        GROUPS.iter().map(group).filter(|group| !group.links.is_empty()).collect()
    }

    fn is_in(&self, audience: Audience) -> bool {
        match audience {
            Audience::Everyone => true,
            Audience::Administrative => self.is_administrative(),
            Audience::Users => self.sees_users(),
            Audience::Profiles => self.sees_profiles(),
            Audience::UsersAndProfiles => self.sees_users() && self.sees_profiles(),
            Audience::History => self.sees_history(),
            Audience::Applications => self.sees_applications(),
            Audience::FullAdministrators => self.sees_api_tokens(),
            Audience::Outbox => self.sees_outbox(),
        }
    }
}

/// The documents about pages, by the beginning of the pages' addresses.
const DOCUMENTS: [(&str, &str, &str); 12] = [
    ("/connect/users", "Managing users", "tour.md#manage-users"),
    ("/connect/security-profiles", "Security profiles", "tour.md#create-a-security-profile"),
    ("/connect/check-access", "Asking who can do what", "tour.md#ask-who-can-do-what"),
    ("/connect/who-has-what", "Asking who can do what", "tour.md#ask-who-can-do-what"),
    ("/connect/history", "Historical changes", "tour.md#see-what-changed"),
    ("/connect/guard", "The escalation guard", "escalation-guard.md"),
    ("/connect/applications", "Decisions for applications", "decisions.md"),
    ("/connect/api-tokens", "Decisions for applications", "decisions.md"),
    ("/connect/permissions", "Glossary", "glossary.md"),
    ("/connect/about", "Operating Floorkey", "operating.md"),
    ("/connect/outbox", "Mail settings", "settings.md#mail"),
    ("/connect/access", "Your own access", "tour.md#your-own-access"),
];

/// Returns the address of a document of the project.
pub(crate) fn document(name: &str) -> String {
    format!("{}/blob/main/docs/{name}", env!("CARGO_PKG_REPOSITORY"))
}

/// Returns the document about the page with this address.
pub(super) fn help(path: &str) -> HelpLink {
    let known = DOCUMENTS.iter().find(|(prefix, ..)| path.starts_with(prefix));
    let (title, name) = known.map_or(("A tour", "tour.md"), |(_, title, name)| (*title, *name));
    HelpLink { title, href: document(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcuts_are_unique() {
        let all = GROUPS.iter().flat_map(|(_, pages)| *pages).chain(&OWN);
        let mut keys: Vec<_> = all.filter_map(|page| page.keys).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn every_document_exists() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        for (_, _, name) in DOCUMENTS {
            let (file, heading) = name.split_once('#').unwrap_or((name, ""));
            let text = std::fs::read_to_string(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            let anchor = |line: &str| line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            let is_known = text.lines().any(|line| line.starts_with('#') && anchor(line) == heading);
            assert!(heading.is_empty() || is_known, "{name}");
        }
    }

    #[test]
    fn pages_lead_to_the_document_about_their_section() {
        assert!(help("/connect/guard?x=1").href.ends_with("/docs/escalation-guard.md"));
        assert!(help("/connect/users/1/details").href.ends_with("/docs/tour.md#manage-users"));
        assert!(help("/connect/").href.ends_with("/docs/tour.md"));
    }
}
