import Joi from 'joi';
import { ApiError, type FieldProblem } from '../../../src/errors.ts';
import type { ErrorShape } from '../../../src/plugin.ts';

/** A named value that identifies the subject of an error. */
export interface ErrorContext {
  name: string;
  value: string;
}

/** An error in the style of the monetization API. `code` comes without its `mint.` prefix; callers see the message. */
export const mintError = (
  status: 400 | 403 | 404 | 409 | 501,
  code: string,
  message: string,
  contexts: readonly ErrorContext[] = [],
): ApiError => new ApiError(status, `mint.${code}`, message, { details: { contexts } });

const maxShown = 4096;

/** 404 for a resource that does not exist or belongs to another organization. An id in a path may be as long as a head of a request; an error's message may not. */
export const doesNotExist = (type: string, id: string): ApiError => {
  const shown = id.length > maxShown ? `${id.slice(0, maxShown)}…` : id;
  return mintError(404, 'resourceDoesNotExist', `${type} with id [${shown}] does not exist`, [
    { name: 'type', value: type },
    { name: 'id', value: shown },
  ]);
};

/** 501 for a call of this API family whose subject does not exist here: nothing was stored. `sentence` names the subject. */
export const notSupported = (sentence: string, contexts: readonly ErrorContext[] = []): ApiError =>
  mintError(501, 'notSupported', sentence, contexts);

/** 409 for an id that is already in use. */
export const alreadyExists = (type: string, id: string): ApiError =>
  mintError(409, 'resourceAlreadyExists', `${type} with id [${id}] already exists`, [
    { name: 'type', value: type },
    { name: 'id', value: id },
  ]);

const schema = Joi.object({
  code: Joi.string().required(),
  message: Joi.string().required(),
  contexts: Joi.array()
    .items(
      Joi.object({ name: Joi.string().allow('').required(), value: Joi.string().allow('').required() }).meta({
        schemaName: 'MintErrorContext',
      }),
    )
    .required(),
}).meta({ schemaName: 'MintError' });

const upperSnake = /^[A-Z][A-Z0-9_]*$/;
const camelCase = (code: string): string =>
  code.toLowerCase().replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());

function toContexts(details: Readonly<Record<string, unknown>>): ErrorContext[] {
  if (Array.isArray(details.contexts)) return details.contexts as ErrorContext[];
  if (Array.isArray(details.fields))
    return (details.fields as FieldProblem[]).map(({ path, message }) => ({ name: path, value: message }));
  return Object.entries(details).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
}

/** Renders any error in the shape of the monetization API; the gateway's own codes become `mint.camelCase`. */
function toBody(error: ApiError): unknown {
  const { organization } = error.details;
  const isOrganization = error.code === 'NOT_FOUND' && typeof organization === 'string';
  const { code, message, details } = isOrganization ? doesNotExist('Organization', organization) : error;
  return {
    code: upperSnake.test(code) ? `mint.${camelCase(code)}` : code,
    contexts: toContexts(details),
    message,
  };
}

/** Path prefixes of this API family: its clients send no target header. */
export const mintPrefixes = ['/v1/mint', '/v1/organizations'];

/** Short forms of paths, which clients of this API family use as well. */
export const mintAliases = { '/v1/o': '/v1/organizations', '/v1/mint/o': '/v1/mint/organizations' };

export const mintErrorShapes: readonly ErrorShape[] = [...mintPrefixes, '/v1/o'].map((prefix) => ({
  prefix,
  schema,
  toBody,
}));
