import { type JSX, useEffect, useRef } from 'react';
import * as m from '../texts/messages.js';
import { locales } from '../texts/runtime.js';
import { chooseLanguage, type Language, languages, useLanguage } from './language.ts';

/** Pages are drawn anew in another language: the focus comes back to the choice, where it was. */
let hasFocus = false;

export function LanguageChoice(): JSX.Element {
  const language = useLanguage();
  const list = useRef<HTMLSelectElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each language, drawn anew or not
  useEffect(() => {
    if (hasFocus) list.current?.focus();
    hasFocus = false;
  }, [language]);
  return (
    <select
      ref={list}
      aria-label={m.language()}
      value={language}
      onChange={(event) => {
        hasFocus = true;
        chooseLanguage(event.target.value as Language);
      }}
      className="h-9 rounded-md border border-control bg-panel px-1.5"
    >
      {locales.map((each) => (
        <option key={each} value={each} lang={each}>
          {languages[each]}
        </option>
      ))}
    </select>
  );
}
