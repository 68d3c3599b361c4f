//! The contract of every database: a suite of tests that each implementation must pass.

pub(crate) mod audit;
pub(crate) mod commit;
pub(crate) mod damage;
pub(crate) mod instances;
pub(crate) mod records;
pub(crate) mod search;
pub(crate) mod sessions;
pub(crate) mod side;
pub(crate) mod sign_in;

use floorkey_store::{Store, StoreError};

/// A place where a store keeps its data during a test.
pub(crate) trait Place: Sized {
    /// Creates an empty place.
    fn new() -> Self;

    /// Opens the store in this place.
    fn open(&self) -> Result<Store, StoreError>;

    /// Executes a statement directly in the database, and returns how many rows it changed.
    fn execute(&self, sql: &str) -> usize;

    /// Queries one column of text directly from the database.
    fn texts(&self, sql: &str) -> Vec<String>;
}

/// Generates the contract tests for a [`Place`].
macro_rules! contract_suite {
    ($place:ty: $($module:ident { $($test:ident),* $(,)? })*) => {$(
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    crate::contract::$module::$test::<$place>().await;
                }
            )*
        }
    )*};
    ($place:ty) => {
        contract_suite! { $place:
            records {
                everything_that_decides_reads_back, memory_equals_disk_after_every_batch, versions_follow_one_another,
                a_node_catches_up_from_any_revision, what_is_read_while_writing_is_of_one_moment,
            }
            commit {
                who_comes_too_late_writes_nothing, an_instance_begins_once, of_many_at_once_one_wins,
                a_batch_is_written_wholly_or_not_at_all, revisions_have_no_gaps, what_changed_nothing_is_only_audited,
                it_is_written_even_if_nobody_waits, it_survives_closing,
            }
            side {
                password_hashes_follow_their_users, secrets_go_with_their_keys, the_operators_key_is_kept,
            }
            sessions {
                sessions_read_back_and_end, of_many_that_replace_a_session_one_does, of_many_that_use_a_link_one_gets_it,
                links_go_too_old_and_void, who_is_not_there_gets_no_session_and_no_link,
            }
            sign_in {
                a_code_is_taken_once, attempts_count_within_their_window, of_many_attempts_each_gets_its_number,
                attempts_are_listed_by_what_they_begin_with, what_users_did_last_is_kept, uses_of_permissions_add_up,
                of_a_user_who_is_gone_nothing_is_left, unlocking_a_user_forgets_their_failures,
            }
            search {
                a_search_finds_what_looking_at_each_event_finds, an_event_is_found_by_its_place,
                parts_of_events_are_bounded,
                what_was_before_a_revision_is_found, users_who_were_deleted_are_found, login_names_that_users_gave_up_are_found,
            }
            audit {
                the_tree_is_the_one_over_all_bodies, bodies_name_nobody, events_read_back_as_they_were,
                pages_go_from_the_newest_to_the_oldest, erasing_a_person_leaves_the_tree_whole, a_changed_event_is_found,
                what_stands_for_an_erased_value_must_be_the_value, a_used_signature_is_kept_and_found_by_its_time,
            }
            instances {
                instances_do_not_touch_one_another, a_deleted_instance_is_gone_and_its_history_stays,
                a_deleted_instance_takes_no_batch,
            }
            damage {
                an_unknown_permission_is_named, an_unknown_kind_is_named, an_unknown_format_is_named, an_unknown_packing_is_named,
                a_damaged_head_is_named, a_newer_schema_is_refused, another_schema_is_refused, opening_again_changes_nothing,
            }
        }
    };
}
