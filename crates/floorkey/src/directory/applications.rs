//! Registered applications, their resources and API tokens in the directory.

use std::ops::Bound;
use std::sync::Arc;

use super::Directory;
use crate::api_token::ApiToken;
use crate::application::{ApplicationResource, RegisteredApplication};
use crate::id::{ApiTokenId, HierarchyGroupId};
use crate::profile::SecurityProfile;
use crate::scope::Grants;

impl Directory {
    /// Returns the application with the given namespace if it is registered.
    #[must_use]
    pub fn application(&self, namespace: &str) -> Option<&Arc<RegisteredApplication>> {
        self.applications.get(namespace)
    }

    /// Iterates over all registered applications, sorted by namespace.
    pub fn applications(&self) -> impl Iterator<Item = &Arc<RegisteredApplication>> {
        self.applications.values()
    }

    /// Returns a resource of an application if it is registered.
    #[must_use]
    pub fn application_resource(&self, namespace: &str, id: &str) -> Option<&Arc<ApplicationResource>> {
        self.application_resources.get(&(namespace.to_owned(), id.to_owned()))
    }

    /// Iterates over the registered resources of an application, sorted by ID and starting after the given ID.
    pub fn application_resources<'a>(
        &'a self,
        namespace: &'a str,
        after: Option<&str>,
    ) -> impl Iterator<Item = &'a Arc<ApplicationResource>> + use<'a> {
        let lower = match after {
            None => Bound::Included((namespace.to_owned(), String::new())),
            Some(after) => Bound::Excluded((namespace.to_owned(), after.to_owned())),
        };
        self.application_resources
            .range((lower, Bound::Unbounded))
            .take_while(move |((found, _), _)| found == namespace)
            .map(|(_, resource)| resource)
    }

    /// Returns any application resource that is in the hierarchy group.
    pub(crate) fn application_resource_in(&self, group: HierarchyGroupId) -> Option<&Arc<ApplicationResource>> {
        self.application_resources.values().find(|resource| resource.hierarchy_group == Some(group))
    }

    /// Returns the grants of the profile. If a permission of a registered application requires other permissions, they
    /// are included.
    pub(super) fn grants_of_profile(&self, profile: &SecurityProfile) -> Grants {
        Grants::from_profile_with(profile, |namespace| self.application(namespace).map(|application| &**application))
    }

    /// Returns the API token with the given ID.
    #[must_use]
    pub fn api_token(&self, id: ApiTokenId) -> Option<&Arc<ApiToken>> {
        self.api_tokens.get(&id)
    }

    /// Returns the API token with the given SHA-256 hash, even if it has expired.
    #[must_use]
    pub fn api_token_by_hash(&self, hash: &[u8; 32]) -> Option<&Arc<ApiToken>> {
        self.api_token(*self.api_tokens_by_hash.get(hash)?)
    }

    /// Iterates over all API tokens, sorted by ID.
    pub fn api_tokens(&self) -> impl Iterator<Item = &Arc<ApiToken>> {
        self.api_tokens.values()
    }
}
