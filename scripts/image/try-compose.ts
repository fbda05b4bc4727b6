import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { argumentsOf, type Compose, healthCommandOf, readCompose, type Service } from './compose.ts';
import type { Tools } from './tools.ts';
import type { Report } from './try-image.ts';
import { isReady, seconds, waitFor } from './wait-for.ts';

type Podman = (...args: string[]) => string;

const nodes = '/api/v1/integration/distributors/nodes/e40efce4-38a3-46c4-a202-e8db95d0409c';

/** Answers every request, and prints its method and its id. */
const receiver = `require('http').createServer((req, res) => {
  console.log(req.method, req.headers['webhook-id']); req.resume().on('end', () => res.end());
}).listen(9900)`;

/** Runs the services of compose.yaml, delivers an event through them, reads their metrics and stops them. */
export async function tryCompose(tools: Tools, image: string, report: Report): Promise<void> {
  const podman: Podman = (...args) => tools.run('podman', args);
  const secrets = {
    MYSQL_PASSWORD: randomBytes(24).toString('hex'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  };
  const compose = readCompose(secrets);
  for (const [name, { internal = false }] of Object.entries(compose.networks))
    podman('network', 'create', ...(internal ? ['--internal'] : []), name);
  // Callbacks reach public addresses only, and the receiver has none.
  const allowed = podman('network', 'inspect', 'outside', '--format', '{{(index .Subnets 0).Subnet}}');
  podman(
    'run',
    '--detach',
    '--name',
    'receiver',
    '--network',
    'outside',
    '--entrypoint',
    'node',
    image,
    '-e',
    receiver,
  );

  const started = new Set<string>();
  const untilUp = await seconds(() => startAll(tools, compose, { DISPATCH_ALLOWED_NETWORKS: allowed }, started));
  report('compose: all services ready after', `${untilUp} s`);
  await deliver(podman, report);
  await readMetrics(podman, report);

  for (const name of [...started].reverse()) {
    const service = compose.services[name];
    if (!service || name === 'migrate') continue;
    const limit = Number.parseInt(service.stop_grace_period ?? '10', 10);
    const taken = await seconds(() => podman('stop', '--time', String(limit), name));
    const code = podman('inspect', name, '--format', '{{.State.ExitCode}}');
    assert.equal(code, '0', `${name} ended with ${code}`);
    if (service.image === 'hookgate') report(`compose: ${name} stopped by SIGTERM after`, `${taken} s, exit code 0`);
  }
}

/** Starts every service after the ones that it depends on, as their conditions say; `started` gets their names in order. */
async function startAll(
  tools: Tools,
  { services }: Compose,
  more: Readonly<Record<string, string>>,
  started: Set<string>,
): Promise<void> {
  const start = async (name: string): Promise<void> => {
    const service = services[name];
    if (!service || started.has(name)) return;
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      await start(other);
      if (condition === 'service_healthy') await healthy(tools, other, services[other]);
    }
    const isTask = Object.values(services).some(
      (other) => other.depends_on?.[name]?.condition === 'service_completed_successfully',
    );
    const args = argumentsOf(name, service, service.image === 'hookgate' && !isTask ? more : {});
    tools.run('podman', ['run', ...(isTask ? [] : ['--detach']), ...args]);
    started.add(name);
  };
  for (const name of Object.keys(services)) await start(name);
  for (const [name, service] of Object.entries(services)) await healthy(tools, name, service);
}

async function healthy(tools: Tools, name: string, service: Service | undefined): Promise<void> {
  const command = service && healthCommandOf(service);
  if (!command) return;
  await waitFor(`the health check of ${name}`, () => tools.succeeds('podman', ['exec', name, ...command]) || undefined);
}

/** An event, accepted by one gateway, is delivered by the dispatcher and found by the other gateway. */
async function deliver(podman: Podman, report: Report): Promise<void> {
  const scopes = ['--scope', 'integration:read integration:write'];
  const made = podman(
    'exec',
    'gateway-1',
    'hookgate',
    'keys',
    'create',
    '--org',
    'myorg',
    '--email',
    'joe@example.com',
    ...scopes,
    '--json',
  );
  const { secret_key: secret } = JSON.parse(made) as { secret_key: string };
  const [one, two] = ['gateway-1', 'gateway-2'].map((name) => `http://${podman('port', name, '8080')}`);
  const headers = {
    Authorization: `Basic ${Buffer.from(`joe@example.com:${secret}`).toString('base64')}`,
    'X-Target-Server': 'integration',
    'Content-Type': 'application/json',
  };
  const post = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(`${one}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.ok(response.ok, `${path}: ${response.status} ${await response.text()}`);
  };
  const untilDelivered = await seconds(async () => {
    await post(nodes, { meta: { host: 'http://receiver:9900', path: '/hook' } });
    await post(`${nodes}/events`, { type: 'order.filled', data: { order_id: '42' } });
    await waitFor('the delivery', async () => {
      const response = await fetch(`${two}/api/v1/integration/deliveries?status=delivered`, { headers });
      const { deliveries } = (await response.json()) as { deliveries: unknown[] };
      return deliveries.length === 1 || undefined;
    });
  });
  assert.match(podman('logs', 'receiver'), /^POST \S+$/);
  report('compose: event by gateway-1, delivered by dispatcher, seen by gateway-2 after', `${untilDelivered} s`);

  podman('stop', '--time', '30', 'gateway-1');
  assert.ok(await isReady(two ?? ''));
  podman('start', 'gateway-1');
  const again = `http://${podman('port', 'gateway-1', '8080')}`;
  await waitFor('gateway-1, started again', () => isReady(again));
}

/** Prometheus reads all three processes and has loaded the rules. */
async function readMetrics(podman: Podman, report: Report): Promise<void> {
  const address = `http://${podman('port', 'prometheus', '9090')}/api/v1`;
  const ask = async <T>(path: string): Promise<T> =>
    ((await (await fetch(`${address}/${path}`)).json()) as { data: T }).data;
  const query = async (expression: string): Promise<string | undefined> => {
    const { result } = await ask<{ result: { value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(expression)}`,
    );
    return result[0]?.value[1];
  };
  const is = async (expression: string, value: string): Promise<true | undefined> =>
    (await query(expression)) === value || undefined;
  await waitFor('three processes in Prometheus', () => is('count(up{job="hookgate"} == 1)', '3'));
  await waitFor('two gateways', () => is('count(hookgate_build_info{role="gateway"})', '2'));
  await waitFor('the attempt in the metrics', () =>
    is('sum(hookgate_dispatcher_attempts_total{decision="delivered"})', '1'),
  );
  await waitFor('Redis', () => is('min(hookgate_redis_up)', '1'));
  const { groups } = await ask<{ groups: { rules: { health: string }[] }[] }>('rules');
  const rules = groups.flatMap((group) => group.rules);
  assert.notEqual(rules.length, 0);
  assert.equal(rules.filter(({ health }) => health === 'err').length, 0);
  report('compose: Prometheus', `3 processes up, ${rules.length} alert rules loaded, Redis connected`);
}
