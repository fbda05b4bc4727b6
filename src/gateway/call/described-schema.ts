import type Joi from 'joi';

export type Json = Record<string, unknown>;

/** Whether a schema describes values before or after their validation: defaults are present afterwards. */
export type SchemaMode = 'input' | 'output';

/** How values meet a schema: preferences of the schemas around it, and the place of the values. */
export interface Reading {
  /** Unknown members are taken and ignored. */
  readonly strips: boolean;
  /** Text is converted to numbers and booleans. */
  readonly converts: boolean;
  /** Values are text by nature: in paths and queries. */
  readonly isText: boolean;
}

export interface Described {
  readonly schema: Joi.Schema;
  readonly reading: Reading;
  readonly mode: SchemaMode;
}

/** Describes a schema that replaces another one, with the readings of that one. */
export type Describe = (schema: Joi.Schema) => Json;

export interface Rule {
  readonly name: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** Members of schemas that Joi's types leave out. */
export interface Inner {
  readonly _rules: readonly Rule[];
  readonly _preferences: Joi.ValidationOptions | null;
  readonly _valids: { readonly _values: ReadonlySet<unknown> } | null;
  readonly _invalids: { readonly _values: ReadonlySet<unknown> } | null;
  clone(): Joi.Schema;
  concat(schema: Joi.Schema): Joi.Schema;
}

export const inner = (schema: Joi.Schema): Inner => schema as unknown as Inner;

export interface Child {
  readonly key: string;
  readonly schema: Joi.Schema;
}

export const childrenOf = (schema: Joi.Schema): readonly Child[] => (schema.$_terms.keys ?? []) as readonly Child[];

/** A reference to a member of an object, or to a member of its members. */
export interface Member {
  readonly path: readonly string[];
}

/** Flags other than `u` and `v` change the meaning of a pattern, and not every pattern is one with `u`. */
export function isPortable({ source, flags }: RegExp): boolean {
  if (/[imsv]/.test(flags)) return false;
  try {
    return new RegExp(source, 'u').source === source;
  } catch {
    return false;
  }
}
