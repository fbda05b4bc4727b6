import type { Database } from '../../src/plugin.ts';
import {
  type Dispatcher,
  definePlugin,
  type EndpointKind,
  type Knex,
  type Plugin,
  type ResolvedEndpoint,
} from '../../src/plugin.ts';

export const probeKind = 'probe';

/** A plugin with endpoints chosen by the test; it exposes its plugin context. */
export interface Probe {
  readonly plugin: Plugin;
  readonly dispatcher: Dispatcher;
  readonly database: Database;
  /** Looks up endpoints; a test may replace it at any time. */
  resolve: EndpointKind['resolve'];
  /** Turns endpoints off; by default there is none to turn off. */
  turnOff: NonNullable<EndpointKind['turnOff']>;
  /** Enqueues `count` deliveries for an endpoint in one transaction; resolves to their ids. */
  enqueue(
    endpoint: string,
    count?: number,
    more?: { onceKey?: string; organization?: string; type?: string; ordered?: boolean },
  ): Promise<string[]>;
  transaction<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
}

const secret = Buffer.alloc(32, 1);

export const active = (url: string): Extract<ResolvedEndpoint, { state: 'active' }> => ({
  state: 'active',
  url,
  method: 'POST',
  secrets: [secret],
  confidential: [],
});

/** Creates a probe whose endpoints have the URL `url` plus `/<endpoint id>`. */
export function createProbe(url: string): Probe {
  let given: { dispatcher: Dispatcher; database: Database } | undefined;
  const parts = (): NonNullable<typeof given> => {
    if (!given) throw new Error('The gateway with this plugin has not been started.');
    return given;
  };
  const probe: Probe = {
    plugin: definePlugin({
      name: 'probe',
      apiVersion: 1,
      setup({ dispatcher, database }) {
        given = { dispatcher, database };
        dispatcher.registerEndpointKind({
          name: probeKind,
          resolve: (ids) => probe.resolve(ids),
          turnOff: (trx, organization, id) => probe.turnOff(trx, organization, id),
        });
        return { routes: [] };
      },
    }),
    get dispatcher() {
      return parts().dispatcher;
    },
    get database() {
      return parts().database;
    },
    resolve: async (ids) => new Map(ids.map((id) => [id, active(`${url}/${id}`)])),
    turnOff: async () => false,
    enqueue: async (id, count = 1, more = {}) => {
      const deliveries = Array.from({ length: count }, () => ({
        organization: 'test-org',
        endpoint: { kind: probeKind, id },
        type: 'probed',
        payload: '{"data":{}}',
        ...more,
      }));
      const accepted = await parts().database.transaction((trx) => parts().dispatcher.enqueue(trx, deliveries));
      return accepted.map((delivery) => delivery.id);
    },
    transaction: (work) => parts().database.transaction(work),
  };
  return probe;
}
