import { existsSync, globSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Tools } from './tools.ts';

const root = join(import.meta.dirname, '..', '..');
const debian = 'localhost/debian';
const node = 'localhost/node';

/** Files of Debian that its slim images leave out. */
const leftOut = [
  'var/cache/apt',
  'var/lib/apt/lists',
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'usr/share/info',
];

/** Images that take the place of registries: names in compose.yaml and recipes. */
const standIns: Readonly<Record<string, string>> = {
  'docker.io/library/mysql:9.7': 'mysql',
  'docker.io/library/redis:8-bookworm': 'redis',
  'docker.io/prom/prometheus:v3.5.0': 'prometheus',
};

const exists = (tools: Tools, image: string): boolean => tools.succeeds('podman', ['image', 'exists', image]);

/** An image from a working container on which `fill` acts. */
function commit(tools: Tools, image: string, from: string, fill: (container: string) => void): void {
  if (exists(tools, image)) return;
  const container = tools.run('buildah', ['from', '--pull-never', from]);
  fill(container);
  tools.run('buildah', ['commit', '--quiet', '--rm', container, image]);
}

/** Debian by debootstrap, as `debian:bookworm-slim`. */
function buildDebian(tools: Tools): void {
  commit(tools, debian, 'scratch', (container) => {
    const system = join(tools.folder, 'debian');
    if (!existsSync(system)) tools.run('debootstrap', ['--variant=minbase', 'bookworm', system]);
    const contents = globSync(
      leftOut.map((path) => `${path}/*`),
      { cwd: system },
    );
    for (const path of contents) rmSync(join(system, path), { recursive: true, force: true });
    tools.run('buildah', ['copy', '--quiet', container, system, '/']);
    rmSync(system, { recursive: true, force: true });
  });
}

/** Debian with Node.js and npm, as the official `node` image: the Node.js that runs this script, and the npm of the machine. */
function buildNode(tools: Tools): void {
  const npm = join(tools.run('npm', ['root', '--global']), 'npm');
  commit(tools, node, debian, (container) => {
    const inContainer = (...args: string[]) => tools.run('buildah', ['run', container, '--', ...args]);
    inContainer('apt-get', 'update');
    inContainer('apt-get', 'install', '-y', '--no-install-recommends', 'libatomic1', 'ca-certificates');
    tools.run('buildah', ['copy', '--quiet', container, realpathSync(process.execPath), '/usr/local/bin/node']);
    tools.run('buildah', ['copy', '--quiet', container, npm, '/usr/local/lib/node_modules/npm']);
    inContainer('ln', '-s', '../lib/node_modules/npm/bin/npm-cli.js', '/usr/local/bin/npm');
  });
}

/** The registry of npm and the certificates that this machine uses. */
function npmOptions(tools: Tools): string[] {
  const { NODE_EXTRA_CA_CERTS: certificates } = process.env;
  const lines = [`registry=${tools.run('npm', ['config', 'get', 'registry'])}`];
  if (certificates) lines.push(`cafile=${certificates}`);
  const file = join(tools.folder, 'npmrc');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const mount = certificates ? ['--volume', `${dirname(certificates)}:${dirname(certificates)}:ro`] : [];
  return ['--secret', `id=npmrc,src=${file}`, ...mount];
}

/** Builds the Dockerfile on these bases, as `image`. */
export function buildImage(tools: Tools, image: string): void {
  buildDebian(tools);
  buildNode(tools);
  const bases = ['--build-arg', `NODE=${node}`, '--build-arg', `BASE=${debian}`];
  const options = ['--layers', '--format', 'docker', '--pull-never', ...bases, ...npmOptions(tools)];
  tools.run('buildah', ['build', ...options, '--tag', image, root]);
}

export function buildStandIns(tools: Tools): void {
  const folder = join(import.meta.dirname, 'stand-ins');
  for (const [image, recipe] of Object.entries(standIns)) {
    const file = join(folder, `${recipe}.Containerfile`);
    if (!exists(tools, image)) tools.run('buildah', ['build', '--pull-never', '--file', file, '--tag', image, folder]);
  }
}
