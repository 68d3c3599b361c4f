//! The program's own endpoints: health, metrics and the OpenAPI document.

use http::{HeaderValue, StatusCode, header};

use super::text_response;
use crate::metrics::Health;
use crate::server::Server;
use floorkey_console as console;
use floorkey_http::LabeledResponse;

/// The OpenAPI document. It describes all operations except for those of Amazon Connect.
const OPENAPI: &str = include_str!("../../data/openapi.json");

/// Responds to a request to one of the program's own endpoints. Responds with 404 to any other request.
pub(super) fn program(server: &Server, parts: &http::request::Parts, only_metrics: bool) -> LabeledResponse {
    let labeled = |answer, operation| LabeledResponse { response: answer, surface: "program", operation };
    if parts.method != http::Method::GET && parts.method != http::Method::HEAD {
        return labeled(text_response(StatusCode::NOT_FOUND, "Not found.\n"), "none");
    }
    match parts.uri.path() {
        "/metrics" if only_metrics || server.serves_metrics => {
            let is_ready = server.interfaces().service.last_write_error().is_none();
            let health = Health { is_ready, emails_waiting: server.interfaces().mailer.queue.pending() };
            let mut answer =
                text_response(StatusCode::OK, &server.metrics.render(server.interfaces().service.engine(), health));
            let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
            answer.headers_mut().insert(header::CONTENT_TYPE, kind);
            labeled(answer, "metrics")
        }
        "/openapi.json" if !only_metrics => {
            let mut answer = text_response(StatusCode::OK, OPENAPI);
            answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            labeled(answer, "openapi")
        }
        "/health/live" if !only_metrics => labeled(text_response(StatusCode::OK, "live\n"), "live"),
        "/health/ready" if !only_metrics => match server.interfaces().service.last_write_error() {
            None => labeled(text_response(StatusCode::OK, "ready\n"), "ready"),
            Some(trouble) => {
                labeled(text_response(StatusCode::SERVICE_UNAVAILABLE, &format!("not ready: {trouble}\n")), "ready")
            }
        },
        "/" if !only_metrics => {
            let mut answer = text_response(StatusCode::SEE_OTHER, "");
            answer.headers_mut().insert(header::LOCATION, HeaderValue::from_static(console::ROOT));
            labeled(answer, "lead on")
        }
        _ => labeled(text_response(StatusCode::NOT_FOUND, "Not found.\n"), "none"),
    }
}

/// Whether the response is from one of the program's own endpoints.
pub(super) fn is_found(labeled: &LabeledResponse) -> bool {
    labeled.operation != "none"
}
