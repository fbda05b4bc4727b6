import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Releases } from '../../src/lifecycle/releases.ts';
import { freePort } from '../../test/support/database-server.ts';
import { eventually } from '../../test/support/eventually.ts';
import { spawnChild } from '../../test/support/spawn-child.ts';

const folder = join(import.meta.dirname, '..', '..', 'deploy', 'prometheus');

interface Config {
  global: Record<string, string>;
  rule_files: string[];
  scrape_configs: { job_name: string; dns_sd_configs?: unknown; static_configs?: { targets: string[] }[] }[];
}

export interface Series {
  metric: Record<string, string>;
  values: [number, string][];
}

export interface Prometheus {
  /** Result of a path below `/api/v1`. Throws with Prometheus' words for an error. */
  ask<T>(path: string, parameters?: Readonly<Record<string, string>>): Promise<T>;
}

/** Starts Prometheus with the product's configuration and rules; it scrapes `targets` every second. */
export async function startPrometheus(targets: readonly string[], releases: Releases): Promise<Prometheus> {
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), 'hookgate-prometheus-'));
  releases.add(() => rmSync(data, { recursive: true, force: true }));
  const file = join(data, 'prometheus.yaml');
  writeFileSync(file, configFor(targets));
  const child = spawnChild(
    'prometheus',
    [`--config.file=${file}`, `--storage.tsdb.path=${data}/tsdb`, `--web.listen-address=127.0.0.1:${port}`],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
  releases.add(async () => {
    child.kill();
    await ended;
  });
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await eventually(isReady);
  return {
    ask: async <T>(path: string, parameters: Readonly<Record<string, string>> = {}) => {
      const answer = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
      const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
      if (status !== 'success') throw new Error(error);
      return data;
    },
  };
}

function configFor(targets: readonly string[]): string {
  const config = parse(readFileSync(join(folder, 'prometheus.yaml'), 'utf8')) as Config;
  config.global = { scrape_interval: '1s', evaluation_interval: '1s' };
  config.rule_files = config.rule_files.map((name) => join(folder, name));
  for (const job of config.scrape_configs) {
    delete job.dns_sd_configs;
    job.static_configs = [{ targets: [...targets] }];
  }
  return stringify(config);
}
