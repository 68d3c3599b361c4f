//! A visitor of the console without scripts. The visitor stores cookies and submits forms as a browser would.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::html_page::Page;
use crate::http::{Answer, send};
use crate::server::{ADMIN_PASSWORD, Server};

/// A simulated browser.
pub(crate) struct Visitor {
    address: SocketAddr,
    cookies: RefCell<BTreeMap<String, String>>,
    /// The value of the header `X-Forwarded-For` that a proxy would add.
    forwarded_for: Option<String>,
}

impl Visitor {
    /// Creates a browser without cookies.
    pub(crate) fn new(server: &Server) -> Self {
        Self::at(server.address)
    }

    /// Creates a browser without cookies for the server at an address.
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self { address, cookies: RefCell::default(), forwarded_for: None }
    }

    /// Creates a browser behind a proxy. The proxy sends the given value of `X-Forwarded-For`.
    pub(crate) fn behind_proxy(server: &Server, forwarded_for: &str) -> Self {
        Self { forwarded_for: Some(forwarded_for.to_owned()), ..Self::new(server) }
    }

    /// Creates a browser and signs the administrator in.
    pub(crate) fn administrator(server: &Server) -> Self {
        let visitor = Self::new(server);
        visitor.sign_in("admin", ADMIN_PASSWORD);
        visitor
    }

    /// Signs in, which must succeed.
    pub(crate) fn sign_in(&self, username: &str, password: &str) {
        let answer = self.post("/connect/login", &[("username", username), ("password", password)]);
        assert_eq!(answer.status, 303, "{}", page(&answer));
    }

    /// Signs in with a temporary password, and chooses a new password.
    pub(crate) fn sign_in_first(&self, username: &str, one_time: &str, chosen: &str) {
        self.sign_in(username, one_time);
        let answer = self.post("/connect/password", &[("password", chosen), ("again", chosen)]);
        assert_eq!(answer.status, 303, "{}", page(&answer));
    }

    /// Requests a page.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, b"")
    }

    /// Requests a page that must exist.
    pub(crate) fn see(&self, path: &str) -> Page {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", page(&answer));
        page(&answer)
    }

    /// Submits a form.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, Some("application/x-www-form-urlencoded"), body.as_bytes())
    }

    /// Submits a form, follows the redirect, and returns the resulting page.
    pub(crate) fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let answer = self.post(path, fields);
        assert_eq!(answer.status, 303, "{path}: {}", page(&answer));
        self.see(answer.header("location").expect("a place to go on to"))
    }

    /// Sends a request with the visitor's cookies.
    pub(crate) fn send(&self, method: &str, path: &str, kind: Option<&str>, body: &[u8]) -> Answer {
        let mut headers = vec![("Host".to_owned(), self.address.to_string())];
        if let Some(forwarded_for) = &self.forwarded_for {
            headers.push(("X-Forwarded-For".to_owned(), forwarded_for.clone()));
        }
        if let Some(kind) = kind {
            headers.push(("Content-Type".to_owned(), kind.to_owned()));
        }
        let cookies: Vec<_> = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            headers.push(("Cookie".to_owned(), cookies.join("; ")));
        }
        let answer = send(self.address, method, path, &headers, body);
        for cookie in answer.headers("set-cookie") {
            let (pair, rest) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a cookie's name and value");
            match rest.contains("Max-Age=0") {
                true => self.cookies.borrow_mut().remove(name),
                false => self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned()),
            };
        }
        answer
    }

    /// Returns the server's address.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the cookies as the value of a `Cookie` header.
    pub(crate) fn cookies(&self) -> String {
        let cookies = self.cookies.borrow();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Returns the value of the cookie with the given name.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }
}

/// Returns a response body as a page.
pub(crate) fn page(answer: &Answer) -> Page {
    Page::parse(String::from_utf8_lossy(&answer.body))
}

/// Returns the value of a page's first hidden field with the given name.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let marks = [format!("name=\"{name}\" value=\""), format!("name={name} value=\"")];
    let found = marks.iter().find_map(|mark| page.split_once(mark.as_str())).map(|(_, rest)| rest);
    let value = found.and_then(|rest| rest.split_once('"')).map(|(value, _)| value);
    value.unwrap_or_else(|| panic!("no field {name} in {page}")).to_owned()
}
