//! The rival server for batches over HTTP. It uses bare hyper and the JSON parser sonic-rs, which can borrow strings
//! from the body instead of copying them.

use serde::{Deserialize, Serialize};

use crate::bare_hyper::{self, Answer, Question, decide};

#[derive(Deserialize)]
struct Questions<'a> {
    #[serde(borrow)]
    evaluations: Vec<Question<'a>>,
}

#[derive(Serialize)]
struct Answers {
    evaluations: Vec<Answer>,
}

/// Responds to batches until the process is killed.
pub(crate) fn serve() {
    bare_hyper::serve(|body| {
        let questions: Questions<'_> = sonic_rs::from_slice(body).expect("questions");
        let answers = Answers { evaluations: questions.evaluations.iter().map(decide).collect() };
        sonic_rs::to_vec(&answers).expect("answers")
    });
}
