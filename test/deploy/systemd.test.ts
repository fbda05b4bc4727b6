import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { killAfterMs } from '../../src/cli/supervise-workers.ts';
import { configSchema, loadConfig, longestStopMs } from '../../src/config.ts';
import { readDocument, root } from '../docs/documents.ts';

const units = ['hookgate.service', 'hookgate@.service'];

/** Assignments of a unit in order, by section, without comments. */
function readUnit(name: string): string[] {
  const lines = readDocument(`deploy/systemd/${name}`).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

const valuesOf = (unit: readonly string[], key: string): string[] =>
  unit.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));

/** Protections, and values of them that protect. */
const protections: Readonly<Record<string, string>> = {
  CapabilityBoundingSet: '',
  AmbientCapabilities: '',
  DevicePolicy: 'closed',
  LockPersonality: 'yes',
  NoNewPrivileges: 'yes',
  PrivateDevices: 'yes',
  PrivateTmp: 'yes',
  ProcSubset: 'pid',
  ProtectClock: 'yes',
  ProtectControlGroups: 'yes',
  ProtectHome: 'yes',
  ProtectHostname: 'yes',
  ProtectKernelLogs: 'yes',
  ProtectKernelModules: 'yes',
  ProtectKernelTunables: 'yes',
  ProtectProc: 'invisible',
  ProtectSystem: 'strict',
  RestrictNamespaces: 'yes',
  RestrictRealtime: 'yes',
  RestrictSUIDSGID: 'yes',
  SystemCallArchitectures: 'native',
  UMask: '0077',
  User: 'hookgate',
};

for (const name of units) {
  test(`${name} lets the service do no more than it needs`, () => {
    const unit = readUnit(name);
    const found = Object.keys(protections).map((key) => [key, valuesOf(unit, key).join()]);
    assert.deepEqual(Object.fromEntries(found), protections);
    assert.deepEqual(valuesOf(unit, 'SystemCallFilter'), ['@system-service', '~@privileged @resources']);
    // V8 cannot run with it.
    assert.deepEqual(valuesOf(unit, 'MemoryDenyWriteExecute'), ['no']);
  });

  test(`${name} waits for a stop for longer than it may take`, () => {
    const [seconds] = valuesOf(readUnit(name), 'TimeoutStopSec');
    assert.ok(Number(seconds) * 1000 > longestStopMs(loadConfig({})) + killAfterMs);
  });

  test(`${name} starts the entry point, and names only settings that exist`, () => {
    const unit = readUnit(name);
    const [command = ''] = valuesOf(unit, 'ExecStart');
    assert.match(command, /\/opt\/hookgate\/node_modules\/\.bin\/node bin\/hookgate\.mjs$/);
    assert.ok(existsSync(join(root, 'bin/hookgate.mjs')));
    const names = [...unit.join('\n').matchAll(/\b([A-Z][A-Z_]+)=/g)].map(([, setting = '']) => setting);
    const settings = Object.keys(configSchema.describe().keys ?? {});
    const known = new Set([...settings, 'NODE_ENV', 'NODE_COMPILE_CACHE']);
    assert.deepEqual(
      names.filter((setting) => !known.has(setting)),
      [],
    );
  });
}

test('the units differ in the role and its settings alone', () => {
  const [one = [], role = []] = units.map(readUnit);
  assert.deepEqual(
    role.filter((line) => !one.includes(line)),
    [
      'Description=hookgate, role %i',
      'EnvironmentFile=-/etc/hookgate-%i.env',
      `ExecStart=/usr/bin/env ROLE=%i ${valuesOf(one, 'ExecStart')}`,
    ],
  );
  assert.equal(role.length, one.length + 1);
});
