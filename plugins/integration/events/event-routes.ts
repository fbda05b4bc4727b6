import Joi from 'joi';
import { defineRoute, type Route, type RouteRequest, type TimeFormat, uuid } from '../../../src/plugin.ts';
import { distributorParams, nodeParams } from '../distributors/distributor-schemas.ts';
import type { CheckedEvent } from '../event-types/event-checks.ts';
import { publishedType } from '../event-types/event-type-schemas.ts';
import { deliveryExample, eventExample, distributorExample as id, nodeExample as nodeId } from '../examples.ts';
import type { SharedTransactions } from '../shared-transactions.ts';
import { type EventInput, maxPayloadBytes } from './event-content.ts';
import type { AddressedEvent, EventService, Publication, SentDelivery } from './event-service.ts';
import { type SendTestEvent, testType } from './test-events.ts';

interface EventBody {
  type: string;
  data: Record<string, unknown>;
}

interface PublishedBody extends EventBody {
  node_id?: string;
}

const base = '/api/v1/integration/distributors';
const scopes = ['integration:write'];

const fields = {
  type: publishedType.required(),
  data: Joi.object()
    .unknown()
    .meta({ maxBytes: maxPayloadBytes })
    .required()
    .description('Sent as it is written, numbers included.'),
};
const event = Joi.object<EventBody>(fields).meta({ schemaName: 'Event' });
const published = Joi.object<PublishedBody>({
  ...fields,
  node_id: uuid.description('Only to distributors of this node.'),
}).meta({ schemaName: 'PublishedEventInput' });
const verbatim = ['data'];

/** `data` travels as the caller wrote it: a parsed number may have lost digits. */
const toEvent = (
  req: Pick<RouteRequest<unknown, unknown, EventBody>, 'body' | 'verbatim' | 'traceparent'>,
): EventInput => ({
  type: req.body.type,
  data: req.verbatim.data ?? '{}',
  traceparent: req.traceparent,
});

const example = { type: 'order.filled', data: { order_id: '42', amount: 12.5 } };

const deliveries = Joi.array()
  .items(Joi.object({ id: uuid.required(), distributor_id: uuid.required() }).meta({ schemaName: 'AcceptedDelivery' }))
  .required();

const answer = Joi.object({ deliveries }).meta({ schemaName: 'AcceptedEvent' });

const publication = Joi.object({
  event: Joi.object({
    id: uuid.required(),
    type: Joi.string().required(),
    created_at: Joi.string().isoDate().required(),
  })
    .required()
    .meta({ schemaName: 'PublishedEvent' }),
  deliveries,
}).meta({ schemaName: 'Publication' });

const accepted = {
  202: {
    description:
      'The event was accepted: it is stored and is sent until the endpoint has received it or the retries are used up.',
    schema: answer,
    example: { deliveries: [{ id: deliveryExample, distributor_id: id }] },
    ids: ['/deliveries/0/id'],
  },
};

const publicationExample = {
  event: { id: eventExample, type: example.type, created_at: '2026-01-01T00:00:00.000000Z' },
  deliveries: [{ id: deliveryExample, distributor_id: id }],
};

const testInput = Joi.object<{ type?: string }>({
  type: publishedType.description(`Default \`${testType}\`.`),
}).meta({ schemaName: 'TestEventInput' });

interface Parts {
  events: Pick<EventService, 'publish'>;
  /** Throws `VALIDATION_ERROR` for data that does not match the schema of its type. */
  check: (event: CheckedEvent) => Promise<void>;
  send: SharedTransactions<AddressedEvent, SentDelivery>;
  sendTest: SendTestEvent;
  formatTime: TimeFormat;
}

/** Routes of events. `send` sends an event to one distributor. */
export function createEventRoutes({ events, check, send, sendTest, formatTime }: Parts): Route[] {
  const toAccepted = (type: string, { id, createdAt, deliveries }: Publication) => ({
    status: 202,
    body: { event: { id, type, created_at: formatTime(createdAt) }, deliveries },
  });

  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/integration/events',
      operationId: 'publishEvent',
      summary: 'Publish an event to all distributors that subscribe to its type',
      description:
        'To the distributors of the organization, or of one node. The event is stored even if there is none.',
      scopes,
      body: published,
      verbatim,
      answers: {
        202: {
          description: 'The event was accepted and stored, with a delivery for each distributor.',
          schema: publication,
          example: publicationExample,
          ids: ['/event/id', '/deliveries/0/id'],
        },
      },
      example: { body: { ...example, node_id: nodeId } },
      prepare: (req) => check({ organization: req.organization, ...toEvent(req) }),
      transact: async (req, trx) => {
        const { organization, body } = req;
        const sent = await events.publish(trx, { organization, nodeId: body.node_id, event: toEvent(req) });
        return toAccepted(body.type, sent);
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${base}/:id/events`,
      operationId: 'sendEvent',
      summary: 'Send an event to a distributor',
      scopes,
      params: distributorParams,
      body: event,
      verbatim,
      answers: {
        ...accepted,
        404: { description: 'There is no such distributor.' },
        409: { description: 'The distributor has no webhook.', codes: ['DISTRIBUTOR_HAS_NO_WEBHOOK'] },
      },
      example: { params: { id }, body: example },
      prepare: (req) => check({ organization: req.organization, ...toEvent(req) }),
      withoutTransaction: true,
      transact: async (req, db) => ({
        status: 202,
        body: {
          deliveries: [
            await send(db, { organization: req.organization, distributorId: req.params.id, event: toEvent(req) }),
          ],
        },
      }),
    }),
    defineRoute({
      method: 'POST',
      path: `${base}/:id/test`,
      operationId: 'sendTestEvent',
      summary: 'Send a test event to a distributor',
      description:
        'Sends the example of an event type of the catalogue, or an empty `data`: once, now, without retries, and also to a distributor that is turned off.',
      scopes,
      params: distributorParams,
      body: testInput,
      answers: {
        202: {
          description: 'The test event was accepted.',
          schema: publication,
          example: publicationExample,
          ids: ['/event/id', '/deliveries/0/id'],
        },
        404: { description: 'There is no such distributor.' },
        409: { description: 'The distributor has no webhook.', codes: ['DISTRIBUTOR_HAS_NO_WEBHOOK'] },
      },
      example: { params: { id }, body: { type: example.type } },
      transact: async (req, trx) => {
        const { type = testType } = req.body;
        const { organization, params, traceparent } = req;
        return toAccepted(type, await sendTest(trx, organization, params.id, { type, traceparent }));
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${base}/nodes/:node_id/events`,
      operationId: 'sendNodeEvent',
      summary: 'Send an event to the distributors of a node that subscribe to its type',
      scopes,
      params: nodeParams,
      body: event,
      verbatim,
      answers: accepted,
      example: {
        params: { node_id: nodeId },
        body: example,
        greeting: { step: 2, title: 'Send an event: the endpoint prints it, signed', body: example },
      },
      prepare: (req) => check({ organization: req.organization, ...toEvent(req) }),
      transact: async (req, trx) => ({
        status: 202,
        body: {
          deliveries: (
            await events.publish(trx, {
              organization: req.organization,
              nodeId: req.params.node_id,
              event: toEvent(req),
            })
          ).deliveries,
        },
      }),
    }),
  ];
}
