import Joi from 'joi';
import { StartError } from './errors.ts';
import { schemaProblem } from './joi-schema.ts';
import type { PluginSurface } from './plugin.ts';

/** A schema of the gateway's Joi or of the plugin's own. */
export const schema = Joi.any().custom((value: unknown, helpers) => {
  const problem = schemaProblem(value);
  return problem === undefined ? value : helpers.message({ custom: `{{#label}} ${problem}` });
});

const route = Joi.object({
  method: Joi.valid('GET', 'POST', 'PUT', 'PATCH', 'DELETE').required(),
  path: Joi.string()
    .pattern(/^(\/(:[a-z_]\w*|[\w.~-]+))+$/i, 'a path such as /api/v1/notes/:id')
    .required(),
  undocumented: Joi.boolean(),
  operationId: Joi.string().pattern(/^[a-z][A-Za-z0-9]*$/, 'a name in camelCase such as listNotes'),
  tag: Joi.string(),
  summary: Joi.string().required(),
  description: Joi.string(),
  public: Joi.boolean(),
  ownPages: Joi.boolean(),
  scopes: Joi.array().items(Joi.string().pattern(/^\S+$/)),
  organization: Joi.valid('header', 'header-or-all', 'all', 'path', 'none'),
  params: schema,
  query: schema,
  body: schema,
  bodyLimit: Joi.number().integer().min(1),
  verbatim: Joi.array().items(Joi.string()),
  answers: Joi.object().pattern(Joi.any(), Joi.object({ schema }).unknown()).min(1).required(),
  example: [Joi.object(), Joi.function()],
  signIn: Joi.function(),
  conditional: Joi.boolean(),
  heavy: Joi.boolean(),
  timeoutMs: Joi.number().integer().min(1),
  handler: Joi.function(),
  answersLater: Joi.boolean(),
  prepare: Joi.function(),
  withoutTransaction: Joi.boolean(),
  transact: Joi.function(),
})
  .xor('handler', 'transact')
  .without('transact', 'answersLater')
  // A call that writes acts for one organization.
  .when(Joi.object({ organization: Joi.valid('header-or-all', 'all').required() }).unknown(), {
    // biome-ignore lint/suspicious/noThenProperty: Joi's name.
    then: Joi.object({
      method: Joi.invalid('POST', 'PUT', 'PATCH', 'DELETE').messages({
        'any.invalid': '{{#label}} must be GET in a route about all organizations',
      }),
      transact: Joi.forbidden(),
    }),
  });

export const prefix = Joi.string().pattern(/^(\/[\w.~-]+)+$/, 'a path such as /v1/things');

const pages = Joi.object({
  prefix: prefix.required(),
  folder: Joi.string().required(),
  remedy: Joi.string(),
  isFront: Joi.boolean(),
  trustedTypes: Joi.array().items(Joi.string().pattern(/^[\w#=/@.%-]+$/, 'a name of a Trusted Types policy')),
});

const surface = Joi.object({
  routes: Joi.array()
    .items(route)
    .unique('operationId', { ignoreUndefined: true })
    .messages({ 'array.unique': '{{#label}} has the operationId {{#value.operationId}} of another route' }),
  tags: Joi.object().pattern(Joi.string(), Joi.string()),
  router: Joi.function(),
  routerScopes: Joi.array().items(Joi.string()),
  configureApp: Joi.function(),
  pages,
  remote: Joi.object({
    prefixes: Joi.forbidden().messages({ 'any.unknown': '{{#label}} is not allowed: declare prefixes on the plugin' }),
  }).unknown(),
})
  .or('routes', 'router', 'pages', 'remote')
  .without('remote', ['routes', 'router', 'routerScopes', 'configureApp', 'pages']);

/** Returns `value`, the result of a plugin's `setup`, if it is a valid surface; throws `StartError` otherwise. */
export function checkSurface(title: string, value: unknown): PluginSurface {
  const { error } = surface.required().validate(value, { abortEarly: false, errors: { wrap: { label: false } } });
  if (!error) return value as PluginSurface;
  throw new StartError(
    `Plugin ${title} returned an invalid surface: ${error.details.map((detail) => detail.message).join('; ')}.`,
  );
}
