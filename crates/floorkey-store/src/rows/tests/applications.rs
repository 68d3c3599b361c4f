//! Property-test strategies for applications and their resources, API tokens, access keys, and conditions.

use floorkey::application::ApplicationPermission;
use floorkey::condition::AttributeOwner;
use floorkey::{
    AccessKey, AnyPermission, ApiToken, ApiTokenId, ApplicationResource, Condition, RegisteredApplication, TokenScope,
    TokenSettings, catalog,
};

use super::*;

pub(super) fn any_permission() -> impl Strategy<Value = AnyPermission> {
    let names: Vec<_> = catalog().permissions().collect();
    prop_oneof![
        select(names).prop_map(AnyPermission::Catalog),
        (text(), text()).prop_map(|(namespace, name)| AnyPermission::Application { namespace, name }),
    ]
}

pub(super) fn condition() -> impl Strategy<Value = Condition> {
    let owner = select(vec![AttributeOwner::Subject, AttributeOwner::Resource, AttributeOwner::Action]);
    prop_oneof![
        text().prop_map(|attribute| Condition::OwnedBySubject { attribute }),
        Just(Condition::SameHierarchy),
        (text(), text())
            .prop_map(|(attribute, subject_attribute)| Condition::EqualsSubject { attribute, subject_attribute }),
        (owner, text(), btree_set(text(), 1..3)).prop_map(|(owner, attribute, values)| Condition::OneOf {
            owner,
            attribute,
            values
        }),
    ]
}

pub(super) fn application() -> impl Strategy<Value = Record> {
    let permission = (text(), text(), btree_set(text(), 0..3))
        .prop_map(|(name, description, requires)| ApplicationPermission { name, description, requires });
    (text(), text(), text(), vec(permission, 0..3), time()).prop_map(
        |(namespace, name, description, permissions, modified)| {
            Record::Application(Arc::new(RegisteredApplication { namespace, name, description, permissions, modified }))
        },
    )
}

pub(super) fn application_resource() -> impl Strategy<Value = Record> {
    (text(), text(), tags_with_revisions(), of(any::<u128>()), time()).prop_map(
        |(namespace, id, (attributes, attributes_set), group, modified)| {
            // The planner rejects control characters, and the stored ID uses the control character U+001F as the
            // separator.
            let plain = |text: String| text.replace('\u{1f}', "");
            Record::ApplicationResource(Arc::new(ApplicationResource {
                namespace: plain(namespace),
                id: plain(id),
                attributes,
                attribute_revisions: attributes_set,
                hierarchy_group: group.map(HierarchyGroupId::from_bits),
                modified,
            }))
        },
    )
}

pub(super) fn api_token() -> impl Strategy<Value = Record> {
    let scopes = btree_set(select(TokenScope::ALL.to_vec()), 0..=2);
    let settings = (btree_set(text(), 0..=3), btree_map(text(), text(), 0..=3), any::<bool>())
        .prop_map(|(subject_types, resource_types, details)| TokenSettings { subject_types, resource_types, details });
    (any::<u128>(), text(), scopes, any::<[u8; 32]>(), of(time()), time(), settings).prop_map(
        |(id, label, scopes, hash, expires, created, settings)| {
            let id = ApiTokenId::from_bits(id);
            Record::ApiToken(Arc::new(ApiToken { id, label, scopes, hash, expires, created, settings }))
        },
    )
}

pub(super) fn access_key() -> impl Strategy<Value = Record> {
    let suspension = (time(), of(time()), custody());
    ("AKIA[A-Z2-7]{16}", any::<u128>(), text(), suspension).prop_map(|(id, owner, label, suspension)| {
        let id = AccessKeyId::parse(&id).unwrap();
        let owner = UserId::from_bits(owner);
        let (created, suspended_until, known_to) = suspension;
        Record::AccessKey(Arc::new(AccessKey { id, owner, label, created, suspended_until, known_to }))
    })
}
