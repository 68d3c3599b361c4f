//! Determines which fields of a record a change affects, and their values before and after the change.

mod details;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::{FieldChange, ValueChange};
use crate::api_token::{ApiToken, TokenSettings};
use crate::application::{ApplicationPermission, ApplicationResource, RegisteredApplication};
use crate::condition::{AnyPermission, Condition};
use crate::finding::{Dismissal, FindingState};
use crate::hierarchy::{HierarchyGroup, HierarchyStructure};
use crate::id::UserId;
use crate::permission_set::PermissionSet;
use crate::profile::SecurityProfile;
use crate::record::{Record, RecordKey};
use crate::resource::Resource;
use crate::settings::Settings;
use crate::time::Timestamp;
use crate::user::{Assignment, User};
use details::FieldContent;

/// Returns the fields in which two versions of a record differ. `before` is `None` for a new record, and `after` is
/// `None` for a removed record.
#[must_use]
pub fn diff(key: &RecordKey, before: Option<&Record>, after: Option<&Record>) -> Vec<FieldChange> {
    macro_rules! versions {
        ($kind:ident) => {
            (
                match before {
                    Some(Record::$kind(record)) => Some(&**record),
                    _ => None,
                },
                match after {
                    Some(Record::$kind(record)) => Some(&**record),
                    _ => None,
                },
            )
        };
    }
    let mut fields = Fields { key, personal: None, changes: Vec::new() };
    match key {
        RecordKey::Settings => fields.settings(versions!(Settings)),
        RecordKey::Structure => fields.structure(versions!(Structure)),
        RecordKey::Group(_) => fields.group(versions!(Group)),
        RecordKey::Resource(_) => fields.resource(versions!(Resource)),
        RecordKey::Profile(_) => fields.profile(versions!(Profile)),
        RecordKey::User(id) => fields.user(*id, versions!(User)),
        RecordKey::Application(_) => fields.application(versions!(Application)),
        RecordKey::ApplicationResource(..) => fields.application_resource(versions!(ApplicationResource)),
        RecordKey::ApiToken(_) => fields.api_token(versions!(ApiToken)),
        // Login histories are derived from the login names in user records. Each change to a login name is already
        // reported as a change to the user.
        RecordKey::Login(_) => {}
        RecordKey::Finding(_) => fields.finding(versions!(Finding)),
        RecordKey::AccessKey(_) => {
            let (before, after) = versions!(AccessKey);
            fields.value("label", before.map(|key| &key.label), after.map(|key| &key.label));
            fields.value("owner", before.map(|key| &key.owner), after.map(|key| &key.owner));
        }
    }
    fields.changes
}

struct Fields<'a> {
    key: &'a RecordKey,
    personal: Option<UserId>,
    changes: Vec<FieldChange>,
}

type Versions<'a, T> = (Option<&'a T>, Option<&'a T>);

impl Fields<'_> {
    fn user(&mut self, id: UserId, (before, after): Versions<'_, User>) {
        fn assignments(user: Option<&User>) -> &[Assignment] {
            user.map_or(&[], |user| &user.assignments)
        }
        self.personal = Some(id);
        self.value("username", before.map(|user| &user.username), after.map(|user| &user.username));
        let identity = |user: &User| user.identity.clone();
        let (old, new) = (before.map(identity).unwrap_or_default(), after.map(identity).unwrap_or_default());
        self.value("first_name", old.first_name.as_ref(), new.first_name.as_ref());
        self.value("last_name", old.last_name.as_ref(), new.last_name.as_ref());
        self.value("email", old.email.as_ref(), new.email.as_ref());
        self.value("secondary_email", old.secondary_email.as_ref(), new.secondary_email.as_ref());
        self.value("mobile", old.mobile.as_ref(), new.mobile.as_ref());
        let confirmed = |user: Option<&User>| user.and_then(|user| user.verified_email.clone());
        self.value("confirmed_email", confirmed(before).as_ref(), confirmed(after).as_ref());
        let channels = |user: Option<&User>| {
            user.into_iter().flat_map(|user| &user.phone.channels).map(details::channel).collect::<Vec<_>>()
        };
        self.members("phone", channels(before), channels(after));
        let factors = |user: Option<&User>| {
            let factors = user.into_iter().flat_map(|user| &user.mfa_methods);
            factors.map(|factor| format!("{} {}", factor.kind.as_str(), factor.label)).collect::<Vec<_>>()
        };
        self.members("second_factors", factors(before), factors(after));
        self.personal = None;
        self.members(
            "security_profiles",
            assignments(before).iter().map(assignment),
            assignments(after).iter().map(assignment),
        );
        self.value(
            "routing_profile",
            before.map(|user| &user.routing_profile),
            after.map(|user| &user.routing_profile),
        );
        let group = |user: Option<&User>| user.and_then(|user| user.hierarchy_group);
        self.value("hierarchy_group", group(before).as_ref(), group(after).as_ref());
        let proficiencies = |user: Option<&User>| user.map(|user| user.proficiencies.clone()).unwrap_or_default();
        let describe = |proficiencies: Vec<crate::user::Proficiency>| {
            proficiencies.into_iter().map(|one| format!("{} {} {}", one.attribute, one.value, one.level))
        };
        self.members("proficiencies", describe(proficiencies(before)), describe(proficiencies(after)));
        self.tags(before.map(|user| &user.tags), after.map(|user| &user.tags));
        self.value("enabled", before.map(|user| &user.enabled), after.map(|user| &user.enabled));
        let password = |user: &User| user.password.name().to_owned();
        self.value("password", before.map(password).as_ref(), after.map(password).as_ref());
        self.value("security_epoch", before.map(|user| &user.security_epoch), after.map(|user| &user.security_epoch));
    }

    fn profile(&mut self, (before, after): Versions<'_, SecurityProfile>) {
        let set = |profile: Option<&SecurityProfile>| {
            profile.map(|profile| *profile.permissions.permissions()).unwrap_or_default()
        };
        let (old, new) = (set(before), set(after));
        let names = |set: PermissionSet| set.iter().map(|permission| permission.name().to_owned()).collect::<Vec<_>>();
        self.value("name", before.map(|profile| &profile.name), after.map(|profile| &profile.name));
        self.value(
            "description",
            before.map(|profile| &profile.description),
            after.map(|profile| &profile.description),
        );
        // Only added and removed permissions are listed, because a profile can have hundreds of permissions.
        self.members("permissions", names(old.difference(&new)), names(new.difference(&old)));
        let applications = |profile: Option<&SecurityProfile>| {
            let applications = profile.map(|profile| profile.applications.clone()).unwrap_or_default();
            applications
                .into_iter()
                .flat_map(|app| app.permissions.into_iter().map(move |name| format!("{} {name}", app.namespace)))
                .collect::<Vec<_>>()
        };
        self.members("applications", applications(before), applications(after));
        let conditions = |profile: Option<&SecurityProfile>| {
            let conditions = profile.map(|profile| profile.conditions.clone()).unwrap_or_default();
            let describe = |(permission, all): (AnyPermission, BTreeSet<Condition>)| {
                let all = all.iter().map(ToString::to_string).collect::<Vec<_>>();
                format!("{permission} if {}", all.join(" and "))
            };
            conditions.into_iter().map(describe).collect::<Vec<_>>()
        };
        self.members("conditions", conditions(before), conditions(after));
        let control = |profile: Option<&SecurityProfile>| {
            profile.map(|profile| profile.access_control.clone()).unwrap_or_default()
        };
        let (old, new) = (control(before), control(after));
        self.pairs("access_control_tags", &old.tags, &new.tags);
        let types = |control: &crate::profile::AccessControl| {
            control.tag_restricted.iter().map(|restricted| restricted.as_str().to_owned()).collect::<Vec<_>>()
        };
        self.members("tag_restricted_resources", types(&old), types(&new));
        self.value("hierarchy_restricted", Some(&old.hierarchy_restricted), Some(&new.hierarchy_restricted));
        self.value("hierarchy_group", old.hierarchy_group.as_ref(), new.hierarchy_group.as_ref());
        let assignable = |profile: Option<&SecurityProfile>| {
            profile.into_iter().flat_map(|profile| &profile.assignable).map(ToString::to_string).collect::<Vec<_>>()
        };
        self.members("assignable", assignable(before), assignable(after));
        let external_ids = |profile: Option<&SecurityProfile>| {
            let (modules, agents) =
                profile.map(|profile| (profile.flow_modules.clone(), profile.ai_agents.clone())).unwrap_or_default();
            (
                modules.into_iter().map(|module| module.id).collect::<Vec<_>>(),
                agents.into_iter().map(|agent| agent.arn).collect::<Vec<_>>(),
            )
        };
        let ((modules_before, agents_before), (modules_after, agents_after)) =
            (external_ids(before), external_ids(after));
        self.members("flow_modules", modules_before, modules_after);
        self.members("ai_agents", agents_before, agents_after);
        // An empty list denies access to all values, but no list restricts nothing.
        let tables = |profile: Option<&SecurityProfile>| match profile?.data_table_values.as_deref()? {
            [] => Some("none".to_owned()),
            values => Some(values.iter().map(details::primary_attribute).collect::<Vec<_>>().join("; ")),
        };
        self.value("data_table_values", tables(before).as_ref(), tables(after).as_ref());
        self.tags(before.map(|profile| &profile.tags), after.map(|profile| &profile.tags));
    }

    fn application(&mut self, (before, after): Versions<'_, RegisteredApplication>) {
        self.value("name", before.map(|app| &app.name), after.map(|app| &app.name));
        self.value("description", before.map(|app| &app.description), after.map(|app| &app.description));
        let permissions = |application: Option<&RegisteredApplication>| {
            let permissions = application.into_iter().flat_map(|application| &application.permissions);
            let describe = |permission: &ApplicationPermission| {
                let requires: Vec<_> = permission.requires.iter().map(String::as_str).collect();
                match requires.is_empty() {
                    true => permission.name.clone(),
                    false => format!("{} (requires {})", permission.name, requires.join(", ")),
                }
            };
            permissions.map(describe).collect::<Vec<_>>()
        };
        self.members("permissions", permissions(before), permissions(after));
    }

    fn application_resource(&mut self, (before, after): Versions<'_, ApplicationResource>) {
        let none = BTreeMap::new();
        let attributes = |resource: Option<&ApplicationResource>| {
            resource.map_or_else(|| none.clone(), |resource| resource.attributes.clone())
        };
        self.pairs("attributes", &attributes(before), &attributes(after));
        let group = |resource: Option<&ApplicationResource>| resource.and_then(|resource| resource.hierarchy_group);
        self.value("hierarchy_group", group(before).as_ref(), group(after).as_ref());
    }

    fn api_token(&mut self, (before, after): Versions<'_, ApiToken>) {
        self.value("label", before.map(|token| &token.label), after.map(|token| &token.label));
        let scopes = |token: Option<&ApiToken>| {
            token.into_iter().flat_map(|token| &token.scopes).map(|scope| scope.as_str().to_owned()).collect::<Vec<_>>()
        };
        self.members("scopes", scopes(before), scopes(after));
        let expires = |token: Option<&ApiToken>| token.and_then(|token| token.expires).map(Timestamp::as_millis);
        self.value("expires", expires(before).as_ref(), expires(after).as_ref());
        let settings = |token: Option<&'_ ApiToken>| token.map(|token| token.settings.clone());
        let (before, after) = (settings(before), settings(after));
        let subject_types = |settings: &Option<TokenSettings>| {
            let types = settings.iter().flat_map(TokenSettings::subject_types);
            types.map(str::to_owned).collect::<Vec<_>>()
        };
        self.members("subject_types", subject_types(&before), subject_types(&after));
        let resource_types =
            |settings: &Option<TokenSettings>| settings.iter().flat_map(|one| one.resource_types.clone()).collect();
        self.pairs("resource_types", &resource_types(&before), &resource_types(&after));
        let details = |settings: Option<TokenSettings>| settings.map(|settings| settings.details);
        self.value("details", details(before).as_ref(), details(after).as_ref());
    }

    fn finding(&mut self, (before, after): Versions<'_, FindingState>) {
        let dismissal = |state: Option<&FindingState>| state.and_then(|state| state.dismissal.clone());
        let (old, new) = (dismissal(before), dismissal(after));
        let until = |dismissal: &Dismissal| dismissal.until.as_millis();
        self.value("dismissed_until", old.as_ref().map(until).as_ref(), new.as_ref().map(until).as_ref());
        // The reason is free text, and is erased together with the personal data of its author.
        self.personal = new.as_ref().or(old.as_ref()).and_then(|dismissal| dismissal.by);
        let reason = |dismissal: Option<Dismissal>| dismissal.map(|dismissal| dismissal.reason);
        self.value("dismissal_reason", reason(old).as_ref(), reason(new).as_ref());
        self.personal = None;
        let assignee = |state: Option<&FindingState>| state.and_then(|state| state.assignee);
        self.value("assignee", assignee(before).as_ref(), assignee(after).as_ref());
    }

    fn group(&mut self, (before, after): Versions<'_, HierarchyGroup>) {
        self.value("name", before.map(|group| &group.name), after.map(|group| &group.name));
        let parent = |group: Option<&HierarchyGroup>| group.and_then(|group| group.parent);
        self.value("parent", parent(before).as_ref(), parent(after).as_ref());
        self.tags(before.map(|group| &group.tags), after.map(|group| &group.tags));
    }

    fn resource(&mut self, (before, after): Versions<'_, Resource>) {
        self.value("name", before.map(|resource| &resource.name), after.map(|resource| &resource.name));
        let description = |resource: Option<&Resource>| resource.and_then(|resource| resource.description.clone());
        self.value("description", description(before).as_ref(), description(after).as_ref());
        let details = |resource: &Resource| details::fields(&resource.details);
        let (old, new) = (before.map(details).unwrap_or_default(), after.map(details).unwrap_or_default());
        let names: BTreeSet<&'static str> = old.keys().chain(new.keys()).copied().collect();
        for name in names {
            let (old, new) = (old.get(name), new.get(name));
            self.value(name, old.and_then(FieldContent::value), new.and_then(FieldContent::value));
            self.members(
                name,
                old.map(FieldContent::members).unwrap_or_default(),
                new.map(FieldContent::members).unwrap_or_default(),
            );
        }
        self.tags(before.map(|resource| &resource.tags), after.map(|resource| &resource.tags));
    }

    fn settings(&mut self, (before, after): Versions<'_, Settings>) {
        let alias = |settings: Option<&Settings>| settings.and_then(|settings| settings.alias.clone());
        self.value("alias", alias(before).as_ref(), alias(after).as_ref());
        let guard = |settings: Option<&Settings>| {
            settings.and_then(|settings| settings.guard).map(crate::settings::GuardMode::as_str)
        };
        self.value("escalation_guard", guard(before).as_ref(), guard(after).as_ref());
        let none = BTreeMap::new();
        let attributes =
            |settings: Option<&Settings>| settings.map_or_else(|| none.clone(), |settings| settings.attributes.clone());
        self.pairs("attributes", &attributes(before), &attributes(after));
        self.tags(before.map(|settings| &settings.tags), after.map(|settings| &settings.tags));
    }

    fn structure(&mut self, (before, after): Versions<'_, HierarchyStructure>) {
        let levels = |structure: Option<&HierarchyStructure>| {
            let names = structure.into_iter().flat_map(|structure| &structure.levels).map(|level| level.name.as_str());
            Some(names.collect::<Vec<_>>().join(" > ")).filter(|text| !text.is_empty())
        };
        self.value("levels", levels(before).as_ref(), levels(after).as_ref());
    }

    fn tags(&mut self, before: Option<&BTreeMap<String, String>>, after: Option<&BTreeMap<String, String>>) {
        let none = BTreeMap::new();
        self.pairs("tags", before.unwrap_or(&none), after.unwrap_or(&none));
    }

    fn pairs(&mut self, field: &'static str, before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) {
        if before != after {
            let pair_text = |(key, value): (&String, &String)| format!("{key}={value}");
            self.members(field, before.iter().map(pair_text), after.iter().map(pair_text));
        }
    }

    fn value<T: Display + PartialEq>(&mut self, field: &'static str, before: Option<&T>, after: Option<&T>) {
        if before != after {
            let step = ValueChange::Value { before: before.map(T::to_string), after: after.map(T::to_string) };
            self.push(field, step);
        }
    }

    fn members(
        &mut self,
        field: &'static str,
        before: impl IntoIterator<Item = String>,
        after: impl IntoIterator<Item = String>,
    ) {
        let before: Vec<String> = before.into_iter().collect();
        let after: Vec<String> = after.into_iter().collect();
        if before == after {
            return;
        }
        let missing = |members: &[String], others: &[String]| {
            let others: std::collections::HashSet<&String> = others.iter().collect();
            members.iter().filter(|member| !others.contains(member)).cloned().collect::<Vec<_>>()
        };
        self.push(field, ValueChange::Members { added: missing(&after, &before), removed: missing(&before, &after) });
    }

    fn push(&mut self, field: &'static str, step: ValueChange) {
        self.changes.push(FieldChange { record: self.key.clone(), field, change: step, personal: self.personal });
    }
}

fn assignment(assignment: &Assignment) -> String {
    let mut text = assignment.profile.to_string();
    for (word, time) in [("from", assignment.from), ("until", assignment.until)] {
        if let Some(time) = time {
            text.push_str(&format!(" {word} {}", time.as_millis()));
        }
    }
    text
}
