import uuid

import pytest

# The namespace from which a seed's IDs are derived.
SEED_IDS = uuid.UUID("5911dfca-1051-5a03-a25e-f2637f4445d5")


def seed_id(kind, name):
    return str(uuid.uuid5(SEED_IDS, f"{kind}/{name}"))


def usernames(connect, instance):
    pages = connect.get_paginator("list_users").paginate(InstanceId=instance)
    return sorted(user["Username"] for page in pages for user in page["UserSummaryList"])


def test_the_seed_is_there(connect, floorkey):
    assert usernames(connect, floorkey["InstanceId"]) == ["admin", "ann", "ben", "cleo"]


@pytest.mark.parametrize("attempt", [1, 2])
def test_each_test_begins_with_the_seed(connect, floorkey, attempt):
    # The second run could not delete the user if the first one had left its changes behind.
    connect.delete_user(InstanceId=floorkey["InstanceId"], UserId=seed_id("user", "ben"))
    assert usernames(connect, floorkey["InstanceId"]) == ["admin", "ann", "cleo"]


def test_a_team_lead_edits_users_of_the_own_group_only(connect_as, floorkey):
    ann = connect_as("ann")

    def rename(username):
        ann.update_user_identity_info(
            InstanceId=floorkey["InstanceId"],
            UserId=seed_id("user", username),
            IdentityInfo={"FirstName": "New", "LastName": "Name"},
        )

    rename("ben")
    with pytest.raises(ann.exceptions.ClientError, match="AccessDenied"):
        rename("cleo")
