/** Columns of a pending row in the dispatcher's queue that has never been leased. */
export const queueColumns = [
  'delivery_id',
  'endpoint_key',
  'endpoint_kind',
  'endpoint_id',
  'due_at',
  'held',
  'lease_until',
  'attempt_count',
  'retries',
  'unknowns',
] as const;
