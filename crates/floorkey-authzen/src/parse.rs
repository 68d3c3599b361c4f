//! A strict parser for the five AuthZEN requests. Members must have the types that the standard specifies. Unknown
//! members are ignored. `null` is equivalent to an absent member, but only if the member is optional.
//!
//! The same parser reads all five requests. It returns a [`Body`] without checking whether required parts are missing.
//! Which parts are required depends on the endpoint, and a batch can specify a part in an item or as a default.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use floorkey::tags::Tags;
use floorkey::{HierarchyGroupId, Revision};

use super::json::{ParseError, Reader, ValueKind};

/// Maximum number of evaluations in a batch.
pub(super) const ITEMS_MAX: usize = 1_000;

/// Approximate size of a complete evaluation, in bytes.
const ITEM_BYTES: usize = 120;

/// An ID that no hierarchy group has.
const NO_GROUP: HierarchyGroupId = HierarchyGroupId::from_bits(0);

type ParseResult<T> = Result<T, ParseError>;
type Text<'a> = Cow<'a, str>;

/// A parsed request.
#[derive(Debug, Default)]
pub(super) struct Body<'a> {
    /// The parts at the top level. For a batch, they are defaults; otherwise, they are the evaluation itself.
    pub(super) parts: EvaluationParts<'a>,
    /// The evaluations of a batch. Each item contains the parts of an evaluation, or an error if the evaluation is
    /// invalid.
    pub(super) items: Vec<ParseResult<EvaluationParts<'a>>>,
    /// The condition that ends a batch.
    pub(super) semantics: BatchSemantics,
    /// The requested page of a search.
    pub(super) page: Option<PageRequest<'a>>,
}

/// The parts of an evaluation. Absent parts are `None`.
#[derive(Debug, Default)]
pub(super) struct EvaluationParts<'a> {
    pub(super) subject: Option<EntityRef<'a>>,
    pub(super) action: Option<ActionRef<'a>>,
    pub(super) resource: Option<EntityRef<'a>>,
    pub(super) options: Option<Options>,
}

/// A subject or resource.
#[derive(Debug)]
pub(super) struct EntityRef<'a> {
    pub(super) kind: Text<'a>,
    pub(super) id: Option<Text<'a>>,
    pub(super) properties: Option<Box<Properties>>,
}

/// An action.
#[derive(Debug, Default)]
pub(super) struct ActionRef<'a> {
    pub(super) name: Text<'a>,
    pub(super) properties: Option<Box<Properties>>,
}

/// The supplied properties of a subject, action or resource.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Properties {
    /// The tags, and all other properties whose values are strings, numbers or booleans. A tag overrides another
    /// property of the same name.
    pub(super) tags: Tags,
    /// The names of properties whose value is an object or an array. Objects and arrays never match a condition.
    pub(super) unmatched: Vec<String>,
    /// The hierarchy group, if the properties contain one; [`NO_GROUP`] if the group's ID is invalid.
    pub(super) hierarchy_group: Option<HierarchyGroupId>,
}

/// The options in `context.floorkey`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// Whether to explain the decision.
    pub(super) explain: bool,
    /// The minimum revision that the decision must be based on.
    pub(super) at_least: u64,
    /// Whether the response contains members that the standard does not require: the `context` of decisions and the
    /// `properties` of search results. `None` if the request has no `context.floorkey`.
    pub(super) details: Option<bool>,
}

impl Options {
    /// Whether the response contains details. `default` applies if the request has no `context.floorkey`.
    pub(super) fn details_or(self, default: bool) -> bool {
        self.explain || self.details.unwrap_or(default)
    }
}

/// The condition that ends a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum BatchSemantics {
    /// The batch ends after all evaluations.
    #[default]
    ExecuteAll,
    /// The batch ends at the first denied evaluation.
    DenyOnFirstDeny,
    /// The batch ends at the first permitted evaluation.
    PermitOnFirstPermit,
}

/// The requested page of a search.
#[derive(Debug, Default)]
pub(super) struct PageRequest<'a> {
    pub(super) token: Option<Text<'a>>,
    pub(super) limit: Option<u64>,
}

impl Body<'_> {
    /// Returns the minimum revision that satisfies all evaluations in the request.
    pub(super) fn at_least(&self) -> Revision {
        let items = self.items.iter().flatten().filter_map(|parts| parts.options);
        let options = items.chain(self.parts.options);
        Revision(options.map(|options| options.at_least).max().unwrap_or_default())
    }
}

/// The shape of a request: which members the endpoint accepts in addition to subject, action, resource and context. All
/// other members are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One evaluation.
    Evaluation,
    /// A batch of evaluations.
    Evaluations,
    /// A search for subjects or resources.
    Search,
    /// A search for actions. Its request contains no action.
    SearchActions,
}

/// Parses a request.
///
/// # Errors
/// Returns an error if the text is not JSON, or if a member is invalid. The error message says which values are valid.
/// If an item of a batch is invalid, its error is stored in the item instead.
pub(super) fn body(text: &str, shape: Shape) -> ParseResult<Body<'_>> {
    let mut reader = Reader::new(text);
    let mut body = Body::default();
    reader.object(|reader, name| match (&*name, shape) {
        ("evaluations", Shape::Evaluations) => {
            parse_items(reader, &mut body.items).map_err(|error| error.within(&name))
        }
        ("options", Shape::Evaluations) => {
            body.semantics = parse_batch_semantics(reader).map_err(|error| error.within(&name))?.unwrap_or_default();
            Ok(())
        }
        ("page", Shape::Search | Shape::SearchActions) => {
            body.page = parse_page(reader).map_err(|error| error.within(&name))?;
            Ok(())
        }
        ("action", Shape::SearchActions) => reader.skip(),
        // Many clients always send all defaults of a batch. They send `{}` for each default that they don't use.
        ("subject" | "action" | "resource", Shape::Evaluations) if reader.skip_empty_object() => Ok(()),
        _ => parse_part(reader, &name, &mut body.parts),
    })?;
    reader.end()?;
    Ok(body)
}

fn parse_part<'a>(reader: &mut Reader<'a>, name: &str, parts: &mut EvaluationParts<'a>) -> ParseResult<()> {
    let result = match name {
        "subject" => parse_entity(reader, "{\"type\": \"user\", \"id\": …}").map(|parsed| parts.subject = Some(parsed)),
        "action" => parse_action(reader).map(|parsed| parts.action = Some(parsed)),
        "resource" => parse_entity(reader, "{\"type\": …, \"id\": …}").map(|parsed| parts.resource = Some(parsed)),
        "context" => parse_options(reader).map(|parsed| parts.options = parsed),
        _ => return reader.skip(),
    };
    result.map_err(|error| error.within(name))
}

/// Parses the evaluations of a batch. An invalid evaluation does not affect the other evaluations, but invalid JSON
/// makes the whole batch invalid.
fn parse_items<'a>(reader: &mut Reader<'a>, items: &mut Vec<ParseResult<EvaluationParts<'a>>>) -> ParseResult<()> {
    if reader.skip_null()? {
        return Ok(());
    }
    items.reserve((reader.remaining() / ITEM_BYTES).min(ITEMS_MAX));
    reader.array(|reader| {
        if items.len() == ITEMS_MAX {
            return Err(ParseError::member(
                "",
                format!("must have at most {ITEMS_MAX} evaluations; send them in several batches"),
            ));
        }
        let start = reader.position();
        let mut parts = EvaluationParts::default();
        match reader.object(|reader, name| parse_part(reader, &name, &mut parts)) {
            Ok(()) => items.push(Ok(parts)),
            Err(error) if error.is_member_error() => {
                reader.seek(start);
                reader.skip()?;
                items.push(Err(error.within(&format!("evaluations[{}]", items.len()))));
            }
            Err(error) => return Err(error),
        }
        Ok(())
    })
}

fn parse_entity<'a>(reader: &mut Reader<'a>, example: &str) -> ParseResult<EntityRef<'a>> {
    let (mut kind, mut id, mut supplied) = (None, None, None);
    reader.object(|reader, name| {
        let result = match &*name {
            "type" => reader.string().map(|parsed| kind = Some(parsed)),
            "id" => optional(reader, Reader::string).map(|parsed| id = parsed),
            "properties" => parse_properties(reader).map(|parsed| supplied = parsed),
            _ => return reader.skip(),
        };
        result.map_err(|error| error.within(&name))
    })?;
    match kind {
        Some(kind) => Ok(EntityRef { kind, id, properties: supplied }),
        None => Err(missing("type", example)),
    }
}

fn parse_action<'a>(reader: &mut Reader<'a>) -> ParseResult<ActionRef<'a>> {
    let (mut action_name, mut supplied) = (None, None);
    reader.object(|reader, name| {
        let result = match &*name {
            "name" => reader.string().map(|parsed| action_name = Some(parsed)),
            "properties" => parse_properties(reader).map(|parsed| supplied = parsed),
            _ => return reader.skip(),
        };
        result.map_err(|error| error.within(&name))
    })?;
    match action_name {
        Some(name) => Ok(ActionRef { name, properties: supplied }),
        None => Err(missing("name", "{\"name\": \"Users.View\"}")),
    }
}

fn parse_properties(reader: &mut Reader<'_>) -> ParseResult<Option<Box<Properties>>> {
    if reader.skip_null()? {
        return Ok(None);
    }
    let mut supplied = Properties::default();
    let mut tags = Properties::default();
    reader.object(|reader, name| match (&*name, reader.kind()?) {
        ("tags", ValueKind::Object) => reader.object(|reader, name| parse_property(reader, name, &mut tags)),
        ("hierarchyGroup", ValueKind::Null) => reader.skip(),
        ("hierarchyGroup", ValueKind::String) => {
            supplied.hierarchy_group = Some(HierarchyGroupId::parse(&reader.string()?).unwrap_or(NO_GROUP));
            Ok(())
        }
        ("hierarchyGroup", _) => {
            supplied.hierarchy_group = Some(NO_GROUP);
            reader.skip()
        }
        _ => parse_property(reader, name, &mut supplied),
    })?;
    supplied.unmatched.retain(|name| !tags.tags.contains_key(name));
    for name in &tags.unmatched {
        supplied.tags.remove(name);
    }
    supplied.unmatched.append(&mut tags.unmatched);
    supplied.tags.append(&mut tags.tags);
    Ok(Some(Box::new(supplied)))
}

/// Parses one property. The text of a number is not changed. `null` is treated as absent, and objects and arrays are
/// recorded as unmatched.
fn parse_property<'a>(reader: &mut Reader<'a>, name: Text<'a>, supplied: &mut Properties) -> ParseResult<()> {
    let value = match reader.kind()? {
        ValueKind::String => reader.string()?.into_owned(),
        ValueKind::Number => reader.number()?.to_owned(),
        ValueKind::Bool => reader.boolean()?.to_string(),
        ValueKind::Null => return reader.skip(),
        ValueKind::Object | ValueKind::Array => {
            supplied.unmatched.push(name.into_owned());
            return reader.skip();
        }
    };
    supplied.tags.insert(name.into_owned(), value);
    Ok(())
}

/// Parses the `context` of a request. All members except `floorkey` are ignored.
fn parse_options(reader: &mut Reader<'_>) -> ParseResult<Option<Options>> {
    if reader.skip_null()? {
        return Ok(None);
    }
    let mut options = Options::default();
    reader.object(|reader, name| {
        if name != "floorkey" {
            return reader.skip();
        }
        if reader.skip_null()? {
            return Ok(());
        }
        options.details = Some(true);
        let result = reader.object(|reader, name| {
            let result = match &*name {
                "details" => {
                    optional(reader, Reader::boolean).map(|parsed| options.details = Some(parsed.unwrap_or(true)))
                }
                "explain" => {
                    optional(reader, Reader::boolean).map(|parsed| options.explain = parsed.unwrap_or_default())
                }
                "at_least_revision" => {
                    optional(reader, Reader::natural).map(|parsed| options.at_least = parsed.unwrap_or_default())
                }
                _ => return reader.skip(),
            };
            result.map_err(|error| error.within(&name))
        });
        result.map_err(|error| error.within(&name))
    })?;
    Ok(Some(options))
}

fn parse_batch_semantics(reader: &mut Reader<'_>) -> ParseResult<Option<BatchSemantics>> {
    if reader.skip_null()? {
        return Ok(None);
    }
    let mut semantics = None;
    reader.object(|reader, name| {
        if name != "evaluations_semantic" {
            return reader.skip();
        }
        let word = optional(reader, Reader::string).map_err(|error| error.within(&name))?;
        semantics = match word.as_deref() {
            None => None,
            Some("execute_all") => Some(BatchSemantics::ExecuteAll),
            Some("deny_on_first_deny") => Some(BatchSemantics::DenyOnFirstDeny),
            Some("permit_on_first_permit") => Some(BatchSemantics::PermitOnFirstPermit),
            Some(_) => {
                let problem = "must be `execute_all`, `deny_on_first_deny` or `permit_on_first_permit`";
                return Err(ParseError::member(&name, problem));
            }
        };
        Ok(())
    })?;
    Ok(semantics)
}

fn parse_page<'a>(reader: &mut Reader<'a>) -> ParseResult<Option<PageRequest<'a>>> {
    if reader.skip_null()? {
        return Ok(None);
    }
    let mut page = PageRequest::default();
    reader.object(|reader, name| {
        let result = match &*name {
            "token" => optional(reader, Reader::string).map(|parsed| page.token = parsed),
            "limit" => optional(reader, Reader::natural).map(|parsed| page.limit = parsed),
            _ => return reader.skip(),
        };
        result.map_err(|error| error.within(&name))
    })?;
    Ok(Some(page))
}

#[inline]
fn optional<'a, T>(
    reader: &mut Reader<'a>,
    parse: impl FnOnce(&mut Reader<'a>) -> ParseResult<T>,
) -> ParseResult<Option<T>> {
    if reader.skip_null()? { Ok(None) } else { parse(reader).map(Some) }
}

/// Returns the error for a missing member.
pub(super) fn missing(path: &str, example: &str) -> ParseError {
    ParseError::member(path, format!("is missing. Example: {example}"))
}
