import { type JSX, type ReactNode, useEffect } from 'react';
import { LanguageChoice } from '../../language/language-choice.tsx';
import { Brand } from '../../ui/brand.tsx';

/** The frame of the pages before a session. */
export function Entrance({ title, children }: { title: string; children: ReactNode }): JSX.Element {
  useEffect(() => {
    document.title = `${title} · hookgate`;
  }, [title]);
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-sm flex-col justify-center gap-6 px-4 py-10">
      <div className="flex items-center justify-between">
        <Brand />
        <LanguageChoice />
      </div>
      <div className="rounded-lg border border-line bg-panel p-6">
        <h1 className="mb-4 text-xl font-semibold">{title}</h1>
        {children}
      </div>
    </main>
  );
}
