//! The parser of AuthZEN requests: it must end without a panic, and what it takes for JSON, `serde_json` takes too.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if authzen::reads(bytes) {
        let read = serde_json::from_slice::<serde_json::Value>(bytes);
        assert!(read.is_ok(), "taken here and refused there: {read:?}");
    }
});

/// The files of the parser once more, so that the server need not be built to fuzz them.
#[path = "../../crates/floorkey-server/src/authzen"]
#[expect(dead_code, reason = "the server uses the rest")]
mod authzen {
    mod json;
    mod parse;

    use parse::Shape;

    const SHAPES: [Shape; 4] = [Shape::Evaluation, Shape::Evaluations, Shape::Search, Shape::SearchActions];

    /// Reads bytes as each of the requests; gives whether any of them takes them.
    pub(crate) fn reads(bytes: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(bytes) else { return false };
        SHAPES.map(|shape| parse::body(text, shape).is_ok()).contains(&true)
    }
}
