//! Tests that a batch has the same result as running its commands one after another: the same refusals, and the same
//! final records.

use floorkey::hierarchy::HierarchyGroup;
use floorkey::{
    Action, Command, Directory, Record, Refusal, Resource, Revision, SecurityProfile, User, ValueRevisions, plan,
};
use proptest::prelude::*;

use super::{build_instance, cases};
use crate::commands::{CommandGenerator, NOW};
use crate::rng::TestRng;

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn a_batch_has_the_same_result_as_its_commands_one_after_another(seed: u64, count in 1..8_usize) {
        let mut rng = TestRng::new(seed);
        let before = build_instance(None);
        let actor = CommandGenerator::new(&mut rng, &before).actor();
        let mut current: Directory = before.clone();
        let (mut commands, mut side) = (Vec::new(), 0);
        let mut refused: Option<Refusal> = None;
        while commands.len() < count && refused.is_none() {
            let mut command = CommandGenerator::new(&mut rng, &current).command();
            // The test prefers commands that succeed, because a batch that starts with a refused command tests little.
            for _ in 0..20 {
                if plan(&current, &actor, &command, NOW).is_ok() {
                    break;
                }
                command = CommandGenerator::new(&mut rng, &current).command();
            }
            match plan(&current, &actor, &command, NOW) {
                Ok(planned) => {
                    current = planned.next;
                    side += planned.change.auxiliary_writes().len();
                }
                Err(refusal) => refused = Some(refusal),
            }
            commands.push(command);
        }
        let last = commands.len() - 1;
        let batch = plan(&before, &actor, &Command::Batch { action: Action::EditUsers, commands }, NOW);
        match (refused, batch) {
            // The last-administrator rule applies to the batch as a whole, because a later command can restore an
            // administrator.
            (Some(Refusal::LastAdministrator { .. }), _) => {}
            // The actor's credentials are checked once per batch. A command can therefore invalidate the credentials
            // without affecting later commands.
            (Some(Refusal::CredentialsEnded), _) => {}
            (Some(single_refusal), Err(Refusal::InBatch { index, refusal, .. })) => {
                prop_assert_eq!((index, *refusal), (last, single_refusal));
            }
            (None, Ok(planned)) => {
                prop_assert_eq!(without_revisions(planned.next.records()), without_revisions(current.records()));
                prop_assert_eq!(planned.change.auxiliary_writes().len(), side);
                prop_assert_eq!(planned.change.revision(), before.revision().next());
                let followed = before.apply(Revision(9_999), planned.change.records());
                prop_assert_eq!(followed.records(), planned.next.records());
            }
            (refused, batch) => prop_assert!(false, "alone {refused:?}, in a batch {:?}", batch.map(|_| ())),
        }
    }
}

/// Returns the records without login histories and without the revisions in which values were set. A batch has only one
/// revision, so the states between its commands leave no trace.
fn without_revisions(records: Vec<Record>) -> Vec<Record> {
    let records = records.into_iter().filter(|record| !matches!(record, Record::Login(_)));
    let without_revisions = |record| match record {
        Record::User(user) => {
            Record::User(User { tag_revisions: ValueRevisions::default(), ..User::clone(&user) }.into())
        }
        Record::Profile(profile) => {
            let unset = |one: &SecurityProfile| SecurityProfile {
                tag_revisions: ValueRevisions::default(),
                ..SecurityProfile::clone(one)
            };
            let pinned = profile.pinned.iter().map(|(id, pinned)| (*id, unset(pinned).into())).collect();
            Record::Profile(SecurityProfile { pinned, ..unset(&profile) }.into())
        }
        Record::Group(group) => Record::Group(
            HierarchyGroup { tag_revisions: ValueRevisions::default(), ..HierarchyGroup::clone(&group) }.into(),
        ),
        Record::Resource(resource) => {
            Record::Resource(Resource { tag_revisions: ValueRevisions::default(), ..Resource::clone(&resource) }.into())
        }
        record => record,
    };
    records.map(without_revisions).collect()
}
