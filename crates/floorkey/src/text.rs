//! Comparing names as people do.

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
    name.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// The form in which two names *look* like the same name: [`folded`], with characters that are drawn alike made one.
#[must_use]
pub fn skeleton(name: &str) -> String {
    let plain: String = folded(name)
        .chars()
        .map(|c| match c {
            '0' | 'о' | 'ο' => 'o',
            '1' | '|' | 'і' | 'ι' => 'l',
            'а' | 'α' => 'a',
            'е' => 'e',
            'р' | 'ρ' => 'p',
            'с' => 'c',
            'у' => 'y',
            'х' => 'x',
            'ѕ' => 's',
            'ν' => 'v',
            c => c,
        })
        .collect();
    plain.replace("rn", "m").replace("vv", "w")
}

#[cfg(test)]
mod tests {
    use super::{folded, skeleton};

    #[test]
    fn lookalikes_fold_together() {
        assert_eq!(folded(" Admin "), "admin");
        assert_eq!(folded("Ａdmin"), "admin");
        assert_eq!(folded("ﬁona"), "fiona");
        assert_ne!(folded("anna"), folded("ann"));
        assert_eq!(skeleton("аdmin"), skeleton("admin"));
        assert_eq!(skeleton("adrnin1"), skeleton("adminl"));
    }
}
