use std::collections::BTreeMap;

use floorkey::{
    AccessKeyId, ApiTokenId, FindingId, HierarchyGroupId, RecordKey, ResourceId, SecurityProfileId, StoredResourceType,
    UserId,
};

use super::*;

/// Returns `count` records of the kind that the noun names. Their IDs are numbered from 1.
fn records(noun: &str, count: u128) -> Vec<RecordKey> {
    let key = |number: u128| match noun {
        "user" | "record" => RecordKey::User(UserId::from_bits(number)),
        "security profile" => RecordKey::Profile(SecurityProfileId::from_bits(number)),
        "hierarchy group" => RecordKey::Group(HierarchyGroupId::from_bits(number)),
        "access key" => RecordKey::AccessKey(AccessKeyId::parse(&format!("AKIA{number:016}")).unwrap()),
        "API token" => RecordKey::ApiToken(ApiTokenId::from_bits(number)),
        "finding" => RecordKey::Finding(FindingId::GENERAL[usize::try_from(number % 6).unwrap()]),
        "application" => RecordKey::Application(format!("app-{number}")),
        "resource" => RecordKey::ApplicationResource("app-1".to_owned(), format!("{number}")),
        noun if StoredResourceType::ALL.iter().any(|stored| stored.resource_type().noun() == noun) => {
            RecordKey::Resource(ResourceId::from_bits(number))
        }
        noun => panic!("a place for {noun}, of which there are no records"),
    };
    (1..=count).map(key).collect()
}

fn name(key: &RecordKey) -> Named {
    Named::plain(match key {
        RecordKey::User(id) => ["Ann", "Bob", "Cid", "Dan"][usize::try_from(id.bits() - 1).unwrap().min(3)].to_owned(),
        RecordKey::ApplicationResource(_, id) => format!("NS-{id}"),
        RecordKey::Application(_) => "Booking desk".to_owned(),
        RecordKey::AccessKey(_) => "AKIA…".to_owned(),
        _ => "North".to_owned(),
    })
}

/// Returns objects for all placeholders of a phrase. The first placeholder gets `count` objects, and each remaining
/// placeholder gets one object.
fn objects(phrase: &'static str, count: u128) -> Objects {
    let mut nouns: Vec<&str> = sentence::placeholders(phrase).collect();
    nouns.dedup();
    let of = |(at, noun): (usize, &&str)| records(noun, if at == 0 { count } else { 1 });
    let records: Vec<RecordKey> = nouns.iter().enumerate().flat_map(of).collect();
    Objects::new(&records, 3, name)
}

/// Returns the phrase with its first word in the past tense.
fn past(phrase: &str) -> String {
    let (verb, rest) = phrase.split_once(' ').map_or((phrase, ""), |(verb, rest)| (verb, rest));
    let verb = match verb {
        "send" => "sent".to_owned(),
        "set" | "reset" => verb.to_owned(),
        "undo" => "undid".to_owned(),
        verb => match verb.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o'])) {
            Some(stem) => format!("{stem}ied"),
            None if verb.ends_with('e') => format!("{verb}d"),
            None => format!("{verb}ed"),
        },
    };
    if rest.is_empty() { verb } else { format!("{verb} {rest}") }
}

#[test]
fn every_event_type_reads_well_in_all_forms() {
    let mut tables: BTreeMap<&str, String> = BTreeMap::new();
    for action in Action::ALL {
        let event_type = EventType::from_action(*action);
        let (did_phrase, infinitive_phrase) = (event_type.did, event_type.infinitive);
        match action {
            Action::FailedSignIn => assert_eq!(did_phrase, format!("failed to {infinitive_phrase}")),
            _ => assert!(did_phrase.starts_with(&past(infinitive_phrase)), "{did_phrase}: {infinitive_phrase}"),
        }
        let title = event_type.title;
        assert!(title.starts_with(|first: char| first.is_uppercase()) && !title.contains("the own"), "{title}");
        assert!(
            ["of", "to", "for", "from", "in"]
                .iter()
                .all(|last| title.split(' ').next_back() != Some(last) || title == "User signed in"),
            "{title}"
        );
        let (one, many) = (objects(did_phrase, 1), objects(did_phrase, 12));
        let forms = [
            text(&did(action.name(), &one)),
            text(&tried(action.name(), &one)),
            text(&did(action.name(), &many)),
            infinitive(*action),
            without_names(action.name(), &many, false),
        ];
        for form in &forms {
            assert!(!form.contains(['{', '}', '[', ']']) && !form.contains("  ") && form.trim() == form, "{form}");
            assert!(!form.contains("would have") && !form.contains(" the the ") && !form.contains("own "), "{form}");
        }
        let table = tables.entry(event_type.category.slug()).or_default();
        table.push_str(&format!("{}: {title} | {}\n", action.name(), forms.join(" | ")));
    }
    for (slug, table) in tables {
        insta::assert_snapshot!(slug, table);
    }
}

#[test]
fn the_words_of_the_style_guide_are_used() {
    let all = [records("application", 1), records("resource", 11)].concat();
    let imported = did("PutApplicationResources", &Objects::new(&all, 0, name));
    assert_eq!(text(&imported), "imported 11 resources for 1 application");
    let imported = text(&did("PutApplicationResources", &Objects::new(&all, 3, name)));
    assert_eq!(imported, "imported 11 resources (NS-1, NS-2, NS-3 and 8 more) for Booking desk");
    assert_eq!(text(&did("ChangeOwnPassword", &objects("{user}", 1))), "changed their password");
    assert_eq!(title("DeleteApplicationResources"), "Resources deleted");
    assert_eq!(title("UpdateUserHierarchy"), "User moved to another group");
    assert_eq!(text(&tried("Undo", &objects("{user}", 1))), "tried to undo a change to Ann");
}

#[test]
fn objects_are_named_counted_and_left_out_where_there_are_none() {
    let users = |count| objects("{user}", count);
    assert_eq!(text(&did("DeleteUsers", &users(1))), "deleted the user Ann");
    assert_eq!(text(&did("DeleteUsers", &users(3))), "deleted the users Ann, Bob and Cid");
    assert_eq!(text(&did("DeleteUsers", &users(10_000))), "deleted 10,000 users (Ann, Bob, Cid and 9,997 more)");
    assert_eq!(text(&did("ResetUserPasswords", &users(1))), "reset the password of Ann");
    assert_eq!(text(&did("ResetUserPasswords", &users(2))), "reset the passwords of Ann and Bob");
    assert_eq!(text(&did("DeleteUser", &Objects::default())), "deleted a user");
    assert_eq!(
        text(&did("ReplaceSecurityProfile", &objects("{security profile}", 1))),
        "replaced the security profile North"
    );
    let mixed = [records("user", 3), records("security profile", 2)].concat();
    let undone = text(&did("Undo", &Objects::new(&mixed, 3, name)));
    assert_eq!(undone, "undid a change to 5 resources (Ann, Bob, Cid and 2 more)");
    // This version does not know the operation, so the phrase contains the operation's name.
    assert_eq!(text(&did("Teleport", &users(2))), "performed Teleport on Ann and Bob");
    assert_eq!(text(&tried("Teleport", &Objects::default())), "tried to perform Teleport");
}

#[test]
fn tables_name_objects_in_a_column_of_their_own() {
    let summary =
        |action: &str, phrase: &'static str, count: u128| without_names(action, &objects(phrase, count), false);
    assert_eq!(summary("DeleteUsers", "{user}", 1), "deleted the user");
    assert_eq!(summary("DeleteUsers", "{user}", 12), "deleted 12 users");
    assert_eq!(summary("UpdateUserSecurityProfiles", "{user}", 1), "changed the security profiles");
    assert_eq!(summary("VouchForEmail", "{user}", 1), "marked the email as verified");
    assert_eq!(summary("RestoreAdministrator", "{user}", 1), "restored the user as an administrator");
    assert_eq!(summary("CreateAccessKey", "{access key} {user}", 1), "created the access key");
    assert_eq!(summary("FailedSignIn", "{user}", 1), "failed to sign in");
    assert_eq!(without_names("DeleteUser", &Objects::default(), true), "tried to delete the user");
    assert_eq!(without_names("Teleport", &Objects::default(), true), "tried to perform Teleport");
}

#[test]
fn event_types_with_the_same_title_have_the_same_category() {
    let mut categories: BTreeMap<&str, Category> = BTreeMap::new();
    for action in Action::ALL {
        let event_type = EventType::from_action(*action);
        let known = *categories.entry(event_type.title).or_insert(event_type.category);
        assert_eq!(known, event_type.category, "{}", event_type.title);
    }
    let mut count = 0;
    for category in Category::ALL {
        assert_eq!(Category::parse(category.slug()), Some(category));
        assert!(category.actions().any(|action| !action.is_read()), "{category:?} has only reads");
        count += category.actions().count();
    }
    assert_eq!((count, Category::parse("no such category")), (Action::ALL.len(), None));
}
