import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { StartError } from '../errors.ts';
import type { FoundationOptions } from '../foundation.ts';
import { programName } from '../program-name.ts';
import { readTargetsFile } from '../proxy/targets/targets-file.ts';
import type { Environment } from '../settings.ts';
import type { CommandLine } from './command-line.ts';
import { renderTemplate, type TemplateFile } from './plugin-template.ts';
import { pluginsFolder } from './plugins-folder.ts';

/** MySQL's names have 64 characters at most; the longest one is `<name>_migrations_lock`. */
const namePattern = /^(?=.{1,40}$)[a-z](?:-?[a-z0-9])*$/;
/** Names of parts of the gateway and of its test kit that have tables or targets. */
const ownNames = ['gateway', 'dispatcher', 'test-identity'];

const tsconfig = {
  compilerOptions: {
    target: 'esnext',
    module: 'nodenext',
    lib: ['esnext'],
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
  },
};

/**
 * `plugin new <name>`: writes a plugin with a table, its migration, its test and a README into the plugins folder of the working
 * directory, and settings for TypeScript where these are missing. Overwrites nothing, and runs nothing.
 */
export async function newPlugin(
  { env, plugins }: FoundationOptions,
  { print }: CommandLine,
  _values: unknown,
  [name, ...more]: readonly string[],
): Promise<number> {
  if (name === undefined || more.length > 0) throw new StartError(`Usage: ${programName} plugin new <name>`);
  requireName(name);
  const folder = resolve(pluginsFolder(env), name);
  if (existsSync(folder))
    throw new StartError(`${relative('', folder)} exists already. Choose another name, or remove it.`);
  if ([...ownNames, ...plugins.map((plugin) => plugin.name), ...targetNames(env)].includes(name))
    throw new StartError(`The name ${name} is taken by a target or a part of the gateway. Choose another one.`);
  const files = [...renderTemplate(name), ...moduleFile(folder)];
  writePlugin(folder, files);
  print(`Created ${relative('', folder)}:`);
  for (const { path } of files) print(`  ${path}`);
  if (writeTsconfig(folder)) print('Created tsconfig.json, for editors and tsc.');
  print(nextSteps(name, env));
  return 0;
}

function requireName(name: string): void {
  if (!namePattern.test(name)) {
    throw new StartError(
      `${JSON.stringify(name)} is no name for a plugin. It has up to 40 lower-case letters, digits and single dashes in between, and starts with a letter.`,
    );
  }
}

function targetNames(env: Environment): string[] {
  const path = env.TARGETS_FILE || './targets.yaml';
  return existsSync(path) ? readTargetsFile(path, env).map((target) => target.name) : [];
}

/** Node reads the plugin's files as modules of the nearest `package.json`, which may say something else. */
function moduleFile(folder: string): TemplateFile[] {
  for (let above = dirname(folder); ; above = dirname(above)) {
    const file = join(above, 'package.json');
    if (existsSync(file) && readJson(file)?.type === 'module') return [];
    if (existsSync(file) || above === dirname(above))
      return [{ path: 'package.json', text: `${JSON.stringify({ private: true, type: 'module' }, undefined, 2)}\n` }];
  }
}

function readJson(file: string): Partial<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** A plugin that is written in part is removed again. */
function writePlugin(folder: string, files: readonly TemplateFile[]): void {
  mkdirSync(dirname(folder), { recursive: true });
  mkdirSync(folder);
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text, { flag: 'wx' });
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Returns whether it was missing. */
function writeTsconfig(folder: string): boolean {
  const file = resolve('tsconfig.json');
  if (existsSync(file)) return false;
  const include = [relative('', dirname(folder))];
  writeFileSync(file, `${JSON.stringify({ ...tsconfig, include }, undefined, 2)}\n`, { flag: 'wx' });
  return true;
}

const nextSteps = (name: string, { PORT }: Environment): string => `
Run its test:
  ${programName} plugin test ${name}

Start the gateway, and start it again after every change:
  ${programName} dev

Create a key, and call the plugin with its secret:
  ${programName} keys create --org myorg --email joe@example.com --scope "${name}:read ${name}:write"
  curl -u 'joe@example.com:<secret_key>' -H 'X-Target-Server: ${name}' -H 'Content-Type: application/json' -d '{"title":"First"}' http://127.0.0.1:${PORT || 8080}/api/v1/${name}/items`;
