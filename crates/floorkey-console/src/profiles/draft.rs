//! The unsaved state of the security profile form. It is parsed from form fields, and written back into hidden fields.

use std::collections::BTreeSet;

use floorkey::profile::{ApplicationGrant, SecurityProfile};
use floorkey::tags::Tags;
use floorkey::{Permission, PermissionSet, SecurityProfileId, with_requirements};

use super::applications::merge_checkboxes;
use super::conditions::{self, Conditions, NewCondition};
use crate::web::current_user::CurrentUser;
use crate::web::fields::FieldErrors;
use crate::web::form::Fields;

/// A profile as the user entered it in the form.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ProfileDraft {
    pub(super) name: String,
    pub(super) description: String,
    /// The permissions with selected checkboxes, including permissions that other permissions require.
    pub(super) selected: PermissionSet,
    /// The permissions in `selected` that the form showed as required by other permissions rather than as chosen.
    pub(super) required_by_others: PermissionSet,
    pub(super) applications: Vec<ApplicationRow>,
    pub(super) assignable: BTreeSet<SecurityProfileId>,
    /// The tags of the profile itself.
    pub(super) tags: Pairs,
    /// The tags that resources of the restricted types must have.
    pub(super) control_tags: Pairs,
    /// The names of the restricted resource types.
    pub(super) restricted: BTreeSet<String>,
    pub(super) hierarchy: Hierarchy,
    pub(super) conditions: Conditions,
    /// The condition that the user is adding.
    pub(super) adding: NewCondition,
}

/// An application in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ApplicationRow {
    pub(super) namespace: String,
    /// The permissions of the application, one per line.
    pub(super) permissions: String,
    /// The type set through the API, preserved in a hidden field.
    pub(super) kind: String,
}

/// Pairs of keys and values in the form. A key can occur more than once.
pub(super) type Pairs = Vec<(String, String)>;

/// The users that the profile's user permissions apply to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Hierarchy {
    #[default]
    AllUsers,
    /// Users in the same hierarchy group as the user who has the profile, or in a group below it.
    Own,
    /// Users in the group with this ID, or in a group below it.
    Group(String),
}

impl Hierarchy {
    /// Returns the value of the hierarchy form field.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::AllUsers => "",
            Self::Own => "own",
            Self::Group(id) => id,
        }
    }

    fn parse(value: &str) -> Self {
        match value {
            "" => Self::AllUsers,
            "own" => Self::Own,
            id => Self::Group(id.to_owned()),
        }
    }
}

impl ProfileDraft {
    /// Creates a draft from a profile.
    pub(super) fn from_profile(profile: &SecurityProfile) -> Self {
        let pairs = |tags: &Tags| tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        let control = &profile.access_control;
        let granted = *profile.permissions.permissions();
        Self {
            name: profile.name.clone(),
            description: profile.description.clone(),
            selected: granted,
            required_by_others: granted.difference(&profile.selected),
            applications: profile.applications.iter().map(ApplicationRow::from_application).collect(),
            assignable: profile.assignable.clone(),
            tags: pairs(&profile.tags),
            control_tags: pairs(&control.tags),
            restricted: control.tag_restricted.iter().map(|restricted| restricted.as_str().to_owned()).collect(),
            hierarchy: match (control.hierarchy_restricted, control.hierarchy_group) {
                (false, _) => Hierarchy::AllUsers,
                (true, None) => Hierarchy::Own,
                (true, Some(group)) => Hierarchy::Group(group.to_string()),
            },
            conditions: profile.conditions.clone(),
            adding: NewCondition::default(),
        }
    }

    /// Creates the draft of a new profile from the fields `name` and `p` of a link. Permissions that the selected
    /// permissions require are selected too. Ignores unknown permissions.
    pub(super) fn from_link(fields: &Fields) -> Self {
        let selected = fields.all("p").filter_map(|name| Permission::parse(name).ok()).collect();
        let name = fields.text("name").unwrap_or_default();
        let name: String = name.chars().take(floorkey::limits::PROFILE_NAME_CHARS_MAX).collect();
        let mut draft = Self { name: floorkey::text::capitalized(&name), selected, ..Self::default() };
        draft.normalize();
        draft
    }

    /// Parses a form. Ignores unknown permissions, because the console's pages never send them.
    pub(super) fn parse(fields: &Fields) -> Self {
        let selected: PermissionSet = fields.all("p").filter_map(|name| Permission::parse(name).ok()).collect();
        let rows = fields.all("app-name").zip(fields.all("app-permissions")).zip(fields.all("app-kind"));
        let rows = rows.map(|((namespace, permissions), kind)| ApplicationRow {
            namespace: namespace.trim().to_owned(),
            permissions: permissions.to_owned(),
            kind: kind.to_owned(),
        });
        Self {
            name: fields.raw("name").trim().to_owned(),
            description: fields.raw("description").trim().to_owned(),
            selected,
            required_by_others: set(fields.raw("needed")).intersection(&selected),
            applications: merge_checkboxes(rows.filter(|row| !row.is_blank()).collect(), fields),
            assignable: fields.all("assignable").filter_map(SecurityProfileId::parse).collect(),
            tags: pairs(fields, "tag-key", "tag-value"),
            control_tags: pairs(fields, "control-key", "control-value"),
            restricted: fields.all("restricted").map(ToOwned::to_owned).collect(),
            hierarchy: Hierarchy::parse(fields.raw("hierarchy")),
            conditions: conditions::parse(fields),
            adding: NewCondition::parse(fields),
        }
    }

    /// Returns the chosen permissions. Excludes permissions that are selected only because other permissions require
    /// them.
    pub(super) fn chosen(&self) -> PermissionSet {
        let chosen = self.selected.difference(&self.required_by_others);
        self.selected.difference(&self.required_by_others.intersection(with_requirements(&chosen).permissions()))
    }

    /// Returns all permissions that the profile will have: the selected permissions, and the permissions that they
    /// require.
    pub(super) fn granted(&self) -> PermissionSet {
        *with_requirements(&self.selected).permissions()
    }

    /// Updates `selected` and `required_by_others` to the values that they will have after the draft is saved.
    pub(super) fn normalize(&mut self) {
        let chosen = self.chosen();
        self.selected = self.granted();
        self.required_by_others = self.selected.difference(&chosen);
    }

    /// Returns the hidden fields, in order, that preserve the draft on another page.
    pub(super) fn hidden_fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![("name", self.name.clone()), ("description", self.description.clone())];
        fields.extend(self.selected.iter().map(|permission| ("p", permission.name().to_owned())));
        fields.push(("needed", names(&self.required_by_others)));
        for row in &self.applications {
            fields.push(("app-name", row.namespace.clone()));
            fields.push(("app-permissions", row.permissions.clone()));
            fields.push(("app-kind", row.kind.clone()));
        }
        fields.extend(self.assignable.iter().map(|id| ("assignable", id.to_string())));
        for (key, value) in &self.tags {
            fields.extend([("tag-key", key.clone()), ("tag-value", value.clone())]);
        }
        for (key, value) in &self.control_tags {
            fields.extend([("control-key", key.clone()), ("control-value", value.clone())]);
        }
        fields.extend(self.restricted.iter().map(|value| ("restricted", value.clone())));
        fields.push(("hierarchy", self.hierarchy.as_str().to_owned()));
        fields.extend(conditions::hidden_fields(&self.conditions));
        fields
    }

    /// Returns the errors that prevent building a command.
    pub(super) fn errors(&self) -> FieldErrors {
        let mut errors = FieldErrors::default();
        if self.name.is_empty() {
            errors.add("name", "Enter a name for the profile.");
        }
        for (id, pairs) in [("tags", &self.tags), ("control", &self.control_tags)] {
            if let Some(problem) = pairs_error(pairs) {
                errors.add(id, problem);
            }
        }
        errors
    }

    /// Returns the applications of the profile.
    pub(super) fn applications(&self) -> Vec<ApplicationGrant> {
        self.applications.iter().map(ApplicationRow::application).collect()
    }
}

impl ApplicationRow {
    fn from_application(application: &ApplicationGrant) -> Self {
        Self {
            namespace: application.namespace.clone(),
            permissions: application.permissions.join("\n"),
            kind: application.kind.clone().unwrap_or_default(),
        }
    }

    fn is_blank(&self) -> bool {
        self.namespace.is_empty() && self.permissions.trim().is_empty()
    }

    /// Returns the names of the application's permissions.
    pub(super) fn names(&self) -> Vec<String> {
        let names = self.permissions.split(['\n', ',']).map(str::trim).filter(|name| !name.is_empty());
        names.map(ToOwned::to_owned).collect()
    }

    fn application(&self) -> ApplicationGrant {
        ApplicationGrant {
            namespace: self.namespace.clone(),
            permissions: self.names(),
            kind: Some(self.kind.clone()).filter(|kind| !kind.is_empty()),
        }
    }
}

/// Encodes a set of permissions as the value of a single field.
pub(super) fn names(set: &PermissionSet) -> String {
    set.iter().map(Permission::name).collect::<Vec<_>>().join(" ")
}

/// Decodes the output of [`names`].
pub(super) fn set(field: &str) -> PermissionSet {
    field.split_whitespace().filter_map(|name| Permission::parse(name).ok()).collect()
}

/// Returns the draft for a copy of a profile. The copy has a name that no other profile has.
pub(super) fn copy_of(viewer: &CurrentUser, draft: ProfileDraft) -> ProfileDraft {
    let name = |number: usize| match number {
        1 => format!("Copy of {}", draft.name),
        number => format!("Copy {number} of {}", draft.name),
    };
    let free = (1..100).map(name).find(|name| viewer.directory.profile_by_name(name).is_none());
    ProfileDraft { name: free.unwrap_or_default(), ..draft }
}

/// Parses rows with a key and a value.
fn pairs(fields: &Fields, key: &str, value: &str) -> Pairs {
    fields.rows([key, value]).into_iter().map(|[key, value]| (key, value)).collect()
}

fn pairs_error(pairs: &Pairs) -> Option<String> {
    let is_repeated = |at: usize, key: &str| pairs.iter().take(at).any(|(other, _)| other == key);
    pairs.iter().enumerate().find_map(|(at, (key, value))| match key.as_str() {
        "" => Some(format!("The value “{value}” has no key. Enter a key, or clear the value.")),
        key if is_repeated(at, key) => Some(format!("The key “{key}” occurs twice. Each key has one value.")),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> ProfileDraft {
        ProfileDraft::parse(&Fields::parse(text.as_bytes()))
    }

    #[test]
    fn required_permissions_become_chosen_when_nothing_requires_them() {
        let names = |set: PermissionSet| set.iter().map(Permission::name).collect::<Vec<_>>();
        let both = parse("p=Users.View&p=Users.Edit&needed=Users.View");
        assert_eq!(names(both.chosen()), ["Users.Edit"]);
        // `Users.Edit` was cleared. No selected permission requires `Users.View`, so `Users.View` counts as chosen.
        assert_eq!(names(parse("p=Users.View&needed=Users.View").chosen()), ["Users.View"]);
        assert_eq!(names(parse("p=Users.View&p=Users.Edit").chosen()), ["Users.View", "Users.Edit"]);
        let mut fresh = parse("p=Users.Edit");
        fresh.normalize();
        assert_eq!(
            (names(fresh.selected), names(fresh.required_by_others)),
            (vec!["Users.View", "Users.Edit"], vec!["Users.View"])
        );
    }

    #[test]
    fn drafts_survive_a_round_trip_through_hidden_fields() {
        let draft = parse(
            "name=Night+shift&description=x&p=Users.Edit&p=Users.View&needed=Users.View&app-name=crm&app-permissions=Read%0AWrite\
             &app-kind=MCP&app-name=&app-permissions=&app-kind=&tag-key=a&tag-value=b&control-key=c&control-value=d\
             &restricted=Queue&hierarchy=own&assignable=11111111-2222-3333-4444-555555555555\
             &cond=on%3DUsers.Edit%26kind%3Down%26attribute%3Downer",
        );
        let hidden_fields = draft.hidden_fields();
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(hidden_fields).finish();
        assert_eq!(parse(&body), draft);
        assert_eq!(draft.applications()[0].permissions, ["Read", "Write"]);
        assert_eq!(draft.applications.len(), 1);
    }
}
