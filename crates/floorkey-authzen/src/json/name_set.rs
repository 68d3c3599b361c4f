//! Detection of duplicate names.

use std::borrow::Cow;
use std::collections::HashSet;

/// The names in one object. Optimized for objects with few names.
#[derive(Default)]
pub(super) struct NameSet<'a> {
    few: [&'a str; 6],
    count: usize,
    many: Option<HashSet<Cow<'a, str>>>,
}

impl<'a> NameSet<'a> {
    /// Adds a name. Returns `false` if the set already contains the name.
    #[inline]
    #[expect(clippy::ptr_arg, reason = "a borrowed name lives as long as the text, without a copy")]
    pub(super) fn add(&mut self, name: &Cow<'a, str>) -> bool {
        if self.few.iter().take(self.count).any(|seen| *seen == name.as_ref()) {
            return false;
        }
        match (self.few.get_mut(self.count), name) {
            (Some(slot), Cow::Borrowed(name)) if self.many.is_none() => {
                *slot = name;
                self.count += 1;
                true
            }
            _ => self.many.get_or_insert_default().insert(name.clone()),
        }
    }
}
