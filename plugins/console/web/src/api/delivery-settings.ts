/** How an endpoint wants its deliveries. Null: the default. Webhooks have no `enabled` and no `event_types` here. */
export interface DeliverySettings {
  readonly enabled?: boolean;
  readonly event_types?: readonly string[];
  /** Values are masked where they come from the gateway. */
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly retry_schedule: readonly number[] | null;
  readonly timeout_ms: number | null;
  readonly rate_limit: { readonly per_second: number } | null;
  readonly ordered: boolean;
  readonly disable_after_s: number | null;
}

/** Settings with the tag of their state: a change names it, so that it overwrites no other change. */
export interface TaggedSettings {
  readonly settings: DeliverySettings;
  readonly tag: string | null;
}
