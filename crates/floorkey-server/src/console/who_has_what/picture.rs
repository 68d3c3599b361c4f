//! The picture: a cell for each row and permission group, darker the more is held, with the share as a number in it.

use super::order::{Order, distance};
use super::rows::{Column, Kind, Row};

/// Sizes in pixels; 16 of them are one rem, so that the picture grows with the text beside it.
const WIDTH: usize = 36;
const HEIGHT: usize = 24;
const HEAD: usize = 168;
/// Room for the last headings, which lean to the right.
const LEAN: usize = 90;

/// Neighbours that differ by more than this have a line between them: as much as one whole group.
const CLUSTER: f32 = 1.0;

/// Everything the template draws.
pub(super) struct Picture {
    /// Of the drawing: pixels, and the same in rem.
    pub(super) width: usize,
    pub(super) width_rem: String,
    /// Of one row.
    pub(super) height: usize,
    pub(super) height_rem: String,
    pub(super) head: usize,
    pub(super) head_rem: String,
    pub(super) columns: Vec<Heading>,
    pub(super) lines: Vec<Line>,
    /// The names of rows that are unlike all others, with their addresses.
    pub(super) apart: Vec<(String, String)>,
    /// Whether somebody in some row holds much more than the row does on average.
    pub(super) has_peaks: bool,
}

/// A permission group.
pub(super) struct Heading {
    pub(super) x: usize,
    pub(super) name: &'static str,
    /// How many permissions it has.
    pub(super) total: usize,
}

/// A row.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) beside: String,
    pub(super) href: String,
    pub(super) profiles: String,
    pub(super) scoped: bool,
    /// Whether it begins another cluster.
    pub(super) begins: bool,
    pub(super) cells: Vec<Cell>,
}

/// How much of a group is held.
pub(super) struct Cell {
    pub(super) x: usize,
    /// Where its number stands.
    pub(super) middle: usize,
    /// 0 for nothing, 5 for all.
    pub(super) step: u8,
    /// The number in the cell: percent, or `all`.
    pub(super) text: String,
    /// The same in words.
    pub(super) words: String,
    pub(super) column: &'static str,
    /// The most that anybody holds, where that is much more.
    pub(super) peak: Option<String>,
}

impl Picture {
    pub(super) fn new(kind: Kind, columns: &[Column], rows: Vec<Row>) -> Self {
        let shares: Vec<&[f32]> = rows.iter().map(|row| row.shares.as_slice()).collect();
        let order = Order::of(&shares);
        let at = |at: &usize| rows.get(*at);
        let apart = order.apart.iter().filter_map(at).map(|row| (row.name.clone(), row.href.clone())).collect();
        let mut lines: Vec<Line> = Vec::new();
        let mut before: Option<&Row> = None;
        for row in order.rows.iter().filter_map(at) {
            lines.push(Line {
                name: row.name.clone(),
                beside: row.beside.clone(),
                href: row.href.clone(),
                profiles: row.profiles.clone(),
                scoped: row.scoped,
                begins: before.is_some_and(|before| distance(&before.shares, &row.shares) > CLUSTER),
                cells: cells(kind, columns, row),
            });
            before = Some(row);
        }
        let width = columns.len() * WIDTH + LEAN;
        let heading = |(at, column): (usize, &Column)| Heading {
            x: at * WIDTH + WIDTH / 2,
            name: column.name,
            total: column.permissions.len(),
        };
        Self {
            width,
            width_rem: rem(width),
            height: HEIGHT,
            height_rem: rem(HEIGHT),
            head: HEAD,
            head_rem: rem(HEAD),
            columns: columns.iter().enumerate().map(heading).collect(),
            has_peaks: lines.iter().flat_map(|line| &line.cells).any(|cell| cell.peak.is_some()),
            lines,
            apart,
        }
    }
}

fn cells(kind: Kind, columns: &[Column], row: &Row) -> Vec<Cell> {
    let cell = |(at, ((share, most), column)): (usize, ((&f32, &f32), &Column))| {
        let total = column.permissions.len();
        let peak = (kind == Kind::Teams && step(*most) > step(*share) + 1).then(|| percent(*most));
        let words = match kind {
            Kind::Teams => format!("{} on average, at most {}", percent(*share), percent(*most)),
            Kind::Users | Kind::Profiles => format!("{} of {total}", (share * total as f32).round()),
        };
        Cell {
            x: at * WIDTH,
            middle: at * WIDTH + WIDTH / 2,
            step: step(*share),
            text: number(*share),
            words,
            column: column.name,
            peak,
        }
    };
    row.shares.iter().zip(&row.most).zip(columns).enumerate().map(cell).collect()
}

/// Steps of colour: nothing, up to a quarter, a half, three quarters, nearly all, all.
fn step(share: f32) -> u8 {
    match share {
        share if share <= 0.0 => 0,
        share if share < 0.25 => 1,
        share if share < 0.5 => 2,
        share if share < 0.75 => 3,
        share if share < 0.9995 => 4,
        _ => 5,
    }
}

/// A share as it stands in a cell. Little is not nothing, and nearly all is not all.
fn number(share: f32) -> String {
    match step(share) {
        0 => String::new(),
        5 => "all".to_owned(),
        _ => (share * 100.0).round().clamp(1.0, 99.0).to_string(),
    }
}

/// A share in words.
fn percent(share: f32) -> String {
    match step(share) {
        0 => "none".to_owned(),
        5 => "all".to_owned(),
        _ => format!("{} %", number(share)),
    }
}

fn rem(pixels: usize) -> String {
    format!("{}rem", pixels as f32 / 16.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_not_nothing_and_nearly_all_is_not_all() {
        let shown = |share: f32| (step(share), number(share), percent(share));
        assert_eq!(shown(0.0), (0, String::new(), "none".to_owned()));
        assert_eq!(shown(0.001), (1, "1".to_owned(), "1 %".to_owned()));
        assert_eq!(shown(0.5), (3, "50".to_owned(), "50 %".to_owned()));
        assert_eq!(shown(0.998), (4, "99".to_owned(), "99 %".to_owned()));
        assert_eq!(shown(1.0), (5, "all".to_owned(), "all".to_owned()));
    }

    #[test]
    fn lengths_are_told_in_rem() {
        assert_eq!((rem(36), rem(16)), ("2.25rem".to_owned(), "1rem".to_owned()));
    }
}
