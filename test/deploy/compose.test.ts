import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { argumentsOf, type Compose, networksOf, readCompose } from '../../scripts/image/compose.ts';
import { killAfterMs } from '../../src/cli/supervise-workers.ts';
import { configSchema, loadConfig, longestStopMs } from '../../src/config.ts';
import { readDocument, root } from '../docs/documents.ts';

const secrets = { MYSQL_PASSWORD: 'p'.repeat(48), ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') };
const { services, networks, volumes } = readCompose(secrets);
const own = Object.entries(services).filter(([, { image }]) => image === 'hookgate');

test('compose.yaml has two gateways, a dispatcher and what they need', () => {
  assert.deepEqual(
    own.map(([name, { environment, command }]) => [name, environment?.ROLE ?? command?.join()]),
    [
      ['gateway-1', 'gateway'],
      ['gateway-2', 'gateway'],
      ['dispatcher', 'dispatcher'],
      ['migrate', 'migrate'],
    ],
  );
  const others = Object.values(services)
    .map(({ image }) => image)
    .filter((image) => image !== 'hookgate');
  assert.deepEqual(
    others.map((image) => image.replace(/^docker\.io\/(library\/)?/, '')),
    ['mysql:9.7', 'redis:8-bookworm', 'prom/prometheus:v3.5.0'],
  );
});

for (const [name, service] of Object.entries(services))
  test(`${name} has a read-only root, no capabilities and limits`, () => {
    assert.equal(service.read_only, true);
    assert.deepEqual(service.cap_drop, ['ALL']);
    assert.deepEqual(service.security_opt, ['no-new-privileges:true']);
    assert.match(service.mem_limit, /^\d+[mg]$/);
    assert.ok(service.pids_limit > 0);
    assert.match(JSON.stringify(service.logging), /"max-size":"\d+m","max-file":"\d+"/);
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/);
  });

for (const [name, { environment = {}, stop_grace_period: grace = '', depends_on: after = {} }] of own)
  test(`${name} has valid settings, and time to stop`, () => {
    const settings = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)]));
    const known = Object.keys(configSchema.describe().keys ?? {});
    assert.deepEqual(
      Object.keys(settings).filter((key) => !known.includes(key)),
      [],
    );
    const config = loadConfig(settings);
    assert.ok(Number.parseInt(grace, 10) * 1000 > longestStopMs(config) + killAfterMs);
    assert.equal(after.mysql?.condition, 'service_healthy');
    assert.equal(after.migrate?.condition, name === 'migrate' ? undefined : 'service_completed_successfully');
    assert.equal(config.MIGRATE_ON_START, false);
  });

test('secrets come from .env, which git and the image do not see', () => {
  const raw = parse(readDocument('compose.yaml'), { merge: true }) as Compose;
  const found = Object.values(raw.services).flatMap(({ environment = {} }) =>
    Object.entries(environment).filter(([key]) => /^(DATABASE_URL|ENCRYPTION_KEY|MYSQL_PASSWORD)$/.test(key)),
  );
  assert.equal(found.length, 9);
  for (const [key, value] of found) assert.match(String(value), /^(mysql:\/\/hookgate:)?\$\{[A-Z_]+:\?/, key);
  assert.ok(readDocument('.gitignore').split('\n').includes('.env'));
});

test('the database and Redis are reached by the gateways alone', () => {
  assert.deepEqual(networks.data, { internal: true });
  for (const name of ['mysql', 'redis']) {
    const service = services[name] ?? assert.fail(name);
    assert.deepEqual(Object.keys(networksOf(service)), ['data']);
    assert.equal(service.ports, undefined);
  }
});

test('every file, network and volume that a service names exists', () => {
  for (const [name, service] of Object.entries(services)) {
    for (const network of Object.keys(networksOf(service))) assert.ok(network in networks, `${name}: ${network}`);
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':');
      assert.ok(source.startsWith('.') ? existsSync(join(root, source)) : source in volumes, `${name}: ${volume}`);
    }
  }
});

test('Prometheus finds both gateways and the dispatcher by the names of its configuration', () => {
  const { scrape_configs: jobs } = parse(readDocument('deploy/prometheus/prometheus.yaml')) as {
    scrape_configs: { dns_sd_configs: { names: string[]; port: number }[] }[];
  };
  const [found] = jobs.flatMap((job) => job.dns_sd_configs);
  assert.equal(found?.port, loadConfig({}).METRICS_PORT);
  const reached = Object.entries(services).filter(([name, service]) =>
    [name, ...(networksOf(service).metrics ?? [])].some((alias) => found?.names.includes(alias)),
  );
  assert.deepEqual(
    reached.map(([name]) => name),
    ['gateway-1', 'gateway-2', 'dispatcher'],
  );
  for (const [, { environment }] of reached) assert.equal(environment?.METRICS_HOST, '0.0.0.0');
});

test('the check of the image runs a service with the limits of compose.yaml', () => {
  const service = services['gateway-1'] ?? assert.fail();
  const args = argumentsOf('gateway-1', service, { PORT: '1' }).join(' ');
  for (const part of [
    '--read-only --read-only-tmpfs=false',
    '--tmpfs /tmp',
    '--cap-drop ALL',
    '--security-opt no-new-privileges',
    '--memory 768m --pids-limit 200',
    '--env ROLE=gateway',
    '--env PORT=1',
    '--publish 127.0.0.1::8080',
    '--network metrics:alias=gateway-1,alias=gateway',
  ])
    assert.ok(args.includes(part), `${part} is not in ${args}`);
});
