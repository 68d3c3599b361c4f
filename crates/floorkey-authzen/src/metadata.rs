//! The metadata at `/.well-known/authzen-configuration`: the addresses of the endpoints.
//!
//! The addresses depend only on the server's settings, and not on the `Host` header. Therefore a request with a forged
//! header can't redirect other clients.

use serde_json::{Map, Value};

use super::endpoint::Endpoint;
use crate::AuthZen;

/// Returns the metadata of the server, or of the instance with the given ID or alias. The metadata contains only the
/// addresses of the endpoints. A nonexistent alias gets the same response as an existing alias, so the response doesn't
/// reveal which instances exist.
pub(super) fn response_body(state: &AuthZen, instance: Option<&str>) -> Vec<u8> {
    document(&state.public_url, instance)
}

fn document(public_url: &str, instance: Option<&str>) -> Vec<u8> {
    let decision_point = match instance {
        None => public_url.to_owned(),
        Some(name) => format!("{public_url}/{name}"),
    };
    let mut document = Map::from_iter([("policy_decision_point".to_owned(), Value::from(decision_point))]);
    for endpoint in Endpoint::ALL {
        let url = format!("{public_url}{}", endpoint.path());
        document.insert(endpoint.metadata_key().to_owned(), Value::from(url));
    }
    Value::Object(document).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_derived_from_the_settings() {
        let read = |instance| {
            serde_json::from_slice::<Map<String, Value>>(&document("https://pdp.example.com", instance)).unwrap()
        };
        let whole = read(None);
        assert_eq!(whole.get("policy_decision_point").unwrap(), "https://pdp.example.com");
        assert_eq!(whole.get("search_action_endpoint").unwrap(), "https://pdp.example.com/access/v1/search/action");
        assert_eq!(whole.len(), 6);
        let tenant = read(Some("floorkey"));
        assert_eq!(tenant.get("policy_decision_point").unwrap(), "https://pdp.example.com/floorkey");
        assert_eq!(tenant.get("access_evaluation_endpoint"), whole.get("access_evaluation_endpoint"));
    }
}
