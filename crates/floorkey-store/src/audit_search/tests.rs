use std::collections::BTreeSet;

use proptest::prelude::*;
use rusqlite::{Connection, params};

use super::*;

const INSTANCE: InstanceId = InstanceId::from_bits(1);

/// Creates a database with events. Each event has a time, and the terms whose numbers are set.
fn database(events: &[(i64, BTreeSet<usize>)]) -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    crate::sqlite::migrate(&mut connection, crate::migrations::ALL).unwrap();
    for number in 0..4 {
        let values = params![INSTANCE.bits().to_be_bytes(), term(number).name()];
        connection.execute("INSERT INTO term (instance, name) VALUES (?1, ?2)", values).unwrap();
    }
    for (seq, (at, terms)) in (0_i64..).zip(events) {
        // The bodies can't be read, so the index contains only the blocks of the events.
        let insert = "INSERT INTO audit_event (instance, seq, at_millis, format, body, personal, leaf) \
                      VALUES (?1, ?2, ?3, 0, X'', X'', X'')";
        connection.execute(insert, params![INSTANCE.bits().to_be_bytes(), seq, at]).unwrap();
        for number in terms {
            let insert = "INSERT INTO audit_term (term, seq, at_millis) VALUES (?1, ?2, ?3)";
            let number = i64::try_from(number + 1).unwrap();
            connection.execute(insert, params![number, seq, at]).unwrap();
        }
    }
    crate::sqlite::catch_up_index(&mut connection).unwrap();
    connection
}

fn term(number: usize) -> AuditTerm {
    AuditTerm::EventType(format!("Term{number}"))
}

/// Returns the positions of a query. Continues the search each time it ends early.
fn all_positions(connection: &Connection, query: &AuditQuery, entries_max: usize) -> (Vec<u64>, usize) {
    let (mut all, mut searches, mut query) = (Vec::new(), 0, query.clone());
    loop {
        searches += 1;
        let (found, stopped_at) =
            search(&Snapshot::Sqlite(connection), INSTANCE, &query, usize::MAX, entries_max).unwrap();
        all.extend(found.into_iter().map(|(seq, _)| seq));
        match stopped_at {
            Some(seq) => query = query.beyond(seq),
            None => return (all, searches),
        }
        assert!(searches < 10_000, "the search makes no progress: {query:?}");
    }
}

#[test]
fn a_search_for_terms_without_common_events_ends_early_and_can_be_continued() {
    let events: Vec<_> = (0..6_000_i64).map(|seq| (seq, BTreeSet::from([usize::from(seq % 2 == 0)]))).collect();
    let connection = database(&events);
    for order in [AuditOrder::NewestFirst, AuditOrder::OldestFirst] {
        let query = AuditQuery { terms: vec![term(0), term(1)], order, ..AuditQuery::default() };
        let (found, searches) = all_positions(&connection, &query, 500);
        assert!(found.is_empty() && (6..40).contains(&searches), "{searches}");
        assert_eq!(all_positions(&connection, &query, usize::MAX), (Vec::new(), 1));
    }
}

#[test]
fn a_rare_term_makes_a_search_skip_the_entries_of_a_common_one() {
    let terms = |seq: i64| if seq % 1_000 == 7 { BTreeSet::from([0, 1]) } else { BTreeSet::from([0]) };
    let connection = database(&(0..8_000).map(|seq| (seq, terms(seq))).collect::<Vec<_>>());
    let query = AuditQuery { terms: vec![term(0), term(1)], ..AuditQuery::default() };
    let (found, searches) = all_positions(&connection, &query, 1_000);
    assert_eq!((found.len(), searches), (8, 1), "it read as many entries as there are events");
}

#[test]
fn a_search_for_a_period_reads_the_blocks_that_overlap_it() {
    // The clock is set back once, by more events than a block has.
    let events: Vec<_> =
        (0..9_000_i64).map(|seq| (if seq < 4_000 { seq } else { seq - 2_000 }, BTreeSet::new())).collect();
    let connection = database(&events);
    let bounds = |from: i64, to: i64| {
        let time = |millis| Some(Timestamp::from_millis(millis));
        let query = AuditQuery { from: time(from), to: time(to), ..AuditQuery::default() };
        let bounds = Bounds::new(&Snapshot::Sqlite(&connection), INSTANCE, &query).unwrap();
        let expected: Vec<u64> =
            (0..9_000_u64).rev().filter(|seq| (from..to).contains(&events[usize::try_from(*seq).unwrap()].0)).collect();
        assert_eq!(all_positions(&connection, &query, usize::MAX).0, expected);
        bounds.map(|bounds| (bounds.seq(bounds.first_rank()), expected.len()))
    };
    assert_eq!(bounds(100, 200), Some((1_023, 100)));
    assert_eq!(bounds(3_000, 3_100), Some((5_119, 200)));
    assert_eq!(bounds(6_900, 7_100), Some((9_215, 100)));
    assert_eq!(bounds(7_000, 8_000), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn searches_find_what_filtering_finds(
        events in prop::collection::vec((0..40_i64, prop::collection::btree_set(0..4_usize, 0..3)), 0..120),
        [terms, any_of, none_of] in prop::array::uniform3(prop::collection::btree_set(0..5_usize, 0..3)),
        period in (0..40_i64, 0..45_i64, any::<bool>()),
        oldest_first in any::<bool>(),
        entries_max in 100..600_usize,
    ) {
        let connection = database(&events);
        let terms_of = |numbers: &BTreeSet<usize>| numbers.iter().copied().map(term).collect::<Vec<_>>();
        let time = |millis: i64| period.2.then(|| Timestamp::from_millis(millis));
        let query = AuditQuery {
            terms: terms_of(&terms),
            any_of: terms_of(&any_of),
            none_of: terms_of(&none_of),
            from: time(period.0),
            to: time(period.1),
            order: if oldest_first { AuditOrder::OldestFirst } else { AuditOrder::NewestFirst },
            ..AuditQuery::default()
        };
        let is_match = |(at, own): &(i64, BTreeSet<usize>)| {
            terms.is_subset(own)
                && (any_of.is_empty() || !any_of.is_disjoint(own))
                && none_of.is_disjoint(own)
                && (!period.2 || (period.0..period.1).contains(at))
        };
        let matching = (0_u64..).zip(&events).filter(|(_, event)| is_match(event)).map(|(seq, _)| seq);
        let mut expected: Vec<u64> = matching.collect();
        if !oldest_first {
            expected.reverse();
        }
        prop_assert_eq!(&all_positions(&connection, &query, usize::MAX).0, &expected);
        prop_assert_eq!(&all_positions(&connection, &query, entries_max).0, &expected);
    }
}
