//! Comparison of names, ignoring case and Unicode variants.

use std::borrow::Cow;
use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;

/// The maximum number of characters in a string that is normalized during folding. This is more than the total length
/// of a first name, a last name and a login name.
pub const FOLDED_CHARS_MAX: usize = 1_024;

/// Returns the folded form of a name: NFKC-normalized, in lower case, without leading and trailing spaces. Two names
/// are the same if their folded forms are equal.
///
/// The names of users, profiles, groups and resources are unique in this form, so that `Admin`, `admin` and `Ａdmin`
/// cannot coexist.
///
/// A string with more than [`FOLDED_CHARS_MAX`] characters is not a name. Only its ASCII letters are converted to lower
/// case, because normalization could be slow: some characters expand to 18 characters and take a thousand times as long
/// as a letter.
#[must_use]
pub fn folded(name: &str) -> String {
    let name = name.trim();
    if name.is_ascii() || has_more_chars(name, FOLDED_CHARS_MAX) {
        return name.to_ascii_lowercase();
    }
    let folded: String = name.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    // The result is trimmed again. Some characters decompose into a space and a combining mark.
    folded.trim().to_owned()
}

/// Returns the folded form of a name (see [`folded`]). Does not allocate if the name is already folded, as nearly all
/// names sent by programs are.
pub(crate) fn as_folded(name: &str) -> Cow<'_, str> {
    match name.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase()) {
        true => Cow::Borrowed(name),
        false => Cow::Owned(folded(name)),
    }
}

/// Folds a name in order to look it up among names with at most `chars_max` characters (see [`folded`]). A longer
/// string can't match, so this function returns `None` without folding it.
pub(crate) fn folded_if_short(name: &str, chars_max: usize) -> Option<Cow<'_, str>> {
    // Trimming takes time, so the name is trimmed only if necessary. This keeps lookups of users by login name fast.
    let is_longer = name.len() > chars_max && has_more_chars(name.trim(), chars_max);
    (!is_longer).then(|| as_folded(name))
}

/// Works like [`folded_if_short`], but also limits the folded form to `bytes_max` bytes. If the folded form would be
/// longer, returns `None` without folding the whole string.
pub(crate) fn folded_with_limits(name: &str, chars_max: usize, bytes_max: usize) -> Option<Cow<'_, str>> {
    if name.is_ascii() {
        return folded_if_short(name, chars_max);
    }
    let name = name.trim();
    if has_more_chars(name, chars_max.min(FOLDED_CHARS_MAX)) {
        return None;
    }
    let mut folded = String::new();
    for c in name.nfkc().flat_map(char::to_lowercase).nfkc() {
        folded.push(c);
        if folded.len() > bytes_max && folded.trim().len() > bytes_max {
            return None;
        }
    }
    Some(Cow::Owned(folded.trim().to_owned()))
}

/// Whether a string has more than `chars_max` characters. Reads no more characters than necessary.
#[must_use]
pub fn has_more_chars(text: &str, chars_max: usize) -> bool {
    text.len() > chars_max && text.chars().nth(chars_max).is_some()
}

/// Returns the string with its first letter in upper case.
#[must_use]
pub fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

/// Returns a message as a sentence: with its first letter in upper case, and with a period unless the message ends
/// with a punctuation mark.
#[must_use]
pub fn sentence(message: &str) -> String {
    let end = if message.ends_with(['.', '?', '!']) { "" } else { "." };
    capitalized(message) + end
}

/// Compares two names in their folded form. Does not allocate if both names are ASCII, as most names are.
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
    use super::{FOLDED_CHARS_MAX, as_folded, cmp_folded, folded, folded_if_short, folded_with_limits};
    use crate::lookalike::skeleton;

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
    fn text_longer_than_a_name_is_not_normalized() {
        let longest = "\u{fdfa}".repeat(FOLDED_CHARS_MAX);
        assert_eq!(folded(&longest).chars().count(), 18 * FOLDED_CHARS_MAX);
        let longer = format!("{longest}A");
        assert_eq!(folded(&longer), format!("{longest}a"));
        assert_eq!(folded(&folded(&longest)), folded(&longest));
        assert_eq!(skeleton(&longer), folded(&longer));

        assert_eq!(folded_if_short(" Ａnn ", 3).as_deref(), Some("ann"), "outer blanks don't count");
        assert_eq!(folded_if_short("Ａnna", 3), None);
    }

    #[test]
    fn names_compare_like_their_folded_forms() {
        let names = [" Admin ", "admin", "Ａdmin", "adm", "", "ﬁona", "Fiona", "Zoë", "zoe", "ZZ", "a b"];
        for (a, b) in names.iter().flat_map(|a| names.iter().map(move |b| (a, b))) {
            assert_eq!(cmp_folded(a, b), folded(a).cmp(&folded(b)), "{a:?} and {b:?}");
        }
    }

    #[test]
    fn a_lookup_folds_at_most_the_length_of_the_longest_name() {
        for name in ["Ｔom", " ann ", "\u{a8}bea\u{3000}", "ﬁona", "TOM"] {
            let whole = folded(name);
            assert_eq!(folded_with_limits(name, 100, whole.len()).as_deref(), Some(&*whole), "{name:?}");
        }
        assert_eq!(folded_with_limits("Ｔomas", 100, 3), None);
        let longest = "\u{fdfa}".repeat(100);
        let began = std::time::Instant::now();
        (0..1_000).for_each(|_| assert_eq!(folded_with_limits(&longest, 100, 30), None));
        let bounded = began.elapsed();
        let began = std::time::Instant::now();
        (0..10).for_each(|_| assert!(folded(&longest).len() > 30));
        assert!(bounded < 50 * began.elapsed(), "a thousand take no longer than a few hundred whole ones");
    }

    #[test]
    fn folding_is_idempotent() {
        // These Unicode blocks contain all characters that folding changes.
        let blocks = ['\0'..='\u{33ff}', '\u{a000}'..='\u{abff}', '\u{f900}'..='\u{ffff}', '\u{1d000}'..='\u{1f2ff}'];
        for c in blocks.into_iter().flatten() {
            for name in [format!("{c}"), format!("a{c}b")] {
                let once = folded(&name);
                assert_eq!(folded(&once), once, "{name:?} {:?}", c.escape_unicode().to_string());
            }
        }
    }
}
