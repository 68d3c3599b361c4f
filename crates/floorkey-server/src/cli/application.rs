//! `floorkey application`: manages registered applications and their resources.

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::client::ClientError;
use super::connection::{InstanceClient, InstanceConnection, text};
use super::input_error::ContentError;
use super::input_file;
use super::output::{Style, wrapped};
use super::table::table;
use super::{CliError, InputError, OutputFlags};

/// The maximum width of printed text, in columns.
const WIDTH: usize = 100;

/// The maximum number and the maximum total size, in bytes, of the resources in one API call. The size is well below
/// the server's limit for the body of a request.
const RESOURCES_PER_CALL: usize = 10_000;
const BYTES_PER_CALL: usize = 1_500_000;

/// Registers applications. Profiles can grant a registered application's permissions, and applications can request
/// decisions about these permissions.
#[derive(Args)]
pub(super) struct Application {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Register an application, or replace its registration, and register the resources in the file
    Register {
        #[command(flatten)]
        file: FileArgument,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
    /// List the registered applications
    List {
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
    /// Show an application and its permissions
    Show {
        /// The namespace of the application
        #[arg(value_name = "NAMESPACE")]
        namespace: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
    /// Unregister an application and delete its registered resources
    Unregister {
        /// The namespace of the application
        #[arg(value_name = "NAMESPACE")]
        namespace: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
    /// Register or update resources of an application; other resources remain
    PutResources {
        #[command(flatten)]
        file: FileArgument,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
    /// List the registered resources of an application
    Resources {
        /// The namespace of the application
        #[arg(value_name = "NAMESPACE")]
        namespace: String,
        #[command(flatten)]
        connection: InstanceConnection,
        #[command(flatten)]
        output_flags: OutputFlags,
    },
}

#[derive(Args)]
struct FileArgument {
    /// A TOML or JSON file, or - for standard input. Members: namespace, name, description, permissions (each with
    /// name, description, requires) and resources (each with id, attributes, hierarchy_group_id)
    #[arg(value_name = "FILE")]
    path: String,
}

/// The content of an input file.
struct FileContent {
    namespace: String,
    resources: Vec<Value>,
    /// All top-level keys of the file except `resources`.
    rest: Map<String, Value>,
}

impl Application {
    pub(super) fn run(self) -> Result<(), CliError> {
        match self.command {
            Command::Register { file, connection, output_flags } => register(&file, &connection, output_flags),
            Command::List { connection, output_flags } => list(&connection, output_flags),
            Command::Show { namespace, connection, output_flags } => {
                let answer = connection.client()?.call("GET", &["applications", &namespace], None)?;
                output_flags.output().print(&answer, |style| format_application(style, &answer))
            }
            Command::Unregister { namespace, connection, output_flags } => {
                let answer = connection.client()?.call("DELETE", &["applications", &namespace], None)?;
                output_flags.output().print(&answer, |_| format!("{namespace} is unregistered."))
            }
            Command::PutResources { file, connection, output_flags } => put_resources(&file, &connection, output_flags),
            Command::Resources { namespace, connection, output_flags } => {
                resources(&namespace, &connection, output_flags)
            }
        }
    }
}

impl FileArgument {
    fn load(&self) -> Result<FileContent, CliError> {
        let mut rest = input_file::load(&self.path)?;
        let Some(Value::String(namespace)) = rest.remove("Namespace") else {
            return Err(self.error(ContentError::NoNamespace));
        };
        let resources = match rest.remove("Resources") {
            None => Vec::new(),
            Some(Value::Array(resources)) => resources,
            Some(_) => return Err(self.error(ContentError::ResourcesNotList)),
        };
        Ok(FileContent { namespace, resources, rest })
    }

    fn error(&self, problem: ContentError) -> CliError {
        InputError::Content { file: self.path.clone(), problem }.into()
    }
}

fn register(file: &FileArgument, connection: &InstanceConnection, output_flags: OutputFlags) -> Result<(), CliError> {
    let FileContent { namespace, resources, rest } = file.load()?;
    let permissions = rest.get("Permissions").and_then(Value::as_array).map_or(0, Vec::len);
    let client = connection.client()?;
    let mut answer = client.call("PUT", &["applications", &namespace], Some(&Value::Object(rest)))?;
    if let Some(last) = put_in_batches(&client, &namespace, &resources)? {
        answer = last;
    }
    output_flags.output().print(&answer, |_| {
        let resources_note = match resources.len() {
            0 => String::new(),
            1 => ", and 1 resource is registered".to_owned(),
            count => format!(", and {count} resources are registered"),
        };
        let noun = if permissions == 1 { "permission" } else { "permissions" };
        format!("{namespace} is registered with {permissions} {noun}{resources_note}.")
    })
}

fn put_resources(
    file: &FileArgument,
    connection: &InstanceConnection,
    output_flags: OutputFlags,
) -> Result<(), CliError> {
    let FileContent { namespace, resources, .. } = file.load()?;
    let answer = put_in_batches(&connection.client()?, &namespace, &resources)?;
    let answer = answer.ok_or_else(|| file.error(ContentError::NoResources))?;
    output_flags.output().print(&answer, |_| format!("{} resources of {namespace} are registered.", resources.len()))
}

/// Registers resources with as many API calls as necessary. Returns the response to the last call.
fn put_in_batches(client: &InstanceClient, namespace: &str, resources: &[Value]) -> Result<Option<Value>, ClientError> {
    let mut last = None;
    let mut remaining = resources;
    while !remaining.is_empty() {
        let mut bytes = 0;
        let fitting = remaining.iter().take(RESOURCES_PER_CALL).take_while(|resource| {
            bytes += resource.to_string().len();
            bytes <= BYTES_PER_CALL
        });
        let (batch, rest) = remaining.split_at(fitting.count().max(1));
        let body = json!({ "Resources": batch });
        last = Some(client.call("PUT", &["applications", namespace, "resources"], Some(&body))?);
        remaining = rest;
    }
    Ok(last)
}

fn list(connection: &InstanceConnection, output_flags: OutputFlags) -> Result<(), CliError> {
    let answer = connection.client()?.call("GET", &["applications"], None)?;
    let applications = answer.get("Applications").and_then(Value::as_array).cloned().unwrap_or_default();
    output_flags.output().print(&answer, |style| {
        if applications.is_empty() {
            return "No applications are registered.".to_owned();
        }
        let row = |application: &Value| {
            let count = |member: &str| application.get(member).and_then(Value::as_u64).unwrap_or_default().to_string();
            let words = |member: &str| text(application, member).to_owned();
            [words("Namespace"), count("Permissions"), count("Resources"), words("Name")]
        };
        let rows: Vec<_> = applications.iter().map(row).collect();
        table(style, ["NAMESPACE", "PERMISSIONS", "RESOURCES", "NAME"], &rows)
    })
}

fn format_application(style: &Style, application: &Value) -> String {
    let mut out = format!("{}  {}", style.strong(text(application, "Namespace")), text(application, "Name"));
    if !text(application, "Description").is_empty() {
        out = format!("{out}\n{}", wrapped(text(application, "Description"), "  ", WIDTH));
    }
    for permission in application.get("Permissions").and_then(Value::as_array).into_iter().flatten() {
        out = format!("{out}\n\n  {}", style.strong(text(permission, "Name")));
        if !text(permission, "Description").is_empty() {
            out = format!("{out}\n{}", wrapped(text(permission, "Description"), "    ", WIDTH));
        }
        let brings = permission.get("Brings").and_then(Value::as_array).into_iter().flatten();
        let brings: Vec<&str> = brings.filter_map(Value::as_str).collect();
        if !brings.is_empty() {
            out = format!("{out}\n{}", wrapped(&format!("requires: {}", brings.join(", ")), "    ", WIDTH));
        }
    }
    out
}

fn resources(namespace: &str, connection: &InstanceConnection, output_flags: OutputFlags) -> Result<(), CliError> {
    let resources = connection.client()?.management_rows(&["applications", namespace, "resources"], "Resources")?;
    output_flags.output().print(&json!({ "Resources": resources }), |style| {
        if resources.is_empty() {
            return format!("No resources of {namespace} are registered.");
        }
        let row = |resource: &Value| {
            let attributes = resource.get("Attributes").and_then(Value::as_object).into_iter().flatten();
            let pairs = attributes.map(|(name, value)| format!("{name} = {}", value.as_str().unwrap_or_default()));
            let group = text(resource, "HierarchyGroupId").to_owned();
            [text(resource, "Id").to_owned(), group, pairs.collect::<Vec<_>>().join(", ")]
        };
        let rows: Vec<_> = resources.iter().map(row).collect();
        table(style, ["RESOURCE", "HIERARCHY GROUP", "ATTRIBUTES"], &rows)
    })
}
