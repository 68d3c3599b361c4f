"""An application with orders. Floorkey decides who can view and refund them."""

from fastapi import Depends, FastAPI, HTTPException, Request

from floorkey import filter_permitted, require_permission

ORDERS = {
    "o-1": {"id": "o-1", "site": "lyon", "total": 120},
    "o-2": {"id": "o-2", "site": "lyon", "total": 40},
    "o-3": {"id": "o-3", "site": "oslo", "total": 75},
}


def current_user(request: Request):
    """Stands for your sign-in. Take the user from a session or a verified token, never from a header that clients can
    set."""
    request.state.user = request.headers.get("X-Signed-In-User")
    if not request.state.user:
        raise HTTPException(401, "Sign in first.")


def resource_of(order):
    """A condition of a grant can compare the order's site with the user's."""
    return {"type": "orders", "id": order["id"], "properties": {"site": order.get("site")}}


def requested(request: Request):
    order_id = request.path_params["order_id"]
    return resource_of(ORDERS.get(order_id, {"id": order_id}))


def can(action):
    return Depends(require_permission(action, requested))


# Decisions come before 404, so that users who can't view orders don't learn which ones exist.
def known(order_id: str):
    if order_id not in ORDERS:
        raise HTTPException(404, "There is no such order.")
    return ORDERS[order_id]


app = FastAPI(dependencies=[Depends(current_user)])


@app.get("/orders")
async def list_orders(request: Request):
    permitted = await filter_permitted(request.state.user, "view", [resource_of(order) for order in ORDERS.values()])
    return [ORDERS[resource["id"]] for resource in permitted]


@app.get("/orders/{order_id}", dependencies=[can("view")])
async def show_order(order_id: str):
    return known(order_id)


@app.post("/orders/{order_id}/refund", dependencies=[can("refund")])
async def refund_order(order_id: str):
    return {"refunded": known(order_id)["id"]}
