//! An application with orders. Floorkey decides who can view and refund them.

mod floorkey;

use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::{StatusCode, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::floorkey::{Floorkey, Refused};

struct Order {
    id: &'static str,
    site: &'static str,
    total: u32,
}

const ORDERS: [Order; 3] = [
    Order { id: "o-1", site: "lyon", total: 120 },
    Order { id: "o-2", site: "lyon", total: 40 },
    Order { id: "o-3", site: "oslo", total: 75 },
];

impl Order {
    fn by_id(id: &str) -> Option<&'static Self> {
        ORDERS.iter().find(|order| order.id == id)
    }

    fn to_json(&self) -> Value {
        json!({ "id": self.id, "site": self.site, "total": self.total })
    }
}

/// A condition of a grant can compare the order's site with the user's. An unknown order has no site.
fn resource(id: &str) -> Value {
    json!({ "type": "orders", "id": id, "properties": { "site": Order::by_id(id).map(|order| order.site) } })
}

/// The user who signed in.
struct User(String);

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;

    /// Stands for your sign-in. Take the user from a session or a verified token, never from a header that clients can
    /// set.
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, StatusCode> {
        let user = parts.headers.get("X-Signed-In-User").and_then(|value| value.to_str().ok());
        user.filter(|user| !user.is_empty()).map(|user| Self(user.to_owned())).ok_or(StatusCode::UNAUTHORIZED)
    }
}

/// Middleware that lets a request through if the user can take the action on the order in its path.
async fn require_permission(
    State((floorkey, action)): State<(Floorkey, &'static str)>,
    User(user): User,
    Path(id): Path<String>,
    request: Request,
    next: Next,
) -> Result<Response, Refused> {
    floorkey.require(&user, action, resource(&id)).await?;
    Ok(next.run(request).await)
}

async fn list(State(floorkey): State<Floorkey>, User(user): User) -> Result<Json<Vec<Value>>, Refused> {
    let permitted = floorkey.permitted(&user, "view", &ORDERS.map(|order| resource(order.id))).await?;
    let listed = ORDERS.iter().zip(permitted).filter(|(_, is_permitted)| *is_permitted);
    Ok(Json(listed.map(|(order, _)| order.to_json()).collect()))
}

async fn show(Path(id): Path<String>) -> Response {
    Order::by_id(&id).map_or_else(unknown, |order| Json(order.to_json()).into_response())
}

async fn refund(Path(id): Path<String>) -> Response {
    Order::by_id(&id).map_or_else(unknown, |order| Json(json!({ "refunded": order.id })).into_response())
}

fn unknown() -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "error": "There is no such order." }))).into_response()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = std::env::var("FLOORKEY_ENDPOINT").unwrap_or_else(|_| "http://127.0.0.1:8080".to_owned());
    let floorkey = Floorkey::new(endpoint, std::env::var("FLOORKEY_API_TOKEN")?)?;
    let can = |action| from_fn_with_state((floorkey.clone(), action), require_permission);
    // Decisions come before 404, so that users who can't view orders don't learn which ones exist.
    let app = Router::new()
        .route("/orders", get(list))
        .route("/orders/{id}", get(show).layer(can("view")))
        .route("/orders/{id}/refund", post(refund).layer(can("refund")))
        .with_state(floorkey.clone());
    let port = std::env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
