//! Property-test strategies for login histories, and for the revisions at which values were set.

use floorkey::login_history::{Reservation, Tenure};
use floorkey::{LoginHistory, Revision, ValueRevisions};

use super::*;

/// Returns a strategy for tags or attributes, together with the revisions at which the values were set.
pub(super) fn tags_with_revisions() -> BoxedStrategy<(BTreeMap<String, String>, ValueRevisions)> {
    (tags(), vec(0..3_u64, 4))
        .prop_map(|(tags, revisions)| {
            let mut revisions = revisions.into_iter().cycle();
            let revisions = ValueRevisions::from_values(&tags, |_| Revision(revisions.next().unwrap()));
            (tags, revisions)
        })
        .boxed()
}

pub(super) fn login_history() -> impl Strategy<Value = Record> {
    let user = || any::<u128>().prop_map(UserId::from_bits);
    let revision = || any::<u64>().prop_map(Revision);
    let tenure = (user(), revision(), of(revision()), any::<bool>()).prop_map(|(user, from, until, created)| Tenure {
        user,
        from,
        until,
        created,
    });
    let assignment = (any::<u128>(), of(time()), of(time())).prop_map(|(profile, from, until)| Assignment {
        profile: SecurityProfileId::from_bits(profile),
        from,
        until,
    });
    let reservation = (user(), time(), vec(assignment, 0..3), of(any::<u128>()), tags_with_revisions()).prop_map(
        |(user, until, assignments, group, (tags, tags_set))| Reservation {
            user,
            until,
            assignments,
            hierarchy_group: group.map(HierarchyGroupId::from_bits),
            tags,
            tag_revisions: tags_set,
        },
    );
    (text(), vec(tenure, 0..4), revision(), of(reservation)).prop_map(
        |(login, tenures, forgotten_before, reservation)| {
            Record::Login(Arc::new(LoginHistory { login, tenures, forgotten_before, reservation }))
        },
    )
}
