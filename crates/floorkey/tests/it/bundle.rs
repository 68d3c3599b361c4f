//! Tests bundles. A loaded bundle makes the same decisions as the instance, and a modified bundle does not load.

use floorkey::bundle::{BundleError, BundleSigningKey, PublicKey};
use floorkey::{Directory, InstanceId, Request, Revision, Timestamp};

use crate::random_directory::{directory, random_request, supplied_attributes};
use crate::rng::TestRng;

fn key(seed: u8) -> BundleSigningKey {
    BundleSigningKey::from_seed(&[seed; 32])
}

#[test]
fn a_loaded_bundle_decides_like_the_instance() {
    let mut rng = TestRng::new(31);
    let (key, mut allowed) = (key(1), 0);
    for number in 0..40 {
        let (directory, ids) = directory(&mut rng);
        let text = key.sign(&directory, Timestamp::from_millis(7)).unwrap();
        let bundle = key.public().load(&text).unwrap();
        assert_eq!((bundle.created, bundle.directory.revision()), (Timestamp::from_millis(7), directory.revision()));
        assert_eq!(bundle.directory.instance(), directory.instance());
        let supplied = supplied_attributes(&mut rng, &ids);
        for _ in 0..500 {
            let request = random_request(&mut rng, &directory, &ids, &supplied);
            let decision = directory.decide(&request);
            assert_eq!(bundle.directory.decide(&request), decision, "directory {number}: {request:?}");
            allowed += usize::from(decision.allowed());
        }
        let request: Request<'_> = random_request(&mut rng, &directory, &ids, &supplied);
        let who = |directory: &Directory| {
            let found = directory.search_subjects(&request, None).filter_map(|at| directory.user_at_position(at));
            found.map(|user| user.id).collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(who(&bundle.directory), who(&directory));
        // The same directory always produces the same bundle, so bundles can be compared and kept under version
        // control.
        assert_eq!(key.sign(&bundle.directory, Timestamp::from_millis(7)).unwrap(), text);
    }
    assert!(allowed > 1_000, "{allowed}");
}

#[test]
fn a_bundle_that_was_modified_or_signed_with_another_key_does_not_load() {
    let (directory, _) = directory(&mut TestRng::new(32));
    let text = key(1).sign(&directory, Timestamp::default()).unwrap();
    assert_eq!(key(2).public().load(&text).unwrap_err(), BundleError::Signature);
    for at in (0..text.len()).step_by(text.len() / 200) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        let Ok(touched) = String::from_utf8(bytes) else { continue };
        assert!(key(1).public().load(&touched).is_err(), "byte {at}");
    }
    for cut in [0, 1, 20, text.len() / 2, text.len() - 2] {
        assert!(key(1).public().load(text.get(..cut).unwrap_or_default()).is_err(), "{cut}");
    }
    assert_eq!(key(1).public().load("").unwrap_err(), BundleError::Format);
}

#[test]
fn an_older_bundle_does_not_replace_a_newer_one() {
    let at = |revision| Directory::from_records(InstanceId::from_bits(1), Revision(revision), Vec::new());
    let text = key(1).sign(&at(5), Timestamp::default()).unwrap();
    let public = key(1).public();
    assert!(public.load_newer(&text, &at(4)).is_ok());
    assert!(public.load_newer(&text, &at(5)).is_ok());
    let error = public.load_newer(&text, &at(6)).unwrap_err();
    assert_eq!(error, BundleError::Older { found: Revision(5), current: Revision(6) });
}

#[test]
fn a_public_key_parses_from_its_text_form() {
    let public = key(3).public();
    assert_eq!(PublicKey::parse(&public.to_string()), Ok(public));
    for text in ["", "fkpub_", "fkpub_short", "AAAA"] {
        assert_eq!(PublicKey::parse(text), Err(BundleError::Key), "{text}");
    }
}

#[test]
fn a_bundle_contains_no_names_or_email_addresses() {
    let mut instance = crate::test_instance::TestInstance::new();
    instance.create_user("ann", &["Agent"]);
    let text = key(1).sign(&instance.directory, Timestamp::default()).unwrap();
    let identity = crate::test_instance::identity();
    for personal in [identity.first_name, identity.last_name, identity.email, identity.mobile].into_iter().flatten() {
        assert!(!text.contains(&personal), "{personal}");
    }
    assert!(text.contains("\"ann\""));
}
