//! Tests resetting the passwords of many users, with printed slips, with links, or with both.

use crate::console_mail::{ann, letter, link};
use crate::console_users_files::{passwords, wait};
use crate::visitor::{Visitor, hidden};
use crate::world::World;

const AT: &str = "/connect/users/reset";

#[test]
fn users_with_an_address_get_a_link_and_the_others_the_chosen_alternative() {
    let world = World::new();
    let agent = world.profile("Agent");
    let (ann, bob) = (ann(&world), world.new_user("bob", &[&agent]));
    let admin = Visitor::administrator(&world.server);
    let both = [("user", ann.as_str()), ("user", bob.as_str())];
    let look = admin.see(&format!("{AT}?user={ann}&user={bob}"));
    for words in
        ["A link by email", "1 of 2 users have an address", "No confirmed address, or disabled: Ann Other (bob)"]
    {
        look.assert_shows(words);
    }
    let mark = hidden(&look, "mark");
    let send = |choice: &[(&str, &str)]| admin.post(AT, &[&both, choice, &[("mark", mark.as_str())]].concat());

    let done = wait(&admin, &send(&[("how", "link"), ("others", "leave")]));
    done.assert_shows("A link was sent to 1 user.");
    assert!(passwords(&done).is_empty(), "{done}");
    let first = link(&letter(&world.server, "ann@example.com", 2));
    // Neither user was changed, so both users' current passwords still work.
    Visitor::new(&world.server).sign_in("bob", "Passw0rd");
    assert_eq!(Visitor::new(&world.server).get(&first).status, 200);

    let done = wait(&admin, &send(&[("how", "link"), ("others", "slips"), ("revoke", "1")]));
    let slips = passwords(&done);
    done.assert_shows("A link was sent to 1 user.");
    assert!(slips.len() == 1, "{done}");
    Visitor::new(&world.server).sign_in("bob", &slips[0]);
    let second = link(&letter(&world.server, "ann@example.com", 3));
    assert_eq!(Visitor::new(&world.server).get(&first).status, 410);
    let chosen = [("password", "Newest-passw0rd"), ("again", "Newest-passw0rd")];
    assert_eq!(Visitor::new(&world.server).post(&second, &chosen).status, 303);

    // If no link can be sent, the page says so, and no password is reset.
    let look = admin.see(&format!("{AT}?user={bob}"));
    let bob = [("user", bob.as_str()), ("mark", &hidden(&look, "mark")), ("how", "link"), ("others", "leave")];
    look.assert_shows("None of them has an address");
    assert_eq!(admin.post(AT, &bob).status, 409);
}
