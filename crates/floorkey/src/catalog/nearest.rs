//! Suggestions for unknown permission names.

use super::{PermissionInfo, UnknownPermission, catalog};

/// The maximum length of unknown names. Names with more bytes are not compared with the catalog. Names with more
/// characters are truncated for display. All names in the catalog are shorter.
const BYTES_MAX: usize = 128;

impl UnknownPermission {
    /// Returns the permission that was probably meant.
    ///
    /// For known mistakes, the catalog lists the intended permission. For all other names, the search has three steps.
    /// The first step finds a permission whose name differs only in case. The second step compares the name with the
    /// permissions' labels in the console, so that `Users.Remove` leads to `Users.Delete`. The last step finds a
    /// permission whose name differs in only a few letters.
    ///
    /// The suggestion is not computed during parsing, so that access checks for unknown permissions stay fast.
    #[must_use]
    pub fn suggestion(&self) -> Option<&'static str> {
        let (catalog, name) = (catalog(), self.name.as_str());
        if let Some(instead) = catalog.known_mistakes.get(name) {
            return instead.as_deref();
        }
        if name.len() > BYTES_MAX {
            return None;
        }
        let (lower, folded) = (name.to_lowercase(), folded(name));
        let find =
            |predicate: &dyn Fn(&PermissionInfo) -> bool| catalog.permissions.iter().find(|info| predicate(info));
        find(&|info| info.name.to_lowercase() == lower)
            .or_else(|| find(&|info| labels(info).contains(&folded)))
            .or_else(|| closest(&lower))
            .map(|info| info.name.as_str())
    }

    /// Returns the name for use in messages: limited in length and without control characters.
    pub(super) fn display_name(&self) -> String {
        self.name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(BYTES_MAX).collect()
    }
}

/// Returns the permission whose name has the smallest edit distance from the given name. The distance must not exceed a
/// quarter of the given name's length.
fn closest(lower: &str) -> Option<&'static PermissionInfo> {
    let distance_max = lower.chars().count() / 4;
    let distances = catalog()
        .permissions
        .iter()
        .filter(|info| info.name.len().abs_diff(lower.len()) <= distance_max)
        .map(|info| (strsim::osa_distance(&info.name.to_lowercase(), lower), info));
    distances
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= distance_max)
        .map(|(_, info)| info)
}

/// Returns two names that users could derive from the labels in the console. The first name consists of the labels of
/// the permission's row and column. The second name consists of the API name without its action, followed by the
/// column's label.
fn labels(info: &PermissionInfo) -> [String; 2] {
    let row_name = info.name.rsplit_once('.').map_or(info.name.as_str(), |(row, _)| row);
    [&info.resource, row_name].map(|row| folded(row) + &folded(&info.action))
}

/// Returns the text's letters and digits in lowercase, without any other characters.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
