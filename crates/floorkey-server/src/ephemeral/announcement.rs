//! What a server in memory prints when it is ready.

use std::io::Write as _;

use floorkey_aws::arn::Arn;
use serde_json::{Value, json};

use super::snapshot::Snapshot;
use crate::config::Config;

/// Prints the address and all keys as one JSON object to standard output. If unknown access keys are accepted, prints a
/// warning to standard error, in red if `styled`.
///
/// # Errors
/// Returns an error if standard output can't be written.
pub(super) fn print(
    config: &Config,
    snapshot: &Snapshot,
    (accepts_unknown_keys, styled): (bool, bool),
) -> std::io::Result<()> {
    if accepts_unknown_keys {
        let (red, end) = if styled { ("\u{1b}[31m", "\u{1b}[0m") } else { ("", "") };
        eprintln!(
            "{red}For tests only: calls with an unknown access key have full access, and their signatures are not \
            verified. --strict-keys refuses them.{end}"
        );
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", object(config, snapshot, accepts_unknown_keys))?;
    out.flush()
}

/// Returns the JSON object. `Environment` contains the variables with which AWS clients and Floorkey's command line use
/// the server.
fn object(config: &Config, snapshot: &Snapshot, accepts_unknown_keys: bool) -> Value {
    let (created, operator, url) = (&snapshot.created, &snapshot.operator, &snapshot.public_url);
    let instance = created.instance.to_string();
    let mut environment = json!({
        "AWS_ENDPOINT_URL_CONNECT": url,
        "AWS_ENDPOINT_URL_STS": url,
        "AWS_ACCESS_KEY_ID": operator.id.as_str(),
        "AWS_SECRET_ACCESS_KEY": operator.secret.as_str(),
        "AWS_REGION": config.region,
        "AWS_DEFAULT_REGION": config.region,
    });
    if let (Some(token), Some(variables)) = (created.api_tokens.first(), environment.as_object_mut()) {
        variables.insert("FLOORKEY_API_TOKEN".to_owned(), token.text.as_str().into());
    }
    let access_keys = created.access_keys.iter().map(|key| {
        json!({
            "Username": key.username,
            "UserId": key.owner.to_string(),
            "Label": key.label,
            "AccessKeyId": key.id.as_str(),
            "SecretAccessKey": key.secret.as_str(),
        })
    });
    let api_tokens =
        created.api_tokens.iter().map(|token| json!({ "Label": token.label, "Token": token.text.as_str() }));
    json!({
        "Url": url,
        "Region": config.region,
        "AccountId": config.account_id,
        "InstanceId": instance,
        "InstanceArn": Arn::of_instance(&config.region, &config.account_id, &instance).to_string(),
        "AccessKeyId": operator.id.as_str(),
        "SecretAccessKey": operator.secret.as_str(),
        "UnknownKeysActAsOperator": accepts_unknown_keys,
        "Administrator": { "Username": created.administrator.0, "Password": created.administrator.1.reveal() },
        "AccessKeys": access_keys.collect::<Vec<_>>(),
        "ApiTokens": api_tokens.collect::<Vec<_>>(),
        "Environment": environment,
    })
}
