//! What is remembered for a user about tables: settings and saved views, each as a preference.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::web::current_user::CurrentUser;
use crate::web::page_error::PageError;

/// Returns the value of a preference. `None` if it is not set or can't be read.
pub(super) fn recall<T: DeserializeOwned>(viewer: &CurrentUser, name: &str) -> Option<T> {
    serde_json::from_str(&viewer.preference(name)?).ok()
}

/// Sets a preference.
///
/// # Errors
/// Returns an error if the value is too long or the store fails.
pub(super) async fn remember<T: Serialize>(viewer: &CurrentUser, name: &str, value: &T) -> Result<(), PageError> {
    viewer.set_preference(name, Some(&serde_json::to_string(value).unwrap_or_default())).await
}
