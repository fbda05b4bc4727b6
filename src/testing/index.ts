import { Writable } from 'node:stream';
import { type App, type AppOptions, createApp } from '../app.ts';
import { createReleases } from '../lifecycle/releases.ts';
import type { Plugin } from '../plugin.ts';
import type { PluginEvent } from '../publishing.ts';
import type { Environment } from '../settings.ts';
import type { RemoteTargetDefinition } from '../target-definition.ts';
import { createTestClock, type TestClock } from './clock.ts';
import { migrateOrCopy } from './copied-tables.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { createTestIdentity, type TokenClaims } from './identity.ts';
import type { ParsedJson } from './parsed-json.ts';
import { createTestTargetsFile } from './targets-file.ts';

/**
 * The test kit, for plugins and gateways of any project. Its functions are plain and asynchronous: they work with every test
 * runner, and register nothing with it. A test closes its gateways and receivers; nothing keeps the process alive then.
 */

export type { App } from '../app.ts';
export type { Plugin } from '../plugin.ts';
export type { PluginEvent } from '../publishing.ts';
export {
  answer,
  createReceiver,
  isSignedWith,
  type Reaction,
  type Received,
  type Receiver,
  type Script,
} from '../receiver/receiver.ts';
export type { Environment } from '../settings.ts';
export type { RemoteTargetDefinition } from '../target-definition.ts';
export { createTestClock, type TestClock } from './clock.ts';
export { createTestDatabase, type TestDatabase } from './database.ts';
export type { TokenClaims } from './identity.ts';
export type { ParsedJson } from './parsed-json.ts';
export { createTestTargetsFile, type TestTargetsFile } from './targets-file.ts';
export { type Present, type UntilOptions, until } from './until.ts';

/** The gateway that `createTestGateway` starts. */
export interface TestGatewayOptions {
  /** The plugins to run. A test needs no other one: `token` gives credentials without the plugin `authentication`. */
  plugins: readonly Plugin[];
  /** The file of each plugin, for messages and relative paths. Without it, relative paths start from the working directory. */
  sources?: ReadonlyMap<Plugin, string>;
  /** Remote targets by name, as in `targets.yaml`. Without them, `TARGETS_FILE` in `env` may name a file. */
  targets?: Readonly<Record<string, RemoteTargetDefinition>>;
  /** Additional settings. The kit sets a free port, a database and an encryption key. */
  env?: Environment;
  /** A database that several gateways share; the test drops it. Default: a database per gateway. */
  database?: TestDatabase;
  /** URL of a MySQL or MariaDB server to use in place of SQLite. */
  serverUrl?: string | undefined;
  /** A clock that several gateways share. Default: a clock of its own. */
  clock?: TestClock;
  /** Limits of the HTTP server, so that a test reaches them. */
  serverLimits?: AppOptions['serverLimits'];
}

/** A call of `request`. */
export interface TestRequest {
  /** Default: `POST` with a body, else `GET`. */
  method?: string;
  /** The value of `X-Target-Server`. */
  target?: string;
  /** A bearer token, such as one of `token`. Without it, the call has no credentials. */
  token?: string;
  headers?: Record<string, string>;
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown;
}

/** The response to a call of `request`. */
export interface TestAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed JSON body; undefined if the body is empty or not JSON. */
  body: ParsedJson;
}

/** A real gateway on a free port of the loopback address. */
export interface TestGateway {
  /** `http://127.0.0.1:<port>` without a slash at its end; `https:` with `TLS_CERT_FILE`. */
  readonly url: string;
  readonly port: number;
  /** The gateway itself: `app.reload()` reads the targets file again. */
  readonly app: App;
  /** The clock of the gateway and of its tokens. */
  readonly clock: TestClock;
  readonly database: TestDatabase;
  /** All log lines so far, each the text of a JSON object. */
  readonly log: readonly string[];
  /** All events that plugins have published so far, with and without the plugin `integration`, in the order of their commits. */
  readonly published: readonly PluginEvent[];
  /** A token that this gateway accepts. Default: the subject `tester` of the organization `test-org`, without scopes. */
  token(claims?: TokenClaims): Promise<string>;
  /** Sends a real HTTP request to `path`, which may have a query. Resolves for every status; follows no redirect. */
  request(path: string, request?: TestRequest): Promise<TestAnswer>;
  /** Stops the gateway, closes its connections and removes its database, unless that was passed in. */
  close(): Promise<void>;
}

/**
 * Starts a gateway with these plugins, for tests, with the defaults of a start on a terminal and public documentation. The
 * test has to close it. Throws like a start of the gateway.
 */
export async function createTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const clock = options.clock ?? createTestClock();
  const identity = createTestIdentity(clock.now);
  const releases = createReleases();
  const database = options.database ?? (await createTestDatabase(options.serverUrl));
  if (!options.database) releases.add(() => database.drop());
  const targetsFile = createTestTargetsFile(options.targets);
  releases.add(() => targetsFile.remove());
  const log: string[] = [];
  const published: PluginEvent[] = [];
  try {
    const own = { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', DOCS: 'public', TARGETS_FILE: targetsFile.path };
    const app = await createApp({
      env: { ...own, ...database.env, ...options.env },
      plugins: [identity.plugin, ...options.plugins],
      ...(options.sources ? { sources: options.sources } : {}),
      now: clock.now,
      isTerminal: true,
      logSink: collectInto(log),
      onPublished: (event) => void published.push(event),
      serverLimits: options.serverLimits,
      migrate: options.database || options.env?.DATABASE_URL ? undefined : migrateOrCopy,
    });
    releases.add(() => app.close());
    const { port } = await app.start();
    const url = `${app.foundation.config.TLS_CERT_FILE === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
    return {
      url,
      port,
      app,
      clock,
      database,
      log,
      published,
      token: identity.token,
      request: (path, request) => send(`${url}${path}`, request),
      close: () => releases.run(),
    };
  } catch (error) {
    await releases.run();
    throw error;
  }
}

async function send(url: string, { method, target, token, headers, body }: TestRequest = {}): Promise<TestAnswer> {
  const answer = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers: {
      ...(target === undefined ? {} : { 'X-Target-Server': target }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') ?? false;
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}

function collectInto(log: string[]): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      log.push(...String(chunk).split('\n').filter(Boolean));
      done();
    },
  });
}
