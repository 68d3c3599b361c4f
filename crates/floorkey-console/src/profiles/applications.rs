//! The application permissions of a profile, as form fields. Registered applications have checkboxes, and other
//! applications have text fields.

use floorkey::RegisteredApplication;
use floorkey::profile::ApplicationGrant;

use super::draft::{ApplicationRow, ProfileDraft};
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;

/// The maximum number of permissions for which all registered applications have checkboxes. If the applications have
/// more permissions in total, the form shows checkboxes only for the applications in the profile.
const BOXES_MAX: usize = 1_000;

/// A registered application with the checkboxes for its permissions.
pub(super) struct Registered {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) about: String,
    pub(super) boxes: Vec<PermissionBox>,
    /// The value of the hidden field that preserves the application type set through the API.
    pub(super) application_type: Option<String>,
}

/// The checkbox for a permission of an application.
pub(super) struct PermissionBox {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) about: String,
    /// The names of the permissions that this permission includes.
    pub(super) requires: String,
    pub(super) selected: bool,
}

/// Returns the registered applications that have checkboxes on the form.
pub(super) fn registered(viewer: &CurrentUser, draft: &ProfileDraft) -> Vec<Registered> {
    // Viewers who cannot see registered applications get text fields for the applications of a profile.
    if !viewer.visibility().sees_applications() {
        return Vec::new();
    }
    let total: usize = viewer.directory.applications().map(|application| application.permissions.len()).sum();
    let row = |namespace: &str| draft.applications.iter().find(|row| row.namespace == namespace);
    let visible = viewer
        .directory
        .applications()
        .filter(|application| total <= BOXES_MAX || row(&application.namespace).is_some());
    visible.map(|application| registered_application(application, row(&application.namespace))).collect()
}

fn registered_application(application: &RegisteredApplication, row: Option<&ApplicationRow>) -> Registered {
    let granted = row.map(|row| row.names()).unwrap_or_default();
    let value = |name: &str| encode_pair(&application.namespace, name);
    let known = application.permissions.iter().map(|permission| PermissionBox {
        value: value(&permission.name),
        name: permission.name.clone(),
        about: permission.description.clone(),
        requires: permission.requires.iter().cloned().collect::<Vec<_>>().join(", "),
        selected: granted.contains(&permission.name),
    });
    let unknown = granted.iter().filter(|name| application.permission(name).is_none()).map(|name| PermissionBox {
        value: value(name),
        name: name.clone(),
        about: "Not registered: denied until it is.".to_owned(),
        requires: String::new(),
        selected: true,
    });
    let name = if application.name.is_empty() { &application.namespace } else { &application.name };
    Registered {
        name: name.clone(),
        namespace: application.namespace.clone(),
        about: application.description.clone(),
        boxes: known.chain(unknown).collect(),
        application_type: row
            .filter(|row| !row.kind.is_empty())
            .map(|row| encode_pair(&application.namespace, &row.kind)),
    }
}

/// Encodes an application's namespace and a permission name as the value of a single field.
fn encode_pair(namespace: &str, name: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair("in", namespace).append_pair("of", name).finish()
}

fn decode_pair(value: &str) -> (String, String) {
    let fields = Fields::parse(value.as_bytes());
    (fields.raw("in").to_owned(), fields.raw("of").to_owned())
}

/// Merges the selected checkboxes into the text rows. In the result, each application occurs only once.
pub(super) fn merge_checkboxes(rows: Vec<ApplicationRow>, fields: &Fields) -> Vec<ApplicationRow> {
    let mut rows = rows;
    for (namespace, name) in fields.all("app").map(decode_pair) {
        match rows.iter_mut().find(|row| row.namespace == namespace) {
            Some(row) if row.names().contains(&name) => {}
            Some(row) => row.permissions = format!("{}\n{name}", row.permissions.trim_end()).trim().to_owned(),
            None => rows.push(ApplicationRow { namespace, permissions: name, kind: String::new() }),
        }
    }
    for (namespace, kind) in fields.all("app-kind-of").map(decode_pair) {
        let row = rows.iter_mut().find(|row| row.namespace == namespace);
        if let Some(row) = row.filter(|row| row.kind.is_empty()) {
            row.kind = kind;
        }
    }
    rows
}

/// Whether both lists have the same elements in any order. Checkboxes do not preserve the order of elements.
pub(super) fn is_equal_unordered(one: &[ApplicationGrant], other: &[ApplicationGrant]) -> bool {
    let sorted = |all: &[ApplicationGrant]| {
        let mut all: Vec<_> = all
            .iter()
            .map(|application| {
                let mut permissions = application.permissions.clone();
                permissions.sort();
                (application.namespace.clone(), permissions, application.kind.clone())
            })
            .collect();
        all.sort();
        all
    };
    sorted(one) == sorted(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkboxes_and_text_rows_are_merged() {
        let fields = Fields::parse(
            b"app=in%3Dorders%26of%3Drefund&app=in%3Dorders%26of%3Dview&app=in%3Dcrm%26of%3DRead\
              &app-kind-of=in%3Dorders%26of%3DMCP",
        );
        let row = |namespace: &str, permissions: &str, kind: &str| ApplicationRow {
            namespace: namespace.to_owned(),
            permissions: permissions.to_owned(),
            kind: kind.to_owned(),
        };
        let rows = merge_checkboxes(vec![row("crm", "Read\nWrite\n", "")], &fields);
        assert_eq!(rows, [row("crm", "Read\nWrite\n", ""), row("orders", "refund\nview", "MCP")]);
    }
}
