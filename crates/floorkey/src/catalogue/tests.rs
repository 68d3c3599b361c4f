use super::*;

#[test]
fn the_data_parses() {
    data::parse().unwrap();
}
