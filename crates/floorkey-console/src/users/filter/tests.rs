use std::sync::Arc;

use floorkey::profile::SecurityProfile;
use floorkey::user::MfaMethod;
use floorkey::{Authentication, InstanceId, MfaMethodId, Principal, Record, Revision};
use jiff::tz::TimeZone;

use super::*;
use crate::users::find::{BY_LOGIN, find};
use crate::users::properties::{ALIASES, PROPERTIES, UserValues, offered};
use crate::users::user_index::UserIndex;
use crate::web::form::Fields;
use crate::web::property_filter::{FilterValues, Operator, Values};
use crate::web::table::{Direction, Sort};
use crate::web::time_format::{DateStyle, TimeFormat};

const ADMIN: u128 = 1;
const AGENT: u128 = 2;
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The number of users besides the administrator.
const USERS: u128 = 90;

/// Creates users who differ in every property, and an administrator.
fn directory() -> Directory {
    let now = Timestamp::from_millis(0);
    let profile = |id: u128, name: &str, permissions: PermissionSet| {
        let id = SecurityProfileId::from_bits(id);
        Record::Profile(Arc::new(SecurityProfile::new(id, name.to_owned(), String::new(), permissions, now)))
    };
    let view = Permission::parse("Users.View").unwrap();
    let mut records =
        vec![profile(ADMIN, "Admin", *catalog().granting()), profile(AGENT, "Agent", PermissionSet::from_iter([view]))];
    for at in 0..=USERS {
        let mut user = User::new(UserId::from_bits(at + 1), format!("user{at:02}"), ResourceId::from_bits(9), now);
        let id = if at % 7 == 0 { ADMIN } else { AGENT };
        let until = (at % 3 == 1).then(|| Timestamp::from_millis(DAY * i64::try_from(at).unwrap()));
        user.assignments = vec![Assignment { until, ..Assignment::always(SecurityProfileId::from_bits(id)) }];
        user.enabled = at % 5 != 1;
        user.password =
            [PasswordState::Set, PasswordState::None, PasswordState::Temporary][usize::try_from(at % 3).unwrap()];
        user.password_set_at = Some(Timestamp::from_millis(-DAY * i64::try_from(at).unwrap()));
        user.identity.first_name = (at % 4 != 0).then(|| format!("Name {}", at % 6));
        user.identity.email = (at % 4 != 1).then(|| format!("user{at}@example.com"));
        user.verified_email = user.identity.email.clone().filter(|_| at % 2 == 0);
        if at % 6 == 2 {
            user.tags.insert("site".to_owned(), format!("Lisbon{}", at % 4));
        }
        if at % 4 == 3 {
            let kind = if at % 8 == 3 { MfaMethodKind::Totp } else { MfaMethodKind::Passkey };
            let id = MfaMethodId::from_bits(at);
            user.mfa_methods = vec![MfaMethod { id, kind, label: "Phone".to_owned(), added: now }];
        }
        records.push(Record::User(Arc::new(user)));
    }
    Directory::from_records(InstanceId::from_bits(1), Revision(1), records)
}

/// A viewer who is the user with the given number, and whatever a filter needs.
struct Fixture {
    directory: Directory,
    index: UserIndex,
    principal: Principal,
    context: FilterContext,
    times: TimeFormat,
}

impl Fixture {
    fn new(viewer: u128) -> Self {
        let directory = directory();
        let authentication = Authentication::Session { recently_authenticated: true };
        let activity = |at: u128| LoginActivity {
            user: UserId::from_bits(at + 1),
            signed_in_at: at.is_multiple_of(2).then(|| Timestamp::from_millis(0)),
            last_active_at: Some(Timestamp::from_millis(-DAY * i64::try_from(at).unwrap())),
            failed_at: None,
            failures: 0,
        };
        let active = (0..=USERS).filter(|at| at % 4 != 3).map(activity);
        Self {
            index: UserIndex::build(&directory, None),
            principal: Principal::User { id: UserId::from_bits(viewer + 1), authentication },
            context: FilterContext {
                activity: active.map(|activity| (activity.user, activity)).collect(),
                locked: (0..=USERS).filter(|at| at % 9 == 0).map(|at| UserId::from_bits(at + 1)).collect(),
            },
            directory,
            times: TimeFormat { zone: TimeZone::UTC, style: DateStyle::default() },
        }
    }

    fn scope(&self) -> ViewerScope<'_> {
        ViewerScope {
            directory: &self.directory,
            principal: &self.principal,
            now: Timestamp::from_millis(0),
            times: &self.times,
        }
    }

    fn found(&self, query: &str, sort: Sort) -> Vec<String> {
        let fields = Fields::parse(query.trim_start_matches('?').as_bytes());
        let filter = UserFilter::new(PropertyFilter::parse(&fields, &PROPERTIES, &ALIASES), &self.scope());
        let result = find(&self.index, &filter, sort, &self.context, self.scope());
        assert_eq!(result.count(), result.users().len());
        result.users().iter().map(|user| user.username.clone()).collect()
    }

    fn count(&self, query: &str) -> usize {
        self.found(query, BY_LOGIN).len()
    }
}

/// Returns tokens of every property with every relation.
fn tokens() -> Vec<Token> {
    let mut tokens = Vec::new();
    for property in &PROPERTIES {
        for relation in property.relations {
            let values: Vec<String> = match (property.values, property.id) {
                (Values::Options(options), _) => options.iter().map(|(value, _)| (*value).to_owned()).collect(),
                (_, "profile") => [ADMIN, AGENT].map(|id| SecurityProfileId::from_bits(id).to_string()).to_vec(),
                (_, "permission") => vec!["Users.View".to_owned(), "Users.Edit,Users.Create".to_owned()],
                (_, "can") => vec!["see-personal-data".to_owned()],
                (_, "profiles") => vec!["none".to_owned(), SecurityProfileId::from_bits(AGENT).to_string()],
                (_, "tag") => vec!["site".to_owned(), "site=Lisbon0".to_owned()],
                (_, "ends") => vec!["1970-02-01".to_owned()],
                (_, "seen") => vec!["1969-12-01".to_owned()],
                (_, "login") => vec!["user0".to_owned(), "USER05".to_owned()],
                (_, "name") => vec!["name 5".to_owned()],
                _ => continue,
            };
            tokens.extend(values.iter().map(|value| Token::new(property, Operator::new(*relation), value)));
        }
    }
    tokens
}

fn query(tokens: &[Token]) -> String {
    Fields::from_pairs(tokens.iter().map(Token::field)).query()
}

#[test]
fn a_negated_token_matches_exactly_the_other_users() {
    let fixture = Fixture::new(0);
    let all = fixture.count("");
    assert_eq!(all, usize::try_from(USERS).unwrap() + 1);
    let mut kinds = 0;
    for token in tokens() {
        let (is, is_not) = (query(std::slice::from_ref(&token)), query(&[token.negated()]));
        let (with, without) = (fixture.found(&is, BY_LOGIN), fixture.found(&is_not, BY_LOGIN));
        assert_eq!(with.len() + without.len(), all, "{is}");
        assert!(with.iter().all(|login| !without.contains(login)), "{is}");
        kinds += usize::from(!with.is_empty() && !without.is_empty());
    }
    assert!(kinds > 25, "only {kinds} tokens divide the users, so the test says little");
}

#[test]
fn unknown_values_match_no_users_even_if_they_are_negated() {
    let fixture = Fixture::new(0);
    let unknown = SecurityProfileId::from_bits(77);
    for value in [format!("profile={unknown}"), format!("profile.not={unknown}")] {
        assert_eq!(fixture.count(&value), 0, "{value}");
    }
    for value in ["status.not=asleep", "permission.not=Nonsense", "ends.not-before=soon", "group=x", "routing=x"] {
        assert_eq!(fixture.count(value), 0, "{value}");
    }
}

#[test]
fn permissions_that_the_viewer_cannot_see_match_neither_way() {
    // This viewer sees all users but no security profile.
    let fixture = Fixture::new(2);
    assert_eq!(fixture.count(""), usize::try_from(USERS).unwrap() + 1);
    let access = ["permission=Users.Edit", "access=full", "can=see-personal-data", "profiles=none"];
    let negated = ["permission.not=Users.Edit", "access.not=full", "can.not=see-personal-data", "profiles.not=none"];
    for query in access.into_iter().chain(negated) {
        let found = fixture.found(query, BY_LOGIN);
        assert!(found.iter().all(|login| login == "user02"), "{query}: {found:?}");
    }
    assert!(offered(false).iter().all(|property| property.id != "permission"));
}

#[test]
fn every_order_contains_every_found_user_once() {
    let fixture = Fixture::new(0);
    for column in (crate::users::columns::USERS.columns)() {
        for query in ["", "tag=site", "q=user1", "status=disabled&sign-in.not=never"] {
            let orders = [Direction::Ascending, Direction::Descending].map(|direction| {
                let mut found = fixture.found(query, Sort { column: column.id, direction });
                let unsorted = found.clone();
                found.sort_unstable();
                (found, unsorted)
            });
            let expected = fixture.found(query, BY_LOGIN);
            for (found, _) in &orders {
                assert_eq!(*found, expected, "{} {query}", column.id);
            }
            let [(_, ascending), (_, descending)] = orders;
            // No user of the fixture has a routing profile or hierarchy group that exists.
            let differ = query.is_empty() && !["routing", "hierarchy"].contains(&column.id);
            assert!(!differ || ascending != descending, "{} has only one order", column.id);
        }
    }
}

#[test]
fn values_are_suggested_by_words_and_frequency() {
    let fixture = Fixture::new(0);
    let values = UserValues { scope: fixture.scope() };
    let choices = |id: &str, word: &str| -> Vec<String> {
        let property = PROPERTIES.iter().find(|property| property.id == id).unwrap();
        let words = if word.is_empty() { Vec::new() } else { vec![word.to_owned()] };
        values.choices(property, &words, 5).into_iter().map(|choice| choice.text).collect()
    };
    assert_eq!(choices("profile", ""), ["Admin", "Agent"]);
    assert_eq!(choices("profile", "age"), ["Agent"]);
    assert_eq!(choices("tag", "")[0], "site");
    assert_eq!(choices("tag", "lisbon2"), ["site=Lisbon2"]);
    assert!(choices("permission", "users.edit").iter().any(|text| text.contains("Edit")));
}

#[test]
fn tags_with_equals_signs_are_found() {
    assert!(is_tag("a", "a", "b") && is_tag("a=b", "a", "b") && is_tag("a=b=c", "a=b", "c") && is_tag("a=", "a", ""));
    assert!(!is_tag("a=c", "a", "b") && !is_tag("ab", "a", "b") && !is_tag("b", "a", "b"));
}
