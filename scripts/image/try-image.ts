import assert from 'node:assert/strict';
import type { Tools } from './tools.ts';
import { isReady, seconds, waitFor } from './wait-for.ts';

/** Takes a line of the result. */
export type Report = (subject: string, value: string) => void;

/** As strict as compose.yaml. */
export const strict = [
  ...['--read-only', '--read-only-tmpfs=false', '--tmpfs', '/tmp'],
  ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--no-healthcheck'],
];

interface Inspected {
  readonly Config: { readonly StopSignal: string };
  readonly Healthcheck: { readonly Test: readonly string[] };
}

/** The image alone, on SQLite in its volume: starts it, looks around in it, stops it. */
export async function tryImage(tools: Tools, image: string, report: Report): Promise<void> {
  const podman = (...args: string[]): string => tools.run('podman', args);
  const inside = (...command: string[]): string => podman('exec', 'one', ...command);
  const fails = (...command: string[]): boolean => !tools.succeeds('podman', ['exec', 'one', ...command]);
  reportSize(podman, image, report);

  const [config] = JSON.parse(podman('image', 'inspect', image)) as Inspected[];
  assert.equal(config?.Config.StopSignal, 'SIGTERM');

  const untilReady = await seconds(async () => {
    podman('run', '--detach', '--name', 'one', '--publish', '127.0.0.1::8080', ...strict, image);
    await waitFor('/readyz', () => isReady(`http://${podman('port', 'one', '8080')}`));
  });
  report('ready after', `${untilReady} s`);

  assert.equal(inside('id', '-u'), '10001');
  assert.match(inside('cat', '/proc/1/mounts'), /^overlay \/ overlay ro,/m);
  assert.match(inside('cat', '/proc/1/status'), /^CapBnd:\t0+$[\s\S]*^NoNewPrivs:\t1$/m);
  for (const file of ['/probe', '/app/probe', '/opt/hookgate/probe', '/var/cache/hookgate/probe'])
    assert.ok(fails('touch', file), `${file} can be written`);
  report('user, capabilities', '10001, none; the root file system is read-only');
  for (const name of ['npm', 'npx', 'corepack', 'gcc', 'curl'])
    assert.ok(fails('sh', '-c', `command -v ${name}`), name);
  for (const name of ['typescript', '@biomejs', 'playwright-core', 'node'])
    assert.ok(fails('ls', `/opt/hookgate/node_modules/${name}`), name);
  inside('ls', '/opt/hookgate/templates/plugin/index.ts', '/opt/hookgate/docs/plugins.md');
  const [kind, ...command] = config.Healthcheck.Test;
  assert.equal(kind, 'CMD');
  inside(...command);
  assert.ok(fails(...command, '/nowhere'), 'the health check accepts any response');
  report('health check', command.join(' '));
  report('version', inside('hookgate', '--version'));

  const untilStopped = await seconds(() => podman('stop', '--time', '30', 'one'));
  assert.equal(podman('inspect', 'one', '--format', '{{.State.ExitCode}}'), '0');
  report('stopped by SIGTERM after', `${untilStopped} s, exit code 0`);
  const again = await seconds(async () => {
    podman('start', 'one');
    await waitFor('/readyz', () => isReady(`http://${podman('port', 'one', '8080')}`));
  });
  report('ready again, on its data, after', `${again} s`);
  podman('rm', '--force', '--volumes', '--time', '30', 'one');

  podman('run', '--detach', '--name', 'early', ...strict, image);
  const early = await seconds(() => podman('stop', '--time', '30', 'early'));
  assert.ok(early < 20, 'a signal during the start is lost');
  report('stopped during the start after', `${early} s`);
  podman('rm', '--force', '--volumes', 'early');
}

function reportSize(podman: (...args: string[]) => string, image: string, report: Report): void {
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e5) / 10} MB`;
  const layers = JSON.parse(podman('history', '--format', 'json', image)) as { size: number; CreatedBy: string }[];
  report('size', megabytes(layers.reduce((sum, { size }) => sum + size, 0)));
  const names = ['its packages and code', 'compile cache', 'Node.js', 'libatomic, tini, user', 'Debian'];
  const filled = layers.filter(({ size }) => size > 100_000);
  filled.forEach(({ size }, index) => {
    report(`  ${names[index] ?? 'more'}`, megabytes(size));
  });
}
