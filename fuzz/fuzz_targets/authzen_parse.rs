//! The parser of AuthZEN requests: it must not panic, and must accept only JSON that `serde_json` accepts.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if authzen::reads(bytes) {
        let read = serde_json::from_slice::<serde_json::Value>(bytes);
        assert!(read.is_ok(), "taken here and refused there: {read:?}");
    }
});

/// Includes the parser's source files directly, so that fuzzing does not build the server.
#[path = "../../crates/floorkey-server/src/authzen"]
#[expect(dead_code, reason = "the server uses the rest")]
mod authzen {
    mod json;
    mod parse;

    use parse::Shape;

    const SHAPES: [Shape; 4] = [Shape::Evaluation, Shape::Evaluations, Shape::Search, Shape::SearchActions];

    /// Parses bytes as each type of request; returns whether any of them succeeds.
    pub(crate) fn reads(bytes: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(bytes) else { return false };
        SHAPES.map(|shape| parse::body(text, shape).is_ok()).contains(&true)
    }
}
