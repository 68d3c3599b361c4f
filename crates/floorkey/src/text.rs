//! Comparing names as people do.

use std::borrow::Cow;
use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;

/// The form in which two names are the same name: NFKC, lower case, outer blanks off.
///
/// Names of logins, profiles, groups and resources are unique in this form, so that `Admin`, `admin` and `Ａdmin`
/// can't stand beside each other.
#[must_use]
pub fn folded(name: &str) -> String {
    let name = name.trim();
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    let folded: String = name.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    // Some characters are made of a blank and a mark.
    folded.trim().to_owned()
}

/// [`folded`], without making it where the name is in that form, as nearly all are that programs send.
pub(crate) fn as_folded(name: &str) -> Cow<'_, str> {
    match name.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase()) {
        true => Cow::Borrowed(name),
        false => Cow::Owned(folded(name)),
    }
}

/// Compares two names in their folded form; without making it where both are ASCII, as most are.
#[must_use]
pub fn cmp_folded(name: &str, other: &str) -> Ordering {
    if name.is_ascii() && other.is_ascii() {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        return name.trim().bytes().map(lower).cmp(other.trim().bytes().map(lower));
    }
    folded(name).cmp(&folded(other))
}

#[cfg(test)]
mod tests {
    use super::{as_folded, cmp_folded, folded};

    #[test]
    fn lookalikes_fold_together() {
        assert_eq!(folded(" Admin "), "admin");
        assert_eq!(folded("Ａdmin"), "admin");
        assert_eq!(folded("ﬁona"), "fiona");
        for name in ["ann.lee@example.com", "Ann", " ann ", "an n", "ﬁona", ""] {
            assert_eq!(as_folded(name), folded(name));
        }
        assert_ne!(folded("anna"), folded("ann"));
    }

    #[test]
    fn names_compare_as_their_folded_forms_do() {
        let names = [" Admin ", "admin", "Ａdmin", "adm", "", "ﬁona", "Fiona", "Zoë", "zoe", "ZZ", "a b"];
        for (a, b) in names.iter().flat_map(|a| names.iter().map(move |b| (a, b))) {
            assert_eq!(cmp_folded(a, b), folded(a).cmp(&folded(b)), "{a:?} and {b:?}");
        }
    }

    #[test]
    fn a_folded_name_is_folded() {
        // The blocks in which characters are folded; in the others letters stand for themselves.
        let blocks = ['\0'..='\u{33ff}', '\u{a000}'..='\u{abff}', '\u{f900}'..='\u{ffff}', '\u{1d000}'..='\u{1f2ff}'];
        for c in blocks.into_iter().flatten() {
            for name in [format!("{c}"), format!("a{c}b")] {
                let once = folded(&name);
                assert_eq!(folded(&once), once, "{name:?} {:?}", c.escape_unicode().to_string());
            }
        }
    }
}
