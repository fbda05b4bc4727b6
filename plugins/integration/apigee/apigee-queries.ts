import Joi from 'joi';
import type { Route } from '../../../src/plugin.ts';
import { mintPrefixes } from './apigee-errors.ts';

const ignoredQuery = Joi.object({}).prefs({ stripUnknown: true });

/** Clients of this API family send parameters such as `format` on every call: its routes ignore the ones they do not know. */
export const ignoringUnknownQueries = (routes: readonly Route[]): Route[] =>
  routes.map((route) =>
    route.query || !mintPrefixes.some((prefix) => route.path.startsWith(`${prefix}/`))
      ? route
      : { ...route, query: ignoredQuery },
  );
