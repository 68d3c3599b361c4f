//! Property-test strategy for what users decided about findings.

use floorkey::finding::{Dismissal, FindingState};

use super::*;

pub(super) fn finding() -> impl Strategy<Value = Record> {
    let id = prop_oneof![
        select(FindingId::GENERAL.to_vec()),
        any::<u128>().prop_map(|id| FindingId::EscalationPath(SecurityProfileId::from_bits(id)))
    ];
    let user = || of(any::<u128>().prop_map(UserId::from_bits));
    let dismissal = (text(), time(), any::<u64>(), user(), time())
        .prop_map(|(reason, until, count, by, at)| Dismissal { reason, until, count, by, at });
    (id, of(dismissal), user(), time()).prop_map(|(id, dismissal, assignee, modified)| {
        Record::Finding(Arc::new(FindingState { id, dismissal, assignee, modified }))
    })
}
