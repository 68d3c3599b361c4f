//! Strict parser for the five requests of AuthZEN: types as in the standard, unknown members ignored, and `null`
//! equivalent to absent only where a member is optional.
//!
//! One parser reads all of them. The required parts depend on the endpoint and are checked in [`Body`] afterwards,
//! because in a batch the parts of an evaluation can be in two places.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use floorkey::tags::Tags;
use floorkey::{HierarchyGroupId, Revision};

use super::json::{Kind, Reader, Wrong};

/// Maximum number of evaluations in a batch.
pub(super) const ITEMS_MAX: usize = 1_000;

/// Approximate size of a complete evaluation, in bytes.
const ITEM_BYTES: usize = 120;

/// An ID that no group has.
const NO_GROUP: HierarchyGroupId = HierarchyGroupId::from_bits(0);

type Read<T> = Result<T, Wrong>;
type Text<'a> = Cow<'a, str>;

/// A parsed request.
#[derive(Debug, Default)]
pub(super) struct Body<'a> {
    /// The parts at the top level: the evaluation itself, or the defaults of a batch.
    pub(super) parts: Parts<'a>,
    /// The evaluations of a batch: the parts of each, or the error in it.
    pub(super) items: Vec<Read<Parts<'a>>>,
    /// The condition that ends a batch.
    pub(super) semantic: Semantic,
    /// The page of a search.
    pub(super) page: Option<Page<'a>>,
}

/// The parts of an evaluation, as far as they are present.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    pub(super) subject: Option<Entity<'a>>,
    pub(super) action: Option<Doing<'a>>,
    pub(super) resource: Option<Entity<'a>>,
    pub(super) wishes: Option<Wishes>,
}

/// A subject or resource.
#[derive(Debug)]
pub(super) struct Entity<'a> {
    pub(super) kind: Text<'a>,
    pub(super) id: Option<Text<'a>>,
    pub(super) properties: Option<Box<Properties>>,
}

/// An action.
#[derive(Debug, Default)]
pub(super) struct Doing<'a> {
    pub(super) name: Text<'a>,
    pub(super) properties: Option<Box<Properties>>,
}

/// The supplied properties of a subject, action or resource.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Properties {
    /// Tags, and all other strings, numbers and booleans; tags take precedence.
    pub(super) tags: Tags,
    /// Names of properties whose values never match: objects and arrays.
    pub(super) unmatched: Vec<String>,
    /// The hierarchy group, if there is one; [`NO_GROUP`] if its ID is invalid.
    pub(super) hierarchy_group: Option<HierarchyGroupId>,
}

/// The options in `context.floorkey`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wishes {
    /// Whether to explain the decision.
    pub(super) explain: bool,
    /// The minimum revision of the response.
    pub(super) at_least: u64,
    /// Whether the response contains more than the standard requires: `context` of decisions, `properties` of search
    /// results. `None` if the request doesn't specify it, which it does by having a `context.floorkey`.
    pub(super) details: Option<bool>,
}

impl Wishes {
    /// Whether to return details, given the default of the token or endpoint.
    pub(super) fn details_or(self, default: bool) -> bool {
        self.explain || self.details.unwrap_or(default)
    }
}

/// The condition that ends a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Semantic {
    /// After all evaluations.
    #[default]
    ExecuteAll,
    /// At the first denial.
    DenyOnFirstDeny,
    /// At the first permit.
    PermitOnFirstPermit,
}

/// The requested page of a search.
#[derive(Debug, Default)]
pub(super) struct Page<'a> {
    pub(super) token: Option<Text<'a>>,
    pub(super) limit: Option<u64>,
}

impl Body<'_> {
    /// The minimum revision that satisfies all evaluations in the request.
    pub(super) fn at_least(&self) -> Revision {
        let items = self.items.iter().flatten().filter_map(|parts| parts.wishes);
        let wishes = items.chain(self.parts.wishes);
        Revision(wishes.map(|wishes| wishes.at_least).max().unwrap_or_default())
    }
}

/// The members that an endpoint accepts besides subject, action, resource and context. It ignores all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One evaluation.
    Evaluation,
    /// A batch.
    Evaluations,
    /// A search for subjects or resources.
    Search,
    /// A search for actions, which has no action.
    SearchActions,
}

/// Parses a request.
///
/// # Errors
/// If it is not JSON, or if a member is invalid; the message says what is valid. The items of a batch have their own
/// errors.
pub(super) fn body(text: &str, shape: Shape) -> Read<Body<'_>> {
    let mut reader = Reader::new(text);
    let mut body = Body::default();
    reader.object(|reader, name| match (&*name, shape) {
        ("evaluations", Shape::Evaluations) => items(reader, &mut body.items).map_err(|wrong| wrong.within(&name)),
        ("options", Shape::Evaluations) => {
            body.semantic = options(reader).map_err(|wrong| wrong.within(&name))?.unwrap_or_default();
            Ok(())
        }
        ("page", Shape::Search | Shape::SearchActions) => {
            body.page = page(reader).map_err(|wrong| wrong.within(&name))?;
            Ok(())
        }
        ("action", Shape::SearchActions) => reader.skip(),
        // Many clients send all defaults of a batch, empty if there is none.
        ("subject" | "action" | "resource", Shape::Evaluations) if reader.empty_object() => Ok(()),
        _ => part(reader, &name, &mut body.parts),
    })?;
    reader.end()?;
    Ok(body)
}

fn part<'a>(reader: &mut Reader<'a>, name: &str, parts: &mut Parts<'a>) -> Read<()> {
    let result = match name {
        "subject" => entity(reader, "{\"type\": \"user\", \"id\": …}").map(|read| parts.subject = Some(read)),
        "action" => doing(reader).map(|read| parts.action = Some(read)),
        "resource" => entity(reader, "{\"type\": …, \"id\": …}").map(|read| parts.resource = Some(read)),
        "context" => wishes(reader).map(|read| parts.wishes = read),
        _ => return reader.skip(),
    };
    result.map_err(|wrong| wrong.within(name))
}

/// Parses the evaluations of a batch. An invalid one affects only itself; invalid JSON affects the whole batch.
fn items<'a>(reader: &mut Reader<'a>, items: &mut Vec<Read<Parts<'a>>>) -> Read<()> {
    if reader.null()? {
        return Ok(());
    }
    items.reserve((reader.left() / ITEM_BYTES).min(ITEMS_MAX));
    reader.array(|reader| {
        if items.len() == ITEMS_MAX {
            return Err(Wrong::member(
                "",
                format!("must have at most {ITEMS_MAX} evaluations; send them in several batches"),
            ));
        }
        let begun = reader.mark();
        let mut parts = Parts::default();
        match reader.object(|reader, name| part(reader, &name, &mut parts)) {
            Ok(()) => items.push(Ok(parts)),
            Err(wrong) if wrong.is_of_member() => {
                reader.back_to(begun);
                reader.skip()?;
                items.push(Err(wrong.within(&format!("evaluations[{}]", items.len()))));
            }
            Err(wrong) => return Err(wrong),
        }
        Ok(())
    })
}

fn entity<'a>(reader: &mut Reader<'a>, example: &str) -> Read<Entity<'a>> {
    let (mut kind, mut id, mut said) = (None, None, None);
    reader.object(|reader, name| {
        let result = match &*name {
            "type" => reader.string().map(|read| kind = Some(read)),
            "id" => optional(reader, Reader::string).map(|read| id = read),
            "properties" => properties(reader).map(|read| said = read),
            _ => return reader.skip(),
        };
        result.map_err(|wrong| wrong.within(&name))
    })?;
    match kind {
        Some(kind) => Ok(Entity { kind, id, properties: said }),
        None => Err(missing("type", example)),
    }
}

fn doing<'a>(reader: &mut Reader<'a>) -> Read<Doing<'a>> {
    let (mut called, mut said) = (None, None);
    reader.object(|reader, name| {
        let result = match &*name {
            "name" => reader.string().map(|read| called = Some(read)),
            "properties" => properties(reader).map(|read| said = read),
            _ => return reader.skip(),
        };
        result.map_err(|wrong| wrong.within(&name))
    })?;
    match called {
        Some(name) => Ok(Doing { name, properties: said }),
        None => Err(missing("name", "{\"name\": \"Users.View\"}")),
    }
}

fn properties(reader: &mut Reader<'_>) -> Read<Option<Box<Properties>>> {
    if reader.null()? {
        return Ok(None);
    }
    let mut said = Properties::default();
    let mut tags = Properties::default();
    reader.object(|reader, name| match (&*name, reader.kind()?) {
        ("tags", Kind::Object) => reader.object(|reader, name| value(reader, name, &mut tags)),
        ("hierarchyGroup", Kind::Null) => reader.skip(),
        ("hierarchyGroup", Kind::String) => {
            said.hierarchy_group = Some(HierarchyGroupId::parse(&reader.string()?).unwrap_or(NO_GROUP));
            Ok(())
        }
        ("hierarchyGroup", _) => {
            said.hierarchy_group = Some(NO_GROUP);
            reader.skip()
        }
        _ => value(reader, name, &mut said),
    })?;
    said.unmatched.retain(|name| !tags.tags.contains_key(name));
    for name in &tags.unmatched {
        said.tags.remove(name);
    }
    said.unmatched.append(&mut tags.unmatched);
    said.tags.append(&mut tags.tags);
    Ok(Some(Box::new(said)))
}

/// Parses one property: strings, numbers as they are written, booleans. `null` counts as absent.
fn value<'a>(reader: &mut Reader<'a>, name: Text<'a>, said: &mut Properties) -> Read<()> {
    let value = match reader.kind()? {
        Kind::String => reader.string()?.into_owned(),
        Kind::Number => reader.number()?.to_owned(),
        Kind::Bool => reader.boolean()?.to_string(),
        Kind::Null => return reader.skip(),
        Kind::Object | Kind::Array => {
            said.unmatched.push(name.into_owned());
            return reader.skip();
        }
    };
    said.tags.insert(name.into_owned(), value);
    Ok(())
}

/// Parses a context, in which only `floorkey` has a meaning.
fn wishes(reader: &mut Reader<'_>) -> Read<Option<Wishes>> {
    if reader.null()? {
        return Ok(None);
    }
    let mut wishes = Wishes::default();
    reader.object(|reader, name| {
        if name != "floorkey" {
            return reader.skip();
        }
        if reader.null()? {
            return Ok(());
        }
        wishes.details = Some(true);
        let result = reader.object(|reader, name| {
            let result = match &*name {
                "details" => optional(reader, Reader::boolean).map(|read| wishes.details = Some(read.unwrap_or(true))),
                "explain" => optional(reader, Reader::boolean).map(|read| wishes.explain = read.unwrap_or_default()),
                "at_least_revision" => {
                    optional(reader, Reader::natural).map(|read| wishes.at_least = read.unwrap_or_default())
                }
                _ => return reader.skip(),
            };
            result.map_err(|wrong| wrong.within(&name))
        });
        result.map_err(|wrong| wrong.within(&name))
    })?;
    Ok(Some(wishes))
}

fn options(reader: &mut Reader<'_>) -> Read<Option<Semantic>> {
    if reader.null()? {
        return Ok(None);
    }
    let mut semantic = None;
    reader.object(|reader, name| {
        if name != "evaluations_semantic" {
            return reader.skip();
        }
        let word = optional(reader, Reader::string).map_err(|wrong| wrong.within(&name))?;
        semantic = match word.as_deref() {
            None => None,
            Some("execute_all") => Some(Semantic::ExecuteAll),
            Some("deny_on_first_deny") => Some(Semantic::DenyOnFirstDeny),
            Some("permit_on_first_permit") => Some(Semantic::PermitOnFirstPermit),
            Some(_) => {
                let problem = "must be `execute_all`, `deny_on_first_deny` or `permit_on_first_permit`";
                return Err(Wrong::member(&name, problem));
            }
        };
        Ok(())
    })?;
    Ok(semantic)
}

fn page<'a>(reader: &mut Reader<'a>) -> Read<Option<Page<'a>>> {
    if reader.null()? {
        return Ok(None);
    }
    let mut page = Page::default();
    reader.object(|reader, name| {
        let result = match &*name {
            "token" => optional(reader, Reader::string).map(|read| page.token = read),
            "limit" => optional(reader, Reader::natural).map(|read| page.limit = read),
            _ => return reader.skip(),
        };
        result.map_err(|wrong| wrong.within(&name))
    })?;
    Ok(Some(page))
}

#[inline]
fn optional<'a, T>(reader: &mut Reader<'a>, read: impl FnOnce(&mut Reader<'a>) -> Read<T>) -> Read<Option<T>> {
    if reader.null()? { Ok(None) } else { read(reader).map(Some) }
}

/// The error for a missing member.
pub(super) fn missing(path: &str, example: &str) -> Wrong {
    Wrong::member(path, format!("is missing. Example: {example}"))
}
