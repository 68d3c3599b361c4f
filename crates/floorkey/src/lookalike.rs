//! Detects login names that look alike, and determines the scripts that login names are written in (Unicode UTS 39).
//!
//! People recognize users by how their login names look. Therefore a new login name is refused if it looks like another
//! login name but is written in a different script. Names that look alike in the same script, such as `admin` and
//! `adrnin`, are flagged.

use unicode_security::MixedScript as _;
use unicode_security::mixed_script::AugmentedScriptSet;

use crate::limits::USERNAME_CHARS_MAX;
use crate::text::{FOLDED_CHARS_MAX, folded, has_more_chars};

/// The characters between the parts of a login name. Each part can have its own script, for example in
/// `иван@example.com`.
pub const SEPARATORS: [char; 6] = ['\\', '@', '.', '-', '_', '+'];

/// Returns the skeleton of a name: the [`folded`] name in which characters that look alike are replaced with the same
/// character. Names that *look* alike have the same skeleton. A string that is too long for a name is only folded.
#[must_use]
pub fn skeleton(name: &str) -> String {
    let folded = folded(name);
    if has_more_chars(name.trim(), FOLDED_CHARS_MAX) {
        return folded;
    }
    nontrivial_skeleton(&folded).unwrap_or(folded)
}

/// Returns the skeleton of a folded name; `None` if the skeleton equals the folded name, as is usual.
pub(crate) fn nontrivial_skeleton(folded: &str) -> Option<String> {
    let is_unchanged = |bytes: &[u8]| match bytes {
        [b'0' | b'1' | b'|', ..] | b"rn" | b"vv" => false,
        [first, ..] => first.is_ascii(),
        [] => true,
    };
    let bytes = folded.as_bytes();
    if bytes.windows(2).all(is_unchanged) && bytes.last().is_none_or(|last| is_unchanged(&[*last])) {
        return None;
    }
    // UTS 39 maps `0` to `O`, `1` to `l` and `m` to `rn`. For ASCII strings, the replacements below have the same
    // result.
    let prototype: String = match folded.is_ascii() {
        true => folded.to_owned(),
        false => unicode_security::skeleton(folded).flat_map(char::to_lowercase).collect(),
    };
    let alike: String = prototype
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '|' => 'l',
            c => c,
        })
        .collect();
    Some(alike.replace("rn", "m").replace("vv", "w")).filter(|skeleton| skeleton != folded)
}

/// Describes the part of a login name that mixes scripts. Returns `None` if each part uses a single script.
///
/// Writing systems that combine several scripts count as a single script: Japanese, Korean, and Chinese with Bopomofo.
#[must_use]
pub fn mixed_scripts(name: &str) -> Option<String> {
    // A name that is too long is refused because of its length, so its scripts don't matter.
    if has_more_chars(name, USERNAME_CHARS_MAX) {
        return None;
    }
    let folded = folded(name);
    let part = folded.split(SEPARATORS).find(|part| !part.is_single_script())?;
    let letters = part.chars().map(|c| (c, AugmentedScriptSet::for_char(c))).filter(|(_, scripts)| !scripts.is_all());
    let mut so_far: Option<(char, AugmentedScriptSet)> = None;
    for (c, scripts) in letters {
        let (first, mut common) = so_far.unwrap_or((c, scripts));
        common.intersect_with(scripts);
        if common.is_empty() {
            let first_scripts = AugmentedScriptSet::for_char(first);
            return Some(format!("`{first}` is {first_scripts} and `{c}` is {scripts} in `{part}`"));
        }
        so_far = Some((first, common));
    }
    None
}

/// Whether two names that look alike are written in different scripts. The names are compared part by part, and digits
/// are treated as Latin.
#[must_use]
pub fn differ_in_script(name: &str, other: &str) -> bool {
    let (name, other) = (folded(name), folded(other));
    let scripts = |name: &str| -> Vec<AugmentedScriptSet> { name.split(SEPARATORS).map(script_of).collect() };
    let (name, other) = (scripts(&name), scripts(&other));
    name.len() != other.len()
        || name.into_iter().zip(other).any(|(mut name, other)| {
            name.intersect_with(other);
            name.is_empty()
        })
}

fn script_of(part: &str) -> AugmentedScriptSet {
    let scripts = part.resolve_script_set();
    if scripts.is_all() { AugmentedScriptSet::for_char('a') } else { scripts }
}

#[cfg(test)]
mod tests {
    use super::{SEPARATORS, differ_in_script, mixed_scripts, nontrivial_skeleton, skeleton};
    use crate::text::folded;

    #[test]
    fn names_that_look_alike_have_the_same_skeleton() {
        for (name, other) in [
            ("аdmin", "admin"),
            ("adrnin1", "adminl"),
            ("сосо", "coco"),
            ("ο", "o"),
            ("৪৪", "88"),
            ("оо", "00"),
            ("аԁmin", "admin"),
            ("ＡＤＭＩＮ", "admin"),
        ] {
            assert_eq!(skeleton(name), skeleton(other), "{name} {other}");
        }
        assert_ne!(skeleton("anna"), skeleton("hanna"));
    }

    #[test]
    fn ascii_skeletons_match_the_standard() {
        for byte in b'!'..=b'~' {
            let c = char::from(byte);
            if !c.is_ascii_alphanumeric() && !SEPARATORS.contains(&c) {
                continue;
            }
            let folded = folded(&format!("{c}b"));
            let standard: String = unicode_security::skeleton(&folded).flat_map(char::to_lowercase).collect();
            let skeleton = nontrivial_skeleton(&folded).unwrap_or_else(|| folded.clone());
            assert_eq!(skeleton, standard.replace("rn", "m").replace("vv", "w"), "{c}");
        }
    }

    #[test]
    fn each_part_has_one_script() {
        for name in
            ["ann.lee@example.com", "иван.петров@example.com", "山田たろう", "김철수", "ann7", "corp\\μαρία", "Zoë"]
        {
            assert_eq!(mixed_scripts(name), None, "{name}");
        }
        let mixed = mixed_scripts("team.аdmin").unwrap();
        assert_eq!(mixed, "`а` is Cyrillic and `d` is Latin in `аdmin`");
        for name in ["annа", "pаypal@example.com", "ann৪", "李lee", "admin\u{3164}"] {
            assert!(mixed_scripts(name).is_some(), "{name}");
        }
    }

    #[test]
    fn scripts_are_compared_part_by_part() {
        for (name, other) in [("сосо", "coco"), ("coco@ех.com", "coco@ex.com"), ("оо", "00"), ("৪৪", "88")]
        {
            assert!(differ_in_script(name, other) && differ_in_script(other, name), "{name} {other}");
        }
        for (name, other) in [("admin", "adrnin"), ("100", "loo"), ("иван", "иваh"), ("a.b", "a.6")] {
            assert!(!differ_in_script(name, other) || mixed_scripts(other).is_some(), "{name} {other}");
        }
    }
}
