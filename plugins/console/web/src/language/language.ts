import { useSyncExternalStore } from 'react';
import { getLocale, type locales, overwriteGetLocale, setLocale } from '../texts/runtime.js';

export type Language = (typeof locales)[number];

/** Each in its own language. */
export const languages: Readonly<Record<Language, string>> = { en: 'English', tr: 'Türkçe' };

const listeners = new Set<() => void>();

// Each text asks for the language: in memory, not in the browser's storage.
let current: Language = getLocale();
overwriteGetLocale(() => current);
document.documentElement.lang = current;

/** Shows all texts in another language, and keeps the choice for the next visit. */
export function chooseLanguage(language: Language): void {
  void setLocale(language, { reload: false });
  current = language;
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

export const useLanguage = (): Language =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, getLocale);
