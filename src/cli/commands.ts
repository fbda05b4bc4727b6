import { parseArgs } from 'node:util';
import { migrate } from '../database/migrations.ts';
import { checkEncryptionKey } from '../encryption/encryption-check.ts';
import { StartError } from '../errors.ts';
import { createFoundation, type FoundationOptions } from '../foundation.ts';
import { createReleases } from '../lifecycle/releases.ts';
import type { Command, Plugin } from '../plugin.ts';
import { programName } from '../program-name.ts';
import { backupCommand } from './backup.ts';
import type { CommandLine } from './command-line.ts';
import { explain } from './explain.ts';
import { installedPlugins } from './installed-plugins.ts';
import { migrateCommand } from './migrate.ts';
import { newPlugin } from './new-plugin.ts';
import { noteDatabase } from './note-database.ts';
import { receiver } from './receiver-command.ts';

interface OwnCommand extends Pick<Command, 'usage' | 'options'> {
  /** Other commands than `takesArguments` have no positional ones. */
  run(
    options: FoundationOptions,
    line: CommandLine,
    values: Readonly<Record<string, unknown>>,
    positionals: readonly string[],
  ): Promise<number>;
  takesArguments?: boolean;
}

type NamedCommand = OwnCommand & { name: string };

// Imported on demand: other commands need no gateway, whose modules take a third of a second to load.
const start: OwnCommand['run'] = async (options, line, values) =>
  (await import('./start.ts')).start(options, line, values);
const check: OwnCommand['run'] = async (options, line) => (await import('./check.ts')).check(options, line);
const reencrypt: OwnCommand['run'] = async (options, line, values) =>
  (await import('./reencrypt.ts')).reencrypt(options, line, values);

const own: Readonly<Record<string, OwnCommand>> = {
  start: { usage: '[--brief]', options: { brief: { type: 'boolean' } }, run: start },
  migrate: {
    usage: '[--create | --rollback [--yes]]',
    options: { create: { type: 'boolean' }, rollback: { type: 'boolean' }, yes: { type: 'boolean' } },
    run: migrateCommand,
  },
  check: { usage: '', run: check },
  backup: {
    usage: '<file> [--force]',
    options: { force: { type: 'boolean' } },
    takesArguments: true,
    run: backupCommand,
  },
  'keys reencrypt': { usage: '[--status]', options: { status: { type: 'boolean' } }, run: reencrypt },
  // Run before the plugins are loaded; with other arguments than these, they arrive here.
  dev: { usage: '', run: async () => refuse('dev') },
  'plugin new': { usage: '<name>', takesArguments: true, run: newPlugin },
  'plugin test': { usage: '<name>', takesArguments: true, run: async () => refuse('plugin test <name>') },
  receiver: {
    usage: '[--port <port>] [--secret <signing secret>]',
    options: { port: { type: 'string' }, secret: { type: 'string' } },
    run: (_options, line, values) => receiver(line, values),
  },
};

function refuse(usage: string): never {
  throw new StartError(`Usage: ${programName} ${usage}`);
}

/** Runs the command named in `args` and resolves to its exit code. Throws `StartError` or `SettingsError`. */
export async function runCommandLine(line: CommandLine): Promise<number> {
  const { args, env, isTerminal } = line;
  const loaded = await installedPlugins(env);
  const options = {
    env,
    isTerminal,
    origin: line.origin,
    plugins: loaded.map(({ plugin }) => plugin),
    sources: new Map(loaded.map(({ plugin, source }) => [plugin, source])),
  };
  if (asksForHelp(args)) {
    line.print(help(options.plugins, args));
    return 0;
  }
  try {
    const command = findOwn(args);
    return await (command ? runOwnCommand(command, options, line) : runPluginCommand(options, line));
  } catch (error) {
    throw explain(error, env);
  }
}

const asksForHelp = (args: readonly string[]): boolean => args[0] === 'help' || args.some(isHelp);
const isHelp = (arg: string): boolean => arg === '--help' || arg === '-h';

/** The gateway's own command that `args` name, by one word or two; without arguments `start`. */
function findOwn([first = 'start', second = '']: readonly string[]): NamedCommand | undefined {
  const name = [`${first} ${second}`, first].find((words) => Object.hasOwn(own, words));
  const command = name === undefined ? undefined : own[name];
  return name === undefined || !command ? undefined : { name, ...command };
}

async function runOwnCommand(command: NamedCommand, options: FoundationOptions, line: CommandLine): Promise<number> {
  const { values, positionals } = parse(command, line.args.slice(command.name.split(' ').length));
  if (positionals.length > 0 && !command.takesArguments)
    throw new StartError(`Unknown argument ${positionals[0]}\n${usage(options.plugins)}`);
  return command.run(options, line, values, positionals);
}

async function runPluginCommand(options: FoundationOptions, line: CommandLine): Promise<number> {
  const { args, env, print, warn = () => undefined, ask } = line;
  const found = findPluginCommand(options.plugins, args);
  if (!found) throw new StartError(`Unknown command ${unknownOf(options.plugins, args)}\n${usage(options.plugins)}`);
  const { plugin, command } = found;
  const { values, positionals } = parse(command, args.slice(command.name.split(' ').length));
  const foundation = createFoundation({ ...options, access: 'use' });
  const { config, database, encryption, owners } = foundation;
  const releases = createReleases();
  releases.add(() => database.close());
  try {
    noteDatabase(config, line);
    if (config.MIGRATE_ON_START) await migrate(database, owners);
    await checkEncryptionKey(database, encryption);
    const settings = foundation.plugins.find((entry) => entry.plugin === plugin)?.settings;
    const askedScopes = async () => (await import('./asked-scopes.ts')).readAskedScopes(foundation, env);
    const openDispatcher = async () =>
      (await import('./command-dispatcher.ts')).openCommandDispatcher(foundation, releases);
    const context = { ...foundation, settings, print, warn, askedScopes, openDispatcher, ...(ask ? { ask } : {}) };
    await command.run(context, { values, positionals });
    return 0;
  } finally {
    await releases.run();
  }
}

function findPluginCommand(
  plugins: readonly Plugin[],
  args: readonly string[],
): { plugin: Plugin; command: Command } | undefined {
  // The name of two words first: a command may have one that begins with another's.
  for (const wanted of [args.slice(0, 2).join(' '), args[0]])
    for (const plugin of plugins) {
      const command = plugin.commands?.find(({ name }) => name === wanted);
      if (command) return { plugin, command };
    }
  return undefined;
}

function parse(command: Pick<Command, 'name' | 'usage' | 'options'>, args: string[]) {
  const { options = {} } = command;
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true, strict: true, tokens: true });
    const given = parsed.tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    // The last one would count, and the others be dropped.
    const repeated = given.find((name, index) => !options[name]?.multiple && given.indexOf(name) !== index);
    if (repeated !== undefined) throw new Error(`--${repeated} is given more than once.`);
    return parsed;
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n${usageOf(command)}`);
  }
}

const usageOf = ({ name, usage }: Pick<Command, 'name' | 'usage'>): string =>
  `Usage: hookgate ${name} ${usage}`.trimEnd();

/** The usage of the command that `args` name, or of all commands. */
function help(plugins: readonly Plugin[], args: readonly string[]): string {
  const words = args.filter((arg, index) => !isHelp(arg) && !(index === 0 && arg === 'help'));
  const command = words.length === 0 ? undefined : findOwn(words);
  if (command) return usageOf(command);
  const found = findPluginCommand(plugins, words);
  return found ? usageOf(found.command) : usage(plugins);
}

/** The words of a command that does not exist: two, if others begin with the first one. */
function unknownOf(plugins: readonly Plugin[], [first = '', second = '']: readonly string[]): string {
  const isBegin = commandsOf(plugins).some(({ name }) => name.startsWith(`${first} `));
  return isBegin && !second.startsWith('-') ? `${first} ${second}`.trimEnd() : first;
}

const commandsOf = (plugins: readonly Plugin[]): Pick<Command, 'name' | 'usage'>[] => [
  ...Object.entries(own).map(([name, { usage: text }]) => ({ name, usage: text })),
  ...plugins.flatMap((plugin) => plugin.commands ?? []),
];

function usage(plugins: readonly Plugin[]): string {
  return [
    `Usage: ${programName} <command>`,
    ...commandsOf(plugins).map((command) => `  ${command.name} ${command.usage}`.trimEnd()),
    '  --help',
    '  --version',
  ].join('\n');
}
