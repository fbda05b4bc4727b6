import Joi from 'joi';
import { conflict } from '../../src/errors.ts';
import { definePlugin, defineRoute, ensureTable, type Knex } from '../../src/plugin.ts';

const table = 'ledger_entries';

interface Entry {
  text: string;
  more?: unknown;
  /** The failure to cause after the row was written. */
  fault?: 'conflict' | 'crash' | 'refuse' | 'break' | 'unbindable' | 'undefined';
}

const body = Joi.object<Entry>({ text: Joi.string().required(), fault: Joi.string(), more: Joi.any() });
const answers = { 201: { description: 'Written.' } };

export interface LedgerOptions {
  prepare?: () => Promise<void>;
  /** Awaited while the row is written and the transaction open. */
  gate?: (text: string) => Promise<void>;
}

/** A target that writes one row per call; tests can delay it or make it fail inside the transaction. */
export const createLedger = ({ prepare = async () => {}, gate = async () => {} }: LedgerOptions = {}) =>
  definePlugin({
    name: 'ledger',
    apiVersion: 1,
    async setup({ database }) {
      await ensureTable(database.knex, table, (columns) => {
        columns.increments('id');
        columns.string('text', 200).notNullable();
      });
      const write = async (trx: Knex, { text, fault }: Entry) => {
        const [id] = await trx(table).insert({ text });
        await gate(text);
        if (fault === 'conflict') throw conflict('LEDGER_CLOSED', 'The ledger is closed.');
        if (fault === 'crash') throw new TypeError('unexpected failure');
        if (fault === 'break') await trx(table).insert({ text, nowhere: text });
        // The driver cannot send the first value, and Knex rejects the second; both errors quote the statement.
        if (fault === 'unbindable') await trx(table).insert({ text, id: { text } as unknown as number });
        if (fault === 'undefined') await trx(table).where({ text, id: undefined as unknown as number });
        if (fault === 'refuse') return { status: 422, body: { refused: true } };
        return { status: 201, headers: { Location: `/entries/${id}` }, body: { id, text } };
      };
      const entries = (path: string) =>
        defineRoute({
          method: 'POST',
          path,
          summary: 'Write a row',
          body,
          answers,
          prepare,
          transact: (req, trx) => write(trx, req.body),
        });
      return {
        routes: [
          entries('/entries'),
          entries('/other'),
          defineRoute({
            method: 'PUT',
            path: '/entries',
            summary: 'Write a row, repeatable',
            body,
            answers,
            transact: (req, trx) => write(trx, req.body),
          }),
          defineRoute({
            method: 'GET',
            path: '/entries/:text',
            summary: 'Count rows',
            params: Joi.object<{ text: string }>({ text: Joi.string() }),
            answers: { 200: { description: 'Number of rows.' } },
            handler: async (req, res) => {
              const [row] = await database.read((db) => db(table).where(req.params).count({ count: '*' }));
              res.json({ count: Number(row?.count) });
            },
          }),
          defineRoute({
            method: 'POST',
            path: '/careless',
            summary: 'Write without the layer that cleans errors',
            body,
            answers,
            handler: async (req) => {
              await database.knex(table).insert({ text: req.body.text, nowhere: req.body.text });
            },
          }),
        ],
      };
    },
  });
