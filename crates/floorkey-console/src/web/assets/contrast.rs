//! Tests the contrasts of the colors in `tokens.css`, in both themes. The ratios are those of WCAG 2.2.

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../../assets/css/tokens.css");

/// A color in both themes, light first.
type Pair = [[u8; 3]; 2];

/// Returns the colors by the names of their tokens.
fn colors() -> BTreeMap<&'static str, Pair> {
    let declarations = TOKENS.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": light-dark("));
    let colors = declarations.map(|(name, values)| {
        let (light, dark) = values.strip_suffix(");").unwrap().split_once(", ").unwrap();
        (name, [light, dark].map(parse))
    });
    colors.collect()
}

fn parse(hex: &str) -> [u8; 3] {
    let digits = hex.strip_prefix('#').filter(|digits| digits.len() == 6);
    let number = u32::from_str_radix(digits.unwrap_or_else(|| panic!("`{hex}` has not six digits")), 16).unwrap();
    let [_, red, green, blue] = number.to_be_bytes();
    [red, green, blue]
}

fn luminance(color: [u8; 3]) -> f64 {
    let [red, green, blue] = color.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

/// Asserts that two colors have at least the given contrast, in both themes.
#[track_caller]
fn assert_contrast(one: &str, other: &str, least: f64) {
    let colors = colors();
    let color = |name: &str| *colors.get(name).unwrap_or_else(|| panic!("no color is named --{name}"));
    for (theme, (one_color, other_color)) in ["light", "dark"].iter().zip(color(one).into_iter().zip(color(other))) {
        let ratio = contrast(one_color, other_color);
        assert!(ratio >= least, "{theme}: --{one} on --{other} has {ratio:.2}:1, at least {least}:1 is required");
    }
}

const SURFACES: [&str; 4] = ["ground", "surface", "sunken", "hover"];
const STATUSES: [&str; 4] = ["good", "warn", "bad", "info"];

#[test]
fn white_on_black_has_the_largest_contrast() {
    assert!((contrast([255; 3], [0; 3]) - 21.0).abs() < 0.001);
    assert!((contrast([118; 3], [255; 3]) - 4.54).abs() < 0.01);
}

#[test]
fn texts_are_readable_on_every_surface() {
    let soft = ["accent-soft", "good-soft", "warn-soft", "bad-soft", "info-soft"];
    for surface in SURFACES.into_iter().chain(soft) {
        assert_contrast("ink", surface, 7.0);
        assert_contrast("quiet", surface, 4.5);
    }
    for text in STATUSES.into_iter().chain(["accent"]) {
        for surface in SURFACES {
            assert_contrast(text, surface, 4.5);
        }
        assert_contrast(text, &format!("{text}-soft"), 4.5);
    }
    assert_contrast("accent-ink", "accent", 4.5);
    assert_contrast("accent-fill-ink", "accent-fill", 4.5);
    // The count of notifications.
    assert_contrast("surface", "bad", 4.5);
}

#[test]
fn controls_stand_out_from_every_surface() {
    for surface in SURFACES {
        assert_contrast("edge", surface, 3.0);
        assert_contrast("accent", surface, 3.0);
        assert_contrast("accent-fill", surface, 3.0);
    }
}

#[test]
fn steps_of_the_heat_scale_can_be_told_apart() {
    for step in 1..=6 {
        assert_contrast(&format!("heat-ink-{step}"), &format!("heat-{step}"), 4.5);
    }
    for (step, next) in (1..=5).zip(2..=6) {
        assert_contrast(&format!("heat-{step}"), &format!("heat-{next}"), 1.3);
    }
    // The scale begins near the surface and moves away from it: darker in the light theme, lighter in the dark one.
    let colors = colors();
    for theme in [0, 1] {
        let color = |name: &str| colors[name][theme];
        let ratio = |step: u8| contrast(color(&format!("heat-{step}")), color("surface"));
        let ratios: Vec<f64> = (1..=6).map(ratio).collect();
        assert!(ratios.is_sorted(), "{ratios:?}");
    }
}

#[test]
fn other_styles_name_no_colors() {
    let files = [
        ("base.css", include_str!("../../../assets/css/base.css")),
        ("frame.css", include_str!("../../../assets/css/frame.css")),
        ("components.css", include_str!("../../../assets/css/components.css")),
        ("tables.css", include_str!("../../../assets/css/tables.css")),
        ("users.css", include_str!("../../../assets/css/users.css")),
        ("user.css", include_str!("../../../assets/css/user.css")),
        ("access.css", include_str!("../../../assets/css/access.css")),
        ("grid.css", include_str!("../../../assets/css/grid.css")),
        ("records.css", include_str!("../../../assets/css/records.css")),
        ("map.css", include_str!("../../../assets/css/map.css")),
        ("check.css", include_str!("../../../assets/css/check.css")),
    ];
    for (name, style) in files {
        for (at, line) in style.lines().enumerate() {
            let hex = line.chars().enumerate().any(|(at, letter)| {
                let digits = line.chars().skip(at + 1).take_while(char::is_ascii_hexdigit).count();
                letter == '#' && matches!(digits, 3 | 4 | 6 | 8)
            });
            assert!(!hex, "{name}:{}: name a token instead of a color: {line}", at + 1);
        }
    }
}
