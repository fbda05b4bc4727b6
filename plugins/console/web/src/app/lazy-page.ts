import { type ComponentType, lazy } from 'react';

type Load = () => Promise<{ default: ComponentType }>;

export interface LazyPage {
  readonly component: ComponentType;
  /** Starts to load its code, before it is rendered. A failure shows when it is. */
  readonly preload: () => void;
}

/** A page whose code is loaded apart. */
export function lazyPage(load: Load): LazyPage {
  let loading: ReturnType<Load> | undefined;
  return {
    component: lazy(() => loading ?? load()),
    preload: () => {
      loading ??= load();
      loading.catch(() => {
        loading = undefined;
      });
    },
  };
}
