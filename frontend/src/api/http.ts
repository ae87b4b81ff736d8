/** Requests to the HTTP API: the CSRF token, time limits, and one shape for every refusal.
 *  Knows no address and nothing of what the bodies mean. */

export interface FieldError {
  field?: string;
  line?: number;
  message: string;
}

/** The server answered and refused. */
export class Problem extends Error {
  override name = "Problem";
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors: FieldError[] = [],
    readonly requestId = "",
    readonly retryAfter = 0,
  ) {
    super(detail);
  }
}

/** No answer came: the network or the server is away, or it took too long. */
export class Unreachable extends Error {
  override name = "Unreachable";
}

export interface Options {
  body?: unknown;
  file?: Blob;
  headers?: Record<string, string>;
  timeout?: number;
  keepalive?: boolean;
  signal?: AbortSignal;
}

let csrfToken = "";

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

function currentCsrfToken(): string {
  const cookie = /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie);
  return cookie?.[1] ?? csrfToken;
}

function headersFor(method: string, options: Options): Record<string, string> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRFToken"] = currentCsrfToken();
  return headers;
}

export async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  return new Problem(
    response.status,
    String(body.code ?? "unknown"),
    String(body.detail ?? response.statusText),
    (body.errors as FieldError[] | undefined) ?? [],
    String(body.request_id ?? response.headers.get("X-Request-Id") ?? ""),
    Number(response.headers.get("Retry-After") ?? 0),
  );
}

export async function request<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const limit = AbortSignal.timeout(options.timeout ?? 20_000);
  const signal = options.signal ? AbortSignal.any([limit, options.signal]) : limit;
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, {
      method,
      headers: headersFor(method, options),
      body: options.file ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      keepalive: options.keepalive,
      signal,
      credentials: "same-origin",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Unreachable("The server could not be reached.");
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch {
    throw new Unreachable("The answer of the server was cut off.");
  }
}

export const get = <T>(path: string, options?: Options) => request<T>("GET", path, options);
export const post = <T>(path: string, body: unknown = {}, options?: Options) =>
  request<T>("POST", path, { ...options, body });
