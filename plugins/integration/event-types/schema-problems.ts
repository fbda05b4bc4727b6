import type { ErrorObject } from 'ajv/dist/2020.js';
import type { FieldProblem } from '../../../src/errors.ts';

const maxProblems = 50;
const maxPath = 300;
const maxMessage = 200;

/** Fields of a `VALIDATION_ERROR`, each place and message once, 50 at most. `root`: the place of the value in the body. */
export function toProblems(errors: readonly ErrorObject[], root: string): FieldProblem[] {
  const problems = new Map<string, FieldProblem>();
  for (const error of errors) {
    if (problems.size === maxProblems) break;
    const path = `${root}${toPath(error.instancePath)}${memberOf(error)}`.slice(0, maxPath);
    const message = messageOf(error).slice(0, maxMessage);
    problems.set(`${path}\n${message}`, { path, message, in: 'body' });
  }
  return [...problems.values()];
}

/** `/items/0/price` is `.items[0].price`. */
function toPath(pointer: string): string {
  const parts = pointer.slice(0, maxPath * 4).split('/');
  return parts
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('');
}

/** The member that the error is about, where it names one. */
function memberOf({ keyword, params }: ErrorObject): string {
  if (keyword === 'required' || keyword === 'dependentRequired') return `.${params.missingProperty}`;
  if (keyword === 'additionalProperties') return `.${params.additionalProperty}`;
  if (keyword === 'unevaluatedProperties') return `.${params.unevaluatedProperty}`;
  return keyword === 'propertyNames' ? `.${params.propertyName}` : '';
}

function messageOf({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'required':
    case 'dependentRequired':
      return 'is required';
    case 'additionalProperties':
    case 'unevaluatedProperties':
    case 'false schema':
      return 'is not allowed';
    case 'enum':
      return `must be one of ${JSON.stringify(params.allowedValues)}`;
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}`;
    default:
      return message ?? 'is not valid';
  }
}
