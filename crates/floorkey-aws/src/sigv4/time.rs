//! The format of the times in signatures: `20150830T123600Z`.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Parses a time like `20150830T123600Z` into seconds since 1970. Returns `None` for any other format, and for dates
/// that do not exist.
pub(super) fn parse(text: &str) -> Option<i64> {
    let form = text.len() == 16
        && text.bytes().enumerate().all(|(index, b)| match index {
            8 => b == b'T',
            15 => b == b'Z',
            _ => b.is_ascii_digit(),
        });
    let digits = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let small = |from: usize, to: usize| i8::try_from(digits(from, to)?).ok();
    if !form {
        return None;
    }
    // A leap second is treated as the previous second.
    let second = match small(13, 15)? {
        60 => 59,
        second => second,
    };
    let time = DateTime::new(digits(0, 4)?, small(4, 6)?, small(6, 8)?, small(9, 11)?, small(11, 13)?, second, 0);
    Some(TimeZone::UTC.to_timestamp(time.ok()?).ok()?.as_second())
}

/// Formats a point in time for an error message.
pub(super) fn format(unix_seconds: i64) -> String {
    match Timestamp::from_second(unix_seconds) {
        Ok(time) => time.strftime("%Y%m%dT%H%M%SZ").to_string(),
        Err(_) => format!("{unix_seconds} s after 1970"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        for (text, seconds) in [
            ("20150830T123600Z", 1_440_938_160),
            ("19700101T000000Z", 0),
            ("20240229T235959Z", 1_709_251_199),
            ("99981231T000000Z", 253_370_678_400),
        ] {
            assert_eq!(parse(text), Some(seconds), "{text}");
            assert_eq!(format(seconds), text);
        }
        assert_eq!(parse("20161231T235960Z"), Some(1_483_228_799), "a leap second");
    }

    #[test]
    fn other_forms_and_dates_that_do_not_exist_are_refused() {
        for text in [
            "",
            "20150830",
            "2015-08-30T12:36:00Z",
            "20150830T123600",
            "20150830T123600z",
            "20150830t123600Z",
            "20150830T1236000Z",
            " 20150830T123600Z",
            "20150830T12360+Z",
            "20150231T000000Z",
            "20151301T000000Z",
            "20150800T000000Z",
            "20150830T240000Z",
            "20150830T126000Z",
            "20150830T123661Z",
            "20230229T000000Z",
            "２０１５0830T1Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
