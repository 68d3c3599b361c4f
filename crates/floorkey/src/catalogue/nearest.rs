//! Which permission somebody probably meant by a name that there is none of.

use super::{PermissionInfo, UnknownPermission, catalogue};

/// Bytes of a name, at most, that is compared and shown: the longest in the catalogue has fewer.
const BYTES_MAX: usize = 128;

impl UnknownPermission {
    /// The permission that was probably meant: what the catalogue says of a known mistake, else the same name in other
    /// letter case, the words that the console shows (`Users.Remove` for `Users.Delete`), or a name that differs in
    /// few letters.
    ///
    /// Found out here and not while parsing: a check that asks for an unknown permission must not pay for it.
    #[must_use]
    pub fn instead(&self) -> Option<&'static str> {
        let (catalogue, name) = (catalogue(), self.name.as_str());
        if let Some(instead) = catalogue.refused.get(name) {
            return instead.as_deref();
        }
        if name.len() > BYTES_MAX {
            return None;
        }
        let (lower, folded) = (name.to_lowercase(), folded(name));
        let find = |is: &dyn Fn(&PermissionInfo) -> bool| catalogue.permissions.iter().find(|info| is(info));
        find(&|info| info.name.to_lowercase() == lower)
            .or_else(|| find(&|info| labels(info).contains(&folded)))
            .or_else(|| closest(&lower))
            .map(|info| info.name.as_str())
    }

    /// The name as messages show it: not longer than one can bear, and without what messes up a log.
    pub(super) fn shown(&self) -> String {
        self.name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(BYTES_MAX).collect()
    }
}

/// The permission whose name differs in the fewest letters, in a quarter of them at most.
fn closest(lower: &str) -> Option<&'static PermissionInfo> {
    let most = lower.chars().count() / 4;
    let distances = catalogue()
        .permissions
        .iter()
        .filter(|info| info.name.len().abs_diff(lower.len()) <= most)
        .map(|info| (strsim::osa_distance(&info.name.to_lowercase(), lower), info));
    distances.min_by_key(|(distance, _)| *distance).filter(|(distance, _)| *distance <= most).map(|(_, info)| info)
}

/// What somebody may write who has read the labels of the console: its row, or the name's own, with its column.
fn labels(info: &PermissionInfo) -> [String; 2] {
    let own = info.name.rsplit_once('.').map_or(info.name.as_str(), |(row, _)| row);
    [&info.resource, own].map(|row| folded(row) + &folded(&info.action))
}

/// Letters and digits only, in lower case.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
