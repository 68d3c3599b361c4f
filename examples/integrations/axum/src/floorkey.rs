//! Asks Floorkey whether a user can take an action. Without an answer, access is denied.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

const TIMEOUT: Duration = Duration::from_secs(1);
/// Shorter than the 75 seconds after which Floorkey closes a connection that is not used.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
const BATCH_MAX: usize = 1_000;

/// A client for Floorkey. Clones share their connections.
#[derive(Clone)]
pub(crate) struct Floorkey {
    client: reqwest::Client,
    endpoint: String,
    token: String,
}

/// The reason why a request is not carried out.
pub(crate) enum Refused {
    /// Floorkey denied access, with this reason.
    Denied(String),
    /// There is no decision. The cause is logged and not sent to the user.
    NoDecision,
}

impl Floorkey {
    pub(crate) fn new(endpoint: String, token: String) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().timeout(TIMEOUT).pool_idle_timeout(IDLE_TIMEOUT).build()?;
        Ok(Self { client, endpoint, token })
    }

    /// Returns successfully only if the user can take the action on the resource.
    pub(crate) async fn require(&self, user: &str, action: &str, resource: Value) -> Result<(), Refused> {
        let subject = json!({ "type": "user", "id": user });
        let question = json!({ "subject": subject, "action": { "name": action }, "resource": resource });
        let answer = self.ask("/access/v1/evaluation", &question).await?;
        // Only `true` allows. A missing member or the text "true" does not.
        if answer["decision"] == true {
            return Ok(());
        }
        let reason = answer["context"]["reason_user"]["403"].as_str().unwrap_or("Access denied.");
        Err(Refused::Denied(reason.to_owned()))
    }

    /// Returns, for each resource, whether the user can take the action on it. Asks about up to 1,000 of them in one
    /// request.
    pub(crate) async fn permitted(&self, user: &str, action: &str, resources: &[Value]) -> Result<Vec<bool>, Refused> {
        let mut permitted = Vec::new();
        for batch in resources.chunks(BATCH_MAX) {
            let items: Vec<_> = batch.iter().map(|resource| json!({ "resource": resource })).collect();
            let subject = json!({ "type": "user", "id": user });
            let question = json!({ "subject": subject, "action": { "name": action }, "evaluations": items });
            let answer = self.ask("/access/v1/evaluations", &question).await?;
            match answer["evaluations"].as_array() {
                Some(all) if all.len() == batch.len() => {
                    permitted.extend(all.iter().map(|one| one["decision"] == true))
                }
                _ => return Err(no_decision("the batch was not answered completely")),
            }
        }
        Ok(permitted)
    }

    async fn ask(&self, path: &str, question: &Value) -> Result<Value, Refused> {
        let request = self.client.post(format!("{}{path}", self.endpoint)).bearer_auth(&self.token).json(question);
        let response = request.send().await.and_then(reqwest::Response::error_for_status).map_err(no_decision)?;
        response.json().await.map_err(no_decision)
    }
}

fn no_decision(cause: impl std::fmt::Debug) -> Refused {
    eprintln!("no decision from Floorkey: {cause:?}");
    Refused::NoDecision
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::Denied(reason) => (StatusCode::FORBIDDEN, reason),
            Self::NoDecision => {
                let error = "Access could not be checked. Try again later.".to_owned();
                (StatusCode::SERVICE_UNAVAILABLE, error)
            }
        };
        (status, Json(json!({ "error": error }))).into_response()
    }
}
