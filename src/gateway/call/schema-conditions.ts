import type Joi from 'joi';
import { type Child, childrenOf, type Describe, inner, type Json, type Member } from './described-schema.ts';

interface When {
  readonly ref?: { readonly type: string; readonly ancestor: number | string; readonly path: readonly string[] };
  readonly is?: Joi.Schema;
  readonly not?: Joi.Schema;
  readonly then?: Joi.Schema;
  readonly otherwise?: Joi.Schema;
}

/** The only condition of a member, if it is one on another member of the same object, without a list of cases. */
function conditionOf(schema: Joi.Schema): (When & { readonly is: Joi.Schema; readonly ref: Member }) | undefined {
  const [when, ...more] = (schema.$_terms.whens ?? []) as readonly When[];
  const { ref, is } = when ?? {};
  if (more.length > 0 || !is || ref?.type !== 'value' || ref.ancestor !== 1 || ref.path.length !== 1) return undefined;
  return { ...when, is, ref };
}

/** Whether a change by a condition is one of more than the presence. It replaces rules of the schema, and may allow more. */
const isMore = (change: Joi.Schema | undefined): change is Joi.Schema => change !== undefined && change.type !== 'any';

/** Whether the schema itself says nothing about its values: its condition says all, or no JSON Schema does. */
export function isOpen(schema: Joi.Schema): boolean {
  if (!schema.$_terms.whens) return false;
  const condition = conditionOf(schema);
  return !condition || isMore(condition.then) || isMore(condition.otherwise);
}

/** A `when` of each member: a condition on another member of the same object. Cases of one condition stand together. */
export function conditions(schema: Joi.Schema, describe: Describe, isCertain: (member: Member) => boolean): Json[] {
  const cases = childrenOf(schema).flatMap(({ key, schema: child }) => {
    const when = conditionOf(child);
    if (!when || !isCertain(when.ref)) return [];
    const { ref, is, then, otherwise } = when;
    const [name = ''] = ref.path;
    const presence = is._flags.presence === 'required' ? { required: [name] } : {};
    const branches = [then, otherwise].map((change) => branchOf({ key, schema: child }, change, describe));
    return { condition: { ...presence, properties: { [name]: describe(is) } }, branches };
  });
  return [...Map.groupBy(cases, ({ condition }) => JSON.stringify(condition)).values()].map((group) => {
    const [matching, other] = [0, 1].map((index) => together(group.map(({ branches }) => branches[index])));
    return {
      if: group[0]?.condition,
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      ...(matching ? { then: matching } : {}),
      ...(other ? { else: other } : {}),
    };
  });
}

/** One schema of the branches of several members. Takes all other members: linters would refuse examples that have them. */
function together(branches: readonly (Json | undefined)[]): Json | undefined {
  const given = branches.filter((branch) => branch !== undefined);
  if (given.length === 0) return undefined;
  const required = given.flatMap((branch) => (branch.required ?? []) as string[]);
  const properties = Object.assign({}, ...given.map((branch) => branch.properties)) as Json;
  return { properties, ...(required.length > 0 ? { required } : {}), additionalProperties: true };
}

/** A member in one case of its condition; undefined where its own schema says it already. */
function branchOf({ key, schema }: Child, change: Joi.Schema | undefined, describe: Describe): Json | undefined {
  const base = withoutWhens(schema);
  const presence = change?._flags.presence ?? base._flags.presence;
  if (presence === 'forbidden') return { properties: { [key]: false } };
  const isWhole = isOpen(schema);
  const changed = isMore(change) ? inner(base).concat(change) : base;
  const json = isWhole ? { properties: { [key]: describe(changed) } } : {};
  if (presence === 'required') return { ...present([key]), ...json };
  return isWhole ? json : undefined;
}

/** The schema without its conditions, which `amended` adds to the object around it. */
export function withoutWhens(schema: Joi.Schema): Joi.Schema {
  if (!schema.$_terms.whens) return schema;
  const plain = inner(schema).clone();
  plain.$_terms.whens = null;
  return plain;
}

/** Linters want the properties beside their `required`. */
export const present = (names: readonly string[]): Json => ({
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, {}])),
});
