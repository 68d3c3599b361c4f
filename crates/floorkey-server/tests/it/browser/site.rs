//! A web server that serves pages with known faults, for tests of the harness itself.

use std::convert::Infallible;
use std::net::SocketAddr;

use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, SET_COOKIE};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

/// A content security policy as strict as the console's policy.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// A small web server. Dropping this value stops the server.
pub(super) struct Site {
    pub(super) address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Site {
    pub(super) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(async move {
                    let answer = service_fn(|request| async move { Ok::<_, Infallible>(answer(&request)) });
                    let served = hyper::server::conn::http1::Builder::new();
                    // The browser can close the connection, which is not an error.
                    let _ = served.serve_connection(TokioIo::new(stream), answer).await;
                });
            }
        });
        Self { address, _runtime: runtime }
    }
}

fn answer(request: &http::Request<Incoming>) -> http::Response<Full<Bytes>> {
    let path = request.uri().path();
    let query = request.uri().query().unwrap_or_default();
    let (kind, body) = match path {
        "/good" => ("text/html", page(GOOD)),
        "/answer" => ("text/html", page(&format!("<h1>Answer</h1><p>You sent {}</p>", query.replace('&', " and ")))),
        "/bad" => ("text/html", page(BAD)),
        "/wide" => ("text/html", page("<h1>Wide</h1><p class=wide>as wide as a desk</p>")),
        "/inline" => {
            ("text/html", page("<h1>Inline</h1><p style='color: red'>red</p><script>document.title='x'</script>"))
        }
        "/stranger" => ("text/html", page("<h1>Stranger</h1><a href='http://example.org/'>Away</a>")),
        "/script-error" => ("text/html", page("<h1>Broken</h1><script src=/broken.js></script>")),
        "/refused" => ("text/html", page("<h1>Not yours</h1>")),
        "/heavy" => ("text/html", page("<h1>Heavy</h1><script src='/heavy.js'></script>")),
        "/style.css" => ("text/css", STYLE.to_owned()),
        "/script.js" => ("text/javascript", SCRIPT.to_owned()),
        "/broken.js" => ("text/javascript", "nobody.knows();".to_owned()),
        "/heavy.js" => ("text/javascript", format!("// {}", noise(40_000))),
        "/icon.svg" => ("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>".to_owned()),
        "/list.csv" => ("text/csv", "name\nAnn\n".to_owned()),
        _ => ("text/html", page("<h1>Nothing here</h1>")),
    };
    let mut answer = http::Response::builder()
        .status(if path == "/refused" { 403 } else { 200 })
        .header(CONTENT_TYPE, format!("{kind}; charset=utf-8"))
        .header(CONTENT_SECURITY_POLICY, POLICY)
        .header(SET_COOKIE, "visited=yes; HttpOnly; SameSite=Lax");
    if path == "/list.csv" {
        answer = answer.header(CONTENT_DISPOSITION, "attachment; filename=list.csv");
    }
    answer.body(Full::from(body)).unwrap()
}

fn page(body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Test</title>\
         <meta name=viewport content='width=device-width'><link rel=icon href=/icon.svg>\
         <link rel=\"stylesheet\" href=\"/style.css\"></head><body><main>{body}</main></body></html>"
    )
}

/// Returns text that gzip can hardly compress.
fn noise(letters: usize) -> String {
    let mut state = 1_u32;
    let letter = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'!' + u8::try_from(state >> 26).unwrap())
    });
    letter.take(letters).collect()
}

const GOOD: &str = "<h1>People</h1>\
    <p id=said role=status></p>\
    <form action=/answer>\
      <label>Name <input name=name required></label>\
      <label for=team>Team</label><select id=team name=team><option value=a>Sales</option><option value=b>Care</option></select>\
      <label for=file>File</label><input type=file id=file name=file>\
      <label for=from>From</label><input type=date id=from name=from>\
      <fieldset><legend>Users</legend><label><input type=checkbox name=users-view> View</label></fieldset>\
      <fieldset><legend>Queues</legend><label><input type=checkbox name=queues-view checked> View</label></fieldset>\
      <button>Save</button>\
    </form>\
    <table><caption>Everybody</caption>\
      <tr><th scope=row>Ann Other</th><td><a href='/answer?edit=ann'>Edit</a></td></tr>\
      <tr><th scope=row>Bob Brown</th><td><a href='/answer?edit=bob'>Edit</a></td></tr></table>\
    <p><button type=button id=later>Later</button> <a href=/list.csv download>Download CSV</a></p>\
    <script src='/script.js'></script>";

const BAD: &str = "<h1>Bad</h1><input name=x><p class=pale>hardly to be read</p><button></button>";

const STYLE: &str = ":root{color-scheme:light dark;font-family:system-ui;background:Canvas} table,fieldset{max-width:100%} \
    a{display:inline-block;min-width:24px;line-height:24px} \
    .pale{color:#ccc;background:#fff} .wide{width:900px}";

const SCRIPT: &str = "document.getElementById('later').addEventListener('click', () => setTimeout(() => { \
    const said = document.getElementById('said'); \
    said.textContent = said.textContent ? '' : 'It is later'; }, 300)); \
    document.addEventListener('keydown', event => { if (event.key === '/') { \
    event.preventDefault(); document.querySelector('[name=name]').focus(); } });";
