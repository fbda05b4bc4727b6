import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Releases } from '../../src/lifecycle/releases.ts';
import { freePort } from '../../test/support/database-server.ts';
import { requireProgram } from '../support/debian-program.ts';
import { type ServerProcess, toServerProcess } from '../support/server-process.ts';

export const answerBytes = 450;
export const fileBytes = 1_000_000_000;
const startTimeoutMs = 5000;

export function nginxVersion(): string {
  // nginx prints its version on standard error.
  const text = execFileSync('/bin/sh', ['-c', '"$0" -v 2>&1', requireProgram('nginx')], { encoding: 'utf8' });
  return /nginx\/(\S+)/.exec(text)?.[1] ?? '';
}

/** Starts a backend with responses of 450 bytes everywhere, and a file of 1 GB at `/file`. */
export function startNginxBackend(releases: Releases): Promise<ServerProcess> {
  return startNginx(releases, (folder) => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    truncateSync(file, fileBytes);
    return {
      head: '',
      locations: `
        location = /file { alias ${file}; default_type application/octet-stream; sendfile on; }
        location / { default_type application/json; return 200 '${'x'.repeat(answerBytes)}'; }`,
    };
  });
}

/** Starts a proxy in front of `backend` with kept connections. */
export function startNginxProxy(releases: Releases, backend: ServerProcess): Promise<ServerProcess> {
  return startNginx(releases, () => ({
    head: `upstream backend { server ${new URL(backend.url).host}; keepalive 256; keepalive_requests 1000000000; }`,
    locations: `
      location / { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ''; }`,
  }));
}

interface Parts {
  readonly head: string;
  readonly locations: string;
}

async function startNginx(releases: Releases, partsIn: (folder: string) => Parts): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-nginx-'));
  releases.add(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const config = join(folder, 'nginx.conf');
  writeFileSync(config, configOf(folder, port, partsIn(folder)));
  const child = spawn(requireProgram('nginx'), ['-c', config, '-p', folder, '-e', join(folder, 'error.log')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const server = toServerProcess(child, `http://127.0.0.1:${port}`);
  releases.add(() => server.stop());
  await untilAccepted(port);
  return server;
}

/** A single process for master and worker, so that one process id has all the figures. */
function configOf(folder: string, port: number, { head, locations }: Parts): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder};`);
  return `
    daemon off; master_process off; worker_processes 1; worker_rlimit_nofile 8192; pid ${join(folder, 'pid')};
    events { worker_connections 4096; }
    http {
      access_log off; keepalive_requests 1000000000; client_max_body_size 0; ${temporary.join(' ')}
      ${head}
      server {
        listen 127.0.0.1:${port} backlog=1024;
        ${locations}
      }
    }`;
}

async function untilAccepted(port: number): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    const isAccepted = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isAccepted) return;
    await sleep(20);
  }
  throw new Error(`nginx accepted no connection within ${startTimeoutMs} ms.`);
}
