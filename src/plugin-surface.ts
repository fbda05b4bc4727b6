import Joi from 'joi';
import { StartError } from './errors.ts';
import type { PluginSurface } from './plugin.ts';

const schema = Joi.any().custom((value: unknown, helpers) =>
  Joi.isSchema(value) ? value : helpers.message({ custom: '{{#label}} must be a Joi schema' }),
);

const route = Joi.object({
  method: Joi.valid('GET', 'POST', 'PUT', 'PATCH', 'DELETE').required(),
  path: Joi.string()
    .pattern(/^(\/(:[a-z_]\w*|[\w.~-]+))+$/i, 'a path such as /api/v1/notes/:id')
    .required(),
  summary: Joi.string().required(),
  description: Joi.string(),
  public: Joi.boolean(),
  scopes: Joi.array().items(Joi.string().pattern(/^\S+$/)),
  organization: Joi.valid('header', 'path', 'none'),
  params: schema,
  query: schema,
  body: schema,
  bodyLimit: Joi.number().integer().min(1),
  verbatim: Joi.array().items(Joi.string()),
  answers: Joi.object().min(1).required(),
  example: [Joi.object(), Joi.function()],
  signIn: Joi.function(),
  heavy: Joi.boolean(),
  timeoutMs: Joi.number().integer().min(1),
  handler: Joi.function(),
  answersLater: Joi.boolean(),
  prepare: Joi.function(),
  withoutTransaction: Joi.boolean(),
  transact: Joi.function(),
})
  .xor('handler', 'transact')
  .without('transact', 'answersLater');

const surface = Joi.object({
  routes: Joi.array().items(route),
  router: Joi.function(),
  routerScopes: Joi.array().items(Joi.string()),
  configureApp: Joi.function(),
  remote: Joi.object({
    prefixes: Joi.forbidden().messages({ 'any.unknown': '{{#label}} is not allowed: declare prefixes on the plugin' }),
  }).unknown(),
})
  .or('routes', 'router', 'remote')
  .without('remote', ['routes', 'router', 'routerScopes', 'configureApp']);

/** Returns `value`, the result of a plugin's `setup`, if it is a valid surface; throws `StartError` otherwise. */
export function checkSurface(title: string, value: unknown): PluginSurface {
  const { error } = surface.required().validate(value, { abortEarly: false, errors: { wrap: { label: false } } });
  if (!error) return value as PluginSurface;
  throw new StartError(
    `Plugin ${title} returned an invalid surface: ${error.details.map((detail) => detail.message).join('; ')}.`,
  );
}
