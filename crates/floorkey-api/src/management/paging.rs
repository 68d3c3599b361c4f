//! Paging of lists. Requests have `maxResults` and `nextToken` in the query, and responses have `NextToken`.

use floorkey::Directory;
use floorkey_aws::exception::Exception;
use floorkey_service::page_token::PageTokens;

use super::access::invalid;
use super::{CallContext, body};

/// The default and the maximum number of rows in a response.
const PAGE: usize = 100;
const PAGE_MAX: usize = 1000;

/// The requested page of a list.
pub(super) struct Paging<'a> {
    /// Maximum number of rows in the response.
    pub(super) size: usize,
    /// The key of the last row of the previous page; `None` for the first page.
    pub(super) after: Option<Vec<u8>>,
    tokens: PageTokens<'a>,
}

impl<'a> Paging<'a> {
    /// Parses the paging parameters in the query. `filter` distinguishes the list from other lists of the same
    /// operation.
    ///
    /// # Errors
    /// Returns an error if the size is out of range, if the token belongs to another list, or if a parameter is
    /// unknown.
    pub(super) fn parse(
        context: &CallContext<'a>,
        directory: &Directory,
        operation: &'static str,
        filter: &str,
    ) -> Result<Self, Exception> {
        let [size, token] = body::parameters(context.query, ["maxResults", "nextToken"])?;
        Self::from_parameters(context, directory, (operation, filter), size, token)
    }

    /// Works like [`Paging::parse`], but for an operation that has additional parameters and has already parsed the
    /// query.
    ///
    /// # Errors
    /// Returns the same errors as [`Paging::parse`], except the error for unknown parameters.
    pub(super) fn from_parameters(
        context: &CallContext<'a>,
        directory: &Directory,
        (operation, filter): (&'static str, &str),
        size: Option<String>,
        token: Option<String>,
    ) -> Result<Self, Exception> {
        let size = size.map_or(Some(PAGE), |size| size.parse().ok().filter(|size| (1..=PAGE_MAX).contains(size)));
        let size = size.ok_or_else(|| invalid("maxResults", format!("must be a number from 1 to {PAGE_MAX}")))?;
        let key = context.caller.api.sealer.page_token_key();
        let tokens = PageTokens::new(key, operation, directory.instance().to_string(), filter);
        let after = token.map(|token| tokens.open(&token)).transpose();
        Ok(Self { size, after: after.map_err(|error| invalid("nextToken", error.to_string()))?, tokens })
    }

    /// Returns the token for the page that begins after the row with the given key.
    ///
    /// # Errors
    /// Returns an error if the key is too long for a token.
    pub(super) fn next(&self, last: &[u8]) -> Result<String, Exception> {
        self.tokens.seal(last).map_err(|error| invalid("nextToken", error.to_string()))
    }
}
