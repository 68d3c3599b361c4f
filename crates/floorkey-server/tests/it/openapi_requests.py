"""Schemathesis hooks that authenticate the requests generated from the OpenAPI document. No response may be a 5xx."""

import os
from urllib.parse import urlsplit

import boto3
import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

OPERATOR = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
TOKEN = os.environ["FLOORKEY_API_TOKEN"]
INSTANCE = os.environ["FLOORKEY_INSTANCE"]

CONNECT = boto3.client("connect")
KNOWN = {
    "InstanceId": INSTANCE,
    "UserId": CONNECT.list_users(InstanceId=INSTANCE)["UserSummaryList"][0]["Id"],
    "SecurityProfileId": CONNECT.list_security_profiles(InstanceId=INSTANCE)["SecurityProfileSummaryList"][0]["Id"],
}


def auth(request):
    """Signs management API requests as the operator, and adds a token to decision API requests."""
    path = urlsplit(request.url).path
    if path.startswith("/access/"):
        request.headers["Authorization"] = f"Bearer {TOKEN}"
    elif path.startswith("/floorkey/"):
        signed = AWSRequest(method=request.method, url=request.url, data=request.body or b"")
        if "Content-Type" in request.headers:
            signed.headers["Content-Type"] = request.headers["Content-Type"]
        SigV4Auth(OPERATOR, "connect", os.environ["AWS_REGION"]).add_auth(signed)
        for name, value in signed.headers.items():
            request.headers[name] = value
    return request


schemathesis.auth.set_from_requests(auth)


@schemathesis.hook
def map_path_parameters(context, parameters):
    """Replaces IDs with existing IDs, because requests with unknown IDs fail early."""
    return parameters and {name: KNOWN.get(name, value) for name, value in parameters.items()}
