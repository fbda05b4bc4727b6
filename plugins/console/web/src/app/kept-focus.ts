import { useEffect } from 'react';

/** Longer than a dialog takes to give the focus back. */
const delayMs = 100;

/**
 * Moves the focus to the heading of the page when the element that has it is removed: with its row, its filter or its page. Otherwise
 * the place of the keyboard is lost. After a pointer there is none to keep.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let last: Element | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isLost = (): boolean => last?.isConnected === false && document.activeElement === document.body;
    function onFocus({ target }: FocusEvent): void {
      last = target instanceof Element && target.matches(':focus-visible') ? target : undefined;
    }
    function onPointer(): void {
      last = undefined;
    }
    const observer = new MutationObserver(() => {
      if (timer !== undefined || !isLost()) return;
      timer = setTimeout(() => {
        timer = undefined;
        if (isLost()) document.querySelector<HTMLElement>('main h1')?.focus();
      }, delayMs);
    });
    observer.observe(document.body, { childList: true, subtree: true });
    document.addEventListener('focusin', onFocus);
    document.addEventListener('pointerdown', onPointer);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('pointerdown', onPointer);
    };
  }, []);
}
