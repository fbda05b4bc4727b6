import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

/** A plugin as a package of another author has it: plain JavaScript, with errors and a Joi of its own. */

class ApiError extends Error {
  constructor(status, code, message, options = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    Object.assign(this, options);
  }
}

const missing = () =>
  Object.assign(new Error('There is no such note.'), { name: 'ApiError', status: 404, code: 'NOT_FOUND' });

class SettingsError extends Error {
  constructor(problems) {
    super('The settings are not valid.');
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

function configure(env) {
  const max = Number(env.NOTES_MAX ?? 100);
  if (!Number.isInteger(max))
    throw new SettingsError([{ name: 'NOTES_MAX', value: env.NOTES_MAX, expected: 'must be a whole number' }]);
  if (max === 0) throw Object.assign(new Error('NOTES_MAX leaves no room for a note.'), { name: 'StartError' });
  return { max };
}

export function createNotes({ Joi, Router, name = 'notes' }) {
  const id = Joi.string().guid().lowercase().required();
  const note = Joi.object({
    id,
    title: Joi.string().max(100).required(),
    created_at: Joi.string().isoDate().required(),
  }).meta({ schemaName: 'PackagedNote' });
  const example = { id: '0198c5a1-7b1e-7cc4-9d5e-1f7d0c5b9a11', title: 'Milk', created_at: '2026-01-01T00:00:00Z' };

  return {
    name,
    apiVersion: 1,
    summary: 'Notes of a package.',
    prefixes: [`/${name}-of-others`],
    errorShapes: [
      {
        prefix: `/${name}-of-others`,
        schema: Joi.object({ problem: Joi.string().required() }).meta({ schemaName: 'NotesProblem' }),
        toBody: ({ code }) => ({ problem: code }),
      },
    ],
    migrations: join(import.meta.dirname, 'migrations'),
    configure,

    setup({ settings, database, now, formatTime, provideIdentity }) {
      const toAnswer = ({ id, title, created_at }) => ({ id, title, created_at: formatTime(created_at) });
      provideIdentity({
        verifyBasic: async (username) => {
          if (username === 'stolen')
            throw new ApiError(401, 'UNAUTHORIZED', 'This key was stolen.', { reason: 'stolen' });
          return undefined;
        },
      });
      const router = Router();
      router.get(`/${name}-of-others/plain`, (_req, res) => res.json({ plain: true }));
      router.get(`/${name}-of-others/missing`, async () => {
        throw missing();
      });
      return {
        router,
        routes: [
          {
            method: 'POST',
            path: '/api/v1/notes',
            summary: 'Keep a note',
            scopes: ['notes:write'],
            body: Joi.object({
              title: Joi.string()
                .max(100)
                .pattern(/^[^<>]*$/)
                .required(),
              color: Joi.valid('red', 'green').default('red'),
              tags: Joi.array().items(Joi.object({ name: Joi.string().required() })),
              after: Joi.string().guid().description('Id of the note before this one.'),
            }).meta({ schemaName: 'NoteInput' }),
            answers: { 201: { description: 'The note.', schema: note, example, ids: ['/id'] } },
            example: { body: { title: 'Milk' } },
            transact: async ({ organization, body }, trx) => {
              const table = () => trx('notes_notes');
              const row = { id: randomUUID(), organization, title: body.title, created_at: now() };
              await table().insert(row);
              const same = await table().where({ organization, title: body.title });
              if (same.length > 1)
                throw new ApiError(409, 'TITLE_TAKEN', 'A note has this title.', { details: { title: body.title } });
              if (body.after && !(await table().where({ organization, id: body.after }).first())) throw missing();
              const { length } = await table().where({ organization });
              if (length > settings.max)
                throw new ApiError(429, 'TOO_MANY_NOTES', 'Wait.', { headers: { 'Retry-After': 60 } });
              return { status: 201, body: { ...toAnswer(row), color: body.color } };
            },
          },
          {
            method: 'GET',
            path: '/api/v1/notes/:id',
            summary: 'Read a note',
            scopes: ['notes:read'],
            params: Joi.object({ id }),
            query: Joi.object({ times: Joi.number().integer().min(1).max(9).default(1) }),
            answers: { 200: { description: 'The note.', schema: note, example } },
            example: { params: { id: example.id } },
            handler: async ({ organization, params, query }, res) => {
              const row = await database.read((db) => db('notes_notes').where({ organization, id: params.id }).first());
              if (!row) throw missing();
              res.json({ ...toAnswer(row), times: query.times });
            },
          },
          {
            method: 'GET',
            path: `/${name}-of-others/by/:id`,
            operationId: 'readNoteOfOthers',
            summary: 'Read a note of others',
            answers: { 200: { description: 'The note.' } },
            handler: async () => {
              throw new ApiError(403, 'NOT_YOURS', 'Not yours.');
            },
          },
        ],
      };
    },
  };
}
