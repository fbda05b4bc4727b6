import Joi from 'joi';
import { type Database, defineRoute, type Route } from '../../../src/plugin.ts';
import { doesNotExist, notSupported } from '../apigee/apigee-errors.ts';
import { emailParam, idParam } from '../apigee/apigee-names.ts';
import { findDeveloper } from '../developers/developer-look-up.ts';
import { type AbsentCall, absentCalls } from './absent-calls.ts';

const query = Joi.object<{ expand: boolean }>({ expand: Joi.boolean().sensitive().default(false) }).prefs({
  stripUnknown: true,
});
const body = Joi.object({}).prefs({ stripUnknown: true });
const hasBody: ReadonlySet<string> = new Set(['POST', 'PUT']);

/**
 * Routes about subjects that do not exist here. The documentation does not show them: a hundred calls without effect would hide the
 * ones that have one, and generated clients would offer them.
 */
export const createAbsentCallRoutes = ({ database }: { database: Database }): Route[] =>
  absentCalls.map((call) =>
    defineRoute({
      method: call.method,
      path: call.path,
      undocumented: true,
      organization: call.path.includes('/:org_name') ? 'path' : 'none',
      scopes: [call.method === 'GET' ? 'integration:read' : 'integration:write'],
      summary: `${call.subject} do not exist here`,
      params: paramsOf(call),
      query,
      ...(hasBody.has(call.method) ? { body } : {}),
      answers: { 200: { description: 'Nothing.' } },
      handler: async (req, res) => {
        const { email } = req.params;
        // An empty list says that the developer exists.
        if (email !== undefined && call.method === 'GET')
          await database.read((db) => findDeveloper(db, req.organization, email));
        res.json(answerOf(call, req.params, req.query.expand));
      },
    }),
  );

const paramsOf = ({ path }: AbsentCall): Joi.ObjectSchema<Record<string, string>> =>
  Joi.object(
    Object.fromEntries(
      [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, name === 'email' ? emailParam : idParam]),
    ),
  );

/** The body. Throws `mint.resourceDoesNotExist` or `mint.notSupported`. */
function answerOf({ answer, subject }: AbsentCall, params: Record<string, string>, expand: boolean): unknown {
  if (answer === 'refused') throw notSupported(`${subject} do not exist here: nothing was stored or changed`);
  if (answer === 'done') return {};
  if ('missing' in answer) throw doesNotExist(answer.missing, params[answer.id] ?? '');
  if ('list' in answer) return { [answer.list]: [], totalRecords: 0 };
  return expand ? { [answer.names]: [], totalRecords: 0 } : [];
}
