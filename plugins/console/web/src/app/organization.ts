import { useState } from 'react';
import type { Session } from '../session/session.ts';
import { isOrganizationName } from './organization-name.ts';

const key = 'organization';

/** The choice of this tab, or else the last one of all tabs. Storage may be forbidden by the browser's settings. */
function stored(): string | null {
  try {
    return sessionStorage.getItem(key) ?? localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(name: string): void {
  try {
    sessionStorage.setItem(key, name);
    localStorage.setItem(key, name);
  } catch {
    // The choice lasts until the page is closed.
  }
}

/** The organization that the pages show; the choice is kept for the next visit. Empty: none was chosen yet. */
export function useOrganization({ organizations, default_organization }: Session): [string, (name: string) => void] {
  const [last, setName] = useState(stored);
  // A renewed session may have other organizations than the one before.
  const isOpen =
    last !== null && (organizations === '*' ? last === '*' || isOrganizationName(last) : organizations.includes(last));
  const name = isOpen ? last : (default_organization ?? (organizations === '*' ? '' : (organizations[0] ?? '')));
  return [
    name,
    (chosen) => {
      store(chosen);
      setName(chosen);
    },
  ];
}
