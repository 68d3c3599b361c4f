//! Sorts similar rows next to each other, so that clusters and outliers are visible.
//!
//! The method is agglomerative clustering with average linkage. At first, each row is a separate run of rows. Each step
//! joins the two runs with the smallest average distance, until there is only one run. Before two runs are joined, each
//! run may be reversed so that the most similar ends of the two runs meet.

use std::collections::HashMap;

/// A row is an outlier if its distance to every other row is greater than this value. A distance of 2 corresponds to
/// two whole permission groups.
const OUTLIER_DISTANCE: f32 = 2.0;

/// The order of the rows, and the rows that are outliers.
pub(super) struct Order {
    /// The indices of the rows, in display order.
    pub(super) rows: Vec<usize>,
    /// The indices of the rows that are outliers.
    pub(super) outliers: Vec<usize>,
}

impl Order {
    /// Sorts the rows. Each row is a list of shares, one for each permission group.
    pub(super) fn from_rows(rows: &[&[f32]]) -> Self {
        let mut index_by_shares: HashMap<Vec<u32>, usize> = HashMap::new();
        let mut distinct_rows: Vec<Vec<usize>> = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let bits = row.iter().map(|share| share.to_bits()).collect();
            let distinct = *index_by_shares.entry(bits).or_insert(distinct_rows.len());
            match distinct_rows.get_mut(distinct) {
                Some(members) => members.push(at),
                None => distinct_rows.push(vec![at]),
            }
        }
        let row =
            |distinct: usize| distinct_rows.get(distinct).and_then(|members| rows.get(*members.first()?)).copied();
        let points: Vec<&[f32]> = (0..distinct_rows.len()).filter_map(row).collect();
        let distances = Distances::between_all(&points);
        let run = distances.run(&points);
        let is_outlier = |distinct: &usize| {
            distinct_rows.len() > 2
                && distinct_rows.get(*distinct).is_some_and(|members| members.len() == 1)
                && distances.nearest(*distinct).is_some_and(|nearest| nearest > OUTLIER_DISTANCE)
        };
        let members = |distinct: &usize| distinct_rows.get(*distinct).cloned().unwrap_or_default();
        Self {
            outliers: run.iter().filter(|distinct| is_outlier(distinct)).flat_map(members).collect(),
            rows: run.iter().flat_map(members).collect(),
        }
    }
}

/// Returns the distance between two rows, which is the sum of the absolute differences of their shares.
pub(super) fn distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum()
}

/// The distances between all pairs of rows.
struct Distances(Vec<Vec<f32>>);

/// A run of rows, with its average distances to all other runs.
struct Run {
    rows: Vec<usize>,
    distances: Vec<f32>,
}

impl Distances {
    fn between_all(points: &[&[f32]]) -> Self {
        Self(points.iter().map(|a| points.iter().map(|b| distance(a, b)).collect()).collect())
    }

    fn between(&self, a: Option<&usize>, b: Option<&usize>) -> f32 {
        let found = a.zip(b).and_then(|(a, b)| self.0.get(*a)?.get(*b));
        found.copied().unwrap_or(f32::INFINITY)
    }

    fn nearest(&self, distinct: usize) -> Option<f32> {
        let others = self.0.get(distinct)?.iter().enumerate().filter(|(other, _)| *other != distinct);
        others.map(|(_, distance)| *distance).min_by(f32::total_cmp)
    }

    /// Joins all rows into a single run. The run starts at the end whose row has the larger sum of shares.
    fn run(&self, points: &[&[f32]]) -> Vec<usize> {
        let runs = self.0.iter().enumerate();
        let mut runs: Vec<Option<Run>> =
            runs.map(|(at, distances)| Some(Run { rows: vec![at], distances: distances.clone() })).collect();
        while let Some((a, b)) = closest(&runs) {
            let (Some(one), Some(other)) =
                (runs.get_mut(a).and_then(Option::take), runs.get_mut(b).and_then(Option::take))
            else {
                break;
            };
            let joined = self.join(one, other);
            for (at, run) in runs.iter_mut().enumerate() {
                if let (Some(run), Some(distance)) = (run, joined.distances.get(at))
                    && let Some(distances) = run.distances.get_mut(a)
                {
                    *distances = *distance;
                }
            }
            if let Some(place) = runs.get_mut(a) {
                *place = Some(joined);
            }
        }
        let mut rows = runs.into_iter().flatten().next().map(|run| run.rows).unwrap_or_default();
        let sum = |row: Option<&usize>| row.and_then(|row| points.get(*row)).map_or(0.0, |row| row.iter().sum::<f32>());
        if sum(rows.last()) > sum(rows.first()) {
            rows.reverse();
        }
        rows
    }

    /// Joins two runs. Reverses the runs if necessary, so that their most similar ends meet.
    fn join(&self, mut one: Run, mut other: Run) -> Run {
        let weights = (one.rows.len() as f32, other.rows.len() as f32);
        let distances = one.distances.iter().zip(&other.distances);
        let distances = distances.map(|(a, b)| (a * weights.0 + b * weights.1) / (weights.0 + weights.1)).collect();
        let ends = [
            (self.between(one.rows.last(), other.rows.first()), false, false),
            (self.between(one.rows.last(), other.rows.last()), false, true),
            (self.between(one.rows.first(), other.rows.first()), true, false),
            (self.between(one.rows.first(), other.rows.last()), true, true),
        ];
        let nearest = ends.into_iter().min_by(|(a, ..), (b, ..)| a.total_cmp(b));
        let (_, turn_one, turn_other) = nearest.unwrap_or((0.0, false, false));
        if turn_one {
            one.rows.reverse();
        }
        if turn_other {
            other.rows.reverse();
        }
        one.rows.extend(other.rows);
        Run { rows: one.rows, distances }
    }
}

/// Returns the indices of the two runs with the smallest average distance. If several pairs have this distance, returns
/// the first pair.
fn closest(runs: &[Option<Run>]) -> Option<(usize, usize)> {
    let mut best: Option<(f32, usize, usize)> = None;
    for (a, run) in runs.iter().enumerate() {
        let Some(run) = run else { continue };
        for (b, _) in runs.iter().enumerate().skip(a + 1).filter(|(_, other)| other.is_some()) {
            let distance = run.distances.get(b).copied().unwrap_or(f32::INFINITY);
            if best.is_none_or(|(known, ..)| distance < known) {
                best = Some((distance, a, b));
            }
        }
    }
    best.map(|(_, a, b)| (a, b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn order(rows: &[&[f32]]) -> Vec<usize> {
        Order::from_rows(rows).rows
    }

    #[test]
    fn similar_rows_are_adjacent_and_the_largest_comes_first() {
        let rows: [&[f32]; 5] = [&[0.1, 0.0], &[1.0, 0.9], &[0.2, 0.0], &[1.0, 1.0], &[0.1, 0.0]];
        assert_eq!(order(&rows), [3, 1, 2, 0, 4]);
        assert_eq!(order(&[]), [] as [usize; 0]);
        assert_eq!(order(&[&[0.5]]), [0]);
    }

    #[test]
    fn a_row_far_from_all_others_is_an_outlier() {
        let rows: [&[f32]; 4] = [&[0.1, 0.1, 0.1], &[0.2, 0.1, 0.1], &[1.0, 1.0, 1.0], &[0.1, 0.2, 0.1]];
        assert_eq!(Order::from_rows(&rows).outliers, [2]);
        // Two equal rows are not outliers.
        let rows: [&[f32]; 4] = [&[0.1, 0.1, 0.1], &[1.0, 1.0, 1.0], &[1.0, 1.0, 1.0], &[0.1, 0.2, 0.1]];
        assert!(Order::from_rows(&rows).outliers.is_empty());
    }

    proptest! {
        #[test]
        fn the_order_is_a_permutation_with_equal_rows_adjacent(
            rows in proptest::collection::vec(proptest::collection::vec(0_u8..4, 3), 0..40)
        ) {
            let rows: Vec<Vec<f32>> =
                rows.iter().map(|row| row.iter().map(|share| f32::from(*share) / 3.0).collect()).collect();
            let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
            let order = order(&rows);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..rows.len()).collect::<Vec<_>>());
            let mut met: Vec<&[f32]> = order.iter().map(|at| rows[*at]).collect();
            met.dedup();
            let bits = |row: &&[f32]| row.iter().map(|share| share.to_bits()).collect();
            let mut distinct_rows: Vec<Vec<u32>> = rows.iter().map(bits).collect();
            distinct_rows.sort();
            distinct_rows.dedup();
            prop_assert_eq!(met.len(), distinct_rows.len());
        }
    }
}
