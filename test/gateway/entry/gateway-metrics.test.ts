import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createErrorHandler } from '../../../src/gateway/call/error-handler.ts';
import type { Call, Target } from '../../../src/gateway/call/target.ts';
import { createTargetRegistry } from '../../../src/gateway/call/target-registry.ts';
import { createGatewayCounts } from '../../../src/gateway/entry/gateway-counts.ts';
import { createGatewayMetrics } from '../../../src/gateway/entry/gateway-metrics.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { Logger } from '../../../src/logger.ts';
import { createMetricsRegistry } from '../../../src/metrics/metrics.ts';
import { createForwarded } from '../../../src/proxy/headers/forwarded.ts';
import { createRemoteTarget } from '../../../src/proxy/remote-target.ts';
import { checkDefinition } from '../../../src/proxy/targets/target-schema.ts';
import { createReceiver, createTestGateway, type Receiver, type TestGateway } from '../../../src/testing/index.ts';
import { freePort } from '../../support/database-server.ts';
import { echo } from '../../support/echo-plugin.ts';
import { eventually } from '../../support/eventually.ts';

/** The samples of a Prometheus page: name with labels as printed, and value. */
const samplesOf = (page: string): Map<string, number> =>
  new Map(
    [...page.matchAll(/^(hookgate_\S+(?:\{.*\})?) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
  );

const requestsOf = (samples: Map<string, number>): Record<string, number> =>
  Object.fromEntries([...samples].filter(([name]) => name.startsWith('hookgate_http_requests_total')));

describe('the metrics of requests', () => {
  let gateway: TestGateway;
  let metricsPort: number;

  before(async () => {
    metricsPort = await freePort();
    const env = { METRICS_PORT: String(metricsPort), RATE_LIMIT_PER_MINUTE: '2' };
    gateway = await createTestGateway({ plugins: [echo], env });
  });
  after(() => gateway.close());

  const read = async (): Promise<Map<string, number>> =>
    samplesOf(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text());

  test('responses are counted by target, route, method and status, with no label from a caller', async () => {
    const token = await gateway.token();
    const ask = (path: string, method = 'GET', credentials: { token?: string } = { token }) =>
      gateway.request(path, { target: 'echo', method, ...credentials });
    await ask('/echo/words/one');
    await ask('/echo/words/two');
    await ask('/echo/words/three');
    await ask('/echo/open', 'GET', {});
    await ask('/echo/nowhere');
    await ask('/echo', 'PROPFIND');
    await ask('/echo', 'GET', {});
    await gateway.request('/echo', { target: 'made-up', token });
    await gateway.request('/healthz');
    const samples = await eventually(async () => {
      const seen = await read();
      return Object.values(requestsOf(seen)).reduce((sum, count) => sum + count, 0) === 9 ? seen : undefined;
    });
    const total = (target: string, route: string, method: string, status: number): string =>
      `hookgate_http_requests_total{target="${target}",route="${route}",method="${method}",status="${status}"}`;
    assert.deepEqual(requestsOf(samples), {
      [total('echo', '/echo/words/:word', 'GET', 200)]: 2,
      [total('echo', '/echo/words/:word', 'GET', 429)]: 1,
      [total('echo', '/echo/open', 'GET', 200)]: 1,
      [total('echo', '', 'GET', 404)]: 1,
      [total('echo', '', 'OTHER', 405)]: 1,
      [total('echo', '/echo', 'GET', 401)]: 1,
      [total('', '', 'GET', 404)]: 1,
      [total('', '', 'GET', 200)]: 1,
    });
    assert.equal(samples.get('hookgate_rate_limited_total{target="echo"}'), 1);
    assert.equal(samples.get('hookgate_authentication_failures_total'), 1);
    assert.equal(samples.get('hookgate_http_requests_in_flight'), 0);
  });

  test('durations are counted in cumulative buckets', async () => {
    await gateway.request('/echo/open', { target: 'echo' });
    const name = 'hookgate_http_request_duration_seconds';
    const samples = await eventually(async () => {
      const seen = await read();
      return (seen.get(`${name}_count{target="echo",route="/echo/open"}`) ?? 0) >= 2 ? seen : undefined;
    });
    const buckets = [...samples].filter(
      ([sample]) => sample.startsWith(`${name}_bucket`) && sample.includes('route="/echo/open"'),
    );
    assert.ok(buckets.length > 10);
    for (const [index, [, count]] of buckets.entries()) assert.ok(count >= (buckets[index - 1]?.[1] ?? 0));
    const count = samples.get(`${name}_count{target="echo",route="/echo/open"}`);
    assert.deepEqual([buckets.at(-1)?.[1], buckets.at(-1)?.[0].includes('le="+Inf"')], [count, true]);
    const sum = samples.get(`${name}_sum{target="echo",route="/echo/open"}`) ?? 0;
    assert.ok(sum > 0 && sum < 60, String(sum));
  });
});

const log: Logger = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

/** A gateway in front of one backend, with only the parts that the metrics need. */
async function startRemote(upstream: string) {
  const definition = { upstreams: [upstream], public: true, breaker: { failures: 2 } };
  const unused = { callerOf: () => '', count: () => {}, passed: () => {} };
  const parts = { forwardedOf: createForwarded([]), ...unused, logger: log };
  const target = createRemoteTarget(checkDefinition('billing', definition), 'test', parts);
  const registry = createTargetRegistry([target]);
  const metrics = createMetricsRegistry();
  const handler = createGateway({
    setClientAddress: () => {},
    logAccess: () => {},
    measure: createGatewayMetrics(metrics, () => registry.targets),
    answerPreflight: () => false,
    settleCors: () => {},
    answerOwnPage: () => false,
    answerError: createErrorHandler(log, registry),
    registry,
    wayOf: createForwarded([]),
    checkOrigin: () => {},
    authenticate: () => assert.fail('the target is public'),
    reauthentication: { watch: () => {}, watchTunnel: () => {}, stop: () => {} },
    limitRate: () => undefined,
    admit: () => undefined,
  });
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const read = async (): Promise<Map<string, number>> => samplesOf(await metrics.metrics());
  return {
    read,
    send: () => request({ host: '127.0.0.1', port, headers: { 'X-Target-Server': 'billing' } }).end(),
    /** Resolves to the samples once `count` requests are in flight. */
    whenInFlight: (count: number) =>
      eventually(async () => {
        const seen = await read();
        return seen.get('hookgate_http_requests_in_flight') === count ? seen : undefined;
      }),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await target.close();
    },
  };
}

describe('the metrics of remote targets', () => {
  let receiver: Receiver;
  let remote: Awaited<ReturnType<typeof startRemote>>;

  before(async () => {
    receiver = await createReceiver();
    remote = await startRemote(receiver.url);
  });
  after(async () => {
    await remote?.close();
    await receiver?.close();
  });

  const call = async (): Promise<number | undefined> => {
    const [response] = (await once(remote.send(), 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };

  test('the time until an upstream answers is measured', async () => {
    assert.equal(await call(), 200);
    const seen = await remote.whenInFlight(0);
    assert.equal(seen.get('hookgate_upstream_duration_seconds_count{target="billing"}'), 1);
    assert.ok((seen.get('hookgate_upstream_duration_seconds_sum{target="billing"}') ?? 0) > 0);
  });

  test('clients that disconnect before the response are counted as 499', async () => {
    receiver.script(() => ({ afterwards: 'silence' }));
    const gone = remote.send().on('error', () => {});
    await remote.whenInFlight(1);
    gone.destroy();
    const name = 'hookgate_http_requests_total{target="billing",route="(remote)",method="GET",status="499"}';
    assert.equal((await remote.whenInFlight(0)).get(name), 1);
  });

  test('upstream errors and open circuit breakers are shown', async () => {
    const upstream = `target="billing",upstream="${receiver.url}"`;
    const before = await remote.read();
    assert.equal(before.get(`hookgate_upstream_open_breakers{${upstream}}`), 0);
    assert.equal(before.get(`hookgate_upstream_healthy{${upstream}}`), 1);
    receiver.script(() => ({ pieces: ['nonsense\r\n\r\n'] }));
    for (const status of [502, 502, 503]) assert.equal(await call(), status);
    const seen = await remote.whenInFlight(0);
    const errors = 'hookgate_upstream_errors_total{target="billing",code=';
    assert.equal(seen.get(`${errors}"UPSTREAM_INVALID"}`), 2);
    assert.equal(seen.get(`${errors}"UPSTREAM_CIRCUIT_OPEN"}`), 1);
    assert.equal(seen.get(`hookgate_upstream_open_breakers{${upstream}}`), 1);
  });
});

test('counts of removed targets do not accumulate', () => {
  let name = '';
  const counts = createGatewayCounts(() => [{ name } as Target, { name: 'stays' } as Target]);
  for (let reload = 0; reload < 1000; reload += 1) {
    name = `target-${reload}`;
    for (const target of [{ name }, { name: 'stays' }, undefined])
      counts.add({ req: { method: 'GET' }, res: { headersSent: true, statusCode: 200 }, startedAt: 0, target } as Call);
  }
  assert.deepEqual([...counts.targets.keys()].toSorted(), ['', 'stays', 'target-999']);
  assert.deepEqual([...(counts.targets.get('stays')?.routes.get('')?.answers.values() ?? [])], [1000]);
});
