import type { PlaceSchema } from '../call/json-schema.ts';

type Json = Record<string, unknown>;
type Components = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** `rate-plans` → `RatePlans`. */
const inPascalCase = (text: string): string =>
  text.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9]?)/g, (_all, letter: string) => letter.toUpperCase());

/** The first of the names that is free. The last one is numbered, in the worst case. */
function firstFree(names: readonly string[], isFree: (name: string) => boolean): string {
  const free = names.find(isFree);
  if (free !== undefined) return free;
  for (let number = 2; ; number += 1) {
    const numbered = `${names.at(-1)}${number}`;
    if (isFree(numbered)) return numbered;
  }
}

/** The responses that several operations of a document share. */
export class DocumentResponses {
  readonly parts: Record<string, Json> = {};

  /** Keeps a response under this name, or, if it is another one's, a numbered one. Returns the reference to it. */
  place(name: string, response: Json): { $ref: string } {
    const text = JSON.stringify(response);
    const free = firstFree([name], (each) => JSON.stringify(this.parts[each] ?? response) === text);
    this.parts[free] = response;
    return { $ref: `#/components/responses/${free}` };
  }
}

/** The named schemas of one document. Apart from their descriptions, schemas of one name are the same. */
export class DocumentSchemas {
  readonly schemas: Record<string, Json> = {};
  /** The target that has placed a schema first, by its name; empty: the gateway itself. */
  readonly #owners = new Map<string, string>();

  /** `own`: schemas of the gateway itself, whose names are taken. */
  constructor(own: Readonly<Record<string, Json>>) {
    Object.assign(this.schemas, own);
    for (const name of Object.keys(own)) this.#owners.set(name, '');
  }

  /**
   * Places schemas of a target under their names. Another schema of the same name is called after its form (`NoteInput`), or after its
   * target if the name belongs to another one (`BillingNote`).
   */
  placeOf(target: string): PlaceSchema {
    const prefix = inPascalCase(target);
    return (name, schema, mode) => {
      const { description, ...content } = schema;
      const text = JSON.stringify(content);
      const base = (this.#owners.get(name) ?? target) === target ? name : `${prefix}${name}`;
      const free = firstFree([name, base, `${base}${mode === 'input' ? 'Input' : 'Output'}`], (each) => {
        const { description: _own, ...present } = this.schemas[each] ?? content;
        return JSON.stringify(present) === text;
      });
      const placed = this.schemas[free] ?? schema;
      this.schemas[free] = placed;
      if (!this.#owners.has(free)) this.#owners.set(free, target);
      const differs = typeof description === 'string' && description !== placed.description;
      return { $ref: `#/components/schemas/${free}`, ...(differs ? { description } : {}) };
    };
  }
}

/** A route with the id that it declares, or one made of its method and path. */
interface IdentifiedRoute {
  readonly operationId: string;
  readonly declaresId: boolean;
}

/**
 * Ids of the operations of a document. Where several have the same one, the first keeps it and the others are called after their
 * targets (`listNotesOfBilling`). Declared ids go before ids made of paths.
 */
export function identifyOperations<Route extends IdentifiedRoute>(
  targets: readonly { readonly name: string; readonly routes: readonly Route[] }[],
): ReadonlyMap<Route, string> {
  const ids = new Map<Route, string>();
  const taken = new Set<string>();
  for (const declared of [true, false]) {
    for (const { name, routes } of targets) {
      for (const route of routes.filter(({ declaresId }) => declaresId === declared)) {
        const { operationId: id } = route;
        const free = firstFree([id, `${id}Of${inPascalCase(name)}`], (each) => !taken.has(each));
        ids.set(route, free);
        taken.add(free);
      }
    }
  }
  return ids;
}

/** The components that are in use: by the paths, or by other components in use. */
export function componentsInUse(components: Components, paths: unknown): Components {
  const used = new Set<string>();
  const open = [JSON.stringify(paths)];
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    for (const [reference, kind = '', name = ''] of text.matchAll(/"#\/components\/(\w+)\/([\w.-]+)"/g)) {
      if (used.has(reference)) continue;
      used.add(reference);
      open.push(JSON.stringify(components[kind]?.[name] ?? {}));
    }
  }
  return Object.fromEntries(
    Object.entries(components).flatMap(([kind, parts]) => {
      const kept = Object.entries(parts).filter(([name]) => used.has(`"#/components/${kind}/${name}"`));
      return kept.length > 0 ? [[kind, Object.fromEntries(kept)]] : [];
    }),
  );
}
