//! A test suite that every database implementation must pass.

pub(crate) mod audit;
pub(crate) mod commit;
pub(crate) mod damage;
pub(crate) mod instances;
pub(crate) mod records;
pub(crate) mod search;
pub(crate) mod sessions;
pub(crate) mod side_tables;
pub(crate) mod sign_in;

use floorkey_store::{Store, StoreError};

/// The storage that a store uses during a test.
pub(crate) trait TestStorage: Sized {
    /// Creates empty storage.
    fn new() -> Self;

    /// Opens the store in this storage.
    fn open(&self) -> Result<Store, StoreError>;

    /// Executes a statement directly in the database, and returns the number of changed rows.
    fn execute(&self, sql: &str) -> usize;

    /// Queries one column of text directly from the database.
    fn texts(&self, sql: &str) -> Vec<String>;
}

/// Generates the contract tests for a [`TestStorage`].
macro_rules! contract_suite {
    ($storage:ty: $($module:ident { $($test:ident),* $(,)? })*) => {$(
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() {
                    crate::contract::$module::$test::<$storage>().await;
                }
            )*
        }
    )*};
    ($storage:ty) => {
        contract_suite! { $storage:
            records {
                every_record_kind_is_loaded_unchanged, memory_equals_disk_after_every_batch, versions_are_consecutive,
                a_node_catches_up_from_any_revision, loading_during_writes_is_a_snapshot,
            }
            commit {
                a_batch_on_a_stale_head_writes_nothing, an_instance_is_created_once,
                one_of_many_concurrent_batches_succeeds, a_batch_is_atomic, revisions_have_no_gaps,
                an_event_without_change_is_only_audited, a_batch_is_written_if_the_caller_stops_waiting,
                state_survives_closing_the_store,
            }
            side_tables {
                password_hashes_are_replaced_and_deleted_with_users, secrets_are_deleted_with_their_keys,
                the_operator_key_is_stored,
            }
            sessions {
                sessions_are_stored_and_deleted,
                one_of_many_concurrent_link_uses_succeeds, links_expire_and_are_deleted_by_purpose,
                nonexistent_users_get_no_session_and_no_link,
            }
            sign_in {
                a_code_is_accepted_once, attempts_are_counted_within_the_window,
                concurrent_attempts_get_different_counts, attempts_are_listed_by_prefix, last_activity_is_recorded,
                permission_uses_add_up, preferences_are_limited_in_number, deleting_a_user_deletes_sign_in_data,
                unlocking_a_user_deletes_failures,
            }
            search {
                a_search_equals_filtering_all_events, an_event_is_found_by_sequence_number,
                parts_of_events_are_bounded, versions_before_a_revision_are_found, deleted_users_are_found,
                former_login_names_are_found,
            }
            audit {
                the_root_covers_all_bodies, bodies_contain_no_personal_data, events_are_read_back_unchanged,
                pages_are_ordered_newest_first, erasing_personal_values_keeps_the_root, a_modified_event_is_detected,
                a_replaced_personal_value_counts_as_erased, used_signatures_are_found_by_time,
            }
            instances {
                instances_are_independent, deleting_an_instance_keeps_its_history, a_deleted_instance_rejects_batches,
            }
            damage {
                an_unknown_permission_is_reported, an_unknown_kind_is_reported, an_unknown_format_is_reported,
                an_unknown_packing_is_reported, a_damaged_head_is_reported, a_newer_schema_is_rejected,
                a_changed_migration_is_rejected, reopening_changes_nothing,
            }
        }
    };
}
