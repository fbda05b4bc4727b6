export interface EventType {
  readonly name: string;
  readonly description: string | null;
  readonly example: Readonly<Record<string, unknown>> | null;
  readonly schema: Readonly<Record<string, unknown>> | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A description as it is saved. Numbers may be kept as they were written. */
export interface EventTypeInput {
  readonly description: string | null;
  readonly example: Record<string, unknown> | null;
  readonly schema: Record<string, unknown> | null;
}
