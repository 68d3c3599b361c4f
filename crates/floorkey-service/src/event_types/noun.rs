//! The kinds of things that event types are about.

/// The kind of thing that an event type is about. In filters, event types are grouped by noun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Noun {
    /// Access keys.
    AccessKeys,
    /// Agent statuses.
    AgentStatuses,
    /// API tokens.
    ApiTokens,
    /// Applications and their resources.
    Applications,
    /// The hierarchy and its groups.
    Hierarchy,
    /// The history of changes, for event types such as "change undone".
    History,
    /// Hours of operation.
    Hours,
    /// The instance and its settings.
    Instance,
    /// Prompts.
    Prompts,
    /// Queues.
    Queues,
    /// Quick connects.
    QuickConnects,
    /// Routing profiles.
    RoutingProfiles,
    /// Security profiles.
    SecurityProfiles,
    /// Sign-ins and credentials.
    SignIn,
    /// Tags of resources.
    Tags,
    /// Users.
    Users,
}

impl Noun {
    /// All nouns, sorted by label.
    pub const ALL: [Self; 16] = [
        Self::AccessKeys,
        Self::AgentStatuses,
        Self::ApiTokens,
        Self::Applications,
        Self::Hierarchy,
        Self::History,
        Self::Hours,
        Self::Instance,
        Self::Prompts,
        Self::Queues,
        Self::QuickConnects,
        Self::RoutingProfiles,
        Self::SecurityProfiles,
        Self::SignIn,
        Self::Tags,
        Self::Users,
    ];

    /// Returns the heading for event types about this noun.
    pub const fn label(self) -> &'static str {
        match self {
            Self::AccessKeys => "Access keys",
            Self::AgentStatuses => "Agent statuses",
            Self::ApiTokens => "API tokens",
            Self::Applications => "Applications",
            Self::Hierarchy => "Hierarchy",
            Self::History => "Historical changes",
            Self::Hours => "Hours of operation",
            Self::Instance => "Instance",
            Self::Prompts => "Prompts",
            Self::Queues => "Queues",
            Self::QuickConnects => "Quick connects",
            Self::RoutingProfiles => "Routing profiles",
            Self::SecurityProfiles => "Security profiles",
            Self::SignIn => "Sign-in",
            Self::Tags => "Tags",
            Self::Users => "Users",
        }
    }
}
