//! The heat map. Each row has a cell for each permission group. The cell states what percentage of the group's
//! permissions the row has. Cells with higher percentages are darker.

use super::order::{Order, distance};
use super::rows::{MapColumn, RowKind, ShareRow};

/// Sizes in pixels, at 16 pixels per rem. The page uses rem units, so that the map scales with the text.
const WIDTH: usize = 36;
const HEIGHT: usize = 24;
const HEADING_HEIGHT: usize = 168;
/// Extra space on the right for the last headings, which are slanted to the right.
const HEADING_OVERHANG: usize = 90;

/// If the distance between two adjacent rows is greater than this value, the second row starts a new cluster. A
/// distance of 1 corresponds to one whole permission group.
const CLUSTER_DISTANCE: f32 = 1.0;

/// The template data of the heat map.
pub(super) struct HeatMap {
    /// The width of the map in pixels.
    pub(super) width: usize,
    /// The width of the map in rem.
    pub(super) width_rem: String,
    /// The height of a row in pixels.
    pub(super) height: usize,
    /// The height of a row in rem.
    pub(super) height_rem: String,
    pub(super) heading_height: usize,
    pub(super) heading_height_rem: String,
    pub(super) columns: Vec<ColumnHeading>,
    pub(super) rows: Vec<MapRow>,
    /// The names and URLs of the outliers.
    pub(super) outliers: Vec<(String, String)>,
    /// Whether any cell of the map has a [`MapCell::peak`].
    pub(super) has_peaks: bool,
}

/// The heading of a permission group.
pub(super) struct ColumnHeading {
    pub(super) x: usize,
    pub(super) name: &'static str,
    /// Number of permissions in the group.
    pub(super) total: usize,
}

/// A row of the heat map.
pub(super) struct MapRow {
    pub(super) name: String,
    pub(super) subtitle: String,
    pub(super) href: String,
    pub(super) profiles: String,
    pub(super) is_scoped: bool,
    /// Whether the row is the first of a cluster.
    pub(super) starts_cluster: bool,
    pub(super) cells: Vec<MapCell>,
}

/// A row's share of the permissions in a permission group.
pub(super) struct MapCell {
    pub(super) x: usize,
    /// The x coordinate of the cell's text.
    pub(super) text_x: usize,
    /// The color of the cell, from 0 for no permissions to 5 for all permissions.
    pub(super) color_step: u8,
    /// The text in the cell: a percentage, or `all`.
    pub(super) text: String,
    /// A description of the row's share of the permissions.
    pub(super) description: String,
    pub(super) column: &'static str,
    /// The largest share of any single user in the row, if it is much larger than the average share.
    pub(super) peak: Option<String>,
}

impl HeatMap {
    pub(super) fn new(kind: RowKind, columns: &[MapColumn], rows: Vec<ShareRow>) -> Self {
        let shares: Vec<&[f32]> = rows.iter().map(|row| row.shares.as_slice()).collect();
        let order = Order::from_rows(&shares);
        let at = |at: &usize| rows.get(*at);
        let outliers = order.outliers.iter().filter_map(at).map(|row| (row.name.clone(), row.href.clone())).collect();
        let mut rows: Vec<MapRow> = Vec::new();
        let mut before: Option<&ShareRow> = None;
        for row in order.rows.iter().filter_map(at) {
            rows.push(MapRow {
                name: row.name.clone(),
                subtitle: row.subtitle.clone(),
                href: row.href.clone(),
                profiles: row.profiles.clone(),
                is_scoped: row.is_scoped,
                starts_cluster: before.is_some_and(|before| distance(&before.shares, &row.shares) > CLUSTER_DISTANCE),
                cells: cells(kind, columns, row),
            });
            before = Some(row);
        }
        let width = columns.len() * WIDTH + HEADING_OVERHANG;
        let heading = |(at, column): (usize, &MapColumn)| ColumnHeading {
            x: at * WIDTH + WIDTH / 2,
            name: column.name,
            total: column.permissions.len(),
        };
        Self {
            width,
            width_rem: rem(width),
            height: HEIGHT,
            height_rem: rem(HEIGHT),
            heading_height: HEADING_HEIGHT,
            heading_height_rem: rem(HEADING_HEIGHT),
            columns: columns.iter().enumerate().map(heading).collect(),
            has_peaks: rows.iter().flat_map(|line| &line.cells).any(|cell| cell.peak.is_some()),
            rows,
            outliers,
        }
    }
}

fn cells(kind: RowKind, columns: &[MapColumn], row: &ShareRow) -> Vec<MapCell> {
    let cell = |(at, ((share, max_share), column)): (usize, ((&f32, &f32), &MapColumn))| {
        let total = column.permissions.len();
        let peak =
            (kind == RowKind::Teams && color_step(*max_share) > color_step(*share) + 1).then(|| percent(*max_share));
        let description = match kind {
            RowKind::Teams => format!("{} on average, at most {}", percent(*share), percent(*max_share)),
            RowKind::Users | RowKind::Profiles => format!("{} of {total}", (share * total as f32).round()),
        };
        MapCell {
            x: at * WIDTH,
            text_x: at * WIDTH + WIDTH / 2,
            color_step: color_step(*share),
            text: number(*share),
            description,
            column: column.name,
            peak,
        }
    };
    row.shares.iter().zip(&row.max_shares).zip(columns).enumerate().map(cell).collect()
}

/// Returns the color for a share, from 0 to 5. The colors represent no permissions, less than a quarter, less than a
/// half, less than three quarters, less than all, and all permissions.
fn color_step(share: f32) -> u8 {
    match share {
        share if share <= 0.0 => 0,
        share if share < 0.25 => 1,
        share if share < 0.5 => 2,
        share if share < 0.75 => 3,
        share if share < 0.9995 => 4,
        _ => 5,
    }
}

/// Returns the text in a cell: a percentage from 1 to 99, `all`, or an empty string for a share of 0.
fn number(share: f32) -> String {
    match color_step(share) {
        0 => String::new(),
        5 => "all".to_owned(),
        _ => (share * 100.0).round().clamp(1.0, 99.0).to_string(),
    }
}

/// Formats a share with a percent sign.
fn percent(share: f32) -> String {
    match color_step(share) {
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
    fn small_shares_are_not_none_and_large_ones_not_all() {
        let texts = |share: f32| (color_step(share), number(share), percent(share));
        assert_eq!(texts(0.0), (0, String::new(), "none".to_owned()));
        assert_eq!(texts(0.001), (1, "1".to_owned(), "1 %".to_owned()));
        assert_eq!(texts(0.5), (3, "50".to_owned(), "50 %".to_owned()));
        assert_eq!(texts(0.998), (4, "99".to_owned(), "99 %".to_owned()));
        assert_eq!(texts(1.0), (5, "all".to_owned(), "all".to_owned()));
    }

    #[test]
    fn pixels_are_converted_to_rem() {
        assert_eq!((rem(36), rem(16)), ("2.25rem".to_owned(), "1rem".to_owned()));
    }
}
