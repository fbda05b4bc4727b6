import Joi from 'joi';
import { type Authentication, authenticationTypes, type Method, methods } from './distributor.ts';

/** `meta` after validation, with the method as its name. */
export interface MetaInput {
  host: string;
  path: string;
  method: Method;
  authentication?: Authentication;
}

export interface DistributorInput {
  meta?: MetaInput | null;
}

export interface PageInput {
  page: number;
  per_page: number;
}

const maxUrlPart = 2048;
const maxSecret = 4096;

export const uuid = Joi.string().guid({ separator: '-', wrapper: false }).lowercase();

const host = Joi.string()
  .max(maxUrlPart)
  .custom((text: string, helpers) =>
    isOrigin(text)
      ? text
      : helpers.message({ custom: '{{#label}} must be an http or https origin such as https://example.com' }),
  )
  .description('An absolute http or https origin, without user info, path, query or fragment.');

function isOrigin(text: string): boolean {
  if (!/^https?:\/\/[^\s/?#@\\]+\/?$/i.test(text) || !URL.canParse(text)) return false;
  const { pathname, search, hash, username, password } = new URL(text);
  return pathname === '/' && search === '' && hash === '' && username === '' && password === '';
}

const noControls = (text: string): boolean => !/\p{Cc}/u.test(text) && text.isWellFormed();

const printable = (expected: string, isGood: (text: string) => boolean): Joi.StringSchema =>
  Joi.string().custom((text: string, helpers) =>
    isGood(text) && noControls(text) ? text : helpers.message({ custom: `{{#label}} ${expected}` }),
  );

const path = printable('must start with / and must not contain a fragment or control characters', (text) =>
  /^\/[^#\\]*$/.test(text),
)
  .max(maxUrlPart)
  .description('Starts with `/`; may include a query.');

const method = Joi.alternatives(Joi.number().integer().min(1).max(methods.length), Joi.valid(...methods))
  .custom((value: number | Method) => (typeof value === 'number' ? methods[value - 1] : value))
  .messages({
    'alternatives.match': '{{#label}} must be a number from 1 to 5, or GET, POST, PUT, PATCH or DELETE',
    'alternatives.types': '{{#label}} must be a number from 1 to 5, or GET, POST, PUT, PATCH or DELETE',
  })
  .default('POST' satisfies Method)
  .description('1 = GET, 2 = POST, 3 = PUT, 4 = PATCH, 5 = DELETE. The names are accepted too.');

/** Required with this authentication type, forbidden with the other. */
const onlyFor = (type: number, schema: Joi.Schema): Joi.Schema =>
  schema.forbidden().when('type', { not: Joi.valid(type).required(), otherwise: Joi.required() });

const authentication = Joi.object({
  type: Joi.valid(...Object.values(authenticationTypes))
    .required()
    .description('1 = Basic, 2 = Token.'),
  username: onlyFor(
    authenticationTypes.basic,
    printable('must not contain colons or control characters', (text) => !text.includes(':')).max(255),
  ),
  password: onlyFor(
    authenticationTypes.basic,
    printable('must not contain control characters', () => true).max(maxSecret),
  ),
  token: onlyFor(
    authenticationTypes.token,
    printable('must be printable ASCII without spaces', (text) => /^[\x21-\x7e]+$/.test(text)).max(maxSecret),
  ),
});

export const distributorInput = Joi.object<DistributorInput>({
  meta: Joi.object({ host: host.required(), path: path.required(), method, authentication }).allow(null),
});

export const nodeParams = Joi.object<{ node_id: string }>({ node_id: uuid.required() });
export const distributorParams = Joi.object<{ id: string }>({ id: uuid.required() });

export const pageQuery = Joi.object<PageInput>({
  page: Joi.number().integer().min(1).max(1_000_000).default(1),
  per_page: Joi.number().integer().min(1).max(100).default(20),
});

export const distributorAnswer = Joi.object({
  id: uuid.required(),
  node_id: uuid.required(),
  meta: Joi.object({
    host: Joi.string().required(),
    path: Joi.string().required(),
    method: Joi.valid(...methods).required(),
    authentication: Joi.object({
      type: Joi.valid(...Object.values(authenticationTypes)).required(),
      username: Joi.string(),
      password: Joi.string(),
      token: Joi.string(),
    }),
  })
    .allow(null)
    .required(),
  created_at: Joi.string().isoDate().required(),
  updated_at: Joi.string().isoDate().required(),
});

export const distributorPage = Joi.object({
  distributors: Joi.array().items(distributorAnswer).required(),
  total: Joi.number().integer().required(),
  page: Joi.number().integer().required(),
  per_page: Joi.number().integer().required(),
});
