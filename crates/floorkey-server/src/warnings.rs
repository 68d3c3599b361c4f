//! Warnings at startup about settings that are valid but probably not intended.

use std::net::SocketAddr;

use floorkey_store::{Store, StoreError};

use crate::config::Config;

/// Warns if other machines can reach the server without TLS, or if the region has changed since the first start. At the
/// first start, stores the region.
///
/// # Errors
/// Returns an error if the store can't be read or written.
pub(crate) async fn warn_of_settings(config: &Config, address: SocketAddr, store: &Store) -> Result<(), StoreError> {
    warn_if_unencrypted(config, address);
    match store.region().await? {
        None => store.put_region(&config.region).await?,
        Some(before) if before != config.region => {
            tracing::warn!("{}", region_changed_warning(&config.region, &before))
        }
        Some(_) => {}
    }
    Ok(())
}

/// Warns if other machines can reach the server without TLS.
pub(crate) fn warn_if_unencrypted(config: &Config, address: SocketAddr) {
    let is_secure = config.tls.is_some() || config.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    if !address.ip().is_loopback() && !is_secure {
        tracing::warn!("{}", unencrypted_warning(address));
    }
}

fn unencrypted_warning(address: SocketAddr) -> String {
    format!(
        "{address} can be reached from other machines without TLS, so traffic can be intercepted. Set \
        FLOORKEY_TLS_CERT and FLOORKEY_TLS_KEY, or, behind a proxy with TLS, set FLOORKEY_PUBLIC_URL"
    )
}

fn region_changed_warning(now: &str, before: &str) -> String {
    format!(
        "the region is {now} (--region / FLOORKEY_REGION), but was {before} when this data folder was created. \
        ARNs that clients have stored are not valid in this region, and clients must sign for {now}"
    )
}
