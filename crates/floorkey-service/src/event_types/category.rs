//! The categories of event types, by which the history of changes is filtered.

use floorkey::Action;

use super::EventType;

/// A category of event types. Every event type has exactly one category: see `table.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// User accounts and their fields, apart from profiles and credentials.
    Users,
    /// Security profiles: what they grant, and which profiles their users can assign.
    SecurityProfiles,
    /// Access of users: assigned profiles, enabled and disabled accounts, and the use of permissions.
    Access,
    /// Sign-ins, passwords, MFA, sessions, access keys and invitations.
    SignIn,
    /// Hierarchy groups and levels, the groups of users, and tags.
    Hierarchy,
    /// Queues, routing profiles, hours of operation and the other resources of a contact center.
    Resources,
    /// Applications, their resources and tokens, and decisions.
    Applications,
    /// The escalation guard, settings of the instance, the history itself, and undone changes.
    System,
}

impl Category {
    /// All categories, in the order in which pages list them.
    pub const ALL: [Self; 8] = [
        Self::Users,
        Self::SecurityProfiles,
        Self::Access,
        Self::SignIn,
        Self::Hierarchy,
        Self::Resources,
        Self::Applications,
        Self::System,
    ];

    /// Returns the name of the category on pages.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Users => "Users",
            Self::SecurityProfiles => "Security profiles",
            Self::Access => "Access changes",
            Self::SignIn => "Sign-in and credentials",
            Self::Hierarchy => "Hierarchy and tags",
            Self::Resources => "Routing and resources",
            Self::Applications => "Applications and decisions",
            Self::System => "Guard, settings and system",
        }
    }

    /// Returns the name of the category in addresses, such as `security-profiles`.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::SecurityProfiles => "security-profiles",
            Self::Access => "access",
            Self::SignIn => "sign-in",
            Self::Hierarchy => "hierarchy",
            Self::Resources => "resources",
            Self::Applications => "applications",
            Self::System => "system",
        }
    }

    /// Returns the category with this name in addresses.
    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.slug() == slug)
    }

    /// Returns all operations whose event types have this category.
    pub fn actions(self) -> impl Iterator<Item = Action> {
        Action::ALL.iter().copied().filter(move |action| EventType::from_action(*action).category == self)
    }
}
