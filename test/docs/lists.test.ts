import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { usage } from '../../conformance/options.ts';
import { readAuthenticationSettings } from '../../plugins/authentication/settings.ts';
import { consoleSettingNames, readConsoleSettings } from '../../plugins/console/settings.ts';
import { readIntegrationSettings } from '../../plugins/integration/settings.ts';
import { configSchema, loadConfig } from '../../src/config.ts';
import { errorCatalogue } from '../../src/errors.ts';
import type { Environment } from '../../src/settings.ts';
import { readDocument } from './documents.ts';

/** `.env.example` with every setting uncommented. */
const shown = parseEnv(readDocument('.env.example').replace(/^# ([A-Z][A-Z0-9_]*=)/gm, '$1'));
const own = Object.keys(configSchema.describe().keys ?? {});
const readPlugins = (env: Environment) => ({
  ...readAuthenticationSettings(env),
  ...readConsoleSettings(env),
  ...readIntegrationSettings(env),
});
// Some settings of the console have no default.
const known = [...new Set([...own, ...Object.keys(readPlugins({})), ...consoleSettingNames])];

test('.env.example lists exactly the settings', () => {
  assert.deepEqual(Object.keys(shown).toSorted(), known.toSorted());
});

test('.env.example shows the defaults', () => {
  assert.deepEqual(loadConfig(shown), loadConfig({}));
  assert.deepEqual(readPlugins(shown), readPlugins({}));
  // An empty value would count as the default, so existing defaults must be written out.
  const defaults: Record<string, unknown> = { ...loadConfig({}), ...readPlugins({}) };
  const isEmpty = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);
  assert.deepEqual(
    known.filter((name) => shown[name] === '').toSorted(),
    known.filter((name) => isEmpty(defaults[name])).toSorted(),
  );
});

test('docs/settings.md has the same names and defaults', () => {
  const rows = readDocument('docs/settings.md').matchAll(/^\| `([A-Z0-9_]+)` \| (?:`(.+?)`|none) \| .+ \|$/gm);
  assert.deepEqual(Object.fromEntries([...rows].map(([, name, value]) => [name, value ?? ''])), { ...shown });
});

test('docs/errors.md lists exactly the codes of the catalogue, with their status', () => {
  const rows = [...readDocument('docs/errors.md').matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.+) \| (.+) \|$/gm)];
  const listed = rows.map(([, code = '', status]) => [code, Number(status)] as const);
  assert.deepEqual(listed.toSorted(), Object.entries(errorCatalogue).toSorted());
});

test('docs/conformance.md lists exactly the options', () => {
  const listed = [...readDocument('docs/conformance.md').matchAll(/^\| `(--[\w-]+)/gm)].map(([, name]) => name);
  const known = [...usage.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, name]) => name);
  assert.notEqual(known.length, 0);
  assert.deepEqual(listed.toSorted(), known.toSorted());
});
