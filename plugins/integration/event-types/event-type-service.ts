import { type FieldProblem, notFound, validationError } from '../../../src/errors.ts';
import { found, type Knex } from '../../../src/plugin.ts';
import type { CatalogParts } from '../catalog-parts.ts';
import type { EventChecks } from './event-checks.ts';
import { type EventType, maxDefinitionBytes } from './event-type.ts';
import { createEventTypeRepository, type EventTypePage } from './event-type-repository.ts';
import type { EventTypeInput, EventTypeQuery } from './event-type-schemas.ts';
import type { SchemaBudget } from './schema-budget.ts';
import type { SchemaLibrary } from './schema-library.ts';

/** A description of an event type, as sent. */
export interface Definition extends EventTypeInput {
  /** The example as JSON text, in the notation of the caller. */
  exampleText: string | undefined;
}

export type EventTypeService = ReturnType<typeof createEventTypeService>;

/** Rules of the catalogue of event types. Every call acts for one organization. */
export function createEventTypeService({
  database,
  limits,
  now,
  schemas,
  budget,
  checks,
}: CatalogParts & { schemas: SchemaLibrary; budget: SchemaBudget; checks: EventChecks }) {
  return {
    /**
     * Throws `VALIDATION_ERROR` for a schema that cannot be applied to events, or an example that does not match it; `RATE_LIMITED`
     * when the schemas of the organization have taken too much time lately.
     */
    checkDefinition(organization: string, { example, schema, exampleText }: Definition): void {
      const problems = [...sizeProblem('example', exampleText), ...sizeProblem('schema', toText(schema))];
      if (problems.length === 0 && schema)
        problems.push(...budget.spend(organization, () => schemas.problemsOf(schema, example ?? undefined)));
      if (problems.length > 0) throw validationError(problems);
    },

    /** Creates or replaces an event type. Throws `LIMIT_REACHED`. */
    async put(
      trx: Knex.Transaction,
      organization: string,
      name: string,
      { description, schema, exampleText }: Definition,
    ): Promise<{ eventType: EventType; isNew: boolean }> {
      const repository = createEventTypeRepository(trx);
      const time = now();
      const put: EventType = {
        ...{ organization, name, description: description ?? undefined },
        ...{ example: exampleText, schema: toText(schema), createdAt: time, updatedAt: time },
      };
      checks.changed(trx, organization, name);
      const before = await repository.findForUpdate(organization, name);
      if (before) return replace(trx, before, put);
      const count = (db: Knex) => createEventTypeRepository(db).count(organization);
      const isNew = await limits.creating(trx, { organization, kind: 'event_types', count }, (db) =>
        createEventTypeRepository(db).insertUnlessThere(put),
      );
      // Another call has created it meanwhile.
      const created = isNew ? undefined : await repository.findForUpdate(organization, name);
      return created ? replace(trx, created, put) : { eventType: put, isNew: true };
    },

    /** Throws `NOT_FOUND`. */
    read: async (organization: string, name: string): Promise<EventType> =>
      found(await database.read((db) => createEventTypeRepository(db).find(organization, name)), missing),

    list: (organization: string, { limit, cursor }: EventTypeQuery): Promise<EventTypePage> =>
      database.read((db) => createEventTypeRepository(db).list(organization, limit, cursor)),

    /** Throws `NOT_FOUND`. */
    async delete(trx: Knex.Transaction, organization: string, name: string): Promise<void> {
      if (!(await createEventTypeRepository(trx).delete(organization, name))) throw notFound(missing);
      checks.changed(trx, organization, name);
    },
  };

  async function replace(trx: Knex, before: EventType, put: EventType) {
    const eventType = { ...put, createdAt: before.createdAt };
    await createEventTypeRepository(trx).update(eventType);
    return { eventType, isNew: false };
  }
}

const missing = 'There is no such event type.';

const toText = (value: object | null | undefined): string | undefined => (value ? JSON.stringify(value) : undefined);

function sizeProblem(path: string, text: string | undefined): FieldProblem[] {
  if (text === undefined || Buffer.byteLength(text) <= maxDefinitionBytes) return [];
  return [{ path, message: `must have at most ${maxDefinitionBytes} bytes of JSON`, in: 'body' }];
}
