//! The attackers' commands on groups, tags, applications and the instance.

use std::collections::BTreeSet;

use floorkey::resource::{HoursOfOperation, ResourceChange, ResourceDetails, ResourceEdit};
use floorkey::{
    ApiToken, ApplicationResource, Command, FindingEdit, FindingId, GuardMode, HierarchyLevelId, NewResource,
    RecordKey, RegisteredApplication, ResourceId, StoredResourceType, TokenScope, TokenSettings, TokenSettingsEdit,
};

use super::AttackerTurn;
use crate::escalation::command_kind::CommandKind;
use crate::escalation::fixtures::{GROUPS, MIA, NEW, RESTORED, Side, group_id, profile_id, time, user_id};
use crate::test_instance::tags;

impl AttackerTurn<'_> {
    pub(super) fn groups(&self, kind: CommandKind) -> Vec<Command> {
        let group = group_id(0);
        match kind {
            CommandKind::CreateUserHierarchyGroup => {
                let (id, name) = (group_id(GROUPS - 1), "Made".to_owned());
                vec![Command::CreateUserHierarchyGroup { id, name, parent: Some(group), tags: tags(&[]) }]
            }
            CommandKind::UpdateUserHierarchyGroupName => {
                vec![Command::UpdateUserHierarchyGroupName { group, name: "Renamed".to_owned() }]
            }
            CommandKind::DeleteUserHierarchyGroup => {
                self.existing_groups().map(|group| Command::DeleteUserHierarchyGroup { group }).collect()
            }
            _ => {
                let level = |at: u128| (format!("Level {at}"), HierarchyLevelId::from_bits(60 + at));
                vec![Command::UpdateUserHierarchyStructure { levels: (0..3).map(level).collect() }]
            }
        }
    }

    pub(super) fn tags(&self, kind: CommandKind) -> Vec<Command> {
        let users = self.users().map(RecordKey::User);
        let profiles = self.profiles().map(RecordKey::Profile);
        let groups = self.existing_groups().map(RecordKey::Group).filter(|_| self.variants.scopes);
        let targets = users.chain(profiles).chain(groups);
        let of = |target: RecordKey| match kind {
            CommandKind::UntagResource => {
                vec![Command::UntagResource { target, keys: BTreeSet::from(["team".to_owned()]) }]
            }
            _ => {
                let tag = |value| Command::TagResource { target: target.clone(), tags: tags(&[("team", value)]) };
                vec![tag("red"), tag("blue")]
            }
        };
        targets.flat_map(of).collect()
    }

    /// Returns a command of the given kind. Only administrators or the operator can run such commands.
    pub(super) fn instance_command(&self, kind: CommandKind) -> Command {
        let namespace = "crm".to_owned();
        match kind {
            CommandKind::DeleteSealed => Command::DeleteSealed,
            CommandKind::RegisterApplication => Command::RegisterApplication(Box::new(crm(&["READ"]))),
            CommandKind::UnregisterApplication => Command::UnregisterApplication { namespace },
            CommandKind::PutApplicationResources => {
                let resources = vec![order("1", &user_id(MIA).to_string())];
                Command::PutApplicationResources { namespace, resources }
            }
            CommandKind::DeleteApplicationResources => {
                Command::DeleteApplicationResources { namespace, ids: BTreeSet::from(["1".to_owned()]) }
            }
            CommandKind::CreateApiToken => Command::CreateApiToken(Box::new(ApiToken {
                id: floorkey::ApiTokenId::from_bits(70),
                label: "token".to_owned(),
                scopes: BTreeSet::from([TokenScope::Evaluate]),
                hash: [7; 32],
                expires: None,
                created: time(0),
                settings: TokenSettings::default(),
            })),
            CommandKind::UpdateApiToken => {
                let subject_types = Some(BTreeSet::from(["identity".to_owned()]));
                let edit = TokenSettingsEdit { subject_types, ..TokenSettingsEdit::default() };
                Command::UpdateApiToken(floorkey::ApiTokenId::from_bits(70), edit)
            }
            CommandKind::RevokeApiToken => Command::RevokeApiToken { id: floorkey::ApiTokenId::from_bits(70) },
            CommandKind::CreateResource => {
                let (time_zone, periods, parents) = ("UTC".to_owned(), Vec::new(), Vec::new());
                let details = ResourceDetails::HoursOfOperation(HoursOfOperation { time_zone, periods, parents });
                let (id, name) = (ResourceId::from_bits(80), "Nights".to_owned());
                Command::CreateResource(Box::new(NewResource { id, name, description: None, tags: tags(&[]), details }))
            }
            CommandKind::UpdateResource => {
                let change = ResourceChange::Name {
                    stored_type: StoredResourceType::RoutingProfile,
                    name: Some("Nights".to_owned()),
                    description: None,
                };
                let id = self.resource(change.stored_type().resource_type());
                Command::UpdateResource(Box::new(ResourceEdit { id, change }))
            }
            CommandKind::DeleteResource => {
                let kind = StoredResourceType::RoutingProfile;
                Command::DeleteResource { kind, id: self.resource(kind.resource_type()) }
            }
            CommandKind::UpdateInstanceAttribute => {
                Command::UpdateInstanceAttribute { name: "INBOUND_CALLS".to_owned(), value: "true".to_owned() }
            }
            CommandKind::SetEscalationGuard => {
                Command::SetEscalationGuard { mode: GuardMode::Warn, reason: "for a day".to_owned() }
            }
            CommandKind::UpdateFinding => {
                let dismiss = FindingEdit::Dismiss { reason: "for a day".to_owned(), until: time(10) };
                Command::UpdateFinding(FindingId::AdministratorsWithoutMfa, dismiss)
            }
            CommandKind::RestoreAdministrator => Command::RestoreAdministrator {
                profile: profile_id(RESTORED),
                user: user_id(NEW),
                username: "mia".to_owned(),
                password: Side::Attackers.password(),
            },
            CommandKind::RecordFormerLogins => Command::RecordFormerLogins(Vec::new()),
            _ => Command::UpgradeCatalog,
        }
    }
}

/// Returns the application that the test setups use. The application's permission `refund` requires the given
/// permissions.
pub(in crate::escalation) fn crm(required: &[&str]) -> RegisteredApplication {
    let permission = |name: &str, requires: &[&str]| floorkey::application::ApplicationPermission {
        name: name.to_owned(),
        description: String::new(),
        requires: requires.iter().map(|name| (*name).to_owned()).collect(),
    };
    RegisteredApplication {
        namespace: "crm".to_owned(),
        name: String::new(),
        description: String::new(),
        permissions: vec![permission("READ", &[]), permission("refund", required)],
        modified: time(0),
    }
}

/// Returns a resource of the application with the given owner.
pub(in crate::escalation) fn order(id: &str, owner: &str) -> ApplicationResource {
    ApplicationResource {
        namespace: "crm".to_owned(),
        id: id.to_owned(),
        attributes: tags(&[("owner", owner)]),
        attribute_revisions: floorkey::ValueRevisions::default(),
        hierarchy_group: None,
        modified: time(0),
    }
}
