use floorkey_aws::exception::ExceptionKind::InvalidParameter;
use floorkey_aws::operation::Operation::{SearchSecurityProfiles, SearchUserHierarchyGroups, SearchUsers};
use serde_json::{Value, json};

use crate::http::Answer;
use crate::visitor::{Visitor, hidden, page};
use crate::world::World;

#[test]
fn a_search_accepts_a_hundred_conditions_three_levels_deep() {
    let world = World::new();
    let one = |value: &str| json!({ "StringCondition": { "FieldName": "name", "Value": value, "ComparisonType": "CONTAINS" } });
    let any = |conditions: Vec<Value>| json!({ "OrConditions": conditions });
    let nested = |depth: usize| (0..depth).fold(one("a"), |inner, _| any(vec![inner]));
    for operation in [SearchSecurityProfiles, SearchUserHierarchyGroups] {
        let search = |criteria: Value| world.in_instance(json!({ "SearchCriteria": criteria }));
        let refused = |criteria| world.operator.refused(operation, &search(criteria), InvalidParameter);
        world.operator.ok(operation, &search(any(vec![one("a"); 100])));
        assert!(refused(any(vec![one("a"); 101])).contains("up to 100 conditions"));
        assert!(refused(any(vec![one("a"); 14_000])).contains("up to 100 conditions"));
        assert!(refused(any(vec![any(vec![one("a"); 60]), any(vec![one("b"); 60])])).contains("up to 100"));
        world.operator.ok(operation, &search(nested(3)));
        assert!(refused(nested(4)).contains("nested 3 levels deep"));
        assert!(refused(one(&"a".repeat(513))).contains("up to 512 characters"));
    }
    let skill = json!({ "StringCondition": { "FieldName": "level", "Value": "a", "ComparisonType": "EXACT" } });
    let skills = json!({ "ListCondition": { "TargetListType": "PROFICIENCIES", "Conditions": vec![skill; 101] } });
    let filter = json!({ "TagFilter": { "OrConditions": vec![json!([{ "TagKey": "a" }]); 101] } });
    for input in [json!({ "SearchCriteria": skills }), json!({ "SearchFilter": filter })] {
        let message = world.operator.refused(SearchUsers, &world.in_instance(input), InvalidParameter);
        assert!(message.contains("up to 100"), "{message}");
    }
}

fn upload(visitor: &Visitor, login: &str) -> Answer {
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nUser login,First name,Last name,Security profile,\
         Routing profile\n{login},A,B,Agent,Basic Routing Profile\r\n--x--\r\n"
    );
    visitor.send("POST", "/connect/users/import", Some("multipart/form-data; boundary=x"), body.as_bytes())
}

#[test]
fn pending_uploads_replace_only_older_ones_of_the_same_user() {
    let world = World::new();
    let admin = Visitor::administrator(&world.server);
    let other = world.visitor("importer", &["Users.Create", "Users.View", "Users.EditPermission"]);
    let ready = |answer: Answer| {
        assert_eq!(answer.status, 200, "{}", page(&answer));
        hidden(&page(&answer), "upload")
    };
    let first = ready(upload(&admin, "ann"));
    let uploads: Vec<String> = (0..20).map(|number| ready(upload(&other, &format!("user{number}")))).collect();
    let decide = |visitor: &Visitor, upload: &str| {
        visitor.post("/connect/users/import", &[("upload", upload), ("passwords", "none")]).status
    };
    assert_eq!(decide(&other, &uploads[17]), 409, "two newer ones took its place");
    assert_eq!(decide(&other, &first), 409, "it is somebody else's");
    assert_eq!((decide(&other, &uploads[18]), decide(&admin, &first)), (303, 303));
}
