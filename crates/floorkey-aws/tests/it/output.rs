//! Tests of the JSON format of output structs.

use std::collections::BTreeMap;

use floorkey_aws::EpochSeconds;
use floorkey_aws::input::Input;
use floorkey_aws::model::{
    AgentStatus, DeleteUserInput, DescribeAgentStatusOutput, DescribeSecurityProfileOutput, Empty,
    ListSecurityProfilesOutput, ListTagsForResourceOutput, Queue, SecurityProfile, SecurityProfileSummary,
    SecurityProfileType, UserIdentityInfo,
};

fn json(output: &impl serde::Serialize) -> String {
    serde_json::to_string(output).unwrap()
}

#[test]
fn names_are_those_of_the_wire_and_absent_members_are_left_out() {
    let profile = SecurityProfile {
        id: Some("sp".to_owned()),
        security_profile_name: Some("Agent".to_owned()),
        tags: Some(BTreeMap::new()),
        last_modified_time: Some(EpochSeconds::from_milliseconds(1_732_259_000_123)),
        r#type: Some(SecurityProfileType::CustomerManaged),
        ..SecurityProfile::default()
    };
    assert_eq!(
        json(&DescribeSecurityProfileOutput { security_profile: Some(profile) }),
        r#"{"SecurityProfile":{"Id":"sp","LastModifiedTime":1732259000.123,"SecurityProfileName":"Agent","Tags":{},"Type":"CUSTOMER_MANAGED"}}"#
    );
    let status = AgentStatus { agent_status_arn: Some("arn".to_owned()), ..AgentStatus::default() };
    assert_eq!(
        json(&DescribeAgentStatusOutput { agent_status: Some(status) }),
        r#"{"AgentStatus":{"AgentStatusARN":"arn"}}"#
    );
    assert_eq!(json(&Queue { queue_arn: Some("arn".to_owned()), ..Queue::default() }), r#"{"QueueArn":"arn"}"#);
    let tags = BTreeMap::from([("b".to_owned(), "2".to_owned()), ("a".to_owned(), "1".to_owned())]);
    assert_eq!(json(&ListTagsForResourceOutput { tags: Some(tags) }), r#"{"tags":{"a":"1","b":"2"}}"#);
    let identity = UserIdentityInfo { first_name: Some("Ann".into()), ..UserIdentityInfo::default() };
    assert_eq!(json(&identity), r#"{"FirstName":"Ann"}"#);
}

#[test]
fn the_last_page_has_no_token_and_nothing_to_say_is_an_empty_object() {
    let page = ListSecurityProfilesOutput {
        security_profile_summary_list: Some(vec![SecurityProfileSummary::default()]),
        next_token: None,
    };
    assert_eq!(json(&page), r#"{"SecurityProfileSummaryList":[{}]}"#);
    let nothing: <DeleteUserInput as Input>::Output = Empty {};
    assert_eq!(json(&nothing), "{}");
}
