//! The parser of AuthZEN requests: it must end without a panic, and what it takes for JSON, `serde_json` takes too.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if floorkey_server::authzen_reads(bytes) {
        let read = serde_json::from_slice::<serde_json::Value>(bytes);
        assert!(read.is_ok(), "taken here and refused there: {read:?}");
    }
});
