"""Starts one Floorkey for all tests, and resets it before each test."""

import json
import os
import pathlib
import subprocess

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

SEED = pathlib.Path(__file__).parent.parent / "seed.yaml"


@pytest.fixture(scope="session")
def floorkey():
    """The JSON object that the server prints when it is ready."""
    command = ["floorkey", "serve", "--ephemeral", "--seed", str(SEED)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    ready = json.loads(server.stdout.readline())
    os.environ.update(ready["Environment"])
    yield ready
    server.terminate()
    server.wait()


@pytest.fixture(autouse=True)
def reset(floorkey):
    """Restores the content of the seed."""
    request = AWSRequest("POST", floorkey["Url"] + "/floorkey/v1/reset")
    credentials = boto3.Session().get_credentials()
    SigV4Auth(credentials, "connect", floorkey["Region"]).add_auth(request)
    response = URLLib3Session().send(request.prepare())
    assert response.status_code == 200, response.text


@pytest.fixture
def connect(floorkey):
    """A client of Amazon Connect with the operator's access key."""
    return boto3.client("connect")


@pytest.fixture
def connect_as(floorkey):
    """Returns a client of Amazon Connect that acts for a user of the seed."""

    def client(username):
        key = next(key for key in floorkey["AccessKeys"] if key["Username"] == username)
        return boto3.client(
            "connect",
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )

    return client
