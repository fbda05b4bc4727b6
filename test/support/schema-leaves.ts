import type Joi from 'joi';

/** A Joi schema as `describe()` gives it, as far as the tests read it. */
export interface Described {
  readonly type: string;
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly keys?: Readonly<Record<string, Described>>;
  readonly patterns?: readonly { readonly rule: Described }[];
  readonly items?: readonly Described[];
  readonly matches?: readonly { schema?: Described; then?: Described; otherwise?: Described }[];
  readonly rules?: readonly { name: string; args?: Readonly<Record<string, unknown>> }[];
  readonly preferences?: Readonly<Record<string, unknown>>;
  readonly metas?: readonly Readonly<Record<string, unknown>>[];
}

export interface Leaf {
  /** Names from the root; `*` stands for the elements of a list. */
  readonly path: readonly string[];
  readonly schema: Described;
}

/** Stands for the members of an object that only a pattern names. */
const anyName = 'x-any';

/** A schema and every schema inside it. */
export function* leavesOf(schema: Described, path: readonly string[] = []): Generator<Leaf> {
  yield { path, schema };
  for (const [name, key] of Object.entries(schema.keys ?? {})) yield* leavesOf(key, [...path, name]);
  for (const { rule } of schema.patterns ?? []) yield* leavesOf(rule, [...path, anyName]);
  for (const item of schema.items ?? []) yield* leavesOf(item, [...path, '*']);
  for (const { schema: matched, then, otherwise } of schema.matches ?? [])
    for (const inner of [matched, then, otherwise]) if (inner) yield* leavesOf(inner, path);
}

export const describe = (schema: Pick<Joi.Schema, 'describe'>): Described => schema.describe() as Described;
