//! Floorkey's durable state.
//!
//! A service plans changes in memory and hands them here in batches. A batch is one transaction: it moves the
//! instance's head row on if nobody else did, appends a new version of every record that changed to one log and the
//! audit events, leaves of the instance's Merkle tree, to another, and keeps what has no history (password hashes,
//! sealed secrets) in tables beside them. When [`Store::commit`] answers, the batch is on the disk. An index follows the
//! logs (`sqlite::index`): whatever it answers is asked after it has come to their ends.
//!
//! What is read back: everything that decides, at the present revision ([`Store::load`]) or since an earlier one
//! ([`Store::load_since`]); the versions of one record; the audit events, with personal values joined in as long as
//! they have not been erased.
//!
//! SQL text is written once and understood by SQLite and PostgreSQL (`sql` says how). What differs between databases
//! stands in one enum at the bottom, `backend`, which today has SQLite alone.
//!
//! The list:
//! - `store`: the public face; `head`, `batch`, `load`: what goes in and comes out
//! - `rows`: how records are stored, a file for each kind; `audit_row`, `stored_event`: how audit events are
//! - `audit_term`, `audit_search`: what events are found by; `event_part`: events with a bounded part of their changes;
//!   `history`: what was before
//! - `session`, `link`, `second_factor`, `attempt`, `activity`: what people who sign in bring, without history
//! - `permission_use`: which of their permissions users use
//! - `merkle`: the tree over the audit events; `packed`: bodies in fewer bytes
//! - `sql`, `migrations`: statements and tables
//! - `backend`, `value`, `sqlite`, `files`, `lock`, `backup`: the database itself, and the data folder
//! - `error`: everything that can go wrong

mod activity;
mod attempt;
mod audit_row;
mod audit_search;
mod audit_term;
mod backend;
mod backup;
mod batch;
mod error;
mod event_part;
mod files;
mod former_logins;
mod head;
mod hex;
mod history;
mod link;
mod load;
mod lock;
mod merkle;
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
pub use attempt::{Attempt, Counted, login_bucket, owner_of_bucket, user_bucket, user_buckets};
pub use audit_search::AuditQuery;
pub use audit_term::AuditTerm;
pub use backup::backup_folder;
pub use batch::{Batch, Entry, Happening, PreparedBatch};
pub use error::StoreError;
pub use event_part::{Admission, ChangePart, EventPart, EventReader, FoundParts};
pub use head::{AuditHead, Head};
pub use history::{DeletedUser, RecordStep};
pub use link::{Link, LinkPurpose};
pub use load::{Loaded, RecordVersion, Since};
pub use merkle::Hash;
pub use packed::{pack, unpack};
pub use permission_use::PermissionUse;
pub use second_factor::StoredFactor;
pub use session::Session;
pub use signatures::UsedSignature;
pub use sqlite::add_functions;
pub use store::{OperatorKey, SealedSecret, Store, StoreSettings};
pub use stored_event::{Kept, StoredEvent, StoredFieldChange, StoredFlag, StoredOutcome, StoredStep};
