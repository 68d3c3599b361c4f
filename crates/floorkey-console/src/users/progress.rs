//! The page that shows the progress of a job, and then its result with the temporary passwords.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::Path;
use http::{HeaderValue, Response, StatusCode, header};

use super::job::{JobResult, Jobs, Progress, TemporaryPassword};
use crate::web::current_user::CurrentUser;
use crate::web::layout::{Layout, page, page_with};
use crate::web::page_error::PageError;
use crate::web::text;

#[derive(Template)]
#[template(path = "users/job.html")]
struct JobPage {
    layout: Layout,
    back: String,
    total: usize,
    done: usize,
    /// The progress of the job, such as `1,200 of 6,000 are ready`.
    progress_text: String,
    /// Whether the job also creates passwords, and does not only send links.
    has_passwords: bool,
    failed: Option<String>,
}

#[derive(Template)]
#[template(path = "users/temporary_passwords.html")]
struct TemporaryPasswordsPage {
    layout: Layout,
    title: String,
    back: String,
    count: String,
    address: String,
    rows: Vec<TemporaryPasswordRow>,
    /// A sentence with the number of links that were sent.
    sent: Option<String>,
    /// The users to whom no link could be sent, with the reasons.
    unsent: Vec<String>,
}

struct TemporaryPasswordRow {
    number: usize,
    name: String,
    login: String,
    password: zeroize::Zeroizing<String>,
}

/// Shows the progress or the result of a job.
pub(super) async fn show(
    viewer: CurrentUser,
    Extension(jobs): Extension<Arc<Jobs>>,
    Path(id): Path<String>,
) -> Result<Response<Body>, PageError> {
    let Some(job) = jobs.get(&viewer, &id) else {
        let text = "This was shown already, or it was too long ago: passwords are shown once. Reset them again if you \
                    still need them.";
        return Err(PageError::InvalidInput(StatusCode::GONE, text.to_owned()));
    };
    let (title, back, total, has_passwords) = (job.title.clone(), job.back.clone(), job.total, job.passwords > 0);
    match job.progress(viewer.now) {
        Progress::Running(done) => {
            let progress_text = format!("{} of {}", text::figure(done), text::figure(total));
            let layout = viewer.layout(progress_text.clone());
            let progress_text = format!("{progress_text} are ready");
            let mut response = page(&JobPage { layout, back, total, done, progress_text, has_passwords, failed: None });
            response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("1"));
            Ok(response)
        }
        Progress::Failed(problem) => {
            let layout = viewer.layout("That was not done");
            let page = JobPage {
                layout,
                back,
                total,
                done: 0,
                progress_text: String::new(),
                has_passwords,
                failed: Some(problem),
            };
            Ok(page_with(StatusCode::CONFLICT, &page))
        }
        Progress::Ready(JobResult { passwords, sent, unsent }) => {
            let row = |(temporary, number): (TemporaryPassword, usize)| TemporaryPasswordRow {
                number,
                name: temporary.name,
                login: temporary.login,
                password: zeroize::Zeroizing::new(temporary.password.reveal().to_owned()),
            };
            let alias = viewer.directory.settings().alias.clone();
            let several = viewer.app().service.engine().all().len() > 1;
            let path = alias.filter(|_| several).map(|alias| format!("/{alias}")).unwrap_or_default();
            Ok(page(&TemporaryPasswordsPage {
                layout: viewer.layout(title.clone()),
                title,
                back,
                count: text::count_noun(passwords.len(), "user"),
                address: format!("{}/connect/login{path}", viewer.app().public_url),
                rows: passwords.into_iter().zip(1..).map(row).collect(),
                sent: (sent > 0).then(|| format!("A link was sent to {}.", text::count_noun(sent, "user"))),
                unsent,
            }))
        }
    }
}
