//! Turns the form into an AuthZEN request.

use std::sync::Arc;

use floorkey::{AnyPermission, HierarchyGroupId, Request, ResourceType, Timestamp, User};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::meaning::{self, Called};
use super::person::subject;
use super::thing::{self, INSTANCE, Thing};
use super::typed::{Slip, Slips, Typed, pairs};
use crate::user::draft::moment;
use crate::web::current_user::CurrentUser;
use crate::web::form::Fields;
use floorkey_authzen::Unasked;

/// The kind of question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Can this user perform this action on this resource?
    Decision,
    /// Who can perform this action on this resource?
    Who,
    /// What can this user do to this resource?
    What,
    /// On which resources can this user perform this action?
    OnWhat,
}

impl Ask {
    /// The AuthZEN endpoint for this question.
    pub(super) const fn endpoint(self) -> &'static str {
        match self {
            Self::Decision => "/access/v1/evaluation",
            Self::Who => "/access/v1/search/subject",
            Self::What => "/access/v1/search/action",
            Self::OnWhat => "/access/v1/search/resource",
        }
    }

    const fn needs_user(self) -> bool {
        !matches!(self, Self::Who)
    }

    const fn needs_permission(self) -> bool {
        !matches!(self, Self::What)
    }
}

/// A complete question.
pub(super) struct Question {
    ask: Ask,
    /// The user, or `None` in a search for users.
    pub(super) user: Option<Arc<User>>,
    /// The permission, or `None` in a search for permissions.
    pub(super) permission: Option<AnyPermission>,
    /// The resource. Only its type is used in a search for resources.
    pub(super) thing: Thing,
    pub(super) at: Timestamp,
    /// Whether a time was chosen.
    pub(super) dated: bool,
    /// The AuthZEN request.
    request: Body,
}

/// The body of a request. AuthZEN has its members in this order, which is also how people read them.
#[derive(Clone, Serialize)]
struct Body {
    subject: Entity,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<Doing>,
    resource: Entity,
}

#[derive(Clone, Serialize)]
struct Entity {
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    properties: Map<String, Value>,
}

#[derive(Clone, Serialize)]
struct Doing {
    name: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    properties: Map<String, Value>,
}

impl Question {
    /// Parses the form. `page` is the address of its page.
    ///
    /// # Errors
    /// The errors of the fields.
    pub(super) fn read(
        viewer: &CurrentUser,
        ask: Ask,
        typed: &Typed,
        fields: &Fields,
        page: &str,
    ) -> Result<Self, Box<Slips>> {
        let mut slips = Slips::default();
        let user = match (ask.needs_user(), typed.who.as_str()) {
            (false, _) => None,
            (true, "") => keep(&mut slips.who, Err(Slip::new("Who? Give a name or a login name."))),
            (true, text) => keep(&mut slips.who, subject(viewer, text, page, fields)),
        };
        let permission = match (ask.needs_permission(), typed.can.as_str()) {
            (false, _) => None,
            (true, "") => keep(&mut slips.can, Err(Slip::new("What? Give a permission or what it lets one do."))),
            (true, text) => keep(&mut slips.can, meaning::permission(viewer, text, page, fields)),
        };
        let thing = match slips.can {
            None => thing_of(viewer, ask, typed, permission.as_ref(), fields, page, &mut slips),
            Some(_) => None,
        };
        let of_thing = keep(&mut slips.thing, properties(viewer, &typed.thing)).unwrap_or_default();
        let of_user = keep(&mut slips.user, properties(viewer, &typed.user)).unwrap_or_default();
        let of_act = keep(&mut slips.act, properties(viewer, &typed.act)).unwrap_or_default();
        let at = match typed.at.as_str() {
            "" => Some(viewer.now),
            text => {
                let slip = || Slip::new("That is no moment: write it like 2026-11-22T10:15, in UTC.");
                keep(&mut slips.at, moment(text).ok_or_else(slip))
            }
        };
        let (Some(thing), Some(at), true) = (thing, at, slips.is_empty()) else { return Err(Box::new(slips)) };
        let request = Body {
            subject: Entity {
                kind: "user".to_owned(),
                id: user.as_ref().map(|user| user.username.clone()),
                properties: of_user,
            },
            action: permission
                .as_ref()
                .map(|permission| Doing { name: Called::of(viewer, permission).api, properties: of_act }),
            resource: Entity {
                kind: thing.kind.clone(),
                id: (ask != Ask::OnWhat).then(|| thing.id.clone()),
                properties: of_thing,
            },
        };
        Ok(Self { ask, user, permission, thing, at, dated: !typed.at.is_empty(), request })
    }

    /// Evaluates the question with the engine.
    ///
    /// # Errors
    /// The reason why it cannot be evaluated.
    pub(super) fn put<T>(&self, viewer: &CurrentUser, ask: impl FnOnce(&Request<'_>) -> T) -> Result<T, Unasked> {
        let mut request = self.request.clone();
        if self.ask == Ask::OnWhat {
            // The engine fills in one resource after another.
            let built_in = self.thing.kind == INSTANCE || ResourceType::named(&self.thing.kind).is_some();
            let any = if built_in { Thing::instance(viewer) } else { self.thing.clone() };
            request.resource = Entity { kind: any.kind, id: Some(any.id), ..request.resource };
        }
        let body = serde_json::to_string(&request).unwrap_or_default();
        floorkey_authzen::ask(&viewer.app().authzen, &viewer.directory, self.at, &body, ask)
    }

    /// Returns the request of an application, formatted for reading.
    pub(super) fn request(&self) -> String {
        serde_json::to_string_pretty(&self.request).unwrap_or_default()
    }

    /// Returns a shell command that sends the request.
    pub(super) fn shell(&self, viewer: &CurrentUser) -> String {
        let body = serde_json::to_string(&self.request).unwrap_or_default().replace('\'', "'\\''");
        let (server, endpoint) = (&viewer.app().public_url, self.ask.endpoint());
        format!(
            "curl -sS '{server}{endpoint}' \\\n  -H \"Authorization: Bearer $FLOORKEY_API_TOKEN\" \\\n  \
             -H 'Content-Type: application/json' \\\n  -d '{body}'"
        )
    }
}

/// Resolves the resource.
fn thing_of(
    viewer: &CurrentUser,
    ask: Ask,
    typed: &Typed,
    permission: Option<&AnyPermission>,
    fields: &Fields,
    page: &str,
    slips: &mut Slips,
) -> Option<Thing> {
    if ask == Ask::OnWhat {
        // Uses only the type. If the permission has no resource type, the resource is the instance.
        let open = Typed { to: String::new(), thing: String::new(), ..typed.clone() };
        let of_permission = permission.and_then(|permission| match permission {
            AnyPermission::Catalogue(permission) => permission.info().resource_type,
            AnyPermission::Application { .. } => None,
        });
        let kind = match (typed.kind.as_str(), of_permission) {
            ("", Some(of)) => Ok(of.arn_word().to_owned()),
            _ => thing::kind(&open, permission),
        };
        let kind = keep(&mut slips.to, kind.and_then(|kind| thing::allowed(viewer, kind)))?;
        let instance = Thing::instance(viewer);
        return Some(if kind == INSTANCE { instance } else { Thing { kind, id: String::new(), ..instance } });
    }
    let kind = keep(&mut slips.to, thing::kind(typed, permission).and_then(|kind| thing::allowed(viewer, kind)))?;
    keep(&mut slips.to, thing::thing(viewer, typed, kind, page, fields))
}

/// Parses attributes into AuthZEN `properties`.
fn properties(viewer: &CurrentUser, text: &str) -> Result<Map<String, Value>, Slip> {
    let mut properties = Map::new();
    for (name, value) in pairs(text)? {
        match name.as_str() {
            "hierarchyGroup" => {
                let id = HierarchyGroupId::parse(&value).map(|id| id.to_string());
                let named = || {
                    let groups = thing::named(viewer, ResourceType::HierarchyGroup);
                    groups.into_iter().find(|(_, path)| *path == value || path.ends_with(&format!(" / {value}")))
                };
                let slip = || Slip::new(format!("There is no hierarchy group “{value}” in your sight."));
                let id = id.or_else(|| named().map(|(id, _)| id)).ok_or_else(slip)?;
                properties.insert(name, id.into());
            }
            // The property `tags` contains a map of tags, and this is the tag with the key `tags`.
            "tags" => {
                properties.insert("tags".to_owned(), json!({ "tags": value }));
            }
            _ => {
                properties.insert(name, value.into());
            }
        }
    }
    Ok(properties)
}

fn keep<T>(slip: &mut Option<Slip>, result: Result<T, Slip>) -> Option<T> {
    result.map_err(|wrong| *slip = Some(wrong)).ok()
}
