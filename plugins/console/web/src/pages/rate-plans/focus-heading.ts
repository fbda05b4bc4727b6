/** Moves the focus to the heading of the page: the button that had it is gone. */
export const focusHeading = (): void => document.querySelector('h1')?.focus();
