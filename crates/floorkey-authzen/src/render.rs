//! Writes responses into a single buffer.

use floorkey::{Reason, Revision};

use super::evaluator::Evaluation;
use super::explain::Explanation;
use super::json::ParseError;

/// Approximate size of one decision, in bytes.
const ANSWER_BYTES: usize = 160;

/// A response under construction.
pub(super) struct Rendering {
    out: Vec<u8>,
    revision: u64,
    digits: itoa::Buffer,
}

impl Rendering {
    /// Starts a response at the given revision, and reserves space for the given number of evaluations.
    pub(super) fn new(revision: Revision, questions: usize) -> Self {
        Self {
            out: Vec::with_capacity(questions * ANSWER_BYTES + 32),
            revision: revision.0,
            digits: itoa::Buffer::new(),
        }
    }

    /// Returns the finished response.
    pub(super) fn finish(self) -> Vec<u8> {
        self.out
    }

    pub(super) fn begin_batch(&mut self) {
        self.text("{\"evaluations\":[");
    }

    /// Writes a comma before each decision of a batch, except before the first decision.
    pub(super) fn separator(&mut self, at: usize) {
        if at > 0 {
            self.out.push(b',');
        }
    }

    pub(super) fn end_batch(&mut self) {
        self.text("]}");
    }

    /// Writes a decision without a context.
    #[inline]
    pub(super) fn decision_only(&mut self, evaluation: Evaluation) {
        self.text(match evaluation.is_allowed() {
            true => "{\"decision\":true}",
            false => "{\"decision\":false}",
        });
    }

    /// Writes a decision with its reason, and with the explanation if it was requested.
    #[inline]
    pub(super) fn decision(&mut self, evaluation: Evaluation, explanation: Option<&Explanation>) {
        self.begin(evaluation.is_allowed());
        self.text(reason(evaluation));
        if let Some(explanation) = explanation {
            self.text(",\"reason_admin\":");
            self.json(explanation);
        }
        self.text("}}");
    }

    /// Writes the denial of an invalid evaluation, with the error.
    pub(super) fn invalid(&mut self, error: &ParseError) {
        self.begin(false);
        self.text("\"bad_request\",\"error\":{\"status\":400,\"message\":");
        self.json(&error.to_string());
        self.text("}}}");
    }

    #[inline]
    fn begin(&mut self, allowed: bool) {
        self.text(match allowed {
            true => "{\"decision\":true,\"context\":{\"revision\":",
            false => "{\"decision\":false,\"context\":{\"revision\":",
        });
        self.out.extend_from_slice(self.digits.format(self.revision).as_bytes());
        self.text(",\"reason\":");
    }

    #[inline]
    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn json(&mut self, value: &impl serde::Serialize) {
        let start = self.out.len();
        if serde_json::to_writer(&mut self.out, value).is_err() {
            self.out.truncate(start);
            self.text("null");
        }
    }
}

/// Expands to the JSON for the reason of a decision. For a denial, the JSON includes a message for the denied user,
/// which contains no confidential information.
macro_rules! reason {
    ($code:literal) => {
        concat!("\"", $code, "\"")
    };
    ($code:literal, $words:literal) => {
        concat!("\"", $code, "\",\"reason_user\":{\"403\":\"", $words, "\"}")
    };
}

fn reason(evaluation: Evaluation) -> &'static str {
    let Evaluation::Decided(decided) = evaluation else {
        return reason!("unknown_subject_type", "The subject must be a user.");
    };
    match decided {
        Reason::Granted => reason!("granted"),
        Reason::GrantedInScope => reason!("granted_in_scope"),
        Reason::NotGranted => reason!("not_granted", "You don't have the permission for this."),
        Reason::OutOfScope => reason!("out_of_scope", "You don't have the permission for this resource."),
        Reason::WrongResourceType => {
            reason!("wrong_resource_type", "The permission does not apply to resources of this type.")
        }
        Reason::IsRestriction => reason!("restriction", "This is a restriction, not an action."),
        Reason::Disabled => reason!("disabled", "Your account is disabled."),
        Reason::UnknownUser => reason!("unknown_user", "This account does not exist."),
        Reason::UnknownPermission => reason!("unknown_permission", "There is no such permission."),
        Reason::TargetNotFound => reason!("unknown_target", "There is no such resource."),
        Reason::NamespaceNotRegistered => {
            reason!("namespace_not_registered", "This application is not registered.")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The page whose table lists every reason with its text for the user.
    const DOCUMENT: &str = include_str!("../../../docs/authzen.md");

    #[test]
    fn every_reason_is_json_and_documented() {
        use Reason as R;
        let reasons = [
            (R::Granted, "granted"),
            (R::GrantedInScope, "granted_in_scope"),
            (R::NotGranted, "not_granted"),
            (R::OutOfScope, "out_of_scope"),
            (R::WrongResourceType, "wrong_resource_type"),
            (R::IsRestriction, "restriction"),
            (R::Disabled, "disabled"),
            (R::UnknownUser, "unknown_user"),
            (R::UnknownPermission, "unknown_permission"),
            (R::TargetNotFound, "unknown_target"),
            (R::NamespaceNotRegistered, "namespace_not_registered"),
        ];
        let verdicts = reasons.map(|(reason, code)| (Evaluation::Decided(reason), code));
        for (evaluation, code) in verdicts.into_iter().chain([(Evaluation::UnknownSubjectType, "unknown_subject_type")])
        {
            let mut rendering = Rendering::new(Revision(42), 1);
            rendering.decision(evaluation, None);
            let answer: Value = serde_json::from_slice(&rendering.finish()).unwrap();
            assert_eq!(answer["decision"], json!(evaluation.is_allowed()));
            assert_eq!(answer["context"]["revision"], json!(42));
            assert_eq!(answer["context"]["reason"], json!(code));
            assert_eq!(answer["context"]["reason_user"]["403"].is_string(), !evaluation.is_allowed(), "{answer}");
            let row = DOCUMENT.lines().find(|line| line.starts_with(&format!("| `{code}` | ")));
            let end = answer["context"]["reason_user"]["403"]
                .as_str()
                .map_or(" | |".to_owned(), |text| format!(" | {text} |"));
            assert!(row.is_some_and(|row| row.ends_with(&end)), "{code}: {row:?} does not end with {end}");
        }
    }

    #[test]
    fn a_batch_with_errors_is_valid_json() {
        let mut rendering = Rendering::new(Revision(1), 3);
        rendering.begin_batch();
        for at in 0..3 {
            rendering.separator(at);
            rendering.invalid(&ParseError::member("evaluations[0].subject.\"", "must be \u{1} else"));
        }
        rendering.end_batch();
        let answer: Value = serde_json::from_slice(&rendering.finish()).unwrap();
        assert_eq!(answer["evaluations"].as_array().unwrap().len(), 3);
        assert_eq!(answer["evaluations"][2]["context"]["error"]["status"], json!(400));
    }
}
