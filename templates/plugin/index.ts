import { randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import { notFound } from 'hookgate/errors';
import {
  definePlugin,
  defineRoute,
  found,
  Joi,
  type PageQuery,
  pageFields,
  pageSchema,
  readPage,
  toPage,
  uuid,
} from 'hookgate/plugin';

interface Row {
  id: string;
  organization: string;
  title: string;
  created_at: number;
}

const base = '/api/v1/sample-shop/items';
const table = 'sample_shop_items';

const id = uuid.required();
const itemParams = Joi.object<{ id: string }>({ id });
const itemInput = Joi.object<Pick<Row, 'title'>>({
  title: Joi.string().trim().max(200).required(),
}).meta({ schemaName: 'SampleShopItemInput' });
const itemAnswer = Joi.object({
  id,
  title: Joi.string().required(),
  created_at: Joi.string().isoDate().required(),
}).meta({ schemaName: 'SampleShopItem' });
const itemPage = pageSchema('items', itemAnswer).meta({ schemaName: 'SampleShopItemPage' });
const example = {
  id: '0198c5a1-7b1e-7cc4-9d5e-1f7d0c5b9a11',
  title: 'First',
  created_at: '2026-01-01T00:00:00.000000Z',
};
const missing = { 404: { description: 'There is no such item.' } };

/** Items of an organization: create, list, read, delete. */
export const sampleShopPlugin = definePlugin({
  name: 'sample-shop',
  apiVersion: 1,
  summary: 'Items, kept for an organization.',
  migrations: join(import.meta.dirname, 'migrations'),

  setup({ database, now, formatTime, publish }) {
    const toAnswer = ({ organization: _, ...row }: Row) => ({ ...row, created_at: formatTime(row.created_at) });

    return {
      routes: [
        defineRoute({
          method: 'POST',
          path: base,
          operationId: 'createSampleShopItem',
          summary: 'Create an item',
          scopes: ['sample-shop:write'],
          body: itemInput,
          answers: { 201: { description: 'The item.', schema: itemAnswer, example, ids: ['/id'] } },
          example: { body: { title: example.title } },
          transact: async ({ organization, body }, trx) => {
            const row = { id: randomUUIDv7(), organization, ...body, created_at: now() };
            await trx<Row>(table).insert(row);
            await publish(trx, { organization, type: 'sample-shop.item.created', data: toAnswer(row) });
            return { status: 201, headers: { Location: `${base}/${row.id}` }, body: toAnswer(row) };
          },
        }),
        defineRoute({
          method: 'GET',
          path: base,
          operationId: 'listSampleShopItems',
          summary: 'List items, newest first',
          scopes: ['sample-shop:read'],
          query: Joi.object<PageQuery>(pageFields),
          answers: {
            200: {
              description: 'A page of items.',
              schema: itemPage,
              example: { items: [example], next_cursor: null },
            },
          },
          example: { query: { limit: '20' } },
          handler: async ({ organization, query }, res) => {
            const page = await database.read((db) => readPage<Row>(db(table).where({ organization }), query));
            res.json(toPage('items', page, toAnswer));
          },
        }),
        defineRoute({
          method: 'GET',
          path: `${base}/:id`,
          operationId: 'getSampleShopItem',
          summary: 'Read an item',
          scopes: ['sample-shop:read'],
          params: itemParams,
          answers: { 200: { description: 'The item.', schema: itemAnswer, example }, ...missing },
          example: { params: { id: example.id } },
          handler: async ({ organization, params }, res) => {
            const row = await database.read((db) => db<Row>(table).where({ organization, id: params.id }).first());
            res.json(toAnswer(found<Row>(row, 'There is no such item.')));
          },
        }),
        defineRoute({
          method: 'DELETE',
          path: `${base}/:id`,
          operationId: 'deleteSampleShopItem',
          summary: 'Delete an item',
          scopes: ['sample-shop:write'],
          params: itemParams,
          answers: { 204: { description: 'The item was deleted.' }, ...missing },
          example: { params: { id: example.id } },
          transact: async ({ organization, params }, trx) => {
            const deleted = await trx<Row>(table).where({ organization, id: params.id }).delete();
            if (deleted === 0) throw notFound('There is no such item.');
            return { status: 204 };
          },
        }),
      ],
    };
  },
});
