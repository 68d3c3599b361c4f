//! Property tests of the stored form. They check that stored records are read unchanged, and that unreadable bodies are
//! reported.

mod applications;
mod findings;
mod logins;
mod resources;

use std::collections::{BTreeMap, BTreeSet};

use floorkey::custody::Custody;
use floorkey::hierarchy::{HierarchyGroup, HierarchyLevel, HierarchyStructure};
use floorkey::profile::{AccessControl, AiAgent, ApplicationGrant, FlowModule, PrimaryAttributeValue};
use floorkey::resource::{
    AgentStatus, Document, HoursOfOperation, ManualQueueLink, MediaConcurrency, OpeningPeriod, Queue, QueueLink,
    ResourceDetails, RoutingProfile,
};
use floorkey::user::{
    Assignment, ChannelSettings, Identity, MfaMethod, MfaMethodKind, PasswordState, Phone, Proficiency,
};
use floorkey::{
    GuardMode, HierarchyLevelId, MfaMethodId, PermissionSet, Resource, ResourceType, SecurityProfile, Settings,
    StoredResourceType, Timestamp, User, catalog, with_requirements,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use applications::{access_key, any_permission, api_token, application, application_resource, condition};
use findings::finding;
use logins::{login_history, tags_with_revisions};
use resources::resource;

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        Just(String::new()),
        "[a-zA-Z ]{1,12}",
        any::<String>(),
        Just("\0 \"\\ \u{2028} é 🙂 \u{202e}".to_owned())
    ]
    .boxed()
}

fn tags() -> BoxedStrategy<BTreeMap<String, String>> {
    btree_map(text(), text(), 0..4).boxed()
}

fn time() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp::from_millis)
}

fn resource_id() -> impl Strategy<Value = ResourceId> {
    any::<u128>().prop_map(ResourceId::from_bits)
}

fn permissions() -> BoxedStrategy<PermissionSet> {
    vec(select(catalog().permissions().collect::<Vec<_>>()), 0..60).prop_map(PermissionSet::from_iter).boxed()
}

fn settings() -> impl Strategy<Value = Record> {
    let guard = of(select(vec![GuardMode::Warn, GuardMode::Enforce]));
    let known = (vec(text(), 0..5), any::<bool>());
    (of(text()), text(), of(text()), tags(), guard, tags(), known, time()).prop_map(
        |(alias, identity_management, directory_id, attributes, guard, tags, known, created)| {
            Record::Settings(Arc::new(Settings {
                alias,
                identity_management,
                directory_id,
                attributes,
                guard,
                tags,
                seen_permissions: known.0,
                keeps_login_histories: known.1,
                created,
            }))
        },
    )
}

fn structure() -> impl Strategy<Value = Record> {
    let level = (any::<u128>(), text(), time()).prop_map(|(id, name, modified)| HierarchyLevel {
        id: HierarchyLevelId::from_bits(id),
        name,
        modified,
    });
    vec(level, 0..=5).prop_map(|levels| Record::Structure(Arc::new(HierarchyStructure { levels })))
}

fn group() -> impl Strategy<Value = Record> {
    (any::<u128>(), text(), of(any::<u128>()), any::<u8>(), tags_with_revisions(), time()).prop_map(
        |(id, name, parent, level, (tags, tags_set), modified)| {
            Record::Group(Arc::new(HierarchyGroup {
                id: HierarchyGroupId::from_bits(id),
                name,
                parent: parent.map(HierarchyGroupId::from_bits),
                level,
                tags,
                tag_revisions: tags_set,
                modified,
            }))
        },
    )
}

fn access_control() -> BoxedStrategy<AccessControl> {
    (tags(), btree_set(select(ResourceType::ALL), 0..4), any::<bool>(), of(any::<u128>()))
        .prop_map(|(tags, tag_restricted, hierarchy_restricted, group)| AccessControl {
            tags,
            tag_restricted,
            hierarchy_restricted,
            hierarchy_group: group.map(HierarchyGroupId::from_bits),
        })
        .boxed()
}

fn profile() -> impl Strategy<Value = Record> {
    let application = (text(), vec(text(), 0..3), of(text()))
        .prop_map(|(namespace, permissions, kind)| ApplicationGrant { namespace, permissions, kind });
    let module = (text(), of(text())).prop_map(|(id, kind)| FlowModule { id, kind });
    let agent = (text(), of(text())).prop_map(|(arn, kind)| AiAgent { arn, kind });
    let value = (of(text()), of(text()), vec(text(), 0..3))
        .prop_map(|(access, attribute, values)| PrimaryAttributeValue { access, attribute, values });
    let names = (any::<u128>(), text(), text(), of(text()), time());
    let lists = (vec(application, 0..3), vec(module, 0..3), vec(agent, 0..3), of(vec(value, 0..3)));
    let assignable = btree_set(any::<u128>(), 0..3);
    let narrowed = btree_map(any_permission(), btree_set(condition(), 1..3), 0..3);
    (names, permissions(), permissions(), lists, access_control(), (assignable, narrowed), tags_with_revisions())
        .prop_map(|(names, chosen, more, lists, access_control, (assignable, conditions), (tags, tags_set))| {
            let (id, name, description, unedited_default, modified) = names;
            let (applications, flow_modules, ai_agents, data_table_values) = lists;
            let profile = SecurityProfile {
                id: SecurityProfileId::from_bits(id),
                name,
                description,
                selected: chosen,
                // A profile may have permissions that are neither selected nor required, as if it had been saved with
                // an older catalog.
                permissions: with_requirements(&chosen.union(&more)),
                applications,
                conditions,
                access_control,
                assignable: assignable.into_iter().map(SecurityProfileId::from_bits).collect::<BTreeSet<_>>(),
                pinned: BTreeMap::new(),
                flow_modules,
                ai_agents,
                data_table_values,
                tags,
                tag_revisions: tags_set,
                unedited_default,
                modified,
            };
            // The pinned profile is a copy of this profile, although any other profile would work as well.
            let pinned = profile
                .assignable
                .iter()
                .take(1)
                .map(|of| (*of, Arc::new(SecurityProfile { id: *of, ..profile.clone() })));
            let pinned = pinned.collect();
            Record::Profile(Arc::new(SecurityProfile { pinned, ..profile }))
        })
}

fn channel() -> BoxedStrategy<ChannelSettings> {
    let flags = (of(any::<bool>()), of(any::<bool>()), of(any::<bool>()));
    let seconds = (of(any::<i64>()), of(any::<i64>()));
    let words = (text(), of(text()), of(text()), of(text()));
    (flags, seconds, words)
        .prop_map(|(flags, seconds, words)| ChannelSettings {
            channel: words.0,
            auto_accept: flags.0,
            callback_auto_accept: flags.1,
            after_contact_work_seconds: seconds.0,
            callback_after_contact_work_seconds: seconds.1,
            phone_type: words.1,
            phone_number: words.2,
            persistent_connection: flags.2,
            voice_enhancement: words.3,
        })
        .boxed()
}

pub(super) fn custody() -> impl Strategy<Value = Custody> {
    (vec((any::<u128>(), time()), 0..4), of(time())).prop_map(|(users, others_since)| {
        let mut custody = Custody { others_since, ..Custody::default() };
        users.into_iter().for_each(|(user, since)| custody.add(UserId::from_bits(user), since));
        custody
    })
}

fn user() -> impl Strategy<Value = Record> {
    let assignment = (any::<u128>(), of(time()), of(time())).prop_map(|(profile, from, until)| Assignment {
        profile: SecurityProfileId::from_bits(profile),
        from,
        until,
    });
    let proficiency =
        (text(), text(), 1.0_f32..=5.0).prop_map(|(attribute, value, level)| Proficiency { attribute, value, level });
    let password = select(vec![PasswordState::None, PasswordState::Temporary, PasswordState::Set]);
    let names = (any::<u128>(), text(), of(text()), of(text()));
    let identity = (of(text()), of(text()), of(text()), of(text()), of(text()));
    let work_settings = (any::<u128>(), of(any::<u128>()), vec(channel(), 0..=4), vec(assignment, 0..=10));
    let kind = select(vec![MfaMethodKind::Totp, MfaMethodKind::Passkey, MfaMethodKind::RecoveryCodes]);
    let factor = (any::<u128>(), kind, text(), time()).prop_map(|(id, kind, label, added)| MfaMethod {
        id: MfaMethodId::from_bits(id),
        kind,
        label,
        added,
    });
    let state = (any::<bool>(), password, any::<u64>(), time(), vec(factor, 0..=10));
    let credential_dates = (of(time()), any::<bool>(), of(time()), custody());
    (names, identity, work_settings, vec(proficiency, 0..3), tags_with_revisions(), state, credential_dates).prop_map(
        |(names, identity, work_settings, proficiencies, (tags, tags_set), state, credential_dates)| {
            let (first_name, last_name, email, secondary_email, mobile) = identity;
            Record::User(Arc::new(User {
                id: UserId::from_bits(names.0),
                username: names.1,
                identity: Identity { first_name, last_name, email, secondary_email, mobile },
                verified_email: names.2,
                email_verified_at: credential_dates.0,
                email_unverified: credential_dates.1,
                directory_user_id: names.3,
                assignments: work_settings.3,
                routing_profile: ResourceId::from_bits(work_settings.0),
                hierarchy_group: work_settings.1.map(HierarchyGroupId::from_bits),
                phone: Phone { channels: work_settings.2 },
                proficiencies,
                tags,
                tag_revisions: tags_set,
                enabled: state.0,
                password: state.1,
                password_set_at: credential_dates.2,
                custody: credential_dates.3,
                mfa_methods: state.4,
                security_epoch: state.2,
                modified: state.3,
            }))
        },
    )
}

fn record() -> impl Strategy<Value = Record> {
    // The strategies are boxed, because together they are too large for the stack of a test thread.
    prop_oneof![
        settings().boxed(),
        structure().boxed(),
        group().boxed(),
        resource().boxed(),
        profile().boxed(),
        user().boxed(),
        access_key().boxed(),
        application().boxed(),
        application_resource().boxed(),
        api_token().boxed(),
        login_history().boxed(),
        finding().boxed()
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn every_record_kind_is_decoded_as_encoded(record in record()) {
        let (kind, id) = columns(&record.key());
        let key = key(kind, &id);
        prop_assert_eq!(&key, &Ok(record.key()));
        let body = encode(&record).unwrap();
        prop_assert_eq!(decode(record.key(), FORMAT, body.as_bytes()), Ok(record), "{}", body);
    }

    #[test]
    fn a_truncated_body_is_rejected(record in record(), cut in any::<proptest::sample::Index>()) {
        let body = encode(&record).unwrap();
        let short = &body.as_bytes()[..cut.index(body.len())];
        prop_assert!(decode(record.key(), FORMAT, short).is_err());
    }
}

const PROFILE: &str = "00000000-0000-4000-8000-000000000001";

fn problem(kind: &str, format: i64, body: &str) -> String {
    let id = if kind == "settings" { "" } else { PROFILE };
    decode(key(kind, id).unwrap(), format, body.as_bytes()).unwrap_err().to_string()
}

#[test]
fn unknown_names_are_reported() {
    let profile = problem("profile", 1, r#"{"name":"A","chosen":["Users.View","Users.Fly"],"modified":0}"#);
    assert!(profile.contains("`Users.Fly` is not a permission"), "{profile}");
    let required = problem("profile", 1, r#"{"name":"A","required":["Users.Fly"],"modified":0}"#);
    assert!(required.contains("`Users.Fly` is not a permission"), "{required}");
    let restricted = r#"{"name":"A","access_control":{"tag_restricted":["Starship"]},"modified":0}"#;
    assert!(problem("profile", 1, restricted).contains("`Starship` is not a resource type"));
    assert!(problem("profile", 1, r#"{"name":"A","modified":0,"colour":"red"}"#).contains("unknown field `colour`"));
    assert!(problem("profile", 2, r#"{"name":"A","modified":0}"#).contains("the format is 2"));
    assert!(
        problem("settings", 1, r#"{"identity_management":"SAML","guard":"sleep","created":0}"#).contains("`sleep`")
    );
    assert!(problem("group", 1, r#"{"name":"A","parent":"top","level":1,"modified":0}"#).contains("expected an id"));
    let word = |word| {
        problem(
            "user",
            1,
            &format!(
                r#"{{"username":"a","profiles":[],"routing_profile":"{PROFILE}","enabled":true,"password":"{word}","epoch":0,"modified":0}}"#
            ),
        )
    };
    assert!(word("open").contains("password: `open`"), "{}", word("open"));
    assert!(key("spaceship", "").unwrap_err().to_string().contains("`spaceship` is not a kind of record"));
    assert!(key("user", "ann").unwrap_err().to_string().contains("`ann` is not an id"));
}

#[test]
fn absent_and_empty_values_are_omitted() {
    let id = SecurityProfileId::parse(PROFILE).unwrap();
    let now = Timestamp::from_millis(7);
    let profile = SecurityProfile::new(id, "A".to_owned(), String::new(), PermissionSet::EMPTY, now);
    let body = encode(&Record::Profile(Arc::new(profile))).unwrap();
    assert_eq!(body, r#"{"name":"A","modified":7}"#);
}

#[test]
fn stored_and_newly_required_permissions_are_granted() {
    let body = r#"{"name":"A","chosen":["Users.Edit"],"required":["Queues.View"],"modified":0}"#;
    let key = key("profile", PROFILE).unwrap();
    let Ok(Record::Profile(profile)) = decode(key, FORMAT, body.as_bytes()) else { panic!("not a profile") };
    let names = |set: &PermissionSet| set.iter().map(floorkey::Permission::name).collect::<BTreeSet<_>>();
    assert_eq!(names(&profile.selected), BTreeSet::from(["Users.Edit"]));
    let granted = names(profile.permissions.permissions());
    assert!(granted.is_superset(&BTreeSet::from(["Users.Edit", "Users.View", "Queues.View"])), "{granted:?}");
}
