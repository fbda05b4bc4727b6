/**
 * The function with its results kept for as long as their keys live. For what depends on nothing but an immutable key, such as a schema:
 * all gateways of a process share it.
 */
export function oncePer<Key extends WeakKey, Value extends object>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new WeakMap<Key, Value>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}
