export interface Callback {
  headers: Record<string, string>;
  body: string;
}

export interface Surroundings {
  url: string;
  key: { api_key: string; secret_key: string };
  receiverUrl: string;
  /** The next callback to a path of the receiver. */
  callback(path: string): Promise<Callback>;
  /** Throws unless the secret has signed the callback. */
  verify(secret: string, callback: Callback): unknown;
  today: string;
}
