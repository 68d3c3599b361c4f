//! Floorkey's durable state.
//!
//! The service plans changes in memory and passes them to this crate in batches. A batch is one transaction, which does
//! four things:
//! - It updates the row with the instance's head. If another writer has already updated the head, the batch is not
//!   written.
//! - It appends a new version of every changed record to the first log.
//! - It appends the audit events to the second log. The events are the leaves of the instance's Merkle tree.
//! - It writes data without history, such as password hashes and encrypted secrets, to side tables.
//!
//! When [`Store::commit`] returns, the batch is on disk. The logs have an index (`sqlite::index`), which is brought up
//! to date before a query uses it.
//!
//! The store can read the authorization state at the current revision ([`Store::load`]), or the changes since an
//! earlier revision ([`Store::load_since`]). The store can also read the versions of a single record. It can read audit
//! events with the personal values that have not been erased.
//!
//! Each SQL statement is written once, in a form that both SQLite and PostgreSQL understand (see `sql`). All
//! differences between databases are in the module `backend`, which supports only SQLite.
//!
//! The crate has the following modules:
//! - `store` contains the public API. `head`, `batch` and `load` contain the API's inputs and outputs.
//! - `rows` contains the stored form of records, with one file per kind. `audit_row` and `stored_event` contain the
//!   stored form of audit events.
//! - `audit_term` and `audit_search` contain search terms and the search for events. `event_part` reads events with a
//!   limited part of their changes. `history` reads earlier versions of records, and `past` the state at an earlier
//!   time.
//! - `session`, `link`, `second_factor`, `attempt` and `activity` store sign-in data, without history.
//! - `permission_use` stores the permissions that users have used. `preference` stores the preferences of users.
//! - `packed` encodes bodies compactly. The Merkle tree over the audit events is in the crate `floorkey-audit`.
//! - `sql` and `migrations` contain statements and tables.
//! - `backend`, `value`, `sqlite`, `files` and `lock` contain the database itself and the data folder.
//! - `error` contains the errors of all modules.

mod activity;
mod attempt;
mod attempt_bucket;
mod audit_block;
mod audit_row;
mod audit_search;
mod audit_term;
mod backend;
mod batch;
mod error;
mod event_part;
mod files;
mod former_logins;
mod head;
mod history;
mod in_memory;
mod link;
mod load;
mod lock;
mod migrations;
mod packed;
mod past;
mod permission_use;
mod preference;
mod rows;
mod second_factor;
mod session;
mod signatures;
mod sql;
mod sqlite;
mod store;
mod stored_event;
mod value;

pub use activity::LoginActivity;
pub use attempt::{BucketFailures, BucketUpdate};
pub use attempt_bucket::{bucket_owner, login_bucket, user_bucket, user_bucket_prefix};
pub use audit_search::{AuditOrder, AuditPositions, AuditQuery};
pub use audit_term::AuditTerm;
pub use batch::{Batch, Entry, EntryContent, PreparedBatch};
pub use error::StoreError;
pub use event_part::{ChangePart, ChangeVisibility, EventPart, EventPartPage, EventReader};
pub use floorkey_audit::Hash;
pub use head::{AuditHead, Head};
pub use history::{DeletedUser, RecordEffect};
pub use link::{Link, LinkPurpose};
pub use load::{ChangesSince, LoadedInstance, RecordVersion};
pub use packed::{pack, unpack};
pub use permission_use::PermissionUse;
pub use second_factor::StoredMfaMethod;
pub use session::Session;
pub use signatures::UsedSignature;
pub use sqlite::add_functions;
pub use sqlite::backup_folder;
pub use store::{OperatorKey, SealedSecret, Store, StoreSettings};
pub use stored_event::{StoredEvent, StoredFieldChange, StoredFlag, StoredOutcome, StoredValue, StoredValueChange};
