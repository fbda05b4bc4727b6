import { LRUCache } from 'lru-cache';
import { validationError } from '../../../src/errors.ts';
import type { Knex } from '../../../src/plugin.ts';
import { createEventTypeRepository } from './event-type-repository.ts';
import type { SchemaBudget } from './schema-budget.ts';
import type { SchemaLibrary } from './schema-library.ts';

/** Reads from the database, or in a transaction. */
export type Read = <T>(work: (db: Knex) => Promise<T>) => Promise<T>;

export interface CheckedEvent {
  organization: string;
  type: string;
  /** JSON text. */
  data: string;
}

/** Other processes notice a changed schema after this time. */
const validMs = 1000;
const kept = 10_000;

interface Known<Value> {
  value: Value;
  /** `performance.now()` */
  at: number;
}

export type EventChecks = ReturnType<typeof createEventChecks>;

/**
 * Checks events against the schema of their type. Each second a process asks once whether an organization has schemas, and for one
 * that has, once for each of its types in use.
 */
export function createEventChecks({ schemas, budget }: { schemas: SchemaLibrary; budget: SchemaBudget }) {
  const organizations = new LRUCache<string, Known<boolean>>({ max: kept });
  const versions = new LRUCache<string, Known<string | undefined>>({ max: kept });

  async function known<Value>(
    cache: LRUCache<string, Known<Value>>,
    key: string,
    read: () => Promise<Value>,
  ): Promise<Value> {
    const found = cache.get(key);
    const time = performance.now();
    if (found && time - found.at < validMs) return found.value;
    // Other events go on with the old value meanwhile.
    if (found) found.at = time;
    const value = await read();
    cache.set(key, { value, at: time });
    return value;
  }

  async function checkBySchema(read: Read, { organization, type, data }: CheckedEvent): Promise<void> {
    const find = () => read((db) => createEventTypeRepository(db).schemaVersion(organization, type));
    const version = await known(versions, keyOf(organization, type), find);
    if (version === undefined) return;
    const stored = schemas.has(version)
      ? undefined
      : await read((db) => createEventTypeRepository(db).schema(organization, type));
    if (!stored && !schemas.has(version)) return;
    const problems = budget.spend(organization, () =>
      schemas.check(stored?.version ?? version, stored, JSON.parse(data)),
    );
    if (problems.length > 0) throw validationError(problems);
  }

  return {
    /** Throws `VALIDATION_ERROR` with the places in the data that do not match, and `RATE_LIMITED` for too costly schemas. */
    async check(read: Read, event: CheckedEvent): Promise<void> {
      const { organization } = event;
      const find = () => read((db) => createEventTypeRepository(db).hasSchemas(organization));
      if (await known(organizations, organization, find)) await checkBySchema(read, event);
    },

    /** The schema of a type has changed in a transaction: this process notices at once after the commit. */
    changed(trx: Knex.Transaction, organization: string, type: string): void {
      const forget = (): void => {
        organizations.delete(organization);
        versions.delete(keyOf(organization, type));
      };
      trx.executionPromise.then(forget, () => undefined);
    },
  };
}

const keyOf = (organization: string, type: string): string => `${organization}\n${type}`;
