import { randomUUIDv7 } from 'node:crypto';
import type { Knex } from './database/database.ts';
import { StartError } from './errors.ts';

/** An event that a plugin publishes. */
export interface PluginEvent {
  readonly organization: string;
  /** Limits the event to the subscribers of one node: a UUID. */
  readonly nodeId?: string | undefined;
  /** 1 to 128 letters, digits and `. : / _ -`; types that begin with `hookgate.` are the gateway's own. */
  readonly type: string;
  /** Sent as JSON; 256 KiB at most, with the members around it. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Of the call that causes the event: `req.traceparent`. */
  readonly traceparent?: string | undefined;
}

/** Stores an event, and its deliveries, in the transaction; resolves to its id. */
export type Publisher = (trx: Knex.Transaction, event: PluginEvent) => Promise<{ id: string }>;

const validType = /^[\w.:/-]{1,128}$/;
const ownPrefix = 'hookgate.';

export interface Publishing {
  publish: Publisher;
  providePublisher(publisher: Publisher, title: string): void;
}

/**
 * `publish` may be handed out before the publisher is known, and rejects without one. `providePublisher` throws `StartError` for a
 * second publisher. `record`: stands in for a missing publisher, and sees each event after its commit; for tests.
 */
export function createPublishing(record?: (event: PluginEvent) => void): Publishing {
  let provided: { by: Publisher; title: string } | undefined;
  return {
    async publish(trx, event) {
      requireValid(trx, event);
      if (!provided && !record)
        throw new Error(
          'This gateway publishes no events: it needs the plugin integration, or another one that calls providePublisher.',
        );
      const published = provided ? await provided.by(trx, event) : { id: randomUUIDv7() };
      if (record)
        trx.executionPromise.then(
          () => record(event),
          () => undefined,
        );
      return published;
    },
    providePublisher(by, title) {
      if (provided)
        throw new StartError(`It publishes events, as plugin ${provided.title} does: one of them has to be left out.`);
      provided = { by, title };
    },
  };
}

/** Throws for a mistake in the plugin: its callers cannot mend it. */
function requireValid(trx: Knex, { organization, type, data }: PluginEvent): void {
  if (trx?.isTransaction !== true)
    throw new TypeError('publish needs the transaction of the change as its first argument');
  if (typeof organization !== 'string' || organization === '') throw new TypeError('an event needs an organization');
  if (typeof type !== 'string' || !validType.test(type) || type.startsWith(ownPrefix))
    throw new TypeError(
      `the type of an event is 1 to 128 letters, digits and . : / _ - and does not begin with ${ownPrefix}`,
    );
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new TypeError('the data of an event is an object');
}
