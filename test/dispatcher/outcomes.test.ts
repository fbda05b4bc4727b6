import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { integration } from '../../plugins/integration/index.ts';
import { policy } from '../../src/dispatcher/model/policy.ts';
import {
  answer,
  createReceiver,
  createTestGateway,
  type Reaction,
  type Received,
  type Receiver,
  type TestGateway,
  type TestRequest,
} from '../../src/testing/index.ts';
import { onEveryEngine } from '../support/engines.ts';
import { eventually } from '../support/eventually.ts';
import { patient } from '../support/patience.ts';

const base = '/api/v1/integration';
const nodeId = 'e40efce4-38a3-46c4-a202-e8db95d0409c';
const intervalMs = 150;
const readTimeoutMs = 800;
const env = {
  DISPATCH_ALLOWED_NETWORKS: '127.0.0.0/8',
  DISPATCH_RETRY_INTERVAL_MS: String(intervalMs),
  DISPATCH_READ_TIMEOUT_MS: String(readTimeoutMs),
  DISPATCH_ENDPOINT_CONCURRENCY: '64',
};

const verdictOf = (status: number): string | undefined =>
  policy.find(({ applies }) => applies({ kind: 'answered', status, headers: {}, body: '', truncated: false }))?.verdict;

/** The rule is the same on every database: a server gets every tenth status, and those at which the verdict changes. */
const isForServers = (status: number): boolean =>
  status % 10 === 0 || [status - 1, status + 1].some((next) => verdictOf(next) !== verdictOf(status));

/** Final status of a delivery and number of requests at the endpoint, by verdict. */
const endings: Record<string, readonly [status: string, requests: number]> = {
  delivered: ['delivered', 1],
  failed: ['failed', 1],
  retry: ['failed', 4],
};

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Reactions other than a plain status, each with its verdict, the error class in the log and the last status. */
const scenes: Record<string, readonly [Reaction, verdict: string, error?: string | undefined, status?: number]> = {
  'no answer': [{ afterwards: 'silence' }, 'retry', 'read_timeout'],
  'half a head': [{ pieces: ['HTTP/1.1 200 OK\r\n'], afterwards: 'silence' }, 'retry', 'read_timeout'],
  'closed before the head': [{ afterwards: 'close' }, 'retry', 'connection_lost'],
  'reset before the head': [{ afterwards: 'reset' }, 'retry', 'connection_lost'],
  'an interim answer alone': [{ pieces: ['HTTP/1.1 100 C\r\n\r\n'], afterwards: 'close' }, 'retry', 'connection_lost'],
  'an interim answer first': [{ pieces: ['HTTP/1.1 103 E\r\n\r\n', ok] }, 'delivered', undefined, 200],
  'another protocol': [{ pieces: ['HTTP/1.1 101 S\r\n\r\n'] }, 'failed', undefined, 101],
  'status 600': [answer(600), 'failed', undefined, 600],
  'status 999': [answer(999), 'failed', undefined, 999],
  'status 099': [{ pieces: ['HTTP/1.1 099 X\r\n\r\n'] }, 'failed', 'invalid_answer'],
  garbage: [{ pieces: ['garbage\r\n\r\n'] }, 'failed', 'invalid_answer'],
  'a head without end': [{ pieces: [`HTTP/1.1 200 OK\r\nA: ${'a'.repeat(17_000)}`] }, 'failed', 'head_too_large'],
  'a redirect': [answer(307, '', { Location: 'http://127.0.0.1:1/' }), 'failed', undefined, 307],
  'a body that breaks off': [
    { pieces: ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'], afterwards: 'reset' },
    'delivered',
    undefined,
    200,
  ],
  'a body that stalls': [
    { pieces: ['HTTP/1.1 503 No\r\nContent-Length: 9\r\n\r\nhalf'], afterwards: 'silence' },
    'retry',
    undefined,
    503,
  ],
};

const wantOf = ({ body }: Received): string => JSON.parse(body).data.want;
const statusScene = (want: string): Reaction => answer(Number(want), 'x');

onEveryEngine('outcomes', ({ name: engine, serverUrl, createDatabase }) => {
  let gateway: TestGateway;
  let receiver: Receiver;
  let distributorId: string;

  before(async () => {
    receiver = await createReceiver((request) => scenes[wantOf(request)]?.[0] ?? statusScene(wantOf(request)));
    gateway = await createTestGateway({ plugins: [integration], serverUrl, env });
    distributorId = await createDistributor(gateway, receiver.url);
  });
  after(async () => {
    await gateway.close();
    await receiver.close();
  });

  const requestsFor = (id: string): Received[] =>
    receiver.received.filter(({ headers }) => headers['webhook-id'] === id);

  for (const first of [200, 300, 400, 500])
    test(`statuses from ${first} to ${first + 99} lead to the attempts that the policy says`, async () => {
      const sent = new Map<number, string>();
      for (let status = first; status < first + 100; status += 1) {
        if (engine === 'sqlite' || isForServers(status))
          sent.set(status, await sendEvent(gateway, distributorId, String(status)));
      }
      for (const [status, id] of sent) {
        const verdict = verdictOf(status) ?? '';
        const delivery = await settled(gateway, id);
        const [state, count] = endings[verdict] ?? [];
        assert.deepEqual([delivery.status, delivery.attempt_count, delivery.last_status], [state, count, status]);
        const requests = requestsFor(id);
        assert.equal(requests.length, count);
        assertSpaced(requests);
        assertLogged(delivery, requests);
      }
    });

  // Together, because some of them wait for timeouts.
  describe('reactions other than a status', { concurrency: true }, () => {
    for (const [name, [, verdict, error, status]] of Object.entries(scenes)) {
      test(`the reaction "${name}" has the verdict ${verdict}`, async () => {
        const id = await sendEvent(gateway, distributorId, name);
        const delivery = await settled(gateway, id);
        const [state, requests] = endings[verdict] ?? [];
        assert.deepEqual([delivery.status, requestsFor(id).length], [state, requests]);
        assert.equal(delivery.last_status ?? undefined, status);
        for (const attempt of delivery.attempts) {
          assert.equal(attempt.error ?? undefined, error);
          assert.equal(attempt.status ?? undefined, status);
        }
        const lastsMs = error === 'read_timeout' || name === 'a body that stalls' ? readTimeoutMs : 0;
        assertSpaced(requestsFor(id));
        assertSpacedByLog(delivery, lastsMs);
      });
    }
  });

  test('an endpoint whose network is no longer allowed is refused at the attempt without a connection', async () => {
    const database = await createDatabase();
    const silent = await createReceiver();
    const saving = await createTestGateway({ plugins: [integration], serverUrl, env, database });
    const id = await createDistributor(saving, silent.url);
    await saving.close();
    const strict = { ...env, DISPATCH_ALLOWED_NETWORKS: '10.0.0.0/8' };
    const sending = await createTestGateway({ plugins: [integration], serverUrl, env: strict, database });
    const delivery = await settled(sending, await sendEvent(sending, id, '200'));
    assert.deepEqual([delivery.status, delivery.attempt_count], ['failed', 1]);
    assert.equal(delivery.attempts[0].error, 'address_refused');
    assert.match(delivery.attempts[0].decision, /nothing was sent/);
    assert.equal(silent.connections, 0);
    await sending.close();
    await database.drop();
    await silent.close();
  });
});

const latestMs = 10_000;
// Measures the slowness of the machine for a long gap alone: a measurement takes 30 ms of processor time.
const isPrompt = (gap: number): boolean => gap - intervalMs < latestMs || gap - intervalMs < patient(latestMs);

/** Asserts the gaps between arrivals: the interval counts from the end of an attempt, after its request's arrival. */
function assertSpaced(requests: readonly Received[]): void {
  for (const [index, { at }] of requests.slice(1).entries()) {
    const gap = at - (requests[index]?.at ?? 0);
    assert.ok(gap >= intervalMs - 5 && isPrompt(gap), `${gap} ms between two attempts`);
  }
}

/**
 * Asserts the gaps by the log, for attempts that end at their deadline. Arrival times are too late for that: the
 * deadline runs from the writing of the request, and a busy receiver reads it later.
 */
function assertSpacedByLog({ attempts }: Logged, lastsMs: number): void {
  for (const [index, { started_at, duration_ms }] of attempts.entries()) {
    assert.ok(duration_ms >= lastsMs - 5, `an attempt of ${duration_ms} ms`);
    const next = attempts[index + 1];
    if (!next) continue;
    const gap = Date.parse(next.started_at) - Date.parse(started_at) - duration_ms;
    assert.ok(gap >= intervalMs - 5 && isPrompt(gap), `${gap} ms after the end of an attempt`);
  }
}

interface Logged {
  attempts: {
    number: number;
    status: number;
    decision: string;
    response_body: string;
    started_at: string;
    duration_ms: number;
  }[];
}

function assertLogged({ attempts }: Logged, requests: readonly Received[]): void {
  assert.deepEqual(
    attempts.map(({ number }) => String(number)),
    requests.map(({ headers }) => headers['webhook-attempt']),
  );
  for (const [index, { status, decision }] of attempts.entries()) {
    const isLast = index === attempts.length - 1;
    assert.match(decision, isLast ? /^(delivered|failed): / : new RegExp(`^retry ${index + 1} of 3 in 0.15 s: `));
    assert.ok(Number.isInteger(status));
  }
}

const tokens = new WeakMap<TestGateway, string>();

async function call(gateway: TestGateway, path: string, request: TestRequest = {}) {
  const token = tokens.get(gateway) ?? (await gateway.token({ scope: 'integration:read integration:write' }));
  tokens.set(gateway, token);
  return gateway.request(`${base}${path}`, { target: 'integration', token, ...request });
}

async function createDistributor(gateway: TestGateway, host: string): Promise<string> {
  const body = { meta: { host, path: '/', method: 'POST' } };
  const created = await call(gateway, `/distributors/nodes/${nodeId}`, { body });
  assert.equal(created.status, 201, created.text);
  return created.body.id;
}

async function sendEvent(gateway: TestGateway, distributorId: string, want: string): Promise<string> {
  const body = { type: 'wanted', data: { want } };
  const sent = await call(gateway, `/distributors/${distributorId}/events`, { body });
  assert.equal(sent.status, 202, sent.text);
  return sent.body.deliveries[0].id;
}

const settled = (gateway: TestGateway, id: string) =>
  eventually(async () => {
    const { body } = await call(gateway, `/deliveries/${id}`);
    return ['delivered', 'failed', 'cancelled'].includes(body.status) ? body : undefined;
  }, 30_000);
