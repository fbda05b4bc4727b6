import { pathToFileURL } from 'node:url';
import Joi from 'joi';
import { StartError, stackOf } from './errors.ts';
import { writeLastLine } from './logger.ts';
import { resolveOwnSpecifiers } from './own-specifiers.ts';
import { type Plugin, pluginApiVersion } from './plugin.ts';
import { distinct } from './plugin-sources.ts';
import { prefix, schema } from './plugin-surface.ts';
import { awaitStep } from './slow-start.ts';

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

/** MySQL's names have 64 characters at most; the longest one of every plugin is `<name>_migrations_lock`. */
const longestName = 48;

const shape = Joi.object({
  name: Joi.string()
    .pattern(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and dashes')
    .max(longestName)
    .messages({ 'string.max': '{{#label}} must have {{#limit}} characters at most: the names of tables start with it' })
    .required(),
  apiVersion: Joi.valid(pluginApiVersion).required(),
  summary: Joi.string(),
  errorShapes: Joi.array().items(
    Joi.object({ prefix: Joi.string().required(), schema: schema.required(), toBody: Joi.function().required() }),
  ),
  prefixes: Joi.array().items(prefix),
  prefixAliases: Joi.object().pattern(prefix, prefix),
  trailingSlashes: Joi.array().items(prefix),
  migrations: Joi.string(),
  encrypted: Joi.array().items(encryptedTable),
  configure: Joi.function(),
  setup: Joi.function().required(),
  commands: Joi.array().items(command),
}).unknown();

/** Loads one plugin from each file, and each file once. Throws `StartError`. */
export async function loadSources(sources: readonly string[]): Promise<LoadedPlugin[]> {
  resolveOwnSpecifiers();
  const loaded: LoadedPlugin[] = [];
  for (const source of distinct(sources)) loaded.push(await load(source));
  return loaded;
}

async function load(source: string): Promise<LoadedPlugin> {
  let module: Record<string, unknown>;
  try {
    module = await awaitStep(() => import(pathToFileURL(source).href) as Promise<Record<string, unknown>>, {
      onSlow: (seconds) => writeLastLine(`Plugin ${source} is still being imported after ${seconds} s.`),
      onStuck: () => writeLastLine(`Plugin ${source} cannot be imported: it awaits a promise that never settles.`),
    });
  } catch (error) {
    throw new StartError(`Plugin ${source} cannot be imported: ${reasonOf(error)}`);
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

/** File and line of an error at import, which only its stack has; empty if it has none. */
function placeOf({ stack = '' }: Error): string {
  const [, place] = /(?:^|file:\/\/| \(|at )(\/[^\n:()]+:\d+)/m.exec(stack) ?? [];
  return place === undefined ? '' : ` (${place})`;
}

/** The message, with the remedy where Node.js gives none. */
function reasonOf(error: unknown): string {
  if (!Error.isError(error)) return stackOf(error);
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING')
    return `${message}. Node.js runs TypeScript outside of node_modules only: a packaged plugin is published as JavaScript, and one in TypeScript is a folder in PLUGINS_DIR of a working directory outside of node_modules.`;
  if (name === 'SyntaxError' && /import statement|token 'export'/.test(message))
    return `${message}. It is an ES module: write "type": "module" into the nearest package.json (npm pkg set type=module).`;
  return `${message}${placeOf(error)}`;
}

/** Returns `value` if it meets the plugin contract; throws `StartError` otherwise. */
export function checkPlugin(value: unknown, source: string): Plugin {
  const { error } = shape.validate(value, { abortEarly: false, errors: { wrap: { label: false } } });
  if (!error) return value as Plugin;
  throw new StartError(
    `Plugin ${source} violates the plugin contract (version ${pluginApiVersion}): ${error.details.map((detail) => detail.message).join('; ')}.`,
  );
}
