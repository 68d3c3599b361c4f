//! Amazon Resource Names (ARNs) for Amazon Connect: `arn:aws:connect:<region>:<account>:instance/<id>[/<type>/<id>]`.
//!
//! A resource type often has a different name in ARNs than in the API: a user is an `agent`, a hierarchy group is an
//! `agent-group`, and hours of operation are `operating-hours`. Only this module uses the ARN names.

use std::fmt::{self, Write as _};
use std::str::FromStr;

/// The ARN of an instance, or of a resource in an instance.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arn {
    /// The region, such as `us-east-1`.
    pub region: String,
    /// The account ID, which has 12 digits.
    pub account: String,
    /// The ID of the instance.
    pub instance: String,
    /// The type and ID of the resource; `None` if the ARN is that of the instance itself.
    pub resource: Option<Resource>,
}

/// The type and ID of a resource in an instance.
pub type Resource = (ResourceKind, String);

impl Arn {
    /// Creates the ARN of an instance.
    #[must_use]
    pub fn of_instance(region: &str, account: &str, instance: &str) -> Self {
        Self { region: region.to_owned(), account: account.to_owned(), instance: instance.to_owned(), resource: None }
    }

    /// Returns the ARN of a resource in this ARN's instance.
    ///
    /// For a hierarchy level, `id` must be the number of the level (1 to 5) instead of its UUID.
    #[must_use]
    pub fn with(&self, kind: ResourceKind, id: &str) -> Self {
        Self { resource: Some((kind, id.to_owned())), ..self.clone() }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:aws:connect:{}:{}:instance/{}", self.region, self.account, self.instance)?;
        match &self.resource {
            Some((kind, id)) => write!(f, "/{}/{id}", kind.segment()),
            None => Ok(()),
        }
    }
}

/// The ARN of an instance as a string. Responses with many ARNs use this type, because the ARN of each resource begins
/// with the ARN of its instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceArn(String);

impl InstanceArn {
    /// Creates the ARN of an instance.
    #[must_use]
    pub fn new(region: &str, account: &str, instance: &str) -> Self {
        Self(Arn::of_instance(region, account, instance).to_string())
    }

    /// Returns the ARN as a string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the same ARN of a resource as [`Arn::with`].
    #[must_use]
    pub fn with(&self, kind: ResourceKind, id: impl fmt::Display) -> String {
        // This capacity is enough for a UUID. Most IDs are UUIDs.
        let mut text = String::with_capacity(self.0.len() + kind.segment().len() + 38);
        text.push_str(&self.0);
        // Writing to a String never fails.
        let _ = write!(text, "/{}/{id}", kind.segment());
        text
    }
}

impl FromStr for Arn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, ArnError> {
        let mut fields = text.splitn(6, ':');
        let mut field = |name| fields.next().ok_or(ArnError::Missing(name));
        expect("prefix", field("prefix")?, "arn")?;
        expect("partition", field("partition")?, "aws")?;
        expect("service", field("service")?, "connect")?;
        let region = field("region")?;
        let account = field("account")?;
        let path = field("resource")?;
        if region.is_empty() || !region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return Err(ArnError::Region);
        }
        if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ArnError::Account);
        }
        let (instance, resource) = parse_resource(path)?;
        Ok(Self { region: region.to_owned(), account: account.to_owned(), instance: instance.to_owned(), resource })
    }
}

fn expect(name: &'static str, found: &str, wanted: &'static str) -> Result<(), ArnError> {
    if found == wanted { Ok(()) } else { Err(ArnError::Fixed { name, wanted }) }
}

/// Parses `instance/<id>` or `instance/<id>/<type>/<id>`. For an agent's queue, the type has two segments:
/// `queue/agent`.
fn parse_resource(path: &str) -> Result<(&str, Option<Resource>), ArnError> {
    let segments: Vec<&str> = path.split('/').collect();
    let (instance, resource) = match segments.as_slice() {
        ["instance", instance] => (*instance, None),
        ["instance", instance, "queue", "agent", id] => (*instance, Some((ResourceKind::AgentQueue, *id))),
        ["instance", instance, kind, id] => {
            let kind = ResourceKind::from_segment(kind).ok_or(ArnError::Resource)?;
            (*instance, Some((kind, *id)))
        }
        _ => return Err(ArnError::Resource),
    };
    if !is_id(instance) || resource.is_some_and(|(kind, id)| !kind.takes(id)) {
        return Err(ArnError::Resource);
    }
    Ok((instance, resource.map(|(kind, id)| (kind, id.to_owned()))))
}

/// Whether the string has 1 to 100 characters that are allowed in IDs. It doesn't have to be a UUID, because unknown
/// IDs are reported when the resource is looked up.
fn is_id(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// A type of resource that Floorkey stores within an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceKind {
    /// A queue that belongs to one agent: `queue/agent`. The queue's ID in the ARN is the agent's user ID.
    AgentQueue,
    /// An agent status: `agent-state`.
    AgentStatus,
    /// A hierarchy group: `agent-group`.
    HierarchyGroup,
    /// A hierarchy level: `agent-group-level`. Its ARN contains the number of the level, 1 to 5, instead of an ID.
    HierarchyLevel,
    /// Hours of operation: `operating-hours`.
    HoursOfOperation,
    /// A prompt: `prompt`.
    Prompt,
    /// A queue: `queue`.
    Queue,
    /// A quick connect: `transfer-destination`.
    QuickConnect,
    /// A routing profile: `routing-profile`.
    RoutingProfile,
    /// A security profile: `security-profile`.
    SecurityProfile,
    /// A user: `agent`.
    User,
}

impl ResourceKind {
    /// All resource types.
    pub const ALL: [Self; 11] = [
        Self::AgentQueue,
        Self::AgentStatus,
        Self::HierarchyGroup,
        Self::HierarchyLevel,
        Self::HoursOfOperation,
        Self::Prompt,
        Self::Queue,
        Self::QuickConnect,
        Self::RoutingProfile,
        Self::SecurityProfile,
        Self::User,
    ];

    /// Returns the name of the resource type in ARNs.
    #[must_use]
    pub fn segment(self) -> &'static str {
        match self {
            Self::AgentQueue => "queue/agent",
            Self::AgentStatus => "agent-state",
            Self::HierarchyGroup => "agent-group",
            Self::HierarchyLevel => "agent-group-level",
            Self::HoursOfOperation => "operating-hours",
            Self::Prompt => "prompt",
            Self::Queue => "queue",
            Self::QuickConnect => "transfer-destination",
            Self::RoutingProfile => "routing-profile",
            Self::SecurityProfile => "security-profile",
            Self::User => "agent",
        }
    }

    /// Returns the resource type with the given name in ARNs.
    #[must_use]
    pub fn from_segment(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.segment() == segment)
    }

    fn takes(self, id: &str) -> bool {
        match self {
            Self::HierarchyLevel => matches!(id, "1" | "2" | "3" | "4" | "5"),
            _ => is_id(id),
        }
    }
}

/// The reason why a string is not a valid ARN for Amazon Connect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    /// The ARN is too short.
    #[error("the ARN has no {0}; it must look like arn:aws:connect:<region>:<account>:instance/<id>")]
    Missing(&'static str),
    /// A field of the ARN does not have the required value.
    #[error("the {name} of the ARN must be `{wanted}`")]
    Fixed {
        /// The name of the field.
        name: &'static str,
        /// The required value.
        wanted: &'static str,
    },
    /// The region has invalid characters.
    #[error("the region of the ARN must look like us-east-1")]
    Region,
    /// The account ID does not consist of 12 digits.
    #[error("the account of the ARN must be 12 digits")]
    Account,
    /// The part after the account ID identifies neither an instance nor a resource of a known type.
    #[error(
        "the ARN must end in instance/<id>, or instance/<id>/<type>/<id> with a type such as agent or \
        security-profile"
    )]
    Resource,
}

/// Identifies an instance in a request by ID or ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstanceRef<'a> {
    /// The instance ID. It is not validated, because an unknown ID is reported when the instance is looked up.
    Id(&'a str),
    /// The instance's ARN. The caller must compare the region and account in the ARN with the server's region and
    /// account.
    Arn(Arn),
}

impl<'a> InstanceRef<'a> {
    /// Parses an `InstanceId`, which can be an ID or an ARN in Amazon Connect.
    ///
    /// # Errors
    ///
    /// Returns an error if the string begins with `arn:` but is not the ARN of an instance.
    pub fn parse(text: &'a str) -> Result<Self, ArnError> {
        if !text.starts_with("arn:") {
            return Ok(Self::Id(text));
        }
        let arn: Arn = text.parse()?;
        if arn.resource.is_some() { Err(ArnError::Resource) } else { Ok(Self::Arn(arn)) }
    }

    /// Returns the ID of the instance.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::Arn(arn) => &arn.instance,
        }
    }

    /// Whether the instance can be in this region and account. Always true if the instance is identified by ID.
    #[must_use]
    pub fn is_at(&self, region: &str, account: &str) -> bool {
        match self {
            Self::Id(_) => true,
            Self::Arn(arn) => arn.region == region && arn.account == account,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const INSTANCE: &str = "arn:aws:connect:us-east-1:123456789012:instance/8f7d9d2e-1111-4222-8333-444455556666";

    #[test]
    fn each_kind_has_the_spelling_of_the_contract() {
        let instance: Arn = INSTANCE.parse().unwrap();
        let tails: Vec<_> = ResourceKind::ALL
            .iter()
            .map(|kind| {
                let id = if *kind == ResourceKind::HierarchyLevel { "3" } else { "x" };
                instance.with(*kind, id).to_string().strip_prefix(INSTANCE).unwrap().to_owned()
            })
            .collect();
        assert_eq!(
            tails,
            [
                "/queue/agent/x",
                "/agent-state/x",
                "/agent-group/x",
                "/agent-group-level/3",
                "/operating-hours/x",
                "/prompt/x",
                "/queue/x",
                "/transfer-destination/x",
                "/routing-profile/x",
                "/security-profile/x",
                "/agent/x",
            ]
        );
    }

    #[test]
    fn what_is_no_arn_of_ours_is_refused() {
        for (text, error) in [
            ("", ArnError::Fixed { name: "prefix", wanted: "arn" }),
            ("arn:aws", ArnError::Missing("service")),
            ("arn:aws-cn:connect:r:123456789012:instance/x", ArnError::Fixed { name: "partition", wanted: "aws" }),
            ("arn:aws:iam::123456789012:user/x", ArnError::Fixed { name: "service", wanted: "connect" }),
            ("arn:aws:connect::123456789012:instance/x", ArnError::Region),
            ("arn:aws:connect:us east:123456789012:instance/x", ArnError::Region),
            ("arn:aws:connect:us-east-1:12345:instance/x", ArnError::Account),
            ("arn:aws:connect:us-east-1:12345678901x:instance/x", ArnError::Account),
            ("arn:aws:connect:us-east-1:123456789012:instance/", ArnError::Resource),
            ("arn:aws:connect:us-east-1:123456789012:instance/x/", ArnError::Resource),
            ("arn:aws:connect:us-east-1:123456789012:instance/x/agent", ArnError::Resource),
            ("arn:aws:connect:us-east-1:123456789012:instance/x/agent/", ArnError::Resource),
            ("arn:aws:connect:us-east-1:123456789012:instance/x/user/y", ArnError::Resource),
            ("arn:aws:connect:us-east-1:123456789012:instance/x/agent/../y", ArnError::Resource),
            ("arn:aws:connect:us-east-1:123456789012:instance/x/agent/y:z", ArnError::Resource),
            ("arn:aws:connect:us-east-1:123456789012:instance/x/agent-group-level/6", ArnError::Resource),
            ("arn:aws:connect:us-east-1:123456789012:phone-number/x", ArnError::Resource),
        ] {
            assert_eq!(text.parse::<Arn>(), Err(error), "{text}");
        }
    }

    #[test]
    fn an_instance_is_named_by_id_or_by_arn() {
        let by_arn = InstanceRef::parse(INSTANCE).unwrap();
        assert_eq!(by_arn.id(), "8f7d9d2e-1111-4222-8333-444455556666");
        assert!(by_arn.is_at("us-east-1", "123456789012"));
        assert!(!by_arn.is_at("eu-west-2", "123456789012"));
        assert!(!by_arn.is_at("us-east-1", "210987654321"));
        let by_id = InstanceRef::parse("8f7d9d2e").unwrap();
        assert!(by_id.id() == "8f7d9d2e" && by_id.is_at("anywhere", ""));
        assert!(InstanceRef::parse(&format!("{INSTANCE}/agent/x")).is_err());
        assert!(InstanceRef::parse("arn:aws:s3:::bucket").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            region in "[a-z]{2}-[a-z]{4,9}-[1-9]",
            account in "[0-9]{12}",
            instance in "[0-9a-f]{8}-[0-9a-f]{4}",
            kind in proptest::sample::select(ResourceKind::ALL.to_vec()),
            id in "[0-9a-f-]{1,36}",
            level in 1..=5_u8,
        ) {
            let id = if kind == ResourceKind::HierarchyLevel { level.to_string() } else { id };
            let whole = Arn::of_instance(&region, &account, &instance);
            let part = whole.with(kind, &id);
            prop_assert_eq!(InstanceArn::new(&region, &account, &instance).with(kind, &id), part.to_string());
            prop_assert_eq!(whole.to_string().parse::<Arn>(), Ok(whole));
            prop_assert_eq!(part.to_string().parse::<Arn>(), Ok(part));
        }

        #[test]
        fn whatever_is_read_is_written_the_same(text in "(arn:aws:connect:[a-z0-9:/-]{0,80}|\\PC{0,60})") {
            if let Ok(arn) = text.parse::<Arn>() {
                prop_assert_eq!(arn.to_string(), text);
            }
        }
    }
}
