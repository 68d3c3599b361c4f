//! The code that all sections share: routes, the context of a request, sessions, layout, forms, error pages, and text.

pub(crate) mod access_rows;
pub(crate) mod assets;
pub(crate) mod csv;
pub(crate) mod current_user;
pub(crate) mod edit;
pub(crate) mod effect_text;
pub(crate) mod fields;
pub(crate) mod flash;
pub(crate) mod form;
pub(crate) mod grant_text;
pub(crate) mod granting_profiles;
pub(crate) mod guard_flags;
pub(crate) mod layout;
pub(crate) mod navigation;
pub(crate) mod origin;
pub(crate) mod page_error;
pub(crate) mod permission_search;
pub(crate) mod preferences;
pub(crate) mod rank;
pub(crate) mod routes;
pub(crate) mod scan;
pub(crate) mod search_terms;
pub(crate) mod session;
pub(crate) mod suggestions;
pub(crate) mod text;
pub(crate) mod time_format;
