/** A person's account, the steps of signing in, and passkeys. */
import { get, post, request } from "./http";
import type { Role, Session } from "./types";
import { remembered, type Door } from "./session";

export interface Account {
  has_password: boolean;
  authenticator: { created_at: string } | null;
  passkeys: { id: number; name: string; created_at: string; used_at: string | null }[];
  recovery_codes: number;
  sessions: { id: number; at: string; way: string; agent: string; is_this: boolean }[];
  new_recovery_codes?: string[];
}

export interface NewAuthenticator {
  secret: string;
  address: string;
  picture: string;
}

export interface Invited {
  email: string;
  name: string;
  project: string;
  roles: Role[];
  expires_at: string;
  is_known: boolean;
}

export const account = () => get<Account>("account");
export const changePassword = (current: string | null, password: string) =>
  post<Account>("account/password", { current, password });
export const newAuthenticator = () => post<NewAuthenticator>("account/authenticator");
export const confirmAuthenticator = (code: string) =>
  request<Account>("PUT", "account/authenticator", { body: { code } });
export const removeAuthenticator = () => request<Account>("DELETE", "account/authenticator");
export const newRecoveryCodes = () => post<Account>("account/recovery-codes");
export const endOtherSessions = () => request<Account>("DELETE", "account/sessions");
export const removePasskey = (id: number) => request<Account>("DELETE", `account/passkeys/${id}`);

export const invitation = (secret: string) => get<Invited>(`join/${secret}`);
export const join = (secret: string, name: string, password: string | null) =>
  remembered(post<Session>(`join/${secret}`, { name, password }));

export const askForReset = (email: string) => post<unknown>("session/reset", { email });
export const resetPassword = (secret: string, password: string) =>
  remembered(request<Session | Door>("PUT", "session/reset", { body: { secret, password } }));

export const giveCode = (code: string) => remembered(post<Session>("session/code", { code }));

/** A passkey works for a host name, never for a bare address such as 127.0.0.1. */
export const passkeysWork =
  "PublicKeyCredential" in globalThis && !/^[\d.]+$|^\[/.test(location.hostname);

export async function signInByPasskey(): Promise<Session> {
  const { publicKey } = await post<Question>("session/passkey/question");
  const credential = await navigator.credentials.get({ publicKey: asked(publicKey) });
  const answer = answerOf(credential as PublicKeyCredential);
  return remembered(post<Session>("session/passkey", { credential: answer }));
}

export async function addPasskey(name: string): Promise<Account> {
  const { publicKey } = await post<Question>("account/passkeys/question");
  const credential = await navigator.credentials.create({
    publicKey: asked(publicKey) as PublicKeyCredentialCreationOptions,
  });
  const answer = answerOf(credential as PublicKeyCredential);
  return post<Account>("account/passkeys", { name, credential: answer });
}

// WebAuthn speaks of bytes where JSON has base64url texts.

interface Named {
  id: string;
}

interface Question {
  publicKey: Record<string, unknown> & {
    challenge: string;
    user?: Named;
    excludeCredentials?: Named[];
    allowCredentials?: Named[];
  };
}

function asked(question: Question["publicKey"]): PublicKeyCredentialRequestOptions {
  const withBytes = <T extends Named>(named: T) => ({ ...named, id: bytesOf(named.id) });
  return {
    ...question,
    challenge: bytesOf(question.challenge),
    ...(question.user && { user: withBytes(question.user) }),
    ...(question.excludeCredentials && {
      excludeCredentials: question.excludeCredentials.map(withBytes),
    }),
    ...(question.allowCredentials && {
      allowCredentials: question.allowCredentials.map(withBytes),
    }),
  } as PublicKeyCredentialRequestOptions;
}

const PARTS = [
  "clientDataJSON",
  "attestationObject",
  "authenticatorData",
  "signature",
  "userHandle",
] as const;

function answerOf(credential: PublicKeyCredential) {
  const given = credential.response as unknown as Record<string, ArrayBuffer | null>;
  const parts = PARTS.filter((part) => given[part]).map((part) => [part, textOf(given[part]!)]);
  return {
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    response: Object.fromEntries(parts) as Record<string, string>,
    clientExtensionResults: {},
  };
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
