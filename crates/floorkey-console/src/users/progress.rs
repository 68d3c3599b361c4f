//! The page that shows the progress of a job, and then its result with the slips to hand out.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::Path;
use http::{HeaderValue, Response, StatusCode, header};

use super::work::{Outcome, Progress, Slip, Works};
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page, page_with};
use crate::web::page_error::PageError;
use crate::web::text;

#[derive(Template)]
#[template(path = "users/work.html")]
struct WorkPage {
    layout: Layout,
    back: String,
    total: usize,
    done: usize,
    /// `1,200 of 6,000 are ready`.
    so_far: String,
    /// Whether the job creates passwords, not only links.
    passwords: bool,
    failed: Option<String>,
}

#[derive(Template)]
#[template(path = "users/slips.html")]
struct SlipsPage {
    layout: Layout,
    title: String,
    back: String,
    count: String,
    address: String,
    slips: Vec<ShownSlip>,
    /// A sentence with the number of links that were sent.
    sent: Option<String>,
    /// The users to whom no link could be sent, with reasons.
    unsent: Vec<String>,
}

struct ShownSlip {
    number: usize,
    name: String,
    login: String,
    password: zeroize::Zeroizing<String>,
}

/// Shows the progress or the result of a job.
pub(super) async fn show(
    viewer: CurrentUser,
    Extension(works): Extension<Arc<Works>>,
    Path(id): Path<String>,
) -> Result<Response<Body>, PageError> {
    let Some(work) = works.of(&viewer, &id) else {
        let text = "This was shown already, or it was too long ago: passwords are shown once. Reset them again if you \
                    still need them.";
        return Err(PageError::InvalidInput(StatusCode::GONE, text.to_owned()));
    };
    let (title, back, total, passwords) = (work.title.clone(), work.back.clone(), work.total, work.slips > 0);
    match work.progress(viewer.now) {
        Progress::Running(done) => {
            let so_far = format!("{} of {}", text::figure(done), text::figure(total));
            let layout = viewer.layout(so_far.clone());
            let so_far = format!("{so_far} are ready");
            let mut response = page(&WorkPage { layout, back, total, done, so_far, passwords, failed: None });
            response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("1"));
            Ok(response)
        }
        Progress::Failed(problem) => {
            let layout = viewer.layout("That was not done");
            let page =
                WorkPage { layout, back, total, done: 0, so_far: String::new(), passwords, failed: Some(problem) };
            Ok(page_with(StatusCode::CONFLICT, &page))
        }
        Progress::Ready(Outcome { slips, sent, unsent }) => {
            let shown = |(slip, number): (Slip, usize)| ShownSlip {
                number,
                name: slip.name,
                login: slip.login,
                password: zeroize::Zeroizing::new(slip.password.reveal().to_owned()),
            };
            let alias = viewer.directory.settings().alias.clone();
            let several = viewer.app().service.engine().all().len() > 1;
            let path = alias.filter(|_| several).map(|alias| format!("/{alias}")).unwrap_or_default();
            Ok(page(&SlipsPage {
                layout: viewer.layout(title.clone()),
                title,
                back,
                count: text::count_noun(slips.len(), "user"),
                address: format!("{}/connect/login{path}", viewer.app().public_url),
                slips: slips.into_iter().zip(1..).map(shown).collect(),
                sent: (sent > 0).then(|| format!("A link is on its way to {}.", text::count_noun(sent, "user"))),
                unsent,
            }))
        }
    }
}
