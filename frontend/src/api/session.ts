/** Who is signed in. */
import { get, post, request, setCsrfToken } from "./http";
import type { Session } from "./types";

/** What somebody finds who is not signed in yet: which second factor is owed, if any, and the name
 *  of the single sign-on provider. */
export type Door = Omit<Session, "person"> & { person: null };
type MaybeSession = Session | Door;

export const door = () => remembered(get<Door>("session"));

export async function remembered<S extends MaybeSession>(session: Promise<S>): Promise<S> {
  const found = await session;
  setCsrfToken(found.csrf_token);
  return found;
}

function isSignedIn(session: MaybeSession): session is Session {
  return session.person !== null;
}

/** Null when nobody is signed in. */
export async function currentSession(): Promise<Session | null> {
  const found = await remembered(get<MaybeSession>("session"));
  return isSignedIn(found) ? found : null;
}

export const signIn = (email: string, password: string) =>
  remembered<MaybeSession>(post<MaybeSession>("session", { email, password }));
export const signOut = () => request<void>("DELETE", "session");
