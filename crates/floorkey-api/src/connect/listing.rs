//! Lists: pages of rows in a stable order.

use floorkey_aws::exception::Exception;
use floorkey_aws::operation::Operation;
use floorkey_service::page_token::{Listing, PageTokenError, open, seal};
use sha2::{Digest as _, Sha256};

use crate::caller::{ApiResult, Caller};

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
    key: &'a [u8; 32],
    operation: Operation,
    instance: String,
    query_hash: [u8; 32],
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
    /// Parses the paging parameters of a request. `list` contains all parameters that determine the list, but not the
    /// page size. A token is valid only for the list that it was issued for.
    ///
    /// # Errors
    /// If the token is invalid or was issued for another list.
    pub(super) fn parse(
        caller: &'a Caller<'_>,
        operation: Operation,
        list: &ListId<'_>,
        max_results: Option<i32>,
        default: usize,
        token: Option<&str>,
    ) -> ApiResult<Self> {
        let query_hash = Sha256::digest(list.filters.as_bytes()).into();
        let mut paging = Self {
            key: caller.api.sealer.page_token_key(),
            operation,
            instance: list.instance.to_owned(),
            query_hash,
            size: max_results.and_then(|max| usize::try_from(max).ok()).unwrap_or(default).max(1),
            after: None,
        };
        if let Some(token) = token {
            let key = open(paging.key, paging.listing(), token).map_err(|error| paging.token_error(error))?;
            paging.after = Some(After::decode(&key).ok_or_else(|| paging.token_error(PageTokenError::Malformed))?);
        }
        Ok(paging)
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
    ) -> ApiResult<Page<T>> {
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
            Some(After::Row(_)) if !started => Err(self.token_error(PageTokenError::Foreign)),
            _ => Ok(page),
        }
    }

    fn seal(&self, key: &RowKey) -> ApiResult<String> {
        seal(self.key, self.listing(), &After::Key(key.clone()).encode())
            .or_else(|_| seal(self.key, self.listing(), &After::Row(key.id).encode()))
            .map_err(|error| self.token_error(error))
    }

    fn listing(&self) -> Listing<'_> {
        Listing { operation: self.operation.name(), instance: &self.instance, query_hash: self.query_hash }
    }

    fn token_error(&self, error: PageTokenError) -> Exception {
        let message = format!(
            "NextToken is invalid: {error}. Send the token of the last response unchanged and with the same \
            parameters, or leave it out to start from the beginning."
        );
        Exception::new(self.operation.invalid_input(), message)
    }
}

/// Identifies a list that is returned in pages.
pub(super) struct ListId<'a> {
    /// The instance ID; empty for a list of instances.
    pub(super) instance: &'a str,
    /// The list's other parameters, in any format. Different filters must result in different strings.
    pub(super) filters: &'a str,
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

    fn paging(size: usize, token: Option<&str>) -> ApiResult<Paging<'static>> {
        let mut paging = Paging {
            key: &SECRET,
            operation: Operation::ListUsers,
            instance: "i".to_owned(),
            query_hash: [0; 32],
            size,
            after: None,
        };
        if let Some(token) = token {
            let key = open(&SECRET, paging.listing(), token).unwrap();
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
