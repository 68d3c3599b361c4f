//! Floorkey's durable state.
//!
//! The service plans changes in memory and passes them to this crate in batches. A batch is one transaction: it
//! advances the instance's head row unless another writer advanced it first, appends a new version of every changed
//! record to one log, appends the audit events (the leaves of the instance's Merkle tree) to another, and writes data
//! without history (password hashes, sealed secrets) to side tables. When [`Store::commit`] returns, the batch is on
//! disk. An index follows the logs (`sqlite::index`); a query that uses the index runs after the index has caught up
//! with them.
//!
//! The store reads back the authorization state at the current revision ([`Store::load`]) or its changes since an
//! earlier one ([`Store::load_since`]), the versions of one record, and the audit events with those personal values
//! that have not been erased.
//!
//! Each SQL statement is written once, in a form that SQLite and PostgreSQL both understand (see `sql`). Differences
//! between databases are confined to the module `backend`, which supports only SQLite.
//!
//! Modules:
//! - `store`: the public API; `head`, `batch`, `load`: its inputs and outputs
//! - `rows`: the stored form of records, one file per kind; `audit_row`, `stored_event`: the stored form of audit
//!   events
//! - `audit_term`, `audit_search`: search terms and search of events; `event_part`: events with a bounded part of their
//!   changes; `history`: earlier versions
//! - `session`, `link`, `second_factor`, `attempt`, `activity`: sign-in data, without history
//! - `permission_use`: which of their permissions users use
//! - `merkle`: the tree over the audit events; `packed`: compact bodies
//! - `sql`, `migrations`: statements and tables
//! - `backend`, `value`, `sqlite`, `files`, `lock`: the database itself, and the data folder
//! - `error`: the errors of all modules

mod activity;
mod attempt;
mod attempt_bucket;
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
mod link;
mod load;
mod lock;
mod migrations;
mod packed;
mod permission_use;
mod rows;
mod second_factor;
mod session;
mod signatures;
mod sql;
mod sqlite;
mod store;
mod stored_event;
mod value;

pub use activity::Activity;
pub use attempt::{Attempt, BucketUpdate};
pub use attempt_bucket::{login_bucket, owner_of_bucket, user_bucket, user_buckets};
pub use audit_search::AuditQuery;
pub use audit_term::AuditTerm;
pub use batch::{Batch, Entry, Happening, PreparedBatch};
pub use error::StoreError;
pub use event_part::{Admission, ChangePart, EventPart, EventPartPage, EventReader};
pub use floorkey_audit::Hash;
pub use head::{AuditHead, Head};
pub use history::{DeletedUser, RecordEffect};
pub use link::{Link, LinkPurpose};
pub use load::{ChangesSince, LoadedInstance, RecordVersion};
pub use packed::{pack, unpack};
pub use permission_use::PermissionUse;
pub use second_factor::StoredFactor;
pub use session::Session;
pub use signatures::UsedSignature;
pub use sqlite::add_functions;
pub use sqlite::backup_folder;
pub use store::{OperatorKey, SealedSecret, Store, StoreSettings};
pub use stored_event::{Kept, StoredEvent, StoredFieldChange, StoredFlag, StoredOutcome, StoredStep};
