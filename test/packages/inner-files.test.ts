import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import knex from 'knex';
import prometheus from 'prom-client';
import rateLimiter from 'rate-limiter-flexible';
import * as undici from 'undici';
import { Counter, Gauge, Histogram, loadAggregatorRegistry, Registry } from '../../src/packages/prometheus.ts';
import { loadRateLimiterRedis } from '../../src/packages/rate-limiter.ts';
import { buildConnector, Client, errors, Pool } from '../../src/packages/undici.ts';

const root = join(import.meta.dirname, '..', '..');
const require = createRequire(join(root, 'package.json'));

/** Files of the product that run on Node.js. */
const sourceFiles = (): string[] =>
  globSync('{src,plugins,migrations}/**/*.ts', { cwd: root, exclude: ['plugins/console/web/**'] });

/** Inner files of packages that the product loads, by package. */
function loadedInnerFiles(): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const path of sourceFiles()) {
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, file = '', name = ''] of text.matchAll(
      /['"]((@[\w-]+\/[\w.-]+|[a-z][\w.-]+)\/(?:lib|src|dist)\/[^'"]+)['"]/g,
    ))
      files.set(name, [...(files.get(name) ?? []), file]);
  }
  return files;
}

test('packages whose inner files are loaded are pinned to one version, and the files are there', () => {
  const files = loadedInnerFiles();
  assert.deepEqual([...files.keys()].toSorted(), ['ajv', 'knex', 'prom-client', 'rate-limiter-flexible', 'undici']);
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const [name, paths] of files) {
    assert.match(dependencies[name], /^\d+\.\d+\.\d+$/, name);
    assert.equal(require(`${name}/package.json`).version, dependencies[name], name);
    for (const path of paths) assert.doesNotThrow(() => require.resolve(path), path);
  }
});

test('no package of users is open to every later version', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const range of Object.values<string>(dependencies))
    assert.match(range, /^(?:\^?\d+(?:\.\d+\.\d+)?)(?: \|\| \^\d+)*$/);
});

test('no file imports values of modules that are loaded on demand, or whose import loads more than its use', () => {
  const imports = /^(?:import|export) (?!type )[^;]*? from '(?:node:http|mysql2(?:\/promise)?|yaml)';/m;
  const paths = sourceFiles();
  const importing = paths.filter((path) => imports.test(readFileSync(join(root, path), 'utf8')));
  assert.deepEqual(importing, []);
});

describe('inner files are the parts that the package exports', () => {
  test('prom-client', () => {
    assert.equal(Registry, prometheus.Registry);
    assert.equal(Counter, prometheus.Counter);
    assert.equal(Gauge, prometheus.Gauge);
    assert.equal(Histogram, prometheus.Histogram);
    assert.equal(loadAggregatorRegistry(), prometheus.AggregatorRegistry);
  });

  test('rate-limiter-flexible', () => {
    assert.equal(loadRateLimiterRedis(), rateLimiter.RateLimiterRedis);
  });

  test('undici', () => {
    assert.equal(Client, undici.Client);
    assert.equal(Pool, undici.Pool);
    assert.equal(buildConnector, undici.buildConnector);
    assert.equal(errors, undici.errors);
  });

  test('knex: its dialects have the members that ours replace', () => {
    const members = ['_driver', '_query', 'acquireRawConnection', 'validateConnection', 'destroyRawConnection'];
    for (const client of ['better-sqlite3', 'mysql2']) {
      const { prototype } = require(`knex/lib/dialects/${client}`);
      assert.equal(prototype.driverName, client);
      assert.equal(prototype instanceof knex.Client, true);
      for (const member of members) assert.equal(typeof prototype[member], 'function', `${client}: ${member}`);
    }
  });
});
