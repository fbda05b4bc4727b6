import type { RouteDocument } from '../call/route-document.ts';
import type { Target } from '../call/target.ts';

interface Tag {
  readonly name: string;
  readonly description: string;
}

interface TagGroup {
  readonly name: string;
  readonly tags: readonly string[];
}

/** The heading of a route: its own one, or its target. */
export const tagOf = ({ tag }: RouteDocument, target: string): string => tag ?? target;

/**
 * Headings of a document in the order of their first call, and the headings of each target (`x-tagGroups`, which Redoc, Scalar and
 * others show). A target without calls is a heading itself. Where two targets have one of the same name, the first describes it.
 */
export function describeTags(
  shown: readonly { readonly target: Target; readonly routes: readonly RouteDocument[] }[],
): { tags: Tag[]; 'x-tagGroups': TagGroup[] } {
  const tags = new Map<string, Tag>();
  const groups: TagGroup[] = [];
  for (const { target, routes } of shown) {
    const { name: targetName, summary, tags: own = {} } = target;
    const about = summary || `Calls of the target ${targetName}.`;
    const names = [...new Set(routes.map((route) => tagOf(route, targetName)))];
    const used = names.length > 0 ? names : [targetName];
    for (const name of used)
      if (!tags.has(name))
        tags.set(name, { name, description: (name === targetName ? undefined : own[name]) ?? about });
    groups.push({ name: targetName, tags: used });
  }
  return { tags: [...tags.values()], 'x-tagGroups': groups };
}
