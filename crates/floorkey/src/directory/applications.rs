//! Registered applications, their things and their tokens in the directory.

use std::ops::Bound;
use std::sync::Arc;

use super::Directory;
use crate::api_token::ApiToken;
use crate::application::{ApplicationResource, RegisteredApplication};
use crate::id::{ApiTokenId, HierarchyGroupId};
use crate::profile::SecurityProfile;
use crate::scope::Grants;

impl Directory {
    /// The application of that namespace, if it is registered.
    #[must_use]
    pub fn application(&self, namespace: &str) -> Option<&Arc<RegisteredApplication>> {
        self.applications.get(namespace)
    }

    /// All registered applications, by namespace.
    pub fn applications(&self) -> impl Iterator<Item = &Arc<RegisteredApplication>> {
        self.applications.values()
    }

    /// A thing of an application, if Floorkey was told of it.
    #[must_use]
    pub fn application_resource(&self, namespace: &str, id: &str) -> Option<&Arc<ApplicationResource>> {
        self.application_resources.get(&(namespace.to_owned(), id.to_owned()))
    }

    /// The known things of an application by id, beginning after that one.
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

    /// A thing of any application that stands in the group.
    pub(crate) fn application_resource_in(&self, group: HierarchyGroupId) -> Option<&Arc<ApplicationResource>> {
        self.application_resources.values().find(|resource| resource.hierarchy_group == Some(group))
    }

    /// What the profile grants, with what the registered applications let come along.
    pub(super) fn grants_of_profile(&self, profile: &SecurityProfile) -> Grants {
        Grants::of_with(profile, |namespace| self.application(namespace).map(|application| &**application))
    }

    /// An API token.
    #[must_use]
    pub fn api_token(&self, id: ApiTokenId) -> Option<&Arc<ApiToken>> {
        self.api_tokens.get(&id)
    }

    /// The API token whose text has that SHA-256, expired ones included.
    #[must_use]
    pub fn api_token_by_hash(&self, hash: &[u8; 32]) -> Option<&Arc<ApiToken>> {
        self.api_token(*self.api_tokens_by_hash.get(hash)?)
    }

    /// All API tokens, by id.
    pub fn api_tokens(&self) -> impl Iterator<Item = &Arc<ApiToken>> {
        self.api_tokens.values()
    }
}
