//! Lists: pages of rows in a stable order.

use std::sync::Arc;

use floorkey::hierarchy::HierarchyGroup;
use floorkey::{Resource, ResourceType, SecurityProfile, Target};
use floorkey_aws::operation::Operation;
use floorkey_service::page_token::{PageTokenError, PageTokens};

use super::call::{Call, CallError, CallResult};
use super::row_visibility::{ListFilter, RowVisibility};
use crate::caller::Caller;

/// Default number of rows per page.
pub(super) const PAGE_SIZE: usize = 100;

/// A row's position in a list that is sorted by name, then by ID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowKey {
    pub(super) name: String,
    pub(super) id: u128,
}

impl RowKey {
    /// The position of a row in a list that is sorted by name.
    pub(super) fn by_name(name: &str, id: u128) -> Self {
        Self { name: floorkey::text::folded(name), id }
    }

    /// The position of a row in a list that is not sorted by name.
    pub(super) fn by_index(index: usize) -> Self {
        Self { name: String::new(), id: index as u128 }
    }
}

/// The position of a row in a list that is sorted by name, converted to a [`RowKey`] only when needed.
#[derive(Clone, Copy)]
pub(super) struct NameKey<'a> {
    pub(super) name: &'a str,
    pub(super) id: u128,
}

impl From<NameKey<'_>> for RowKey {
    fn from(key: NameKey<'_>) -> Self {
        Self::by_name(key.name, key.id)
    }
}

/// The requested page of a list: where the page starts and how many rows it has.
pub(super) struct Paging<'a> {
    tokens: PageTokens<'a>,
    size: usize,
    after: Option<After>,
}

/// The position where a page begins.
#[derive(Debug, PartialEq, Eq)]
enum After {
    /// The page begins after this position, even if the row at this position no longer exists.
    Key(RowKey),
    /// The page begins after the row with this ID. Used if the row's name is too long for a token.
    Row(u128),
}

/// The rows of a page, and the token for the next page.
pub(super) struct Page<T> {
    pub(super) rows: Vec<T>,
    pub(super) next: Option<String>,
}

impl<'a> Paging<'a> {
    /// Parses the paging parameters of a request for a list. `filters` contains all parameters that determine the list,
    /// in any format, but not the page size. Different filters must result in different strings. `instance` is the
    /// instance's ID, or empty for the list of instances. A token is valid only for the list that it was issued for.
    ///
    /// # Errors
    /// Returns an error if the token is invalid or was issued for another list.
    pub(super) fn parse(
        caller: &'a Caller<'_>,
        operation: Operation,
        (instance, filters): (String, &str),
        request: &PageRequest,
        default: usize,
    ) -> CallResult<Self> {
        let tokens = PageTokens::new(caller.api.sealer.page_token_key(), operation.name(), instance, filters);
        let after = request.next_token.as_ref().map(|token| {
            let key = tokens.open(token).map_err(token_error)?;
            After::decode(&key).ok_or_else(|| token_error(PageTokenError::Malformed))
        });
        let size = request.max_results.and_then(|max| usize::try_from(max).ok()).unwrap_or(default).max(1);
        Ok(Self { tokens, size, after: after.transpose()? })
    }

    /// Whether the page has at most the default size and can be found without reading the rows of earlier pages.
    pub(super) fn is_cheap(&self) -> bool {
        self.size <= PAGE_SIZE && !matches!(self.after, Some(After::Row(_)))
    }

    /// Returns the last name on the previous page, for lists that can start after a given name.
    pub(super) fn after_name(&self) -> Option<&str> {
        match &self.after {
            Some(After::Key(key)) => Some(&key.name),
            _ => None,
        }
    }

    /// Returns the requested page of the given rows. The rows must be sorted by key.
    ///
    /// # Errors
    /// If the token contains only a row's ID and that row no longer exists.
    pub(super) fn page<K: Clone + Into<RowKey>, T>(
        &self,
        rows: impl IntoIterator<Item = (K, T)>,
    ) -> CallResult<Page<T>> {
        let mut started = self.after.is_none();
        let mut page = Page { rows: Vec::with_capacity(self.size.min(PAGE_SIZE)), next: None };
        let mut last = None;
        for (key, row) in rows {
            if !started {
                let key: RowKey = key.clone().into();
                match &self.after {
                    Some(After::Key(after)) if key <= *after => continue,
                    Some(After::Row(id)) => {
                        started = key.id == *id;
                        continue;
                    }
                    Some(After::Key(_)) | None => started = true,
                }
            }
            if page.rows.len() == self.size {
                page.next = last.map(|key: K| self.seal(&key.into())).transpose()?;
                break;
            }
            page.rows.push(row);
            last = Some(key);
        }
        match &self.after {
            Some(After::Row(_)) if !started => Err(token_error(PageTokenError::Foreign)),
            _ => Ok(page),
        }
    }

    fn seal(&self, key: &RowKey) -> CallResult<String> {
        let seal = |after: After| self.tokens.seal(&after.encode());
        seal(After::Key(key.clone())).or_else(|_| seal(After::Row(key.id))).map_err(token_error)
    }
}

fn token_error(error: PageTokenError) -> CallError {
    CallError::InvalidInput(format!(
        "NextToken is invalid: {error}. Send the token of the last response unchanged and with the same parameters, or \
         leave it out to start from the beginning."
    ))
}

/// The paging parameters of a request.
#[derive(Debug, Default)]
pub(super) struct PageRequest {
    /// The page size; `None` for the default size of the list.
    pub(super) max_results: Option<i32>,
    /// The token of the previous page; `None` for the first page.
    pub(super) next_token: Option<String>,
}

/// A record that is a row of lists sorted by name.
pub(super) trait NamedRow {
    /// Returns the position of the row.
    fn key(&self) -> RowKey;
    /// Returns the row as the target of a permission.
    fn target(&self) -> Target<'_>;
}

impl NamedRow for Resource {
    fn key(&self) -> RowKey {
        RowKey::by_name(&self.name, self.id.bits())
    }

    fn target(&self) -> Target<'_> {
        Target::Resource(self.id)
    }
}

impl NamedRow for SecurityProfile {
    fn key(&self) -> RowKey {
        RowKey::by_name(&self.name, self.id.bits())
    }

    fn target(&self) -> Target<'_> {
        Target::Profile(self.id)
    }
}

impl NamedRow for HierarchyGroup {
    fn key(&self) -> RowKey {
        RowKey::by_name(&self.name, self.id.bits())
    }

    fn target(&self) -> Target<'_> {
        Target::Group(self.id)
    }
}

impl Call<'_> {
    /// Parses the call's paging parameters for a list of the instance. The default page size is [`PAGE_SIZE`].
    ///
    /// # Errors
    /// As [`Paging::parse`].
    pub(super) fn paging(&self, filters: &str) -> CallResult<Paging<'_>> {
        self.paging_by(filters, PAGE_SIZE)
    }

    /// Parses the call's paging parameters for a list with another default page size.
    ///
    /// # Errors
    /// As [`Paging::parse`].
    pub(super) fn paging_by(&self, filters: &str, default: usize) -> CallResult<Paging<'_>> {
        let instance = self.directory.instance().to_string();
        Paging::parse(self.caller, self.operation, (instance, filters), &self.page, default)
    }

    /// Returns a page of the rows that the caller can see. The rows must be sorted by name. `to_row` returns `None` for
    /// rows that are not in the list.
    ///
    /// # Errors
    /// Returns an error if the caller can't see any part of the list, or if the token was issued for another list.
    pub(super) async fn list<'d, N: NamedRow + 'd, T>(
        &self,
        resource_type: ResourceType,
        filters: &str,
        rows: impl Iterator<Item = &'d Arc<N>>,
        to_row: impl Fn(&N, RowVisibility) -> Option<T>,
    ) -> CallResult<Page<T>> {
        let list_filter = ListFilter::new(self, resource_type).await?;
        self.paging(filters)?.page(rows.filter_map(|row| {
            let visibility = list_filter.visibility_of(&row.target())?;
            Some((row.key(), to_row(row, visibility)?))
        }))
    }

    /// Returns a page of the matching rows, and the number of all matching rows. The rows must be sorted by name. The
    /// search evaluates `conditions` conditions for each of `count` rows. An expensive search waits for capacity in the
    /// search budget, which all callers share. Waiting does not block other tasks.
    ///
    /// # Errors
    /// As [`Call::list`]. Also returns an error if the caller is already running too many searches.
    pub(super) async fn search<T>(
        &self,
        filters: &str,
        (count, conditions): (usize, usize),
        find: impl FnOnce() -> Vec<(RowKey, T)>,
    ) -> CallResult<(Page<T>, Option<i64>)> {
        let paging = self.paging(filters)?;
        let rows = self.caller.search(count, conditions, find).await?;
        let total = i64::try_from(rows.len()).ok();
        Ok((paging.page(rows)?, total))
    }
}

impl After {
    fn encode(&self) -> Vec<u8> {
        match self {
            Self::Key(key) => [&[0], key.id.to_be_bytes().as_slice(), key.name.as_bytes()].concat(),
            Self::Row(id) => [&[1], id.to_be_bytes().as_slice()].concat(),
        }
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (form, rest) = bytes.split_first()?;
        let (id, name) = rest.split_first_chunk::<16>()?;
        let id = u128::from_be_bytes(*id);
        match form {
            0 => Some(Self::Key(RowKey { name: String::from_utf8(name.to_vec()).ok()?, id })),
            1 if name.is_empty() => Some(Self::Row(id)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: [u8; 32] = [7; 32];

    fn paging(size: usize, token: Option<&str>) -> CallResult<Paging<'static>> {
        let mut paging = Paging {
            tokens: PageTokens::new(&SECRET, Operation::ListUsers.name(), "i".to_owned(), ""),
            size,
            after: None,
        };
        if let Some(token) = token {
            let key = paging.tokens.open(token).unwrap();
            paging.after = After::decode(&key);
        }
        Ok(paging)
    }

    fn rows(names: &[&str]) -> Vec<(RowKey, String)> {
        let mut rows: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(id, name)| (RowKey::by_name(name, id as u128), (*name).to_owned()))
            .collect();
        rows.sort();
        rows
    }

    #[test]
    fn pages_of_every_size_return_every_row_once_and_end_without_a_token() {
        let names: Vec<String> = (0..23).map(|n| format!("name {}", n % 7)).collect();
        let all = rows(&names.iter().map(String::as_str).collect::<Vec<_>>());
        for size in 1..=25 {
            let mut seen = Vec::new();
            let mut token: Option<String> = None;
            let mut pages = 0;
            loop {
                let page = paging(size, token.as_deref()).unwrap().page(all.clone()).unwrap();
                assert!(!page.rows.is_empty());
                seen.extend(page.rows);
                pages += 1;
                token = page.next;
                if token.is_none() {
                    break;
                }
            }
            assert_eq!(seen, all.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>());
            assert_eq!(pages, 23_usize.div_ceil(size), "a full last page has no token");
        }
    }

    #[test]
    fn a_page_continues_after_the_last_one_even_if_its_row_was_deleted() {
        let first = paging(2, None).unwrap().page(rows(&["ann", "ben", "cem", "dee"])).unwrap();
        let next = paging(2, first.next.as_deref()).unwrap().page(rows(&["ann", "cem", "dee"])).unwrap();
        assert_eq!(next.rows, ["cem", "dee"]);
    }

    #[test]
    fn names_too_long_for_a_token_are_replaced_by_ids() {
        let long = "\u{fdfa}".repeat(100);
        let all = rows(&["a", &long, "z"]);
        let mut seen = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = paging(1, token.as_deref()).unwrap().page(all.clone()).unwrap();
            seen.extend(page.rows);
            token = page.next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 3);
    }

    #[test]
    fn an_invalid_position_is_refused() {
        for bytes in [&[][..], &[0; 16], &[2; 17], &[1; 18]] {
            assert_eq!(After::decode(bytes), None);
        }
    }
}
