"""Calls the Connect API with boto3, including boto3's own paginators, errors and response parsing."""

import datetime
import sys

import boto3
from botocore.exceptions import ClientError

INSTANCE = sys.argv[1]
connect = boto3.client("connect")


def pages(operation, member, size, **arguments):
    """Returns all rows of a list, fetched in pages of the given size."""
    paginator = connect.get_paginator(operation)
    found = []
    for page in paginator.paginate(PaginationConfig={"PageSize": size}, **arguments):
        assert len(page[member]) <= size, operation
        found += page[member]
    return found


def refused(code, call, **arguments):
    """Makes a call that must fail with the given error code, and returns the error."""
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert error.response["Error"]["Message"], error
        assert error.response["ResponseMetadata"]["RequestId"], error
        return error
    raise AssertionError(f"{code} was expected")


def names(rows, member="Name"):
    return [row[member] for row in rows]


def security_profiles():
    made = connect.create_security_profile(
        InstanceId=INSTANCE,
        SecurityProfileName="Walk",
        Description="Made by boto3",
        Permissions=["Users.Edit", "Queues.Edit"],
        Tags={"site": "lyon"},
        Applications=[{"Namespace": "crm", "ApplicationPermissions": ["ACCESS"]}],
    )
    profile = {"InstanceId": INSTANCE, "SecurityProfileId": made["SecurityProfileId"]}
    described = connect.describe_security_profile(**profile)["SecurityProfile"]
    assert described["Arn"] == made["SecurityProfileArn"]
    assert described["OrganizationResourceId"] == INSTANCE
    assert isinstance(described["LastModifiedTime"], datetime.datetime)
    whole = connect.list_security_profile_permissions(**profile)["Permissions"]
    assert "Users.View" in whole and "Queues.View" in whole, whole
    for size in (1, 2, 100):
        assert pages("list_security_profile_permissions", "Permissions", size, **profile) == whole
        applications = pages("list_security_profile_applications", "Applications", size, **profile)
        assert names(applications, "Namespace") == ["crm"]
        listed = pages("list_security_profiles", "SecurityProfileSummaryList", size, InstanceId=INSTANCE)
        assert names(listed) == ["Admin", "Agent", "CallCenterManager", "QualityAnalyst", "Walk"]
        found = pages("search_security_profiles", "SecurityProfiles", size, InstanceId=INSTANCE)
        assert names(found, "SecurityProfileName") == names(listed)
    connect.update_security_profile(**profile, Description="", Permissions=["Users.View"])
    assert connect.list_security_profile_permissions(**profile)["Permissions"] == ["Users.View"]
    refused(
        "DuplicateResourceException",
        connect.create_security_profile,
        InstanceId=INSTANCE,
        SecurityProfileName="WALK",
    )
    return profile


def users(profile):
    routing = connect.list_routing_profiles(InstanceId=INSTANCE)["RoutingProfileSummaryList"][0]["Id"]
    made = []
    for number in range(5):
        made.append(
            connect.create_user(
                InstanceId=INSTANCE,
                Username=f"walker.{number}",
                Password="Passw0rd",
                IdentityInfo={"FirstName": f"Walker {number}", "LastName": "Other"},
                PhoneConfig={"PhoneType": "SOFT_PHONE", "AutoAccept": True, "AfterContactWorkTimeLimit": 10},
                SecurityProfileIds=[profile["SecurityProfileId"]],
                RoutingProfileId=routing,
                Tags={"number": str(number)},
            )
        )
    user = {"InstanceId": INSTANCE, "UserId": made[0]["UserId"]}
    for size in (1, 2, 3, 1000):
        listed = pages("list_users", "UserSummaryList", size, InstanceId=INSTANCE)
        assert names(listed, "Username") == ["admin"] + [f"walker.{number}" for number in range(5)]
    criteria = {"StringCondition": {"FieldName": "FirstName", "Value": "WALKER", "ComparisonType": "STARTS_WITH"}}
    for size in (1, 4, 500):
        found = pages("search_users", "Users", size, InstanceId=INSTANCE, SearchCriteria=criteria)
        assert len(found) == 5
        assert found[0]["PhoneConfig"]["AfterContactWorkTimeLimit"] == 10_000
    assert connect.search_users(InstanceId=INSTANCE, SearchCriteria=criteria, MaxResults=1)["ApproximateTotalCount"] == 5
    described = connect.describe_user(**user)["User"]
    assert described["PhoneConfig"]["AfterContactWorkTimeLimit"] == 10
    connect.update_user_identity_info(**user, IdentityInfo={"FirstName": "Wanda", "LastName": "Other"})
    connect.update_user_config(**user, AutoAcceptConfigs=[{"Channel": "CHAT", "AutoAccept": False}])
    connect.associate_user_proficiencies(
        **user, UserProficiencies=[{"AttributeName": "Language", "AttributeValue": "French", "Level": 3.5}]
    )
    skills = pages("list_user_proficiencies", "UserProficiencyList", 1, **user)
    assert skills == [{"AttributeName": "Language", "AttributeValue": "French", "Level": 3.5}], skills
    entity = {"InstanceId": INSTANCE, "EntityType": "USER", "EntityArn": made[0]["UserArn"]}
    connect.associate_security_profiles(**entity, SecurityProfiles=[{"Id": admin_profile()}])
    assert len(pages("list_entity_security_profiles", "SecurityProfiles", 1, **entity)) == 2
    connect.disassociate_security_profiles(**entity, SecurityProfiles=[{"Id": admin_profile()}])
    connect.tag_resource(resourceArn=made[0]["UserArn"], tags={"a b": "c+d", "number": "zero"})
    connect.untag_resource(resourceArn=made[0]["UserArn"], tagKeys=["a b", "never there"])
    assert connect.list_tags_for_resource(resourceArn=made[0]["UserArn"])["tags"] == {"number": "zero"}
    refused("ResourceInUseException", connect.delete_security_profile, **profile)
    for one in made:
        connect.delete_user(InstanceId=INSTANCE, UserId=one["UserId"])
    error = refused("ResourceNotFoundException", connect.describe_user, **user)
    assert isinstance(error, connect.exceptions.ResourceNotFoundException)


def admin_profile():
    listed = connect.list_security_profiles(InstanceId=INSTANCE)["SecurityProfileSummaryList"]
    return next(row["Id"] for row in listed if row["Name"] == "Admin")


def hierarchy():
    assert connect.describe_user_hierarchy_structure(InstanceId=INSTANCE)["HierarchyStructure"] == {}
    structure = {"LevelOne": {"Name": "Site"}, "LevelTwo": {"Name": "Team"}}
    connect.update_user_hierarchy_structure(InstanceId=INSTANCE, HierarchyStructure=structure)
    top = connect.create_user_hierarchy_group(InstanceId=INSTANCE, Name="Lyon")["HierarchyGroupId"]
    team = connect.create_user_hierarchy_group(InstanceId=INSTANCE, Name="Red", ParentGroupId=top)["HierarchyGroupId"]
    group = connect.describe_user_hierarchy_group(InstanceId=INSTANCE, HierarchyGroupId=team)["HierarchyGroup"]
    assert group["HierarchyPath"]["LevelOne"]["Name"] == "Lyon"
    listed = pages("list_user_hierarchy_groups", "UserHierarchyGroupSummaryList", 1, InstanceId=INSTANCE)
    assert names(listed) == ["Lyon", "Red"]
    assert len(pages("search_user_hierarchy_groups", "UserHierarchyGroups", 1, InstanceId=INSTANCE)) == 2
    refused(
        "ResourceInUseException",
        connect.delete_user_hierarchy_group,
        InstanceId=INSTANCE,
        HierarchyGroupId=top,
    )
    for group in (team, top):
        connect.delete_user_hierarchy_group(InstanceId=INSTANCE, HierarchyGroupId=group)


def resources():
    hours = connect.create_hours_of_operation(
        InstanceId=INSTANCE,
        Name="Office",
        TimeZone="Europe/Vienna",
        Config=[
            {"Day": "FRIDAY", "StartTime": {"Hours": 8, "Minutes": 0}, "EndTime": {"Hours": 16, "Minutes": 30}}
        ],
    )["HoursOfOperationId"]
    queue = connect.create_queue(InstanceId=INSTANCE, Name="Calls", HoursOfOperationId=hours)["QueueId"]
    routing = connect.create_routing_profile(
        InstanceId=INSTANCE,
        Name="Callers",
        Description="Calls only",
        DefaultOutboundQueueId=queue,
        MediaConcurrencies=[{"Channel": "VOICE", "Concurrency": 1}],
        QueueConfigs=[{"QueueReference": {"QueueId": queue, "Channel": "VOICE"}, "Priority": 1, "Delay": 0}],
    )["RoutingProfileId"]
    for operation, member, last in (
        ("list_hours_of_operations", "HoursOfOperationSummaryList", "Office"),
        ("list_queues", "QueueSummaryList", "Calls"),
        ("list_routing_profiles", "RoutingProfileSummaryList", "Callers"),
        ("list_agent_statuses", "AgentStatusSummaryList", "Offline"),
    ):
        listed = pages(operation, member, 1, InstanceId=INSTANCE)
        assert len(listed) == 2 and last in names(listed), listed
    described = connect.describe_routing_profile(InstanceId=INSTANCE, RoutingProfileId=routing)["RoutingProfile"]
    assert described["AssociatedQueueIds"] == [queue]
    resource_changes(hours, queue, routing)
    refused("ResourceInUseException", connect.delete_queue, InstanceId=INSTANCE, QueueId=queue)
    connect.delete_routing_profile(InstanceId=INSTANCE, RoutingProfileId=routing)
    connect.delete_queue(InstanceId=INSTANCE, QueueId=queue)
    connect.delete_hours_of_operation(InstanceId=INSTANCE, HoursOfOperationId=hours)


def resource_changes(hours, queue, routing):
    connect.update_hours_of_operation(InstanceId=INSTANCE, HoursOfOperationId=hours, TimeZone="UTC", Description="")
    described = connect.describe_hours_of_operation(InstanceId=INSTANCE, HoursOfOperationId=hours)["HoursOfOperation"]
    assert described["TimeZone"] == "UTC" and len(described["Config"]) == 1, described
    of = {"InstanceId": INSTANCE, "QueueId": queue}
    connect.update_queue_name(**of, Name="Callbacks", Description="Calls back")
    connect.update_queue_max_contacts(**of, MaxContacts=3)
    connect.update_queue_status(**of, Status="DISABLED")
    connect.update_queue_hours_of_operation(**of, HoursOfOperationId=hours)
    connect.update_queue_outbound_caller_config(**of, OutboundCallerConfig={"OutboundCallerIdName": "Harbour"})
    described = connect.describe_queue(**of)["Queue"]
    assert (described["Name"], described["MaxContacts"], described["Status"]) == ("Callbacks", 3, "DISABLED")
    assert pages("list_queue_quick_connects", "QuickConnectSummaryList", 1, **of) == []
    refused("ResourceNotFoundException", connect.associate_queue_quick_connects, **of, QuickConnectIds=["x"])
    of = {"InstanceId": INSTANCE, "RoutingProfileId": routing}
    reference = {"QueueId": queue, "Channel": "CHAT"}
    config = {"QueueReference": reference, "Priority": 2, "Delay": 5}
    connect.associate_routing_profile_queues(**of, QueueConfigs=[config])
    connect.update_routing_profile_queues(**of, QueueConfigs=[{**config, "Priority": 9}])
    connect.update_routing_profile_name(**of, Name="All", Description="Calls and chats")
    connect.update_routing_profile_concurrency(**of, MediaConcurrencies=[{"Channel": "CHAT", "Concurrency": 2}])
    connect.update_routing_profile_default_outbound_queue(**of, DefaultOutboundQueueId=queue)
    rows = pages("list_routing_profile_queues", "RoutingProfileQueueConfigSummaryList", 1, **of)
    assert [(row["Channel"], row["Priority"], row["QueueName"]) for row in rows] == [
        ("VOICE", 1, "Callbacks"),
        ("CHAT", 9, "Callbacks"),
    ], rows
    connect.disassociate_routing_profile_queues(**of, QueueReferences=[reference])
    assert len(connect.list_routing_profile_queues(**of)["RoutingProfileQueueConfigSummaryList"]) == 1


def instances():
    # boto3 adds its own ClientToken to every call.
    made = connect.create_instance(
        IdentityManagementType="CONNECT_MANAGED",
        InstanceAlias="walked",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=False,
    )
    assert connect.describe_instance(InstanceId=made["Arn"])["Instance"]["InstanceStatus"] == "ACTIVE"
    assert names(pages("list_instances", "InstanceSummaryList", 1), "InstanceAlias") == ["floorkey", "walked"]
    attributes = pages("list_instance_attributes", "Attributes", 3, InstanceId=made["Id"])
    assert len(attributes) == 14, attributes
    connect.delete_instance(InstanceId=made["Id"])
    refused("ResourceNotFoundException", connect.describe_instance, InstanceId=made["Id"])


def equal_calls(profile):
    # boto3 signs identical calls within one second identically. If such a call would change something again, the server
    # rejects the used signature, and boto3 signs the call again.
    for description in ("one", "other", "one", "other", "one"):
        connect.update_security_profile(Description=description, **profile)
    described = connect.describe_security_profile(**profile)["SecurityProfile"]
    assert described["Description"] == "one", described
    for _ in range(2):
        connect.tag_resource(resourceArn=described["Arn"], tags={"site": "lyon"})


def main():
    profile = security_profiles()
    equal_calls(profile)
    users(profile)
    connect.delete_security_profile(**profile)
    hierarchy()
    resources()
    instances()
    print("done")


main()
