//! Points in time in the format of Amazon Connect's responses.

use serde::{Serialize, Serializer};

/// A point in time in the format of Amazon Connect's responses: a JSON number of seconds since 1970, with up to three
/// decimal places for milliseconds.
///
/// A number is used because the AWS SDK for Rust rejects ISO 8601 strings in responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EpochSeconds {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub milliseconds: i64,
}

impl EpochSeconds {
    /// Creates a value from milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn from_milliseconds(milliseconds: i64) -> Self {
        Self { milliseconds }
    }
}

impl Serialize for EpochSeconds {
    #[expect(clippy::cast_precision_loss, reason = "exact up to the year 287396: 2^53 milliseconds")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.milliseconds % 1000 == 0 {
            serializer.serialize_i64(self.milliseconds / 1000)
        } else {
            serializer.serialize_f64(self.milliseconds as f64 / 1000.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_seconds_have_no_fraction_and_others_at_most_three_places() {
        for (milliseconds, text) in [
            (0, "0"),
            (1_732_259_000_000, "1732259000"),
            (1_732_259_000_123, "1732259000.123"),
            (1_732_259_000_100, "1732259000.1"),
            (-1, "-0.001"),
        ] {
            assert_eq!(serde_json::to_string(&EpochSeconds::from_milliseconds(milliseconds)).unwrap(), text);
        }
    }

    #[test]
    fn no_millisecond_of_a_day_is_lost() {
        for milliseconds in 1_732_259_000_000..1_732_259_000_000 + 86_400 {
            let number = serde_json::to_value(EpochSeconds::from_milliseconds(milliseconds)).unwrap().as_f64().unwrap();
            assert_eq!((number * 1000.0).round() as i64, milliseconds);
        }
    }
}
