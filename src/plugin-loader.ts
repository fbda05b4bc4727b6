import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Joi from 'joi';
import { StartError } from './errors.ts';
import { type Plugin, pluginApiVersion } from './plugin.ts';

export interface LoadedPlugin {
  plugin: Plugin;
  /** The file that the plugin was loaded from, for messages. */
  source: string;
}

const command = Joi.object({
  name: Joi.string()
    .pattern(/^[a-z][a-z-]*( [a-z][a-z-]*)?$/)
    .required(),
  usage: Joi.string().allow('').required(),
  options: Joi.object(),
  run: Joi.function().required(),
});

const name = Joi.string().pattern(/^\w{1,64}$/, 'a name in SQL');

const encryptedTable = Joi.object({
  table: name.required(),
  key: name.required(),
  organization: name,
  columns: Joi.array().items(name).required(),
  fingerprints: Joi.array().items(Joi.object({ column: name.required(), expires: name })),
  context: Joi.function(),
});

const shape = Joi.object({
  name: Joi.string()
    .pattern(/^[a-z][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes')
    .required(),
  apiVersion: Joi.valid(pluginApiVersion).required(),
  summary: Joi.string(),
  errorShapes: Joi.array().items(
    Joi.object({ prefix: Joi.string().required(), schema: Joi.object().required(), toBody: Joi.function().required() }),
  ),
  prefixes: Joi.array().items(Joi.string().pattern(/^(\/[\w.~-]+)+$/, 'a path such as /v1/things')),
  migrations: Joi.string(),
  encrypted: Joi.array().items(encryptedTable),
  configure: Joi.function(),
  setup: Joi.function().required(),
  commands: Joi.array().items(command),
}).unknown();

/**
 * Loads one plugin from each subfolder of `folder` (its `index.ts`, `index.js` or `index.mjs`) and from each npm
 * package in `packages`. Throws `StartError`.
 */
export async function loadPlugins(folder: string, packages: readonly string[]): Promise<LoadedPlugin[]> {
  const files = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  const folders = files
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => join(folder, entry.name));
  const sources = [...folders.sort().map(indexOf), ...packages.map(packageFile)];
  const loaded: LoadedPlugin[] = [];
  for (const source of sources) loaded.push(await load(source));
  return loaded;
}

function indexOf(folder: string): string {
  const file = ['index.ts', 'index.js', 'index.mjs'].map((name) => join(folder, name)).find((path) => existsSync(path));
  if (!file)
    throw new StartError(
      `Plugin folder ${folder} has no index.ts. Add one that exports a plugin, or remove the folder.`,
    );
  return file;
}

function packageFile(name: string): string {
  try {
    return fileURLToPath(import.meta.resolve(name));
  } catch {
    throw new StartError(
      `PLUGINS names the package "${name}", which is not installed. Install it or remove it from PLUGINS.`,
    );
  }
}

async function load(source: string): Promise<LoadedPlugin> {
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(source).href)) as Record<string, unknown>;
  } catch (error) {
    throw new StartError(`Plugin ${source} cannot be imported: ${(error as Error).message}`);
  }
  const candidates = Object.values(module).filter(
    (value) => typeof value === 'object' && value !== null && 'setup' in value,
  );
  const unique = [...new Set(candidates)];
  if (unique.length !== 1) {
    throw new StartError(
      `Plugin ${source} must export one plugin (an object with name, apiVersion and setup); it exports ${unique.length}.`,
    );
  }
  return { plugin: checkPlugin(unique[0], source), source };
}

/** Returns `value` if it meets the plugin contract; throws `StartError` otherwise. */
export function checkPlugin(value: unknown, source: string): Plugin {
  const { error } = shape.validate(value, { abortEarly: false, errors: { wrap: { label: false } } });
  if (!error) return value as Plugin;
  throw new StartError(
    `Plugin ${source} violates the plugin contract (version ${pluginApiVersion}): ${error.details.map((detail) => detail.message).join('; ')}.`,
  );
}
