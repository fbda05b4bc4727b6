/** Stores a flush. Delivery is at least once: a flush that was committed comes again if the sink then rejected. */
export type MeteredSink = (flush: MeteredFlush) => Promise<void>;

export interface MeteredFlush {
  /** A UUID: the key for dropping repeated flushes. */
  readonly id: string;
  /** One entry for each organization, developer, application and product. */
  readonly uses: readonly MeteredUse[];
}

/** A number of successful responses of remote targets with `metering`. */
export interface MeteredUse {
  readonly organization: string;
  /** The principal's e-mail address. */
  readonly developer: string;
  /** The principal's application; empty if it has none. */
  readonly application: string;
  readonly product: string;
  /** 1 or more. */
  readonly count: number;
}
