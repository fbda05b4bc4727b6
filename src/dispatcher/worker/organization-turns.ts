/** Items in one line per organization. Organizations take turns, and within each its items do. */
export class OrganizationTurns<Item extends { readonly organization: string }> {
  /** Lines in the order of the organizations' turns. */
  readonly #lines = new Map<string, Set<Item>>();

  *[Symbol.iterator](): Generator<Item> {
    for (const line of this.#lines.values()) yield* line;
  }

  get count(): number {
    return this.#lines.values().reduce((count, line) => count + line.size, 0);
  }

  has(item: Item): boolean {
    return this.#lines.get(item.organization)?.has(item) ?? false;
  }

  /** Adds an item at the end of its organization's line, unless it is in line. */
  add(item: Item): void {
    const line = this.#lines.get(item.organization);
    if (line) line.add(item);
    else this.#lines.set(item.organization, new Set([item]));
  }

  delete(item: Item): void {
    const line = this.#lines.get(item.organization);
    line?.delete(item);
    if (line?.size === 0) this.#lines.delete(item.organization);
  }

  /** Moves an item to the end of its line. An `offer` that is under way offers it again. */
  moveToEnd(item: Item): void {
    const line = this.#lines.get(item.organization);
    if (line?.delete(item)) line.add(item);
  }

  /**
   * Offers items to `take`, which returns whether the item used its organization's turn; an item that did not is not
   * offered again. Ends when all were offered or `take` has returned `over`. `take` may delete items.
   */
  offer(take: (item: Item) => boolean | 'over'): void {
    let open = [...this.#lines].map(([organization, line]) => ({ organization, rest: line.values() }));
    while (open.length > 0) {
      const goingOn: typeof open = [];
      for (const one of open) {
        const taken = takeFirst(one.rest, take);
        if (taken === 'over') return;
        if (!taken) continue;
        this.#passTurn(one.organization);
        goingOn.push(one);
      }
      open = goingOn;
    }
  }

  #passTurn(organization: string): void {
    const line = this.#lines.get(organization);
    if (!line) return;
    this.#lines.delete(organization);
    this.#lines.set(organization, line);
  }
}

function takeFirst<Item>(items: Iterator<Item>, take: (item: Item) => boolean | 'over'): boolean | 'over' {
  for (;;) {
    const next = items.next();
    if (next.done) return false;
    const taken = take(next.value);
    if (taken) return taken;
  }
}
