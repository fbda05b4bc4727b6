import { LRUCache } from 'lru-cache';
import type { FieldProblem } from '../../../src/errors.ts';
import { type CompiledSchema, compileSchema, createMetaCheck, loadAjv } from './compile-schema.ts';
import { refusalOfPattern } from './linear-pattern.ts';
import { checkKeywords } from './schema-keywords.ts';
import { toProblems } from './schema-problems.ts';
import { createWithinTime, TimeOverError } from './within-time.ts';

/** Limits of one blocking step, in milliseconds. A new schema of 64 KiB compiles in 350 ms; a stored one has passed that. */
const newCompileMs = 500;
const storedCompileMs = 1000;
const checkMs = 50;
/** A collection of garbage takes as long as a slow check: a second, longer try tells of the schema. */
const secondCheckMs = 250;
/** After this time a schema that has exceeded its own is tried again. */
const refusedMs = 60_000;
const keptSchemas = 2000;
/** Estimated by the length of the text, four times as much as a compiled schema takes. */
const keptBytes = 64 * 1024 * 1024;
const bytesPerCharacter = 4;
const bytesPerSchema = 8192;

type Entry =
  | { readonly reason: string }
  | {
      readonly reason?: never;
      readonly first: CompiledSchema;
      all: CompiledSchema | undefined;
      readonly schema: object;
    };

/** The schema of an event type as stored. `version` changes with the text. */
export interface StoredSchema {
  readonly version: string;
  /** JSON text. */
  readonly schema: string;
}

export type SchemaLibrary = ReturnType<typeof createSchemaLibrary>;

/**
 * JSON Schemas of callers, which are hostile code: each step has a time limit, and patterns run in linear time. Compiled ones are kept
 * within limits of number and bytes. A schema that has exceeded its time, or does not end, is not tried again for a minute.
 */
export function createSchemaLibrary() {
  const entries = new LRUCache<string, Entry>({ max: keptSchemas, maxSize: keptBytes });
  const withinTime = createWithinTime();
  const metaCheck = createMetaCheck();

  /** Throws for a schema that cannot be compiled in time, or refers to itself without end. */
  function compile(schema: object, allErrors: boolean, milliseconds: number): CompiledSchema {
    loadAjv();
    return withinTime(milliseconds, () => {
      const compiled = compileSchema(schema, allErrors);
      // Functions are compiled by V8 when they are first called, which the time limit of a check has no room for.
      compiled({});
      return compiled;
    });
  }

  function toEntry({ schema: text }: StoredSchema): Entry {
    try {
      const { schema, problems } = checkKeywords(JSON.parse(text), 'schema', refusalOfPattern);
      const [problem] = problems;
      if (problem) return { reason: `${problem.path} ${problem.message}` };
      return { schema, first: compile(schema, false, storedCompileMs), all: undefined };
    } catch (error) {
      return { reason: reasonOf(error) };
    }
  }

  function checkInTime(compiled: CompiledSchema, value: unknown): ReturnType<CompiledSchema> {
    try {
      return withinTime(checkMs, () => compiled(value));
    } catch (error) {
      if (!(error instanceof TimeOverError)) throw error;
      return withinTime(secondCheckMs, () => compiled(value));
    }
  }

  /** All errors, if they are found in time: the first one is known. */
  function allErrors(entry: Entry & { reason?: never }, value: unknown, first: ReturnType<CompiledSchema>) {
    try {
      entry.all ??= compile(entry.schema, true, storedCompileMs);
      const { all } = entry;
      return withinTime(checkMs, () => all(value));
    } catch {
      return first;
    }
  }

  return {
    /** Problems of a new schema and of an example of its type; none: both can be stored. */
    problemsOf(schema: Readonly<Record<string, unknown>>, example: unknown): FieldProblem[] {
      const checked = checkKeywords(schema, 'schema', refusalOfPattern);
      if (checked.problems.length > 0) return [...checked.problems];
      try {
        // Outside of the time limit, which is for the caller's schema.
        const check = metaCheck();
        const wrong = withinTime(newCompileMs, () => check(checked.schema));
        if (wrong.length > 0) return onePerPlace(toProblems(wrong, 'schema'));
        const compiled = compile(checked.schema, true, newCompileMs);
        return example === undefined ? [] : toProblems(checkInTime(compiled, example), 'example');
      } catch (error) {
        return [{ path: 'schema', message: reasonOf(error), in: 'body' }];
      }
    },

    has: (version: string): boolean => entries.has(version),

    /**
     * Problems of the data of an event; none: it matches. A schema that cannot be applied is a problem of its own. `stored` may be
     * undefined if `has` is true.
     */
    check(version: string, stored: StoredSchema | undefined, value: unknown): FieldProblem[] {
      const entry = entries.get(version) ?? (stored && keep(stored));
      if (!entry || entry.reason !== undefined) return [unusable(entry?.reason ?? 'is missing')];
      try {
        const first = checkInTime(entry.first, value);
        return first.length === 0 ? [] : toProblems(allErrors(entry, value, first), 'data');
      } catch (error) {
        const reason = reasonOf(error);
        entries.set(version, { reason }, { size: bytesPerSchema, ttl: refusedMs });
        return [unusable(reason)];
      }
    },
  };

  function keep(stored: StoredSchema): Entry {
    const entry = toEntry(stored);
    entries.set(stored.version, entry, { size: stored.schema.length * bytesPerCharacter + bytesPerSchema });
    return entry;
  }
}

const unusable = (reason: string): FieldProblem => ({
  path: 'type',
  message: `has a schema that cannot be applied, and takes no events at present: it ${reason}`,
  in: 'body',
});

/** The meta-schema has alternatives, each of which reports its own mistake. */
const onePerPlace = (problems: readonly FieldProblem[]): FieldProblem[] => [
  ...new Map(problems.toReversed().map((problem) => [problem.path, problem])).values(),
];

const maxReason = 200;

function reasonOf(error: unknown): string {
  if (error instanceof TimeOverError) return error.message;
  if (error instanceof RangeError) return 'refers to itself without end, or is nested too deeply';
  return `cannot be compiled: ${(error as Error).message}`.slice(0, maxReason);
}
