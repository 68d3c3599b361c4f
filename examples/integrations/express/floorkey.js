// Asks Floorkey whether a user can take an action. Without an answer, access is denied.

const ENDPOINT = process.env.FLOORKEY_ENDPOINT ?? 'http://127.0.0.1:8080';
const TIMEOUT_MS = 1000;
const BATCH_MAX = 1000;

class NoDecision extends Error {}

async function ask(path, question) {
  try {
    const response = await fetch(ENDPOINT + path, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${process.env.FLOORKEY_API_TOKEN}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify(question),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`);
    return await response.json();
  } catch (cause) {
    throw new NoDecision(`Floorkey did not answer ${path}`, { cause });
  }
}

/** Middleware that lets a request through if the user can take the action on the resource of the request. */
export function requirePermission(action, resourceOf) {
  return async (request, response, next) => {
    const subject = { type: 'user', id: request.user };
    const question = { subject, action: { name: action }, resource: resourceOf(request) };
    const answer = await ask('/access/v1/evaluation', question);
    // Only `true` allows. A missing member or the text "true" does not.
    if (answer?.decision === true) return next();
    response.status(403).json({ error: answer?.context?.reason_user?.['403'] ?? 'Access denied.' });
  };
}

/** Returns the resources on which the user can take the action. Asks about up to 1,000 of them in one request. */
export async function filterPermitted(user, action, resources) {
  const permitted = [];
  for (let start = 0; start < resources.length; start += BATCH_MAX) {
    const batch = resources.slice(start, start + BATCH_MAX);
    const question = { subject: { type: 'user', id: user }, action: { name: action } };
    question.evaluations = batch.map((resource) => ({ resource }));
    const decisions = (await ask('/access/v1/evaluations', question))?.evaluations;
    if (!Array.isArray(decisions) || decisions.length !== batch.length) {
      throw new NoDecision('Floorkey did not answer the whole batch');
    }
    permitted.push(...batch.filter((_, at) => decisions[at]?.decision === true));
  }
  return permitted;
}

/** Answers requests that have no decision. The cause is logged and not sent to the user. */
export function answerWithoutDecision(error, request, response, next) {
  if (!(error instanceof NoDecision)) return next(error);
  console.error(error);
  response.status(503).json({ error: 'Access could not be checked. Try again later.' });
}
