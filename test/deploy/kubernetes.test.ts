import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { BlockList, isIPv6 } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { killAfterMs } from '../../src/cli/supervise-workers.ts';
import { configSchema, loadConfig, longestStopMs } from '../../src/config.ts';
import { SettingsError } from '../../src/settings.ts';
import { readDocument, root } from '../docs/documents.ts';
import { typeErrorsIn } from './kubernetes-types.ts';
import { type Deployment, folder, type Labels, manifests, objectsOf, parseObjects, settings } from './manifests.ts';

const deployments = objectsOf<Deployment>('Deployment');
const podLabels = deployments.map(({ spec }) => spec.template.metadata.labels);
const containersOf = ({ spec }: Deployment) => [...spec.template.spec.initContainers, ...spec.template.spec.containers];
const secret = objectsOf<{ stringData: Record<string, string> }>('Secret')[0]?.stringData ?? {};
const known = Object.keys(configSchema.describe().keys ?? {});
const filledIn = {
  DATABASE_URL: 'mysql://user:password@db/hookgate',
  ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
};

/** The object that monitoring/prometheus-rule.sh prints. */
function printRule() {
  const script = join(root, folder, 'monitoring', 'prometheus-rule.sh');
  const { stdout, stderr } = spawnSync('/bin/sh', [script], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return parseObjects(stdout)[0] as { apiVersion: string; kind: string; spec: unknown };
}

test('every object fits the types of Kubernetes', () => {
  const objects = [...manifests.map(({ object }) => object), printRule()];
  assert.ok(objects.length > 12);
  // A field that no type has, one of another type, and a missing one.
  const [gateway] = structuredClone(deployments) as unknown as [
    { apiVersion: string; kind: string; spec: Record<string, unknown> },
  ];
  const { selector, ...spec } = gateway.spec;
  const wrong = [
    { ...gateway, spec: { ...spec, selector, replica: 2 } },
    { ...gateway, spec: { ...spec, selector, replicas: '2' } },
    { ...gateway, spec },
  ];
  const errors = typeErrorsIn([...objects, ...wrong])
    .trimEnd()
    .split(/\n(?=\S)/);
  assert.deepEqual(
    errors.map((error) => /error (TS\d+)/.exec(error)?.[1]),
    ['TS2353', 'TS2322', 'TS2741'],
    errors.join('\n'),
  );
});

test('the rules of the Prometheus Operator are those of Prometheus', () => {
  assert.deepEqual(printRule().spec, parse(readDocument('deploy/prometheus/alerts.yaml')));
});

test('every file is used by a kustomization, except the example of a Secret', () => {
  const used = globSync('**/kustomization.yaml', { cwd: join(root, folder) }).flatMap((file) => {
    interface Kustomization {
      resources?: string[];
      components?: string[];
      configMapGenerator?: { files?: string[]; envs?: string[] }[];
    }
    const {
      resources = [],
      components = [],
      configMapGenerator = [],
    } = parse(readDocument(`${folder}/${file}`)) as Kustomization;
    const generated = configMapGenerator.flatMap(({ files = [], envs = [] }) => [...files, ...envs]);
    return [...resources, ...components, ...generated].map((path) => join(file, '..', path));
  });
  for (const path of used) assert.ok(existsSync(join(root, folder, path)), path);
  const files = globSync('**/*.{yaml,env}', { cwd: join(root, folder) }).filter(
    (file) => !file.includes('kustomization'),
  );
  assert.deepEqual(
    files.filter((file) => !used.includes(file)),
    ['example/secret.example.yaml'],
  );
});

test('settings, variables and the Secret have settings of the product, and both roles start with them', () => {
  const variables = deployments.flatMap((one) => containersOf(one).flatMap(({ env }) => env));
  const names = [...Object.keys(settings), ...Object.keys(secret), ...variables.map(({ name }) => name)];
  assert.deepEqual(
    names.filter((name) => !known.includes(name)),
    [],
  );
  for (const one of deployments)
    for (const { env } of containersOf(one))
      assert.deepEqual(env, [{ name: 'ROLE', value: one.metadata.labels['app.kubernetes.io/component'] }]);
  for (const role of ['gateway', 'dispatcher']) loadConfig({ ...settings, ...filledIn, ROLE: role });
  assert.throws(() => loadConfig({ ...settings, ...secret, ROLE: 'gateway' }), SettingsError);
  for (const name of ['DATABASE_URL', 'ENCRYPTION_KEY']) assert.ok(name in secret && !(name in settings), name);
});

test('ports, probes and grace period fit the settings', () => {
  const config = loadConfig({ ...settings, ...filledIn, ROLE: 'gateway' });
  assert.deepEqual([config.HOST, config.METRICS_HOST], ['0.0.0.0', '0.0.0.0']);
  for (const { spec } of deployments) {
    const { terminationGracePeriodSeconds: grace, containers } = spec.template.spec;
    assert.ok(grace * 1000 > longestStopMs(config) + killAfterMs);
    for (const { ports, startupProbe, livenessProbe, readinessProbe } of containers) {
      assert.deepEqual(ports, [
        { name: 'http', containerPort: config.PORT },
        { name: 'metrics', containerPort: config.METRICS_PORT },
      ]);
      assert.deepEqual(startupProbe?.httpGet, { path: '/healthz', port: 'http' });
      assert.deepEqual(livenessProbe?.httpGet, { path: '/healthz', port: 'http' });
      assert.deepEqual(readinessProbe?.httpGet, { path: '/readyz', port: 'http' });
      // /readyz answers within 2 s.
      assert.ok((readinessProbe?.timeoutSeconds ?? 1) > 2);
    }
  }
  assert.ok(config.SHUTDOWN_DELAY_MS >= 5000 && config.TRUSTED_PROXIES.length > 0);
});

test('selectors find pods, and names lead to objects', () => {
  const isPart = (selector: Labels, labels: Labels): boolean =>
    Object.entries(selector).every(([name, value]) => labels[name] === value);
  interface Selecting {
    spec: { selector?: Labels & { matchLabels?: Labels }; podSelector?: { matchLabels: Labels } };
  }
  const found = ['Service', 'PodDisruptionBudget', 'NetworkPolicy', 'PodMonitor'].map((kind) =>
    objectsOf<Selecting>(kind).map(({ spec }) => {
      const selector = spec.podSelector?.matchLabels ?? spec.selector?.matchLabels ?? (spec.selector as Labels);
      return podLabels
        .filter((labels) => isPart(selector, labels))
        .map((labels) => labels['app.kubernetes.io/component']);
    }),
  );
  const each = [['dispatcher'], ['gateway']];
  assert.deepEqual(
    found.map((lists) => lists.toSorted()),
    [[['gateway']], each, each, [['gateway', 'dispatcher'].toSorted()]],
  );
  for (const { metadata, spec } of deployments) {
    const { labels } = spec.template.metadata;
    assert.deepEqual([metadata.labels, spec.selector.matchLabels], [labels, labels]);
    for (const { labelSelector } of spec.template.spec.topologySpreadConstraints)
      assert.deepEqual(labelSelector.matchLabels, labels);
  }
});

test('references lead to objects', () => {
  const generated = ['hookgate-settings', 'hookgate-targets'];
  for (const one of deployments) {
    const { volumes } = one.spec.template.spec;
    for (const { envFrom, volumeMounts, args } of containersOf(one)) {
      assert.deepEqual(envFrom, [
        { configMapRef: { name: generated[0] } },
        { secretRef: { name: 'hookgate-secrets' } },
      ]);
      assert.deepEqual(
        volumeMounts.map(({ name }) => name),
        volumes.map(({ name }) => name),
      );
      assert.ok(['start', 'migrate'].includes(args.join(' ')));
      assert.ok(volumeMounts.some(({ mountPath }) => settings.TARGETS_FILE?.startsWith(`${mountPath}/`)));
    }
    assert.deepEqual(
      volumes.flatMap(({ configMap }) => configMap?.name ?? []),
      [generated[1]],
    );
  }
  const [scaler] = objectsOf<{ spec: { minReplicas: number; scaleTargetRef: { name: string } } }>(
    'HorizontalPodAutoscaler',
  );
  assert.ok(deployments.some(({ metadata }) => metadata.name === scaler?.spec.scaleTargetRef.name));
  assert.ok((scaler?.spec.minReplicas ?? 0) >= 2);
  const [service] = objectsOf<{ metadata: { name: string }; spec: { ports: { name: string; targetPort: string }[] } }>(
    'Service',
  );
  const [ingress] = objectsOf<{ spec: { rules: { http: { paths: { backend: unknown }[] } }[] } }>('Ingress');
  assert.deepEqual(ingress?.spec.rules[0]?.http.paths[0]?.backend, {
    service: { name: service?.metadata.name, port: { name: service?.spec.ports[0]?.name } },
  });
  assert.equal(service?.spec.ports[0]?.targetPort, 'http');
  const text = JSON.stringify([...objectsOf('NetworkPolicy'), ...objectsOf('PodMonitor')]);
  const ports = [...text.matchAll(/"port":"(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual([...new Set(ports)].toSorted(), ['http', 'metrics']);
});

test('every container has no rights that it does not need', () => {
  for (const one of deployments) {
    const pod = one.spec.template.spec;
    assert.deepEqual(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const { securityContext } of containersOf(one))
      assert.deepEqual(securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    assert.equal((pod as { automountServiceAccountToken?: boolean }).automountServiceAccountToken, false);
  }
});

test('pods accept connections of named namespaces alone, and dispatchers reach the database and public addresses alone', () => {
  interface Policy {
    metadata: { name: string };
    spec: {
      policyTypes: string[];
      ingress: { from?: { namespaceSelector?: object }[] }[];
      egress: { ports?: { port: number }[]; to?: { ipBlock?: { cidr: string; except: string[] } }[] }[];
    };
  }
  const policies = objectsOf<Policy>('NetworkPolicy');
  assert.equal(policies.length, deployments.length);
  for (const { spec } of policies) {
    assert.deepEqual(spec.policyTypes, ['Ingress', 'Egress']);
    for (const { from = [] } of spec.ingress)
      assert.ok(from.length > 0 && from.every((peer) => peer.namespaceSelector));
  }
  const { egress = [] } = policies.find(({ metadata }) => metadata.name === 'hookgate-dispatcher')?.spec ?? {};
  const anywhere = egress.filter(({ to }) => to === undefined).flatMap(({ ports }) => ports?.map(({ port }) => port));
  assert.deepEqual(anywhere, [53, 53, 3306]);
  const blocks = egress.flatMap(({ to = [] }) => to.map(({ ipBlock }) => ipBlock));
  assert.deepEqual(
    blocks.map((block) => block?.cidr),
    ['0.0.0.0/0', '::/0'],
  );
  const refused = new BlockList();
  for (const network of blocks.flatMap((block) => block?.except ?? [])) {
    const [address = '', bits] = network.split('/');
    refused.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  for (const address of [
    '0.0.0.1',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.31.0.1',
    '192.168.0.1',
  ])
    assert.ok(refused.check(address), address);
  for (const address of ['::1', 'fd00::1', 'fe80::1']) assert.ok(refused.check(address, 'ipv6'), address);
});
