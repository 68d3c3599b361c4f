//! The table and the record have the same fields, and refusals are placed at the right ones.

use floorkey::tags::Tags;
use floorkey::user::{Assignment, Identity, MfaMethod, MfaMethodKind, PasswordState, Phone, Proficiency};
use floorkey::{MfaMethodId, SecurityProfileId, Timestamp, UserId};

use super::*;
use crate::web::fields::{assert_one_field_each, assert_unambiguous};

fn empty() -> User {
    User::new(UserId::from_bits(1), "ann", ResourceId::from_bits(1), Timestamp::default())
}

/// A new member of the record doesn't compile here until it is either changed in [`changed`], or left out with a reason.
fn every_member() {
    let User {
        id: _, // shown as the address of the page
        username: _,
        identity: Identity { first_name: _, last_name: _, email: _, secondary_email: _, mobile: _ },
        verified_email: _,
        email_verified_at: _, // shown beside the verified email
        email_unverified: _,  // shown beside the email
        directory_user_id: _, // set through the API only
        assignments: _,
        routing_profile: _,
        hierarchy_group: _,
        phone: Phone { channels: _ },
        proficiencies: _,
        tags: _,
        tag_revisions: _, // bookkeeping of the tags
        enabled: _,
        password: _,
        password_set_at: _, // shown beside the password
        custody: _,         // bookkeeping of the escalation guard
        mfa_methods: _,
        security_epoch: _,
        modified: _, // the version of the record
    } = empty();
    let ChannelSettings {
        channel: _,
        auto_accept: _,
        callback_auto_accept: _,
        after_contact_work_seconds: _,
        callback_after_contact_work_seconds: _, // set through the API only
        phone_type: _,
        phone_number: _,
        persistent_connection: _,
        voice_enhancement: _,
    } = ChannelSettings::default();
}

/// Returns a user in which each member of the record differs from [`empty`], with the name of the member.
fn changed() -> Vec<(&'static str, User)> {
    every_member();
    let text = || Some("x".to_owned());
    let with = |member: &'static str, change: &dyn Fn(&mut User)| {
        let mut user = empty();
        change(&mut user);
        (member, user)
    };
    let mut all = vec![
        with("username", &|user| user.username.push('x')),
        with("first_name", &|user| user.identity.first_name = text()),
        with("last_name", &|user| user.identity.last_name = text()),
        with("email", &|user| user.identity.email = text()),
        with("secondary_email", &|user| user.identity.secondary_email = text()),
        with("mobile", &|user| user.identity.mobile = text()),
        with("verified_email", &|user| user.verified_email = text()),
        with("assignments", &|user| user.assignments.push(Assignment::always(SecurityProfileId::from_bits(1)))),
        with("routing_profile", &|user| user.routing_profile = ResourceId::from_bits(2)),
        with("hierarchy_group", &|user| user.hierarchy_group = Some(HierarchyGroupId::from_bits(1))),
        with("proficiencies", &|user| {
            user.proficiencies.push(Proficiency { attribute: "a".to_owned(), value: "b".to_owned(), level: 1.0 });
        }),
        with("tags", &|user| user.tags = Tags::from([("a".to_owned(), "b".to_owned())])),
        with("enabled", &|user| user.enabled = false),
        with("password", &|user| user.password = PasswordState::Set),
        with("mfa_methods", &|user| {
            let (id, kind) = (MfaMethodId::from_bits(1), MfaMethodKind::Totp);
            user.mfa_methods.push(MfaMethod { id, kind, label: "x".to_owned(), added: Timestamp::default() });
        }),
        with("security_epoch", &|user| user.security_epoch += 1),
    ];
    let set = |channel: &str, change: &dyn Fn(&mut ChannelSettings)| {
        let mut user = empty();
        change(user.phone.channel_mut(channel).unwrap());
        user
    };
    for channel in CHANNELS {
        all.push(("auto_accept", set(channel, &|settings| settings.auto_accept = Some(true))));
        all.push(("after_contact_work_seconds", set(channel, &|new| new.after_contact_work_seconds = Some(1))));
    }
    all.push(("callback_auto_accept", set("VOICE", &|settings| settings.callback_auto_accept = Some(true))));
    all.push(("phone_type", set("VOICE", &|settings| settings.phone_type = text())));
    all.push(("phone_number", set("VOICE", &|settings| settings.phone_number = text())));
    all.push(("persistent_connection", set("VOICE", &|settings| settings.persistent_connection = Some(true))));
    all.push(("voice_enhancement", set("VOICE", &|settings| settings.voice_enhancement = text())));
    all
}

#[test]
fn each_member_of_a_user_is_in_exactly_one_field() {
    assert_unambiguous(FIELDS);
    let changed = changed();
    assert_one_field_each(FIELDS, &empty(), &changed);
    assert_eq!(FIELDS.len(), changed.len(), "a field of the table is not in the record");
}

#[test]
fn a_value_that_a_field_returns_can_be_set() {
    for (member, user) in changed() {
        let mut copy = empty();
        let mut errors = FieldErrors::default();
        for field in FIELDS.iter().filter(|field| field.has_single_value()) {
            set(&mut copy, field, &(field.get)(&user), &mut errors);
        }
        remove_empty_channels(&mut copy, &user);
        assert!(errors.is_empty(), "{member}: {errors:?}");
        for field in FIELDS.iter().filter(|field| field.has_single_value()) {
            assert_eq!((field.get)(&copy), (field.get)(&user), "{member}");
        }
    }
}

#[test]
fn refusals_are_placed_at_the_field_that_caused_them() {
    let mut user = empty();
    let mut errors = FieldErrors::default();
    for (id, value) in [("work-TASK", "-3"), ("routing_profile", ""), ("username", ""), ("work-CHAT", "soon")] {
        let field = FIELDS.iter().find(|field| field.id == id).unwrap();
        set(&mut user, field, value, &mut errors);
    }
    assert_eq!(errors.by_field().len(), 4);
    for (refusal, id) in [
        (
            floorkey::Refusal::NotFound { kind: ResourceType::HierarchyGroup.into(), id: "x".to_owned() },
            "hierarchy_group",
        ),
        (floorkey::Refusal::Duplicate { kind: ResourceType::User.into(), name: "x".to_owned() }, "username"),
        (floorkey::Refusal::LimitExceeded { input: "SecurityProfileIds", problem: "x".to_owned() }, "profiles"),
        (floorkey::Refusal::LimitExceeded { input: "", problem: "security profiles".to_owned() }, ""),
    ] {
        let mut errors = FieldErrors::default();
        errors.add_refusal(FIELDS, &refusal);
        assert!(errors.has(&[id]), "{id}: {errors:?}");
    }
}
