"""Makes requests out of the OpenAPI document, sound and unsound ones, and sends them: none may be answered with 5xx."""

import os
from urllib.parse import urlsplit

import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

OPERATOR = Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
TOKEN = os.environ["FLOORKEY_API_TOKEN"]
INSTANCE = os.environ["FLOORKEY_INSTANCE"]


def auth(request):
    """Signs what is an extension's as the operator, and shows a token to the decision API."""
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
    """Most requests are about the instance that there is: the others end at the first look."""
    if parameters and "InstanceId" in parameters:
        parameters["InstanceId"] = INSTANCE
    return parameters
