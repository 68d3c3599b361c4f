const { ConnectClient, DeleteUserCommand, ListUsersCommand } = require("@aws-sdk/client-connect");
const { reset, start } = require("./floorkey");

let floorkey, connect;

beforeAll(async () => {
  floorkey = await start();
  connect = new ConnectClient({ endpoint: floorkey.ready.Url });
});
beforeEach(() => reset(floorkey.ready));
afterAll(() => floorkey.stop());

async function users() {
  const page = await connect.send(new ListUsersCommand({ InstanceId: floorkey.ready.InstanceId }));
  return page.UserSummaryList;
}

test.each([1, 2])("each test begins with the seed (%d)", async () => {
  const before = await users();
  expect(before.map((user) => user.Username)).toEqual(["admin", "ann", "ben", "cleo"]);
  const ben = before.find((user) => user.Username === "ben");
  await connect.send(new DeleteUserCommand({ InstanceId: floorkey.ready.InstanceId, UserId: ben.Id }));
  expect((await users()).map((user) => user.Username)).toEqual(["admin", "ann", "cleo"]);
});

test("a booking is refunded by its owner only", async () => {
  const decision = async (username) => {
    const response = await fetch(`${floorkey.ready.Url}/access/v1/evaluation`, {
      method: "POST",
      headers: { Authorization: "Bearer token-for-tests", "Content-Type": "application/json" },
      body: JSON.stringify({
        subject: { type: "user", id: username },
        action: { name: "refund" },
        resource: { type: "bookings", id: "NS-1" },
      }),
    });
    return (await response.json()).decision;
  };
  expect([await decision("ann"), await decision("ben")]).toEqual([true, false]);
});
