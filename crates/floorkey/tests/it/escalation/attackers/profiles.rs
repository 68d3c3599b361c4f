//! The attackers' commands on security profiles.

use std::collections::{BTreeMap, BTreeSet};

use floorkey::{AnyPermission, Command, Condition, NewSecurityProfile, Permission, SecurityProfileEdit};

use super::AttackerTurn;
use crate::escalation::fixtures::{ADMIN, BASIC, CREATED, MANAGE, RECORDINGS, RESTRICTION, group_id, profile_id};
use crate::test_instance::{granting, granting_below, granting_tagged, tags};

impl AttackerTurn<'_> {
    pub(super) fn create_profile(&self) -> Vec<Command> {
        if self.state.directory.profile(profile_id(CREATED)).is_some() {
            return Vec::new();
        }
        let new = |(content, tags)| {
            let (id, name) = (profile_id(CREATED), "Made".to_owned());
            Command::CreateSecurityProfile(Box::new(NewSecurityProfile { id, name, content, tags }))
        };
        let mut all = vec![(granting(BASIC), tags(&[])), (granting(MANAGE), tags(&[]))];
        if self.variants.restrictions {
            all.push((granting(&[RECORDINGS]), tags(&[])));
        }
        if self.variants.scopes {
            all.push((granting_tagged(MANAGE, &["User"], ("team", "red")), tags(&[])));
            all.push((granting_tagged(MANAGE, &["User"], ("team", "blue")), tags(&[("team", "red")])));
            all.push((granting_below(MANAGE, None), tags(&[])));
        }
        all.into_iter().map(new).collect()
    }

    pub(super) fn update_profile(&self) -> Vec<Command> {
        let mut edits = vec![granting(BASIC), granting(MANAGE)];
        if self.variants.restrictions {
            edits.push(granting(&[MANAGE, &[RECORDINGS]].concat()));
            edits.push(granting(&[BASIC, &[RESTRICTION]].concat()));
        }
        if self.variants.scopes {
            edits.push(granting_tagged(MANAGE, &["User"], ("team", "red")));
            edits.push(granting_below(MANAGE, None));
            edits.push(granting_below(MANAGE, Some(group_id(0))));
            edits.push(narrowed_to_own());
        }
        let edit = |profile| {
            let command = move |edit: &SecurityProfileEdit| Command::UpdateSecurityProfile {
                profile,
                edit: Box::new(edit.clone()),
            };
            edits.iter().map(command).collect::<Vec<_>>()
        };
        self.profiles().flat_map(edit).collect()
    }

    pub(super) fn rename_profile(&self) -> Vec<Command> {
        let rename = |profile| {
            let names = if profile == profile_id(ADMIN) { ["Renamed"].as_slice() } else { &["Renamed", "Admin"] };
            names.iter().map(move |name| Command::RenameSecurityProfile { profile, name: (*name).to_owned() })
        };
        self.profiles().flat_map(rename).collect()
    }

    pub(super) fn set_assignable(&self) -> Vec<Command> {
        let lists = |profile| {
            let others = self.profiles().map(|other| BTreeSet::from([other]));
            let lists = others.chain([BTreeSet::new()]);
            lists.map(move |assignable| Command::SetAssignableProfiles { profile, assignable }).collect::<Vec<_>>()
        };
        self.profiles().flat_map(lists).collect()
    }

    pub(super) fn replace_profile(&self) -> Vec<Command> {
        let pairs = self.profiles().flat_map(|profile| self.profiles().map(move |with| (profile, with)));
        let pairs = pairs.filter(|(profile, with)| profile != with);
        pairs.map(|(profile, with)| Command::ReplaceSecurityProfile { profile, with, delete: false }).collect()
    }
}

/// Returns an edit that sets a manager's permissions. In this edit, `Users.Edit` applies only to users whom the manager
/// owns.
fn narrowed_to_own() -> SecurityProfileEdit {
    let edit = AnyPermission::Catalog(Permission::parse("Users.Edit").unwrap());
    let own = BTreeSet::from([Condition::OwnedBySubject { attribute: "owner".to_owned() }]);
    SecurityProfileEdit { conditions: Some(BTreeMap::from([(edit, own)])), ..granting(MANAGE) }
}
