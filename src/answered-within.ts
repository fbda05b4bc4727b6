/** What `work` gives, or the error of `onLate` when that takes longer. */
export function answeredWithin<T>(milliseconds: number, work: Promise<T>, onLate: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(onLate()), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
