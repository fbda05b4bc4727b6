import type { Response } from 'express';
import Joi from 'joi';
import type { Answer, Day, Knex, Route, RouteRequest } from '../../../src/plugin.ts';
import { inAlphabeticalOrder } from './apigee-answers.ts';
import { mintPrefixes } from './apigee-errors.ts';

const ignoredQuery = Joi.object({}).prefs({ stripUnknown: true });

/**
 * The habits of this API family, for its routes among these: query parameters such as `format`, which its clients send on every
 * call, are ignored, and the members of every answer are in alphabetical order.
 */
export const asApigeeRoutes = (routes: readonly Route[]): Route[] =>
  routes.map((route) =>
    mintPrefixes.some((prefix) => `${route.path}/`.startsWith(`${prefix}/`)) ? inOrder(ignoringQueries(route)) : route,
  );

const ignoringQueries = (route: Route): Route => (route.query ? route : { ...route, query: ignoredQuery });

function inOrder(route: Route): Route {
  const answers = Object.fromEntries(Object.entries(route.answers).map(([status, each]) => [status, ordered(each)]));
  if (route.handler)
    return { ...route, answers, handler: (req, res, next) => route.handler(req, answeringInOrder(res), next) };
  // The two kinds of work differ in the type of their second argument alone.
  const transact = route.transact as (req: RouteRequest, db: Knex) => Promise<Answer>;
  return { ...route, answers, transact: async (req: RouteRequest, db: Knex) => toOrdered(await transact(req, db)) };
}

const toOrdered = (answer: Answer): Answer =>
  answer.body === undefined ? answer : { ...answer, body: inAlphabeticalOrder(answer.body) };

function answeringInOrder(res: Response): Response {
  const json = res.json.bind(res);
  res.json = (body) => json(inAlphabeticalOrder(body));
  return res;
}

type Described = Route['answers'][number];

/** The example of an answer is what the answer looks like. */
function ordered(answer: Described): Described {
  const { example } = answer;
  if (example === undefined) return answer;
  const day = (make: (day: Day) => unknown) => (each: Day) => inAlphabeticalOrder(make(each));
  return {
    ...answer,
    example: typeof example === 'function' ? day(example as (day: Day) => unknown) : inAlphabeticalOrder(example),
  };
}
