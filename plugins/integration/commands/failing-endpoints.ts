import Joi from 'joi';
import {
  allOrganizations,
  type Command,
  type CommandContext,
  type Dispatcher,
  type EndpointHealth,
  type EndpointStatistics,
} from '../../../src/plugin.ts';
import { createEndpointNames, type NameOf } from '../deliveries/endpoint-names.ts';
import { kinds } from '../statistics/statistics-schemas.ts';
import { checkOptions, optionSchemas, requireNoArguments } from './command-options.ts';
import { lastOf, toSeconds } from './delivery-table.ts';
import { toLine } from './terminal-text.ts';

interface FailingOptions {
  org?: string;
  json: boolean;
}

const { org, json } = optionSchemas;
const options = Joi.object<FailingOptions>({ org, json });
const usage = '[--org <name>] [--json]';

const shown = 100;
/** Endpoints that are read: deleted ones are among them until their statistics are purged. */
const read = 1000;

interface Failing {
  organization: string;
  name: string;
  statistics: EndpointStatistics;
}

/**
 * `endpoints failing`: the endpoints that deliver nothing, for 5 minutes after a failure or after 10 failures in a row; the ones that
 * were turned off are last.
 */
export const failingEndpoints: Command = {
  name: 'endpoints failing',
  usage,
  options: { org: { type: 'string' }, json: { type: 'boolean' } },
  async run(context, { values, positionals }) {
    requireNoArguments(positionals, `endpoints failing ${usage}`);
    const { org: organization = allOrganizations, json: asJson } = checkOptions(options, values);
    const dispatcher = await context.openDispatcher();
    const inState = (state: 'failing' | 'disabled') =>
      dispatcher.statistics.health({ organization, kinds, state }, read);
    const [failed, turnedOff] = [await inState('failing'), await inState('disabled')];
    const health = [...failed, ...turnedOff];
    const names = createEndpointNames(context.encryption);
    const refs = health.map(({ endpoint }) => endpoint);
    const nameOf = await context.database.read((db) => names.find(db, organization, refs));
    const existing = health.filter(({ endpoint }) => nameOf(endpoint) !== null);
    const failing = await withStatistics(dispatcher, existing.slice(0, shown), nameOf);
    const more = existing.length > shown || failed.length === read || turnedOff.length === read;
    if (asJson) context.print(JSON.stringify({ endpoints: failing.map((one) => toJson(one, context)), more }));
    else printTable(context, failing, more);
  },
};

/** In the order of the endpoints. */
async function withStatistics(
  { statistics }: Dispatcher,
  endpoints: readonly EndpointHealth[],
  nameOf: NameOf,
): Promise<Failing[]> {
  const found = new Map<string, EndpointStatistics>();
  for (const [organization, own] of Map.groupBy(endpoints, (one) => one.organization))
    for (const each of await statistics.ofEndpoints(organization, own, { from: 0, to: 0 }))
      found.set(each.endpoint.id, each);
  return endpoints.flatMap(({ organization, endpoint }) => {
    const own = found.get(endpoint.id);
    return own ? [{ organization, name: nameOf(endpoint) ?? '', statistics: own }] : [];
  });
}

/** 0 stands for never. */
const time = (micros: number | undefined, { formatTime }: CommandContext): string | null =>
  formatTime(micros || undefined);

function toJson({ organization, name, statistics }: Failing, context: CommandContext) {
  const { endpoint, health, state, waiting } = statistics;
  return {
    organization,
    endpoint,
    endpoint_name: name,
    host: health?.host || null,
    state,
    failing_since: time(health?.failingSince, context),
    failures: health?.failures ?? 0,
    last_delivery_at: time(health?.deliveredAt, context),
    last_attempt_at: time(health?.attemptAt, context),
    last_status: health?.status || null,
    last_error: health?.error || null,
    waiting,
  };
}

const widths = { since: 25, failures: 8, last: 21, waiting: 7, organization: 22, host: 27 };

function printTable(context: CommandContext, failing: readonly Failing[], more: boolean): void {
  const { print } = context;
  if (failing.length === 0) {
    print('No endpoint is failing.');
    return;
  }
  const { since, failures, last, waiting, organization, host } = widths;
  print(
    toLine([
      ['FAILING SINCE', since],
      ['FAILURES', failures],
      ['LAST', last],
      ['WAITING', waiting],
      ['ORGANIZATION', organization],
      ['HOST', host],
    ]),
  );
  print('  ENDPOINT, ITS NAME, ITS LAST DELIVERY');
  for (const { organization: own, name, statistics } of failing) {
    const { endpoint, health, state } = statistics;
    print(
      toLine([
        [toSeconds(time(health?.failingSince, context)), since],
        [String(health?.failures ?? 0), failures],
        [lastOf({ error: health?.error || undefined, lastStatus: health?.status || undefined }), last],
        [String(statistics.waiting), waiting],
        [own, organization],
        [health?.host || '-', host],
      ]),
    );
    const delivered = time(health?.deliveredAt, context);
    const words = `"${name}"  ${state === 'disabled' ? 'turned off, ' : ''}${delivered === null ? 'nothing delivered yet' : `last delivery ${toSeconds(delivered)}`}`;
    print(
      `  ${toLine([
        [`${endpoint.kind} ${endpoint.id}`, 48],
        [words, 68],
      ])}`,
    );
  }
  if (more) print(`There may be more: ${shown} are shown. Narrow the list by --org.`);
  print('"deliveries --endpoint <id>" lists the deliveries of one.');
}
