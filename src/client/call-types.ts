import type { ParamsOption, RequestBodyOption } from 'openapi-fetch';

/** The targets of the gateway's own calls below `/api`: the client chooses one by the path. */
export type OwnTarget = 'integration' | 'gateway';

export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The paths that have the method, of types made by openapi-typescript. */
export type PathsWithMethod<Paths, Method extends HttpMethod> = {
  [Path in keyof Paths]: Paths[Path] extends Readonly<Record<Method, unknown>> ? Path : never;
}[keyof Paths];

/** The operation of a method on a path. */
export type OperationOf<Paths, Path extends keyof Paths, Method extends HttpMethod> = Paths[Path][keyof Paths[Path] &
  Method];

/** The operation without the need to name the client's own target in each call. */
type WithTarget<Operation, Target extends string> = Operation extends {
  parameters: { header: infer Header extends { 'X-Target-Server': Target } };
}
  ? Omit<Operation, 'parameters'> & {
      parameters: Omit<Operation['parameters'], 'header'> & { header?: Partial<Header> };
    }
  : Operation;

/** `params` with `path`, `query` and `header`, and `body`, as the operation needs them. */
export type CallOptions<Operation, Target extends string = string> = ParamsOption<WithTarget<Operation, Target>> &
  RequestBodyOption<Operation> & {
    /** Further headers. They overrule the client's own. */
    headers?: Record<string, string>;
    signal?: AbortSignal;
  };

type RequiredKeysOf<Type> = { [Key in keyof Type]-?: object extends Pick<Type, Key> ? never : Key }[keyof Type];

/** Required where the operation requires a parameter or a body. */
export type OptionsArgument<Options> = RequiredKeysOf<Options> extends never ? [options?: Options] : [options: Options];

type SuccessStatus = 200 | 201 | 202 | 203 | 204 | 205 | 206 | '2XX';

type ContentOf<Answer> = Answer extends { content: infer Content } ? Content[keyof Content] : undefined;

/** The body of the operation's 2xx responses; undefined where they have none. */
export type DataOf<Operation> = Operation extends { responses: infer Answers }
  ? ContentOf<Answers[keyof Answers & SuccessStatus]>
  : unknown;

export interface Answer<Data> {
  readonly data: Data;
  /** Status and headers; the body is in `data`. */
  readonly response: Response;
}

/** A method of the client: path and options in, data out. */
export type Call<Paths extends object, Method extends HttpMethod, Target extends string> = <
  Path extends PathsWithMethod<Paths, Method>,
>(
  path: Path,
  ...options: OptionsArgument<CallOptions<OperationOf<Paths, Path, Method>, Target>>
) => Promise<Answer<DataOf<OperationOf<Paths, Path, Method>>>>;

/** The type of the entries of a page: its one list. */
export type ItemOf<Page> = Page extends object
  ? { [Key in keyof Page]-?: Page[Key] extends readonly (infer Item)[] ? Item : never }[keyof Page]
  : never;
