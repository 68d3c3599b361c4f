//! Tests the log lines that the server writes for calls.

use crate::program::Program;

/// Returns the last log line about the given operation, if there is one.
fn line(program: &Program, operation: &str) -> Option<String> {
    let operation = format!("operation=\"{operation}\"");
    program.printed("err.txt").lines().rfind(|line| line.contains(&operation)).map(str::to_owned)
}

fn make_calls(program: &Program) {
    let (user, sofia) = (program.user("tom.okafor"), program.key_of("sofia.marin"));
    let instance = &program.instance;
    let status = |key, method, path: &str, body| program.call(key, method, path, body).status;
    assert_eq!(status(&program.operator, "GET", &format!("/users/{instance}/{user}"), None), 200);
    assert_eq!(status(&program.operator, "GET", &format!("/users-summary/{instance}"), None), 200);
    assert_eq!(status(&program.operator, "POST", &format!("/search-users?x={user}"), Some("{}")), 400);
    let tags = format!("/tags/arn%3Aaws%3Aconnect%3Aus-east-1%3A123456789012%3Ainstance%2F{instance}%2Fagent%2F{user}");
    assert_eq!(status(&program.operator, "POST", &tags, Some(r#"{"tags":{"a":"b"}}"#)), 200);
    assert_eq!(status(&sofia, "DELETE", &format!("/instance/{instance}"), None), 403);
    let absent = format!("/users/{instance}/00000000-0000-4000-8000-000000000000");
    assert_eq!(status(&program.operator, "GET", &absent, None), 404);
}

#[test]
fn successful_reads_are_logged_at_debug_and_changes_and_refusals_at_info() {
    let program = Program::start(&["--demo"]);
    make_calls(&program);
    let info = |operation, status: u16| {
        let line = line(&program, operation).unwrap_or_default();
        assert!(line.contains(" INFO ") && line.contains(&format!("status={status}")), "{operation}: {line}");
    };
    info("CreateAccessKey", 200);
    info("SearchUsers", 400);
    info("TagResource", 200);
    info("DeleteInstance", 403);
    info("DescribeUser", 404);
    for answered in ["ListInstances", "ListUsers", "DescribeUserByLogin"] {
        assert_eq!(line(&program, answered), None);
    }

    let program = Program::start(&["--demo", "--log", "floorkey=debug"]);
    make_calls(&program);
    for answered in ["ListInstances", "ListUsers", "DescribeUserByLogin"] {
        let line = line(&program, answered).unwrap_or_default();
        assert!(line.contains(" DEBUG ") && line.contains("status=200"), "{answered}: {line}");
    }
}
