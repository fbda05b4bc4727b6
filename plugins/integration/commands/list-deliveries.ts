import Joi from 'joi';
import {
  allOrganizations,
  type Command,
  type CommandContext,
  type DeliveryFilter,
  type DeliveryLog,
  type DeliveryView,
} from '../../../src/plugin.ts';
import type { statuses } from '../deliveries/delivery-schemas.ts';
import { toAnswer } from '../deliveries/delivery-view.ts';
import { createEndpointNames } from '../deliveries/endpoint-names.ts';
import { checkOptions, optionSchemas, requireNoArguments, sinceMicros } from './command-options.ts';
import { tableHead, toRow } from './delivery-table.ts';

interface ListOptions {
  status?: (typeof statuses)[number];
  since?: string;
  org?: string;
  endpoint?: string;
  limit: string;
  json: boolean;
}

const { org, endpoint, status, since, limit, json } = optionSchemas;
const options = Joi.object<ListOptions>({ org, endpoint, status, since, limit: limit.default('20'), json });

const pageSize = 100;
/** Each page looks at 10,000 deliveries or more. */
const mostPages = 200;

const usage = '[--status <status>] [--since <1h>] [--org <name>] [--endpoint <id>] [--limit <20>] [--json]';

/** `deliveries`: the newest deliveries of all organizations, or of one. */
export const listDeliveries: Command = {
  name: 'deliveries',
  usage,
  options: {
    status: { type: 'string' },
    since: { type: 'string' },
    org: { type: 'string' },
    endpoint: { type: 'string' },
    limit: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run(context, { values, positionals }) {
    requireNoArguments(positionals, `deliveries ${usage}`);
    const asked = checkOptions(options, values);
    const { deliveries } = await context.openDispatcher();
    const { org: organization = allOrganizations, status, endpoint: endpointId } = asked;
    const filter = { organization, status, endpointId, from: sinceMicros(asked.since, context.now()) };
    const most = Number(asked.limit);
    const { found, isOver } = await newest(deliveries, filter, most);
    if (asked.json) await printJson(context, found, !isOver);
    else printTable(context, found, isOver ? undefined : most);
  },
};

/** The newest deliveries that match, page by page. */
async function newest(
  log: DeliveryLog,
  filter: DeliveryFilter,
  most: number,
): Promise<{ found: DeliveryView[]; isOver: boolean }> {
  const found: DeliveryView[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages && found.length < most; page += 1) {
    const { deliveries, next } = await log.list(filter, Math.min(pageSize, most - found.length), cursor);
    found.push(...deliveries);
    cursor = next;
    if (cursor === undefined) return { found, isOver: true };
  }
  return { found, isOver: false };
}

function printTable({ print, formatTime }: CommandContext, found: readonly DeliveryView[], most: number | undefined) {
  if (found.length === 0) print('No delivery matches.');
  else for (const line of tableHead) print(line);
  for (const delivery of found) for (const line of toRow(delivery, formatTime)) print(line);
  if (most !== undefined)
    print(
      `There may be more. Raise --limit (${most} now, 1000 at most), or narrow the list by --since, --org or --status.`,
    );
  if (found.length > 0) print('"deliveries show <id>" shows a delivery with its attempts.');
}

async function printJson(
  { database, encryption, formatTime, print }: CommandContext,
  found: readonly DeliveryView[],
  more: boolean,
): Promise<void> {
  const refs = found.map(({ endpoint }) => endpoint);
  const names = createEndpointNames(encryption);
  const nameOf = await database.read((db) => names.find(db, allOrganizations, refs));
  const deliveries = found.map((delivery) => ({
    organization: delivery.organization,
    ...toAnswer(delivery, formatTime, nameOf),
  }));
  print(JSON.stringify({ deliveries, more }));
}
