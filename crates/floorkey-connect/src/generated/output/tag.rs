// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Output: tag.

use std::collections::BTreeMap;

use serde::Serialize;

/// What `ListTagsForResource` answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagsForResourceOutput {
    /// `tags`: 1 to 50 entries.
    #[serde(rename = "tags")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
}
