import type { ApiError } from '../../errors.ts';

/** A look-up that waits for its turn. `party`: its share of the turns of its network. */
export interface Waiting {
  readonly network: string;
  readonly party: string;
  start(): void;
  refuse(error: ApiError): void;
}

interface Network {
  length: number;
  readonly parties: Map<string, Set<Waiting>>;
}

/** Queues that are compared for the longest one. */
const mostCompared = 100;

/** Waiting look-ups: networks take turns, and so do the parties of each network. Maps are in the order of the turns. */
export class LookUpQueue {
  readonly #networks = new Map<string, Network>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  has(network: string): boolean {
    return this.#networks.has(network);
  }

  add(one: Waiting): void {
    const network = this.#networks.get(one.network) ?? { length: 0, parties: new Map() };
    const queue = network.parties.get(one.party) ?? new Set();
    this.#networks.set(one.network, network);
    network.parties.set(one.party, queue.add(one));
    network.length += 1;
    this.#length += 1;
  }

  /** Returns false if it no longer waits. */
  delete(one: Waiting): boolean {
    const network = this.#networks.get(one.network);
    const queue = network?.parties.get(one.party);
    if (!network || !queue?.delete(one)) return false;
    if (queue.size === 0) network.parties.delete(one.party);
    network.length -= 1;
    if (network.length === 0) this.#networks.delete(one.network);
    this.#length -= 1;
    return true;
  }

  /** Takes the look-up whose turn it is, of the networks that may start one. */
  take(mayStart: (network: string) => boolean): Waiting | undefined {
    for (const [name, network] of this.#networks) {
      if (!mayStart(name)) continue;
      const [party, queue] = firstOf(network.parties);
      const one = firstOf(queue);
      toBack(this.#networks, name, network);
      toBack(network.parties, party, queue);
      this.delete(one);
      return one;
    }
    return undefined;
  }

  /** Takes the oldest look-up of the longest queue; undefined if no queue is longer than the one of this newcomer. */
  takeLongest({ network: name, party }: Waiting): Waiting | undefined {
    const own = this.#networks.get(name);
    const network = longest(this.#networks.values(), ({ length }) => length);
    const queue = longest(network.parties.values(), ({ size }) => size);
    if (network.length <= (own?.length ?? 0) && queue.size <= (own?.parties.get(party)?.size ?? 0)) return undefined;
    const one = firstOf(queue);
    this.delete(one);
    return one;
  }
}

const firstOf = <T>(items: Iterable<T>): T => items[Symbol.iterator]().next().value as T;

function toBack<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
}

/** The longest of the first hundred items. */
const longest = <T>(items: IteratorObject<T>, lengthOf: (item: T) => number): T =>
  items.take(mostCompared).reduce((one, other) => (lengthOf(other) > lengthOf(one) ? other : one));
