//! A program that asks Floorkey for decisions.

use serde_json::{Value, json};

/// Whether a user can refund a booking. Answers no if Floorkey can't be asked.
pub fn can_refund(floorkey: &str, token: &str, username: &str, booking: &str) -> bool {
    let question = json!({
        "subject": { "type": "user", "id": username },
        "action": { "name": "refund" },
        "resource": { "type": "bookings", "id": booking },
    });
    let answer = ureq::post(format!("{floorkey}/access/v1/evaluation"))
        .header("Authorization", format!("Bearer {token}"))
        .send_json(question)
        .and_then(|mut response| response.body_mut().read_json::<Value>());
    answer.is_ok_and(|answer| answer["decision"] == true)
}
