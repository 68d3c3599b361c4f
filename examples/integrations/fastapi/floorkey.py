"""Asks Floorkey whether a user can take an action. Without an answer, access is denied."""

import asyncio
import logging
import os

import httpx
from fastapi import HTTPException, Request

TIMEOUT_SECONDS = 1.0
BATCH_MAX = 1000

client = httpx.AsyncClient(
    base_url=os.environ.get("FLOORKEY_ENDPOINT", "http://127.0.0.1:8080"),
    headers={"Authorization": f"Bearer {os.environ['FLOORKEY_API_TOKEN']}"},
)


async def ask(path, question):
    try:
        # The time limits of httpx apply to each read. This one applies to the whole answer.
        response = await asyncio.wait_for(client.post(path, json=question), TIMEOUT_SECONDS)
        response.raise_for_status()
        answer = response.json()
        if not isinstance(answer, dict):
            raise ValueError(f"not an object: {answer!r}")
        return answer
    except (httpx.HTTPError, asyncio.TimeoutError, ValueError) as cause:
        raise no_decision(cause) from cause


def no_decision(cause):
    """Logs the cause, which is not sent to the user."""
    logging.getLogger("floorkey").error("no decision: %r", cause)
    return HTTPException(503, "Access could not be checked. Try again later.")


def allows(decision):
    """Only `True` allows. A missing member or the text "true" does not."""
    return isinstance(decision, dict) and decision.get("decision") is True


def require_permission(action, resource_of):
    """A dependency that lets a request through if the user can take the action on the resource of the request."""

    async def check(request: Request):
        question = {
            "subject": {"type": "user", "id": request.state.user},
            "action": {"name": action},
            "resource": resource_of(request),
        }
        answer = await ask("/access/v1/evaluation", question)
        if not allows(answer):
            reasons = (answer.get("context") or {}).get("reason_user") or {}
            raise HTTPException(403, reasons.get("403", "Access denied."))

    return check


async def filter_permitted(user, action, resources):
    """Returns the resources on which the user can take the action. Asks about up to 1,000 of them in one request."""
    permitted = []
    for start in range(0, len(resources), BATCH_MAX):
        batch = resources[start : start + BATCH_MAX]
        question = {
            "subject": {"type": "user", "id": user},
            "action": {"name": action},
            "evaluations": [{"resource": resource} for resource in batch],
        }
        decisions = (await ask("/access/v1/evaluations", question)).get("evaluations")
        if not isinstance(decisions, list) or len(decisions) != len(batch):
            raise no_decision("the batch was not answered completely")
        permitted += [resource for resource, decision in zip(batch, decisions) if allows(decision)]
    return permitted
