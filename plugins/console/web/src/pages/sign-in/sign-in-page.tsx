import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { useSearchParams } from 'wouter';
import { readSignInMethods } from '../../session/session.ts';
import * as m from '../../texts/messages.js';
import { Entrance } from './entrance.tsx';
import { SignInForm } from './sign-in-form.tsx';

export function SignInPage(): JSX.Element {
  const [search] = useSearchParams();
  return (
    <Entrance title={m.sign_in()}>
      {search.get('sign_in') === 'failed' && (
        <p role="alert" className="mb-4 rounded-md bg-failed-soft px-3 py-2 text-failed">
          {m.sign_in_provider_failed()}
        </p>
      )}
      <SignInForm />
      <ProviderLink />
    </Entrance>
  );
}

/** The way to the outside identity provider, where there is one. */
function ProviderLink(): JSX.Element | null {
  const { data } = useQuery({
    queryKey: ['sign-in-methods'],
    queryFn: readSignInMethods,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!data?.oidc) return null;
  return (
    <div className="mt-4 border-t border-line pt-4">
      <a
        href="/console/session/oidc"
        className="flex min-h-9 items-center justify-center rounded-md border border-control px-3 font-medium hover:bg-hover"
      >
        {m.sign_in_provider()}
      </a>
    </div>
  );
}
