import { parse as parseQuery } from 'node:querystring';
import Joi from 'joi';
import { type FieldProblem, validationError } from '../../errors.ts';
import type { Route } from '../../plugin.ts';
import { oncePer } from '../call/once-per.ts';
import { isRequiredBody } from '../call/required-body.ts';
import { countingCharacters } from './character-lengths.ts';
import type { JsonPath } from './json-source.ts';
import type { JsonBody } from './read-json.ts';

export interface Input {
  params: unknown;
  query: unknown;
  body: unknown;
  verbatim: JsonBody['verbatim'];
}

type Place = FieldProblem['in'];

const maxProblems = 100;
const maxMembers = 2000;

// Joi's own messages for these rules quote the value, which may be a secret.
const messages = {
  'string.pattern.base': '{{#label}} has an invalid format',
  'string.pattern.name': '{{#label}} must be {{#name}}',
  'string.pattern.invert.name': '{{#label}} must not contain {{#name}}',
};

const options: Joi.ValidationOptions = { abortEarly: false, errors: { wrap: { label: false } }, messages };
/** Paths and queries are text, so numbers and booleans are converted; JSON has its own types. */
const textual = { ...options, convert: true };
const typed = { ...options, convert: false };

const nothing = Joi.object({});

const toTextCheck = oncePer((schema: object) => countingCharacters(schema as Joi.Schema).prefs(textual));
const toBodyCheck = oncePer((schema: object) => {
  const body = countingCharacters(schema as Joi.Schema).prefs(typed);
  return { body, largeBody: body.prefs({ abortEarly: true }) };
});

/** Compiles a route's schemas into one check, which throws `VALIDATION_ERROR` with all bad fields, 100 at most. */
export function createValidation(
  route: Route,
): (params: unknown, rawQuery: string, body: JsonBody | undefined) => Input {
  const params = route.params && toTextCheck(route.params);
  const query = toTextCheck(route.query ?? nothing);
  const { body, largeBody } = toBodyCheck(route.body ?? nothing);
  const hasBody = route.body !== undefined;
  const needsBody = route.body !== undefined && isRequiredBody(route.body);

  return (rawParams, rawQuery, json) => {
    const rawBody = json?.value;
    const problems: FieldProblem[] = [];
    const check = (schema: Joi.Schema, value: unknown, place: Place): unknown => {
      const result = schema.validate(value);
      if (result.error) problems.push(...result.error.details.map((detail) => toProblem(detail, place)));
      return result.value;
    };
    const input = {
      params: params ? check(params, rawParams, 'path') : rawParams,
      query: rawQuery === '' && !route.query ? {} : check(query, parseQuery(rawQuery), 'query'),
      body:
        hasBody || rawBody !== undefined
          ? check(isLarge(rawBody) ? largeBody : body, rawBody === undefined ? {} : rawBody, 'body')
          : undefined,
      verbatim: json?.verbatim ?? {},
    };
    if (needsBody && rawBody === undefined && !problems.some(({ in: place }) => place === 'body'))
      problems.push({ path: '', message: 'a body is required', in: 'body' });
    for (const path of json?.inexact ?? [])
      if (typeof valueAt(input.body, path) === 'number') addUnlessKnown(problems, toInexact(path));
    if (problems.length > 0) throw validationError(problems.slice(0, maxProblems));
    return input;
  };
}

/** Listing every error of a body full of errors takes a second, so only the first error of a large body is reported. */
function isLarge(body: unknown): boolean {
  const open = [body];
  let members = 0;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    const values = Object.values(node);
    members += values.length;
    if (members > maxMembers) return true;
    open.push(...values);
  }
  return false;
}

/** The value at a path, unless validation has removed it. */
const valueAt = (root: unknown, path: JsonPath): unknown =>
  path.reduce(
    (node: unknown, key) => (typeof node === 'object' && node !== null ? Reflect.get(node, key) : undefined),
    root,
  );

function addUnlessKnown(problems: FieldProblem[], problem: FieldProblem): void {
  if (!problems.some(({ path, in: place }) => path === problem.path && place === problem.in)) problems.push(problem);
}

const toInexact = (path: JsonPath): FieldProblem => ({
  path: path.join('.').slice(0, maxNameLength),
  message: 'must be a number that a double (IEEE 754) holds without a change',
  in: 'body',
});

const maxNameLength = 200;

/** Truncated, because senders choose the names of unknown fields, which may have any length. */
const toProblem = (detail: Joi.ValidationErrorItem, place: Place): FieldProblem => ({
  path: detail.path.join('.').slice(0, maxNameLength),
  message: detail.message.slice(0, maxNameLength * 2),
  in: place,
});
