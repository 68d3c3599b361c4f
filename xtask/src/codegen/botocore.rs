//! Reads the service model of Amazon Connect from botocore, which the tests install with the AWS CLI.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::groups::GROUPS;
use super::model::{Error, Kind, Location, Member, Model, Operation, Shape, StructureMember};
use crate::program::{program, quiet};

/// A Python program that prints the model. Python reads it, because the file is compressed.
const PRINT: &str = "import botocore, gzip, pathlib
folder = pathlib.Path(botocore.__file__).parent / 'data/connect/2017-08-08'
print(gzip.open(folder / 'service-2.json.gz', 'rt', encoding='utf-8').read())";

/// The content of the model file.
#[derive(Deserialize)]
struct File {
    operations: BTreeMap<String, FileOperation>,
    shapes: BTreeMap<String, FileShape>,
}

#[derive(Deserialize)]
struct FileOperation {
    http: Http,
    input: Option<Reference>,
    output: Option<Reference>,
    #[serde(default)]
    errors: Vec<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Http {
    method: String,
    request_uri: String,
}

#[derive(Deserialize)]
struct Reference {
    shape: String,
}

#[derive(Deserialize)]
struct FileShape {
    #[serde(rename = "type")]
    kind: String,
    min: Option<f64>,
    max: Option<f64>,
    pattern: Option<String>,
    #[serde(rename = "enum", default)]
    values: Vec<String>,
    #[serde(default)]
    sensitive: bool,
    member: Option<Reference>,
    key: Option<Reference>,
    value: Option<Reference>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    members: FileMembers,
    error: Option<FileError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileMember {
    shape: String,
    location: Option<Location>,
    location_name: Option<String>,
}

#[derive(Deserialize)]
struct FileError {
    code: Option<String>,
}

/// The members of a structure, in the order of the file.
#[derive(Default)]
struct FileMembers(Vec<(String, FileMember)>);

impl<'de> Deserialize<'de> for FileMembers {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> serde::de::Visitor<'de> for Entries {
            type Value = FileMembers;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the members of a structure")
            }

            fn visit_map<M: serde::de::MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(FileMembers(members))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// Returns the part of the model that the generator uses.
///
/// # Errors
/// Returns an error if botocore can't be read, or if its model lacks something.
pub(super) fn read(programs: &Path) -> Result<Model, String> {
    let text = quiet(program(programs.join("python"), ["-c", PRINT]))?;
    let file: File = serde_json::from_str(&text).map_err(|error| format!("the model can't be read: {error}"))?;
    let mut operations = Vec::new();
    for (group, names) in GROUPS {
        for name in names {
            let operation = file.operations.get(*name).ok_or_else(|| format!("the model has no operation {name}"))?;
            operations.push(file.operation(name, group, operation)?);
        }
    }
    let shapes = file.shapes.iter().filter_map(|(name, shape)| Some((name.clone(), shape.to_shape()?)));
    Ok(Model::new(operations, shapes.collect()))
}

impl File {
    fn operation(&self, name: &str, group: &str, operation: &FileOperation) -> Result<Operation, String> {
        let code = |reference: &Reference| {
            let error = self.shape(&reference.shape)?.error.as_ref();
            let code = error.and_then(|error| error.code.clone()).unwrap_or_else(|| reference.shape.clone());
            Ok(Error { code })
        };
        Ok(Operation {
            name: name.to_owned(),
            group: group.to_owned(),
            method: operation.http.method.clone(),
            uri: operation.http.request_uri.clone(),
            input: operation.input.as_ref().map(|input| self.members(&input.shape)).transpose()?.unwrap_or_default(),
            output: operation.output.as_ref().map(|output| self.members(&output.shape)).transpose()?,
            errors: operation.errors.iter().map(code).collect::<Result<_, String>>()?,
        })
    }

    fn shape(&self, name: &str) -> Result<&FileShape, String> {
        self.shapes.get(name).ok_or_else(|| format!("the model has no shape {name}"))
    }

    fn members(&self, name: &str) -> Result<Vec<Member>, String> {
        let shape = self.shape(name)?;
        let member = |(name, member): &(String, FileMember)| Member {
            name: name.clone(),
            location: member.location.unwrap_or(Location::Body),
            wire_name: member.location_name.clone().unwrap_or_else(|| name.clone()),
            shape: member.shape.clone(),
            required: shape.required.contains(name),
        };
        Ok(shape.members.0.iter().map(member).collect())
    }
}

impl FileShape {
    /// Returns `None` for kinds that no operation of the groups uses.
    fn to_shape(&self) -> Option<Shape> {
        let shape = |reference: &Option<Reference>| reference.as_ref().map(|reference| reference.shape.clone());
        let member =
            |(name, member): &(String, FileMember)| (name.clone(), StructureMember { shape: member.shape.clone() });
        Some(Shape {
            kind: Kind::parse(&self.kind)?,
            min: self.min,
            max: self.max,
            pattern: self.pattern.clone(),
            values: self.values.clone(),
            sensitive: self.sensitive,
            member: shape(&self.member),
            key: shape(&self.key),
            value: shape(&self.value),
            required: self.required.clone(),
            members: self.members.0.iter().map(member).collect(),
        })
    }
}
