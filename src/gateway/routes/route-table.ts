import { badRequest, methodNotAllowed, notFound } from '../../errors.ts';

export interface RouteEntry<Route> {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

interface Node<Route> {
  readonly fixed: Map<string, Node<Route>>;
  parameter: Node<Route> | undefined;
  readonly methods: Map<string, { route: Route; names: readonly string[] }>;
}

const newNode = <Route>(): Node<Route> => ({ fixed: new Map(), parameter: undefined, methods: new Map() });

/** Routes as a tree of path segments. Fixed segments take precedence over parameters; paths are compared as bytes. */
export class RouteTable<Route> {
  readonly #root: Node<Route> = newNode();

  /** Throws when a route with the same method and form of path exists. */
  add(method: string, path: string, route: Route): void {
    const names: string[] = [];
    let node = this.#root;
    for (const segment of segmentsOf(path)) {
      if (segment.startsWith(':')) {
        names.push(segment.slice(1));
        node.parameter ??= newNode();
        node = node.parameter;
      } else {
        const next: Node<Route> = node.fixed.get(segment) ?? newNode();
        node.fixed.set(segment, next);
        node = next;
      }
    }
    if (node.methods.has(method)) throw new Error(`${method} ${path} is declared twice`);
    node.methods.set(method, { route, names });
  }

  /** HEAD is served by GET. Throws `NOT_FOUND` or `METHOD_NOT_ALLOWED` (with `Allow`). */
  find(method: string, path: string): RouteEntry<Route> {
    const values: string[] = [];
    const node = descend(this.#root, segmentsOf(path), 0, values);
    if (!node) throw notFound();
    const found = node.methods.get(method === 'HEAD' ? 'GET' : method);
    if (!found) throw methodNotAllowed(allowedBy(node));
    return {
      route: found.route,
      params: Object.fromEntries(found.names.map((name, index) => [name, decode(values[index] ?? '')])),
    };
  }
}

function descend<Route>(node: Node<Route>, segments: string[], at: number, values: string[]): Node<Route> | undefined {
  const segment = segments[at];
  if (segment === undefined) return node.methods.size > 0 ? node : undefined;
  const fixed = node.fixed.get(segment);
  const found = fixed && descend(fixed, segments, at + 1, values);
  if (found || !node.parameter || segment === '') return found;
  values.push(segment);
  const below = descend(node.parameter, segments, at + 1, values);
  if (!below) values.pop();
  return below;
}

const segmentsOf = (path: string): string[] => path.slice(1).split('/');

function allowedBy(node: Node<unknown>): string[] {
  const methods = [...node.methods.keys()];
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest('BAD_REQUEST_TARGET', 'The path is not valid percent-encoded UTF-8.');
  }
}
