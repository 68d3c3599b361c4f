// An application with orders. Floorkey decides who can view and refund them.

import express from 'express';
import { answerWithoutDecision, filterPermitted, requirePermission } from './floorkey.js';

const ORDERS = [
  { id: 'o-1', site: 'lyon', total: 120 },
  { id: 'o-2', site: 'lyon', total: 40 },
  { id: 'o-3', site: 'oslo', total: 75 },
];

// A condition of a grant can compare the order's site with the user's. An unknown order has no site.
const resourceOf = ({ id, site }) => ({ type: 'orders', id, properties: { site } });
const orderOf = (request) => ORDERS.find(({ id }) => id === request.params.id);
const can = (action) => requirePermission(action, (request) => resourceOf(orderOf(request) ?? request.params));

const app = express();

// Stands for your sign-in. Take the user from a session or a verified token, never from a header that clients can set.
app.use((request, response, next) => {
  request.user = request.get('X-Signed-In-User');
  if (request.user) return next();
  response.status(401).json({ error: 'Sign in first.' });
});

app.get('/orders', async (request, response) => {
  const permitted = await filterPermitted(request.user, 'view', ORDERS.map(resourceOf));
  const ids = new Set(permitted.map(({ id }) => id));
  response.json(ORDERS.filter(({ id }) => ids.has(id)));
});

// Decisions come before 404, so that users who can't view orders don't learn which ones exist.
app.get('/orders/:id', can('view'), (request, response) => {
  const order = orderOf(request);
  response.status(order ? 200 : 404).json(order ?? { error: 'There is no such order.' });
});

app.post('/orders/:id/refund', can('refund'), (request, response) => {
  const order = orderOf(request);
  response.status(order ? 200 : 404).json(order ? { refunded: order.id } : { error: 'There is no such order.' });
});

app.use(answerWithoutDecision);

const listener = app.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${listener.address().port}`);
});
