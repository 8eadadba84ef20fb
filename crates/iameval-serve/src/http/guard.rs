//! Who may ask: `Host` and `Origin` say whether a page on the web has found its way here (DNS rebinding).

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// Why a request is refused before it is read; `None` where it is not.
pub(super) fn refusal(headers: &HeaderMap, allow_remote: bool) -> Option<&'static str> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if !allow_remote && text(HOST).is_some_and(|host| !is_loopback(host)) {
        return Some("The Host header names another machine; --allow-remote lets every name through.");
    }
    // Scripts and SDKs send no Origin; pages do.
    let own = |origin: &str| origin.split_once("://").is_some_and(|(_, host)| is_loopback(host));
    if text(ORIGIN).is_some_and(|origin| !own(origin)) {
        return Some("The Origin header names a page of another site.");
    }
    None
}

/// Whether `HOST` or `HOST:PORT` is this machine.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let is_address = || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost") || is_address()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_alone_asks() {
        let refused = |name: &'static str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            refusal(&headers, false).is_some()
        };
        for host in
            ["localhost", "LOCALHOST:8086", "127.0.0.1:1", "127.8.8.8", "[::1]:80", "[::1]", "iam.localhost:8086"]
        {
            assert!(!refused("host", host), "{host}");
        }
        for host in ["evil.example", "evil.example:8086", "10.0.0.1", "[::2]:1", "localhost.evil.example", ""] {
            assert!(refused("host", host), "{host}");
        }
        assert!(refused("origin", "https://evil.example") && refused("origin", "null"));
        assert!(!refused("origin", "http://localhost:3000"));
    }
}
