/** An entry of the catalogue of an organization. */
export interface EventType {
  organization: string;
  name: string;
  description: string | undefined;
  /** JSON text of an object, in the notation of the caller. */
  example: string | undefined;
  /** JSON text of a JSON Schema (2020-12) for the data of events. */
  schema: string | undefined;
  /** Microseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}

/** Largest schema, and largest example, in bytes of JSON. */
export const maxDefinitionBytes = 64 * 1024;
