//! Tests the parser of AuthZEN requests. The parser must not panic, and must accept only JSON that `serde_json`
//! accepts.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if floorkey_authzen::is_request(bytes) {
        let read = serde_json::from_slice::<serde_json::Value>(bytes);
        assert!(read.is_ok(), "taken here and refused there: {read:?}");
    }
});
