//! Conversion between bytes and lowercase hexadecimal strings.

/// Encodes bytes as a lowercase hexadecimal string.
pub fn encode(bytes: &[u8]) -> String {
    let digit = |value: u8| if value < 10 { b'0' + value } else { b'a' + (value - 10) };
    let digits = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    digits.map(char::from).collect()
}

/// Decodes a hexadecimal string with uppercase or lowercase letters. Returns `None` if the string is not hexadecimal.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let value = |digit: u8| char::from(digit).to_digit(16);
    let byte = |[high, low]: &[u8; 2]| u8::try_from(value(*high)? << 4 | value(*low)?).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn decoding_returns_what_was_encoded(bytes: Vec<u8>) {
            let text = encode(&bytes);
            prop_assert_eq!(text.len(), bytes.len() * 2);
            prop_assert_eq!(decode(&text), Some(bytes));
        }
    }

    #[test]
    fn only_pairs_of_hexadecimal_digits_are_decoded() {
        assert_eq!(decode("00fF"), Some(vec![0x00, 0xff]));
        for text in ["0", "0g", "+1", " 1", "é"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
