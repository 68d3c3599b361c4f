//! The trusted proxies in front of the server. This module also determines the address of a client behind a proxy.
//!
//! Any client can send `X-Forwarded-For`, so only entries that a trusted proxy has appended are reliable. The header is
//! read from right to left. The first address that is not a trusted proxy is the client's address. The client may have
//! made up all entries to the left of it. The header `Forwarded` (RFC 7239) is ignored, because a proxy that sets only
//! one of the two headers forwards the other header unchanged.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// An entry in the list of trusted proxies that is neither an address nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an address or network; examples are 192.0.2.7, 10.0.0.0/8, 2001:db8::/32")]
pub(crate) struct NotANetwork(String);

/// The addresses and networks of trusted proxies; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Parses a list of addresses (`192.0.2.7`, `2001:db8::7`) and networks (`10.0.0.0/8`) separated by commas or
    /// spaces. An IPv4-mapped IPv6 address is treated as an IPv4 address.
    ///
    /// # Errors
    /// Returns the first entry that is neither an address nor a network.
    pub(crate) fn parse(text: &str) -> Result<Self, NotANetwork> {
        let entries = text.split(|c: char| c == ',' || c.is_ascii_whitespace()).filter(|entry| !entry.is_empty());
        entries.map(parse_network).collect::<Result<_, _>>().map(Self)
    }

    /// Whether connections from this address come from a trusted proxy.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Returns the address of the client that sent a request. If the peer of the connection is not a trusted proxy, the
    /// peer is the client. Otherwise, the client is the rightmost forwarded address that is not a trusted proxy. If all
    /// addresses are trusted proxies, returns the leftmost address. If an entry is not an address, returns the address
    /// of the proxy that appended the entry.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if self.0.is_empty() {
            return client;
        }
        let values = headers.get_all(FORWARDED_FOR).into_iter().rev();
        let mut forwarded = values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b',')).map(parse_entry);
        while self.contains(client)
            && let Some(Some(next)) = forwarded.next()
        {
            client = next;
        }
        client
    }
}

fn parse_network(entry: &str) -> Result<IpNet, NotANetwork> {
    let wrong = || NotANetwork(entry.to_owned());
    match entry.parse::<IpAddr>() {
        Ok(address) => Ok(IpNet::from(address.to_canonical())),
        Err(_) => entry.parse::<IpNet>().map(|network| network.trunc()).map_err(|_| wrong()),
    }
}

/// Parses an entry of `X-Forwarded-For`. Some proxies append the port: `192.0.2.7:4711`, `[2001:db8::7]:4711`.
fn parse_entry(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let unbracketed = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = unbracketed.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip())).ok()?;
    Some(IpAddr::to_canonical(&address))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn client(trusted: &str, peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(value).unwrap());
        }
        TrustedProxies::parse(trusted).unwrap().client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn without_trusted_proxies_forwarded_addresses_do_not_count() {
        assert_eq!(client("", "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(client("10.0.0.0/8", "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(client("", "::ffff:192.0.2.1", &[]), "192.0.2.1");
    }

    #[test]
    fn the_rightmost_address_that_is_not_trusted_counts() {
        let trusted = "10.0.0.0/8, 2001:db8:1::/48 192.0.2.9";
        assert_eq!(client(trusted, "10.1.1.1", &["203.0.113.5, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(client(trusted, "10.1.1.1", &["203.0.113.5, 198.51.100.7, 192.0.2.9,10.2.2.2"]), "198.51.100.7");
        assert_eq!(client(trusted, "::ffff:10.1.1.1", &["203.0.113.5", "198.51.100.7", "10.2.2.2"]), "198.51.100.7");
        assert_eq!(client(trusted, "2001:db8:1::1", &["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(client(trusted, "10.1.1.1", &["2001:db8:2::7"]), "2001:db8:2::7");
        assert_eq!(client(trusted, "10.1.1.1", &["[2001:db8:2::7]:80"]), "2001:db8:2::7");
        assert_eq!(client(trusted, "10.1.1.1", &["[2001:db8:2::7]"]), "2001:db8:2::7");
        assert_eq!(client(trusted, "10.1.1.1", &["::ffff:198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn an_invalid_entry_ends_the_search_at_the_hop_that_sent_it() {
        let trusted = "10.0.0.0/8";
        assert_eq!(client(trusted, "10.1.1.1", &["198.51.100.7, unknown"]), "10.1.1.1");
        assert_eq!(client(trusted, "10.1.1.1", &["198.51.100.7, _x, 10.2.2.2"]), "10.2.2.2");
        assert_eq!(client(trusted, "10.1.1.1", &[""]), "10.1.1.1");
        assert_eq!(client(trusted, "10.1.1.1", &["10.3.3.3, 10.2.2.2"]), "10.3.3.3");
    }

    #[test]
    fn a_wrong_entry_is_named() {
        for wrong in ["proxy.example.com", "10.0.0.0/33", "10.0.0", "fe80::1%eth0"] {
            let error = TrustedProxies::parse(&format!("192.0.2.1,{wrong}")).unwrap_err().to_string();
            assert!(error.contains(&format!("`{wrong}`")), "{error}");
        }
        assert_eq!(TrustedProxies::parse(" , ").unwrap(), TrustedProxies::default());
        let trusted = TrustedProxies::parse("10.1.2.3/8").unwrap();
        assert!(trusted.contains("10.200.0.1".parse().unwrap()));
        assert!(trusted.contains("::ffff:10.200.0.1".parse().unwrap()));
        assert!(!trusted.contains("11.0.0.1".parse().unwrap()));
    }
}
