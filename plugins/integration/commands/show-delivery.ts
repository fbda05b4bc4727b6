import Joi from 'joi';
import {
  type AttemptView,
  allOrganizations,
  type Command,
  parseExactJson,
  type TimeFormat,
} from '../../../src/plugin.ts';
import { toAnswer, toAttempt } from '../deliveries/delivery-view.ts';
import { createEndpointNames, type NameOf } from '../deliveries/endpoint-names.ts';
import { checkOptions, idOf, optionSchemas } from './command-options.ts';
import { endpointOf, lastOf, toFields, toSeconds, typeOf } from './delivery-table.ts';
import { type FoundDelivery, readDelivery } from './read-delivery.ts';
import { inColumns } from './terminal-text.ts';

const { json } = optionSchemas;
const options = Joi.object<{ json: boolean }>({ json });

/** Attempts that are printed, the newest ones; JSON has all. */
const shownAttempts = 10;
const shownBody = 1000;

/** `deliveries show <id>`: one delivery with its attempts. */
export const showDelivery: Command = {
  name: 'deliveries show',
  usage: '<id> [--json]',
  options: { json: { type: 'boolean' } },
  async run(context, { values, positionals }) {
    const id = idOf(positionals, 'deliveries show <id> [--json]');
    const { json: asJson } = checkOptions(options, values);
    const { deliveries } = await context.openDispatcher();
    const found = await readDelivery(deliveries, id);
    const names = createEndpointNames(context.encryption);
    const nameOf = await context.database.read((db) => names.find(db, allOrganizations, [found.endpoint]));
    if (asJson) context.print(JSON.stringify(toJson(found, context.formatTime, nameOf)));
    else for (const line of toText(found, context.formatTime, nameOf(found.endpoint))) context.print(line);
  },
};

function toJson({ payload, attempts, ...delivery }: FoundDelivery, formatTime: TimeFormat, nameOf: NameOf) {
  return {
    organization: delivery.organization,
    ...toAnswer(delivery, formatTime, nameOf),
    payload: parseExactJson(payload),
    attempts: attempts.map((attempt) => toAttempt(attempt, formatTime)),
  };
}

function toText(delivery: FoundDelivery, formatTime: TimeFormat, name: string | null): string[] {
  const { attempts } = delivery;
  const time = (micros: number | undefined) => (micros === undefined ? undefined : toSeconds(formatTime(micros)));
  const newest = attempts.toReversed().slice(0, shownAttempts);
  const older = attempts.length - newest.length;
  return [
    ...toFields({
      delivery: delivery.id,
      organization: delivery.organization,
      event: `${typeOf(delivery)} ${delivery.eventId}`,
      endpoint: `${endpointOf(delivery)} ${name === null ? '(deleted)' : `"${name}"`}`,
      url: delivery.url,
      status: delivery.status,
      attempts: String(delivery.attemptCount),
      last: lastOf(delivery),
      decision: delivery.decision ?? 'not attempted yet',
      accepted: time(delivery.createdAt),
      finished: time(delivery.finishedAt),
      'next attempt': time(delivery.nextAttemptAt),
    }),
    ...newest.flatMap((attempt) => toAttemptText(attempt, formatTime)),
    ...(older > 0 ? [`${older} older attempts: --json shows all.`] : []),
  ];
}

function toAttemptText(attempt: AttemptView, formatTime: TimeFormat): string[] {
  const { number, startedAt, durationMicros, status, error, decision, url, peer, tls, responseBody } = attempt;
  const took = durationMicros === undefined ? '' : ` in ${durationMicros / 1000} ms`;
  const end =
    tls?.certificateEndsAt === undefined ? '' : `, certificate until ${toSeconds(formatTime(tls.certificateEndsAt))}`;
  return [
    `attempt ${number}`.padEnd(14) +
      `${toSeconds(formatTime(startedAt))}  ${lastOf({ error, lastStatus: status })}${took}`,
    ...toFields(
      {
        decision,
        url,
        peer: peer === undefined ? undefined : `${peer}${tls ? `, ${tls.version}${end}` : ''}`,
        response: responseBody ? inColumns(responseBody, shownBody).trimEnd() : undefined,
      },
      '  ',
    ),
  ];
}
