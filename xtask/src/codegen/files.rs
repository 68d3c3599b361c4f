//! Which items stand in which file.

use std::collections::{BTreeMap, BTreeSet};

use super::emit::{self, Direction};
use super::model::{Kind, Model, Operation};
use super::names::{noun, screaming};
use super::shapes::demand;

const HEADER: &str = "// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.\n";

/// The path below `generated` and the unformatted text of each file.
pub(super) fn all(model: &Model) -> Result<BTreeMap<String, String>, String> {
    let mut files = BTreeMap::new();
    files.insert("operation.rs".to_owned(), operations(model));
    files.insert("route.rs".to_owned(), routes(model));
    files.insert("error.rs".to_owned(), errors(model));
    files.insert("unserved.rs".to_owned(), unserved(model));
    files.insert("enumeration.rs".to_owned(), enumerations(model)?);
    add_folder(&mut files, "input", "What the operations take.", inputs(model)?);
    add_folder(&mut files, "output", "What the operations answer.", outputs(model)?);
    add_folder(&mut files, "structure", "The structures inside.", structures(model)?);
    add_folder(&mut files, "demand", "What the model demands of input.", demands(model)?);
    let modules = ["demand", "enumeration", "error", "input", "operation", "output", "route", "structure", "unserved"];
    let list: String = modules.iter().map(|module| format!("pub(crate) mod {module};\n")).collect();
    let doc = "//! The model of Amazon Connect, as far as Floorkey serves it: made by `cargo xtask codegen`.\n\n";
    files.insert("mod.rs".to_owned(), format!("{doc}{list}"));
    Ok(files)
}

/// A folder of modules, whose `mod.rs` passes on what they hold.
fn add_folder(files: &mut BTreeMap<String, String>, folder: &str, doc: &str, texts: BTreeMap<String, String>) {
    let mut list = format!("{HEADER}\n//! {doc}\n\n");
    let visibility = if folder == "demand" { "pub(crate)" } else { "pub" };
    for module in texts.keys() {
        list.push_str(&format!("mod {module};\n"));
    }
    list.push('\n');
    for module in texts.keys() {
        list.push_str(&format!("{visibility} use {module}::*;\n"));
    }
    files.insert(format!("{folder}/mod.rs"), list);
    files.extend(texts.into_iter().map(|(module, text)| (format!("{folder}/{module}.rs"), text)));
}

fn operations(model: &Model) -> String {
    let served = model.served();
    let mut text = format!(
        "{HEADER}\n//! The operations that are served.\n\n/// An operation of Amazon Connect that Floorkey \
         serves.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\npub enum Operation {{\n"
    );
    for operation in &served {
        text.push_str(&format!("/// `{} {}`\n{},\n", operation.method, operation.uri, operation.name));
    }
    text.push_str("}\n\nimpl Operation {\n    /// All of them, in the order of their names.\n");
    let list: String = served.iter().map(|operation| format!("Self::{},\n", operation.name)).collect();
    text.push_str(&format!("    pub const ALL: [Self; {}] = [{list}];\n\n", served.len()));
    let arms: String = served.iter().map(|operation| format!("Self::{0} => {0:?},\n", operation.name)).collect();
    text.push_str(&format!(
        "/// The name, such as `ListUsers`.\n#[must_use]\npub fn name(self) -> &'static str {{ match self {{ {arms} }} \
         }}\n}}\n"
    ));
    text
}

fn routes(model: &Model) -> String {
    let served = model.served();
    let arms = |of: fn(&Operation) -> String| {
        served.iter().map(|operation| format!("Self::{} => {},\n", operation.name, of(operation))).collect::<String>()
    };
    let mut methods: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for operation in &served {
        methods.entry(&operation.method).or_default().push(format!("Self::{}", operation.name));
    }
    let methods: String =
        methods.iter().map(|(method, names)| format!("{} => {method:?},\n", names.join(" | "))).collect();
    let uris = arms(|operation| format!("{:?}", operation.uri));
    format!(
        "{HEADER}\n//! Method and path of each served operation.\n\nuse super::operation::Operation;\n\nimpl Operation \
         {{\n/// The HTTP method.\n#[must_use]\npub fn method(self) -> &'static str {{ match self {{ {methods} }} \
         }}\n\n/// The path, with labels in braces: `/users/{{InstanceId}}`.\n#[must_use]\npub fn uri(self) -> &'static \
         str {{ match self {{ {uris} }} }}\n}}\n"
    )
}

fn errors(model: &Model) -> String {
    let mut sets: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    let mut members = String::new();
    for operation in model.served() {
        let mut kinds: Vec<String> =
            operation.errors.iter().map(|error| error.code.trim_end_matches("Exception").to_owned()).collect();
        kinds.sort_unstable();
        sets.entry(kinds).or_default().push(format!("Self::{}", operation.name));
        let table = screaming(&operation.name);
        members.push_str(&format!("Self::{} => input::{table},\n", operation.name));
    }
    let mut arms = String::new();
    for (kinds, operations) in &sets {
        let kinds: String = kinds.iter().map(|kind| format!("ExceptionKind::{kind},")).collect();
        arms.push_str(&format!("{} => &[{kinds}],\n", operations.join(" | ")));
    }
    format!(
        "{HEADER}\n//! What each served operation declares.\n\nuse super::input;\nuse super::operation::Operation;\nuse \
         crate::exception::ExceptionKind;\nuse crate::input::InputMember;\n\nimpl Operation {{\n/// The exceptions that \
         the model declares for it; the common ones come on top.\n#[must_use]\npub fn errors(self) -> &'static \
         [ExceptionKind] {{ match self {{ {arms} }} }}\n\npub(crate) fn members(self) -> &'static [InputMember] {{ \
         match self {{ {members} }} }}\n}}\n"
    )
}

fn unserved(model: &Model) -> String {
    let unserved = model.unserved();
    let rows: String = unserved
        .iter()
        .map(|operation| format!("({:?}, {:?}, {:?}),\n", operation.name, operation.method, operation.uri))
        .collect();
    format!(
        "{HEADER}\n//! Operations of Amazon Connect that are known and not served.\n\n/// Name, method and \
         path.\npub(crate) const UNSERVED: [(&str, &str, &str); {}] = [{rows}];\n",
        unserved.len()
    )
}

fn enumerations(model: &Model) -> Result<String, String> {
    let names: BTreeSet<String> = model.taken()?.union(&model.answered()?).cloned().collect();
    let mut text = format!("{HEADER}\n//! The enumerations.\n\nuse crate::wire_enum::wire_enum;\n\n");
    for name in names {
        if model.shape(&name)?.is_enumeration() {
            text.push_str(&emit::enumeration(model, &name)?);
        }
    }
    Ok(text)
}

fn inputs(model: &Model) -> Result<BTreeMap<String, String>, String> {
    let mut bodies: BTreeMap<String, String> = BTreeMap::new();
    for operation in model.served() {
        let body = bodies.entry(noun(&operation.name, &operation.group).to_owned()).or_default();
        body.push_str(&emit::input(model, operation)?);
    }
    let fixed = [
        "crate::generated::demand::*",
        "crate::input::Input",
        "crate::input::InputMember",
        "crate::operation::Operation",
    ];
    finish(model, bodies, "Input", &fixed)
}

fn outputs(model: &Model) -> Result<BTreeMap<String, String>, String> {
    let mut bodies: BTreeMap<String, String> = BTreeMap::new();
    for operation in model.served() {
        if let Some(text) = emit::output(model, operation)? {
            bodies.entry(noun(&operation.name, &operation.group).to_owned()).or_default().push_str(&text);
        }
    }
    finish(model, bodies, "Output", &[])
}

fn structures(model: &Model) -> Result<BTreeMap<String, String>, String> {
    let (taken, answered) = (model.taken()?, model.answered()?);
    let mut bodies: BTreeMap<String, String> = BTreeMap::new();
    for name in taken.union(&answered) {
        if model.shape(name)?.kind != Kind::Structure {
            continue;
        }
        let (file, direction) = match (taken.contains(name), answered.contains(name)) {
            (true, true) => ("exchanged".to_owned(), Direction::Both),
            (true, false) => ("taken".to_owned(), Direction::In),
            _ => (model.first_group(name)?, Direction::Out),
        };
        bodies.entry(file).or_default().push_str(&emit::structure(model, name, direction)?);
    }
    finish(model, bodies, "Structure", &[])
}

/// Puts the header and the imports that the text needs before each body.
fn finish(
    model: &Model,
    bodies: BTreeMap<String, String>,
    what: &str,
    fixed: &[&str],
) -> Result<BTreeMap<String, String>, String> {
    let mut types: BTreeSet<String> = BTreeSet::new();
    for name in model.taken()?.union(&model.answered()?) {
        let shape = model.shape(name)?;
        if shape.kind == Kind::Structure || shape.is_enumeration() {
            types.insert(name.clone());
        }
    }
    types.extend(model.served().into_iter().map(|operation| format!("{}Output", operation.name)));
    let finished = bodies.into_iter().map(|(file, body)| {
        let title = file.replace('_', " ");
        let text = format!("{HEADER}\n//! {what}: {title}.\n\n{}\n{body}", imports(&body, &types, fixed));
        (file, text)
    });
    Ok(finished.collect())
}

fn imports(body: &str, types: &BTreeSet<String>, fixed: &[&str]) -> String {
    let words: BTreeSet<&str> = body.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut folders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let known = [
        "crate::EpochSeconds",
        "crate::Secret",
        "crate::Sensitive",
        "crate::input::Empty",
        "serde::Deserialize",
        "serde::Serialize",
        "std::collections::BTreeMap",
    ];
    let used = known.into_iter().filter(|path| path.rsplit("::").next().is_some_and(|name| words.contains(name)));
    for (folder, name) in used.chain(fixed.iter().copied()).filter_map(|path| path.rsplit_once("::")) {
        folders.entry(folder).or_default().insert(name);
    }
    for name in types.iter().filter(|name| is_used(body, name) && !body.contains(&format!("pub struct {name} {{"))) {
        folders.entry("crate::model").or_default().insert(name);
    }
    // The standard library, then other crates, then this one, as everywhere in the project.
    let rank = |folder: &str| if folder.starts_with("std") { 0 } else { 1 + u8::from(folder.starts_with("crate")) };
    let mut text = String::new();
    for wanted in 0..3 {
        let mut group = String::new();
        for (folder, names) in folders.iter().filter(|(folder, _)| rank(folder) == wanted) {
            let names: Vec<&str> = names.iter().copied().collect();
            group.push_str(&match names.as_slice() {
                [name] => format!("use {folder}::{name};\n"),
                names => format!("use {folder}::{{{}}};\n", names.join(", ")),
            });
        }
        if !group.is_empty() {
            text.push_str(&format!("{group}\n"));
        }
    }
    text
}

/// Whether a type stands in the text as the type of something.
fn is_used(body: &str, name: &str) -> bool {
    [format!("<{name}>"), format!(": {name},"), format!("= {name};"), format!(", {name}>")]
        .iter()
        .any(|use_of| body.contains(use_of))
}

fn demands(model: &Model) -> Result<BTreeMap<String, String>, String> {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for name in model.taken()? {
        let shape = model.shape(&name)?;
        let file = match shape.kind {
            Kind::String if shape.is_enumeration() => "enumerated",
            Kind::String => "text",
            Kind::List | Kind::Map => "collection",
            Kind::Structure => "structure",
            _ => "number",
        };
        let text = format!("pub(crate) static {}: Shape = {};\n", screaming(&name), demand(&name, shape)?);
        texts.entry(file.to_owned()).or_default().push_str(&text);
    }
    let id_or_arn = "/// An instance's id or its ARN: no bound, whether there is such an instance shows at the lookup.\n\
                     pub(crate) static ID_OR_ARN: Shape = Shape::Text(Text::any());\n";
    texts.entry("text".to_owned()).or_default().push_str(id_or_arn);
    let finished = texts.into_iter().map(|(file, text)| {
        let uses = match file.as_str() {
            "collection" => "use super::*;\nuse crate::shape::Shape;\n",
            "enumerated" => "use crate::model::*;\nuse crate::shape::{Shape, Text};\n",
            "number" => "use crate::shape::Shape;\n",
            "structure" => "use super::*;\nuse crate::shape::{Member, Shape};\n",
            _ => "use crate::pattern::Pattern;\nuse crate::shape::{Shape, Text};\n",
        };
        let doc = format!("//! Demands: {file}.");
        (file, format!("{HEADER}\n{doc}\n\n{uses}\n{text}"))
    });
    Ok(finished.collect())
}
