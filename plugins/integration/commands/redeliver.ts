import Joi from 'joi';
import { StartError } from '../../../src/errors.ts';
import {
  allOrganizations,
  type Command,
  type CommandContext,
  type DeliveryFilter,
  type Dispatcher,
} from '../../../src/plugin.ts';
import { openRegisteredDispatcher } from '../endpoint-kinds.ts';
import { checkOptions, idOf, optionSchemas, requireNoArguments, sinceMicros } from './command-options.ts';
import { endpointOf } from './delivery-table.ts';
import { asStartError, readDelivery } from './read-delivery.ts';

interface ManyOptions {
  status: 'failed' | 'cancelled' | 'pending';
  since: string;
  org?: string;
  endpoint?: string;
  'dry-run': boolean;
  yes: boolean;
}

const { org, endpoint, since } = optionSchemas;
const options = Joi.object<ManyOptions>({
  status: Joi.valid('failed', 'cancelled', 'pending').required(),
  since: since.required(),
  org,
  endpoint,
  'dry-run': Joi.boolean().default(false),
  yes: Joi.boolean().default(false),
});

const usage = '<id> | --status failed --since <1h> [--org <name>] [--endpoint <id>] [--dry-run] [--yes]';
const whoSends = 'A running gateway with ROLE=all or ROLE=dispatcher sends';
const readAtOnce = 1000;
/** Deliveries of all organizations that one command sends again. */
const most = 100_000;
const shownOrganizations = 20;

/** `redeliver`: sends one delivery again, or all that match. */
export const redeliver: Command = {
  name: 'redeliver',
  usage,
  options: {
    status: { type: 'string' },
    since: { type: 'string' },
    org: { type: 'string' },
    endpoint: { type: 'string' },
    'dry-run': { type: 'boolean' },
    yes: { type: 'boolean' },
  },
  async run(context, { values, positionals }) {
    if (Object.keys(values).length === 0) await redeliverOne(context, idOf(positionals, `redeliver ${usage}`));
    else {
      requireNoArguments(positionals, `redeliver ${usage}`);
      await redeliverMany(context, checkOptions(options, values));
    }
  },
};

async function redeliverOne(context: CommandContext, id: string): Promise<void> {
  const { deliveries } = await openRegisteredDispatcher(context);
  const { organization } = await readDelivery(deliveries, id);
  await asStartError(deliveries.requireEndpoint(organization, id));
  const { endpoint } = await asStartError(
    context.database.transaction((trx) => deliveries.redeliver(trx, organization, id)),
  );
  context.print(`Delivery ${id} of ${organization} to ${endpointOf({ endpoint })} is due now.`);
  context.print(`${whoSends} it, under the same id and with all its retries.`);
}

async function redeliverMany(context: CommandContext, asked: ManyOptions): Promise<void> {
  const { print, database, now } = context;
  const dispatcher = await context.openDispatcher();
  const filter = { status: asked.status, endpointId: asked.endpoint, from: sinceMicros(asked.since, now()), to: now() };
  const found = await countByOrganization(dispatcher, { organization: asked.org ?? allOrganizations, ...filter });
  const total = [...found.values()].reduce((sum, count) => sum + count, 0);
  for (const [organization, count] of [...found].slice(0, shownOrganizations)) print(`${count}  ${organization}`);
  if (found.size > shownOrganizations) print(`… and ${found.size - shownOrganizations} more organizations`);
  print(total === 0 ? 'No delivery matches.' : `${total} deliveries match.`);
  if (asked['dry-run'] || total === 0) return;
  if (!asked.yes) await confirm(context, total);
  const jobs = await database.transaction(async (trx) => {
    const created = [];
    for (const organization of found.keys())
      created.push(await dispatcher.redeliveryJobs.create(trx, { organization, ...filter }));
    return created;
  });
  for (const { id } of jobs.slice(0, shownOrganizations)) print(`redelivery job ${id}`);
  if (jobs.length > shownOrganizations) print(`… and ${jobs.length - shownOrganizations} more jobs`);
  print(`${whoSends} them. Deliveries that are held, in flight or without their endpoint by then are skipped.`);
}

/** The number of matching deliveries of each organization that has some, the largest first. */
async function countByOrganization(
  { deliveries }: Dispatcher,
  filter: DeliveryFilter,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  let cursor: string | undefined;
  let total = 0;
  do {
    const page = await deliveries.list(filter, readAtOnce, cursor);
    for (const { organization } of page.deliveries) counts.set(organization, (counts.get(organization) ?? 0) + 1);
    total += page.deliveries.length;
    if (total > most)
      throw new StartError(
        `More than ${most} deliveries match. Narrow them by --org, --endpoint or a shorter --since.`,
      );
    cursor = page.next;
  } while (cursor !== undefined);
  return new Map([...counts].toSorted(([, one], [, other]) => other - one));
}

async function confirm({ ask }: CommandContext, total: number): Promise<void> {
  if (!ask)
    throw new StartError(
      'Nothing was sent again: there is no terminal to ask on. Add --yes to send without a question.',
    );
  if (!/^y(es)?$/i.test((await ask(`Send ${total} deliveries again? [y/N] `)).trim()))
    throw new StartError('Nothing was sent again.');
}
