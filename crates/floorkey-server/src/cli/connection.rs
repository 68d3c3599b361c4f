//! Flags and environment variables that select the server, the credentials and the instance.

use clap::Args;
use serde_json::Value;
use zeroize::Zeroizing;

use super::client::{Client, ClientError};
use super::input_error::InstanceList;
use super::{CliError, InputError};

/// The default address of `floorkey serve`.
pub(super) const DEFAULT_ENDPOINT: &str = "http://127.0.0.1:8080";
const DEFAULT_REGION: &str = "us-east-1";

/// Flags that select the server.
#[derive(Args)]
pub(super) struct Connection {
    /// The server's URL [default: AWS_ENDPOINT_URL_CONNECT, then http://127.0.0.1:8080]
    #[arg(long, env = "FLOORKEY_ENDPOINT", value_name = "URL")]
    endpoint: Option<String>,
    /// The server's region [default: AWS_REGION, then AWS_DEFAULT_REGION, then us-east-1]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

/// Flags that select the server and the instance.
#[derive(Args)]
pub(super) struct InstanceConnection {
    #[command(flatten)]
    connection: Connection,
    /// The instance: ID, ARN or alias [default: the only instance]
    #[arg(long, value_name = "INSTANCE")]
    instance: Option<String>,
}

/// A client for the management API and the Amazon Connect API of one instance.
pub(super) struct InstanceClient {
    client: Client,
    instance: String,
}

impl Connection {
    /// Whether flags or FLOORKEY_ENDPOINT select a server.
    pub(super) const fn is_given(&self) -> bool {
        self.endpoint.is_some() || self.region.is_some()
    }

    /// Creates a client from the flags and the environment.
    ///
    /// # Errors
    /// Returns an error if credentials are missing, or if the URL is invalid.
    pub(super) fn client(&self) -> Result<Client, CliError> {
        let required = |name: &'static str| env_var(name).ok_or(InputError::NoAccessKey(name));
        let (id, secret) = (required("AWS_ACCESS_KEY_ID")?, required("AWS_SECRET_ACCESS_KEY")?);
        let endpoint = self.endpoint.clone().or_else(|| env_var("AWS_ENDPOINT_URL_CONNECT"));
        let region = self.region.clone().or_else(|| env_var("AWS_REGION")).or_else(|| env_var("AWS_DEFAULT_REGION"));
        let endpoint = endpoint.as_deref().unwrap_or(DEFAULT_ENDPOINT);
        let region = region.unwrap_or_else(|| DEFAULT_REGION.to_owned());
        Ok(Client::new(endpoint, region, id, Zeroizing::new(secret))?)
    }
}

impl InstanceConnection {
    /// Creates a client for the selected instance.
    ///
    /// # Errors
    /// Returns an error if [`Connection::client`] does, if the instance doesn't exist, or if no instance is specified
    /// and the server has several.
    pub(super) fn client(&self) -> Result<InstanceClient, CliError> {
        let client = self.connection.client()?;
        let instances = instances(&client)?;
        let instance = choose(&instances, self.instance.as_deref())?;
        Ok(InstanceClient { client, instance })
    }
}

impl InstanceClient {
    /// Calls the management API for the instance. `path` contains the segments of the URL path that follow the
    /// instance.
    ///
    /// # Errors
    /// Returns the errors of [`Client::call`].
    pub(super) fn call(&self, method: &str, path: &[&str], body: Option<&Value>) -> Result<Value, ClientError> {
        let path = [&["floorkey", "v1", "instances", &self.instance], path].concat();
        self.client.call(method, &path, &[], body)
    }

    /// Returns all rows of a paginated list in the Amazon Connect API. `path` is the segment of the URL path that
    /// precedes the instance. `member` is the key of the rows in the response.
    ///
    /// # Errors
    /// Returns the errors of [`Client::call`].
    pub(super) fn connect_rows(&self, path: &str, member: &str) -> Result<Vec<Value>, ClientError> {
        self.pages(&[path, &self.instance], member)
    }

    /// Returns all rows of a paginated list in the management API. `path` contains the segments of the URL path that
    /// follow the instance. `member` is the key of the rows in the response.
    ///
    /// # Errors
    /// Returns the errors of [`Client::call`].
    pub(super) fn management_rows(&self, path: &[&str], member: &str) -> Result<Vec<Value>, ClientError> {
        self.pages(&[&["floorkey", "v1", "instances", &self.instance], path].concat(), member)
    }

    fn pages(&self, path: &[&str], member: &str) -> Result<Vec<Value>, ClientError> {
        let (mut rows, mut token) = (Vec::new(), None::<String>);
        loop {
            let query: Vec<_> = token.iter().map(|token| ("nextToken", token.as_str())).collect();
            let answer = self.client.call("GET", path, &query, None)?;
            rows.extend(answer.get(member).and_then(Value::as_array).into_iter().flatten().cloned());
            token = answer.get("NextToken").and_then(Value::as_str).map(str::to_owned);
            if token.is_none() {
                return Ok(rows);
            }
        }
    }

    /// Returns the ID of the security profile that has this name or ID.
    ///
    /// # Errors
    /// Returns an error if there is no profile with this name, or if a call fails.
    pub(super) fn profile(&self, name_or_id: &str) -> Result<String, CliError> {
        if let Some(id) = floorkey::SecurityProfileId::parse(name_or_id) {
            return Ok(id.to_string());
        }
        let profiles = self.connect_rows("security-profiles-summary", "SecurityProfileSummaryList")?;
        let wanted = floorkey::text::folded(name_or_id);
        let profile = profiles.iter().find(|profile| floorkey::text::folded(text(profile, "Name")) == wanted);
        profile.map(|profile| text(profile, "Id").to_owned()).ok_or_else(|| {
            let available = profiles.iter().map(|profile| text(profile, "Name").to_owned()).collect();
            InputError::UnknownProfile { wanted: name_or_id.to_owned(), available }.into()
        })
    }

    /// Returns the ID of the user who has this login name or ID.
    ///
    /// # Errors
    /// Returns an error if there is no user with this login name, or if the call fails.
    pub(super) fn user(&self, login_or_id: &str) -> Result<String, CliError> {
        if let Some(id) = floorkey::UserId::parse(login_or_id) {
            return Ok(id.to_string());
        }
        let user = self.call("GET", &["logins", login_or_id], None)?;
        Ok(text(&user, "UserId").to_owned())
    }
}

/// An instance in the result of `ListInstances`.
struct InstanceSummary {
    id: String,
    arn: String,
    alias: String,
}

fn instances(client: &Client) -> Result<Vec<InstanceSummary>, ClientError> {
    let mut instances = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let query: Vec<(&str, &str)> = token.iter().map(|token| ("nextToken", token.as_str())).collect();
        let answer = client.call("GET", &["instance"], &query, None)?;
        let page = answer.get("InstanceSummaryList").and_then(Value::as_array).into_iter().flatten();
        instances.extend(page.map(|instance| InstanceSummary {
            id: text(instance, "Id").to_owned(),
            arn: text(instance, "Arn").to_owned(),
            alias: text(instance, "InstanceAlias").to_owned(),
        }));
        token = answer.get("NextToken").and_then(Value::as_str).map(str::to_owned);
        if token.is_none() {
            return Ok(instances);
        }
    }
}

fn choose(instances: &[InstanceSummary], wanted: Option<&str>) -> Result<String, InputError> {
    let list = || InstanceList::new(instances.iter().map(|instance| (instance.id.clone(), instance.alias.clone())));
    let matches = |instance: &&InstanceSummary, wanted: &str| {
        instance.id.eq_ignore_ascii_case(wanted)
            || instance.arn == wanted
            || (!instance.alias.is_empty() && instance.alias.eq_ignore_ascii_case(wanted))
    };
    match (wanted, instances) {
        (_, []) => Err(InputError::NoVisibleInstance),
        (None, [instance]) => Ok(instance.id.clone()),
        (None, _) => Err(InputError::SeveralInstances(list())),
        (Some(wanted), _) => match instances.iter().find(|instance| matches(instance, wanted)) {
            Some(summary) => Ok(summary.id.clone()),
            None => Err(InputError::UnknownInstance { wanted: wanted.to_owned(), available: list() }),
        },
    }
}

/// Returns the string with this key in a response. Returns an empty string if the key is missing.
pub(super) fn text<'a>(answer: &'a Value, member: &str) -> &'a str {
    answer.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the value of an environment variable; `None` if the variable is unset or empty.
pub(super) fn env_var(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_selected_by_id_arn_or_alias_and_the_only_one_by_default() {
        let summary =
            |id: &str, alias: &str| InstanceSummary { id: id.into(), arn: format!("arn:{id}"), alias: alias.into() };
        let (one, two) = ([summary("i-1", "Main")], [summary("i-1", "Main"), summary("i-2", "")]);
        assert_eq!(choose(&one, None).unwrap(), "i-1");
        for name in ["i-2", "I-2", "arn:i-2"] {
            assert_eq!(choose(&two, Some(name)).unwrap(), "i-2");
        }
        assert_eq!(choose(&two, Some("main")).unwrap(), "i-1");
        for (instances, wanted) in [(&[][..], None), (&two, None), (&two, Some("other")), (&two, Some(""))] {
            assert!(choose(instances, wanted).is_err());
        }
        assert!(choose(&two, None).unwrap_err().to_string().ends_with("\n  i-1  Main\n  i-2"));
    }
}
