import type { RouteDocument } from '../call/route-document.ts';
import type { Target } from '../call/target.ts';

/** A target, with the routes that a document shows. */
export interface ShownTarget {
  readonly target: Target;
  readonly name: string;
  readonly routes: readonly RouteDocument[];
}

/**
 * The routes that a document shows. Paths that differ only in the names of their parameters are one path in OpenAPI: it has the names of
 * the first route. Of several routes with one method and path, the first is shown and the others are `hidden`.
 */
export function selectRoutes(targets: readonly Target[]): { shown: ShownTarget[]; hidden: string[] } {
  const paths = new Map<string, string>();
  const calls = new Set<string>();
  const hidden: string[] = [];
  const select = (target: string, route: RouteDocument): RouteDocument[] => {
    const { method, path } = route;
    const form = path.replace(/\{\w+\}/g, '{}');
    const call = `${method} ${form}`;
    if (calls.has(call)) {
      hidden.push(`${method.toUpperCase()} ${path} of ${target}`);
      return [];
    }
    calls.add(call);
    const known = paths.get(form) ?? path;
    paths.set(form, known);
    return [known === path ? route : withPath(route, known)];
  };
  const shown = targets.map((target) => {
    const { name, routes } = target;
    return { target, name, routes: routes.flatMap((route) => select(name, route)) };
  });
  return { shown, hidden };
}

const namesIn = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

/** The route, with the parameters of its path called as in another path of the same form. */
function withPath(route: RouteDocument, path: string): RouteDocument {
  const names = namesIn(path);
  const renamed = new Map(namesIn(route.path).map((name, index) => [name, names[index] ?? name]));
  return {
    ...route,
    path,
    describe: (day, place) => {
      const { parameters, ...operation } = route.describe(day, place);
      return {
        ...operation,
        parameters: (parameters as { in?: string; name?: string }[]).map((parameter) =>
          parameter.in === 'path' ? { ...parameter, name: renamed.get(parameter.name ?? '') } : parameter,
        ),
      };
    },
  };
}
