//! Tests the grid of permissions on the form of a security profile.

use floorkey::{Permission, catalog};

use crate::console_profiles::LIST;
use crate::visitor::Visitor;
use crate::world::World;

/// The browser's snapshots of the form contain only the first rows of each group. This test covers all of them.
#[test]
fn the_form_has_each_permission_once_in_the_group_and_row_of_its_resource() {
    let world = World::new();
    let form = Visitor::administrator(&world.server).see(&format!("{LIST}/new"));
    let granting = catalog().granting();
    let names = |permissions: &[Permission]| permissions.iter().map(|one| one.name().to_owned()).collect::<Vec<_>>();
    let mut found = Vec::new();
    for group in catalog().groups() {
        let of_group: Vec<Permission> = catalog()
            .permissions()
            .filter(|permission| granting.contains(*permission) && permission.info().group == group)
            .collect();
        if of_group.is_empty() {
            continue;
        }
        let rows: Vec<_> = of_group.chunk_by(|one, next| one.info().resource == next.info().resource).collect();
        for (at, row) in rows.iter().enumerate() {
            let place = format!("[role=region][aria-label='{group}'] tbody tr:nth-child({})", at + 1);
            let mut shown = form.values(&format!("{place} input[name=p]"));
            let heading = form.texts(&format!("{place} th summary"));
            assert!(heading[0].starts_with(&row[0].info().resource), "{place}: {heading:?}");
            found.append(&mut shown.clone());
            let mut expected = names(row);
            shown.sort();
            expected.sort();
            assert_eq!(shown, expected, "{place}");
        }
    }
    let restrictions: Vec<_> = catalog().permissions().filter(|permission| !granting.contains(*permission)).collect();
    assert_eq!(form.values("[aria-labelledby=limits] input[name=p]"), names(&restrictions));
    found.extend(names(&restrictions));
    assert_eq!(form.values("input[name=p]"), found);
}

#[test]
fn the_whole_grid_is_a_small_page() {
    use std::io::Write as _;
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let whole = admin.see(&format!("{LIST}/{}", world.profile("Admin")));
    assert!(whole.contains("Users: </span>"));
    whole.assert_shows("(also grants View)");
    let mut gzip = flate2::write::GzEncoder::new(vec![], flate2::Compression::default());
    gzip.write_all(whole.as_bytes()).unwrap();
    assert!(gzip.finish().unwrap().len() <= 60 * 1024);
}
