import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSessionStore } from '../../plugins/console/web/src/session/session-store.ts';

const answer = (token: string) => ({
  access_token: token,
  expires_in: 3600,
  email: `${token}@example.com`,
  application: null,
  organizations: ['acme'],
  default_organization: 'acme',
  scopes: ['integration:read'],
  portal: null,
});

/** A server whose answers come when the test gives them. */
function heldServer() {
  const calls: { name: string; reply: (body: unknown, status?: number) => void; fail: () => void }[] = [];
  const send = (path: string, method: string): Promise<Response> =>
    new Promise((resolve, reject) => {
      calls.push({
        name: `${method} ${path}`,
        reply: (body, status = 200) => resolve(Response.json(body, { status })),
        fail: () => reject(new TypeError('fetch failed')),
      });
    });
  /** The call at a place, once it is sent. */
  async function call(index: number) {
    for (let turns = 0; turns < 20 && !calls[index]; turns += 1) await Promise.resolve();
    const found = calls[index];
    assert.ok(found, `call ${index} was sent`);
    return found;
  }
  return { send, calls, call };
}

test('a sign-in waits for the renewal under way, whose answer would clear its cookie', async () => {
  const { send, calls, call } = heldServer();
  const session = createSessionStore(send, () => 0);
  const restored = session.restore();
  const signedIn = session.signIn({ portal: 'link' });
  (await call(0)).reply({ session: null });
  await restored;
  assert.equal(session.state().step, 'signed-out');
  const second = await call(1);
  assert.deepEqual([calls[0]?.name, second.name], ['POST /renew', 'POST ']);
  second.reply(answer('portal'));
  await signedIn;
  assert.equal(session.state().step, 'signed-in');
  assert.equal(await session.accessToken(), 'portal');
});

test('a call that waits for a token takes the one of the sign-in under way', async () => {
  const { send, calls, call } = heldServer();
  const session = createSessionStore(send, () => 0);
  const signedIn = session.signIn({ name: 'ops', secret: 'x' });
  const token = session.accessToken();
  (await call(0)).reply(answer('fresh'));
  await signedIn;
  assert.equal(await token, 'fresh');
  assert.equal(calls.length, 1, 'no renewal was needed');
});

test('a signed-out page stays signed out when calls were waiting for a token', async () => {
  const { send, calls, call } = heldServer();
  let now = 0;
  const session = createSessionStore(send, () => now);
  const signedIn = session.signIn({ name: 'ops', secret: 'x' });
  (await call(0)).reply(answer('old'));
  await signedIn;
  now = 3_600_000;
  const signedOut = session.signOut();
  const token = session.accessToken();
  (await call(1)).reply({});
  await signedOut;
  await assert.rejects(token);
  assert.equal(session.state().step, 'signed-out');
  assert.equal(calls.length, 2);
});

test('a lost answer blocks no later call', async () => {
  const { send, call } = heldServer();
  const session = createSessionStore(send, () => 0);
  const restored = session.restore();
  (await call(0)).fail();
  await restored;
  assert.equal(session.state().step, 'unreachable');
  const signedIn = session.signIn({ name: 'ops', secret: 'x' });
  (await call(1)).reply({}, 401);
  await assert.rejects(signedIn, { failure: 'refused' });
  const again = session.restore();
  (await call(2)).reply({ session: answer('kept') });
  await again;
  assert.equal(session.state().step, 'signed-in');
});

test('a session that ended is ended once: pages below the form are not drawn again by each of their calls', async () => {
  const { send, call } = heldServer();
  const session = createSessionStore(send, () => 0);
  const restored = session.restore();
  (await call(0)).reply({ session: answer('one') });
  await restored;
  session.distrustToken('Bearer one');
  for (const index of [1, 2]) {
    const token = session.accessToken();
    (await call(index)).reply({ session: null });
    await assert.rejects(token);
    if (index === 1) session.subscribe(() => assert.fail('nothing has changed'));
  }
  assert.equal(session.state().step, 'expired');
});

test('no tab renews, signs in or signs out while another one does', async () => {
  const { send, calls, call } = heldServer();
  let open = (): void => undefined;
  const otherTab = new Promise<void>((resolve) => {
    open = resolve;
  });
  const session = createSessionStore(
    send,
    () => 0,
    (task) => otherTab.then(task),
  );
  const signedIn = session.signIn({ name: 'ops', secret: 'x' });
  await new Promise(setImmediate);
  assert.equal(calls.length, 0);
  open();
  (await call(0)).reply(answer('late'));
  await signedIn;
  assert.equal(await session.accessToken(), 'late');
});
