//! Tests stores in memory.

use std::collections::BTreeMap;

use floorkey::{Directory, Revision};
use floorkey_store::Store;

use crate::test_instance::TestInstance;

async fn directory(store: &Store, fixture: &TestInstance) -> Directory {
    let loaded = store.load(fixture.instance).await.unwrap();
    Directory::from_records(fixture.instance, loaded.head.revision(), loaded.records)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_has_the_data_and_the_given_revision_and_is_independent() {
    let mut fixture = TestInstance::create_in(Store::in_memory().unwrap(), 1).await;
    for _ in 0..20 {
        fixture.add_user().await;
    }
    let (original, later) = (fixture.directory.clone(), Revision(1_000));
    let copy = fixture.store.copy_in_memory(&BTreeMap::from([(fixture.instance, later)])).await.unwrap();
    let copied = directory(&copy, &fixture).await;
    assert_eq!((copied.records(), copied.revision()), (original.records(), later));
    assert_eq!(copy.head(fixture.instance).await.unwrap().revision(), later);
    assert_eq!(copy.last_revision(fixture.instance).await.unwrap(), Some(later));
    let instance = fixture.instance;
    assert_eq!(copy.audit_head(instance).await.unwrap(), fixture.store.audit_head(instance).await.unwrap());

    fixture.add_user().await;
    assert_eq!(directory(&copy, &fixture).await.user_count(), original.user_count(), "the copy does not follow");
    // The copy also remains when the original is gone.
    fixture.store = copy;
    assert_eq!(fixture.store.instances().await.unwrap(), [fixture.instance]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_in_memory_share_nothing() {
    let (one, other) = (TestInstance::create_in(Store::in_memory().unwrap(), 1).await, Store::in_memory().unwrap());
    assert_eq!(one.store.instances().await.unwrap().len(), 1);
    assert_eq!(other.instances().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_see_whole_batches_while_the_writer_writes() {
    let mut fixture = TestInstance::create_in(Store::in_memory().unwrap(), 1).await;
    let (store, instance) = (fixture.store.clone(), fixture.instance);
    let (stop, mut stopped) = tokio::sync::oneshot::channel::<()>();
    let reading = tokio::spawn(async move {
        let mut revisions = Vec::new();
        while stopped.try_recv().is_err() {
            let loaded = store.load(instance).await.unwrap();
            let directory = Directory::from_records(instance, loaded.head.revision(), loaded.records);
            revisions.push((directory.revision(), directory.user_count()));
        }
        revisions
    });
    let first = fixture.directory.clone();
    for _ in 0..200 {
        fixture.add_user().await;
    }
    stop.send(()).unwrap();
    let revisions = reading.await.unwrap();
    assert!(revisions.is_sorted(), "{revisions:?}");
    for (revision, users) in revisions {
        let added = usize::try_from(revision.0 - first.revision().0).unwrap();
        assert_eq!(users, first.user_count() + added, "every change adds one user");
    }
}

#[tokio::test]
async fn a_store_in_a_folder_is_not_copied_to_memory() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&floorkey_store::StoreSettings { folder: folder.path().to_owned() }).unwrap();
    let error = store.copy_in_memory(&BTreeMap::new()).await.unwrap_err();
    assert!(error.to_string().contains("only a store in memory"), "{error}");
}
