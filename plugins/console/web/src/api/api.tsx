import { type Client, createClient } from 'hookgate/client';
import { createContext, type JSX, type ReactNode, useContext, useMemo } from 'react';
import { accessToken, distrustToken, type Session } from '../session/session.ts';

export interface Api {
  readonly client: Client;
  /** `allOrganizations`: reads across all of them. */
  readonly organization: string;
  readonly isOfAll: boolean;
  /** Shows the pages of another organization. */
  readonly chooseOrganization: (name: string) => void;
  readonly session: Session;
  /** Whether the session may do it: hides actions that would be refused. */
  may(scope: 'integration:read' | 'integration:write' | 'gateway:admin'): boolean;
}

/** In place of an organization: all of them, to read alone. */
export const allOrganizations = '*';

const ApiContext = createContext<Api | undefined>(undefined);

const timeoutMs = 20_000;

async function send(request: Request): Promise<Response> {
  const response = await fetch(request);
  if (response.status === 401) distrustToken(request.headers.get('authorization'));
  return response;
}

/** A client of the session. Without an organization, for calls that are about none. */
export const createSessionClient = (organization?: string): Client =>
  createClient({
    url: location.origin,
    token: accessToken,
    ...(organization === undefined ? {} : { organization }),
    fetch: send,
    retries: 1,
    timeoutMs,
    totalTimeoutMs: 2 * timeoutMs,
  });

interface ApiProviderProps {
  readonly organization: string;
  readonly onOrganization: (name: string) => void;
  readonly session: Session;
  readonly children: ReactNode;
}

/** Gives the pages a client that acts for one organization, or reads across all of them. */
export function ApiProvider({ organization, onOrganization, session, children }: ApiProviderProps): JSX.Element {
  const api = useMemo<Api>(
    () => ({
      client: createSessionClient(organization),
      organization,
      isOfAll: organization === allOrganizations,
      chooseOrganization: onOrganization,
      session,
      may: (scope) =>
        session.scopes.includes(scope) && !(organization === allOrganizations && scope === 'integration:write'),
    }),
    [organization, onOrganization, session],
  );
  return <ApiContext value={api}>{children}</ApiContext>;
}

/** The client, and the organization that it acts for. */
export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error('useApi is used outside of ApiProvider');
  return api;
}
