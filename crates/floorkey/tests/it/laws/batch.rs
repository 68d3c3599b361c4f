//! A batch is its commands one after the other: the same is refused, and the same is there in the end.

use floorkey::hierarchy::HierarchyGroup;
use floorkey::{
    Act, Command, Directory, Record, Refusal, Resource, Revision, SecurityProfile, SetRevisions, User, plan,
};
use proptest::prelude::*;

use super::{cases, centre};
use crate::chance::Chance;
use crate::commands::{Draw, NOW};

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn a_batch_does_what_its_commands_do_one_after_the_other(seed: u64, count in 1..8_usize) {
        let mut chance = Chance::new(seed);
        let before = centre(None);
        let actor = Draw::new(&mut chance, &before).actor();
        let mut tip: Directory = before.clone();
        let (mut commands, mut side) = (Vec::new(), 0);
        let mut refused: Option<Refusal> = None;
        while commands.len() < count && refused.is_none() {
            let mut command = Draw::new(&mut chance, &tip).command();
            // Mostly what is done: a batch that ends with its first command says little.
            for _ in 0..20 {
                if plan(&tip, &actor, &command, NOW).is_ok() {
                    break;
                }
                command = Draw::new(&mut chance, &tip).command();
            }
            match plan(&tip, &actor, &command, NOW) {
                Ok(planned) => {
                    tip = planned.next;
                    side += planned.change.side().len();
                }
                Err(refusal) => refused = Some(refusal),
            }
            commands.push(command);
        }
        let last = commands.len() - 1;
        let batch = plan(&before, &actor, &Command::Batch { act: Act::EditUsers, commands }, NOW);
        match (refused, batch) {
            // A rule about the whole step: what comes later may make up for it.
            (Some(Refusal::LastAdministrator { .. }), _) => {}
            // What signs a batch is asked for once: the batch may end it.
            (Some(Refusal::CredentialsEnded), _) => {}
            (Some(alone), Err(Refusal::InBatch { index, refusal, .. })) => {
                prop_assert_eq!((index, *refusal), (last, alone));
            }
            (None, Ok(planned)) => {
                prop_assert_eq!(timeless(planned.next.records()), timeless(tip.records()));
                prop_assert_eq!(planned.change.side().len(), side);
                prop_assert_eq!(planned.change.revision(), before.revision().next());
                let followed = before.apply(Revision(9_999), planned.change.records());
                prop_assert_eq!(followed.records(), planned.next.records());
            }
            (refused, batch) => prop_assert!(false, "alone {refused:?}, in a batch {:?}", batch.map(|_| ())),
        }
    }
}

/// The records without the revisions in which values were set and login names changed hands: a batch has one revision,
/// and what came and went within it never was.
fn timeless(records: Vec<Record>) -> Vec<Record> {
    let records = records.into_iter().filter(|record| !matches!(record, Record::Login(_)));
    let plain = |record| match record {
        Record::User(user) => Record::User(User { tags_set: SetRevisions::default(), ..User::clone(&user) }.into()),
        Record::Profile(profile) => {
            let timeless = |one: &SecurityProfile| SecurityProfile {
                tags_set: SetRevisions::default(),
                ..SecurityProfile::clone(one)
            };
            let pinned = profile.pinned.iter().map(|(id, kept)| (*id, timeless(kept).into())).collect();
            Record::Profile(SecurityProfile { pinned, ..timeless(&profile) }.into())
        }
        Record::Group(group) => {
            Record::Group(HierarchyGroup { tags_set: SetRevisions::default(), ..HierarchyGroup::clone(&group) }.into())
        }
        Record::Resource(resource) => {
            Record::Resource(Resource { tags_set: SetRevisions::default(), ..Resource::clone(&resource) }.into())
        }
        record => record,
    };
    records.map(plain).collect()
}
