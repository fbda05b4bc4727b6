import Joi from 'joi';
import { definePlugin, defineRoute, type EndpointDelivery, type NewDelivery } from '../../src/plugin.ts';

export const laneKind = 'lane';

/** How the id of a lane wants its deliveries: `name~rate=50` or `name~ordered`, both also together. */
export function deliveryOf(id: string): EndpointDelivery {
  const [, ...options] = id.split('~');
  const rate = options.find((option) => option.startsWith('rate='))?.slice('rate='.length);
  return {
    ...(rate === undefined ? {} : { rateLimit: Number(rate) }),
    ...(options.includes('ordered') ? { ordered: true } : {}),
  };
}

/** Deliveries to a lane, numbered from `from` on. */
export const laneDeliveries = (id: string, from: number, count: number): NewDelivery[] =>
  Array.from({ length: count }, (_, index) => ({
    organization: 'lanes',
    endpoint: { kind: laneKind, id },
    type: 'numbered',
    payload: JSON.stringify({ number: from + index }),
    ordered: deliveryOf(id).ordered ?? false,
  }));

const secret = Buffer.alloc(32, 1);

/**
 * A plugin for several processes: its endpoints need no table. They have the URL `LANES_URL` plus `/<id>`, and
 * `POST /lanes/{id}` enqueues numbered deliveries.
 */
export const lanes = definePlugin({
  name: 'lanes',
  apiVersion: 1,
  setup({ dispatcher, database }) {
    const url = process.env.LANES_URL ?? '';
    dispatcher.registerEndpointKind({
      name: laneKind,
      resolve: async (ids) =>
        new Map(
          ids.map((id) => [
            id,
            {
              state: 'active',
              url: `${url}/${id}`,
              method: 'POST',
              secrets: [secret],
              confidential: [],
              delivery: deliveryOf(id),
            },
          ]),
        ),
    });
    return {
      routes: [
        defineRoute({
          method: 'POST',
          path: '/lanes/:id',
          summary: 'Enqueue numbered deliveries',
          public: true,
          params: Joi.object<{ id: string }>({ id: Joi.string() }),
          body: Joi.object<{ from: number; count: number }>({ from: Joi.number(), count: Joi.number() }),
          answers: { 202: { description: 'Accepted.' } },
          handler: async (req, res) => {
            const { from, count } = req.body;
            await database.transaction((trx) => dispatcher.enqueue(trx, laneDeliveries(req.params.id, from, count)));
            res.status(202).json({});
          },
        }),
      ],
    };
  },
});
