// Starts Floorkey, and resets it.

const { spawn } = require("node:child_process");
const path = require("node:path");
const readline = require("node:readline");

const SEED = path.join(__dirname, "..", "seed.yaml");

/** Starts a server. Resolves to the JSON object that it prints when it is ready, and a function that stops it. */
async function start() {
  const server = spawn("floorkey", ["serve", "--ephemeral", "--seed", SEED], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = readline.createInterface({ input: server.stdout });
  const ready = await new Promise((resolve, reject) => {
    lines.once("line", (line) => resolve(JSON.parse(line)));
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`floorkey ended with ${code}`)));
  });
  Object.assign(process.env, ready.Environment);
  const stop = () =>
    new Promise((resolve) => {
      server.removeAllListeners("exit");
      server.once("exit", resolve);
      server.kill();
    });
  return { ready, stop };
}

/** Restores the content of the seed. An unknown access key acts as the operator, and its signature is not verified. */
async function reset({ Url, Region }) {
  const credential = `any-key/20260101/${Region}/connect/aws4_request`;
  const response = await fetch(`${Url}/floorkey/v1/reset`, {
    method: "POST",
    headers: {
      Authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${"0".repeat(64)}`,
      "X-Amz-Date": "20260101T000000Z",
    },
  });
  if (!response.ok) throw new Error(await response.text());
}

module.exports = { start, reset };
