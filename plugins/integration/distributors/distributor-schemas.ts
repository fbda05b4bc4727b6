import Joi from 'joi';
import { uuid } from '../../../src/plugin.ts';
import { matchingText } from '../text-schemas.ts';
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

const host = matchingText(
  /^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s/?#@\\]+\/?$/u,
  'must be an http or https origin such as https://example.com',
  isOrigin,
)
  .max(maxUrlPart)
  .description('An absolute http or https origin, without user info, path, query or fragment.');

function isOrigin(text: string): boolean {
  const { pathname, search, hash, username, password } = URL.parse(text) ?? {};
  return pathname === '/' && search === '' && hash === '' && username === '' && password === '';
}

const path = matchingText(
  /^\/[^#\\\x00-\x1f\x7f-\x9f]*$/u,
  'must start with / and must not contain a fragment or control characters',
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

const credential = (pattern: RegExp, problem: string, max: number): Joi.StringSchema =>
  matchingText(pattern, problem)
    .max(max)
    // Its conditions are described by the object around it, which leaves the type and length to be said here.
    .meta({ jsonSchema: { type: 'string', pattern: pattern.source, minLength: 1, maxLength: max } });

/** Required with this authentication type, forbidden with the other one. */
const onlyFor = (type: number, schema: Joi.Schema): Joi.Schema => {
  const others = Object.values(authenticationTypes).filter((each) => each !== type);
  return schema.when('type', {
    switch: [
      // biome-ignore lint/suspicious/noThenProperty: a keyword of Joi
      { is: Joi.valid(type).required(), then: Joi.required() },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of Joi
      { is: Joi.valid(...others).required(), then: Joi.forbidden() },
    ],
  });
};

type Credentials = Partial<Record<'type' | 'username' | 'password' | 'token', unknown>>;

/** The type of which all given fields are; undefined for fields of both, or of none. */
function typeOf({ username, password, token }: Credentials): number | undefined {
  const isBasic = username !== undefined || password !== undefined;
  if (isBasic === (token !== undefined)) return undefined;
  return isBasic ? authenticationTypes.basic : authenticationTypes.token;
}

const needsOneKind: Joi.CustomValidator<Credentials> = (given, helpers) =>
  given.type === undefined
    ? helpers.message({ custom: '{{#label}} must have either username and password (Basic) or token (Token)' })
    : given;

const credentialsOf = (type: number, given: readonly string[], absent: readonly string[]) => ({
  required: given,
  properties: {
    type: { const: type },
    ...Object.fromEntries(given.map((name) => [name, {}])),
    ...Object.fromEntries(absent.map((name) => [name, false])),
  },
  additionalProperties: true,
});

const authentication = Joi.object<Credentials>({
  type: Joi.valid(...Object.values(authenticationTypes))
    .default(typeOf)
    .meta({ jsonSchema: { default: null } })
    .description('1 = Basic, 2 = Token. Left out: the type whose fields are given.'),
  username: onlyFor(
    authenticationTypes.basic,
    credential(/^[^:\x00-\x1f\x7f-\x9f]*$/u, 'must not contain colons or control characters', 255),
  ),
  password: onlyFor(
    authenticationTypes.basic,
    credential(/^[^\x00-\x1f\x7f-\x9f]*$/u, 'must not contain control characters', maxSecret),
  ),
  token: onlyFor(
    authenticationTypes.token,
    credential(/^[\x21-\x7e]+$/u, 'must be printable ASCII without spaces', maxSecret),
  ),
})
  .custom(needsOneKind)
  .meta({
    schemaName: 'DistributorAuthenticationInput',
    jsonSchema: {
      anyOf: [
        credentialsOf(authenticationTypes.basic, ['username', 'password'], ['token']),
        credentialsOf(authenticationTypes.token, ['token'], ['username', 'password']),
      ],
    },
  });

export const distributorInput = Joi.object<DistributorInput>({
  meta: Joi.object({ host: host.required(), path: path.required(), method, authentication })
    .meta({ schemaName: 'DistributorMetaInput' })
    .allow(null),
}).meta({ schemaName: 'DistributorInput' });

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
    }).meta({ schemaName: 'DistributorAuthentication' }),
  })
    .meta({ schemaName: 'DistributorMeta' })
    .allow(null)
    .required(),
  created_at: Joi.string().isoDate().required(),
  updated_at: Joi.string().isoDate().required(),
}).meta({ schemaName: 'Distributor' });

export const distributorPage = Joi.object({
  distributors: Joi.array().items(distributorAnswer).required(),
  total: Joi.number().integer().required(),
  page: Joi.number().integer().required(),
  per_page: Joi.number().integer().required(),
}).meta({ schemaName: 'DistributorPage' });
